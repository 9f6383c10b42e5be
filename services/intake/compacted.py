"""Reading a compacted topic into memory: from its beginning, without a group, for ever, in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Callable

import kafka.errors
from kafka import KafkaConsumer, TopicPartition

from shared.runtime.connection import Connection
from shared.runtime.logging import get_logger

POLL_MS = 300
POLL_RECORDS_MAX = 500
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 10.0
STOP_SECONDS_MAX = 5.0

_log = get_logger("intake.compacted")

Apply = Callable[[list[tuple[str, bytes | None]]], None]
"""Takes a batch of (key, value or None for a tombstone) on the event loop, in the order of each partition."""


class CompactedReader:
    """Feeds `apply` with what stands on a topic. A failure begins again from the beginning, which changes nothing."""

    def __init__(self, connection: Connection, topic: str, apply: Apply) -> None:
        self._connection = connection
        self._topic = topic
        self._apply = apply
        self._loop: asyncio.AbstractEventLoop | None = None
        self._caught_up = asyncio.Event()
        self._ended = asyncio.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=f"read-{self._topic}", daemon=True)
        self._thread.start()

    async def wait_caught_up(self, timeout_seconds: float) -> bool:
        """Whether everything that stood there at the start has been applied within the time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._caught_up.wait(), timeout_seconds)
        return self._caught_up.is_set()

    async def close(self) -> None:
        """Stop reading; a thread that waits for a broker that is away is left to die with the process."""
        self._stopping.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), STOP_SECONDS_MAX if self._caught_up.is_set() else 0)

    def _run(self) -> None:
        pause = PAUSE_SECONDS_MIN
        while not self._stopping.is_set():
            try:
                self._read()
            except (kafka.errors.KafkaError, OSError) as error:
                _log.warning("topic_not_read", error=type(error).__name__, again_in_seconds=pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._ended.set)

    def _read(self) -> None:
        consumer = KafkaConsumer(
            **self._connection.kafka_python(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=POLL_RECORDS_MAX,
            bootstrap_timeout_ms=5_000,
        )
        try:
            partitions = [
                TopicPartition(self._topic, number) for number in consumer.partitions_for_topic(self._topic) or ()
            ]
            if not partitions:
                raise kafka.errors.UnknownTopicOrPartitionError
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            while not self._stopping.is_set():
                for records in consumer.poll(timeout_ms=POLL_MS, max_records=POLL_RECORDS_MAX).values():
                    self._hand_over(
                        [((record.key or b"").decode(errors="replace"), record.value) for record in records]
                    )
                if ends and all(consumer.position(partition) >= ends[partition] for partition in ends):
                    self._call(self._caught_up.set)
                    ends = {}
        finally:
            consumer.close()

    def _hand_over(self, batch: list[tuple[str, bytes | None]]) -> None:
        self._call(lambda: self._apply(batch))

    def _call(self, action: Callable[[], object]) -> None:
        """Run on the loop and wait: what was read and is not applied yet is bounded by one batch."""
        done = threading.Event()

        def run() -> None:
            try:
                action()
            finally:
                done.set()

        if self._loop is None or self._loop.is_closed():
            return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(run)
            while not done.wait(1.0) and not self._stopping.is_set():
                pass
