"""Following a book's log: the confirmed fold is what the log is known to hold, and this alone moves it."""

import asyncio
from collections.abc import Callable, Sequence

from services.triage.book_log import Appended, BookLog, Chained, RawInput
from services.triage.causes import CauseIndex
from services.triage.deciding import Decided
from services.triage.fold import DueHeap, Fold
from services.triage.halting import Halted, HaltReason
from shared.contracts import chain
from shared.contracts.topics import CASE_LOG
from shared.contracts.wire import sha256_hex


class Fenced(Exception):
    """Somebody else wrote to the book: what was decided since the confirmed fold does not stand."""


class LogFollower:
    """The confirmed fold of one book, its pending deadlines by time, and the inputs that it has decided.

    `fold` is given as it is before the log's first record. `on_epoch` is told of every operator's epoch record.
    """

    def __init__(self, book: int, fold: Fold, broker: BookLog, on_epoch: Callable[[RawInput], None]) -> None:
        self.fold = fold
        self.causes = CauseIndex()
        self._book = book
        self._broker = broker
        self._on_epoch = on_epoch
        self._unread = fold
        self._due: DueHeap | None = None
        self._last_valid: tuple[int, str] | None = None

    @property
    def due(self) -> DueHeap:
        """The pending deadlines by due time."""
        if self._due is None:
            self._due = DueHeap(self.fold.head)
        return self._due

    async def catch_up(self) -> None:
        """Fold what the log holds beyond the confirmed fold; write the genesis line into an empty book."""
        bounds = (await self._broker.bounds([CASE_LOG]))[CASE_LOG.name]
        at = self.fold.head.offset
        if bounds.end < at or bounds.start > at:
            detail = f"the case-log holds {bounds.start} to {bounds.end}, read to {at}"
            raise Halted(HaltReason.LOG_WENT_BACKWARDS, detail)
        if bounds.end > at:
            async for chunk in self._broker.read(CASE_LOG, at, bounds.end):
                for item in chunk:
                    self._take(item)
                await asyncio.sleep(0)
        if not self.fold.head.started:
            line = self.fold.head.genesis
            await self._broker.append([Chained("000000", f"{self._book}-genesis", line)])
            await self.catch_up()
            return
        self._due = DueHeap(self.fold.head)

    def confirm(self, decided: Sequence[Decided], appended: Sequence[Appended]) -> None:
        """Adopt what was decided and stands. Raises Fenced when the offsets are not the next ones of the book."""
        start = self.fold.head.offset
        if any(place.offset != start + index for index, place in enumerate(appended)):
            raise Fenced
        for one in decided:
            if one.cause is not None:
                self.causes.add(*one.cause)
        self.fold = decided[-1].fold
        self._last_valid = (appended[-1].offset, self.fold.head.link.sha256)

    async def read_back(self) -> bool:
        """Compare the log's end and last valid record with the confirmed fold; whether it had to catch up."""
        bounds = (await self._broker.bounds([CASE_LOG]))[CASE_LOG.name]
        behind = bounds.end != self.fold.head.offset
        if behind:
            await self.catch_up()
        if self._last_valid is None:
            return behind
        offset, sha256 = self._last_valid
        async for chunk in self._broker.read(CASE_LOG, offset, offset + 1):
            if chunk[0].value is None or sha256_hex(chunk[0].value) != sha256:
                raise Halted(HaltReason.LOG_WENT_BACKWARDS, f"another record stands at offset {offset}")
        return behind

    async def read_anew(self, since_wall_ms: int) -> bool:
        """Begin again with the log as it is now; False unless an operator wrote an epoch record into it since."""
        bounds = (await self._broker.bounds([CASE_LOG]))[CASE_LOG.name]
        if bounds.start > 0 or bounds.end == 0:
            return False
        async for chunk in self._broker.read(CASE_LOG, bounds.end - 1, bounds.end):
            if chunk[-1].appended_wall_ms < since_wall_ms:
                return False  # nobody has written since; the whole log is not read every few seconds
        former = self.fold, self.causes, self._last_valid
        self.fold, self.causes, self._last_valid = self._unread, CauseIndex(), None
        resumed = False
        try:
            async for chunk in self._broker.read(CASE_LOG, 0, bounds.end):
                for item in chunk:
                    taken = self._take(item)
                    epoch = isinstance(taken, chain.Valid) and "epoch" in taken.fields["cause"]
                    resumed = resumed or (epoch and item.appended_wall_ms >= since_wall_ms)
                await asyncio.sleep(0)
        finally:
            if not resumed:
                self.fold, self.causes, self._last_valid = former
        return resumed

    def _take(self, item: RawInput) -> chain.Taken:
        self.fold, taken = self.fold.take(item.value, item.offset)
        if isinstance(taken, chain.Valid):
            self._last_valid = (item.offset, taken.sha256)
            cause = taken.fields["cause"]
            if "topic" in cause:
                self.causes.add(cause["topic"], cause["offset"], cause["sha256"])
            elif "epoch" in cause:
                self.causes.restart(cause["epoch"]["topic"])
                self._on_epoch(item)
        return taken
