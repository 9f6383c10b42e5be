"""The broker itself holds the boundary between the services: what the matrix does not allow is denied."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as AioTopicPartition
from aiokafka.errors import GroupAuthorizationFailedError as AioGroupAuthorizationFailedError
from aiokafka.errors import TopicAuthorizationFailedError as AioTopicAuthorizationFailedError
from kafka import KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.ports import free_ports
from ops.security.access import Change, apply, as_entries, present, rules
from ops.security.scram import MECHANISM, SaslSettings
from shared.contracts.topics import PRINCIPALS, TOPICS, Topic
from tests.support.broker import JARS

SPACE = "acl"
MATRIX = rules(TOPICS, SPACE)
WRITES = [(principal, topic) for topic in TOPICS for principal in PRINCIPALS]


@pytest.fixture(scope="module")
def sasl() -> SaslSettings:
    return SaslSettings.generate(PRINCIPALS)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, sasl: SaslSettings) -> Iterator[EmbeddedBroker]:
    """A broker with logins, the space's topics and its access list."""
    port, controller_port = free_ports(2)
    broker = EmbeddedBroker(tmp_path_factory.mktemp("guarded"), port, controller_port, sasl, jars=JARS)
    broker.start()
    try:
        broker.wait_ready()
        admin = KafkaAdminClient(**login(broker, "admin", sasl))
        admin.create_topics(
            {topic.full_name(SPACE): {"num_partitions": 1, "replication_factor": 1} for topic in TOPICS},
            wait_for_metadata=True,
        )
        apply(admin, MATRIX, SPACE)
        admin.close()
        yield broker
    finally:
        broker.stop()


def login(broker: EmbeddedBroker, principal: str, sasl: SaslSettings) -> dict[str, Any]:
    return {
        "bootstrap_servers": broker.bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": principal,
        "sasl_plain_password": sasl.passwords[principal],
    }


class Writers:
    """A producer for each principal that may write, and one for each that may not.

    Two, because the library gives an idempotent producer up after the first denial, and because an idempotent one of a
    principal that may write nothing is denied before it names a topic.
    """

    def __init__(self, broker: EmbeddedBroker, sasl: SaslSettings) -> None:
        self._broker, self._sasl = broker, sasl
        self._made: dict[tuple[str, bool], KafkaProducer] = {}

    def write(self, principal: str, topic: str, *, idempotent: bool) -> int:
        """Write one record, wait for the acknowledgement; its offset."""
        key = (principal, idempotent)
        if key not in self._made:
            settings = login(self._broker, principal, self._sasl)
            self._made[key] = KafkaProducer(**settings, acks="all", enable_idempotence=idempotent, max_block_ms=5_000)
        return int(self._made[key].send(topic, key=b"520327", value=b"{}", partition=0).get(timeout=10).offset)

    def close(self) -> None:
        for producer in self._made.values():
            producer.close()


@pytest.fixture(scope="module")
def writers(guarded: EmbeddedBroker, sasl: SaslSettings) -> Iterator[Writers]:
    made = Writers(guarded, sasl)
    yield made
    made.close()


@pytest.mark.parametrize(("principal", "topic"), WRITES, ids=[f"{who}-{topic.name}" for who, topic in WRITES])
def test_a_principal_writes_its_topics_and_no_others(writers: Writers, principal: str, topic: Topic) -> None:
    if principal in topic.writers:
        assert writers.write(principal, topic.full_name(SPACE), idempotent=True) >= 0
    else:
        with pytest.raises(TopicAuthorizationFailedError):
            writers.write(principal, topic.full_name(SPACE), idempotent=False)


async def read(broker: EmbeddedBroker, sasl: SaslSettings, principal: str, topic: str, group: str | None = None) -> int:
    """Read the topic's first record as a principal, committing in the group if one is named; its offset."""
    consumer = AIOKafkaConsumer(**login(broker, principal, sasl), group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        partition = AioTopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, 0)
        record = await asyncio.wait_for(consumer.getone(partition), 10)
        if group is not None:
            await consumer.commit({partition: record.offset + 1})
        return int(record.offset)
    finally:
        await consumer.stop()


@pytest.mark.parametrize(
    ("principal", "topic"),
    [("triage", "reports"), ("notify", "case-log"), ("intake", "feedback"), ("custodian", "vault")],
)
async def test_a_principal_reads_what_it_needs_in_a_group_of_its_own(
    guarded: EmbeddedBroker, sasl: SaslSettings, writers: Writers, principal: str, topic: str
) -> None:
    name = f"wardline.{SPACE}.{topic}"
    writers.write(next(each for each in TOPICS if each.name == topic).writers[0], name, idempotent=True)
    assert await read(guarded, sasl, principal, name, f"wardline-{SPACE}-{principal}") == 0


@pytest.mark.parametrize("topic", ["reports", "vault-in"])
async def test_what_intake_wrote_it_cannot_read_back(
    guarded: EmbeddedBroker, sasl: SaslSettings, writers: Writers, topic: str
) -> None:
    """Whoever breaks into the door finds no earlier filing behind it."""
    name = f"wardline.{SPACE}.{topic}"
    writers.write("intake", name, idempotent=True)
    with pytest.raises(AioTopicAuthorizationFailedError):
        await read(guarded, sasl, "intake", name)


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_topic_that_a_principal_neither_reads_nor_writes_is_not_even_visible(
    guarded: EmbeddedBroker, sasl: SaslSettings, principal: str
) -> None:
    admin = KafkaAdminClient(**login(guarded, principal, sasl))
    try:
        seen = set(admin.list_topics())
    finally:
        admin.close()
    assert seen == {topic.full_name(SPACE) for topic in TOPICS if principal in (*topic.writers, *topic.readers)}


def test_the_custodian_alone_deletes_and_only_what_it_has_taken_over(
    guarded: EmbeddedBroker, sasl: SaslSettings, writers: Writers
) -> None:
    vault_in, reports = (f"wardline.{SPACE}.{name}" for name in ("vault-in", "reports"))
    for name in (vault_in, reports):
        writers.write("intake", name, idempotent=True)
    for principal, name in (("intake", vault_in), ("desk", vault_in), ("custodian", reports)):
        with pytest.raises(KafkaError):
            delete(guarded, sasl, principal, name)
    delete(guarded, sasl, "custodian", vault_in)


def delete(broker: EmbeddedBroker, sasl: SaslSettings, principal: str, topic: str) -> None:
    """Delete the first record of a topic."""
    admin = KafkaAdminClient(**login(broker, principal, sasl))
    try:
        admin.delete_records({TopicPartition(topic, 0): 1}, timeout_ms=5_000)
    finally:
        admin.close()


async def test_a_principal_cannot_use_the_group_of_another(
    guarded: EmbeddedBroker, sasl: SaslSettings, writers: Writers
) -> None:
    name = f"wardline.{SPACE}.case-log"
    writers.write("triage", name, idempotent=True)
    with pytest.raises(AioGroupAuthorizationFailedError):
        await read(guarded, sasl, "notify", name, f"wardline-{SPACE}-triage")


@pytest.mark.parametrize("password", ["x" * 32, "z" * 128])
def test_a_wrong_password_is_turned_away(guarded: EmbeddedBroker, sasl: SaslSettings, password: str) -> None:
    settings = login(guarded, "intake", sasl) | {"sasl_plain_password": password}
    with pytest.raises(KafkaError):
        KafkaAdminClient(**settings, bootstrap_timeout_ms=3_000)


def test_without_a_login_there_is_no_answer(guarded: EmbeddedBroker) -> None:
    with pytest.raises(KafkaError):
        KafkaAdminClient(bootstrap_servers=guarded.bootstrap, bootstrap_timeout_ms=3_000)


STRAY = [
    (ResourceType.TOPIC, f"wardline.{SPACE}.case-log", ACLResourcePatternType.LITERAL, ACLOperation.WRITE),
    (ResourceType.TOPIC, f"wardline.{SPACE}.case-log", ACLResourcePatternType.LITERAL, ACLOperation.ALL),
    (ResourceType.TOPIC, f"wardline.{SPACE}.", ACLResourcePatternType.PREFIXED, ACLOperation.READ),
    (ResourceType.GROUP, f"wardline-{SPACE}-triage", ACLResourcePatternType.LITERAL, ACLOperation.READ),
]


@pytest.mark.parametrize(("resource", "name", "pattern", "operation"), STRAY)
def test_applying_removes_what_the_matrix_does_not_say(
    guarded: EmbeddedBroker,
    sasl: SaslSettings,
    resource: ResourceType,
    name: str,
    pattern: ACLResourcePatternType,
    operation: ACLOperation,
) -> None:
    stray = ACL("User:intake", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(resource, name, pattern))
    admin = KafkaAdminClient(**login(guarded, "admin", sasl))
    try:
        assert admin.create_acls([stray])["failed"] == []
        assert stray in present(admin, SPACE)
        assert apply(admin, MATRIX, SPACE) == Change(added=frozenset(), removed=frozenset({stray}))
        assert present(admin, SPACE) == as_entries(MATRIX)
    finally:
        admin.close()


def test_applying_leaves_a_space_with_a_similar_name_alone(guarded: EmbeddedBroker, sasl: SaslSettings) -> None:
    admin = KafkaAdminClient(**login(guarded, "admin", sasl))
    other = f"{SPACE}-2"
    try:
        assert apply(admin, rules(TOPICS, other), other).added == as_entries(rules(TOPICS, other))
        assert apply(admin, MATRIX, SPACE) == Change(added=frozenset(), removed=frozenset())
        assert apply(admin, frozenset(), other).removed == as_entries(rules(TOPICS, other))
        assert present(admin, SPACE) == as_entries(MATRIX)
    finally:
        admin.close()


def test_no_password_is_left_in_a_log_or_a_file_that_others_can_read(
    guarded: EmbeddedBroker, sasl: SaslSettings
) -> None:
    for path in sorted(Path(guarded.home).rglob("*")):
        if path.is_file() and any(password.encode() in path.read_bytes() for password in sasl.passwords.values()):
            assert path.name == "server.properties"
            assert path.stat().st_mode & 0o077 == 0
