"""Where an accepted report goes: the broker, and when that does not answer in time, the spool. Never neither.

The vault entry is acknowledged before the report is sent, from the spool too.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from services.intake.frames import Frame, FrameDamaged
from services.intake.spool import Spool
from shared.contracts.vocabulary import Durability
from shared.runtime.logging import get_logger
from shared.runtime.metrics import IntakeMetrics
from shared.runtime.producer import OutgoingRecord, Producer, PublishFailed

DRAIN_BATCH = 100
DRAIN_SECONDS_MAX = 12.0
PAUSE_SECONDS_MIN = 0.2
PAUSE_SECONDS_MAX = 5.0
WATCH_SECONDS = 5.0
LOOKS_PER_ALARM = 12

_log = get_logger("intake.publishing")

Steps = Sequence[OutgoingRecord]
"""Records of one report in the order in which each must be acknowledged before the next is sent."""


class Publisher:
    """The only way out of intake."""

    def __init__(
        self,
        producer: Producer,
        spool: Spool,
        metrics: IntakeMetrics,
        *,
        broker_seconds_max: float,
        spool_alarm_seconds: float,
        adopt: Callable[[], list[Spool]],
    ) -> None:
        """`adopt` locks spools that other processes left behind."""
        self._producer = producer
        self._spool = spool
        self._metrics = metrics
        self._broker_seconds_max = broker_seconds_max
        self._spool_alarm_seconds = spool_alarm_seconds
        self._adopt = adopt
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether a report can be taken now."""
        return self._spool.usable or self._producer.ready

    @property
    def spool_path(self) -> Path:
        """The file of this process's spool."""
        return self._spool.path

    def start(self) -> None:
        """Begin to drain what waits and to watch its age."""
        self._tasks = [
            asyncio.create_task(_without_end(lambda: self._drain(self._spool)), name="spool-drain"),
            asyncio.create_task(_without_end(self._watch), name="spool-watch"),
            asyncio.create_task(_without_end(self._drain_orphans), name="spool-orphans"),
        ]

    async def accept(self, steps: Callable[[Durability], Steps]) -> Durability:
        """Return when the report is on the broker, or on the disk. SpoolRefused when neither takes it.

        `steps` builds the records, which say themselves how they came to be durable.
        """
        if not self._spool.depth and self._producer.ready:
            try:
                async with asyncio.timeout(self._broker_seconds_max):
                    for record in steps(Durability.BROKER):
                        await self._producer.send(record)
            except (PublishFailed, TimeoutError) as error:
                _log.warning("broker_does_not_answer", error=type(error).__name__)
            else:
                return Durability.BROKER
        await self._spool.append(steps(Durability.SPOOL))
        return Durability.SPOOL

    async def close(self) -> None:
        """Stop draining. What waits stays on the disk for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._spool.close()

    async def _drain(self, spool: Spool) -> None:
        pause = PAUSE_SECONDS_MIN
        while True:
            await spool.wait_for_frames()
            if await self._drain_batch(spool):
                pause = PAUSE_SECONDS_MIN
                continue
            await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - jitter
            pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def _drain_batch(self, spool: Spool) -> bool:
        try:
            batch = await asyncio.to_thread(spool.peek, DRAIN_BATCH)
        except FrameDamaged as error:
            spool.set_aside(error.frame)
            self._metrics.spool_damaged.inc()
            return True
        try:
            async with asyncio.timeout(DRAIN_SECONDS_MAX):
                for step in range(max(len(records) for _, records in batch)):
                    await self._send_all([records[step] for _, records in batch if step < len(records)])
        except (PublishFailed, TimeoutError):
            return False
        last: Frame = batch[-1][0]
        spool.advance(last)
        _log.info("spool_drained", reports=len(batch), left=spool.depth)
        return True

    async def _send_all(self, records: list[OutgoingRecord]) -> None:
        """Send in order and wait for all; the first failure is raised after the others were waited for."""
        results = await asyncio.gather(*(self._producer.publish(record) for record in records), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _drain_orphans(self) -> None:
        """Spools whose process is gone are drained by whoever lives."""
        while True:
            for spool in await asyncio.to_thread(self._adopt):
                self._metrics.spool_damaged.inc(spool.damaged_frames)
                try:
                    while spool.depth and await self._drain_batch(spool):
                        pass
                finally:
                    spool.close()
            await asyncio.sleep(WATCH_SECONDS)

    async def _watch(self) -> None:
        """Show depth and age; log an alarm once in each minute in which the oldest is too old."""
        looks = 0
        while True:
            age_seconds = self._spool.age_seconds()
            self._metrics.spool_depth.set(self._spool.depth)
            self._metrics.spool_oldest_seconds.set(age_seconds)
            self._metrics.spool_alarm.set(age_seconds > self._spool_alarm_seconds)
            looks = looks + 1 if age_seconds > self._spool_alarm_seconds else 0
            if looks % LOOKS_PER_ALARM == 1:
                _log.error("spool_too_old", depth=self._spool.depth, oldest_seconds=round(age_seconds))
            await asyncio.sleep(WATCH_SECONDS)


async def _without_end(work: Callable[[], Awaitable[None]]) -> None:
    """Begin again after a failure (a disk that cannot be read): what waits must not wait for a person's restart."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - logged with its place; nothing that fails here may strand reports
            _log.error("spool_work_failed", exc_info=error)
            await asyncio.sleep(PAUSE_SECONDS_MAX)
