"""The moment between the broker's having a decision and its owner's knowing: whatever happens there, nothing is lost
and nothing is decided twice. And owners that do not know of each other fence each other by the chain alone."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from services.triage.book_log import BookLog
from services.triage.following import Fenced
from services.triage.owner import BookOwner
from shared.runtime.space import Space
from tests.support.book_owners import AnswerLost, HalfSent, NeverAnswered, SentLate, Twice, book_owner
from tests.support.fault_world import counties_of_each_book, faults_of, progress, verified, wait_decided
from tests.support.triage_world import Feeder, follow_ups, make_report, new_space
from wardline.verification.findings import VoidKind

COUNTIES = counties_of_each_book(1, each=4)[0]


class Filing:
    """Feeds the only book of a space."""

    def __init__(self, bootstrap: str, space: Space) -> None:
        self.feeder = Feeder(bootstrap, space)
        self.chance = random.Random(5)
        self.reports: set[str] = set()
        for county in COUNTIES:
            self.feeder.registry(county)

    def some(self, count: int) -> None:
        """So many reports, commands on them, and one of them again."""
        for _ in range(count):
            county = self.chance.choice(COUNTIES)
            now_ms = self.feeder.space.clock().now_ms()
            report = make_report(self.feeder.space.name, county, len(self.reports), self.chance, now_ms)
            self.reports.add(report.report_id)
            self.feeder.report(report)
            follow_ups(self.feeder, county, f"{report.report_id}.0", len(self.reports), self.chance)
        self.feeder.report(report)
        self.feeder.flush()


@asynccontextmanager
async def running(owners: Iterable[BookOwner]) -> AsyncIterator[None]:
    """The owners' own loops, until the block ends; none may have ended by itself."""
    tasks = [asyncio.create_task(owner.run()) for owner in owners]
    try:
        yield
        assert not any(task.done() for task in tasks), [task.exception() for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def check(bootstrap: str, space: Space, filing: Filing) -> dict[VoidKind, int]:
    """Every report is decided once and the ledger holds; the void records by kind."""
    with progress(bootstrap, space) as seen:
        assert sum(seen.undecided().values()) == 0
        opened = [(event["report_id"], event["child"]) for _, event in seen.events("CaseOpened")]
    assert {report_id for report_id, _ in opened} == filing.reports
    assert len(opened) == len(set(opened))
    found = verified(bootstrap, space)
    assert faults_of(found) == []
    return found[0].voids


async def decided(bootstrap: str, space: Space) -> None:
    await asyncio.to_thread(wait_decided, bootstrap, space)


@pytest.mark.parametrize(
    "log", [AnswerLost, SentLate, *(pytest.param(log, marks=pytest.mark.long) for log in (HalfSent, Twice))]
)
async def test_a_batch_whose_fate_is_not_known_is_looked_up_in_the_log(
    log: type[BookLog], broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=1)
    filing = Filing(broker.bootstrap, world)
    owner = book_owner(broker.bootstrap, world, 0, log)
    filing.some(25)
    async with running([owner]):
        await decided(broker.bootstrap, world)
        filing.some(15)
        await decided(broker.bootstrap, world)
    assert owner.broker.appends > 5  # type: ignore[attr-defined]  # of the logs above: some batches met the fault
    voids = check(broker.bootstrap, world, filing)
    assert (voids[VoidKind.STALE] > 0) is (log in {SentLate, Twice})
    assert sum(voids.values()) == voids[VoidKind.STALE]


async def test_an_owner_that_dies_when_the_broker_has_its_batch_leaves_a_decision_that_stands(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=1)
    filing = Filing(broker.bootstrap, world)
    filing.some(10)
    deaths = 0
    for _ in range(4):
        owner = book_owner(broker.bootstrap, world, 0, NeverAnswered)
        log = owner.broker
        assert isinstance(log, NeverAnswered)
        task = asyncio.create_task(owner.run())
        await asyncio.wait_for(log.at_the_broker.wait(), 120)
        task.cancel()  # everything that it knew is gone with it
        await asyncio.gather(task, return_exceptions=True)
        deaths += 1
        filing.some(5)
    async with running([book_owner(broker.bootstrap, world, 0)]):
        await decided(broker.bootstrap, world)
    assert deaths == 4
    assert sum(check(broker.bootstrap, world, filing).values()) == 0


async def test_two_owners_that_write_in_turn_fence_each_other(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=1)
    filing = Filing(broker.bootstrap, world)
    owners = [book_owner(broker.bootstrap, world, 0) for _ in range(2)]
    fenced = 0
    try:
        for owner in owners:
            await owner.broker.open()
            await owner._catch_up()
        for turn in range(12):
            filing.some(2)
            writer = owners[turn % 2]  # it knows nothing of what the other wrote since its last turn
            writer._behind, writer._looked_at, writer._read_back_at = True, 0.0, float("inf")
            try:
                await writer._step()
            except Fenced:
                fenced += 1
                await writer._catch_up()
    finally:
        for owner in owners:
            await owner.broker.close()
    assert fenced >= 10
    async with running([owners[0]]):
        await decided(broker.bootstrap, world)
    voids = check(broker.bootstrap, world, filing)
    assert voids[VoidKind.STALE] > 0
    assert sum(voids.values()) == voids[VoidKind.STALE]


@pytest.mark.long
async def test_two_owners_at_once_lose_and_double_nothing(broker: EmbeddedBroker, space: str, tmp_path: Path) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=1)
    filing = Filing(broker.bootstrap, world)
    async with running([book_owner(broker.bootstrap, world, 0) for _ in range(2)]):
        for _ in range(5):
            filing.some(8)
            await asyncio.sleep(0)
        await decided(broker.bootstrap, world)
    voids = check(broker.bootstrap, world, filing)
    assert voids[VoidKind.JUNK] <= 1  # both may have begun the book with its genesis line
    assert sum(voids.values()) == voids[VoidKind.STALE] + voids[VoidKind.JUNK]
