"""Measures: proposed, signed on duty with the child heard, refused and proposed again, ended after an assessment."""

import pytest

from shared.contracts import commands as asked
from shared.contracts.alerts import FeedbackDue
from shared.contracts.events import (
    ClockBreached,
    ClockMet,
    CustodySet,
    MeasureEnded,
    MeasureProposed,
    MeasureSuperseded,
    PlaceHeld,
)
from shared.contracts.vocabulary import (
    CaseState,
    CloseReason,
    Department,
    EndReason,
    FeedbackStatus,
    Holder,
    Measure,
    MeasureStatus,
    RevocationGround,
    Wishes,
)
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, of, place, refusal, told


def signing(**more: object) -> asked.SignGuardian:
    terms = {"case": "r.0", "measure": "TEMP_GUARDIANSHIP", "wishes": "HEARD", "document_number": "D-1"}
    return asked.SignGuardian.model_validate({**terms, **more})


def filed(*concerns: str) -> CoreWorld:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child(*(concerns or ("ABANDONED",))), report_id="r", receipt="x")
    return world


def test_guardianship_is_proposed_with_organ_ground_place_and_ranking() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    (proposed,) = of(world.file(child("ABANDONED")), MeasureProposed)
    assert proposed.status is MeasureStatus.PROPOSED
    assert (proposed.organ, proposed.ground, proposed.place_id) == ("CIVIL_AFFAIRS", "X-1", "home")
    assert proposed.decide_by_ms == T0 + 24 * HOUR


def test_a_signatory_on_duty_makes_it_effective() -> None:
    world = filed()
    decision = world.order("signatory", signing())
    case = world.case("r.0")
    assert case.measure is not None
    assert case.measure.status is MeasureStatus.ASSIGNED
    assert case.state is CaseState.TEMP_GUARDIANSHIP
    assert [event.clock for event in of(decision, ClockMet)] == ["DECISION"]
    assert "GUARDIANSHIP_LIMIT" in case.clocks
    assert case.hold == "home"


@pytest.mark.parametrize(
    ("who", "terms", "reason"),
    [
        ("officer", {}, "ROLE"),
        ("signatory", {"wishes": "NOT_ABLE"}, "WISHES_MISSING"),
        ("signatory", {"wishes": "UNKNOWN"}, "WISHES_MISSING"),
        ("signatory", {"document_number": None}, "DOCUMENT_MISSING"),
        ("signatory", {"measure": "RETURN_TO_ABLE_GUARDIAN"}, "OTHER_MEASURE"),
        ("signatory", {"wishes": "NOT_ABLE", "wishes_reason": "INFANT"}, None),
    ],
)
def test_signing_needs_role_wishes_and_document(who: str, terms: dict[str, object], reason: str | None) -> None:
    assert refusal(filed().order(who, signing(**terms))) == reason


def test_a_signatory_off_the_rota_is_refused() -> None:
    world = filed()
    world.shift("signatory", "SIGNATORY", T0 - DAY, T0 - HOUR)
    assert refusal(world.order("signatory", signing())) == "NOT_ON_ROTA"


def test_without_a_decision_the_clock_is_breached_and_climbs_and_the_hold_stays() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    events = world.until(T0 + 25 * HOUR)
    assert "DECISION" in {event.clock for event in of(events, ClockBreached)}
    assert ("CIVIL_AFFAIRS", "E3") in told(events)
    assert world.case("r.0").hold == "home"


def test_decided_by_phone_the_document_follows_by_noon_of_the_next_working_day() -> None:
    world = filed()
    friday_night = T0 + 3 * DAY + 14 * HOUR
    world.until(friday_night)
    world.order("signatory", signing(document_number=None, document_pending=True))
    monday_noon = T0 + 6 * DAY + 3 * HOUR
    assert world.case("r.0").clocks["DOCUMENT"].due_at_ms == monday_noon
    world.order("signatory", asked.FileDocument(case="r.0", document_number="D-2"))
    assert world.case("r.0").clocks["DOCUMENT"].met
    again = world.order("signatory", asked.FileDocument(case="r.0", document_number="D-2"))
    assert refusal(again) == "NO_DOCUMENT_PENDING"


def test_a_refusal_offers_the_bed_to_the_most_endangered_and_proposes_again() -> None:
    world = filed("GUARDIAN_UNREACHABLE")
    world.file(child("ABANDONED"), report_id="q", custody_now={"holder": "NOBODY"})
    decision = world.order("signatory", asked.RefuseGuardian(case="r.0", reason="NOT_ENOUGH_KNOWN"))
    assert [event.case for event in of(decision, PlaceHeld)] == ["q.0"]
    assert of(decision, MeasureProposed)[0].case == "r.0"
    measure = world.case("r.0").measure
    assert measure is not None
    assert measure.status is MeasureStatus.PROPOSED
    assert ("CIVIL_AFFAIRS", "E2") in told(decision)


def test_a_place_that_was_refused_is_not_offered_to_the_child_again() -> None:
    world = filed()
    world.order("signatory", asked.RefuseGuardian(case="r.0", reason="PLACE_TOO_FAR"))
    assert world.case("r.0").hold is None
    world.add(place("other"))
    assert world.case("r.0").hold == "other"


def test_temporary_care_takes_effect_at_once() -> None:
    world = filed("EMERGENCY_GAP")
    measure = world.case("r.0").measure
    assert measure is not None
    assert (measure.measure, measure.status) == (Measure.TEMP_CARE, MeasureStatus.IN_EFFECT)
    assert world.case("r.0").hold == "home"
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0))
    assert world.case("r.0").state is CaseState.TEMP_CARE


def test_new_facts_replace_care_by_guardianship_and_keep_the_bed() -> None:
    world = filed("EMERGENCY_GAP")
    decision = world.file(child("EMERGENCY_GAP", "ABANDONED"), report_id="r-2", receipt="x")
    assert of(decision, MeasureSuperseded)[0].by_measure is Measure.TEMP_GUARDIANSHIP
    measure = world.case("r.0").measure
    assert measure is not None
    assert measure.measure is Measure.TEMP_GUARDIANSHIP
    assert world.case("r.0").hold == "home"


def test_a_return_is_signed_only_after_an_officers_assessment() -> None:
    world = filed("LEFT_ALONE")
    sign = signing(measure="RETURN_TO_ABLE_GUARDIAN")
    assert refusal(world.order("signatory", sign)) == "NOT_ASSESSED"
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=False))
    assert refusal(world.order("signatory", sign)) == "NOT_ASSESSED"
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    assert refusal(world.order("signatory", sign)) is None
    assert world.case("r.0").state is CaseState.RETURNED


def test_guardianship_ends_by_return_only_after_an_assessment() -> None:
    world = filed()
    world.order("signatory", signing())
    end = asked.EndMeasure(case="r.0", reason=EndReason.RETURNED_ASSESSED, holder=Holder.GUARDIAN)
    assert refusal(world.order("officer", end)) == "NOT_ASSESSED"
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    close = asked.CloseCase(case="r.0", reason=CloseReason.RETURNED_ASSESSED)
    assert refusal(world.order("officer", end)) == "SIGNATORY_NEEDED"
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.GUARDIAN, since_ms=world.now_ms))
    assert refusal(world.order("officer", close)) == "NOT_SEEN"
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    assert refusal(world.order("officer", close)) == "SIGNATORY_NEEDED"
    decision = world.order("signatory", end)
    (ended,) = of(decision, MeasureEnded)
    assert (ended.assessed_by, ended.by) == ("officer", "signatory")
    assert of(decision, CustodySet)[0].holder is Holder.GUARDIAN
    assert world.case("r.0").state is CaseState.RETURNED
    assert refusal(world.order("officer", end)) == "NO_MEASURE"


def test_a_child_with_an_unassessed_guardian_is_recorded_and_told_at_once() -> None:
    world = filed()
    home = asked.RecordCustody(case="r.0", holder=Holder.GUARDIAN, since_ms=T0)
    assert told(world.order("officer", home)) == [("CIVIL_AFFAIRS", "E2")]


def test_an_institution_learns_that_the_child_is_protected() -> None:
    world = filed()
    kin = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0)
    statuses = [event.status for event in of(world.order("officer", kin), FeedbackDue)]
    assert statuses == [FeedbackStatus.PROTECTED]


def test_a_member_of_the_public_does_not() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", institution={"type": "PUBLIC"})
    kin = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0)
    assert of(world.order("officer", kin), FeedbackDue) == []


def test_the_court_is_told_when_an_application_is_filed_and_not_before() -> None:
    world = filed()
    body = asked.FileForRevocation(case="r.0", ground=RevocationGround.SERIOUS_HARM, applicant=Department.CIVIL_AFFAIRS)
    assert Department.COURT not in world.case("r.0").ladders
    world.order("officer", body)
    assert Department.COURT in world.case("r.0").ladders
    assert world.case("r.0").state is CaseState.REVOCATION
    assert refusal(world.order("officer", body)) == "ALREADY_FILED"


def test_wishes_that_were_heard_stay_heard() -> None:
    world = filed()
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0, wishes=Wishes.HEARD))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0))
    assert world.case("r.0").wishes is Wishes.HEARD
