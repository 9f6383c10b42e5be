"""kafka-python's producer, bridged to asyncio: an awaitable acknowledgement per record; nothing blocks the loop.

The client has no memory bound and no asyncio of its own, so callers keep a cap on what is in flight.
At-least-once: a record whose acknowledgement was lost may be on the broker and be sent again by the caller.

An idempotent client that let a record expire (a broker that is frozen, a network that swallows everything) may never
complete another record of that partition. So after every failure but one of the record itself the client is replaced,
and whatever waits in the old one fails at once: its callers send it again through the new one.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import crc32c
import kafka.errors
import kafka.record.util
from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata

from shared.runtime.connection import Connection
from shared.runtime.logging import get_logger

LINGER_MS = 5
DELIVERY_TIMEOUT_MS = 10_000
REQUEST_TIMEOUT_MS = 5_000
ANSWER_SECONDS_MAX = 12.0
"""After this long without an answer the client is given up, whatever it says of its own timeouts."""
METADATA_TIMEOUT_MS = 2_000
BOOTSTRAP_TIMEOUT_MS = 5_000
RECORD_BYTES_MAX = 1_048_576
REBUILD_SECONDS_MIN = 0.5
REBUILD_SECONDS_MAX = 3.0
CRC32C_CHECK = 0xE3069283
"""CRC-32C of b"123456789" (RFC 3720, B.4)."""

_log = get_logger("producer")


class PublishFailed(Exception):
    """The record is not known to be on the broker: try later (it may be there all the same).

    `code` names the failure without any of the record's content.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class OutgoingRecord:
    """One record for the broker. `partition` is the contract's, never a client's default."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands."""

    partition: int
    offset: int


@dataclass(eq=False, slots=True)
class _Client:
    """A kafka-python producer and the acknowledgements that its callers wait for."""

    producer: KafkaProducer
    waiting: "set[asyncio.Future[Position]]" = field(default_factory=set)


def check_crc32c() -> None:
    """RuntimeError unless the native CRC-32C answers rightly: without it every record costs 3 to 13 times as much."""
    if crc32c.crc32c(b"123456789") != CRC32C_CHECK:
        raise RuntimeError("crc32c gives a wrong checksum")
    if kafka.record.util.crc32c_c is None:
        raise RuntimeError("kafka-python does not use the native crc32c")


class Producer:
    """One idempotent acks=all producer. `start` returns at once; until the broker answers, `publish` fails fast."""

    def __init__(self, connection: Connection, *, client_id: str, topics: Iterable[str]) -> None:
        """`topics`: full names whose metadata is fetched before the producer counts as ready."""
        self._connection = connection
        self._client_id = client_id
        self._topics = tuple(topics)
        self._client: _Client | None = None
        self._builder: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether a producer stands and knows its topics (not whether the broker answers just now)."""
        return self._client is not None

    def start(self) -> None:
        """Begin to build the producer in the background; builds again after a failure."""
        check_crc32c()
        self._rebuild()

    async def wait_ready(self, timeout_seconds: float) -> bool:
        """Whether it became ready within the time."""
        if self._builder is not None:
            await asyncio.wait({self._builder}, timeout=timeout_seconds)
        return self.ready

    async def publish(self, record: OutgoingRecord) -> Position:
        """Send one record and wait for the acknowledgement of all in-sync replicas. PublishFailed otherwise.

        It is settled within `ANSWER_SECONDS_MAX`. Cancelling the wait does not take back what was sent.
        """
        return await self.send(record)

    def send(self, record: OutgoingRecord) -> "asyncio.Future[Position]":
        """Hand the record over now (records of one partition keep the order of these calls); await the result.

        PublishFailed at once while there is no producer or no metadata.
        """
        client = self._client
        if client is None:
            raise PublishFailed("NOT_CONNECTED")
        if client.producer._metadata.partitions_for_topic(record.topic) is None:  # noqa: SLF001 - the public call blocks
            self._replace(client, "NO_METADATA")
            raise PublishFailed("NO_METADATA")
        try:
            future = client.producer.send(
                record.topic, record.value, key=record.key, headers=list(record.headers), partition=record.partition
            )
        except kafka.errors.KafkaError as error:
            self._judge(client, error)
            raise PublishFailed(type(error).__name__) from None
        return self._wait_for(client, future)

    def _wait_for(self, client: _Client, future: FutureRecordMetadata) -> "asyncio.Future[Position]":
        """The client's future as one of the loop, with a time limit of our own."""
        loop = asyncio.get_running_loop()
        acknowledged: asyncio.Future[Position] = loop.create_future()
        client.waiting.add(acknowledged)
        limit = loop.call_later(ANSWER_SECONDS_MAX, self._replace, client, "NO_ANSWER")

        def settle(position: Position | None, error: BaseException | None) -> None:
            limit.cancel()
            client.waiting.discard(acknowledged)
            if error is not None:
                self._judge(client, error)
            if acknowledged.done():
                return
            if position is not None:
                acknowledged.set_result(position)
            else:
                acknowledged.set_exception(PublishFailed(type(error).__name__))

        def succeed(metadata: object) -> None:
            position = Position(partition=metadata.partition, offset=metadata.offset)  # type: ignore[attr-defined]
            _from_thread(loop, lambda: settle(position, None))

        future.add_callback(succeed)
        future.add_errback(lambda error: _from_thread(loop, lambda: settle(None, error)))
        return acknowledged

    def _judge(self, client: _Client, error: BaseException) -> None:
        """A record that is too large is the record's fault; after anything else the client is not to be trusted."""
        if not isinstance(error, kafka.errors.MessageSizeTooLargeError | kafka.errors.RecordListTooLargeError):
            self._replace(client, type(error).__name__)

    def _replace(self, client: _Client, code: str) -> None:
        """Give the client up: whoever waits hears it now, and a new one is built."""
        if self._client is not client:
            return
        _log.warning("producer_given_up", code=code, waiting=len(client.waiting))
        self._client = None
        waiting, client.waiting = client.waiting, set()
        for acknowledged in waiting:
            if not acknowledged.done():
                acknowledged.set_exception(PublishFailed(code))
        threading.Thread(target=_give_up, args=(client.producer,), name="producer-close", daemon=True).start()
        self._rebuild()

    def _rebuild(self) -> None:
        if not self._closed and (self._builder is None or self._builder.done()):
            self._builder = asyncio.get_running_loop().create_task(self._build(), name="producer-build")

    async def _build(self) -> None:
        pause = REBUILD_SECONDS_MIN
        while not self._closed:
            try:
                producer = await _in_daemon(self._connect)
            except (kafka.errors.KafkaError, OSError) as error:
                _log.warning("producer_not_built", error=type(error).__name__, again_in_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, REBUILD_SECONDS_MAX)
                continue
            if self._closed:
                await asyncio.to_thread(_close_quietly, producer)
                return
            self._client = _Client(producer)
            _log.info("producer_ready", client_id=self._client_id)
            return

    def _connect(self) -> KafkaProducer:
        producer = KafkaProducer(
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            max_block_ms=METADATA_TIMEOUT_MS,
            bootstrap_timeout_ms=BOOTSTRAP_TIMEOUT_MS,
            max_request_size=RECORD_BYTES_MAX,
            **self._connection.kafka_python(),
        )
        try:
            for topic in self._topics:
                producer.partitions_for(topic)
        except BaseException:
            _close_quietly(producer)
            raise
        return producer

    async def close(self) -> None:
        """Send what is left, within the delivery timeout, and stop."""
        self._closed = True
        if self._builder is not None:
            self._builder.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._builder
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(_close_quietly, client.producer)


def _in_daemon(make: Callable[[], KafkaProducer]) -> "asyncio.Future[KafkaProducer]":
    """Run in a thread that holds up nobody's exit: connecting to a broker that is away takes its time."""
    loop = asyncio.get_running_loop()
    made: asyncio.Future[KafkaProducer] = loop.create_future()

    def finish(producer: KafkaProducer | None, error: BaseException | None) -> None:
        if made.done():
            if producer is not None:
                threading.Thread(target=_close_quietly, args=(producer,), daemon=True).start()
        elif error is not None:
            made.set_exception(error)
        else:
            made.set_result(producer)

    def run() -> None:
        try:
            producer = make()
        except (kafka.errors.KafkaError, OSError, ValueError) as error:
            failure = error
            _from_thread(loop, lambda: finish(None, failure))
        else:
            _from_thread(loop, lambda: finish(producer, None))

    threading.Thread(target=run, name="producer-connect", daemon=True).start()
    return made


def _close_quietly(producer: KafkaProducer) -> None:
    """Send what is left, within the delivery timeout, and end the client's thread in any case."""
    try:
        producer.close(timeout=DELIVERY_TIMEOUT_MS / 1000)
    except kafka.errors.KafkaError as error:
        _log.warning("producer_close_failed", error=type(error).__name__)
        _give_up(producer)


def _give_up(producer: KafkaProducer) -> None:
    """End the client's thread without sending anything more.

    The public `close` waits for unsent records first and, when they do not go out, raises and leaves the thread
    running: it would send old records behind the back of the new client.
    """
    producer._sender.force_close()  # noqa: SLF001 - see above
    with contextlib.suppress(kafka.errors.KafkaError):
        producer.close(timeout=DELIVERY_TIMEOUT_MS / 1000)


def _from_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Run `call` on the loop; a loop that is closed has nobody left who waits."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
