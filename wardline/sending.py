"""Sending signed commands to triage from a terminal: acknowledged by the broker, all of them or an error."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from kafka import KafkaProducer

from shared.contracts.commands import Command
from shared.contracts.topics import COMMANDS, Topic
from shared.contracts.wire import encode, headers
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.connection import Connection
from shared.runtime.producer import check_crc32c
from shared.runtime.space import Space

SEND_SECONDS_MAX = 15.0


class Publisher:
    """One idempotent producer of the command line, for whole messages; acknowledged by all replicas or an error."""

    def __init__(self, connection: Connection, space: Space) -> None:
        check_crc32c()
        self._space = space
        self._producer = KafkaProducer(
            **connection.kafka_python(),
            client_id="wardline-tool",
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            delivery_timeout_ms=10_000,
            request_timeout_ms=5_000,
            max_block_ms=5_000,
            bootstrap_timeout_ms=8_000,
            max_request_size=1_048_576,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._producer.close(timeout=SEND_SECONDS_MAX)

    def publish(self, topic: Topic, messages: Sequence[tuple[int, str, str, str, bytes]]) -> list[int]:
        """Send (partition, key, message type, message id, value) and wait for all; their offsets. Raises KafkaError."""
        futures = [
            self._producer.send(
                topic.full_name(self._space.name),
                value,
                key=key.encode(),
                partition=partition,
                headers=headers(
                    service="operator",
                    message_type=message_type,
                    message_id=message_id,
                    at_iso=iso_utc(wall_ms()),
                    space=self._space.name,
                ),
            )
            for partition, key, message_type, message_id, value in messages
        ]
        self._producer.flush(timeout=SEND_SECONDS_MAX)
        return [future.get(timeout=SEND_SECONDS_MAX).offset for future in futures]

    def send_commands(self, signed: Sequence[tuple[int, Command]]) -> None:
        """Send signed commands, each to its book."""
        self.publish(
            COMMANDS,
            [(book, command.county, "Command", command.command_id, encode(command)) for book, command in signed],
        )
