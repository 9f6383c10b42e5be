"""A book that a worker owns is never left without a living owner."""

import asyncio
from typing import Any

import pytest
from faust.types import TP

from services.triage.worker import EXIT_OWNER_ENDED, EXIT_PARTIAL_ASSIGNMENT, Assignment
from shared.contracts.topics import INPUT_TOPICS
from shared.runtime.logging import get_logger


class Owner:
    """An owner that lives until it is told to stop, or ends in its own way."""

    def __init__(self, book: int, ending: type[BaseException] | None = None, *, returns: bool = False) -> None:
        self.book = book
        self.ending = ending
        self.returns = returns
        self.stopped = asyncio.Event()

    def stop(self) -> None:
        self.stopped.set()

    async def run(self) -> None:
        if self.ending is not None:
            raise self.ending
        if not self.returns:
            await self.stopped.wait()


def partitions(*books: int, topics: tuple[Any, ...] = INPUT_TOPICS) -> set[TP]:
    return {TP(topic.full_name("drill"), book) for topic in topics for book in books}


def assignment(ends: list[int], **options: Any) -> Assignment:  # noqa: ANN401 - the owner's options
    return Assignment("drill", lambda book: Owner(book, **options), get_logger("test"), ends.append)  # type: ignore[arg-type,return-value]  # an owner for tests


async def test_every_book_with_all_its_inputs_gets_an_owner_and_gives_it_back() -> None:
    ends: list[int] = []
    group = assignment(ends)
    await group.assign(partitions(0, 3))
    assert sorted(owner.book for owner in group.running) == [0, 3]
    assert group.owns(3)
    assert group.revoked_at is None
    await group.revoke()
    assert group.running == ()
    assert not group.owns(3)
    assert group.revoked_at is not None
    assert ends == []


@pytest.mark.parametrize(
    "options", [{"ending": asyncio.CancelledError}, {"ending": ValueError}, {"returns": True}], ids=str
)
async def test_an_owner_that_ends_by_itself_ends_the_worker(options: dict[str, Any]) -> None:
    ends: list[int] = []
    group = assignment(ends, **options)
    await group.assign(partitions(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ends == [EXIT_OWNER_ENDED]


async def test_a_worker_that_is_given_some_inputs_of_a_book_but_not_all_ends() -> None:
    ends: list[int] = []
    group = assignment(ends)
    await group.assign(partitions(0) | partitions(1, topics=INPUT_TOPICS[:2]))
    assert EXIT_PARTIAL_ASSIGNMENT in ends
    await group.revoke()
