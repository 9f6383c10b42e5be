"""The sample county on the real system: a broker, intake, triage and notify as processes, on a space's fast clock.

Several tales may be lived through at once; each is judged by its own cases, by the ledger's own times (when an input
arrived, when a deadline was due), and by the messages that stand in the outbox. People need a moment to act: what they
did late, measured at each act, is added to the end of every window.
"""

import http
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from services.triage.core.evolve import evolve_all
from services.triage.core.state import BookState
from shared.contracts.alerts import AnswerCode
from shared.contracts.base import Message
from shared.contracts.commands import Actor, CommandBody
from shared.contracts.events import read_events
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Role
from shared.contracts.wire import canonical, partition_of
from shared.runtime.commanding import Order, Signer
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from tests.acceptance.timelines.case_view import differences, look
from tests.acceptance.timelines.tale import Act, Answers, Finds, Orders, Reports, Tale, Told
from tests.acceptance.timelines.verdict import Journal, judge
from tests.support.whole_system import Event, WholeSystem, until
from wardline.sending import Publisher

COUNTY = "520327"
PAUSE_SECONDS = 0.02
POLL_SECONDS = 0.02
PATIENCE_SECONDS = 30.0
SLACK_MS = 60_000
"""Of the space's clock: a window's end is this much later than in memory, besides what people were late."""


@dataclass(slots=True)
class Played:
    """A tale in this space: its names, and `shift_ms` from the tale's time to the space's."""

    tale: Tale
    shift_ms: int
    journal: Journal = field(default_factory=Journal)
    cases: dict[str, str] = field(default_factory=dict)
    late_ms: int = 0


@dataclass
class CountyOnABroker:
    """Reads the ledger as any verifier does. Made for one system, with the sample registry loaded."""

    system: WholeSystem
    accounts: dict[str, Account]
    reader: LedgerReader = field(init=False)
    state: BookState = field(init=False)
    events: list[tuple[Event, int, int]] = field(default_factory=list)
    """Every event of the county's book, when it was decided and which moment it answers to."""
    count: int = 0

    def __post_init__(self) -> None:
        space = self.system.space
        book = partition_of(COUNTY, space.books)
        self.reader = LedgerReader(Connection(self.system.broker.bootstrap), space, books=(book,))
        self.state = BookState(space.name, book)

    def live(self, *tales: tuple[Tale, int]) -> None:
        """Live through these tales at once, each begun so many minutes of the space's clock after the first."""
        start_ms = self._now_ms() + int(self.system.space.genesis.clock_rate * 1000)
        played = [
            Played(tale, start_ms + minutes * 60_000 - min(act.at_ms for act in tale.acts)) for tale, minutes in tales
        ]
        acts = sorted(
            ((act.at_ms + each.shift_ms, number, act) for each in played for number, act in enumerate(each.tale.acts)),
            key=lambda entry: entry[:2],
        )
        owner = {id(act): each for each in played for act in each.tale.acts}
        with Publisher(self.reader.connection, self.system.space) as publisher:
            for at_ms, _, act in acts:
                self._wait_until(at_ms)
                self._does(owner[id(act)], act, publisher)
                owner[id(act)].late_ms = max(owner[id(act)].late_ms, self._now_ms() - at_ms)
        for each in played:
            self._is_over(each)
            self._judges(each)
        self.reader.close()

    # -- as people do

    def _does(self, played: Played, act: Act, publisher: Publisher) -> None:
        match act:
            case Reports():
                key = self.system.api_keys[act.filing["institution"]["id"]]
                filed = self.system.file(act.filing, **{"X-API-Key": key})
                for child, name in enumerate(act.names):
                    opened = self._waits_for("CaseOpened", report_id=filed.report_id, child=child)
                    played.cases[name] = opened["case"]
                played.journal.note(act.at_ms, f"{', '.join(act.names)}: reported")
            case Answers():
                self._answers(played, act)
            case Orders():
                self._orders(played, act, publisher)
            case Finds():
                self._finds(played, act)
            case _:
                raise AssertionError(f"{type(act).__name__} is lived through in memory only")

    def _answers(self, played: Played, act: Answers) -> None:
        case = played.cases[act.case]
        letters = until(
            lambda: self.system.messages_for(case, act.contact),
            PATIENCE_SECONDS,
            f"{act.contact} is told of {act.case}",
        )
        letter = max(letters, key=lambda each: int(each["alert_id"].rsplit("~", 1)[1]))
        fields = {"decline_reason": "UNABLE"} if act.answer is AnswerCode.DECLINE else {}
        pressed = self.system.press(letter["link"], act.answer.value, **fields)
        assert pressed.status_code == http.HTTPStatus.ACCEPTED, pressed.text
        self._waits_for("AnswerRecorded", alert_id=letter["alert_id"], answer=act.answer.value)
        played.journal.note(act.at_ms, f"{act.contact} answers {act.answer.value} about {act.case}")

    def _orders(self, played: Played, act: Orders, publisher: Publisher) -> None:
        self.count += 1
        account = self.accounts[act.who]
        actor = Actor(
            account=account.account, role=account.role, area_prefix=account.area_prefix, department=account.department
        )
        assert actor.role is not Role.OPERATOR
        body = _shifted(act.body(played.cases[act.case]), played.shift_ms)
        signer = Signer(self.system.space)
        order = Order(f"tale-{self.count}", COUNTY, body)
        publisher.send_commands([(signer.book_of(order), signer.command(order, actor))])
        verdict = until(
            lambda: (
                self._found("CommandAccepted", command_id=order.command_id)
                or self._found("CommandRefused", command_id=order.command_id)
            ),
            PATIENCE_SECONDS,
            f"the decision on {body.type}",
        )[0]
        refused = verdict.get("reason") if verdict["type"] == "CommandRefused" else None
        played.journal.note(act.at_ms, f"{act.who} orders {body.type} for {act.case}: {refused or 'accepted'}")
        if refused != act.refused:
            wanted = act.refused or "accepted"
            played.journal.object(act.at_ms, f"{act.who}: {body.type} wanted {wanted}, got {refused}")

    def _finds(self, played: Played, act: Finds) -> None:
        self._reads()
        for each in differences(look(self.state, played.cases[act.case]), act.facts):
            played.journal.object(act.at_ms, f"{act.case} is otherwise: {each}")

    # -- as a reader of the ledger does

    def _reads(self) -> None:
        for read in self.reader.poll(POLL_SECONDS):
            fields = read.valid.fields
            decided_ms = fields["decided_at_ms"]
            due_ms = fields["cause"].get("due_at_ms", fields["arrived_at_ms"])
            self.events += [(event, decided_ms, due_ms) for event in fields["events"]]
            self.state = evolve_all(self.state, _typed(fields["events"]), decided_ms)

    def _found(self, kind: str, **wanted: object) -> list[Event]:
        self._reads()
        return [
            event
            for event, _, _ in self.events
            if event["type"] == kind and all(event.get(name) == value for name, value in wanted.items())
        ]

    def _waits_for(self, kind: str, **wanted: object) -> Event:
        return until(lambda: self._found(kind, **wanted), PATIENCE_SECONDS, f"{kind} {wanted}")[0]

    def _is_over(self, played: Played) -> None:
        """Until everything that was due in the tale is decided, and everything that was asked for is sent."""
        end_ms = played.tale.end_ms + played.shift_ms
        self._wait_until(end_ms)

        def decided_and_sent() -> bool:
            self._reads()
            open_cases = [case for name in played.cases.values() if (case := self.state.case(name)) is not None]
            due = [each for case in open_cases for each in case.deadlines.values() if each.due_at_ms <= end_ms]
            return not due and not any(case.alerts for case in open_cases)

        until(decided_and_sent, PATIENCE_SECONDS, "everything due is decided and sent")

    def _judges(self, played: Played) -> None:
        names = {case: name for name, case in played.cases.items()}
        sent = {(each["alert_id"], each["contact_id"]) for each in self.system.outbox() if each["case"] in names}
        for event, decided_ms, due_ms in self.events:
            if event["type"] != "AlertRequested" or event["case"] not in names:
                continue
            for contact in event["contact_ids"]:
                if (event["alert_id"], contact) in sent:
                    sent.remove((event["alert_id"], contact))
                    shift_ms = played.shift_ms
                    played.journal.tell(_told(event, contact, names, decided_ms - shift_ms, due_ms - shift_ms))
        for alert_id, contact in sorted(sent):
            played.journal.object(played.tale.end_ms, f"{contact} was told by nobody's decision: {alert_id}")
        judge(played.tale, played.journal, when=lambda told: told.due_ms, slack_ms=played.late_ms + SLACK_MS)

    def _now_ms(self) -> int:
        return self.system.space.clock().now_ms()

    def _wait_until(self, at_ms: int) -> None:
        while (left := self.system.space.clock().wall_seconds(at_ms - self._now_ms())) > 0:
            time.sleep(min(left, PAUSE_SECONDS))


def cut(tale: Tale, moment: str) -> Tale:
    """The tale's part until a moment."""
    end_ms = tale.moment_ms(moment)
    acts = [act for act in tale.acts if act.at_ms <= end_ms]
    return replace(tale, acts=acts, wants=[want for want in tale.wants if want.since_ms <= end_ms], end_ms=end_ms)


def _told(event: Event, contact: str, names: dict[str, str], at_ms: int, due_ms: int) -> Told:
    return Told(
        at_ms=at_ms,
        due_ms=due_ms,
        case=names[event["case"]],
        contact=contact,
        department=event["department"],
        step=event["step"],
        repeat=event.get("repeat", 0),
        level=event["level"],
        reason=event["reason"],
        alert_id=event["alert_id"],
    )


def _shifted(body: CommandBody, shift_ms: int) -> CommandBody:
    """The moments of a command in the space's time."""
    moments = {name: value + shift_ms for name, value in body if name.endswith("_ms") and isinstance(value, int)}
    return body.model_copy(update=moments)


def _typed(events: Sequence[Event]) -> Iterable[Message]:
    return read_events(canonical(events))
