"""A duty number that came by its alert's link and a code: what triage takes from it, and what not."""

import pytest

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts import identity
from shared.contracts.commands import Actor
from shared.contracts.events import DepartmentAcknowledged, DepartmentReported
from shared.contracts.identity import IdentityOpened
from shared.contracts.vocabulary import Department, Role
from tests.support import triage_core
from tests.support.triage_core import COUNTY, CoreWorld, child, of, refusal

POLICY = parse_policy(load_policy_texts())
POLICE = Department.POLICE


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> CoreWorld:
    """A filing of which the police station was told; its contact, another one and the officer's act as themselves."""
    world = CoreWorld(policy=POLICY).staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r")
    contacts = world.state.county(COUNTY).contacts
    station = next(each for each in contacts.values() if (each.department, each.role) == (POLICE, "STATION"))
    leader = next(each for each in contacts.values() if (each.department, each.role) == (POLICE, "LEADER"))
    officer = next(each for each in contacts.values() if each.department is Department.CIVIL_AFFAIRS)
    for name, each in (("station", station), ("leader", leader), ("duty", officer)):
        actor = Actor(
            account=f"contact:{each.contact_id}",
            role=Role.CLERK,
            area_prefix=each.area_prefix,
            department=each.department,
        )
        monkeypatch.setitem(triage_core.ACTORS, name, actor)
    wide = Actor(account=f"contact:{station.contact_id}", role=Role.CLERK, area_prefix="52", department=POLICE)
    monkeypatch.setitem(triage_core.ACTORS, "wide", wide)
    return world


def accept() -> asked.Acknowledge:
    return asked.Acknowledge(case="r.0", department=POLICE, reference="DOC-1")


def test_it_accepts_reports_and_has_its_disclosure_set_granted_in_its_own_name(world: CoreWorld) -> None:
    [accepted] = of(world.order("station", accept()), DepartmentAcknowledged)
    assert (accepted.by.startswith("contact:"), accepted.reference) == (True, "DOC-1")
    [opened] = of(world.order("station", identity.OpenTaskIdentity(case="r.0", department=POLICE)), IdentityOpened)
    assert (opened.by, opened.department) == (accepted.by, POLICE)
    reported = world.order("station", asked.ReportOutcome(case="r.0", department=POLICE, outcome="CHILD_SAFE_SEEN"))
    assert [each.by for each in of(reported, DepartmentReported)] == [accepted.by]


def test_the_set_does_not_open_before_the_task_is_accepted(world: CoreWorld) -> None:
    decision = world.order("station", identity.OpenTaskIdentity(case="r.0", department=POLICE))
    assert refusal(decision) == "NOT_ACCEPTED"


def test_it_does_nothing_but_answer_its_task(world: CoreWorld) -> None:
    seen = asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms)
    assert refusal(world.order("station", seen)) == "ROLE"
    other = asked.Acknowledge(case="r.0", department=Department.HEALTH)
    assert refusal(world.order("station", other)) in {"NOT_TOLD", "DEPARTMENT"}


def test_a_number_that_was_not_told_answers_nothing(world: CoreWorld) -> None:
    assert refusal(world.order("leader", accept())) == "NOT_TOLD"


def test_an_officer_s_number_and_one_that_claims_a_wider_area_have_no_standing(world: CoreWorld) -> None:
    assert refusal(world.order("duty", asked.Acknowledge(case="r.0"))) == "UNKNOWN_ACCOUNT"
    assert refusal(world.order("wide", accept())) == "AREA"


def test_a_number_that_is_not_registered_any_more_has_none(world: CoreWorld) -> None:
    station = triage_core.ACTORS["station"].account.removeprefix("contact:")
    gone = world.state.county(COUNTY).contacts[station].model_copy(update={"active": False})
    world.order("operator", asked.SetContact(contact=gone))
    assert refusal(world.order("station", accept())) == "UNKNOWN_ACCOUNT"
