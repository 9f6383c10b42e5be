"""The way of one report: read, identify, seal, publish, answer; the functions stand in that order."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from services.intake.core import refused
from services.intake.core.identity import Filer, addition_id, check_idempotency_key, ids_of, receipt_for
from services.intake.core.instructions import ON_ADDITION, on_filing
from services.intake.core.notices import Notice, NoticeCode
from services.intake.core.parsing import Parsed
from services.intake.core.reading import Reading, read_filing
from services.intake.core.splitting import Submission, county_for, facts_of_filing, report_filed, sealed_document
from services.intake.core.tokens import MatchKeys, match_tokens
from services.intake.feedback import FeedbackBook
from services.intake.institutions import Institutions
from services.intake.publishing import Publisher
from services.intake.spool import SpoolRefused
from shared.contracts.alerts import Instruction
from shared.contracts.ids import county_of
from shared.contracts.reports import ReportFiled, VaultEntry
from shared.contracts.topics import REPORTS, VAULT_IN, Topic
from shared.contracts.vocabulary import Durability
from shared.contracts.wire import encode, headers, partition_of
from shared.runtime.clock import SpaceClock, iso_utc
from shared.runtime.producer import OutgoingRecord
from shared.runtime.sealing import PLAINTEXT_BYTES_MAX, SealingKeys, seal, seal_to

REMEMBERED_MAX = 100_000
BUSY_RETRY_SECONDS = 5
OF_A_FILING_ALONE = (NoticeCode.NO_PLACE, NoticeCode.NOT_SERVED)
"""An addition goes where its receipt says."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class IntakeKeys:
    """Everything secret that intake has: it seals and derives with these and can open nothing.

    `receipt`: derives ids and receipts; `match`: (key id, key) of the current years; `triage_match`: public.
    """

    receipt: bytes
    match: MatchKeys
    triage_match: bytes
    sealing: SealingKeys


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to a submission that is durable. `resent`: it was accepted before and nothing new was published."""

    receipt: str
    report_id: str
    durability: Durability
    notices: tuple[Notice, ...]
    instructions: tuple[Instruction, ...]
    resent: bool = False


class Filing:
    """Accepts filings, supplements and additions. Belongs to one event loop."""

    def __init__(  # noqa: PLR0913 - one argument for each part that it works with
        self,
        *,
        space: str,
        books: int,
        keys: IntakeKeys,
        clock: SpaceClock,
        wall_ms: Callable[[], int],
        publisher: Publisher,
        institutions: Institutions,
        feedback: FeedbackBook,
        served: frozenset[str] | None = None,
    ) -> None:
        """`served`: the counties that somebody stands by for, where they are known."""
        self._space = space
        self._books = books
        self._keys = keys
        self._clock = clock
        self._wall_ms = wall_ms
        self._publisher = publisher
        self._institutions = institutions
        self._feedback = feedback
        self._served = served
        self._accepted: OrderedDict[str, Accepted] = OrderedDict()
        self._receipts: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._sending: dict[str, asyncio.Task[Accepted]] = {}

    async def file(self, parsed: Parsed, filer: Filer, idempotency_key: str | None, *, form: bool = False) -> Accepted:
        """A filing, or a supplement when its key was used before. Refused when it is empty, or intake is busy."""
        key = check_idempotency_key(idempotency_key)
        ids = ids_of(self._keys.receipt, filer, key, parsed.tree, wall_ms=self._wall_ms())
        known = self._known(ids.report_id)
        if known is not None:
            again = (Notice("report", NoticeCode.SAME_CONTENT),) if ids.derived_key else ()
            accepted = await asyncio.shield(known)
            return replace(accepted, resent=True, notices=(*accepted.notices, *again))
        reading, notices = self._read(parsed, filer)
        if reading.empty:
            raise refused.empty_filing()
        county = county_for(reading)
        receipt, first = self._receipts.get(ids.filing_id, (None, None))
        if receipt is None:
            receipt = receipt_for(self._keys.receipt, county, ids.filing_id)
        submission = Submission(
            report_id=ids.report_id,
            receipt=receipt,
            county=county_of(receipt[:6]) or county,
            channel="PHONE" if reading.by_phone else "FORM" if form else "API",
            adds_to=first if first != ids.report_id else None,
            facts=facts_of_filing(reading),
            warnings=tuple(notice.coded() for notice in notices),
            filed_at_ms=self._clock.now_ms(),
        )
        accepted = await self._send_once(submission, parsed, reading, notices, on_filing(submission.facts))
        _remember(self._receipts, ids.filing_id, (receipt, first or ids.report_id))
        return accepted

    async def add(self, parsed: Parsed, filer: Filer, receipt: str, *, form: bool = False) -> Accepted:
        """An addition to the filing of a well-formed receipt. Refused when it says nothing, or intake is busy."""
        report_id = addition_id(self._keys.receipt, receipt, parsed.tree)
        known = self._known(report_id)
        if known is not None:
            return replace(await asyncio.shield(known), resent=True)
        reading, notices = self._read(parsed, filer)
        if reading.says_nothing:
            raise refused.empty_addition()
        notices = tuple(notice for notice in notices if notice.code not in OF_A_FILING_ALONE)
        submission = Submission(
            report_id=report_id,
            receipt=receipt,
            county=receipt[:6],
            channel="PHONE" if reading.by_phone else "FORM" if form else "API",
            adds_to=self._feedback.first_report(receipt),
            facts=reading.facts,
            warnings=tuple(notice.coded() for notice in notices),
            filed_at_ms=self._clock.now_ms(),
        )
        return await self._send_once(submission, parsed, reading, notices, ON_ADDITION)

    async def finish(self) -> None:
        """Wait for what is being sent."""
        if self._sending:
            await asyncio.wait(set(self._sending.values()))

    def _known(self, report_id: str) -> "asyncio.Future[Accepted] | None":
        """What was accepted, or is being sent just now, under the same id; remembered only once it is durable."""
        sending = self._sending.get(report_id)
        if sending is not None:
            return sending
        accepted = self._accepted.get(report_id)
        if accepted is None:
            return None
        done: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        done.set_result(accepted)
        return done

    def _read(self, parsed: Parsed, filer: Filer) -> tuple[Reading, tuple[Notice, ...]]:
        institution = self._institutions.authenticate(filer.api_key)
        reading = read_filing(parsed, now_ms=self._clock.now_ms(), institution=institution, served=self._served)
        notices = reading.notices
        if filer.api_key and institution is None:
            notices = (Notice("institution", NoticeCode.KEY_UNKNOWN), *notices)
        return reading, notices

    async def _send_once(
        self,
        submission: Submission,
        parsed: Parsed,
        reading: Reading,
        notices: tuple[Notice, ...],
        instructions: tuple[Instruction, ...],
    ) -> Accepted:
        """Send in a task of its own, which a filer who hangs up does not cancel."""
        task = asyncio.create_task(self._send(submission, parsed, reading, notices, instructions))
        self._sending[submission.report_id] = task
        task.add_done_callback(lambda _: self._sending.pop(submission.report_id, None))
        return await asyncio.shield(task)

    async def _send(
        self,
        submission: Submission,
        parsed: Parsed,
        reading: Reading,
        notices: tuple[Notice, ...],
        instructions: tuple[Instruction, ...],
    ) -> Accepted:
        steps = self._seal(submission, parsed, reading)
        try:
            durability = await self._publisher.accept(steps)
        except SpoolRefused:
            raise refused.busy(BUSY_RETRY_SECONDS) from None
        accepted = Accepted(submission.receipt, submission.report_id, durability, notices, instructions)
        _remember(self._accepted, submission.report_id, accepted)
        return accepted

    def _seal(
        self, submission: Submission, parsed: Parsed, reading: Reading
    ) -> Callable[[Durability], tuple[OutgoingRecord, ...]]:
        """Seal once; the records are built for the broker or for the spool: vault entry first, report second."""
        document = sealed_document(parsed.tree)
        if len(document) > PLAINTEXT_BYTES_MAX:
            raise refused.too_large(PLAINTEXT_BYTES_MAX)
        sealed, entry = seal(
            document,
            report_id=submission.report_id,
            space=self._space,
            county=submission.county,
            keys=self._keys.sealing,
            sealed_at_ms=submission.filed_at_ms,
        )
        tokens = match_tokens(reading.identities, self._keys.match)
        any_token = any(child.by_id_number or child.by_name for child in tokens.children)
        sealed_tokens = seal_to(self._keys.triage_match, encode(tokens)) if any_token else None

        def steps(durability: Durability) -> tuple[OutgoingRecord, ...]:
            message = report_filed(
                submission, space=self._space, sealed=sealed, match_tokens=sealed_tokens, durability=durability
            )
            return self._record(VAULT_IN, entry, entry.sealed_id), self._record(REPORTS, message, message.report_id)

        return steps

    def _record(self, topic: Topic, message: ReportFiled | VaultEntry, message_id: str) -> OutgoingRecord:
        at_ms = message.filed_at_ms if isinstance(message, ReportFiled) else message.sealed_at_ms
        return OutgoingRecord(
            topic=topic.full_name(self._space),
            partition=partition_of(message.county, self._books),
            key=message.county.encode(),
            value=encode(message),
            headers=tuple(
                headers(
                    service="intake",
                    message_type=message.type,
                    message_id=message_id,
                    at_iso=iso_utc(at_ms),
                    space=self._space,
                )
            ),
        )


def _remember(book: OrderedDict[str, Value], key: str, value: Value) -> None:
    book[key] = value
    book.move_to_end(key)
    while len(book) > REMEMBERED_MAX:
        book.popitem(last=False)
