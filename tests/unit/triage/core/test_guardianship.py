"""Guardianship: the order of art. 27, disqualifiers, disputes, kin at night, organs, the county of registration."""

import pytest

from services.triage.core.policy import Policy, parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AnswerCode
from shared.contracts.events import (
    ClockMet,
    DisputeRecorded,
    DomicileNoticeDue,
    DomicileTold,
    GuardiansRanked,
    MeasureProposed,
    PlaceHeld,
    PlaceReleased,
)
from shared.contracts.reports import AllegedFacts, GuardianFacts
from shared.contracts.vocabulary import (
    Department,
    DisputeAbout,
    Disqualifier,
    GuardianStatus,
    Holder,
    InstitutionType,
    KinCheck,
    Measure,
    MeasureStatus,
    Organ,
    PlacementType,
    Relation,
)
from tests.support.triage_core import COUNTY, HOUR, T0, CoreWorld, child, contact, of, place, refusal

ELSEWHERE = "520322"
GONE = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.DECEASED,))
ABLE_FATHER = GuardianFacts(relation=Relation.FATHER, status=(GuardianStatus.ABLE,))


@pytest.fixture(scope="module")
def law() -> Policy:
    return parse_policy(load_policy_texts())


@pytest.fixture
def world(law: Policy) -> CoreWorld:
    return CoreWorld(policy=law).staff()


def kin(name: str, relation: str, **more: object) -> asked.AddKinCandidate:
    terms = {"case": "r.0", "candidate_id": name, "relation": relation, "willing": True, "checked": True}
    return asked.AddKinCandidate.model_validate({**terms, "disqualified": False, **more})


def last_ranking(world: CoreWorld) -> list[tuple[str, int, bool, str]]:
    ranked = of([event for event, _ in world.log], GuardiansRanked)[-1]
    return [(each.candidate_id, each.rank, each.fit, each.why) for each in ranked.ranking]


def test_the_order_is_parents_grandparents_elder_siblings_then_others_with_consent(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    world.order("officer", kin("aunt", "AUNT_UNCLE"))
    world.order("officer", kin("brother", "SIBLING", adult=True))
    world.order("officer", kin("sister", "SIBLING", adult=False))
    world.order("officer", kin("granny", "GRANDPARENT"))
    assert last_ranking(world) == [
        ("guardian-0", 0, False, "PARENT_UNABLE"),
        ("granny", 1, True, "GRANDPARENT_FIRST"),
        ("brother", 2, True, "ELDER_SIBLING"),
        ("sister", 2, False, "NOT_ADULT"),
        ("aunt", 3, False, "CONSENT_MISSING"),
    ]
    world.order("officer", kin("aunt", "AUNT_UNCLE", consent_by=Organ.VILLAGE_COMMITTEE))
    assert ("aunt", 3, True, "WILLING_WITH_CONSENT") in last_ranking(world)
    ranked = of([event for event, _ in world.log], GuardiansRanked)[-1].ranking
    assert [each.citation for each in ranked if each.fit] == [
        "民法典第二十七条第二款第一项",
        "民法典第二十七条第二款第二项",
        "民法典第二十七条第二款第三项",
    ]


def test_an_able_parent_comes_before_all_and_an_alleged_one_never(world: CoreWorld) -> None:
    harmful = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.ABUSIVE,))
    world.file(
        child("PHYSICAL_ABUSE"),
        report_id="r",
        guardians=[harmful, ABLE_FATHER],
        alleged_person=AllegedFacts(relation=Relation.MOTHER),
    )
    world.order("officer", kin("granny", "GRANDPARENT", household_of_alleged=False))
    first, second, third = last_ranking(world)
    assert first == ("guardian-1", 0, True, "PARENT_FIRST")
    assert second == ("guardian-0", 0, False, "ALLEGED")
    assert third == ("granny", 1, True, "GRANDPARENT_FIRST")


@pytest.mark.parametrize("item", list(Disqualifier))
def test_one_disqualifier_is_enough_whatever_else_was_ticked(world: CoreWorld, item: Disqualifier) -> None:
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    decision = world.order("officer", kin("granny", "GRANDPARENT", disqualified=False, disqualifiers=(item,)))
    assert of(decision, PlaceHeld) == []
    (ranked,) = of(decision, GuardiansRanked)
    granny = ranked.ranking[-1]
    assert (granny.fit, granny.why, granny.disqualifiers) == (False, "DISQUALIFIED", (item,))
    assert granny.citation == "未成年人保护法第二十二条第二款"


def test_grandparents_are_the_place_before_other_relatives(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    world.order("officer", asked.RecordDispute(case="r.0", about=DisputeAbout.CARE))
    world.order("officer", kin("aunt", "AUNT_UNCLE", consent_by=Organ.VILLAGE_COMMITTEE))
    world.order("officer", kin("granny", "GRANDPARENT"))
    assert world.case("r.0").hold is None
    world.order("officer", asked.RecordDispute(case="r.0", about=DisputeAbout.CARE, resolved=True))
    assert world.case("r.0").hold == "granny"


def test_kin_found_at_night_takes_the_child_at_once_and_is_checked_again_by_day(world: CoreWorld) -> None:
    world.add(place("home"))
    night = T0 + 14 * HOUR
    world.until(night)
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    assert world.case("r.0").hold == "home"
    checks = (KinCheck.IDENTITY_AND_RELATION, KinCheck.WILLING_IN_PERSON, KinCheck.POLICE_RECORD)
    added = world.order("officer", kin("granny", "GRANDPARENT", checks=checks))
    assert [(event.place_id, event.reason) for event in of(added, PlaceReleased)] == [("home", "KIN_FOUND")]
    assert world.case("r.0").hold == "granny"
    into = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=world.now_ms, place_id="granny")
    moved = world.order("officer", into)
    assert any("HOME_SEEN" in why and "CHILD_HEARD" in why for why in moved.why)
    clock = world.case("r.0").clocks["KIN_RECHECK"]
    assert clock.due_at_ms == T0 + 35 * HOUR  # 20:00 of the next day: T0 is 09:00
    seen_before = asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms - HOUR)
    assert "KIN_RECHECK" not in {met.clock for met in of(world.order("officer", seen_before), ClockMet)}
    world.passes(11 * HOUR)
    seen = asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms)
    assert "KIN_RECHECK" in {met.clock for met in of(world.order("officer", seen), ClockMet)}


def test_kin_do_not_part_a_child_from_its_brother_in_the_same_institution(world: CoreWorld) -> None:
    world.add(place("home", capacity=2))
    world.file(child("ABANDONED"), child("ABANDONED", age=9), report_id="r", guardians=[GONE])
    world.order("officer", kin("granny", "GRANDPARENT"))
    assert (world.case("r.0").hold, world.case("r.1").hold) == ("home", "home")


def test_the_child_with_a_relative_of_whom_nothing_is_known_is_told_at_once(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    moved = world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0))
    assert "KIN_NOT_CHECKED" in {alert.reason for alert in of(moved, AlertRequested)}
    assert "KIN_RECHECK" in world.case("r.0").clocks


def test_a_dispute_about_money_makes_civil_affairs_the_organ_and_leaves_out_who_is_in_it(world: CoreWorld) -> None:
    world.file(child("OTHER"), report_id="r", guardians=[GONE], custody_now={"holder": "KIN"})
    world.order("officer", kin("aunt", "AUNT_UNCLE", consent_by=Organ.CIVIL_AFFAIRS))
    world.order("officer", kin("granny", "GRANDPARENT"))
    quarrel = asked.RecordDispute(case="r.0", about=DisputeAbout.MONEY, candidates=("aunt",))
    decision = world.order("officer", quarrel)
    assert of(decision, DisputeRecorded)[0].about is DisputeAbout.MONEY
    assert ("aunt", 3, False, "IN_DISPUTE") in last_ranking(world)
    assert ("granny", 1, True, "GRANDPARENT_FIRST") in last_ranking(world)
    case = world.case("r.0")
    assert case.assessment is not None
    assert case.assessment.measure.organ is Organ.CIVIL_AFFAIRS
    assert "民法典第三十一条" in case.assessment.measure.source.citation
    assert case.assessment.measure.ground == "TG-7"


def test_a_dispute_turns_temporary_care_into_a_guardianship_by_civil_affairs(world: CoreWorld) -> None:
    world.add(place("home"))
    away = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.UNKNOWN,))
    world.file(child("EMERGENCY_GAP"), report_id="r", guardians=[away])
    measure = world.case("r.0").measure
    assert measure is not None
    assert (measure.measure, measure.status) == (Measure.TEMP_CARE, MeasureStatus.IN_EFFECT)
    decision = world.order("signatory", asked.RecordDispute(case="r.0", about=DisputeAbout.GUARDIANSHIP))
    (proposed,) = of(decision, MeasureProposed)
    assert (proposed.measure, proposed.organ, proposed.ground) == ("TEMP_GUARDIANSHIP", "CIVIL_AFFAIRS", "TG-7")
    again = asked.RecordDispute(case="r.0", about=DisputeAbout.GUARDIANSHIP, resolved=True)
    assert refusal(world.order("officer", again)) is None
    assert world.case("r.0").dispute is None
    assert refusal(world.order("officer", again)) == "NO_DISPUTE"


def test_a_dispute_in_which_nobody_is_named_leaves_out_every_relative(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r", guardians=[GONE])
    world.order("officer", kin("granny", "GRANDPARENT"))
    assert world.case("r.0").hold == "granny"
    world.add(place("home"))
    world.order("officer", asked.RecordDispute(case="r.0", about=DisputeAbout.MONEY))
    assert world.case("r.0").hold == "home"


@pytest.mark.parametrize(
    ("reporter", "organ"),
    [
        (InstitutionType.VILLAGE_COMMITTEE, Organ.VILLAGE_COMMITTEE),
        (InstitutionType.RESIDENT_COMMITTEE, Organ.RESIDENT_COMMITTEE),
        (InstitutionType.PRIMARY_SCHOOL, Organ.CIVIL_AFFAIRS),
    ],
)
def test_care_is_arranged_by_the_committee_that_has_the_child(
    world: CoreWorld, reporter: InstitutionType, organ: Organ
) -> None:
    world.file(
        child("EMERGENCY_GAP"),
        report_id="r",
        institution={"type": reporter},
        custody_now={"holder": "VILLAGE"},
        guardians=[GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.UNKNOWN,))],
    )
    measure = world.case("r.0").measure
    assert measure is not None
    assert (measure.measure, measure.organ) == (Measure.TEMP_CARE, organ)
    assert "民法典第三十四条第四款" in measure.source.citation


def test_a_committee_said_to_be_in_conflict_arranges_nothing(world: CoreWorld) -> None:
    world.file(
        child("EMERGENCY_GAP"),
        report_id="r",
        institution={"type": "VILLAGE_COMMITTEE"},
        custody_now={"holder": "VILLAGE"},
        implicated=[{"unit_type": "VILLAGE_COMMITTEE"}],
    )
    measure = world.case("r.0").measure
    assert measure is not None
    assert measure.organ is Organ.CIVIL_AFFAIRS
    assert PlacementType.VILLAGE_CARE not in measure.placement_order


def abroad(world: CoreWorld, *, office: bool) -> tuple[DomicileNoticeDue, list[AlertRequested]]:
    if office:
        known = contact("CIVIL_AFFAIRS", "DUTY_1", ELSEWHERE).model_copy(update={"contact_id": "elsewhere-duty"})
        world.order("operator", asked.SetContact(contact=known))
    filed = world.file(child("ABANDONED", domicile_area_code=ELSEWHERE), report_id="r", guardians=[GONE])
    (due,) = of(filed, DomicileNoticeDue)
    return due, [alert for alert in of(filed, AlertRequested) if alert.reason == "DOMICILE"]


def test_the_county_of_registration_is_alerted_and_its_answer_silences_nobody_here(world: CoreWorld) -> None:
    due, (alert,) = abroad(world, office=True)
    assert (due.domicile_county, due.contacts) == (ELSEWHERE, ("elsewhere-duty",))
    assert (alert.contact_ids, alert.county) == (("elsewhere-duty",), COUNTY)
    answered = world.answer(alert)
    assert of(answered, DomicileTold)[0].domicile_county == ELSEWHERE
    case = world.case("r.0")
    assert case.ladders[Department.CIVIL_AFFAIRS].acknowledged_by is None
    assert case.clocks["DOMICILE_NOTICE"].met
    told = asked.RecordDomicileTold(case="r.0", domicile_county=ELSEWHERE)
    assert refusal(world.order("officer", told)) == "ALREADY_TOLD"


def test_our_own_acknowledgement_does_not_take_the_notice_back(world: CoreWorld) -> None:
    _, (alert,) = abroad(world, office=True)
    world.order("officer", asked.Acknowledge(case="r.0"))
    assert alert.alert_id in world.case("r.0").alerts


def test_without_a_known_office_an_officer_tells_it_and_the_clock_climbs_until_then(world: CoreWorld) -> None:
    due, alerts = abroad(world, office=False)
    assert (due.contacts, alerts) == ((), [])
    world.order("officer", asked.Dispatch(case="r.0"))
    later = world.until(T0 + 25 * HOUR)
    assert "BREACH.DOMICILE_NOTICE" in {alert.reason for alert in of(later, AlertRequested)}
    told = asked.RecordDomicileTold(case="r.0", domicile_county="520323")
    assert refusal(world.order("officer", told)) == "OTHER_COUNTY"
    told = asked.RecordDomicileTold(case="r.0", domicile_county=ELSEWHERE, reference="CALL-1")
    assert refusal(world.order("officer", told)) is None
    assert world.case("r.0").clocks["DOMICILE_NOTICE"].met


@pytest.mark.parametrize("how", ["FAILED", "DECLINE"])
def test_a_notice_that_comes_back_is_an_officers_task(world: CoreWorld, how: str) -> None:
    _, (alert,) = abroad(world, office=True)
    back = world.settle(alert, AlertResult.FAILED) if how == "FAILED" else world.answer(alert, AnswerCode.DECLINE)
    reasons = {each.reason for each in of(back, AlertRequested)}
    assert reasons & {"DOMICILE_NOT_REACHED", "DOMICILE_DECLINED"}
    assert not world.case("r.0").clocks["DOMICILE_NOTICE"].met


def test_a_child_of_this_county_or_without_a_measure_needs_no_notice(world: CoreWorld) -> None:
    filed = world.file(child("ABANDONED", domicile_area_code=COUNTY), report_id="r", guardians=[GONE])
    assert of(filed, DomicileNoticeDue) == []
    filed = world.file(child("DROPOUT", domicile_area_code=ELSEWHERE, age=15), report_id="q")
    assert of(filed, DomicileNoticeDue) == []
