"""Reading the case-log: the one reader of all services and tools.

It folds each book's chain, so that only valid records reach the caller; void bytes are counted and never raise.
A checkpoint is (offset, head hash); a checkpoint that does not match what the log holds halts the reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import OffsetOutOfRangeError

from shared.contracts import chain
from shared.contracts.topics import CASE_LOG
from shared.runtime.connection import Connection
from shared.runtime.space import Space


class LogWentBackwards(Exception):
    """The case-log is shorter than what was read of it, or its start moved: a person must look (`books resume`)."""


@dataclass(frozen=True, slots=True)
class Read:
    """One record that extends a book's chain. `fields` is its JSON; `appended_at_ms` the broker's wall time."""

    book: int
    offset: int
    appended_at_ms: int
    valid: chain.Valid

    @property
    def fields(self) -> dict[str, object]:
        """The record's fields."""
        return dict(self.valid.fields)


@dataclass(slots=True)
class LedgerReader:
    """Follows every book of a space from its first record. Not thread-safe: one owner.

    `poll` returns valid records in each book's order; `voids` keeps the last void bytes' places for who asks.
    """

    connection: Connection
    space: Space
    books: tuple[int, ...] = ()
    heads: dict[int, chain.Head] = field(default_factory=dict)
    voids: list[tuple[int, chain.Void]] = field(default_factory=list)
    voids_kept_max: int = 10_000
    _consumer: KafkaConsumer | None = None

    def __post_init__(self) -> None:
        self.books = self.books or tuple(range(self.space.books))
        self.heads = {book: chain.open_head(self.space.genesis, book) for book in self.books}

    def open(self) -> None:
        """Connect and start at the first record of every book. Raises kafka errors when the broker is away."""
        consumer = KafkaConsumer(
            **self.connection.kafka_python(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            max_poll_records=2000,
        )
        partitions = [self._partition(book) for book in self.books]
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, self.heads[partition.partition].offset)
        self._consumer = consumer

    def close(self) -> None:
        """Disconnect; the fold stays and `open` goes on from it."""
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None

    def poll(self, timeout_seconds: float) -> list[Read]:
        """The next valid records, at most 2,000, waiting so long for the first.

        Raises LogWentBackwards when the log no longer holds what was read of it.
        """
        if self._consumer is None:
            self.open()
        consumer = self._consumer
        if consumer is None:
            raise RuntimeError("the reader is not open")
        reads: list[Read] = []
        try:
            batches = consumer.poll(timeout_ms=int(timeout_seconds * 1000))
        except OffsetOutOfRangeError as error:
            raise LogWentBackwards(f"space '{self.space.name}': the case-log no longer holds what was read") from error
        for messages in batches.values():
            reads.extend(read for message in messages if (read := self._take(message)) is not None)
        return reads

    def caught_up(self) -> bool:
        """Whether everything that stands in the log now has been read."""
        if self._consumer is None:
            return False
        ends = self._consumer.end_offsets([self._partition(book) for book in self.books])
        return all(self.heads[partition.partition].offset >= end for partition, end in ends.items())

    def behind(self) -> dict[int, int]:
        """For each book, how many entries stand in the log now and have not been read. Raises kafka errors."""
        if self._consumer is None:
            self.open()
        if self._consumer is None:
            raise RuntimeError("the reader is not open")
        ends = self._consumer.end_offsets([self._partition(book) for book in self.books])
        return {each.partition: max(0, end - self.heads[each.partition].offset) for each, end in ends.items()}

    def gone(self) -> tuple[int, ...]:
        """The books of which the log no longer holds what was read. Raises kafka errors."""
        if self._consumer is None:
            return ()
        partitions = [self._partition(book) for book in self.books]
        starts, ends = self._consumer.beginning_offsets(partitions), self._consumer.end_offsets(partitions)
        return tuple(
            each.partition for each in partitions if not starts[each] <= self.heads[each.partition].offset <= ends[each]
        )

    def leave(self, books: tuple[int, ...]) -> None:
        """Follow these books no more; the others go on where they are."""
        self.close()
        self.books = tuple(book for book in self.books if book not in books)

    def read_to_end(self, timeout_seconds: float = 1.0) -> Iterator[Read]:
        """Everything up to where the log ends now."""
        if self._consumer is None:
            self.open()
        while not self.caught_up():
            yield from self.poll(timeout_seconds)

    def _take(self, message: object) -> Read | None:
        book, offset = message.partition, message.offset  # type: ignore[attr-defined]  # kafka-python has no types
        head, taken = chain.take(self.heads[book], message.value, offset)  # type: ignore[attr-defined]
        self.heads[book] = head
        if isinstance(taken, chain.Valid):
            return Read(book, offset, message.timestamp, taken)  # type: ignore[attr-defined]
        if isinstance(taken, chain.Void) and len(self.voids) < self.voids_kept_max:
            self.voids.append((book, taken))
        return None

    def _partition(self, book: int) -> TopicPartition:
        return TopicPartition(CASE_LOG.full_name(self.space.name), book)
