"""A history made in memory by triage's own decider: inputs with offsets, deadlines that fire, and the lines."""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from prometheus_client import CollectorRegistry

from services.triage.book_log import RawInput
from services.triage.core.decision import Assessor
from services.triage.core.policy import parse_policy
from services.triage.deciding import BookDecider, Decided
from services.triage.fold import Fold
from services.triage.input_reading import InputReader
from services.triage.policies import PolicyShelf
from shared.contracts import commands as asked
from shared.contracts.alerts import ChannelKind
from shared.contracts.base import Message
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.records import Genesis
from shared.contracts.registry import Account, Channel, Contact, Place, RotaShift
from shared.contracts.reports import ReportFiled
from shared.contracts.vocabulary import Department, PlacementType, Role
from shared.contracts.wire import encode, partition_of
from shared.runtime.clock import SpaceClock
from shared.runtime.metrics import TriageMetrics
from tests.support.ledgers import CREATED_AT_MS, MINUTE_MS, OPERATOR, WRITER, Signer, genesis
from tests.support.triage_world import make_report
from wardline.verification.chain_check import Entry

DAY_MS = 24 * 60 * MINUTE_MS
MATCH_KEY = bytes(range(32))
TOPIC_IDS = {"reports": "id-reports", "commands": "id-commands", "outcomes": "id-outcomes"}
SECOND_OPERATOR = Signer.of(9)
SECOND_ACTOR = asked.Actor(account="operator-2", role=Role.OPERATOR, area_prefix="")
OPERATOR_ACTOR = asked.Actor(account="operator-1", role=Role.OPERATOR, area_prefix="")


class Shelf(PolicyShelf):
    """A shelf on which a test may put something else than the policy that the texts are."""

    def __init__(self, instead: Assessor | None = None) -> None:
        super().__init__()
        self.instead = instead

    def get(self, policy_id: str, texts: Mapping[str, str]) -> Assessor:  # type: ignore[override]  # a stand-in
        """The stand-in while there is one."""
        return self.instead or super().get(policy_id, texts)


@dataclass
class Book:
    """One book: what stands in its input topics, and its ledger."""

    genesis: Genesis
    number: int
    shelf: Shelf = field(default_factory=Shelf)
    inputs: dict[str, list[bytes]] = field(default_factory=lambda: {topic: [] for topic in TOPIC_IDS})
    entries: list[Entry] = field(init=False)
    fold: Fold = field(init=False)
    decider: BookDecider = field(init=False)

    def __post_init__(self) -> None:
        line = self.genesis.line()
        self.entries = [Entry(0, line, self.genesis.created_at_ms)]
        self.fold, _ = Fold.open(self.genesis, self.number).take(line, 0)
        reader = InputReader(
            space=self.genesis.space,
            book=self.number,
            books=self.genesis.books,
            clock=SpaceClock(),
            desks=self.genesis.desks,
            operators=self.genesis.operators,
            token_key=MATCH_KEY,
            record_key=bytes(32),
        )
        quiet = logging.getLogger("wardline.tests.history")
        quiet.setLevel(logging.CRITICAL + 1)
        self.decider = BookDecider(
            reader=reader,
            policies=self.shelf,
            kid=WRITER.kid,
            sign=WRITER.sign,
            metrics=TriageMetrics(CollectorRegistry()),
            log=structlog.wrap_logger(quiet, processors=[structlog.stdlib.filter_by_level]),
        )

    def give(self, topic: str, value: bytes, at_ms: int, late_ms: int = 20) -> Decided:
        """An input arrives and is decided."""
        offset = len(self.inputs[topic])
        self.inputs[topic].append(value)
        raw = RawInput(topic, offset, value, at_ms)
        again = self.decider.redecides(self.fold, raw)
        report = None if again is None else RawInput("reports", again, self.inputs["reports"][again], at_ms)
        return self._write(self.decider.input(self.fold, raw, TOPIC_IDS[topic], at_ms + late_ms, report))

    def pass_time(self, until_ms: int, most: int = 500) -> int:
        """Fire the deadlines that are due, in their order; how many."""
        for number in range(most):
            due = sorted((at_ms, name) for name, at_ms in self.fold.head.pending.items() if at_ms <= until_ms)
            if not due:
                return number
            at_ms, name = due[0]
            self._write(self.decider.deadline(self.fold, name, at_ms, at_ms))
        return most

    def value_at(self, topic: str, offset: int) -> bytes | None:
        """The bytes of an input."""
        values = self.inputs.get(topic, [])
        return values[offset] if 0 <= offset < len(values) else None

    def junk(self, value: bytes) -> None:
        """Bytes in the log that are no record."""
        self.entries.append(Entry(len(self.entries), value, self.entries[-1].appended_wall_ms))
        self.fold, _ = self.fold.take(value, len(self.entries) - 1)

    def _write(self, decided: Decided) -> Decided:
        offset = len(self.entries)
        self.entries.append(Entry(offset, decided.chained.raw, self.fold.head.decided_at_ms))
        self.fold, _ = self.fold.take(decided.chained.raw, offset)
        return decided


@dataclass
class History:
    """Several books of one space, lived through by hand."""

    texts: Mapping[str, str]
    books: int = 3
    genesis: Genesis = field(init=False)
    book: list[Book] = field(init=False)
    now_ms: int = CREATED_AT_MS + MINUTE_MS
    orders: int = 0

    def __post_init__(self) -> None:
        policy = parse_policy(self.texts)
        operators = {each.kid: each.public for each in (OPERATOR, SECOND_OPERATOR)}
        self.genesis = genesis(
            books=self.books, policy=policy.policy_id, policy_texts=dict(self.texts), operators=operators
        )
        self.book = [Book(self.genesis, number) for number in range(self.books)]

    @property
    def match_key(self) -> PrivateKey:
        """The key that opens match tokens."""
        return PrivateKey(MATCH_KEY)

    def of(self, county: str) -> Book:
        """The book of a county."""
        return self.book[partition_of(county, self.books)]

    def report(self, message: ReportFiled) -> Decided:
        """A report arrives now."""
        return self.of(message.county).give("reports", encode(message), self.now_ms)

    def order(
        self, body: Message, county: str, actor: asked.Actor = OPERATOR_ACTOR, book: int | None = None
    ) -> Decided:
        """A command signed by an operator's key (the second operator's by its own) arrives now."""
        signer = SECOND_OPERATOR if actor == SECOND_ACTOR else OPERATOR
        self.orders += 1
        number = partition_of(county, self.books) if book is None else book
        command = asked.Command(
            command_id=f"c{self.orders}",
            space=self.genesis.space,
            county=county,
            book=book,
            actor=actor,
            issued_at_ms=self.now_ms,
            body=body,
            kid=signer.kid,
        )
        signature = SigningKey(bytes(signer.key)).sign(command.signing_bytes()).signature.hex()
        value = encode(command.model_copy(update={"sig": signature}))
        return self.book[number].give("commands", value, self.now_ms)

    def pass_time(self, span_ms: int) -> None:
        """Time passes; deadlines fire."""
        self.now_ms += span_ms
        for book in self.book:
            book.pass_time(self.now_ms)

    def registry(self, county: str, beds: int = 3) -> None:
        """Officers, contacts, and a place of a county."""
        for account, role in (
            ("officer-1", Role.OFFICER),
            ("signatory-1", Role.SIGNATORY),
            ("boss-1", Role.SUPERVISOR),
        ):
            entry = Account(account=account, county=county, role=role, area_prefix=county)
            self.order(asked.SetAccount(account=entry), county)
        for department, role_name in (
            (Department.CIVIL_AFFAIRS, "DUTY_1"),
            (Department.CIVIL_AFFAIRS, "HEAD"),
            (Department.POLICE, "STATION"),
            (Department.EDUCATION, "DUTY"),
        ):
            name = f"{county}-{department.value}-{role_name}"
            contact = Contact(
                contact_id=name,
                county=county,
                department=department,
                role=role_name,
                area_prefix=county,
                channels=(Channel(kind=ChannelKind.FILE, address=name.lower()),),
            )
            self.order(asked.SetContact(contact=contact), county)
        for rung, account in (("E1", "officer-1"), ("SIGNATORY", "signatory-1")):
            shift = RotaShift(
                shift_id=f"{county}-{rung}",
                county=county,
                account=account,
                rung=rung,
                contact_id=f"{county}-CIVIL_AFFAIRS-DUTY_1",
                from_ms=self.now_ms - DAY_MS,
                until_ms=self.now_ms + 3650 * DAY_MS,
            )
            self.order(asked.SetShift(shift=shift), county)
        place = Place(place_id=f"{county}-rescue", county=county, type=PlacementType.RESCUE_INST, capacity=beds)
        self.order(asked.SetPlace(place=place), county)

    def activate(self, texts: Mapping[str, str]) -> None:
        """Another policy becomes active in every book, by two people."""
        approval = asked.ApprovePolicy(policy=parse_policy(texts).policy_id)
        for number in range(self.books):
            body = asked.ActivatePolicy(texts=dict(texts), approved_by="operator-2")
            self.order(body, COUNTY_UNKNOWN, book=number)
            self.order(approval, COUNTY_UNKNOWN, SECOND_ACTOR, number)

    def ordinary(self, county: str, count: int, seed: int, minutes: int = 20) -> list[str]:
        """So many reports with time between them; the ids of the reports."""
        chance = random.Random(seed)
        ids = []
        for number in range(count):
            message = make_report(self.genesis.space, county, seed * 10_000 + number, chance, self.now_ms)
            self.report(message)
            ids.append(message.report_id)
            self.pass_time(minutes * MINUTE_MS)
        return ids


def actor(account: str, role: Role, county: str) -> asked.Actor:
    """Somebody of a county's registry."""
    return asked.Actor(account=account, role=role, area_prefix=county)
