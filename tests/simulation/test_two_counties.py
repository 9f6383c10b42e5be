"""Days of two counties that hand cases to each other: the road loses, repeats and reorders, and owners die.

After every step some county has every child, or an officer has closed its case for a reason of its own: never does each
of the two think that the other one is responsible. Every run prints its seed; `SIMULATION_SEED` repeats one.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import pytest

from services.triage.core.evolve import evolve
from services.triage.core.state import BookState, Case, OfferStatus
from shared.contracts import commands as asked
from shared.contracts.crossings import (
    AcceptTransfer,
    Crossing,
    OfferTransfer,
    RefuseTransfer,
    TransferReceived,
    WithdrawTransfer,
)
from shared.contracts.events import CaseClosed, CaseOpened, CaseReopened, read_event
from shared.contracts.vocabulary import CloseReason, Role
from tests.support.triage_core import DAY, HOUR, MINUTE, child
from tests.support.two_counties import CountyBook, TwoCounties

SEEDS = [int(seed) for seed in os.environ.get("SIMULATION_SEED", "1 2 3 4 5 6").split()]
STEPS = int(os.environ.get("SIMULATION_STEPS", "220"))
GONE_ELSEWHERE = frozenset({CloseReason.TRANSFERRED, CloseReason.OFFER_ENDED})


@dataclass
class Lineages:
    """Who has each child, by the events of both books alone: cases by the first case of their child."""

    root: dict[str, str] = field(default_factory=dict)
    closed: dict[str, CloseReason] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)

    def look(self, world: TwoCounties) -> None:
        """Read on, and hold what must be so."""
        for book in world.books():
            for event, _ in book.log[self.read.get(book.county, 0) :]:
                match event:
                    case CaseOpened():
                        assert event.case not in self.root, "one number for two cases"
                        self.root[event.case] = event.case
                    case TransferReceived():
                        self.root[event.case] = self.root[event.handed.case]
                    case CaseClosed():
                        self.closed[event.case] = event.reason
                    case CaseReopened():
                        del self.closed[event.case]
            self.read[book.county] = len(book.log)
        for root in set(self.root.values()):
            family = [case for case, first in self.root.items() if first == root]
            ours = [case for case in family if (open_case := _open(world, case)) is not None and not open_case.offered]
            ended = [case for case in family if self.closed.get(case, CloseReason.TRANSFERRED) not in GONE_ELSEWHERE]
            assert ours or ended, f"nobody has {root}"


def _open(world: TwoCounties, case_id: str) -> Case | None:
    found = [case for book in world.books() if (case := book.state.case(case_id)) is not None]
    assert len(found) <= 1
    return found[0] if found else None


@dataclass
class Road:
    """What is under way between the books."""

    random: Random
    messages: list[Crossing] = field(default_factory=list)

    def take(self, book: CountyBook) -> None:
        """A book's owner sends what its records say; now and then it dies before that, with all that it knew."""
        if book.sent and self.random.random() < 0.15:
            book.sent.clear()
            state = BookState("test", book.state.book)
            for event, at_ms in book.log:
                state = evolve(state, read_event(event.model_dump(mode="json")), at_ms)
            assert state == book.state
            return
        self.messages += book.sent
        book.sent = []

    def carry(self, world: TwoCounties) -> None:
        """Some of it arrives: in any order, some of it twice, some of it never."""
        for _ in range(self.random.choice((0, 0, 1, 2, 5))):
            if not self.messages:
                return
            message = self.messages.pop(self.random.randrange(len(self.messages)))
            fate = self.random.random()
            if fate < 0.2:
                continue
            if fate < 0.4:
                self.messages.append(message)
            next(book for book in world.books() if book.county == message.county).hears(message)


def _cases(book: CountyBook) -> Iterator[Case]:
    yield from sorted(book.state.county(book.county).cases.values(), key=lambda case: case.case)


def act(world: TwoCounties, random: Random, number: int) -> None:
    """One person somewhere does one thing, whether it makes sense or not."""
    book, other = random.choice(((world.home, world.away), (world.away, world.home)))
    case = random.choice([*_cases(book), None])
    if case is None:
        filing = child(random.choice(("PHYSICAL_ABUSE", "DROPOUT", "ABANDONED")), age=random.choice((3, 9, 15)))
        book.file(filing, report_id=f"r{number}", county=book.county)
        return
    stub = random.choice([*sorted(book.state.county(book.county).stubs), "none"])
    deeds: tuple[Callable[[], object], ...] = (
        lambda: book.says(OfferTransfer(case=case.case, to_county=other.county, reason="CHILD_MOVED")),
        lambda: book.says(OfferTransfer(case=case.case, to_county=other.county, reason="CHILD_MOVED")),
        lambda: book.says(WithdrawTransfer(case=case.case, reason="MISTAKE")),
        lambda: book.says(AcceptTransfer(case=case.case, reference=f"doc-{number}")),
        lambda: book.says(AcceptTransfer(case=case.case, reference=f"doc-{number}")),
        lambda: book.says(RefuseTransfer(case=case.case, reason="CHILD_NOT_HERE")),
        lambda: book.says(asked.Acknowledge(case=case.case)),
        lambda: book.says(asked.Dispatch(case=case.case)),
        lambda: book.says(asked.RecordChildSeen(case=case.case, seen_at_ms=book.now_ms)),
        lambda: book.says(asked.CloseCase(case=case.case, reason=CloseReason.OFFER_ENDED)),
        lambda: book.says(asked.ReopenCase(case=stub, reason="NEW_FACTS")),
        lambda: _dies(book, case, number),
    )
    random.choice(deeds)()


def _dies(book: CountyBook, case: Case, number: int) -> None:
    if case.offered or number % 3:
        return
    book.file(
        child("PHYSICAL_ABUSE", age=None, injury="DEATH"),
        report_id=f"d{number}",
        receipt=case.receipt,
        county=book.county,
    )
    died = asked.RecordChildSeen(case=case.case, seen_at_ms=book.now_ms, dead=True)
    book.says(died, "supervisor", Role.SUPERVISOR)
    book.says(asked.CloseCase(case=case.case, reason=CloseReason.DIED))


def live(seed: int, steps: int) -> tuple[TwoCounties, Lineages]:
    """Live through so many steps, then let the road be good until nothing waits for a receipt."""
    random = Random(seed)
    world, lineages, road = TwoCounties(), Lineages(), Road(random)
    for book in world.books():
        book.serve()
    for number in range(steps):
        act(world, random, number)
        if random.random() < 0.4:
            span_ms = random.choice((10_000, MINUTE, 20 * MINUTE, HOUR))
            for book in world.books():
                book.passes(span_ms)
        for book in world.books():
            road.take(book)
        road.carry(world)
        lineages.look(world)
    for message in road.messages:
        next(book for book in world.books() if book.county == message.county).hears(message)
    for _ in range(6):
        world.deliver()
        world.passes(2 * HOUR)
        lineages.look(world)
    world.deliver()
    return world, lineages


@pytest.mark.parametrize("seed", SEEDS)
def test_no_child_is_lost_between_two_counties(seed: int) -> None:
    print(f"SIMULATION_SEED={seed} SIMULATION_STEPS={STEPS}")
    world, lineages = live(seed, STEPS)
    reasons = list(lineages.closed.values())
    print({reason.value: reasons.count(reason) for reason in set(reasons)})
    assert reasons.count(CloseReason.TRANSFERRED) > 0, "no case went over"
    assert reasons.count(CloseReason.OFFER_ENDED) > 0
    for book in world.books():
        county = book.state.county(book.county)
        assert not county.outbox, "a message was never receipted"
        for case in county.cases.values():
            assert case.deadlines
            if case.incoming is not None and case.incoming.status is OfferStatus.ACCEPTED:
                there = _open(world, case.incoming.from_case)
                assert there is not None, "the other county has closed its case and this one does not know"
                assert there.transfer is not None, "the other county waits for nothing and this one does not know"


def test_one_seed_gives_one_history() -> None:
    first, second = live(99, 60)[0], live(99, 60)[0]
    assert first.home.log == second.home.log
    assert first.away.log == second.away.log


def test_a_day_without_a_road_ends_with_the_first_message() -> None:
    world = TwoCounties()
    for book in world.books():
        book.serve()
    world.home.file(child("PHYSICAL_ABUSE"), report_id="r1")
    world.home.says(OfferTransfer(case="r1.0", to_county=world.away.county, reason="CHILD_MOVED"))
    for _ in range(24):
        world.passes(HOUR)
        world.home.sent.clear()
    world.passes(DAY - 23 * HOUR)
    world.deliver()
    assert world.item().offered
