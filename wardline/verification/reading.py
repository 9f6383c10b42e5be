"""Reading whole partitions from the broker: the bytes as they stand there, valid or not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import CASE_LOG, INPUT_TOPICS
from shared.runtime.topic_admin import topic_ids
from wardline.verification.chain_check import Entry
from wardline.verification.inputs import InputLog

SILENT_SECONDS_MAX = 30.0


class BrokerSilent(Exception):
    """The broker has more to send and does not send it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """First offset that stands, and the offset after the last."""

    start: int
    end: int


def bounds_of(consumer: KafkaConsumer, topic: str, books: tuple[int, ...]) -> dict[int, Bounds]:
    """The bounds of a topic's partitions, asked of the broker now."""
    partitions = [TopicPartition(topic, book) for book in books]
    starts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    return {partition.partition: Bounds(starts[partition], ends[partition]) for partition in partitions}


def read_partition(consumer: KafkaConsumer, topic: str, book: int, start: int, end: int) -> Iterator[Entry]:
    """The messages of offsets [start, end). Raises BrokerSilent when nothing comes for long."""
    partition = TopicPartition(topic, book)
    if start >= end:
        return
    consumer.assign([partition])
    consumer.seek(partition, start)
    heard = time.monotonic()
    while consumer.position(partition) < end:
        messages = [message for batch in consumer.poll(timeout_ms=1000).values() for message in batch]
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENT_SECONDS_MAX:
            raise BrokerSilent(f"{topic}, partition {book}: nothing came for {SILENT_SECONDS_MAX:.0f} s")
        for message in messages:
            if message.offset < end:
                yield Entry(message.offset, message.value, message.timestamp, message.key)


def input_logs(
    admin: KafkaAdminClient, consumer: KafkaConsumer, space: str, books: tuple[int, ...]
) -> dict[int, dict[str, InputLog]]:
    """The input topics' ids and bounds now, by book and short name; nothing is read yet."""
    names = {topic.full_name(space): topic.name for topic in INPUT_TOPICS}
    ids = topic_ids(admin, list(names))
    logs: dict[int, dict[str, InputLog]] = {book: {} for book in books}
    for full_name, name in names.items():
        if full_name not in ids:
            continue
        for book, bounds in bounds_of(consumer, full_name, books).items():
            logs[book][name] = InputLog(name, ids[full_name], bounds.start, bounds.end)
    return logs


def fill_inputs(
    consumer: KafkaConsumer, space: str, book: int, logs: dict[str, InputLog], until: dict[str, int]
) -> None:
    """Read one book's inputs up to where they ended, or up to where the book has decided them, whichever is later."""
    for topic in INPUT_TOPICS:
        if log := logs.get(topic.name):
            full_name = topic.full_name(space)
            now = bounds_of(consumer, full_name, (book,))[book]
            end = min(now.end, max(log.end, until.get(topic.name, 0)))
            for entry in read_partition(consumer, full_name, book, now.start, end):
                log.add(entry)


def case_log(space: str) -> str:
    """The full name of the case-log."""
    return CASE_LOG.full_name(space)
