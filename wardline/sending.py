"""Sending signed commands to triage: built, signed, acknowledged by the broker, and their decision awaited."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from kafka import KafkaProducer
from nacl.signing import SigningKey

from shared.contracts.commands import Actor, Command, CommandBody, key_id
from shared.contracts.topics import COMMANDS, Topic
from shared.contracts.wire import encode, headers, partition_of
from shared.runtime.clock import iso_utc, wall_ms
from shared.runtime.connection import Connection
from shared.runtime.producer import check_crc32c
from shared.runtime.space import Space

SEND_SECONDS_MAX = 15.0


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is to be given: its id, county, book (None: the county's) and body."""

    command_id: str
    county: str
    body: CommandBody
    book: int | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs commands with a key of the space (`operator`, `operator-2` or `desk`), or with one that was read elsewhere.

    `secret`: 32 bytes of that key.
    """

    space: Space
    key: str = "operator"
    secret: bytes | None = None

    def command(self, order: Order, actor: Actor) -> Command:
        """The signed command."""
        signing = SigningKey(self.secret or self.space.secret(self.key))
        unsigned = Command(
            command_id=order.command_id,
            space=self.space.name,
            county=order.county,
            book=order.book,
            actor=actor,
            issued_at_ms=self.space.clock().now_ms(),
            body=order.body,
            kid=key_id(bytes(signing.verify_key)),
        )
        signature = signing.sign(unsigned.signing_bytes()).signature.hex()
        return unsigned.model_copy(update={"sig": signature})

    def book_of(self, order: Order) -> int:
        """The book that the command goes to."""
        return partition_of(order.county, self.space.books) if order.book is None else order.book


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
