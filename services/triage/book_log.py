"""One book on the broker, by a consumer and a producer of its own: its log, its inputs, what it says to other books.

Everything has a time limit; whatever goes wrong with the broker is one of aiokafka's KafkaError or a TimeoutError.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, RecordMetadata

from services.triage.bounded import within
from shared.contracts.crossings import Crossing
from shared.contracts.topics import CASE_LOG, CROSSINGS, DEAD_LETTER_TRIAGE, Topic
from shared.contracts.wire import encode, headers, partition_of
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.connection import Connection

FETCH_BYTES_MAX = 8 * 1024 * 1024
READ_CHUNK_RECORDS = 500
RETRY_BACKOFF_MS = 500
T = TypeVar("T")
Future = asyncio.Future[RecordMetadata]


@dataclass(frozen=True, slots=True)
class RawInput:
    """One message of an input topic: short topic name, offset, bytes, and the broker's append time (wall ms)."""

    topic: str
    offset: int
    value: bytes | None
    appended_wall_ms: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """First offset that the log still holds, and the offset after the last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chained:
    """A record's exact bytes, ready to be appended."""

    county: str
    record_id: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the broker put a record, and when (wall ms)."""

    offset: int
    appended_wall_ms: int


class BookLog:
    """The broker as one book's owner sees it. Not shared: one task uses it."""

    def __init__(self, connection: Connection, space: str, book: int, timeout_seconds: float) -> None:
        self.book = book
        self._connection = connection
        self._space = space
        self._timeout = timeout_seconds
        self._consumer: AIOKafkaConsumer | None = None
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> None:
        """Connect the consumer and make a new producer (an old one may still hold unsent batches: it is dropped)."""
        await self.close()
        self._consumer = AIOKafkaConsumer(
            **self._connection.aiokafka(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=FETCH_BYTES_MAX,
            request_timeout_ms=int(self._timeout * 1000),
            retry_backoff_ms=RETRY_BACKOFF_MS,
        )
        await self._limited(self._consumer.start())
        self._producer = AIOKafkaProducer(
            **self._connection.aiokafka(),
            enable_idempotence=True,
            acks="all",
            linger_ms=1,
            max_batch_size=1024 * 1024,  # a record is larger than the default batch: it would cost a round trip each
            max_request_size=2 * 1024 * 1024,
            request_timeout_ms=int(self._timeout * 1000),
            retry_backoff_ms=RETRY_BACKOFF_MS,
        )
        await self._limited(self._producer.start())

    async def close(self) -> None:
        """Let go of both clients; an unsent batch is given up (the chain decides what stands)."""
        consumer, producer = self._consumer, self._producer
        self._consumer = self._producer = None
        for client in (producer, consumer):
            if client is not None:
                try:
                    await within(self._timeout, client.stop())
                except (KafkaError, TimeoutError, OSError):
                    continue  # its sockets die with it; nothing that it holds may be sent any more

    async def bounds(self, topics: Sequence[Topic]) -> dict[str, Bounds]:
        """Start and end of this book's partition in each topic, asked of the broker now."""
        partitions = {topic.name: self._partition(topic) for topic in topics}
        consumer = self._reader()
        ends = await self._limited(consumer.end_offsets(list(partitions.values())))
        starts = await self._limited(consumer.beginning_offsets(list(partitions.values())))
        return {name: Bounds(starts[partition], ends[partition]) for name, partition in partitions.items()}

    async def read(self, topic: Topic, start: int, end: int) -> AsyncIterator[list[RawInput]]:
        """The messages of offsets [start, end), in chunks. Raises TimeoutError when the broker sends nothing."""
        partition, consumer, at = self._partition(topic), self._reader(), start
        if start >= end:
            return
        consumer.assign([partition])
        consumer.seek(partition, start)
        try:
            while at < end:
                got: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]] = await self._limited(
                    consumer.getmany(partition, timeout_ms=int(self._timeout * 500), max_records=READ_CHUNK_RECORDS)
                )
                messages = got.get(partition, [])
                if not messages:
                    raise TimeoutError(f"nothing came of {topic.name} at offset {at}")
                chunk = [
                    RawInput(topic.name, message.offset, message.value, message.timestamp)
                    for message in messages
                    if message.offset < end
                ]
                at = messages[-1].offset + 1
                yield chunk
        finally:
            self.rest()

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        """Append records to the book in order; where the broker put each. Raises KafkaError or TimeoutError."""
        futures = [
            await self._send(CASE_LOG, record.county, record.raw, "Record", record.record_id) for record in records
        ]
        answers = await self._limited(asyncio.gather(*futures))
        return [Appended(answer.offset, answer.timestamp) for answer in answers]

    async def dead_letter(self, county: str, letter_id: str, value: bytes) -> None:
        """Keep bytes for a human, acknowledged before the record that speaks of them."""
        await self._limited(await self._send(DEAD_LETTER_TRIAGE, county, value, "DeadLetter", letter_id))

    async def send_crossings(self, messages: Sequence[Crossing], books: int) -> None:
        """Messages to other counties, each into the book of its destination. Raises KafkaError or TimeoutError."""
        futures = [
            await self._send(
                CROSSINGS,
                message.county,
                encode(message),
                "Crossing",
                message.crossing_id,
                partition_of(message.county, books),
            )
            for message in messages
        ]
        await self._limited(asyncio.gather(*futures))

    async def _send(
        self, topic: Topic, county: str, value: bytes, message_type: str, message_id: str, partition: int | None = None
    ) -> Future:
        if self._producer is None:
            raise RuntimeError("the book's log is not open")
        return await self._limited(
            self._producer.send(
                topic.full_name(self._space),
                value,
                key=county.encode(),
                partition=self.book if partition is None else partition,
                headers=headers(
                    service="triage",
                    message_type=message_type,
                    message_id=message_id,
                    at_iso=iso_utc(wall_ms()),
                    space=self._space,
                ),
            )
        )

    def _partition(self, topic: Topic) -> TopicPartition:
        return TopicPartition(topic.full_name(self._space), self.book)

    def _reader(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("the book's log is not open")
        return self._consumer

    def rest(self) -> None:
        """Stop fetching: a fetch that waits for data would hold up every other request of the connection."""
        if self._consumer is not None:
            self._consumer.unsubscribe()

    async def _limited(self, awaitable: Awaitable[T]) -> T:
        return await within(self._timeout, awaitable)
