"""A producer that the tests steer, with the surface of the real one."""

import asyncio
from collections.abc import Callable

from shared.runtime.producer import OutgoingRecord, Position, PublishFailed


async def until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds; TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the condition is the tests' own and sets no event
            await asyncio.sleep(0.005)


class SteeredProducer:
    """Acknowledges, fails or keeps silent, as told; remembers what was acknowledged in its order."""

    def __init__(self) -> None:
        self.ready = True
        self.answer = "acknowledge"
        self.acknowledged: list[OutgoingRecord] = []
        self.fail_after: int | None = None
        self.asked = 0

    def start(self) -> None:
        """Nothing to build."""

    def send(self, record: OutgoingRecord) -> "asyncio.Future[Position]":
        self.asked += 1
        future: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        if self.answer == "fail" or (self.fail_after is not None and len(self.acknowledged) >= self.fail_after):
            future.set_exception(PublishFailed("STEERED"))
        elif self.answer == "acknowledge":
            self.acknowledged.append(record)
            future.set_result(Position(record.partition, len(self.acknowledged)))
        return future

    async def publish(self, record: OutgoingRecord) -> Position:
        return await self.send(record)

    async def close(self) -> None:
        """Nothing to close."""
