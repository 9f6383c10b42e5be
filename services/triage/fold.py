"""What one book adds up to: the head of its chain and the state of its cases, from the same records.

A confirmed fold holds what the log is known to hold; an overlay is a fold on which decisions were made that are not
acknowledged yet. Both are immutable, so dropping an overlay is forgetting a reference.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from immutables import Map
from pydantic import ValidationError

from services.triage.core.evolve import evolve
from services.triage.core.state import BookState
from shared.contracts import chain
from shared.contracts.events import Event, read_event
from shared.contracts.records import RECORD_VERSION, Genesis


class WorkerTooOld(Exception):
    """The book holds records of a newer version: this worker must not decide here."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Head and state after the same last valid record."""

    head: chain.Head
    state: BookState

    @classmethod
    def open(cls, genesis: Genesis, book: int) -> "Fold":
        """The fold of a book in which nothing is written yet."""
        state = BookState(genesis.space, book, genesis.policy, Map(genesis.policy_texts))
        return cls(chain.open_head(genesis, book), state)

    def take(self, raw: bytes | None, offset: int) -> tuple["Fold", chain.Taken]:
        """Read the bytes at an offset of the log. Raises WorkerTooOld for a valid record newer than this code."""
        head, taken = chain.take(self.head, raw, offset)
        state = self.state
        if isinstance(taken, chain.Valid):
            if taken.fields["v"] > RECORD_VERSION:
                raise WorkerTooOld(f"book {head.book} holds records of version {taken.fields['v']}")
            state = evolved(state, events_of(taken), taken.fields["decided_at_ms"])
        return Fold(head, state), taken


def events_of(valid: chain.Valid) -> list[Event]:
    """The events of a valid record. Raises WorkerTooOld when this code does not know one."""
    try:
        return [read_event(event) for event in valid.fields["events"]]
    except ValidationError as error:
        raise WorkerTooOld(f"a record at offset {valid.offset} has an event that this worker cannot read") from error


def evolved(state: BookState, events: Iterable[Event], decided_at_ms: int) -> BookState:
    """The state after the events of one record."""
    for event in events:
        state = evolve(state, event, decided_at_ms)
    return state


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
