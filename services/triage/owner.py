"""The owner of one book: one task that decides the book's inputs and fires its deadlines.

Faust hands inputs over and forgets them; what is acknowledged and not yet decided is found again from the ledger.
The chain is the fence: after each batch the offsets that the broker returned must be the next ones of the book, or
somebody else wrote, and everything since the confirmed fold is dropped and decided again.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from services.triage.book_log import BookLog, Bounds, RawInput
from services.triage.crossing_out import outgoing, place_of
from services.triage.deciding import BookDecider, Decided
from services.triage.fold import Fold
from services.triage.following import Fenced, LogFollower
from services.triage.halting import Halted, HaltReason
from services.triage.input_checks import UndecidableRate, check_again, check_bounds
from services.triage.planning import Batch, contiguous
from services.triage.settings import Limits
from services.triage.skew import SkewMonitor
from shared.contracts.crossings import Crossing
from shared.contracts.topics import COMMANDS, INPUT_TOPICS, REPORTS
from shared.runtime.clock import SpaceClock
from shared.runtime.logging import Logger
from shared.runtime.metrics import TriageMetrics

UNSENT_MAX = 5000
"""Messages to other counties that wait for the broker; an older one is said again at its deadline."""
INPUT_BY_NAME = {topic.name: topic for topic in INPUT_TOPICS}


@dataclass(frozen=True, slots=True)
class OwnerParts:
    """What an owner is given. `topic_ids` answers the broker's ids of the input topics by short name."""

    clock: SpaceClock
    limits: Limits
    skew: SkewMonitor
    metrics: TriageMetrics
    log: Logger
    topic_ids: Callable[[], Mapping[str, str]]
    still_assigned: Callable[[int], bool]


class BookOwner:
    """One book's task. `offer` is called by Faust's agent, everything else by `run`."""

    def __init__(self, book: int, fold: Fold, broker: BookLog, decider: BookDecider, parts: OwnerParts) -> None:
        self.book = book
        self.broker = broker
        self.decider = decider
        self.parts = parts
        self.halted: Halted | None = None
        self.waiting_since: float | None = None
        self.reached_at = 0.0
        self.caught_up = False
        self._log = LogFollower(book, fold, broker, self._resumed)
        self._queue: deque[RawInput] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self._behind = True
        self._looked_at = 0.0
        self._read_back_at = 0.0
        self._unsent: deque[Crossing] = deque(maxlen=UNSENT_MAX)
        self._undecidable = UndecidableRate(parts.limits.undecidable_per_minute_max)

    @property
    def fold(self) -> Fold:
        """What the log is known to hold."""
        return self._log.fold

    def offer(self, item: RawInput) -> None:
        """Hand an input over. When the queue is full it is dropped: the next look finds it on the broker."""
        if len(self._queue) < self.parts.limits.queue_items_max:
            self._queue.append(item)
        else:
            self._behind = True
        self._wake.set()

    def stop(self) -> None:
        """Ask the task to end after the batch that is under way."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Own the book until told to stop. Only a worker that is too old ends it with an exception."""
        self._stopping = False
        self.halted = None  # whoever owns a book looks for himself whether it must stand still
        tries = 0
        try:
            while not self._stopping:
                try:
                    await self._connect()
                    await self._catch_up()
                    await self._send_crossings()
                    self._reachable(yes=True)
                    while not self._stopping:
                        await self._step()
                        tries = 0
                except Fenced:
                    self.parts.metrics.fenced.inc()
                except Halted as halted:
                    await self._stand_still(halted)
                except (KafkaError, TimeoutError, OSError) as error:
                    self._reachable(yes=False)
                    self.parts.log.warning("book_broker_trouble", book=self.book, error=type(error).__name__)
                tries += 1
                self._behind = True
                if not self.parts.still_assigned(self.book):
                    return
                limit = min(self.parts.limits.backoff_seconds_max, 0.05 * 2 ** min(tries, 8))
                await self._pause(random.uniform(limit / 2, limit))  # noqa: S311 - jitter, not a secret
        finally:
            self.caught_up = False
            self._reachable(yes=True)  # whoever has it now says what is so
            await self.broker.close()

    async def _connect(self) -> None:
        """Open the book's log. While the broker is away nothing stalls: waiting counts once it answers again."""
        try:
            await self.broker.open()
        except (KafkaError, TimeoutError, OSError):
            self.waiting_since = None
            raise

    # -- one round ---------------------------------------------------------------------------------------------------

    async def _step(self) -> None:
        """Wait for something to do, decide it, write it."""
        await self._wait()
        if self._stopping:
            return
        if not self.parts.skew.within_limit:
            await self._pause(0.2)
            return
        now = time.monotonic()
        if now - self._read_back_at >= self.parts.limits.read_back_interval_seconds:
            if await self._log.read_back():
                self._caught_up()
            self._read_back_at = now
        batch = await self._gather()
        again = await self._reports_again(batch)
        if not self.parts.skew.within_limit:
            self._behind = True  # the clock was set meanwhile: what was taken from the queue is found again
            return
        decided = self._decide(batch, again)
        if decided:
            await self._commit(decided)
        self.waiting_since = None

    async def _wait(self) -> None:
        """Until an input is handed over, a deadline is due, or it is time to look at the broker."""
        if self._queue or self._behind:
            await asyncio.sleep(0)
            return
        self._wake.clear()
        seconds = max(0.0, self._looked_at + self.parts.limits.look_interval_seconds - time.monotonic())
        first = self._log.due.first(self.fold.head)
        if first is not None:
            until_due = self.parts.clock.wall_seconds(first[0] - self._broker_now_ms()) + 0.002
            seconds = min(seconds, max(0.0, until_due))
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def _gather(self) -> Batch:
        """What is to be decided now: handed-over inputs, what was missed, and until when deadlines may fire."""
        now_ms = self._broker_now_ms()
        first = self._log.due.first(self.fold.head)
        handed: dict[str, list[RawInput]] = {name: [] for name in INPUT_BY_NAME}
        for _ in range(min(len(self._queue), self.parts.limits.batch_records_max)):
            item = self._queue.popleft()
            handed[item.topic].append(item)
        runs: dict[str, list[RawInput]] = {}
        for name, items in handed.items():
            runs[name], again, missing = contiguous(items, self._next_offset(name))
            check_again(self._log.causes, again)
            self._behind = self._behind or missing is not None
        due = first is not None and first[0] < now_ms
        look = time.monotonic() - self._looked_at >= self.parts.limits.look_interval_seconds
        if any(runs.values()) or due:
            self.waiting_since = self.waiting_since or time.monotonic()
        if not (due or look or self._behind):
            return Batch(runs, None)
        bounds = await self.broker.bounds(INPUT_TOPICS)
        self._looked_at = self.reached_at = time.monotonic()
        check_bounds(self.fold.head, bounds, self.parts.topic_ids())
        complete = await self._backfill(runs, bounds)
        self._behind = complete is not None
        return Batch(runs, now_ms if complete is None else min(now_ms, complete))

    async def _backfill(self, runs: dict[str, list[RawInput]], bounds: Mapping[str, Bounds]) -> int | None:
        """Read what the broker holds beyond the runs.

        None when all of it was read, else the arrival (space ms) up to which it is complete.
        """
        complete: int | None = None
        lag = 0
        for name, topic in INPUT_BY_NAME.items():
            at = self._next_offset(name) + len(runs[name])
            lag += bounds[name].end - self._next_offset(name)
            end = min(bounds[name].end, at + self.parts.limits.backfill_items_max)
            if at >= end:
                continue
            self.waiting_since = self.waiting_since or time.monotonic()
            async for chunk in self.broker.read(topic, at, end):
                runs[name].extend(chunk)
            self.parts.metrics.backfilled.inc(end - at)
            if end < bounds[name].end:
                arrived = self.parts.clock.from_wall_ms(runs[name][-1].appended_wall_ms)
                complete = arrived if complete is None else min(complete, arrived)
        self.parts.metrics.lag.labels(str(self.book)).set(lag)
        return complete

    async def _reports_again(self, batch: Batch) -> dict[int, RawInput]:
        """The reports that Redecide commands of this batch need, by the command's offset."""
        again: dict[int, RawInput] = {}
        for item in batch.inputs.get(COMMANDS.name, ()):
            offset = self.decider.redecides(self.fold, item)
            if offset is not None:
                async for chunk in self.broker.read(REPORTS, offset, offset + 1):
                    again[item.offset] = chunk[0]
        return again

    def _decide(self, batch: Batch, again: Mapping[int, RawInput]) -> list[Decided]:
        """Decide inputs by arrival and deadlines in their place, on an overlay of the confirmed fold."""
        decided: list[Decided] = []
        fold, heap, size = self.fold, self._log.due, 0
        ids = self.parts.topic_ids()

        def full() -> bool:
            return len(decided) >= self.parts.limits.batch_records_max or size >= self.parts.limits.batch_bytes_max

        def keep(one: Decided) -> None:
            nonlocal fold, size
            decided.append(one)
            fold, size = one.fold, size + len(one.chained.raw)
            for deadline, due_at_ms in one.opened:
                heap.add(deadline, due_at_ms)

        def fire(until_ms: int) -> None:
            while not full() and (first := heap.first(fold.head)) is not None and first[0] < until_ms:
                keep(self.decider.deadline(fold, first[1], first[0], self._now_ms()))

        for item in batch.by_arrival():
            if batch.fire_until_ms is not None:
                fire(min(batch.fire_until_ms, self.parts.clock.from_wall_ms(item.appended_wall_ms)))
            if full():
                self._behind = True
                break
            report = again.get(item.offset) if item.topic == COMMANDS.name else None
            keep(self.decider.input(fold, item, ids[item.topic], self._now_ms(), report))
        else:
            if batch.fire_until_ms is not None:
                fire(batch.fire_until_ms)
        return decided

    async def _commit(self, decided: list[Decided]) -> None:
        """Write the batch and confirm it, or find that somebody else wrote."""
        undecidable = [one.arrived_at_ms for one in decided if one.undecidable]
        self._undecidable.check(undecidable)
        for one in decided:
            if one.dead_letter is not None:
                await self.broker.dead_letter(one.chained.county, one.chained.record_id, one.dead_letter)
        sent_at = self.parts.skew.monotonic()
        appended = await self.broker.append([one.chained for one in decided])
        self.reached_at = time.monotonic()
        self.parts.skew.measured(sent_at, appended[-1].appended_wall_ms)
        self._log.confirm(decided, appended)
        for one in decided:
            self.decider.count(one)
            self._unsent.extend(outgoing(place_of(one.fold.head), one.events, one.fold.waiting))
        self._undecidable.recorded(undecidable)
        await self._send_crossings()

    async def _send_crossings(self) -> None:
        """What standing records say to other counties; what cannot be sent now is kept, or said at its deadline."""
        if not self._unsent:
            return
        messages = tuple(self._unsent)
        await self.broker.send_crossings(messages, self.decider.reader.books)
        for _ in messages:
            self._unsent.popleft()

    async def _catch_up(self) -> None:
        """Fold what the log holds beyond the confirmed fold."""
        await self._log.catch_up()
        self._caught_up()

    def _caught_up(self) -> None:
        self.reached_at = time.monotonic()
        self._behind = True
        self.caught_up = True
        self.parts.metrics.void_records.labels(str(self.book)).set(self.fold.head.void)

    # -- standing still ----------------------------------------------------------------------------------------------

    async def _stand_still(self, halted: Halted) -> None:
        """Alarm, and wait until an operator's epoch record is read in the log."""
        self.halted = halted
        self.waiting_since = None
        self._queue.clear()  # it may be of a topic that is gone; what stands on the broker is found again
        since_wall_ms = self.parts.skew.broker_wall_ms()
        self.parts.metrics.halted_books.labels(halted.reason.value).inc()
        self.parts.log.error("book_halted", book=self.book, reason=halted.reason.value, detail=halted.detail)
        try:
            while not self._stopping and self.halted is not None:
                await self._pause(self.parts.limits.look_interval_seconds)
                try:
                    if self.halted.reason is HaltReason.LOG_WENT_BACKWARDS:
                        await self._read_anew(since_wall_ms)
                    else:
                        await self._catch_up()
                except Halted as still:
                    self.halted = still
                except (KafkaError, TimeoutError, OSError) as error:
                    self.parts.log.warning("book_broker_trouble", book=self.book, error=type(error).__name__)
                    await self.broker.open()
            if self.halted is None:
                self.parts.log.info("book_resumed", book=self.book, reason=halted.reason.value)
        finally:
            self.parts.metrics.halted_books.labels(halted.reason.value).dec()

    async def _read_anew(self, since_wall_ms: int) -> None:
        """Begin again with the log as it is now; an epoch record from before the halt does not end it."""
        still, resumed = self.halted, False
        try:
            resumed = await self._log.read_anew(since_wall_ms)
        finally:
            if not resumed:
                self.halted = still
        if resumed:
            await self._catch_up()

    def _resumed(self, item: RawInput) -> None:
        """An operator has looked, and says where the inputs go on."""
        self._undecidable.looked_at(self.parts.clock.from_wall_ms(item.appended_wall_ms))
        self.halted = None

    # -- small things ------------------------------------------------------------------------------------------------

    def _next_offset(self, name: str) -> int:
        position = self.fold.head.positions.get(name)
        return position.next if position is not None else 0

    def _now_ms(self) -> int:
        return self.parts.clock.now_ms()

    def _broker_now_ms(self) -> int:
        return self.parts.clock.from_wall_ms(self.parts.skew.broker_wall_ms())

    def _reachable(self, *, yes: bool) -> None:
        self.parts.metrics.unreachable_books.labels(str(self.book)).set(0 if yes else 1)

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not beyond a stop."""
        if not self._stopping:
            await asyncio.sleep(seconds)
