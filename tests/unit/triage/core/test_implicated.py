"""What a filing names silences neither police nor civil affairs; who is in conflict is passed over while it can be."""

from typing import Any

import pytest

from services.triage.core import implicated
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts.alerts import AlertRequested
from shared.contracts.vocabulary import Department
from tests.support.triage_core import COUNTY, HOUR, UNKNOWN, CoreWorld, child, of

PROTECTORS = {Department.POLICE, Department.CIVIL_AFFAIRS}


@pytest.fixture
def world() -> CoreWorld:
    policy = parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))
    return CoreWorld(policy=policy).staff().desk("CIVIL_AFFAIRS", "POLICE")


def told_in_four_hours(world: CoreWorld, *units: dict[str, Any]) -> set[str]:
    """The contacts told of a filing that names these units, at once and in the next four hours."""
    world.file(child("SEXUAL_ABUSE", age=4), report_id="r", implicated=list(units))
    world.passes(4 * HOUR)
    return {name for event, _ in world.log if isinstance(event, AlertRequested) for name in event.contact_ids}


def everybody(world: CoreWorld) -> list[str]:
    return [*world.state.county(COUNTY).contacts, *world.state.county(UNKNOWN).contacts]


@pytest.mark.parametrize("kind", ["HOTEL", "STATE_ORGAN", None])
def test_whoever_names_everybody_silences_nobody_who_protects(world: CoreWorld, kind: str | None) -> None:
    names = everybody(world)
    told = told_in_four_hours(world, *({"unit_type": kind, "unit_id": name} for name in names))
    contacts = world.state.county(COUNTY).contacts
    assert {contacts[name].department for name in told if name in contacts} >= PROTECTORS
    assert told >= {"police-leader", "civil_affairs-province"}


def test_a_number_of_another_kind_of_unit_is_ignored_and_it_is_said(world: CoreWorld) -> None:
    said = world.file(
        child("SEXUAL_ABUSE", age=4), report_id="r", implicated=[{"unit_type": "HOTEL", "unit_id": "police-station"}]
    )
    assert "police-station" in {name for event in of(said, AlertRequested) for name in event.contact_ids}
    assert any("police-station is named as implicated and told all the same" in why for why in said.why)
    assessment = world.case("r.0").assessment
    assert assessment is not None
    assert "police-station" not in {entry.who for entry in assessment.not_told}


def test_an_implicated_station_is_passed_over_and_the_command_is_told_at_once(world: CoreWorld) -> None:
    said = world.file(
        child("SEXUAL_ABUSE", age=4),
        report_id="r",
        implicated=[{"unit_type": "STATE_ORGAN", "unit_id": "police-station", "area_code": "520327102"}],
    )
    police = [event.contact_ids for event in of(said, AlertRequested) if event.department is Department.POLICE]
    assert police == [("police-command",)]
    world.passes(4 * HOUR)
    everyone = {name for event, _ in world.log if isinstance(event, AlertRequested) for name in event.contact_ids}
    assert "police-station" not in everyone


def test_the_last_of_a_department_and_two_rungs_in_a_row_are_told(world: CoreWorld) -> None:
    named = [{"unit_type": "STATE_ORGAN", "unit_id": name} for name in ("police-station", "police-command")]
    world.file(child("SEXUAL_ABUSE", age=4), report_id="r", implicated=named)
    case, county = world.case("r.0"), world.state.county(COUNTY)
    assert implicated.left_out_of(case, county, world.now_ms) == {"police-command"}


def test_the_desk_of_last_resort_is_never_left_out() -> None:
    policy = parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))
    world = CoreWorld(policy=policy).desk("CIVIL_AFFAIRS", "POLICE")
    desks = {"desk-civil_affairs", "desk-police"}
    told = told_in_four_hours(world, *({"unit_type": "STATE_ORGAN", "unit_id": name} for name in desks))
    assert told >= desks
