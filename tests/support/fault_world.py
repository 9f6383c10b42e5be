"""What fault tests look at and do: conditions that are waited for, worker logs, bytes put where they do not belong."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import INPUT_TOPICS, Topic
from shared.contracts.wire import partition_of
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader, Read
from shared.runtime.space import Space
from tests.support.broker_space import BrokerSpace
from tests.support.triage_world import Worker
from wardline.verification.findings import BookFindings
from wardline.verification.verifying import Verifier

PATIENCE_SECONDS = 150.0
"""Two cores and other tests beside: what takes a second alone may take a minute. Nothing is measured by it."""
T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, timeout_seconds: float = PATIENCE_SECONDS) -> T:
    """Look until there is something to see, and return it. Raises TimeoutError saying what was waited for."""
    ends_at = time.monotonic() + timeout_seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > ends_at:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.25)


@dataclass(slots=True)
class Progress:
    """How far a space is decided, followed with clients of its own."""

    space: Space
    reader: LedgerReader
    consumer: KafkaConsumer
    reads: list[Read] = field(default_factory=list)

    def undecided(self) -> dict[int, int]:
        """How many inputs of each followed book stand on the broker now and are not decided."""
        self.reads += self.reader.read_to_end()
        missing = dict.fromkeys(self.reader.books, 0)
        for topic in INPUT_TOPICS:
            partitions = [TopicPartition(topic.full_name(self.space.name), book) for book in missing]
            for partition, end in self.consumer.end_offsets(partitions).items():
                position = self.reader.heads[partition.partition].positions.get(topic.name)
                missing[partition.partition] += max(0, end - (position.next if position else 0))
        return missing

    def events(self, kind: str) -> list[tuple[int, Mapping[str, Any]]]:
        """The events of one type that stand in the log so far, with their books."""
        self.reads += self.reader.read_to_end()
        return [
            (read.book, event) for read in self.reads for event in read.valid.fields["events"] if event["type"] == kind
        ]


@contextmanager
def progress(bootstrap: str, space: Space, books: Iterable[int] = ()) -> Iterator[Progress]:
    """Follow the decisions of these books, or of all."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    reader = LedgerReader(Connection(bootstrap), space, tuple(books))
    try:
        yield Progress(space, reader, consumer)
    finally:
        consumer.close(autocommit=False)
        reader.close()


def wait_decided(
    bootstrap: str, space: Space, books: Iterable[int] | None = None, timeout_seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until every input of these books (of all, when none are named) is decided."""
    wanted = tuple(range(space.books)) if books is None else tuple(books)
    with progress(bootstrap, space, wanted) as seen:
        wait_for(lambda: not any(seen.undecided().values()), f"the decisions of the books {wanted}", timeout_seconds)


def verified(bootstrap: str, space: Space) -> list[BookFindings]:
    """What a verification with clients of its own finds, every record derived again."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        return Verifier(space, consumer, admin, rederive=True).verify()
    finally:
        consumer.close(autocommit=False)
        admin.close()


def faults_of(found: Iterable[BookFindings]) -> list[str]:
    """Every fault, for people."""
    return [fault.line() for book in found for fault in book.faults]


def counties_of_each_book(books: int, each: int = 1) -> list[list[str]]:
    """So many made-up county codes for each book, by book."""
    found: list[list[str]] = [[] for _ in range(books)]
    for number in range(1, 10_000):
        code = f"99{number:04d}"
        if len(found[partition_of(code, books)]) < each:
            found[partition_of(code, books)].append(code)
    return found


def in_space(bootstrap: str, space: Space, home: Path) -> BrokerSpace:
    """The space as the command line and an intruder see it."""
    return BrokerSpace(space, bootstrap, home)


def cut_start(bootstrap: str, space: Space, topic: Topic, book: int, before: int) -> None:
    """Delete the records of a book's partition before an offset, as a wrong retention would."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.delete_records({TopicPartition(topic.full_name(space.name), book): before})
    finally:
        admin.close()


def throw(bootstrap: str, space: Space, topic: Topic, book: int, values: Iterable[bytes | None]) -> int:
    """Append any bytes, or none at all, to a book's partition; how many."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=4 * 1024 * 1024)
    try:
        name = topic.full_name(space.name)
        sent = [producer.send(name, value, key=b"somebody", partition=book) for value in values]
        for future in sent:
            future.get(timeout=60)
        return len(sent)
    finally:
        producer.close()


def log_lines(worker: Worker) -> list[Mapping[str, object]]:
    """The structured lines that a worker has logged so far, of every process that it was."""
    lines: list[Mapping[str, object]] = []
    for line in worker.log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            continue  # a crash report, or a line that is half written
        if isinstance(fields, dict):
            lines.append(fields)
    return lines


def logged(worker: Worker, event: str, **fields: object) -> list[Mapping[str, object]]:
    """The logged lines of one event with these fields."""
    return [
        line
        for line in log_lines(worker)
        if line.get("event") == event and all(line.get(name) == value for name, value in fields.items())
    ]


def metric(worker: Worker, name: str) -> float | None:
    """A metric of the worker, summed over its labels; None while its page does not answer or has none."""
    try:
        metrics = worker.metrics()
    except (URLError, OSError):
        return None
    found = [value for key, value in metrics.items() if key.split("{", 1)[0] == name]
    return sum(found) if found else None
