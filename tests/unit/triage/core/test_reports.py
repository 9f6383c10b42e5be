"""Reports become cases, and more facts join them."""

import pytest

from services.triage.core.assessing import ASSESSED_AT_ONCE_MAX
from services.triage.core.custody import safe_for_now
from services.triage.core.inputs import DeadlineInput, ReportInput, UnreadableInput
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, FeedbackDue
from shared.contracts.events import (
    CaseAssessed,
    CaseOpened,
    CaseUndecidable,
    CustodySet,
    InputUndecidable,
    LevelSet,
    MeasureEnded,
    MeasureProposed,
    PlaceReleased,
    ReportJoined,
    ReportRepeated,
)
from shared.contracts.reports import ReportFacts, ReportFiled
from shared.contracts.vocabulary import (
    CaseState,
    CloseReason,
    Concern,
    EndReason,
    FeedbackStatus,
    GuardianStatus,
    Holder,
    Injury,
    Level,
    Sex,
)
from tests.support.fake_policy import FakePolicy
from tests.support.triage_core import COUNTY, DAY, MINUTE, T0, CoreWorld, child, custody, of, place, refusal, told


def test_a_report_opens_a_case_with_level_custody_clocks_ladders_and_feedback() -> None:
    world = CoreWorld().staff()
    decision = world.file(child("ABANDONED"), report_id="r", custody_now=custody(Holder.SCHOOL))
    case = world.case("r.0")
    assert case.level is Level.S1
    assert case.state is CaseState.TRIAGED
    assert of(decision, CustodySet)[0].holder is Holder.SCHOOL
    assert {("POLICE", "D1"), ("CIVIL_AFFAIRS", "E1"), ("VILLAGE", "E0")} == set(told(decision))
    assert set(case.clocks) == {"SEEN", "DECISION", "FIRST_REVIEW", "FEEDBACK"}
    (feedback,) = of(decision, FeedbackDue)
    assert feedback.status is FeedbackStatus.RECEIVED
    assert [each.code for each in feedback.instructions] == ["STAY"]


def test_an_empty_filing_opens_a_case_with_unknown_custody() -> None:
    world = CoreWorld().staff()
    decision = world.file(report_id="r")
    assert world.case("r.0").level is Level.S4
    assert of(decision, CustodySet)[0].holder is Holder.UNKNOWN


def test_each_child_gets_a_case_linked_to_the_others_and_holding_only_its_own_facts() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED", age=3), child("DROPOUT", age=13), report_id="r")
    first, second = world.case("r.0"), world.case("r.1")
    assert first.linked == ("r.1",)
    assert second.linked == ("r.0",)
    assert [one.age_years for one in second.facts.children] == [13]
    assert (first.level, second.level) == (Level.S1, Level.S3)


def test_the_same_filing_again_changes_nothing() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    before = world.state
    decision = world.file(child("ABANDONED"), report_id="r")
    assert [type(event) for event in decision.events] == [ReportRepeated]
    assert world.state.case("r.0") is before.case("r.0")


@pytest.mark.parametrize("known_by", ["receipt", "report_id", "adds_to"])
def test_more_facts_join_the_cases_of_the_filing(known_by: str) -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="receipt-1")
    message = ReportFiled(
        report_id="r" if known_by == "report_id" else "r-2",
        receipt="receipt-1" if known_by == "receipt" else "receipt-2",
        adds_to="r" if known_by == "adds_to" else None,
        space="test",
        county=COUNTY,
        filed_at_ms=T0,
        facts=ReportFacts(children=(child("PHYSICAL_ABUSE"),)),
    )
    decision = world.give(ReportInput(message, world.now_ms))
    assert of(decision, CaseOpened) == []
    (joined,) = of(decision, ReportJoined)
    assert joined.facts.children[0].concerns == (Concern.DROPOUT, Concern.PHYSICAL_ABUSE)
    assert world.case("r.0").level is Level.S1
    assert [(event.before, event.level) for event in of(decision, LevelSet)] == [(Level.S3, Level.S1)]


def test_a_supplement_never_lowers_the_level_and_never_makes_a_fact_unknown() -> None:
    world = CoreWorld().staff()
    world.file(
        child("ABANDONED", injury=Injury.SERIOUS),
        report_id="r",
        receipt="x",
        guardians=[{"relation": "FATHER", "status": ["ABUSIVE"]}],
        safety={"alone_now": True},
    )
    world.file(
        child("DROPOUT", age=None, sex=None),
        report_id="r-2",
        receipt="x",
        guardians=[{"relation": "FATHER", "status": ["UNKNOWN"]}, {"relation": "MOTHER", "status": ["ABLE"]}],
    )
    case = world.case("r.0")
    ours = case.facts.children[0]
    assert case.level is Level.S1
    assert (ours.age_years, ours.injury) == (6, Injury.SERIOUS)
    assert [person.status for person in case.facts.guardians] == [(GuardianStatus.ABUSIVE,), (GuardianStatus.ABLE,)]
    assert case.facts.safety.alone_now is True


def test_a_child_more_in_a_supplement_is_a_case_more() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x")
    decision = world.file(child("DROPOUT"), child("ABANDONED", age=2), report_id="r-2", receipt="x")
    (opened,) = of(decision, CaseOpened)
    assert (opened.case, opened.linked) == ("r-2.1", ("r.0",))
    assert world.case("r.0").linked == ("r-2.1",)


def test_an_addition_to_an_unknown_filing_opens_a_case_of_its_own() -> None:
    world = CoreWorld().staff()
    message = ReportFiled(
        report_id="late",
        receipt="never-seen",
        adds_to="never-seen-either",
        space="test",
        county=COUNTY,
        filed_at_ms=T0,
        facts=ReportFacts(children=(child("ABANDONED"),)),
    )
    assert of(world.give(ReportInput(message, T0)), CaseOpened)[0].case == "late.0"


def test_an_addition_to_a_closed_case_opens_a_new_one_raised_and_linked() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x")
    world.safe_return("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    decision = world.file(child("DROPOUT"), report_id="r-2", receipt="x")
    (opened,) = of(decision, CaseOpened)
    assert opened.linked == ("r.0",)
    assert world.case("r-2.0").level is Level.S2


def test_a_report_forgotten_after_its_case_closed_opens_a_case_with_another_id() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x")
    world.safe_return("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    world.passes(40 * DAY)
    world.file(child("DROPOUT"), report_id="other")
    assert "r" not in world.state.reports
    world.file(child("DROPOUT"), report_id="r", receipt="x")
    assert world.case("r.0.2").level is Level.S3


def test_a_report_is_remembered_as_long_as_its_case_is_open() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x")
    for _ in range(4):
        world.passes(20 * DAY)
        world.file(child("DROPOUT"))
    assert "r" in world.state.reports
    decision = world.file(child("ABANDONED"), report_id="r-2", receipt="x")
    assert of(decision, ReportJoined)[0].case == "r.0"


@pytest.mark.parametrize("proved", [True, False])
def test_a_death_that_is_reported_ends_nothing_and_an_officer_is_asked(*, proved: bool) -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child("ABANDONED"), report_id="r", receipt="x")
    assert world.case("r.0").hold == "home"
    filer = {"type": "HOSPITAL", "authenticated": proved}
    said = world.file(child("ABANDONED", injury=Injury.DEATH), report_id="r-2", receipt="x", institution=filer)
    assert "DEATH_SAID" in {alert.reason for alert in of(said, AlertRequested)}
    case = world.case("r.0")
    assert (case.hold, case.measure_active, case.level) == ("home", True, Level.S1)
    assert case.facts.children[0].injury is (Injury.DEATH if proved else Injury.LIFE_THREATENING)
    assert refusal(world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.DIED))) == "NOT_RECORDED_DEAD"


def test_a_death_that_another_official_has_recorded_closes_the_case_and_frees_the_bed() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child("ABANDONED"), report_id="r", receipt="x")
    died = asked.RecordChildSeen(case="r.0", seen_at_ms=T0, dead=True)
    close = asked.CloseCase(case="r.0", reason=CloseReason.DIED)
    assert refusal(world.order("township", died)) == "ROLE"
    assert refusal(world.order("officer", died)) is None
    assert world.case("r.0").hold == "home"
    assert refusal(world.order("officer", close)) == "SECOND_PERSON"
    world.order("police", asked.RecordChildSeen(case="r.0", seen_at_ms=T0))
    assert world.case("r.0").facts.children[0].injury is Injury.LIFE_THREATENING
    assert refusal(world.order("officer2", close)) == "NOT_RECORDED_DEAD"
    world.order("officer", died)
    closed = world.order("officer2", close)
    assert [event.reason for event in of(closed, MeasureEnded)] == [EndReason.DIED]
    assert of(closed, PlaceReleased)


def test_a_child_said_to_be_dead_is_living_by_a_proved_word_and_never_weaker_for_it() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED", injury=Injury.DEATH), report_id="r", receipt="x")
    world.file(child(injury=Injury.NONE), report_id="r-2", receipt="x")
    assert world.case("r.0").facts.children[0].injury is Injury.DEATH
    hospital = {"type": "HOSPITAL", "authenticated": True}
    said = world.file(child(injury=Injury.NONE), report_id="r-3", receipt="x", institution=hospital)
    assert "FACTS_CONTRADICT" in {alert.reason for alert in of(said, AlertRequested)}
    assert world.case("r.0").facts.children[0].injury is Injury.LIFE_THREATENING
    assert world.case("r.0").measure_active


def test_nobody_unproved_replaces_the_age_and_the_sex_that_are_known() -> None:
    world = CoreWorld().staff()
    world.add(place("nursery", age_years_max=6, sexes=("F",)))
    world.file(child("ABANDONED", age=4), report_id="r", receipt="x")
    assert world.case("r.0").hold == "nursery"
    said = world.file(child(age=17, sex=Sex.M), report_id="r-2", receipt="x", institution={"type": "PUBLIC"})
    assert "FACTS_CONTRADICT" in {alert.reason for alert in of(said, AlertRequested)}
    known = world.case("r.0").facts.children[0]
    assert (known.age_years, known.sex, world.case("r.0").hold) == (4, Sex.F, "nursery")
    world.file(child(age=3), report_id="r-3", receipt="x", institution={"type": "PUBLIC"})
    assert world.case("r.0").facts.children[0].age_years == 3
    proved = {"type": "HOSPITAL", "authenticated": True}
    world.file(child(age=9, sex=Sex.M), report_id="r-4", receipt="x", institution=proved)
    known = world.case("r.0").facts.children[0]
    assert (known.age_years, known.sex) == (9, Sex.M)


def test_no_unproved_word_makes_a_child_safe_for_now() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", receipt="x", custody_now=custody(Holder.NOBODY))
    world.file(child(), report_id="r-2", receipt="x", custody_now=custody(Holder.HOSPITAL))
    assert not safe_for_now(world.case("r.0"))
    hospital = {"type": "HOSPITAL", "authenticated": True}
    said = custody(Holder.HOSPITAL)
    world.file(child(), report_id="r-3", receipt="x", custody_now=said, institution=hospital)
    assert safe_for_now(world.case("r.0"))


def test_a_report_with_twenty_children_is_decided_in_several_records_at_once() -> None:
    world = CoreWorld().staff()
    world.add(place("home", capacity=20))
    decision = world.file(*(child("ABANDONED", age=age % 18) for age in range(20)), report_id="r")
    assert len(of(decision, CaseOpened)) == 20
    assert len(of(decision, CaseAssessed)) == ASSESSED_AT_ONCE_MAX
    later = world.until(world.now_ms)
    assert len(of(later, CaseAssessed)) == 20 - ASSESSED_AT_ONCE_MAX
    assert len(of(decision, MeasureProposed)) + len(of(later, MeasureProposed)) == 20
    assert {world.case(f"r.{number}").hold for number in range(20)} == {"home"}
    assert len([1 for department, step in told([*decision.events, *later]) if step == "E1"]) == 20


def test_a_supplement_to_twenty_children_is_decided_in_several_records_at_once() -> None:
    world = CoreWorld().staff()
    world.file(*(child("DROPOUT") for _ in range(20)), report_id="r", receipt="x")
    world.until(world.now_ms)
    decision = world.file(*(child("ABANDONED") for _ in range(20)), report_id="r-2", receipt="x")
    assert len(of(decision, ReportJoined)) == 20
    world.until(world.now_ms)
    assert {world.case(f"r.{number}").level for number in range(20)} == {Level.S1}


def test_a_policy_that_fails_leads_to_a_case_for_a_human_at_the_highest_level() -> None:
    world = CoreWorld(policy=FakePolicy(fails_on=Concern.OTHER)).staff()
    message = ReportFiled(
        report_id="bad", receipt="bad", space="test", county=COUNTY, filed_at_ms=T0,
        facts=ReportFacts(children=(child("OTHER"), child("DROPOUT"))),
    )  # fmt: skip
    given = ReportInput(message, T0)
    with pytest.raises(ValueError, match="rule"):
        world.give(given)
    decision = world.give_undecidable(given)
    case = world.case("bad.0")
    assert of(decision, CaseUndecidable)[0].error == "ValueError"
    assert (case.level, case.state) == (Level.S1, CaseState.UNDECIDABLE)
    assert told(decision) == [("CIVIL_AFFAIRS", "E1")]
    assert ("CIVIL_AFFAIRS", "E2") in told(world.passes(20 * MINUTE))
    assert of(world.give(given), ReportRepeated)


def test_unreadable_bytes_open_a_case_only_on_reports() -> None:
    world = CoreWorld().staff()
    decision = world.give(UnreadableInput("reports", 7, "e" * 64, "NOT_JSON", COUNTY, T0))
    (opened,) = of(decision, CaseUndecidable)
    assert (opened.offset, world.case(opened.case).level) == (7, Level.S1)
    decision = world.give(UnreadableInput("commands", 7, "e" * 64, "NOT_JSON", COUNTY, T0))
    assert [type(event) for event in decision.events] == [InputUndecidable]


def test_a_deadline_cannot_be_undecidable() -> None:
    world = CoreWorld()
    with pytest.raises(ValueError, match="deadline"):
        world.give_undecidable(DeadlineInput("x", T0))
