"""Guardianship over a year and more: limits, ends and what they need, revocation, returns, hospital, closed places."""

from datetime import datetime
from typing import Literal

import pytest

from services.triage.core.clocks import shanghai_date
from services.triage.core.custody import guardianship_in_force
from services.triage.core.policy import Policy, parse_policy
from services.triage.core.policy.examples import SHANGHAI
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AnswerCode, FeedbackDue
from shared.contracts.assessment import CaseFacts
from shared.contracts.events import (
    BedsOfClosedCasesLost,
    CaseClosed,
    ClockBreached,
    ClockMet,
    GuardianshipExtended,
    MeasureEnded,
    MeasureProposed,
    PlaceReleased,
    RevocationRested,
)
from shared.contracts.reports import GuardianFacts, ReportFacts
from shared.contracts.vocabulary import (
    Basis,
    CloseReason,
    Department,
    EndReason,
    GuardianStatus,
    GuardianType,
    Holder,
    Level,
    Measure,
    MeasureStatus,
    PlacementType,
    Relation,
    RevocationGround,
    RevocationItem,
    Wishes,
)
from tests.support.triage_core import COUNTY, DAY, HOUR, T0, CoreWorld, child, contact, of, place, refusal

GONE = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.DECEASED,))
REFUSES = GuardianFacts(relation=Relation.FATHER, status=(GuardianStatus.REFUSES_DUTY,))
RECEIPT = f"{COUNTY}-r"


@pytest.fixture(scope="module")
def law() -> Policy:
    return parse_policy(load_policy_texts())


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


def everybody_sends(world: CoreWorld) -> None:
    """Every department that was told answers that somebody is on the way, so that no ladder repeats for a year."""
    (asked_first, *_) = of([event for event, _ in world.log], AlertRequested)
    for department in sorted(world.case("r.0").ladders):
        asked_of = {"department": department, "alert_id": f"r.0~{department.value}~E1~999"}
        world.answer(asked_first.model_copy(update=asked_of), AnswerCode.DISPATCH)
    assert all(ladder.dispatched for ladder in world.case("r.0").ladders.values())


def guarded(law: Policy, start_ms: int = T0, guardian: GuardianFacts = GONE) -> CoreWorld:
    """A child in the home under temporary guardianship; everybody has been sent, the decision is made."""
    world = CoreWorld(policy=law, now_ms=start_ms, checked=False)
    world.staff()
    world.shift("signatory", "SIGNATORY", start_ms - DAY, start_ms + 2000 * DAY)
    world.add(place("home"))
    world.file(child("ABANDONED"), report_id="r", receipt=RECEIPT, guardians=[guardian])
    everybody_sends(world)
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    into = asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=world.now_ms, place_id="home")
    assert refusal(world.order("officer", into)) is None
    sign = asked.SignGuardian(case="r.0", measure=Measure.TEMP_GUARDIANSHIP, wishes=Wishes.HEARD, document_number="D")
    assert refusal(world.order("signatory", sign)) is None
    return world


def review(world: CoreWorld) -> set[str]:
    decision = world.order("officer", asked.RecordAssessment(case="r.0", subject="CHILD"))
    return {event.clock for event in of(decision, ClockMet)}


def first_breaches(world: CoreWorld) -> dict[str, int]:
    return {
        event.clock: event.due_at_ms
        for event, _ in world.log
        if isinstance(event, ClockBreached) and event.repeat == 0 and event.clock.startswith("GUARDIANSHIP")
    }


@pytest.mark.parametrize(
    ("signed", "warning", "final", "limit"),
    [
        # 270, 330 and 365 days, design values; the last day ends at midnight, also on a day of rest.
        ("2024-01-10T10:00", "2024-10-06", "2024-12-05", "2025-01-09"),  # day 270 is a public holiday
        ("2024-02-29T10:00", "2024-11-25", "2025-01-24", "2025-02-28"),  # the leap day
        ("2024-10-01T10:00", "2025-06-28", "2025-08-27", "2025-10-01"),  # a Saturday; the limit on National Day
    ],
)
def test_warnings_and_limit_run_on_the_calendar(law: Policy, signed: str, warning: str, final: str, limit: str) -> None:
    world = guarded(law, at(signed))
    clocks = world.case("r.0").clocks
    last_days = {name: shanghai_date(clocks[name].due_at_ms - 1).isoformat() for name in clocks if "GUARD" in name}
    assert last_days == {
        "GUARDIANSHIP_WARNING": warning,
        "GUARDIANSHIP_FINAL_WARNING": final,
        "GUARDIANSHIP_LIMIT": limit,
    }


def test_in_shanghai_the_year_is_a_local_rule_counted_in_months(law: Policy) -> None:
    signed_ms = at("2026-02-28T10:00")
    report = ReportFacts(children=(child("ABANDONED", area_code="310101001"),))
    due = law.clocks_after("MEASURE_ASSIGNED", CaseFacts(report=report, filed_at_ms=signed_ms), Level.S1, signed_ms)
    local = {each.id: each for each in due}["GUARDIANSHIP_LIMIT_LOCAL"]
    # 28 February 2027 is a Sunday: a limit is no period for an act, and does not move behind it (CC 203).
    assert (local.source.basis, shanghai_date(local.due_at_ms - 1).isoformat()) == (Basis.LOCAL, "2027-02-28")


def test_a_warning_is_met_by_a_review_and_the_limit_by_a_decision_alone(law: Policy) -> None:
    world = guarded(law)
    world.until(T0 + 273 * DAY)
    assert "GUARDIANSHIP_WARNING" in first_breaches(world)
    early = asked.ExtendGuardianship(case="r.0", reason="PARENTS_STILL_TRACED", days=90)
    assert refusal(world.order("signatory", early)) == "NOT_REVIEWED"
    assert "GUARDIANSHIP_WARNING" in review(world)
    world.until(T0 + 335 * DAY)
    assert "GUARDIANSHIP_FINAL_WARNING" in review(world)
    later = world.until(T0 + 370 * DAY)
    climbed = [alert.step for alert in of(later, AlertRequested) if alert.reason == "BREACH.GUARDIANSHIP_LIMIT"]
    assert climbed[0] == "E3"
    assert set(climbed) >= {"E3", "E4", "E5"}
    assert "GUARDIANSHIP_LIMIT" not in review(world)
    assert refusal(world.order("officer", early)) == "ROLE"
    extended = world.order("signatory", early)
    assert of(extended, GuardianshipExtended)[0].reason == "PARENTS_STILL_TRACED"
    assert "GUARDIANSHIP_LIMIT" in {event.clock for event in of(extended, ClockMet)}
    clock = world.case("r.0").clocks["GUARDIANSHIP_EXTENDED"]
    assert clock.due_at_ms >= world.now_ms + 90 * DAY
    again = world.until(clock.due_at_ms + DAY)
    assert "BREACH.GUARDIANSHIP_EXTENDED" in {alert.reason for alert in of(again, AlertRequested)}


def test_a_guardianship_is_not_extended_in_its_first_months(law: Policy) -> None:
    world = guarded(law)
    body = asked.ExtendGuardianship(case="r.0", reason="EARLY", days=10)
    assert refusal(world.order("signatory", body)) == "NOT_AT_LIMIT"


def test_an_application_for_revocation_meets_a_limit_that_is_over(law: Policy) -> None:
    world = guarded(law, guardian=REFUSES)
    body = asked.FileForRevocation(
        case="r.0",
        ground=RevocationGround.NEGLECT_OR_UNABLE,
        applicant=Department.CIVIL_AFFAIRS,
        item=RevocationItem.REFUSAL_SIX_MONTHS,
    )
    world.until(T0 + 370 * DAY)
    filed = world.order("signatory", body)
    assert {"GUARDIANSHIP_LIMIT", "REVOCATION_REMINDER"} <= {event.clock for event in of(filed, ClockMet)}
    assert world.case("r.0").clocks["REVOCATION_RESULT"].period_ms == 30 * DAY


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"reason": "RETURNED_ASSESSED", "holder": "GUARDIAN"}, "NOT_ASSESSED"),
        ({"reason": "KIN_TOOK_OVER", "holder": "KIN"}, "KIN_NOT_CHECKED"),
        ({"reason": "KIN_TOOK_OVER", "holder": "NOBODY"}, "NO_SAFE_CUSTODY"),
        ({"reason": "LONG_TERM_94", "holder": "WELFARE_INST"}, "LIMB_MISSING"),
        ({"reason": "LONG_TERM_94", "holder": "WELFARE_INST", "limb_94": 4}, "NOT_REVOKED"),
        ({"reason": "LONG_TERM_94", "holder": "WELFARE_INST", "limb_94": 2}, None),
        ({"reason": "REVOKED_NEW_GUARDIAN", "holder": "KIN", "guardian_type": "GRANDPARENT"}, "NOT_REVOKED"),
        ({"reason": "ADOPTED", "holder": "GUARDIAN"}, "NOT_ASSESSED"),
        ({"reason": "ADOPTED", "holder": "FOSTER"}, "DOCUMENT_MISSING"),
        ({"reason": "ADOPTED", "holder": "FOSTER", "document_number": "A-1"}, None),
        ({"reason": "AGED_OUT_18", "holder": "OTHER"}, "TOO_YOUNG"),
        ({"reason": "DIED", "holder": "OTHER"}, "NOT_RECORDED_DEAD"),
        ({"reason": "LIMIT_REACHED_REVIEW", "holder": "RESCUE_INST"}, "NOT_AT_LIMIT"),
    ],
)
def test_each_reason_of_an_end_has_its_preconditions(
    law: Policy, terms: dict[str, object], refused: str | None
) -> None:
    world = guarded(law)
    body = asked.EndMeasure.model_validate({"case": "r.0", **terms})
    assert refusal(world.order("signatory", body)) == refused
    assert world.case("r.0").measure_active is (refused is not None)


def test_revoked_needs_the_application_and_the_new_guardian(law: Policy) -> None:
    world = guarded(law)
    world.order(
        "signatory",
        asked.FileForRevocation(
            case="r.0", ground=RevocationGround.NEGLECT_OR_UNABLE, applicant=Department.CIVIL_AFFAIRS
        ),
    )
    body = asked.EndMeasure(case="r.0", reason=EndReason.REVOKED_NEW_GUARDIAN, holder=Holder.KIN)
    assert refusal(world.order("signatory", body)) == "GUARDIAN_MISSING"
    named = body.model_copy(update={"guardian_type": GuardianType.GRANDPARENT})
    assert refusal(world.order("signatory", named)) is None
    assert "REVOCATION_RESULT" not in world.case("r.0").clocks


def test_kin_take_a_guardianship_over_in_the_order_of_the_law(law: Policy) -> None:
    world = guarded(law)
    terms = {"case": "r.0", "candidate_id": "aunt", "relation": "AUNT_UNCLE", "willing": True, "checked": True}
    aunt = asked.AddKinCandidate.model_validate({**terms, "disqualified": False})
    world.order("officer", aunt)
    body = asked.EndMeasure(case="r.0", reason=EndReason.KIN_TOOK_OVER, holder=Holder.KIN)
    assert refusal(world.order("officer", body)) == "NO_GUARDIAN_FIT"
    world.order("officer", aunt.model_copy(update={"consent_by": "CIVIL_AFFAIRS"}))
    assert refusal(world.order("officer", body.model_copy(update={"guardian_type": GuardianType.SIBLING}))) == (
        "NO_GUARDIAN_FIT"
    )
    named = body.model_copy(update={"guardian_type": GuardianType.OTHER_PERSON})
    assert refusal(world.order("officer", named)) == "SIGNATORY_NEEDED"
    assert refusal(world.order("signatory", named)) is None


def test_the_limits_review_leaves_the_child_in_its_bed_and_the_case_with_a_date(law: Policy) -> None:
    world = guarded(law)
    world.until(T0 + 370 * DAY)
    body = asked.EndMeasure(case="r.0", reason=EndReason.LIMIT_REACHED_REVIEW, holder=Holder.RESCUE_INST)
    nobody = body.model_copy(update={"holder": Holder.NOBODY})
    assert refusal(world.order("signatory", nobody)) == "NO_SAFE_CUSTODY"
    ended = world.order("signatory", body)
    assert (of(ended, MeasureEnded)[0].reason, of(ended, PlaceReleased)) == (EndReason.LIMIT_REACHED_REVIEW, [])
    case = world.case("r.0")
    assert case.custody is not None
    assert (case.hold, case.custody.place_id) == ("home", "home")
    assert not case.clocks["NEXT_REVIEW"].met


def test_a_grown_up_leaves_care_by_the_record_of_the_age(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("ABANDONED", age=17), report_id="r", guardians=[GONE])
    body = asked.EndMeasure(case="r.0", reason=EndReason.AGED_OUT_18, holder=Holder.OTHER)
    assert refusal(world.order("signatory", body)) == "AGE_NOT_STATED"
    stated = world.order("signatory", body.model_copy(update={"of_age": True}))
    assert of(stated, MeasureEnded)
    assert any("birthday" in each for each in stated.why)


@pytest.mark.parametrize(
    ("age", "days", "proved", "stated", "refused"),
    [
        (16, 300, True, True, "TOO_YOUNG"),
        (16, 367, True, None, "AGE_NOT_STATED"),
        (16, 367, True, True, None),
        (17, 1, True, None, "AGE_NOT_STATED"),
        (17, 367, True, None, None),
        (18, 0, True, None, None),
        (18, 0, False, None, "AGE_NOT_STATED"),
        (18, 0, False, True, None),
    ],
)
def test_who_is_18_by_the_age_at_the_filing_and_the_years_since(
    law: Policy, *, age: int, days: int, proved: bool, stated: Literal[True] | None, refused: str | None
) -> None:
    world = CoreWorld(policy=law, checked=False).staff()
    filer = {"type": "PRIMARY_SCHOOL", "authenticated": proved}
    world.file(child("ABANDONED", age=age), report_id="r", guardians=[GONE], institution=filer)
    world.now_ms += days * DAY
    body = asked.EndMeasure(case="r.0", reason=EndReason.AGED_OUT_18, holder=Holder.OTHER, of_age=stated)
    assert refusal(world.order("signatory", body)) == refused


def test_a_guardianship_in_force_does_not_vanish_in_a_closed_case(law: Policy) -> None:
    world = guarded(law)
    world.sighted("r.0")
    done = asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED)
    assert refusal(world.order("officer", done)) == "MEASURE_STANDS"
    lasting = asked.CloseCase(case="r.0", reason=CloseReason.LONG_TERM_94)
    assert refusal(world.order("officer", lasting)) == "LIMB_MISSING"
    lasting = lasting.model_copy(update={"limb_94": 1})
    assert refusal(world.order("officer", lasting)) == "SIGNATORY_NEEDED"
    custody = world.case("r.0").custody
    assert custody is not None
    ended = asked.EndMeasure(case="r.0", reason=EndReason.LONG_TERM_94, holder=custody.holder, limb_94=1)
    assert refusal(world.order("officer", ended)) == "SIGNATORY_NEEDED"
    assert of(world.order("signatory", ended), MeasureEnded)[0].limb_94 == 1
    assert of(world.order("officer", lasting), CaseClosed)


def lasting_closed(law: Policy) -> CoreWorld:
    """Civil affairs has become the long-term guardian (MPL 94), the case is closed, the child lives in the home."""
    world = guarded(law)
    world.sighted("r.0")
    ended = asked.EndMeasure(case="r.0", reason=EndReason.LONG_TERM_94, holder=Holder.RESCUE_INST, limb_94=1)
    assert refusal(world.order("signatory", ended)) is None
    closing = asked.CloseCase(case="r.0", reason=CloseReason.LONG_TERM_94, limb_94=1)
    assert refusal(world.order("officer", closing)) is None
    return world


def test_no_second_guardianship_is_proposed_or_signed_beside_a_lasting_one(law: Policy) -> None:
    world = lasting_closed(law)
    decision = world.order("officer", asked.ReopenCase(case="r.0", reason="NEW_FACTS"))
    assert of(decision, MeasureProposed) == []
    assert not world.case("r.0").measure_active
    sign = asked.SignGuardian(case="r.0", measure=Measure.TEMP_GUARDIANSHIP, wishes=Wishes.HEARD, document_number="E")
    assert refusal(world.order("signatory", sign)) is not None
    joined = world.file(child("UNCARED"), report_id="r2", receipt=RECEIPT, guardians=[GONE])
    assert of(joined, MeasureProposed) == []
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    world.sighted("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    assert world.state.case("r.0") is None
    assert of(world.order("officer", asked.ReopenCase(case="r.0", reason="AGAIN")), MeasureProposed) == []


def test_new_harm_brings_care_though_the_record_has_the_child_in_safe_hands(law: Policy) -> None:
    world = lasting_closed(law)
    world.order("officer", asked.ReopenCase(case="r.0", reason="AGAIN"))
    said = world.file(child("SEXUAL_ABUSE", injury="SERIOUS"), report_id="r2", receipt=RECEIPT, guardians=[GONE])
    assert [event.measure for event in of(said, MeasureProposed)] == [Measure.TEMP_CARE]


@pytest.mark.parametrize("reason", ["DIED", "ADOPTED", "AGED_OUT_18", "KIN_TOOK_OVER", "LIMIT_REACHED_REVIEW"])
def test_no_officer_alone_ends_what_a_signatory_signed(law: Policy, reason: str) -> None:
    world = guarded(law)
    world.order("officer2", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms, dead=True))
    terms = {"case": "r.0", "reason": reason, "holder": "RESCUE_INST", "document_number": "A-1", "of_age": True}
    refused = refusal(world.order("officer", asked.EndMeasure.model_validate(terms)))
    assert refused in {"SIGNATORY_NEEDED", "TOO_YOUNG", "KIN_NOT_CHECKED", "NOT_AT_LIMIT"}
    assert guardianship_in_force(world.case("r.0"))
    if reason in {"DIED", "ADOPTED"}:
        assert refused == "SIGNATORY_NEEDED"
        assert of(world.order("signatory", asked.EndMeasure.model_validate(terms)), MeasureEnded)


def test_a_child_of_a_long_term_guardian_who_is_not_in_safe_hands_gets_care_and_a_place(law: Policy) -> None:
    world = lasting_closed(law)
    world.order("officer", asked.ReopenCase(case="r.0", reason="RAN_AWAY"))
    lost = asked.RecordCustody(case="r.0", holder=Holder.NOBODY, since_ms=world.now_ms)
    assert refusal(world.order("officer", lost)) is None
    joined = world.file(child("UNCARED"), report_id="r2", receipt=RECEIPT, guardians=[GONE])
    (proposed,) = of(joined, MeasureProposed)
    assert (proposed.measure, proposed.status) == (Measure.TEMP_CARE, MeasureStatus.IN_EFFECT)
    assert world.case("r.0").hold == "home"


def test_an_assessment_does_not_outlive_that_the_child_is_found_alone(law: Policy) -> None:
    world = guarded(law)
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms, alone=True))
    back = asked.EndMeasure(case="r.0", reason=EndReason.RETURNED_ASSESSED, holder=Holder.GUARDIAN)
    assert refusal(world.order("officer", back)) == "NOT_ASSESSED"
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    assert refusal(world.order("signatory", back)) is None
    assert "FOLLOW_UP_VISIT" in world.case("r.0").clocks


def returned(law: Policy) -> CoreWorld:
    world = CoreWorld(policy=law, checked=False).staff()
    away = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.UNKNOWN,))
    world.file(child("LEFT_ALONE", age=12), report_id="r", receipt=RECEIPT, guardians=[away])
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.TOWNSHIP, since_ms=T0))
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True))
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.GUARDIAN, since_ms=T0))
    return world


def test_follow_up_visits_come_again_after_a_return(law: Policy) -> None:
    world = returned(law)
    clock = world.case("r.0").clocks["FOLLOW_UP_VISIT"]
    assert clock.period_ms is not None
    world.until(clock.due_at_ms - HOUR)
    met = world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    assert "FOLLOW_UP_VISIT" in {event.clock for event in of(met, ClockMet)}
    again = world.case("r.0").clocks["FOLLOW_UP_VISIT"]
    assert (again.met, again.due_at_ms) == (False, world.now_ms + clock.period_ms)
    later = world.until(again.due_at_ms + HOUR)
    assert "BREACH.FOLLOW_UP_VISIT" in {alert.reason for alert in of(later, AlertRequested)}


@pytest.mark.parametrize(
    ("days", "rules", "level"),
    [(20, {"R-JUST-RETURNED", "R-REPEATED"}, Level.S1), (60, {"R-REPEATED"}, Level.S2), (100, set(), Level.S3)],
)
def test_a_return_that_goes_wrong_raises_by_the_countys_own_record(
    law: Policy, days: int, rules: set[str], level: Level
) -> None:
    world = returned(law)
    world.until(T0 + days * DAY + HOUR)
    world.file(child("LEFT_ALONE", age=12), report_id="r2", receipt=RECEIPT)
    assessment = world.case("r.0").assessment
    assert assessment is not None
    assert {each.source.rule for each in assessment.raises} == rules
    assert world.case("r.0").level is level


def test_the_revocation_reminder_reaches_the_supervisor_and_comes_again_until_a_reason_is_recorded(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.order("operator", asked.SetContact(contact=contact("PROCURATORATE", "DUTY")))
    world.order("operator", asked.SetContact(contact=contact("WOMENS_FED", "DUTY")))
    harmful = GuardianFacts(relation=Relation.FATHER, status=(GuardianStatus.ABUSIVE,))
    world.file(child("PHYSICAL_ABUSE"), report_id="r", guardians=[harmful])
    everybody_sends(world)
    due_ms = world.case("r.0").clocks["REVOCATION_REMINDER"].due_at_ms
    world.until(due_ms - HOUR)
    fired = of(world.until(due_ms + 9 * HOUR), AlertRequested)
    reminded = {(alert.department.value, alert.reason) for alert in fired}
    assert ("CIVIL_AFFAIRS", "BREACH.REVOCATION_REMINDER") in reminded
    assert ("PROCURATORATE", "REVOCATION_SUPERVISE") in reminded
    assert ("WOMENS_FED", "REVOCATION_MAY_APPLY") in reminded
    week = of(world.until(due_ms + 8 * DAY), AlertRequested)
    assert len([alert for alert in week if alert.reason == "BREACH.REVOCATION_REMINDER"]) >= 7
    assert len([alert for alert in week if alert.reason == "REVOCATION_SUPERVISE"]) == 1
    rests = asked.RecordNoRevocation(case="r.0", reason="GUARDIAN_IN_TREATMENT", rest_days=60)
    (rested,) = of(world.order("officer", rests), RevocationRested)
    quiet = of(world.until(rested.until_ms - HOUR), AlertRequested)
    assert [alert for alert in quiet if "REVOCATION" in alert.reason] == []
    again = of(world.until(rested.until_ms + 9 * HOUR), AlertRequested)
    assert "BREACH.REVOCATION_REMINDER" in {alert.reason for alert in again}


def test_who_may_not_apply_is_refused_and_what_meets_no_ground_does_not_rest(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("DROPOUT", age=15), report_id="r")
    rests = asked.RecordNoRevocation(case="r.0", reason="NO_GROUND", rest_days=60)
    assert refusal(world.order("officer", rests)) == "NOTHING_TO_EXAMINE"
    files = asked.FileForRevocation(
        case="r.0", ground=RevocationGround.SERIOUS_HARM, applicant=Department.PROCURATORATE
    )
    assert refusal(world.order("signatory", files)) == "MAY_NOT_APPLY"


def test_a_child_fit_for_discharge_whom_nobody_fetches_has_a_daily_clock_until_it_leaves(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    fit, there = {"fit_for_discharge": True}, {"holder": "HOSPITAL"}
    world.file(child("OTHER", age=12), report_id="r", receipt=RECEIPT, safety=fit, custody_now=there)
    assert world.case("r.0").clocks["HOSPITAL_DAILY"].period_ms == DAY
    days = of(world.until(T0 + 4 * DAY), AlertRequested)
    assert len([alert for alert in days if alert.reason == "BREACH.HOSPITAL_DAILY"]) >= 3
    world.order("officer", asked.RecordAssessment(case="r.0", subject="CHILD"))
    assert not world.case("r.0").clocks["HOSPITAL_DAILY"].met
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.TOWNSHIP, since_ms=world.now_ms))
    assert "HOSPITAL_DAILY" not in world.case("r.0").clocks
    world.file(child("OTHER", age=12, disability=True), report_id="r2", receipt=RECEIPT)
    assert "HOSPITAL_DAILY" not in world.case("r.0").clocks


def test_a_place_that_closes_under_a_closed_child_is_told_once_with_case_numbers_alone(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.add(place("home", PlacementType.WELFARE_INST, capacity=3))
    for name in ("r", "q"):
        world.file(child("ABANDONED"), report_id=name, guardians=[GONE])
        into = asked.RecordCustody(case=f"{name}.0", holder=Holder.WELFARE_INST, since_ms=T0, place_id="home")
        world.order("officer", into)
        world.sighted(f"{name}.0")
        closing = asked.CloseCase(case=f"{name}.0", reason=CloseReason.SUPPORT_COMPLETED)
        assert refusal(world.order("officer", closing)) is None
    closed = world.add(place("home", PlacementType.WELFARE_INST, capacity=3, active=False))
    (lost,) = of(closed, BedsOfClosedCasesLost)
    assert (lost.cases, lost.count, lost.place_id) == (("r.0", "q.0"), 2, "home")
    (alert,) = of(closed, AlertRequested)
    assert (alert.reason, alert.contact_ids, alert.case) == ("PLACE_LOST_CLOSED", ("civil_affairs-duty_1",), "r.0")
    assert world.state.case("r.0") is None
    world.settle(alert)
    world.answer(alert, AnswerCode.ACKNOWLEDGE)
    assert of(world.add(place("home", PlacementType.WELFARE_INST, active=False)), AlertRequested) == []
    world.add(place("other", PlacementType.WELFARE_INST))
    world.order("officer", asked.ReopenCase(case="r.0", reason="PLACE_CLOSED"))
    assert world.case("r.0").level is Level.S1


def test_a_clock_of_days_ends_with_its_last_day_and_is_told_when_duty_begins(law: Policy) -> None:
    world = guarded(law)
    limit = world.case("r.0").clocks["GUARDIANSHIP_LIMIT"]
    assert datetime.fromtimestamp(limit.due_at_ms / 1000, SHANGHAI).strftime("%H:%M") == "00:00"
    for name in ("GUARDIANSHIP_WARNING", "GUARDIANSHIP_FINAL_WARNING"):
        world.until(world.case("r.0").clocks[name].due_at_ms + 9 * HOUR)
        review(world)
    assert "GUARDIANSHIP_LIMIT" not in first_breaches(world)
    world.until(limit.due_at_ms + 8 * HOUR - 1)
    assert "GUARDIANSHIP_LIMIT" not in first_breaches(world)
    world.until(limit.due_at_ms + 8 * HOUR)
    assert first_breaches(world)["GUARDIANSHIP_LIMIT"] == limit.due_at_ms


def test_closing_tells_the_reporter_which_meets_the_clock_of_the_result(law: Policy) -> None:
    world = CoreWorld(policy=law).staff()
    world.file(child("LEFT_ALONE", age=12), report_id="r", receipt=RECEIPT)
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0))
    clock = world.case("r.0").clocks["FEEDBACK"]
    closed = world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    assert [event.status.value for event in of(closed, FeedbackDue)] == ["CLOSED"]
    assert clock.met or "FEEDBACK" in {event.clock for event in of(closed, ClockMet)}
    assert "FEEDBACK" not in (of(closed, CaseClosed)[0].open_clocks or ())
