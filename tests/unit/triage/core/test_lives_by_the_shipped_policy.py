"""Lives of cases under the shipped policy, in which a child was once left alone: each is a defect that was found."""

from typing import Any

import pytest

from services.triage.core import stand_ins
from services.triage.core.inputs import CommandInput, ReportInput
from services.triage.core.policy import Policy, parse_policy
from services.triage.core.stubs import stub_bytes
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult
from shared.contracts.events import CaseOpened, ReportJoined
from shared.contracts.reports import AllegedFacts, GuardianFacts, ImplicatedUnit, ReportFacts, ReportFiled
from shared.contracts.vocabulary import (
    CloseReason,
    Department,
    EndReason,
    Holder,
    InstitutionType,
    LadderStep,
    Level,
    Measure,
    MeasureStatus,
    PlacementType,
    Relation,
    Sex,
)
from tests.support.triage_core import (
    ACTORS,
    COUNTY,
    DAY,
    HOUR,
    MINUTE,
    T0,
    CoreWorld,
    child,
    contact,
    of,
    place,
    refusal,
    told,
)

CIVIL = Department.CIVIL_AFFAIRS
POLICE = Department.POLICE
RECEIPT = f"{COUNTY}-r"
VILLAGE_COMMITTEE = ImplicatedUnit(unit_type=InstitutionType.VILLAGE_COMMITTEE)


@pytest.fixture(scope="module")
def law() -> Policy:
    return parse_policy(load_policy_texts())


@pytest.fixture
def world(law: Policy) -> CoreWorld:
    return CoreWorld(policy=law).staff()


def repeat_minutes(world: CoreWorld, case: str = "r.0") -> float:
    assessment = world.case(case).assessment
    assert assessment is not None
    assert not assessment.ladder_times.duty_hours_only or assessment.level in {Level.S3, Level.S4}
    return assessment.ladder_times.repeat_ms / MINUTE


def test_a_level_that_an_officer_raised_keeps_its_times_when_more_facts_come(world: CoreWorld) -> None:
    world.file(child("DROPOUT", age=15), report_id="r")
    world.order("officer", asked.OverrideLevel(case="r.0", level=Level.S1, reason="KNOWN_HERE"))
    assert repeat_minutes(world) == 30
    world.file(child("DROPOUT", age=15, attends_school=False), report_id="r2", receipt=RECEIPT)
    assert (world.case("r.0").level, repeat_minutes(world)) == (Level.S1, 30)


def test_a_calmer_supplement_does_not_slow_a_case_at_the_highest_level(world: CoreWorld) -> None:
    world.file(child("LEFT_ALONE", age=5), report_id="r", safety={"alone_now": True})
    world.file(child(age=5), report_id="r2", receipt=RECEIPT, safety={"alone_now": False})
    assert (world.case("r.0").level, repeat_minutes(world)) == (Level.S1, 30)


def test_a_reporter_who_adds_facts_every_ten_minutes_does_not_hold_the_ladder_at_its_first_rung(
    world: CoreWorld,
) -> None:
    world.file(child("ABANDONED"), report_id="r")
    for number in range(30):
        world.passes(10 * MINUTE)
        world.file(child("ABANDONED", disability=bool(number % 2)), report_id=f"s{number}", receipt=RECEIPT)
    ladders = world.case("r.0").ladders
    assert (ladders[CIVIL].step, ladders[POLICE].step) == (LadderStep.E4, LadderStep.D3)


def test_a_village_that_turns_out_to_be_implicated_is_never_told_again(world: CoreWorld) -> None:
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="r")
    assert Department.VILLAGE in world.case("r.0").ladders
    more = world.file(child(), report_id="r2", receipt=RECEIPT, implicated=[VILLAGE_COMMITTEE])
    later = [*of(more, AlertRequested), *of(world.passes(2 * DAY), AlertRequested)]
    assert later
    assert [alert for alert in later if Department.VILLAGE in (alert.department, alert.ladder)] == []
    assert [alert for alert in world.case("r.0").alerts.values() if alert.ladder is Department.VILLAGE] == []


def test_a_village_that_an_officer_told_by_name_stays_told_when_more_facts_come(world: CoreWorld) -> None:
    world.file(child("PHYSICAL_ABUSE"), report_id="r")
    assert Department.VILLAGE not in world.case("r.0").ladders
    tell = asked.TellDepartment(case="r.0", department=Department.VILLAGE, reason="NEEDED_ON_THE_SPOT")
    assert refusal(world.order("officer", tell)) is None
    world.file(child(injury="MINOR"), report_id="r2", receipt=RECEIPT)
    assert Department.VILLAGE in world.case("r.0").ladders


def test_a_held_bed_in_the_household_of_somebody_alleged_later_is_given_back(world: CoreWorld) -> None:
    world.add(place("aunt", PlacementType.KIN, household_of=("FATHER",)))
    world.file(child("ABANDONED"), report_id="r")
    assert world.case("r.0").hold == "aunt"
    more = world.file(
        child("PHYSICAL_ABUSE"), report_id="r2", receipt=RECEIPT, alleged_person=AllegedFacts(relation=Relation.FATHER)
    )
    assert world.case("r.0").hold is None
    assert "PLACE_LOST" in {alert.reason for alert in of(more, AlertRequested)}
    world.add(place("home"))
    assert world.case("r.0").hold == "home"


@pytest.mark.parametrize("change", [{"household_of": ("FATHER",)}, {"sexes": (Sex.M,)}, {"age_years_min": 10}])
def test_a_place_that_changes_under_a_held_bed_is_checked_again(world: CoreWorld, change: dict[str, Any]) -> None:
    world.add(place("one", PlacementType.KIN))
    world.file(child("ABANDONED"), report_id="r", alleged_person=AllegedFacts(relation=Relation.FATHER))
    assert world.case("r.0").hold == "one"
    world.add(place("one", PlacementType.KIN, **change))
    assert world.case("r.0").hold is None


def test_an_implicated_kind_of_institution_gives_the_bed_back(world: CoreWorld) -> None:
    world.add(place("rescue"), place("welfare", PlacementType.WELFARE_INST))
    world.file(child("ABANDONED"), report_id="r")
    assert world.case("r.0").hold == "rescue"
    unit = ImplicatedUnit(unit_type=InstitutionType.RESCUE_STATION)
    world.file(child(), report_id="r2", receipt=RECEIPT, implicated=[unit])
    assert world.case("r.0").hold == "welfare"


def test_a_child_who_lives_in_its_place_is_not_moved_for_an_age_limit(world: CoreWorld) -> None:
    world.add(place("one"))
    world.file(child("ABANDONED"), report_id="r")
    body = asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=T0, place_id="one")
    assert refusal(world.order("officer", body)) is None
    world.add(place("one", age_years_min=10))
    assert world.case("r.0").hold == "one"


def test_a_guardianship_proposed_after_a_first_decision_has_a_clock_of_its_own(world: CoreWorld) -> None:
    world.file(
        child("PHYSICAL_ABUSE", injury="MINOR"), report_id="r", alleged_person=AllegedFacts(relation=Relation.TEACHER)
    )
    world.order("officer", asked.RecordAssessment(case="r.0", guardian_able=True))
    assert world.case("r.0").clocks["DECISION"].met
    world.passes(HOUR)
    world.file(child("ABANDONED"), report_id="r2", receipt=RECEIPT)
    case = world.case("r.0")
    assert case.measure is not None
    assert (case.measure.measure, case.measure.status) == (Measure.TEMP_GUARDIANSHIP, MeasureStatus.PROPOSED)
    assert not case.clocks["DECISION"].met
    assert case.clocks["DECISION"].due_at_ms == T0 + HOUR + DAY


def test_two_cases_are_not_closed_as_duplicates_of_each_other(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="a")
    world.file(child("ABANDONED"), report_id="b")
    first = asked.CloseCase(case="a.0", reason=CloseReason.DUPLICATE, duplicate_of="b.0")
    second = asked.CloseCase(case="b.0", reason=CloseReason.DUPLICATE, duplicate_of="a.0")
    assert refusal(world.order("officer", first)) is None
    assert refusal(world.order("officer", second)) == "NO_SUCH_CASE"


def test_new_facts_about_a_closed_child_are_not_lost_while_its_brother_is_open(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), child("ABANDONED", age=9), report_id="r")
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    more = world.file(child("PHYSICAL_ABUSE", injury="SERIOUS"), child(), report_id="r2", receipt=RECEIPT)
    assert [event.case for event in of(more, ReportJoined)] == ["r.1"]
    opened = of(more, CaseOpened)
    assert [(event.child, event.facts.children[0].injury) for event in opened] == [(0, "SERIOUS")]
    assert world.case(opened[0].case).level is Level.S1


def test_a_measure_does_not_end_with_the_child_in_nobodys_hands(world: CoreWorld) -> None:
    world.add(place("one"))
    world.file(child("ABANDONED"), report_id="r")
    for holder in (Holder.NOBODY, Holder.UNKNOWN, Holder.OTHER):
        body = asked.EndMeasure(case="r.0", reason=EndReason.KIN_TOOK_OVER, holder=holder)
        assert refusal(world.order("officer", body)) == "NO_SAFE_CUSTODY"
    case = world.case("r.0")
    assert (case.hold, case.clocks["DECISION"].met, case.measure_active) == ("one", False, True)


def test_a_child_in_nobodys_hands_or_seen_alone_is_told_on_at_once(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r")
    body = asked.RecordCustody(case="r.0", holder=Holder.NOBODY, since_ms=T0)
    assert told(world.order("officer", body)) == [("CIVIL_AFFAIRS", "E2")]
    seen = world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0, alone=True))
    assert told(seen) == [("CIVIL_AFFAIRS", "E2")]
    assert of(seen, AlertRequested)[0].alert_id in world.case("r.0").alerts


def test_a_breach_told_in_passing_that_reaches_nobody_goes_to_the_step_above(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r")
    world.order("officer", asked.Dispatch(case="r.0"))
    breaches = [each for each in of(world.until(T0 + 2 * HOUR), AlertRequested) if each.reason == "BREACH.SEEN"]
    assert [each.step for each in breaches] == [LadderStep.E3]
    up = world.settle(breaches[0], AlertResult.FAILED)
    assert told(up) == [("CIVIL_AFFAIRS", "E4")]
    assert told(world.settle(breaches[0], AlertResult.FAILED)) == []
    top = world.settle(of(up, AlertRequested)[0], AlertResult.FAILED)
    assert told(world.settle(of(top, AlertRequested)[0], AlertResult.FAILED)) == []


def test_weeks_without_notify_leave_few_unsettled_alerts_and_a_record_that_can_withdraw_them(
    world: CoreWorld,
) -> None:
    world.file(child("ABANDONED"), report_id="r")
    world.checked = False
    world.until(T0 + 21 * DAY)
    world.checked = True
    assert len(world.case("r.0").alerts) <= 60
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    assert refusal(world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))) is None


def test_a_case_opened_again_remembers_who_must_not_be_told(world: CoreWorld) -> None:
    world.file(
        child("GUARDIAN_REFUSES", "UNCARED", "LEFT_ALONE", "DROPOUT", "OTHER"),
        report_id="r",
        alleged_person=AllegedFacts(relation=Relation.ENTRUSTED_CARER, office=True),
        implicated=[
            VILLAGE_COMMITTEE,
            ImplicatedUnit(unit_type=InstitutionType.STATE_ORGAN, area_code="520327102"),
        ],
    )
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    stub = world.state.stub("r.0")
    assert stub is not None
    assert stub_bytes(stub) <= 300
    world.order("officer", asked.ReopenCase(case="r.0", reason="HARM_AGAIN"))
    case = world.case("r.0")
    assert case.assessment is not None
    withheld = {each.who for each in case.assessment.not_told}
    assert {"VILLAGE", "TOWNSHIP", "ENTRUSTED_CARER"} <= withheld
    assert not {Department.VILLAGE, Department.TOWNSHIP} & set(case.ladders)
    assert world.replayed() == world.state


def test_an_assessment_does_not_speak_for_facts_that_came_after_it(world: CoreWorld) -> None:
    world.file(
        child("LEFT_ALONE", age=5), report_id="r", guardians=[GuardianFacts(relation="MOTHER", status=("ABLE",))]
    )
    world.safe_return("r.0")
    world.file(
        child("PHYSICAL_ABUSE", injury="SERIOUS", age=5),
        report_id="r2",
        receipt=RECEIPT,
        alleged_person=AllegedFacts(relation=Relation.MOTHER),
    )
    close = asked.CloseCase(case="r.0", reason=CloseReason.RETURNED_ASSESSED)
    assert refusal(world.order("officer", close)) == "NO_SAFE_CUSTODY"
    world.safe_return("r.0")
    assert refusal(world.order("officer", close)) is None


def test_a_child_brought_into_the_household_of_the_alleged_person_is_told_on_at_once(world: CoreWorld) -> None:
    world.add(place("home", PlacementType.KIN, household_of=("FATHER",)))
    world.file(
        child("PHYSICAL_ABUSE", injury="MINOR"), report_id="r", alleged_person=AllegedFacts(relation=Relation.FATHER)
    )
    body = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0, place_id="home")
    decision = world.order("officer", body)
    assert refusal(decision) is None
    assert [alert.reason for alert in of(decision, AlertRequested)] == ["PLACE_NOT_FIT"]


def test_the_brother_of_a_child_who_died_is_seen_at_once_and_the_village_is_left_out(world: CoreWorld) -> None:
    world.file(child("PHYSICAL_ABUSE", injury="DEATH"), child(age=4), report_id="r")
    brother = world.case("r.1")
    assert brother.level is Level.S1
    assert Department.VILLAGE not in brother.ladders


def test_more_facts_to_an_undecidable_filing_are_decided_and_leave_its_first_report_to_be_decided_again(
    world: CoreWorld,
) -> None:
    first = ReportFiled(
        report_id="r",
        receipt=RECEIPT,
        space="test",
        county=COUNTY,
        filed_at_ms=T0,
        facts=ReportFacts(children=(child("ABANDONED"), child("ABANDONED"))),
    )
    world.give_undecidable(ReportInput(first, T0))
    world.file(child("DROPOUT", age=15), report_id="r2", receipt=RECEIPT)
    assert world.case("r.0").undecidable is not None
    assert "r.0" in world.case("r2.0").linked
    body = asked.Redecide(case="r.0")
    command = asked.Command(
        command_id="again",
        space="test",
        county=COUNTY,
        actor=ACTORS["officer"],
        issued_at_ms=T0,
        body=body,
        kid="desk",
    )
    decision = world.give(CommandInput(command, T0, signed=True, report=ReportInput(first, T0)))
    assert refusal(decision) is None
    assert [world.case(name).facts.children[0].concerns for name in ("r.0", "r.1")] == [("ABANDONED",), ("ABANDONED",)]


def test_the_facts_of_a_duplicate_are_not_lost_with_it(world: CoreWorld) -> None:
    world.file(child("DROPOUT", age=15), report_id="a")
    world.file(child("SEXUAL_ABUSE", age=15), report_id="b")
    assert (world.case("a.0").level, world.case("b.0").level) == (Level.S3, Level.S1)
    body = asked.CloseCase(case="b.0", reason=CloseReason.DUPLICATE, duplicate_of="a.0")
    decision = world.order("officer", body)
    assert refusal(decision) is None
    assert world.case("a.0").level is Level.S1
    assert POLICE in {alert.department for alert in of(decision, AlertRequested)}
    assert world.replayed() == world.state


def test_a_village_is_not_reached_through_a_township_that_is_left_out(world: CoreWorld) -> None:
    alleged = AllegedFacts(relation=Relation.NEIGHBOUR, office=True)
    world.file(child("PHYSICAL_ABUSE"), report_id="r", alleged_person=alleged)
    tell = asked.TellDepartment(case="r.0", department=Department.VILLAGE, reason="NEEDED_ON_THE_SPOT")
    decision = world.order("officer", tell)
    assert refusal(decision) is None
    later = [*of(decision, AlertRequested), *of(world.passes(2 * DAY), AlertRequested)]
    by_village = {alert.department for alert in later if alert.ladder is Department.VILLAGE}
    assert by_village == {CIVIL}
    assert Department.TOWNSHIP not in {alert.department for alert in later}


def test_who_is_left_out_is_not_the_last_who_is_told_either(law: Policy) -> None:
    world = CoreWorld(policy=law)
    world.order("operator", asked.SetContact(contact=contact("TOWNSHIP", "DUTY")))
    heard = of(world.file(child("PHYSICAL_ABUSE"), report_id="q"), AlertRequested)
    assert {alert.department for alert in heard} == {Department.TOWNSHIP}
    unheard = world.file(child("PHYSICAL_ABUSE"), report_id="r", implicated=[ImplicatedUnit()])
    assert of(unheard, AlertRequested) == []
    assert stand_ins.untold(world.case("r.0"))
