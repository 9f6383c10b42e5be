"""What is owed to a child does not end with its case: duties stay due, climb, and end by somebody's record."""

from typing import Any

import pytest

from services.triage.core.clocks import shanghai_hour
from services.triage.core.invariants import check
from services.triage.core.policy import Policy, parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import CaseClosed, ClockBreached, ClockCancelled, DutyRecorded
from shared.contracts.reports import GuardianFacts
from shared.contracts.vocabulary import CloseReason, Department, GuardianStatus, Holder, Relation
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, of, refusal

AWAY = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.UNKNOWN,))
VISIT = "FOLLOW_UP_VISIT"


@pytest.fixture(scope="module")
def law() -> Policy:
    return parse_policy(load_policy_texts())


def returned(law: Policy) -> CoreWorld:
    """A child of twelve who is with its guardian again, by an officer's assessment."""
    world = CoreWorld(policy=law).staff()
    world.file(child("LEFT_ALONE", age=12), report_id="r", guardians=[AWAY])
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.TOWNSHIP, since_ms=T0))
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.GUARDIAN, since_ms=T0))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0))
    assert not world.case("r.0").clocks[VISIT].met
    return world


def closed(law: Policy, reason: CloseReason = CloseReason.SUPPORT_COMPLETED) -> CoreWorld:
    world = returned(law)
    decision = world.order("officer", asked.CloseCase(case="r.0", reason=reason))
    assert refusal(decision) is None
    return world


def duty(how: str = "DONE", **more: object) -> asked.RecordDuty:
    return asked.RecordDuty.model_validate({"case": "r.0", "clock": VISIT, "how": how, **more})


def breached(events: list[Any]) -> list[str]:
    return [event.clock for event in events if isinstance(event, ClockBreached)]


def test_closing_keeps_what_is_owed_to_the_child_and_nothing_else(law: Policy) -> None:
    world = returned(law)
    due_ms = world.case("r.0").clocks[VISIT].due_at_ms
    decision = world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    assert of(decision, CaseClosed)[0].open_clocks == (VISIT,)
    cancelled = {event.clock for event in of(decision, ClockCancelled)}
    assert VISIT not in cancelled
    assert "FIRST_REVIEW" in cancelled
    assert [due for _, due in world.pending.items()] == [due_ms]
    assert world.state.stub("r.0") is not None


def test_a_duty_that_runs_out_climbs_by_day_until_somebody_records_it(law: Policy) -> None:
    world = closed(law)
    events = world.until(world.now_ms + 60 * DAY)
    repeated = breached(events)
    assert set(repeated) == {VISIT}
    assert len(repeated) > 20
    steps = [event.step.value for event in events if isinstance(event, AlertRequested)]
    assert steps[:4] == ["E3", "E4", "E5", "E5"]
    last = [event.next_due_at_ms for event in events if isinstance(event, ClockBreached)]
    assert all(at_ms is not None and 8 <= shanghai_hour(at_ms) < 20 for at_ms in last)
    assert refusal(world.order("officer", duty("ENDED"))) == "REASON_MISSING"
    assert refusal(world.order("officer", duty("ENDED", reason="VISITS_FINISHED"))) is None
    assert world.pending == {}
    assert breached(world.until(world.now_ms + 60 * DAY)) == []
    assert refusal(world.order("officer", duty())) == "NO_SUCH_DUTY"


def test_a_visit_that_was_made_is_due_again(law: Policy) -> None:
    world = closed(law)
    world.until(world.now_ms + DAY)
    [event] = of(world.order("officer", duty()), DutyRecorded)
    assert event.next_due_at_ms is not None
    assert event.next_due_at_ms > world.now_ms + 6 * DAY
    world.until(event.next_due_at_ms - HOUR)
    assert breached([each for each, _ in world.log]) == []
    assert breached(world.until(event.next_due_at_ms)) == [VISIT]


def test_a_duty_is_handed_over_to_somebody_named(law: Policy) -> None:
    world = closed(law)
    assert refusal(world.order("officer", duty("HANDED_OVER", reason="COMMITTEE_VISITS"))) == "DEPARTMENT"
    given = duty("HANDED_OVER", reason="COMMITTEE_VISITS", to=Department.VILLAGE)
    [event] = of(world.order("officer", given), DutyRecorded)
    assert (event.to, event.by, event.next_due_at_ms) == (Department.VILLAGE, "officer", None)
    assert world.pending == {}


def test_a_case_that_opens_again_has_its_duties_back(law: Policy) -> None:
    world = closed(law)
    assert refusal(world.order("officer", duty(clock="SEEN"))) == "NO_SUCH_DUTY"
    due_ms = min(world.pending.values())
    world.order("officer", asked.ReopenCase(case="r.0", reason="NEW_FACTS"))
    clock = world.case("r.0").clocks[VISIT]
    assert (clock.met, clock.due_at_ms) == (False, due_ms)
    assert check(world.state) == []
    assert refusal(world.order("officer", duty())) == "NOT_CLOSED"
    assert world.state.duties("r.0") is None


def test_nobody_owes_a_visit_to_a_child_who_died(law: Policy) -> None:
    world = returned(law)
    world.died("r.0")
    [last] = [event for event, _ in world.log if isinstance(event, CaseClosed)]
    assert last.open_clocks is None
    assert world.pending == {}


def test_a_duplicates_duties_go_on_in_the_case_that_goes_on(law: Policy) -> None:
    world = returned(law)
    due_ms = world.case("r.0").clocks[VISIT].due_at_ms
    world.file(child("LEFT_ALONE", age=12), report_id="s", receipt="other")
    body = asked.CloseCase(case="r.0", reason=CloseReason.DUPLICATE, duplicate_of="s.0")
    decision = world.order("officer", body)
    assert of(decision, CaseClosed)[0].open_clocks is None
    taken = world.case("s.0").clocks[VISIT]
    assert (taken.met, taken.due_at_ms) == (False, due_ms)
    assert taken.period_ms is not None
