"""What one book adds up to: the head of its chain and the state of its cases, from the same records.

A confirmed fold holds what the log is known to hold; an overlay is a fold on which decisions were made that are not
acknowledged yet. Both are immutable, so dropping an overlay is forgetting a reference.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from immutables import Map
from pydantic import ValidationError

from services.triage.core.evolve import evolve_all
from services.triage.core.state import BookState
from services.triage.crossing_out import Waiting, place_of, waiting_after
from shared.contracts import chain
from shared.contracts.base import Message
from shared.contracts.events import CaseUndecidable, read_events
from shared.contracts.records import RECORD_VERSION, Genesis
from shared.contracts.topics import REPORTS
from shared.contracts.wire import canonical


class WorkerTooOld(Exception):
    """The book holds records of a newer version: this worker must not decide here."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Head and state after the same last valid record.

    `undecided` leads from an undecidable case to the offset of its report, so that it can be decided again; `waiting`
    holds the messages to other counties that are not receipted, as they were sent.
    """

    head: chain.Head
    state: BookState
    undecided: Map[str, int] = Map()  # noqa: RUF009 - an empty persistent map is immutable
    waiting: Waiting = Map()  # noqa: RUF009 - likewise

    @classmethod
    def open(cls, genesis: Genesis, book: int) -> "Fold":
        """The fold of a book in which nothing is written yet."""
        state = BookState(genesis.space, book, genesis.policy, Map(genesis.policy_texts))
        return cls(chain.open_head(genesis, book), state)

    def take(self, raw: bytes | None, offset: int) -> tuple["Fold", chain.Taken]:
        """Read the bytes at an offset of the log. Raises WorkerTooOld for a valid record newer than this code."""
        head, taken = chain.take(self.head, raw, offset)
        if not isinstance(taken, chain.Valid):
            return replace(self, head=head), taken
        fields = taken.fields
        if fields["v"] > RECORD_VERSION:
            raise WorkerTooOld(f"book {head.book} holds records of version {fields['v']}")
        events = events_of(taken)
        state = evolve_all(self.state, events, fields["decided_at_ms"])
        return self.after(head, state, events, fields["cause"]), taken

    def after(self, head: chain.Head, state: BookState, events: Sequence[Message], cause: Mapping[str, Any]) -> "Fold":
        """The fold after a valid record with this head and cause, whose events made this state."""
        undecided = self.undecided
        if cause.get("topic") == REPORTS.name:
            for event in events:
                if isinstance(event, CaseUndecidable):
                    undecided = undecided.set(event.case, cause["offset"])
        return Fold(head, state, undecided, waiting_after(place_of(head), events, self.waiting))


def events_of(valid: chain.Valid) -> tuple[Message, ...]:
    """The events of a valid record. Raises WorkerTooOld when this code does not know one."""
    return events_in(canonical(valid.fields["events"]), valid.offset)


def events_in(value: bytes, offset: int) -> tuple[Message, ...]:
    """Likewise, given a record's events as canonical JSON, and where the record stands."""
    try:
        return read_events(value)
    except ValidationError as error:
        raise WorkerTooOld(f"a record at offset {offset} has an event that this worker cannot read") from error


class DueHeap:
    """The pending deadlines of a fold by due time. Entries of closed deadlines are passed over when met."""

    def __init__(self, head: chain.Head) -> None:
        self._heap = [(due_at_ms, deadline) for deadline, due_at_ms in head.pending.items()]
        heapq.heapify(self._heap)

    def add(self, deadline: str, due_at_ms: int) -> None:
        """A deadline was opened."""
        heapq.heappush(self._heap, (due_at_ms, deadline))

    def first(self, head: chain.Head) -> tuple[int, str] | None:
        """The earliest pending deadline of this head as (due time, id)."""
        while self._heap:
            due_at_ms, deadline = self._heap[0]
            if head.pending.get(deadline) == due_at_ms:
                return due_at_ms, deadline
            heapq.heappop(self._heap)
        return None
