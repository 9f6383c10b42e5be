"""A department's inbox: its own tasks alone, by due time, answered by buttons; and no allegation on any of it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select, update

from services.desk.core.guard import Principal
from services.desk.database import writing
from services.desk.inbox.reading import UNANSWERED, departments_of
from services.desk.inbox.showing import NOT_HERE, TELLERS
from services.desk.tables import CASES, CLOCKS, EXPLANATIONS, LADDERS, VERDICTS
from services.desk.views import Tongue
from shared.contracts.vocabulary import Department, DisclosureField, Role
from shared.explaining.fact_words import CONCERNS
from tests.support.desk_world import DeskWorld, hidden
from tests.support.lived_book import LivedBook


@pytest.fixture
def acting(world: DeskWorld, lived: LivedBook) -> DeskWorld:
    world.broker.run(lived, world.engine, world.projecting.announcer)
    return world


@pytest.fixture
def clerk(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.logged_in(acting.login("police")) as client:
        yield client


def ladders(world: DeskWorld, department: str) -> dict[str, Any]:
    """The department's ladders of open cases in the county, by case."""
    with world.engine.connect() as connection:
        found = (
            select(LADDERS)
            .join(CASES, CASES.c.case_id == LADDERS.c.case_id)
            .where(CASES.c.is_open.is_(True), LADDERS.c.department == department, LADDERS.c.step.is_not(None))
        )
        return {row.case_id: row for row in connection.execute(found)}


def press(client: httpx.Client, case: str, action: str, department: str = "POLICE", **fields: str) -> httpx.Response:
    """Fill in a form of the task's page and press its button; the page that it leads to."""
    path = f"/tasks/{case}/{department}"
    found = re.search(rf'action="{re.escape(path)}/{action}".*?</form>', client.get(path).text, re.DOTALL)
    assert found, action
    form = {name: hidden(found[0], name) for name in ("csrf", "form", "since")}
    return client.post(f"{path}/{action}", data=form | fields, follow_redirects=True)


def test_the_inbox_is_where_a_clerk_arrives_and_shows_the_department_s_tasks(
    acting: DeskWorld, clerk: httpx.Client
) -> None:
    assert clerk.get("/").headers["location"] == "/inbox"
    page = clerk.get("/inbox").text
    known = ladders(acting, "POLICE")
    assert set(re.findall(r'href="/tasks/([^/]+)/POLICE"', page)) == set(known) != set()
    assert re.findall(r"/tasks/[^/]+/(?!POLICE)", page) == []
    waiting = [row for row in known.values() if row.state in UNANSWERED and row.outcome is None]
    assert f"{len(waiting)} unanswered" in page
    assert f"{round(100 * len(waiting) / len(known))}% of {len(known)} open" in page
    assert "the oldest since" in page


def test_a_rung_that_was_not_reached_tells_nobody(acting: DeskWorld, clerk: httpx.Client) -> None:
    case = next(iter(ladders(acting, "POLICE")))
    with writing(acting.engine) as connection:
        untold = update(LADDERS).where(LADDERS.c.case_id == case, LADDERS.c.department == "POLICE")
        connection.execute(untold.values(step=None))
    assert f"/tasks/{case}/" not in clerk.get("/inbox").text
    assert clerk.get(f"/tasks/{case}/POLICE").status_code == 404


def test_a_clerk_accepts_with_a_number_sends_somebody_and_reports_what_came_of_it(
    acting: DeskWorld, clerk: httpx.Client
) -> None:
    case = next(name for name, row in ladders(acting, "POLICE").items() if row.state == "CLIMBING")
    accepted = press(clerk, case, "task-accept", reference="DOC-2026-7")
    assert "Accepted" in accepted.text
    assert "reference DOC-2026-7" in accepted.text
    assert "Accepted" in press(clerk, case, "task-send").text
    reported = press(clerk, case, "task-outcome", outcome="CHILD_SAFE_SEEN", reference="DOC-2026-8")
    assert "the child was seen and is safe" in reported.text
    row = ladders(acting, "POLICE")[case]
    assert (row.state, row.outcome, row.reference) == ("DISPATCHED", "CHILD_SAFE_SEEN", "DOC-2026-8")


def test_once_accepted_the_outcome_is_due_at_a_time_that_list_and_page_show_until_it_is_reported(
    acting: DeskWorld, clerk: httpx.Client
) -> None:
    case = next(name for name, row in ladders(acting, "POLICE").items() if row.state == "CLIMBING")
    before = clerk.get(f"/tasks/{case}/POLICE").text
    assert "Outcome reported by" not in before
    press(clerk, case, "task-send")
    with acting.engine.connect() as connection:
        clock = connection.execute(
            select(CLOCKS.c.due_at_ms, CLOCKS.c.rule).where(
                CLOCKS.c.case_id == case, CLOCKS.c.clock == "OUTCOME.POLICE"
            )
        ).one()
    assert clock.rule == "C-OUTCOME-POLICE"
    at = Tongue("en", acting.desk.clock.now_ms(), {}).at(clock.due_at_ms)
    page = clerk.get(f"/tasks/{case}/POLICE").text
    assert f"by {at}" in page
    assert re.search(rf"Outcome reported by</dt><dd[^>]*>{re.escape(at)}", page)
    [row] = re.findall(rf'<li[^>]*>\s*<a href="/tasks/{case}/POLICE".*?</li>', clerk.get("/inbox").text, re.DOTALL)
    assert f"outcome by {at}" in row
    press(clerk, case, "task-outcome", outcome="CHILD_SAFE_SEEN")
    assert "Outcome reported by" not in clerk.get(f"/tasks/{case}/POLICE").text


def test_a_clerk_hands_back_with_a_reason_and_the_ladder_climbs(acting: DeskWorld, clerk: httpx.Client) -> None:
    case = next(name for name, row in ladders(acting, "POLICE").items() if row.state == "CLIMBING")
    assert "not this department&#39;s task" in press(clerk, case, "task-hand-back", reason="NOT_COMPETENT").text
    assert ladders(acting, "POLICE")[case].declined_reason == "NOT_COMPETENT"


def test_the_second_who_accepts_sees_who_has_accepted(acting: DeskWorld, clerk: httpx.Client) -> None:
    case = next(name for name, row in ladders(acting, "POLICE").items() if row.state == "CLIMBING")
    press(clerk, case, "task-accept")
    page = clerk.get(f"/tasks/{case}/POLICE").text
    assert "accepted" in page
    assert "police acknowledged (police)" in page
    with acting.engine.connect() as connection:
        [given] = connection.execute(select(VERDICTS.c.command).where(VERDICTS.c.account == "police")).scalars()
    assert given == "Acknowledge"


def test_a_township_s_task_says_nothing_of_what_is_alleged(acting: DeskWorld) -> None:
    with acting.logged_in(acting.login("township")) as client:
        page = client.get("/inbox").text
        tasks = re.findall(r'href="(/tasks/([^/]+)/(TOWNSHIP|VILLAGE))"', page)
        assert tasks
        for path, case, department in tasks:
            text = client.get(path).text
            with acting.engine.connect() as connection:
                kept = connection.execute(select(EXPLANATIONS.c.assessment).where(EXPLANATIONS.c.case_id == case))
                assessment = orjson.loads(kept.scalar_one())
                facts = orjson.loads(
                    connection.execute(select(CASES.c.facts).where(CASES.c.case_id == case)).scalar_one()
                )
            sets = {each["code"]: each["disclosure"] for each in assessment["departments"]}
            if "codes" not in sets.get(department, []):
                concerns = [CONCERNS[code][1] for code in facts["children"][0]["concerns"]]
                assert [said for said in concerns if said in text] == []
            for situation in assessment["situations"]:
                assert situation["title_en"] not in text
                assert situation["code"] not in text


def test_every_field_of_a_disclosure_set_is_told_or_said_to_be_told_by_telephone() -> None:
    assert set(DisclosureField) - set(TELLERS) - NOT_HERE == {DisclosureField.TASK}


@pytest.mark.parametrize(
    ("role", "department", "wanted"),
    [
        (Role.CLERK, Department.HEALTH, {"HEALTH"}),
        (Role.TOWNSHIP_SUPERVISOR, None, {"TOWNSHIP", "VILLAGE"}),
        (Role.VILLAGE_WORKER, None, {"VILLAGE"}),
        (Role.CLERK, None, set()),
    ],
)
def test_whose_tasks_a_role_answers(role: Role, department: Department | None, wanted: set[str]) -> None:
    assert set(departments_of(Principal("a", "520327", role, "520327", department))) == wanted
