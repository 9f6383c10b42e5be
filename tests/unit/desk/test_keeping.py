"""Holding and destroying an identity at the desk: what would go is said first; one person alone destroys nothing."""

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from services.desk.tables import CASES, TIMELINE
from tests.support.desk_world import DeskWorld, hidden
from tests.support.lived_book import LivedBook

DESTROY = {"ground": "RETENTION_OVER", "reference": "list-2026-7", "confirm": "1"}


@pytest.fixture
def acting(world: DeskWorld, lived: LivedBook) -> DeskWorld:
    world.broker.run(lived, world.engine, world.projecting.announcer)
    return world


@pytest.fixture
def officer(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.logged_in(acting.login("officer")) as client:
        yield client


@pytest.fixture
def supervisor(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.logged_in(acting.login("supervisor")) as client:
        yield client


def a_case(world: DeskWorld, *, is_open: bool) -> str:
    with world.engine.connect() as connection:
        found = select(CASES.c.case_id).where(CASES.c.is_open.is_(is_open)).order_by(CASES.c.case_id)
        return str(connection.execute(found).scalars().first())


def press(client: httpx.Client, case: str, button: str, **fields: str) -> httpx.Response:
    page = client.get(f"/cases/{case}/keeping").text
    form = {"csrf": hidden(page, "csrf"), "form": f"form-{button}-of-this-test".replace("/", "-")}
    return client.post(f"/cases/{case}/keeping/{button}", data=form | fields)


def recorded(world: DeskWorld, case: str, kind: str) -> int:
    with world.engine.connect() as connection:
        found = select(TIMELINE).where(TIMELINE.c.case_id == case, TIMELINE.c.kind == kind)
        return len(connection.execute(found).all())


def shown(client: httpx.Client, case: str) -> str:
    return client.get(f"/cases/{case}/keeping").text


def waiting(page: str) -> str:
    found = re.search(r'name="destruction" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_two_people_destroy_what_the_page_says_and_one_does_not(
    acting: DeskWorld, officer: httpx.Client, supervisor: httpx.Client
) -> None:
    case = a_case(acting, is_open=False)
    assert "names, ID numbers, birth dates" in shown(supervisor, case)
    assert "Ask for the destruction" in shown(supervisor, case)
    assert press(supervisor, case, "destroy", **DESTROY).status_code == 303
    assert recorded(acting, case, "IdentityDestructionRequested") == 1
    assert "another person must agree" in shown(supervisor, case)
    assert "Agree: destroy it now" not in shown(supervisor, case)
    page = shown(officer, case)
    assert "names, ID numbers, birth dates" in page
    own = press(supervisor, case, "destroy/second", destruction=waiting(page), confirm="1")
    assert (own.status_code, "another person" in own.text) == (409, True)
    unread = press(officer, case, "destroy/second", destruction=waiting(page))
    assert unread.status_code == 422
    assert recorded(acting, case, "IdentityDestroyed") == 0
    assert press(officer, case, "destroy/second", destruction=waiting(page), confirm="1").status_code == 303
    assert recorded(acting, case, "IdentityDestroyed") == 1
    assert "It was destroyed" in shown(supervisor, case)


@pytest.mark.parametrize(
    "fields",
    [{"confirm": ""}, {"ground": ""}, {"reference": ""}, {"reference": "13900000000"}, {"reference": "a name"}],
    ids=["not confirmed", "no ground", "no number", "a telephone number", "words"],
)
def test_what_is_not_confirmed_or_not_filled_in_is_not_asked_for(
    acting: DeskWorld, supervisor: httpx.Client, fields: dict[str, str]
) -> None:
    case = a_case(acting, is_open=False)
    assert press(supervisor, case, "destroy", **(DESTROY | fields)).status_code == 422
    assert acting.broker.sent == []


def test_an_officer_does_not_ask_for_a_destruction_and_an_open_case_shows_no_button(
    acting: DeskWorld, officer: httpx.Client, supervisor: httpx.Client
) -> None:
    closed, still_open = a_case(acting, is_open=False), a_case(acting, is_open=True)
    assert "Ask for the destruction" not in shown(officer, closed)
    assert press(officer, closed, "destroy", **DESTROY).status_code == 403
    assert "Ask for the destruction" not in shown(supervisor, still_open)
    refused = press(supervisor, still_open, "destroy", **DESTROY)
    assert (refused.status_code, "the case is open" in refused.text) == (409, True)


def test_a_hold_keeps_everything_until_a_supervisor_lifts_it(
    acting: DeskWorld, officer: httpx.Client, supervisor: httpx.Client
) -> None:
    case = a_case(acting, is_open=False)
    assert press(officer, case, "hold", reason="COURT_OR_POLICE").status_code == 303
    assert "A legal hold stands" in shown(supervisor, case)
    assert "Ask for the destruction" not in shown(supervisor, case)
    refused = press(supervisor, case, "destroy", **DESTROY)
    assert (refused.status_code, "a legal hold stands" in refused.text) == (409, True)
    assert press(officer, case, "lift", reason="NEEDED_NO_MORE").status_code == 403
    assert press(supervisor, case, "lift", reason="NEEDED_NO_MORE").status_code == 303
    assert "Ask for the destruction" in shown(supervisor, case)
    assert press(officer, case, "hold", reason="MADE_UP").status_code == 422


def test_the_case_page_leads_there_in_chinese_too(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, is_open=False)
    assert f"/cases/{case}/keeping" in officer.get(f"/cases/{case}").text
    assert "留存与销毁" in officer.get(f"/cases/{case}/keeping?lang=zh").text
