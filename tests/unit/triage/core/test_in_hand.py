"""A case in hand: put back once, alone, and never with an event that nobody could read."""

import pytest

from services.triage.core.clocks_of_case import NEXT_REVIEW_SOURCE
from services.triage.core.decision import Broken, Draft
from services.triage.core.evolve import evolve_all
from services.triage.core.in_hand import InHand
from shared.contracts.assessment import ClockDue
from shared.contracts.base import MOMENT_MAX_MS
from shared.contracts.events import ChildSeen
from shared.contracts.vocabulary import ClockType, Department, LadderStep, Wishes
from tests.support.triage_core import COUNTY, T0, CoreWorld, child


def drafted(world: CoreWorld, case_id: str) -> Draft:
    """A draft on the world's state; `case_id` is open there."""
    assert world.state.case(case_id) is not None
    return Draft(world.state, COUNTY, world.policy, T0, T0)


@pytest.fixture
def world() -> CoreWorld:
    """One open case, r1.0."""
    world = CoreWorld().staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r1")
    return world


def test_what_is_put_back_is_what_the_events_make(world: CoreWorld) -> None:
    draft = drafted(world, "r1.0")
    due = ClockDue(
        id="NEXT_REVIEW", clock_type=ClockType.RECURRING, start_at_ms=T0, due_at_ms=T0 + 9, source=NEXT_REVIEW_SOURCE
    )
    with InHand(draft, "r1.0") as hand:
        hand.clock_started(due, T0 + 9)
        hand.clock_started(due, T0 + 8)
        hand.rung_scheduled(Department.CIVIL_AFFAIRS, LadderStep.E3, 2, T0 + 7)
        for alert_id in tuple(hand.alerts):
            hand.alert_withdrawn(alert_id, "ACKNOWLEDGED")
        hand.clock_cancelled("NEXT_REVIEW", "CLOSED")
    assert draft.decision().state == evolve_all(world.state, draft.events, T0)


def test_nothing_else_is_emitted_while_a_case_is_in_hand(world: CoreWorld) -> None:
    draft = drafted(world, "r1.0")
    seen = ChildSeen(case="r1.0", by="officer", seen_at_ms=T0, recorded_at_ms=T0, wishes=Wishes.UNKNOWN)
    with InHand(draft, "r1.0"):
        with pytest.raises(Broken):
            draft.emit(seen)
        with pytest.raises(Broken), InHand(draft, "r1.0"):
            pass
    draft.emit(seen)
    assert draft.events[0] == seen


@pytest.mark.parametrize("due_at_ms", [-1, MOMENT_MAX_MS + 1])
def test_a_deadline_that_nobody_could_read_is_never_written(world: CoreWorld, due_at_ms: int) -> None:
    draft = drafted(world, "r1.0")
    with pytest.raises(Broken), InHand(draft, "r1.0") as hand:
        hand.rung_scheduled(Department.CIVIL_AFFAIRS, LadderStep.E1, 0, due_at_ms)
    assert draft.events == []


def test_an_id_that_nobody_could_read_is_never_written(world: CoreWorld) -> None:
    draft = drafted(world, "r1.0")
    due = ClockDue(
        id="X" * 115, clock_type=ClockType.HOURS_24x7, start_at_ms=T0, due_at_ms=T0 + 9, source=NEXT_REVIEW_SOURCE
    )
    with pytest.raises(Broken), InHand(draft, "r1.0") as hand:
        hand.clock_started(due, T0 + 9)
    assert draft.events == []
