"""What a record decided, read again as the core's input: a report, a deferred assessment, a report decided again.

Reports are read with triage's own reader, but for their match tokens: those travel sealed, and their second hashes
stand in the record itself, so that no key is needed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.triage.book_log import RawInput
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.inputs import CommandInput, DeadlineInput, Input, ReportInput, UnreadableInput
from services.triage.core.state import BookState
from services.triage.input_reading import InputReader
from shared.contracts.base import Message
from shared.contracts.commands import Redecide
from shared.contracts.events import CaseOpened, CommandAccepted, ReportJoined
from shared.contracts.records import Genesis
from shared.contracts.reports import ReportFiled
from shared.contracts.topics import COMMANDS, REPORTS
from shared.contracts.wire import sha256_hex
from shared.runtime.clock import SpaceClock
from wardline.verification.chain_check import Entry

InputAt = Callable[[str, int], Entry | None]
"""Short topic name and offset to the bytes that stand there; None when nothing stands there any more."""
REDECIDE = Redecide.model_fields["type"].default


@dataclass(frozen=True, slots=True)
class Decided:
    """What replay needs of one valid record: its cause, times (Unix ms), engine, policy, county and deadlines.

    `as_recorded`: the events as canonical JSON, so that equal ones are known by their bytes.
    """

    seq: int
    cause: Mapping[str, Any]
    arrived_at_ms: int
    decided_at_ms: int
    engine: str
    policy: str
    opened: tuple[tuple[str, int], ...]
    closed: tuple[str, ...]
    why: tuple[str, ...]
    events: tuple[Message, ...]
    as_recorded: bytes


@dataclass(frozen=True, slots=True)
class Again:
    """One decision to make again. `rebuilt`: the report's bytes are gone, it was put together from its events."""

    given: Input
    rebuilt: bool = False


def history_reader(genesis: Genesis, book: int) -> InputReader:
    """Triage's reader without its keys: reports and commands as triage read them, match tokens unopened."""
    return InputReader(
        space=genesis.space,
        book=book,
        books=genesis.books,
        clock=SpaceClock(genesis.created_at_ms, genesis.clock_rate),
        desks=genesis.desks,
        operators=genesis.operators,
        token_key=None,
        record_key=b"",
    )


def concerns_report(decided: Decided, before: BookState) -> bool:
    """Whether the record decided a report, a deferred assessment of one, or an undecidable one again."""
    cause = decided.cause
    if cause.get("topic") == REPORTS.name:
        return True
    if cause.get("topic") == COMMANDS.name:
        return _redecided(decided.events)
    if "deadline" not in cause:
        return False
    county, case_id = before.deadlines.get(cause["deadline"]) or ("", None)
    case = before.case(case_id) if county and case_id else None
    deadline = case.deadlines.get(cause["deadline"]) if case else None
    return deadline is not None and deadline.kind is DeadlineKind.ASSESSMENT


def input_again(
    reader: InputReader, decided: Decided, before: BookState, input_at: InputAt, report_offset: int | None
) -> Again | None:
    """The input that this record decided; None when neither its bytes nor its events give it.

    `report_offset`: for a Redecide, where the report stands.
    """
    cause = decided.cause
    if "deadline" in cause:
        return Again(DeadlineInput(cause["deadline"], cause["due_at_ms"]))
    entry = input_at(cause["topic"], cause["offset"])
    if entry is None or sha256_hex(entry.value or b"") != cause["sha256"]:
        rebuilt = _rebuilt(reader.space, decided, before)
        return Again(rebuilt, rebuilt=True) if rebuilt is not None else None
    given = reader.read(_raw(cause["topic"], entry))
    if isinstance(given, ReportInput):
        return Again(_with_tokens(replace(given, arrived_at_ms=decided.arrived_at_ms), decided.events, before))
    if isinstance(given, UnreadableInput):
        return Again(replace(given, arrived_at_ms=decided.arrived_at_ms))
    if not isinstance(given, CommandInput):
        return None
    of_report = None if report_offset is None else input_at(REPORTS.name, report_offset)
    report = None if of_report is None else reader.read(_raw(REPORTS.name, of_report))
    if not isinstance(report, ReportInput):
        return None
    report = _with_tokens(report, decided.events, before)
    return Again(replace(given, arrived_at_ms=decided.arrived_at_ms, report=report))


def _raw(topic: str, entry: Entry) -> RawInput:
    return RawInput(topic, entry.offset, entry.value, entry.appended_wall_ms)


def _redecided(events: Sequence[Message]) -> bool:
    return any(isinstance(event, CommandAccepted) and event.command == REDECIDE for event in events)


def _with_tokens(given: ReportInput, events: Sequence[Message], before: BookState) -> ReportInput:
    """The report with the second hashes of its match tokens by child, as the record's events hold them."""
    found: dict[int, CaseOpened | ReportJoined] = {}
    for event in events:
        if isinstance(event, CaseOpened):
            found[event.child] = event
        elif isinstance(event, ReportJoined):
            found[_place(event, before, given.message.receipt)] = event
    everyone = [found.get(child) for child in range(max(found, default=-1) + 1)]
    return replace(
        given,
        tokens=tuple(" ".join(event.tokens if event else ()) for event in everyone),
        id_tokens=tuple(" ".join((event.id_tokens or ()) if event else ()) for event in everyone),
    )


def _place(event: ReportJoined, before: BookState, receipt: str) -> int:
    """Which child of the filing the case is, that its supplement joined."""
    if event.child is not None:
        return event.child
    filing = before.joined.get(receipt)
    case = before.case(event.case)
    return dict(filing.children if filing else ()).get(event.case, case.child if case else 0)


def _rebuilt(space: str, decided: Decided, before: BookState) -> ReportInput | None:
    """A report from the cases that it opened; the sealed parts, which no rule reads, are not there."""
    opened = sorted((event for event in decided.events if isinstance(event, CaseOpened)), key=lambda event: event.child)
    if not opened or any(isinstance(event, ReportJoined) for event in decided.events):
        return None
    if [event.child for event in opened] != list(range(len(opened))):
        return None
    first = opened[0]
    message = ReportFiled(
        report_id=first.report_id,
        receipt=first.receipt,
        space=space,
        county=first.county,
        filed_at_ms=first.filed_at_ms,
        facts=first.facts.model_copy(update={"children": tuple(event.facts.children[0] for event in opened)}),
    )
    return _with_tokens(ReportInput(message, decided.arrived_at_ms), decided.events, before)
