"""What halts a book: inputs that went backwards, and too many that nobody could decide."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from services.triage.book_log import Bounds, RawInput
from services.triage.causes import CauseIndex
from services.triage.halting import Halted, HaltReason
from shared.contracts import chain
from shared.contracts.wire import sha256_hex

MINUTE_SECONDS = 60.0


def check_bounds(head: chain.Head, bounds: Mapping[str, Bounds], topic_ids: Mapping[str, str]) -> None:
    """Raises Halted when an input topic is another one, ends before the fold or begins beyond it."""
    for name, position in head.positions.items():
        topic = bounds[name]
        if topic_ids[name] != position.topic_id:
            raise Halted(HaltReason.INPUT_REPLACED, f"{name} is another topic than the one decided on")
        if topic.end < position.next:
            raise Halted(HaltReason.INPUT_SHORTER, f"{name} ends at {topic.end}, decided to {position.next}")
        if topic.start > position.next:
            detail = f"{name} begins at {topic.start}, decided to {position.next}"
            raise Halted(HaltReason.INPUT_START_MOVED, detail)
    for name, topic in bounds.items():
        if name not in head.positions and topic.start > 0:
            raise Halted(HaltReason.INPUT_START_MOVED, f"{name} begins at {topic.start}, nothing is decided of it")


def check_again(causes: CauseIndex, again: Iterable[RawInput]) -> None:
    """Inputs that were delivered again must be the bytes that were decided. Raises Halted when they are others."""
    for item in again:
        if causes.same(item.topic, item.offset, sha256_hex(item.value or b"")) is False:
            raise Halted(HaltReason.INPUT_CHANGED, f"{item.topic} holds other bytes at offset {item.offset}")


@dataclass(slots=True)
class UndecidableRate:
    """How many inputs of a book turned out undecidable within the last minute; a release must not storm.

    An operator's epoch record says that a person has looked: what arrived before it (`seen_until_ms`, space time) is
    not counted any more, so that the book goes on and every one of them becomes a case for a human. Only what stands
    in the log is counted: a batch that is decided again after trouble with the broker does not count twice.
    """

    per_minute_max: int
    monotonic: Callable[[], float] = time.monotonic
    seen_until_ms: int = -1
    _recorded_at: deque[float] = field(default_factory=deque)

    def check(self, arrivals_ms: Iterable[int]) -> None:
        """Raises Halted when inputs that arrived then, undecidable all of them, would be more than a book may bear."""
        if len(self._recorded_within_a_minute()) + self._counted(arrivals_ms) > self.per_minute_max:
            raise Halted(HaltReason.TOO_MANY_UNDECIDABLE, "more undecidable inputs in a minute than a book may bear")

    def recorded(self, arrivals_ms: Iterable[int]) -> None:
        """They stand in the log now."""
        self._recorded_at.extend([self.monotonic()] * self._counted(arrivals_ms))

    def looked_at(self, until_ms: int) -> None:
        """An operator's record was appended then: whatever arrived before it has been looked at."""
        self.seen_until_ms = max(self.seen_until_ms, until_ms)
        self._recorded_at.clear()

    def _counted(self, arrivals_ms: Iterable[int]) -> int:
        return sum(arrived_ms > self.seen_until_ms for arrived_ms in arrivals_ms)

    def _recorded_within_a_minute(self) -> deque[float]:
        now = self.monotonic()
        while self._recorded_at and now - self._recorded_at[0] > MINUTE_SECONDS:
            self._recorded_at.popleft()
        return self._recorded_at
