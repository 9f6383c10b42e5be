"""The custodian's clients of the broker, made and given up together."""

from collections.abc import Sequence
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import VAULT, VAULT_IN, Topic
from shared.contracts.wire import headers
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.connection import Connection
from shared.runtime.space import Space

ANSWER_SECONDS_MAX: Final = 20.0
Outgoing = tuple[int, bytes, bytes | None, str]
"""Partition, key, value (None destroys what stands under the key) and message type."""


class Clients:
    """A consumer of each topic, a producer and an administrator. Raises kafka errors when the broker is away."""

    def __init__(self, connection: Connection, space: Space) -> None:
        self._space = space
        arguments = connection.kafka_python()
        self.vault = self._consumer(arguments, VAULT.full_name(space.name))
        self.vault_in = self._consumer(arguments, VAULT_IN.full_name(space.name))
        self.producer = KafkaProducer(
            **arguments,
            client_id="wardline-custodian",
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            delivery_timeout_ms=10_000,
            request_timeout_ms=5_000,
            max_block_ms=5_000,
            bootstrap_timeout_ms=8_000,
            max_request_size=VAULT.bytes_max,
        )
        self.admin = KafkaAdminClient(**arguments, bootstrap_timeout_ms=8_000)

    def _consumer(self, arguments: dict[str, Any], topic: str) -> KafkaConsumer:
        consumer = KafkaConsumer(
            **arguments,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            max_poll_records=500,
            bootstrap_timeout_ms=8_000,
        )
        partitions = [TopicPartition(topic, book) for book in range(self._space.books)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        return consumer

    def poll(self, consumer: KafkaConsumer) -> list[Any]:
        """The next records, in each partition's order."""
        return [record for records in consumer.poll(timeout_ms=50).values() for record in records]

    def is_level(self, consumer: KafkaConsumer) -> bool:
        """Whether everything that stands there now was read."""
        ends = consumer.end_offsets(list(consumer.assignment()))
        return all(consumer.position(partition) >= end for partition, end in ends.items())

    def send(self, records: Sequence[Outgoing], topic: Topic = VAULT) -> list[int]:
        """Send and wait for all; their offsets. Raises KafkaError."""
        name = topic.full_name(self._space.name)
        futures = [
            self.producer.send(
                name,
                value,
                key=key,
                partition=partition,
                headers=headers(
                    service="custodian",
                    message_type=message_type,
                    message_id=key.decode("ascii"),
                    at_iso=iso_utc(wall_ms()),
                    space=self._space.name,
                ),
            )
            for partition, key, value, message_type in records
        ]
        return [future.get(timeout=ANSWER_SECONDS_MAX).offset for future in futures]

    def delete_before(self, partition: int, offset: int) -> None:
        """Delete the records of `vault-in` below an offset."""
        self.admin.delete_records({TopicPartition(VAULT_IN.full_name(self._space.name), partition): offset})

    def close(self) -> None:
        """Disconnect."""
        self.vault.close(autocommit=False)
        self.vault_in.close(autocommit=False)
        self.admin.close()
        self.producer.close(timeout=1)
