"""The clocks of a case: what meets them, what ends them, and what follows when they run out."""

from services.triage.core.clocks_of_case import MET_BY, OF_MEASURE, REVIEWED_AFTER
from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import ClockBreached, ClockCancelled, ClockMet, ClockStarted, RungReached
from shared.contracts.vocabulary import Department, EndReason, Holder, Measure, Wishes
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, of, place

TEXTS = load_policy_texts()


def test_every_clock_of_the_first_policy_is_met_by_something_or_ends_with_its_measure() -> None:
    clocks = {row.clock for row in parse_policy(TEXTS).rows.clocks}
    assert clocks - set(MET_BY) - OF_MEASURE - REVIEWED_AFTER == set()


def test_a_review_meets_the_review_clock_and_starts_the_next_one() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r")
    look = asked.RecordAssessment(case="r.0", subject="CHILD")
    assert [event.clock for event in of(world.order("officer", look), ClockMet)] == ["DECISION"]
    decision = world.order("officer", look)
    assert [event.clock for event in of(decision, ClockMet)] == ["FIRST_REVIEW"]
    assert [event.clock for event in of(decision, ClockStarted)] == ["NEXT_REVIEW"]
    world.passes(10 * DAY)
    decision = world.order("officer", look)
    assert [event.clock for event in of(decision, ClockMet)] == ["NEXT_REVIEW"]
    assert [event.clock for event in of(decision, ClockStarted)] == ["NEXT_REVIEW"]


def test_an_assessment_does_not_stand_for_a_signature() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    assert of(world.order("officer", asked.RecordAssessment(case="r.0")), ClockMet) == []


def test_the_limit_of_guardianship_is_watched_and_ends_with_it() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child("ABANDONED"), report_id="r")
    sign = asked.SignGuardian(case="r.0", measure=Measure.TEMP_GUARDIANSHIP, wishes=Wishes.HEARD, document_number="D")
    world.order("signatory", sign)
    assert "GUARDIANSHIP_LIMIT" in world.case("r.0").clocks
    kin = {"case": "r.0", "candidate_id": "granny", "relation": "GRANDPARENT", "willing": True, "checked": True}
    world.order("officer", asked.AddKinCandidate.model_validate({**kin, "disqualified": False}))
    end = asked.EndMeasure(case="r.0", reason=EndReason.KIN_TOOK_OVER, holder=Holder.KIN)
    assert "GUARDIANSHIP_LIMIT" in {event.clock for event in of(world.order("signatory", end), ClockCancelled)}


def test_a_sighting_from_before_the_filing_does_not_meet_the_clock() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    seen = asked.RecordChildSeen(case="r.0", seen_at_ms=T0 - DAY)
    assert of(world.order("officer", seen), ClockMet) == []


def test_under_the_law_a_child_in_hospital_is_looked_after_every_day() -> None:
    world = CoreWorld(policy=parse_policy(TEXTS)).staff()
    world.file(child("LEFT_IN_HOSPITAL", age=0), report_id="r", custody_now={"holder": "HOSPITAL"})
    first = world.case("r.0").clocks["HOSPITAL_DAILY"].due_at_ms
    assert first == T0 + DAY
    world.until(T0 + 20 * HOUR)
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    clock = world.case("r.0").clocks["HOSPITAL_DAILY"]
    assert (clock.met, clock.due_at_ms) == (False, T0 + 44 * HOUR)
    events = world.until(T0 + 45 * HOUR)
    assert "HOSPITAL_DAILY" in {event.clock for event in of(events, ClockBreached)}


def test_under_the_law_a_county_that_does_nothing_hears_of_it_for_a_month() -> None:
    world = CoreWorld(policy=parse_policy(TEXTS)).staff()
    world.add(place("home"))
    world.file(
        child("ABANDONED", "PHYSICAL_ABUSE"), child("DROPOUT"), report_id="r",
        guardians=[{"relation": "FATHER", "status": ["ABUSIVE"]}],
    )  # fmt: skip
    events = world.until(T0 + 30 * DAY)
    for department in (Department.CIVIL_AFFAIRS, Department.POLICE):
        days = {
            (alert.requested_at_ms - T0) // DAY
            for alert in of(events, AlertRequested)
            if alert.department is department
        }
        assert days == set(range(31)) or days == set(range(30))
    assert all(not event.lateness_ms for event in of(events, RungReached))


def test_under_the_law_twenty_children_stay_below_the_limit_of_a_record() -> None:
    world = CoreWorld(policy=parse_policy(TEXTS)).staff()
    concerns = ("ABANDONED", "PHYSICAL_ABUSE", "SEXUAL_ABUSE", "TRAFFICKING", "BEGGING", "DROPOUT", "LEFT_ALONE")
    people = [{"relation": "FATHER", "status": ["ABUSIVE", "DETAINED"]}] * 20
    world.file(*(child(*concerns, age=age % 18) for age in range(20)), report_id="r" * 64, guardians=people)
    world.until(T0)
    assert len(world.state.county("520327").cases) == 20
