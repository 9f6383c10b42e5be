"""Nobody serves a county, or no rung of a ladder is staffed: the case is told all the same, once for each moment."""

import pytest

from services.triage.core import stand_ins
from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult
from shared.contracts.events import DepartmentAcknowledged, RungReached
from shared.contracts.reports import ImplicatedUnit, InstitutionFacts
from shared.contracts.vocabulary import Department, InstitutionType
from tests.support.triage_core import (
    COUNTY,
    HOUR,
    MINUTE,
    T0,
    UNKNOWN,
    CoreWorld,
    child,
    contact,
    of,
    place,
    refusal,
    told,
)

ELSEWHERE = "110101"
CIVIL = Department.CIVIL_AFFAIRS
POLICE = Department.POLICE


def alerts(events: object) -> list[tuple[str, tuple[str, ...], str | None, str]]:
    return [(e.department.value, e.contact_ids, e.contacts_of, e.reason) for e in of(events, AlertRequested)]  # type: ignore[arg-type]


def test_a_county_that_nobody_serves_is_told_to_the_desk_once_with_the_reason() -> None:
    world = CoreWorld().desk()
    decision = world.file(child("ABANDONED", area_code=None), report_id="r", county=ELSEWHERE)
    assert alerts(decision) == [("CIVIL_AFFAIRS", ("desk-civil_affairs",), UNKNOWN, "COUNTY_NOT_SERVED")]
    stood_in = [e for e in of(decision, RungReached) if e.stand_in is not None]
    assert {(e.department, e.stand_in, e.contacts_of) for e in stood_in} == {
        (POLICE, CIVIL, UNKNOWN),
        (CIVIL, CIVIL, UNKNOWN),
    }
    assert sorted(e.reason for e in stood_in) == ["COUNTY_NOT_SERVED", "TOLD_ALREADY"]
    assert any("COUNTY_NOT_SERVED" in sentence for sentence in decision.why)
    assert not stand_ins.untold(world.case("r.0"))


def test_the_desk_is_reminded_once_for_each_repetition_until_it_takes_the_case_over() -> None:
    world = CoreWorld().desk()
    world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    assert len(told(world.until(T0 + 70 * MINUTE))) == 2
    decision = world.answer(next(e for e, _ in world.log if isinstance(e, AlertRequested)))
    assert [e.department for e in of(decision, DepartmentAcknowledged)] == [CIVIL]
    assert told(world.passes(25 * MINUTE)) == [], "the desk has the case: it is not told in the police's place"
    assert told(world.passes(6 * MINUTE)) != [], "acknowledged, and nobody was sent"


def test_a_department_of_the_desk_is_told_of_its_own_ladder() -> None:
    world = CoreWorld().desk("CIVIL_AFFAIRS", "POLICE")
    decision = world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    assert {(department, names) for department, names, _, _ in alerts(decision)} == {
        ("CIVIL_AFFAIRS", ("desk-civil_affairs",)),
        ("POLICE", ("desk-police",)),
    }


def test_new_facts_reach_a_desk_that_has_taken_the_case_over() -> None:
    world = CoreWorld().desk()
    world.file(child("ABANDONED"), report_id="r", receipt="x", county=ELSEWHERE)
    world.order("desk", asked.Acknowledge(case="r.0"), county=ELSEWHERE)
    world.passes(MINUTE)
    decision = world.file(child("PHYSICAL_ABUSE"), report_id="r2", receipt="x", county=ELSEWHERE)
    assert [department for department, _, _, _ in alerts(decision)] == ["CIVIL_AFFAIRS"]


def test_a_county_that_gets_a_rota_is_told_at_once_although_the_desk_was() -> None:
    world = CoreWorld().desk()
    world.file(child("ABANDONED"), report_id="r")
    decision = world.order("operator", asked.SetContact(contact=contact("CIVIL_AFFAIRS", "DUTY_1")))
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)
    assert [e.contacts_of for e in of(decision, AlertRequested)] == [None]


def test_a_served_county_without_anybody_for_a_ladder_tells_its_own_civil_affairs_first() -> None:
    world = CoreWorld().desk().staff(without=("STATION", "COMMAND", "LEADER"))
    decision = world.file(child("ABANDONED"), report_id="r")
    fallen = [e for e in of(decision, AlertRequested) if e.ladder is POLICE]
    assert [(e.department, e.reason, e.contacts_of) for e in fallen] == [(CIVIL, "NO_RUNG_STAFFED", None)]


def test_a_county_with_police_alone_has_its_civil_affairs_told_at_the_desk() -> None:
    world = CoreWorld().desk()
    world.order("operator", asked.SetContact(contact=contact("POLICE", "COMMAND")))
    decision = world.file(child("ABANDONED"), report_id="r")
    assert set(alerts(decision)) == {
        ("CIVIL_AFFAIRS", ("desk-civil_affairs",), UNKNOWN, "FALLBACK_DESK"),
        ("POLICE", ("police-command",), None, "LADDER"),
    }


def test_without_any_desk_the_case_is_untold_and_tries_again_until_there_is_one() -> None:
    world = CoreWorld()
    world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    assert stand_ins.untold(world.case("r.0"))
    assert told(world.until(T0 + 3 * HOUR)) == []
    world.desk()
    assert ("CIVIL_AFFAIRS", ("desk-civil_affairs",), UNKNOWN, "COUNTY_NOT_SERVED") in alerts(world.passes(10 * MINUTE))
    assert not stand_ins.untold(world.case("r.0"))


def test_at_last_whoever_is_registered_at_all_is_told_and_its_answer_counts() -> None:
    world = CoreWorld().desk("HEALTH")
    decision = world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    (alert,) = of(decision, AlertRequested)
    assert (alert.department, alert.ladder) == (Department.HEALTH, CIVIL)
    assert [e.department for e in of(world.answer(alert), DepartmentAcknowledged)] == [CIVIL]


def test_an_implicated_unit_does_not_stand_in() -> None:
    world = CoreWorld()
    world.order("operator", asked.SetContact(contact=contact("RESCUE_INST", "HEAD")))
    unit = ImplicatedUnit(unit_id="rescue_inst-head")
    decision = world.file(child("ABANDONED"), report_id="r", implicated=(unit,))
    assert told(decision) == []


def test_who_filed_and_the_village_do_not_stand_in_for_an_authority() -> None:
    world = CoreWorld()
    for department, role in (("FILING_UNIT", "CALLBACK"), ("VILLAGE", "DUTY")):
        world.order("operator", asked.SetContact(contact=contact(department, role)))
    school = InstitutionFacts(type=InstitutionType.PRIMARY_SCHOOL)
    assert told(world.file(child("ABANDONED", area_code=None), report_id="r", institution=school)) == []


def test_an_account_of_the_desk_acts_on_cases_everywhere_and_changes_no_registry() -> None:
    world = CoreWorld().desk()
    world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    assert refusal(world.order("desk", asked.Acknowledge(case="r.0"), county=ELSEWHERE)) is None
    area = asked.SetArea.model_validate({"area": {"county": ELSEWHERE}})
    assert refusal(world.order("desk", area, county=ELSEWHERE)) in {"ROLE", "UNKNOWN_ACCOUNT"}


def test_a_failed_alert_to_the_desk_is_repeated() -> None:
    world = CoreWorld().desk()
    decision = world.file(child("ABANDONED"), report_id="r", county=ELSEWHERE)
    world.settle(of(decision, AlertRequested)[0], AlertResult.FAILED)
    assert len(told(world.passes(31 * MINUTE))) == 1


@pytest.mark.parametrize("book", [0, 3])
def test_beds_are_not_copied_into_other_books(book: int) -> None:
    world = CoreWorld()
    home = place("p").model_copy(update={"county": COUNTY})
    assert refusal(world.order("operator", asked.SetPlace(place=home), book=book)) == "ONE_BOOK"


def test_another_township_is_not_told_of_a_child_that_is_not_there() -> None:
    world = CoreWorld(policy=parse_policy(load_policy_texts())).staff()
    elsewhere = contact("TOWNSHIP", "TOWNSHIP_SUPERVISOR", "520327999")
    world.order("operator", asked.SetContact(contact=elsewhere))
    decision = world.file(child("ABANDONED"), report_id="r")
    assert elsewhere.contact_id not in {name for alert in of(decision, AlertRequested) for name in alert.contact_ids}
