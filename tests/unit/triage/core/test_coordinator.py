"""The coordinating body is the county's own choice (MPL 9 as amended 2024): rung E3 tells whom the area names."""

import pytest

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.registry import AreaFacts
from shared.contracts.vocabulary import Department
from tests.support.triage_core import COUNTY, MINUTE, CoreWorld, child, contact

POLICY = parse_policy(load_policy_texts())
COORDINATOR = "LADDER-E3-COORDINATOR"


def coordinators_told(body: Department | None, *registered: Department) -> set[Department]:
    world = CoreWorld(policy=POLICY).staff()
    for department in registered:
        world.order("operator", asked.SetContact(contact=contact(department.value, "COORDINATOR", COUNTY)))
    if body is not None:
        world.order("operator", asked.SetArea(area=AreaFacts(county=COUNTY, coordinating_body=body)))
    world.file(child("ABANDONED"), report_id="r")
    alerts = [event for event in world.passes(40 * MINUTE) if isinstance(event, AlertRequested)]
    return {alert.department for alert in alerts if alert.ladder is Department.CIVIL_AFFAIRS and alert.step == "E3"}


@pytest.mark.parametrize("body", [None, Department.WCWC_OFFICE, Department.JUSTICE])
def test_the_third_rung_tells_the_body_that_the_area_names(body: Department | None) -> None:
    told = coordinators_told(body, Department.WCWC_OFFICE, Department.JUSTICE)
    assert told == {body or Department.WCWC_OFFICE}


def test_the_office_that_does_not_coordinate_here_is_not_told() -> None:
    assert Department.WCWC_OFFICE not in coordinators_told(Department.JUSTICE, Department.WCWC_OFFICE)


def test_a_row_of_a_narrower_area_takes_the_place_of_the_countrys_row() -> None:
    texts = load_policy_texts()
    local = """ladders:
  - id: LADDER-E3-COORDINATOR
    title: {zh: 本县协调机构, en: "the county's own body"}
    basis: DESIGN
    citation: 设计值
    valid_from: 2021-06-01
    valid_to: null
    area: "520327"
    department: YOUTH_LEAGUE
    ladder: CIVIL_AFFAIRS
    step: E3
    role: COORDINATOR
    area_digits: 6
    always: true
    after:
      ALL: {type: HOURS_24x7, amount: 30, unit: MINUTE}
"""
    policy = parse_policy(texts | {"90-local.yaml": local})
    world = CoreWorld(policy=policy).staff()
    world.file(child("ABANDONED"), report_id="r")
    assessment = world.case("r.0").assessment
    assert assessment is not None
    told = [rung.department for rung in assessment.rungs if rung.source.rule == COORDINATOR]
    assert told == [Department.YOUTH_LEAGUE]
