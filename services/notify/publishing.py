"""What notify publishes: contract messages as records, on the contract's partition, waited for until acknowledged."""

import asyncio
from typing import Protocol

from shared.contracts.base import Message
from shared.contracts.topics import Topic
from shared.contracts.wire import encode, headers, partition_of
from shared.runtime.clock import SpaceClock, iso_utc
from shared.runtime.producer import OutgoingRecord, PublishFailed

IN_FLIGHT_MAX = 256
"""The client itself has no bound; beyond this, publishers wait."""
ANSWER_SECONDS_MAX = 15.0
"""Longer than the producer's own limit: waiting for a place in flight counts too."""


class Publisher(Protocol):
    """Sends one record and returns once it is acknowledged by all in-sync replicas. Raises PublishFailed."""

    async def publish(self, record: OutgoingRecord) -> object:
        """Send and wait."""
        ...


class Publishing:
    """Publishes messages of one space."""

    def __init__(self, publisher: Publisher, space: str, books: int, clock: SpaceClock) -> None:
        self.space = space
        self.clock = clock
        self._publisher = publisher
        self._books = books
        self._in_flight = asyncio.Semaphore(IN_FLIGHT_MAX)

    async def publish(self, topic: Topic, key: str, message: Message, message_id: str) -> None:
        """Publish one message and wait for the broker, at most `ANSWER_SECONDS_MAX`.

        Raises PublishFailed: it may be there all the same.
        """
        kind = type(message).__name__
        record = OutgoingRecord(
            topic=topic.full_name(self.space),
            partition=partition_of(key, self._books),
            key=key.encode(),
            value=encode(message),
            headers=tuple(
                headers(
                    service="notify",
                    message_type=kind,
                    message_id=message_id,
                    at_iso=iso_utc(self.clock.now_ms()),
                    space=self.space,
                )
            ),
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX), self._in_flight:
                await self._publisher.publish(record)
        except TimeoutError:
            raise PublishFailed("NO_ANSWER") from None
