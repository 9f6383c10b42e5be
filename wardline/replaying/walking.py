"""Walking through one book: its valid records are folded as they stand, and those of reports become jobs.

It reads nothing itself: it is given the log's entries and a way to the inputs. States are persistent, so that a job
keeps the state before its record at no cost.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.triage.core.evolve import evolve_all
from services.triage.fold import Fold, WorkerTooOld, events_in
from services.triage.input_reading import InputReader
from shared.contracts import chain
from shared.contracts.commands import Redecide
from shared.contracts.events import CommandAccepted
from shared.contracts.records import RECORD_VERSION, Genesis
from shared.contracts.topics import COMMANDS, REPORTS
from shared.contracts.wire import canonical
from wardline.replaying.inputs import Decided, InputAt, concerns_report, history_reader, input_again
from wardline.replaying.places_needed import NeedChange, need_changes
from wardline.replaying.redeciding import Job, Seconds
from wardline.verification.chain_check import Entry


@dataclass(frozen=True, slots=True)
class Window:
    """Which reports are decided again, by time of arrival (Unix ms): from `from_ms` until before `to_ms`."""

    from_ms: int | None = None
    to_ms: int | None = None

    def holds(self, at_ms: int) -> bool:
        """Whether a moment is in it."""
        return (self.from_ms is None or at_ms >= self.from_ms) and not self.is_over(at_ms)

    def is_over(self, at_ms: int) -> bool:
        """Whether a moment lies behind it."""
        return self.to_ms is not None and at_ms >= self.to_ms


@dataclass(frozen=True, slots=True)
class WentOn:
    """A record that is not decided again and changes who needs a place. `counts`: inside the window."""

    changes: tuple[NeedChange, ...]
    at_ms: int
    counts: bool


Step = Job | WentOn


@dataclass(slots=True)
class Walk:
    """One book. `seconds`: where the processor's time went: read, parse, fold, input."""

    genesis: Genesis
    book: int
    window: Window
    input_at: InputAt
    fold: Fold = field(init=False)
    records: int = 0
    seconds: Seconds = field(default_factory=lambda: dict.fromkeys(("read", "parse", "fold", "input"), 0.0))
    _reader: InputReader = field(init=False)

    def __post_init__(self) -> None:
        self.fold = Fold.open(self.genesis, self.book)
        self._reader = history_reader(self.genesis, self.book)

    @property
    def void(self) -> int:
        """Bytes in the log that are no record."""
        return self.fold.head.void

    def steps(self, entries: Iterable[Entry]) -> Iterator[Step]:
        """The jobs and what went on besides, in the order of the records; ends behind the window.

        Raises WorkerTooOld when the book holds records that this version cannot read.
        """
        clock = time.thread_time
        read_from = clock()
        for entry in entries:
            started = clock()
            self.seconds["read"] += started - read_from
            before = self.fold
            head, taken = chain.take(before.head, entry.value, entry.offset)
            if isinstance(taken, chain.Valid):
                decided = _decided(taken)
                parsed = clock()
                self.seconds["parse"] += parsed - started
                if self._is_over(decided):
                    return
                state = evolve_all(before.state, decided.events, decided.decided_at_ms)
                self.fold = before.after(head, state, decided.events, decided.cause)
                self.records += 1
                self.seconds["fold"] += clock() - parsed
                step = self._step(before, decided)
                if step is not None:
                    yield step
            else:
                self.fold = Fold(head, before.state, before.undecided)
            read_from = clock()

    def _is_over(self, decided: Decided) -> bool:
        """Reports stand in the order of their arrival, and deferred assessments before whatever arrives later."""
        return decided.cause.get("topic") == REPORTS.name and self.window.is_over(decided.arrived_at_ms)

    def _step(self, before: Fold, decided: Decided) -> Step | None:
        inside = self.window.holds(decided.arrived_at_ms)
        if not inside or not concerns_report(decided, before.state):
            changes = need_changes(before.state, decided.events)
            began = self.window.from_ms is None or decided.arrived_at_ms >= self.window.from_ms
            return WentOn(changes, decided.decided_at_ms, began) if changes else None
        started = time.thread_time()
        again = input_again(self._reader, decided, before.state, self.input_at, _report_offset(before, decided))
        self.seconds["input"] += time.thread_time() - started
        if again is None:
            return Job(decided, before.state, None)
        return Job(decided, before.state, again.given, again.rebuilt)


def _decided(valid: chain.Valid) -> Decided:
    fields = valid.fields
    if fields["v"] > RECORD_VERSION:
        raise WorkerTooOld(f"the book holds records of version {fields['v']}")
    as_recorded = canonical(fields["events"])
    return Decided(
        seq=fields["seq"],
        cause=fields["cause"],
        arrived_at_ms=fields["arrived_at_ms"],
        decided_at_ms=fields["decided_at_ms"],
        engine=fields["engine"],
        policy=fields["policy"],
        opened=tuple((each["id"], each["due_at_ms"]) for each in fields["opened"]),
        closed=tuple(fields["closed"]),
        why=tuple(fields["why"]),
        events=events_in(as_recorded, valid.offset),
        as_recorded=as_recorded,
    )


def _report_offset(before: Fold, decided: Decided) -> int | None:
    """For a report that was decided again by command: where it stands."""
    if decided.cause.get("topic") != COMMANDS.name:
        return None
    name = Redecide.model_fields["type"].default
    case = next(
        (event.case for event in decided.events if isinstance(event, CommandAccepted) and event.command == name), None
    )
    return before.undecided.get(case) if case else None
