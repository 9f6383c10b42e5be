"""What a worker asks of the broker besides its books: the input topics' ids, and the broker's time."""

import asyncio
import contextlib
from collections.abc import Mapping

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError as AioKafkaError
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from services.triage.bounded import within
from services.triage.skew import SkewMonitor
from shared.contracts.topics import CLOCK, INPUT_TOPICS
from shared.runtime.connection import Connection
from shared.runtime.logging import Logger
from shared.runtime.metrics import TriageMetrics
from shared.runtime.topic_admin import topic_ids

PROBE = b'{"type":"ClockProbe"}'


class TopicsMissing(Exception):
    """The space's topics do not exist: `wardline topics apply` makes them."""


class InputTopicIds:
    """The broker's ids of the input topics by short name, asked again every few seconds."""

    def __init__(self, connection: Connection, space: str, log: Logger) -> None:
        self._connection = connection
        self._names = {topic.full_name(space): topic.name for topic in INPUT_TOPICS}
        self._ids: Mapping[str, str] = {}
        self._log = log

    def current(self) -> Mapping[str, str]:
        """The ids as last seen."""
        return self._ids

    def ask(self) -> None:
        """Ask now (blocking). Raises TopicsMissing, or kafka errors when the broker is away."""
        admin = KafkaAdminClient(**self._connection.kafka_python())
        try:
            found = topic_ids(admin, list(self._names))
        finally:
            admin.close()
        if len(found) != len(self._names):
            raise TopicsMissing(", ".join(sorted(set(self._names) - set(found))))
        self._ids = {self._names[name]: topic_id for name, topic_id in found.items()}

    async def keep_asking(self, interval_seconds: float) -> None:
        """Ask again and again; while the broker is away, or a topic is gone, the last answer stands."""
        while True:
            await asyncio.sleep(interval_seconds)
            try:
                await asyncio.to_thread(self.ask)
            except (TopicsMissing, KafkaError, OSError) as error:
                self._log.warning("topic_ids_unknown", error=type(error).__name__)


async def measure_skew(
    connection: Connection,
    space: str,
    skew: SkewMonitor,
    interval_seconds: float,
    timeout_seconds: float,
    metrics: TriageMetrics,
    log: Logger,
) -> None:
    """Append a probe every so often and compare the broker's append time with this worker's clock."""
    name, producer = CLOCK.full_name(space), None
    while True:
        try:
            if producer is None:
                producer = AIOKafkaProducer(**connection.aiokafka(), acks="all", enable_idempotence=True)
                await within(timeout_seconds, producer.start())
            sent_at = skew.monotonic()
            answer = await within(timeout_seconds, producer.send_and_wait(name, PROBE, partition=0))
            skew.measured(sent_at, answer.timestamp)
            metrics.clock_skew_seconds.set(skew.offset_ms / 1000)
            if not skew.within_limit:
                log.error("clock_skewed", seconds=skew.offset_ms // 1000)
            await asyncio.sleep(interval_seconds)
        except (AioKafkaError, TimeoutError, OSError) as error:
            log.warning("clock_probe_failed", error=type(error).__name__)
            if producer is not None:
                with contextlib.suppress(TimeoutError):  # it may wait for ever for a broker that is away
                    await within(timeout_seconds, producer.stop())
                producer = None
            await asyncio.sleep(1.0)
