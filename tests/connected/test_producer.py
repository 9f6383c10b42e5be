"""The bridge on a real broker that freezes, as behind a network that swallows everything, and that dies."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.producer.sender import Sender

from ops.embedded.broker import EmbeddedBroker
from shared.runtime.connection import Connection
from shared.runtime.producer import ANSWER_SECONDS_MAX, OutgoingRecord, Producer, PublishFailed

FROZEN_SECONDS_MAX = ANSWER_SECONDS_MAX + 3
BACK_SECONDS_MAX = 40.0


def record(topic: str, number: int, partition: int = 0) -> OutgoingRecord:
    return OutgoingRecord(topic, partition, b"520327", str(number).encode())


def values(bootstrap: str, topic: str, partition: int = 0) -> list[int]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        at = TopicPartition(topic, partition)
        consumer.assign([at])
        consumer.seek_to_beginning(at)
        end = consumer.end_offsets([at])[at]
        found: list[int] = []
        while consumer.position(at) < end:
            for records in consumer.poll(timeout_ms=500).values():
                found += [int(each.value) for each in records]
        return found
    finally:
        consumer.close()


async def published_at_last(producer: Producer, each: OutgoingRecord) -> None:
    """Publish with pauses, as every caller does."""
    until = time.monotonic() + BACK_SECONDS_MAX
    while True:
        try:
            await producer.publish(each)
        except PublishFailed:
            assert time.monotonic() < until, "the producer did not come back"
            await asyncio.sleep(0.2)
        else:
            return


def client_threads() -> int:
    """Threads of kafka-python: each sender, and each client's loop."""
    return sum(isinstance(each, Sender) or each.name.startswith("kafka-io-") for each in threading.enumerate())


@pytest.fixture
def topic(broker: EmbeddedBroker, space: str) -> str:
    name = f"wardline.{space}.reports"
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        admin.create_topics({name: {"num_partitions": 2, "replication_factor": 1}}, wait_for_metadata=True)
    finally:
        admin.close()
    return name


@pytest.fixture
async def producer(broker: EmbeddedBroker, topic: str) -> AsyncIterator[Producer]:
    producer = Producer(Connection(broker.bootstrap), client_id="test", topics=[topic])
    producer.start()
    assert await producer.wait_ready(20)
    yield producer
    await producer.close()


async def test_a_frozen_broker_fails_what_waits_in_time_and_afterwards_everything_goes_out_again(
    broker: EmbeddedBroker, producer: Producer, topic: str
) -> None:
    await producer.publish(record(topic, 0))
    broker.pause()
    try:
        started = time.monotonic()
        waiting = []
        for number in range(1, 9):
            waiting.append(asyncio.ensure_future(producer.publish(record(topic, number, number % 2))))
            await asyncio.sleep(0.2)
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert time.monotonic() - started < FROZEN_SECONDS_MAX
        assert {type(result) for result in results} == {PublishFailed}
        assert not producer.ready
        with pytest.raises(PublishFailed, match="NOT_CONNECTED"):
            await producer.publish(record(topic, 9))
    finally:
        broker.resume()
    for number in range(1, 9):
        await published_at_last(producer, record(topic, number, number % 2))
    for number in range(20, 120):
        await producer.publish(record(topic, number, number % 2))
    for partition in (0, 1):
        found = values(broker.bootstrap, topic, partition)
        sent_later = [number for number in found if number >= 20]
        assert sent_later == [number for number in range(20, 120) if number % 2 == partition]
        assert set(found) >= {number for number in range(1, 9) if number % 2 == partition}


async def test_a_freeze_that_is_short_loses_and_repeats_nothing(
    broker: EmbeddedBroker, producer: Producer, topic: str
) -> None:
    broker.pause()
    try:
        waiting = [asyncio.ensure_future(producer.publish(record(topic, number))) for number in range(50)]
        await asyncio.sleep(3)
    finally:
        broker.resume()
    positions = await asyncio.gather(*waiting)
    assert [position.offset for position in positions] == list(range(50))
    assert values(broker.bootstrap, topic) == list(range(50))


async def test_clients_that_are_given_up_leave_no_thread_behind(
    broker: EmbeddedBroker, producer: Producer, topic: str
) -> None:
    await producer.publish(record(topic, 0))
    before = client_threads()
    assert before
    for number in range(1, 4):
        client = producer._client
        assert client is not None
        producer._replace(client, "TEST")
        assert await producer.wait_ready(20)
        await published_at_last(producer, record(topic, number))
    until = time.monotonic() + 30
    while client_threads() > before:
        assert time.monotonic() < until, [thread.name for thread in threading.enumerate()]
        await asyncio.sleep(0.1)
    assert values(broker.bootstrap, topic) == [0, 1, 2, 3]


async def test_a_record_that_is_too_large_is_refused_and_the_producer_stays(producer: Producer, topic: str) -> None:
    client = producer._client
    with pytest.raises(PublishFailed, match="MessageSizeTooLargeError"):
        await producer.publish(OutgoingRecord(topic, 0, b"520327", b"x" * 2_000_000))
    assert producer._client is client
    assert (await producer.publish(record(topic, 1))).offset == 0


async def test_a_broker_that_dies_and_comes_back_is_found_again(
    broker: EmbeddedBroker, producer: Producer, topic: str
) -> None:
    await producer.publish(record(topic, 0))
    broker.kill()
    try:
        with pytest.raises(PublishFailed):
            await producer.publish(record(topic, 1))
    finally:
        broker.restart()
    await published_at_last(producer, record(topic, 2))
    assert values(broker.bootstrap, topic)[-1] == 2
