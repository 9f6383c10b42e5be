"""Who may open what: every route of the application × every role × an own case, another county's, and none at all.

The routes are the application's own: one that is added is tried without anything being added here.
"""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import insert, select, update

from services.desk import sessions
from services.desk.acting import table, task_table
from services.desk.acting.fields import Kind
from services.desk.core.guard import CASE_READERS, CHANGING, GRANTED, PUBLIC, TASKED, Route
from services.desk.database import insert_of, writing
from services.desk.tables import CASES, LADDERS, REFUSED_ACCESS
from services.desk.web import application
from services.triage.core.commands import authority
from shared.contracts import commands, crossings, separation
from shared.contracts.vocabulary import Department, Role
from tests.support.desk_world import OTHER_COUNTY, DeskWorld
from tests.support.triage_core import COUNTY

ROLES = sorted(frozenset(Role) - {Role.OPERATOR})
DEPARTMENTS = {Role.CLERK: Department.POLICE, Role.VILLAGE_WORKER: Department.VILLAGE}
ELSEWHERE, NOWHERE = "r-elsewhere.0", "r-nowhere.0"
GIVERS = frozenset(Role) - {Role.OPERATOR, Role.ADMINISTRATOR}
"""Who gives commands about a case at the desk; an administrator opens no case, an operator has no login."""


@pytest.fixture
def own(world: DeskWorld) -> str:
    """A case of the county, and the same in another one; in both the departments of all roles were told."""
    with writing(world.engine) as connection:
        case = connection.execute(select(CASES).where(CASES.c.is_open.is_(True)).limit(1)).mappings().one()
        changed = {"case_id": ELSEWHERE, "county": OTHER_COUNTY, "area": f"{OTHER_COUNTY}001", "receipt": "elsewhere"}
        connection.execute(insert(CASES).values({**case} | changed))
        ladder = dict(connection.execute(select(LADDERS).limit(1)).mappings().one())
        for case_id in (case["case_id"], ELSEWHERE):
            for department in (Department.POLICE, Department.TOWNSHIP, Department.VILLAGE, Department.HEALTH):
                values = ladder | {"case_id": case_id, "department": department.value, "step": "D1"}
                made = insert_of(connection.dialect, LADDERS).values(values)
                keys = ["case_id", "department"]
                connection.execute(made.on_conflict_do_update(index_elements=keys, set_={"step": "D1"}))
        connection.execute(update(CASES).where(CASES.c.case_id == case["case_id"]).values(area=COUNTY))
    return str(case["case_id"])


def routes(world: DeskWorld) -> Iterator[tuple[Route, str, str]]:
    """Every route that needs a login: its name, method and path. The logout comes last, since it ends the session."""
    found = [each for each in application(world.desk).routes if isinstance(each, APIRoute) and each.name not in PUBLIC]
    for each in sorted(found, key=lambda each: each.name == Route.LOGOUT):
        for method in each.methods or ():
            yield Route(each.name), method, each.path


def ask(client: httpx.Client, method: str, path: str, token: str) -> int:
    """Open it, or press the button of a form that this session made, with nothing filled in."""
    if method == "GET":
        with client.stream("GET", path) as answer:
            return answer.status_code
    form = {"csrf": sessions.csrf_of(token), "form": "a-form-of-this-desk", "since": "0"}
    return client.post(path, data=form).status_code


def test_every_route_stands_in_the_matrix_or_is_public_by_name(world: DeskWorld) -> None:
    names = {getattr(route, "name", "") for route in application(world.desk).routes}
    assert names == {*Route, *PUBLIC}
    assert not names & set(PUBLIC) & set(Route)
    assert set(GRANTED) == set(Route)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_matrix_grants_and_nothing_else(world: DeskWorld, own: str, role: Role) -> None:
    department = DEPARTMENTS.get(role, Department.TOWNSHIP)
    account = world.account(f"a-{role.value.lower()}", role, department=department if role in DEPARTMENTS else None)
    wanted: set[tuple[str, str]] = set()
    with world.logged_in(account) as client:
        token = client.cookies[world.desk.session_cookie]
        for route, method, path in routes(world):
            is_granted = role in GRANTED[route]
            for case in (own, ELSEWHERE, NOWHERE) if "{" in path else ("",):
                at = path.replace("{case_id}", case).replace("{department}", department)
                status = ask(client, method, at, token)
                if not is_granted:
                    assert status == 403, (route, case)
                    wanted.add((route.value, "ROLE"))
                elif case in {own, ""}:
                    assert status in {200, 303, 422, 503}, (route, case, status)
                else:
                    assert status == 404, (route, case)
                    wanted.add((route.value, "AREA" if case == ELSEWHERE else "UNKNOWN"))
    with world.engine.connect() as connection:
        assert {(row.route, row.reason) for row in connection.execute(select(REFUSED_ACCESS))} == wanted
    assert world.broker.sent == []


def test_nobody_opens_anything_without_a_login(world: DeskWorld, own: str) -> None:
    with world.client() as nobody:
        for route, method, path in routes(world):
            at = path.replace("{case_id}", own).replace("{department}", "POLICE")
            answer = nobody.get(at) if method == "GET" else nobody.post(at, data={"csrf": ""})
            assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login"), route


def test_a_form_that_another_session_made_presses_no_button(world: DeskWorld, own: str) -> None:
    for role in (Role.OFFICER, Role.CLERK):
        account = world.account(f"a-{role.value.lower()}", role, department=DEPARTMENTS.get(role))
        with world.logged_in(account) as client:
            for route, method, path in routes(world):
                if method == "POST" and role in GRANTED[route]:
                    at = path.replace("{case_id}", own).replace("{department}", "POLICE")
                    assert ask(client, method, at, "another token") == 403, route
    assert world.broker.sent == []


def test_a_task_of_another_department_is_nobody_s_but_theirs(world: DeskWorld, own: str) -> None:
    for role in sorted(TASKED):
        account = world.account(f"a-{role.value.lower()}", role, department=DEPARTMENTS.get(role))
        with world.logged_in(account) as client:
            token = client.cookies[world.desk.session_cookie]
            for route, method, path in routes(world):
                if "{department}" in path and role in GRANTED[route]:
                    at = path.replace("{case_id}", own).replace("{department}", "HEALTH")
                    assert ask(client, method, at, token) == 404, (role, route)


def test_what_a_role_may_give_at_the_desk_is_what_triage_lets_it_give() -> None:
    """Identities have pages of their own (`shared.contracts.identity`)."""
    offered: dict[type, frozenset[Role]] = {}
    for action in (*table.CASE_ACTIONS, *task_table.TASK_ACTIONS):
        offered[action.command] = offered.get(action.command, frozenset()) | GRANTED[action.route]
    here = {commands.__name__, crossings.__name__, separation.__name__}
    about_a_case = {
        command for command in authority.ROLES if "case" in command.model_fields and command.__module__ in here
    }
    assert set(offered) == about_a_case
    for command, roles in offered.items():
        assert roles == authority.ROLES[command] & GIVERS, command


def test_what_changes_anything_is_sent_by_a_form(world: DeskWorld) -> None:
    sent = {route for route, method, _ in routes(world) if method == "POST"}
    assert sent - {Route.LOGOUT, Route.FIND} == CHANGING
    assert {action.route for action in (*table.CASE_ACTIONS, *task_table.TASK_ACTIONS)} <= CHANGING


def test_duties_are_separate() -> None:
    for route in Route:
        assert Role.OPERATOR not in GRANTED[route]
        if route in {Route.BOARD, Route.CASE} or route in set(table.BY_ROUTE):
            assert GRANTED[route] <= CASE_READERS, "whoever acts on a case may open it"
        if route in set(task_table.BY_ROUTE):
            assert GRANTED[route] <= GRANTED[Route.TASK]
        if route in CHANGING:
            assert not GRANTED[route] & {Role.AUDITOR, Role.ADMINISTRATOR}


def test_a_form_asks_for_everything_that_its_command_can_say() -> None:
    """Free text is sealed and no field of the command; what is not asked is who in a dispute by name."""
    for action in table.CASE_ACTIONS:
        asked = {field.name for field in action.asked if field.kind is not Kind.NOTE} | {"type", "case", "sealed_id"}
        asked |= {"department"} if action.of_department else set()
        left_out = {"RecordDispute": {"candidates"}, "Acknowledge": {"reference"}}
        assert set(action.command.model_fields) - asked == left_out.get(action.command.__name__, set()), action.route
        assert asked - {"sealed_id"} <= set(action.command.model_fields), action.route
