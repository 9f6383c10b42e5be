"""The fold: total over every event type, small memories, one table of states."""

from typing import get_args

import pytest

from services.triage.core.evolve import FOLDS, evolve
from services.triage.core.merging import merged, overlaid
from services.triage.core.remembered import Remembered
from services.triage.core.state import BookState
from services.triage.core.states import TRANSITIONS
from shared.contracts import events
from shared.contracts.alerts import AlertWithdrawn, OutcomeRecorded
from shared.contracts.reports import ChildFacts, GuardianFacts, ReportFacts, SafetyFacts
from shared.contracts.vocabulary import CaseState, Concern, GuardianStatus, Injury, Relation
from tests.support.triage_core import DAY, T0, CoreWorld, child

EVENTS = set(get_args(get_args(events.Event)[0]))


def test_every_event_type_has_a_fold() -> None:
    assert set(FOLDS) == EVENTS


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(KeyError):
        evolve(BookState("s", 0), ChildFacts(), T0)


def test_every_state_can_be_reached_by_the_table() -> None:
    assert {row.to for row in TRANSITIONS} == set(CaseState)


def test_events_of_an_unknown_case_change_nothing() -> None:
    state = BookState("s", 0)
    for event in (
        AlertWithdrawn(alert_id="a", case="x", reason="R"),
        events.ClockMet(case="x", clock="SEEN", at_ms=T0),
        events.PlaceReleased(case="x", place_id="p", reason="R"),
        events.MeasureSuperseded(case="x", measure="TEMP_CARE", by_measure="TEMP_GUARDIANSHIP"),
    ):
        assert evolve(state, event, T0) == state


def test_an_older_state_stays_valid_while_a_newer_one_is_built() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    older = world.state
    deadlines = dict(older.deadlines)
    world.passes(DAY)
    assert dict(older.deadlines) == deadlines
    assert older.case("r.0") is not world.state.case("r.0")


def test_a_memory_forgets_after_its_days_and_keeps_what_it_is_told_to() -> None:
    memory: Remembered[str] = Remembered()
    memory = memory.added("a", "drop", T0).added("b", "keep", T0)
    memory = memory.added("c", "", T0 + 30 * DAY, lambda value: value == "keep")
    assert "a" in memory
    memory = memory.added("d", "", T0 + 31 * DAY, lambda value: value == "keep")
    assert ("a" in memory, "b" in memory) == (False, True)
    memory = memory.added("e", "", T0 + 62 * DAY, lambda value: value == "keep")
    assert "b" in memory
    assert "c" not in memory


def test_an_outcome_is_remembered_by_its_alert() -> None:
    state = evolve(BookState("s", 0), OutcomeRecorded(alert_id="a", case="x", result="SENT"), T0)
    assert "a" in state.outcomes


def test_merging_keeps_what_is_known_and_adds_what_is_new() -> None:
    old = ReportFacts(
        children=(child("DROPOUT", injury=Injury.SERIOUS),),
        guardians=(
            GuardianFacts(relation=Relation.GRANDPARENT, status=(GuardianStatus.SERIOUSLY_ILL,)),
            GuardianFacts(relation=Relation.GRANDPARENT, status=(GuardianStatus.DECEASED,)),
        ),
        safety=SafetyFacts(alone_now=True),
    )
    new = ReportFacts(
        guardians=(
            GuardianFacts(relation=Relation.GRANDPARENT),
            GuardianFacts(relation=Relation.GRANDPARENT, status=(GuardianStatus.ABLE,)),
            GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.MISSING,)),
        ),
        safety=SafetyFacts(missing_now=False),
    )
    result = merged(old, new, ChildFacts(injury=Injury.MINOR, concerns=(Concern.ABANDONED,)))
    assert result.children[0].injury is Injury.SERIOUS
    assert result.children[0].concerns == (Concern.DROPOUT, Concern.ABANDONED)
    assert [person.status for person in result.guardians] == [
        (GuardianStatus.SERIOUSLY_ILL,), (GuardianStatus.ABLE,), (GuardianStatus.MISSING,),
    ]  # fmt: skip
    assert result.safety == SafetyFacts(alone_now=True, missing_now=False)


def test_overlaying_nothing_gives_the_same_object() -> None:
    facts = SafetyFacts(alone_now=True)
    assert overlaid(facts, SafetyFacts()) is facts
