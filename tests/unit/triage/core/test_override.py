"""After an officer's override: the graver of it and of what is newly true; by the shipped policy."""

import pytest

from services.triage.core.policy import Policy, parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import LevelSet
from shared.contracts.vocabulary import Department, Injury, Level
from tests.support.triage_core import COUNTY, DAY, HOUR, MINUTE, T0, CoreWorld, child, of

RECEIPT = f"{COUNTY}-r"
ID = "1" * 64


@pytest.fixture(scope="module")
def law() -> Policy:
    return parse_policy(load_policy_texts())


@pytest.fixture
def world(law: Policy) -> CoreWorld:
    """A case at S1 (a small child alone) that an officer has found to be at S3."""
    world = CoreWorld(policy=law).staff()
    world.file(child("LEFT_ALONE", age=5), report_id="r", id_tokens=(ID,), safety={"alone_now": True})
    assert world.case("r.0").level is Level.S1
    override(world, Level.S3)
    return world


def override(world: CoreWorld, level: Level) -> None:
    world.order("officer", asked.OverrideLevel(case="r.0", level=level, reason="VERIFIED"))


def said(world: CoreWorld) -> str:
    assessment = world.case("r.0").assessment
    assert assessment is not None
    return " ".join(assessment.why)


def test_an_addition_that_says_nothing_new_leaves_the_override(world: CoreWorld) -> None:
    decision = world.file(child("LEFT_ALONE", age=5), report_id="r2", receipt=RECEIPT, safety={"alone_now": True})
    assert world.case("r.0").level is Level.S3
    assert not of(decision, LevelSet)
    assert "nothing is newly true" in said(world)


def test_a_newly_true_situation_raises_above_the_override_and_is_named(world: CoreWorld) -> None:
    world.file(child("SEXUAL_ABUSE", age=5), report_id="r2", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S1
    assert "newly true since" in said(world)
    assert "MR-2" in said(world)


def test_a_situation_that_is_graver_than_it_was_weighed_raises(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("PHYSICAL_ABUSE", age=15, injury=Injury.NONE), report_id="r")
    override(world, Level.S4)
    world.file(child("PHYSICAL_ABUSE", age=15, injury=Injury.NONE), report_id="r2", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S4
    world.file(child("PHYSICAL_ABUSE", age=15, injury=Injury.LIFE_THREATENING), report_id="r3", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S1


def test_a_second_filing_raises_from_what_stands_and_a_third_no_further(world: CoreWorld) -> None:
    world.file(child("LEFT_ALONE", age=5), report_id="s", id_tokens=(ID,))
    assert world.case("r.0").level is Level.S2
    world.file(child("LEFT_ALONE", age=5), report_id="t", id_tokens=(ID,))
    assert world.case("r.0").level is Level.S2


def test_a_second_override_replaces_the_first(world: CoreWorld) -> None:
    world.file(child("LEFT_ALONE", age=5), report_id="s", id_tokens=(ID,))
    override(world, Level.S4)
    world.file(child("LEFT_ALONE", age=5), report_id="r2", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S4, "the second report has been weighed, too"
    override(world, Level.S3)
    assert world.case("r.0").level is Level.S3
    world.file(child("LEFT_ALONE", age=5), report_id="r3", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S3


def test_a_raise_that_held_without_effect_has_been_weighed(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    nobody = ({"relation": "MOTHER", "status": ("DECEASED",)}, {"relation": "FATHER", "status": ("MISSING",)})
    world.file(child("LEFT_ALONE", age=5), report_id="r", guardians=nobody, safety={"alone_now": True})
    assessment = world.case("r.0").assessment
    assert assessment is not None
    assert "R-NO-GUARDIAN" in (assessment.raises_held or {})
    override(world, Level.S4)
    world.file(child("LEFT_ALONE", age=5), report_id="r2", receipt=RECEIPT, guardians=nobody)
    assert world.case("r.0").level is Level.S4


def test_an_override_upward_is_a_floor(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("DROPOUT", age=15), report_id="r")
    override(world, Level.S2)
    world.file(child("DROPOUT", age=15), report_id="r2", receipt=RECEIPT)
    assert world.case("r.0").level is Level.S2


def test_the_override_and_what_was_weighed_outlive_a_restart(world: CoreWorld) -> None:
    kept = world.case("r.0").override
    assert kept is not None
    assert kept.level is Level.S3
    assert "R-ALONE-UNDER-8" in kept.raises
    again = world.replayed().case("r.0")
    assert again is not None
    assert again.override == kept


def test_after_a_lowering_nobody_is_told_by_night_whatever_ran_before(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.until(T0 + 13 * HOUR)
    world.file(child("LEFT_ALONE", age=5), report_id="r", safety={"alone_now": True})
    world.order("police", asked.Acknowledge(case="r.0", department=Department.POLICE))
    world.passes(10 * MINUTE)
    override(world, Level.S4)
    ladder = world.case("r.0").ladders[Department.POLICE]
    assert ladder.acknowledged_by == "police", "what was acknowledged stays so"
    morning_ms = T0 + 23 * HOUR
    assert of(world.until(morning_ms - MINUTE), AlertRequested) == [], "nobody before 08:00"
    day = of(world.until(morning_ms + 10 * HOUR), AlertRequested)
    assert {alert.level for alert in day} == {Level.S4}
    assert {alert.reason for alert in day if not alert.reason.startswith("BREACH.")} == set(), (
        "a working day, not 15 min"
    )
    later = of(world.until(morning_ms + 30 * DAY), AlertRequested)
    hours = {((event_ms // HOUR) + 8) % 24 for event_ms in (alert.requested_at_ms for alert in later)}
    assert hours <= set(range(8, 21)), hours
    assert {"E2", "E3"} <= {alert.step.value for alert in later}, "it never falls silent"


@pytest.mark.parametrize("level", [Level.S0, Level.S2, Level.S3, Level.S4])
def test_a_lowered_level_is_the_officers_and_its_times_are_the_ladders(law: Policy, level: Level) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("LEFT_ALONE", age=5), report_id="r", safety={"alone_now": True, "since_ms": T0 - 20 * HOUR})
    clocks = {name: clock.due_at_ms for name, clock in world.case("r.0").clocks.items()}
    world.passes(5 * HOUR)
    override(world, level)
    case = world.case("r.0")
    assert case.level is level, "also what time alone has made true since is weighed"
    assert case.assessment is not None
    expires_h = {Level.S2: 4, Level.S3: 24}.get(level)
    assert expires_h is None or case.assessment.ladder_times.repeat_ms == expires_h * HOUR
    assert case.assessment.ladder_times.duty_hours_only is (level is not Level.S2)
    assert {name: case.clocks[name].due_at_ms for name in clocks} == clocks, "clocks that run keep their ends"
