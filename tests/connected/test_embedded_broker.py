"""The embedded broker does what the ledger relies on: it keeps what it acknowledged and alone states the time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from ops.embedded.broker import EmbeddedBroker, answers
from ops.embedded.failures import CannotStart
from ops.embedded.ports import free_ports
from tests.support.broker import JARS, new_broker

CONDITION_SECONDS_MAX = 30.0


def create(broker: EmbeddedBroker, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    finally:
        admin.close()


def publish(broker: EmbeddedBroker, topic: str, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True)
    try:
        for future in [producer.send(topic, value, timestamp_ms=1) for value in values]:
            future.get(timeout=20)
    finally:
        producer.close()


def read(broker: EmbeddedBroker, topic: str) -> list[tuple[bytes, int]]:
    """Values and timestamps of a one-partition topic, from its beginning to its present end."""
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        found: list[tuple[bytes, int]] = []
        while consumer.position(partition) < end:
            for records in consumer.poll(timeout_ms=500).values():
                found += [(record.value, record.timestamp) for record in records]
        return found
    finally:
        consumer.close()


def test_a_record_acknowledged_before_a_kill_is_there_after_the_restart(own_broker: EmbeddedBroker) -> None:
    create(own_broker, "kept")
    values = [b"%d" % number for number in range(200)]
    publish(own_broker, "kept", values)
    own_broker.kill()
    assert not answers(own_broker.port)
    own_broker.start()
    own_broker.wait_ready()
    assert [value for value, _ in read(own_broker, "kept")] == values


def test_the_append_time_is_the_broker_s_whatever_the_client_states(broker: EmbeddedBroker, space: str) -> None:
    topic = f"wardline.{space}.time"
    create(broker, topic)
    before_ms = time.time_ns() // 1_000_000
    publish(broker, topic, [b"x"])
    [(_, appended_at_ms)] = read(broker, topic)
    assert before_ms - 1_000 <= appended_at_ms <= time.time_ns() // 1_000_000 + 1_000


def test_a_record_of_one_mebibyte_passes(broker: EmbeddedBroker, space: str) -> None:
    topic = f"wardline.{space}.large"
    create(broker, topic)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_request_size=2 * 1024 * 1024)
    try:
        producer.send(topic, bytes(1024 * 1024)).get(timeout=20)
    finally:
        producer.close()
    assert [len(value) for value, _ in read(broker, topic)] == [1024 * 1024]


def test_a_topic_that_nobody_declared_does_not_come_into_being(broker: EmbeddedBroker) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_block_ms=1_500)
    try:
        with pytest.raises(KafkaError):
            producer.send("wardline.nowhere.misspelt", b"x").get(timeout=10)
    finally:
        producer.close()
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        assert "wardline.nowhere.misspelt" not in admin.list_topics()
    finally:
        admin.close()


def test_a_paused_broker_does_not_answer_and_a_resumed_one_does(broker: EmbeddedBroker) -> None:
    broker.pause()
    try:
        assert not answers(broker.port, timeout_seconds=0.5)
    finally:
        broker.resume()
    broker.wait_ready()


def test_a_taken_port_is_told_by_its_number(broker: EmbeddedBroker, tmp_path: Path) -> None:
    second = EmbeddedBroker(tmp_path, broker.port, free_ports(1)[0], jars=JARS)
    with pytest.raises(CannotStart, match=str(broker.port)):
        second.start()


def test_a_broker_whose_parent_is_killed_dies_too(tmp_path: Path) -> None:
    broker = new_broker(tmp_path)
    program = (
        "import pathlib, sys, time\n"
        "from ops.embedded.broker import EmbeddedBroker\n"
        "home, port, controller_port, jars = sys.argv[1:]\n"
        "broker = EmbeddedBroker(pathlib.Path(home), int(port), int(controller_port), jars=pathlib.Path(jars))\n"
        "broker.start(); broker.wait_ready(); print(broker.pid, flush=True); time.sleep(600)\n"
    )
    arguments = [str(tmp_path), str(broker.port), str(broker.controller_port), str(JARS)]
    with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        broker_pid = int(parent.stdout.readline())
        os.kill(broker_pid, 0)
        parent.kill()
    deadline = time.monotonic() + CONDITION_SECONDS_MAX
    while Path(f"/proc/{broker_pid}").exists():
        assert time.monotonic() < deadline, "the broker outlived its parent"
        time.sleep(0.1)
