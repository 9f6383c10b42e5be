"""The desk over HTTP: who gets in, what they see, and what nobody but they may see."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import insert, select, update

from services.desk import users
from services.desk.core.attempts import WINDOW_MS, wait_ms
from services.desk.core.guard import Principal
from services.desk.database import writing
from services.desk.pages import CATALOGUE, DIRECTORY, translations
from services.desk.tables import ACCOUNTS, CASES, HOLDS, PLACES, REFUSED_ACCESS, SESSIONS, SHIFTS
from shared.contracts.vocabulary import Role
from shared.runtime.clock import wall_ms
from tests.support.desk_world import OTHER_COUNTY, PASSWORD, DeskWorld, hidden, log_in
from tests.support.triage_core import COUNTY, TOWNSHIP

ROLES = sorted(frozenset(Role) - {Role.OPERATOR})
OTHER_CASE = "r-elsewhere.0"
INJECTED = "<script>alert(1)</script>"


@pytest.fixture
def officer(world: DeskWorld) -> Iterator[httpx.Client]:
    with world.logged_in(world.account("desk-officer-1", Role.OFFICER)) as client:
        yield client


def any_case(world: DeskWorld, **where: object) -> str:
    with world.engine.connect() as connection:
        found = select(CASES.c.case_id).where(*(CASES.c[name] == value for name, value in where.items()))
        return str(connection.execute(found).scalars().first())


def a_case_elsewhere(world: DeskWorld) -> str:
    """Another county's case in the same rows."""
    with writing(world.engine) as connection:
        row = dict(connection.execute(select(CASES).limit(1)).mappings().one())
        row |= {"case_id": OTHER_CASE, "county": OTHER_COUNTY, "area": f"{OTHER_COUNTY}001", "receipt": "elsewhere"}
        connection.execute(insert(CASES).values(row))
    return OTHER_CASE


def test_an_unknown_case_and_another_county_s_give_the_same_answer_and_both_are_recorded(
    world: DeskWorld, officer: httpx.Client
) -> None:
    elsewhere = a_case_elsewhere(world)
    answers = [officer.get(f"/cases/{name}") for name in (elsewhere, "r-nowhere.0", "%00%3Cscript%3E")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.text for answer in answers}) == 1
    with world.engine.connect() as connection:
        kept = connection.execute(select(REFUSED_ACCESS.c.reason, REFUSED_ACCESS.c.case_id)).all()
    assert sorted(tuple(row) for row in kept if row[0] == "AREA") == [("AREA", elsewhere)]
    assert [row for row in kept if row[0] == "UNKNOWN"] == [("UNKNOWN", None)] * 2


def test_the_board_shows_the_area_s_open_cases_and_filters_them(world: DeskWorld, officer: httpx.Client) -> None:
    a_case_elsewhere(world)
    page = officer.get("/board")
    assert "elsewhere" not in page.text
    shown = set(re.findall(r'href="/cases/([^"]+)"', page.text))
    with world.engine.connect() as connection:
        rows = {row.case_id: row for row in connection.execute(select(CASES).where(CASES.c.area.like("520327%")))}
    assert shown == {name for name, row in rows.items() if row.is_open}
    keepers: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("level=S1", lambda row: row.level == "S1"),
        (f"area={TOWNSHIP}", lambda row: row.area == TOWNSHIP),
        ("state=DISPATCHED", lambda row: row.state == "DISPATCHED"),
        ("level=%3Cb%3E&state='&area=x", lambda row: row.is_open),
    )
    for query, keeps in keepers:
        found = set(re.findall(r'href="/cases/([^"]+)"', officer.get(f"/board?{query}").text))
        assert found == {name for name, row in rows.items() if row.is_open and keeps(row)}, query
    assert "/cases/" not in officer.get("/board?mine=1").text


def test_mine_are_the_cases_that_the_account_has_in_hand(world: DeskWorld) -> None:
    with world.logged_in(_login_of(world, "officer")) as client:
        found = set(re.findall(r'href="/cases/([^"]+)"', client.get("/board?mine=1").text))
    with world.engine.connect() as connection:
        own = select(CASES.c.case_id).where(CASES.c.officer == "officer", CASES.c.is_open.is_(True))
        assert found == set(connection.execute(own).scalars()) != set()


def _login_of(world: DeskWorld, account: str) -> str:
    """A login for an account that the ledger has already."""
    with writing(world.engine) as connection:
        user = users.User(account, "520327", world.desk.passwords.hash(PASSWORD), None, None, active=True)
        users.keep(connection, user, wall_ms())
    return account


def test_a_case_past_its_own_due_time_is_overdue_though_nobody_decided_so(
    world: DeskWorld, officer: httpx.Client
) -> None:
    name = any_case(world, is_open=True)
    with writing(world.engine) as connection:
        connection.execute(update(CASES).values(next_due_at_ms=world.desk.clock.now_ms() + 7_200_000, breached=0))
    assert 'class="late"' not in officer.get("/board").text
    with writing(world.engine) as connection:
        late_at = world.desk.clock.now_ms() - 3 * 60_000
        connection.execute(update(CASES).where(CASES.c.case_id == name).values(next_due_at_ms=late_at))
    page = officer.get("/board")
    assert "OVERDUE by 3 min" in page.text
    assert "1 overdue" in page.text
    assert re.findall(r'href="/cases/([^"]+)"', page.text)[0] == name, "what is late stands first"
    assert "OVERDUE by 3 min" in officer.get(f"/cases/{name}").text


def test_a_case_page_tells_facts_law_clocks_departments_and_life(world: DeskWorld, officer: httpx.Client) -> None:
    page = officer.get(f"/cases/{any_case(world, is_open=True, level='S1')}")
    assert page.status_code == 200
    for part in ("Clocks", "Departments", "Why", "What happened", "Guardian and place", "see the child in person"):
        assert part in page.text, part
    chinese = officer.get(f"{page.url.path}?lang=zh")
    for part in ("时限", "各部门", "经过", "见到儿童本人", "未成年人保护法"):
        assert part in chinese.text, part
    assert officer.get("/board").headers["content-language"] == "zh", "the language is kept"


def test_every_page_says_how_far_behind_its_data_is(world: DeskWorld, officer: httpx.Client) -> None:
    case = f"/cases/{any_case(world)}"
    for path in ("/board", case):
        world.level(age_seconds=-60)  # level until a minute from now, however slow this machine is
        assert " s behind" not in officer.get(path).text
    for path in ("/board", case):
        world.level(age_seconds=420)
        assert re.search(r"Data of \d\d:\d\d:\d\d, 4[2-5]\d s behind", officer.get(path).text)


def test_what_an_institution_sent_is_escaped(world: DeskWorld, officer: httpx.Client) -> None:
    name = any_case(world, is_open=True)
    with writing(world.engine) as connection:
        changed = {"receipt": INJECTED, "officer": INJECTED, "state": INJECTED, "area": f"520327{INJECTED}"[:12]}
        connection.execute(update(CASES).where(CASES.c.case_id == name).values(changed))
    for path in ("/board", f"/cases/{name}"):
        text = officer.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def test_headers_are_strict_and_nothing_comes_from_outside(world: DeskWorld, officer: httpx.Client) -> None:
    for path in ("/board", f"/cases/{any_case(world)}", "/login", "/nowhere", "/style.css", "/healthz"):
        answer = officer.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"https?://|<script>|<style|\son[a-z]+=|javascript:", answer.text), path


def test_a_form_that_this_session_did_not_make_does_nothing(world: DeskWorld, officer: httpx.Client) -> None:
    page = officer.get("/board")
    for fields, headers in (
        ({}, {}),
        ({"csrf": "0" * 64}, {}),
        ({"csrf": hidden(page.text, "csrf")}, {"sec-fetch-site": "cross-site"}),
        ({"csrf": hidden(page.text, "csrf")}, {"origin": "http://elsewhere.example"}),
    ):
        assert officer.post("/logout", data=fields, headers=headers).status_code == 403
    assert officer.get("/board").status_code == 200
    assert officer.post("/logout", data={"csrf": hidden(page.text, "csrf")}).status_code == 303
    assert officer.get("/board").status_code == 303
    with world.engine.connect() as connection:
        assert connection.execute(select(SESSIONS)).all() == []


def test_a_login_without_the_form_s_own_cookie_is_refused(world: DeskWorld) -> None:
    account = world.account("a1", Role.OFFICER)
    with world.client() as client:
        answer = client.post("/login", data={"before": "x", "account": account, "password": PASSWORD})
        assert answer.status_code == 403
        assert world.desk.session_cookie not in client.cookies


def test_a_login_ends_when_idle_and_a_page_that_renews_itself_keeps_nobody_in(
    world: DeskWorld, officer: httpx.Client
) -> None:
    almost = wall_ms() - world.desk.lifetime.idle_ms + 60_000
    with writing(world.engine) as connection:
        connection.execute(update(SESSIONS).values(seen_wall_ms=almost))
    assert officer.get("/board?auto=1").status_code == 200
    with world.engine.connect() as connection:
        assert connection.execute(select(SESSIONS.c.seen_wall_ms)).scalar_one() == almost
    assert officer.get("/board").status_code == 200
    with writing(world.engine) as connection:
        assert connection.execute(select(SESSIONS.c.seen_wall_ms)).scalar_one() > almost
        connection.execute(update(SESSIONS).values(seen_wall_ms=wall_ms() - world.desk.lifetime.idle_ms - 1))
    assert officer.get("/board").headers["location"] == "/login?next=%2Fboard"
    renewing = officer.get("/board?auto=1", headers={"HX-Request": "true"})
    assert (renewing.status_code, renewing.headers["hx-redirect"]) == (401, "/login")


def test_an_account_that_the_ledger_takes_back_is_out_at_once(world: DeskWorld, officer: httpx.Client) -> None:
    assert officer.get("/board").status_code == 200
    with writing(world.engine) as connection:
        taken = update(ACCOUNTS).where(ACCOUNTS.c.account == "desk-officer-1")
        connection.execute(taken.values(active=False))
    assert officer.get("/board").status_code == 303
    with world.client() as client:
        assert log_in(client, "desk-officer-1").status_code == 403


def test_wrong_logins_look_alike_and_are_limited_where_they_come_from(world: DeskWorld) -> None:
    world.account("a1", Role.OFFICER)
    with world.client() as client:
        wrong, nobody = log_in(client, "a1", "wrong password"), log_in(client, "no-such-account", "wrong password")
        assert (wrong.status_code, nobody.status_code) == (403, 403)
        assert wrong.text == nobody.text
        for _ in range(4):
            log_in(client, "a1", "wrong password")
        assert log_in(client, "a1").status_code == 429
        assert log_in(client, "a2", "wrong password").status_code == 403, "others may still try"


def test_where_a_login_leads_is_a_page_of_the_desk(world: DeskWorld) -> None:
    account = world.account("a1", Role.OFFICER)
    for target, leads_to in (
        ("/board?level=S1", "/board?level=S1"), ("//elsewhere.example", "/"), ("https://elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"), ("/logout", "/"),
    ):  # fmt: skip
        with world.client() as client:
            assert log_in(client, account, next=target).headers["location"] == leads_to


def test_a_one_time_code_is_asked_for_and_used_once(world: DeskWorld) -> None:
    account, secret = world.account("a1", Role.OFFICER), pyotp.random_base32()
    with writing(world.engine) as connection:
        sealed = world.desk.codes.seal(secret)
        user = users.User(account, "520327", world.desk.passwords.hash(PASSWORD), sealed, None, active=True)
        users.keep(connection, user, wall_ms())
    assert secret.encode() not in sealed
    code = pyotp.TOTP(secret).now()
    with world.client() as client:
        assert log_in(client, account).status_code == 403
        assert log_in(client, account, code="000000" if code != "000000" else "111111").status_code == 403
        assert log_in(client, account, code=code).status_code == 303
        assert log_in(client, account, code=code).status_code == 403


def test_waiting_is_counted_from_the_failures_within_the_window() -> None:
    assert wait_ms([], 2, 10) == 0
    assert wait_ms([5], 2, 10) == 0
    assert wait_ms([5, 9], 2, 10) == 5 + WINDOW_MS - 10
    assert wait_ms([5, 9], 2, 5 + WINDOW_MS) == 0


def test_an_area_covers_what_begins_with_it() -> None:
    who = Principal("a", "520327", Role.OFFICER, "520327102")
    assert who.covers("520327102")
    assert not who.covers("520327100")


def test_every_text_of_the_pages_is_in_the_chinese_catalogue() -> None:
    words = translations()
    said = set()
    for path in DIRECTORY.glob("*.html"):
        for quoted in re.findall(r"_\('((?:[^'\\]|\\.)+)'", path.read_text(encoding="utf-8")):
            said.add(quoted.replace("\\'", "'"))
    source = "".join(
        (DIRECTORY.parent / f"{name}.py").read_text(encoding="utf-8")
        for name in ("guarding", "login", "identity/routes", "identity/keeping", "linked/routes")
    )
    assert len(said) > 50
    assert [text for text in said if words.gettext(text) == text] == []
    kept = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    unused = [text for text in kept if text not in said and text not in source]
    assert unused == []


def test_the_rota_shows_who_is_on_duty_and_when_nobody_is(world: DeskWorld, officer: httpx.Client) -> None:
    page = officer.get("/rota").text
    assert "Nobody is on duty:" in page
    assert "signatory" in page
    with world.engine.connect() as connection:
        [account] = set(connection.execute(select(SHIFTS.c.account).where(SHIFTS.c.rung == "SIGNATORY")).scalars())
    assert account in page


def test_places_show_beds_and_the_cases_that_hold_them(world: DeskWorld, officer: httpx.Client) -> None:
    with world.engine.connect() as connection:
        held = list(connection.execute(select(HOLDS.c.case_id)).scalars())
        places = list(connection.execute(select(PLACES.c.place_id).where(PLACES.c.county == COUNTY)).scalars())
    assert held
    page = officer.get("/places").text
    assert all(place in page for place in places)
    assert all(f"/cases/{case}" in page for case in held)
    narrow = world.account("narrow", Role.OFFICER, area=f"{COUNTY}999")
    with world.logged_in(narrow) as client:
        page = client.get("/places").text
    assert all(place in page for place in places)
    assert "/cases/" not in page
    assert "a case of another area" in page


def test_a_case_is_found_by_its_receipt_and_by_the_end_of_its_number_within_the_area(
    world: DeskWorld, officer: httpx.Client
) -> None:
    with writing(world.engine) as connection:
        case = connection.execute(select(CASES).where(CASES.c.area.startswith(COUNTY)).limit(1)).mappings().one()
        named = {"case_id": "0123456789abcdef.0", "receipt": "520327-AAAAA-BBBBB", "is_open": False}
        connection.execute(insert(CASES).values({**case} | named))
    csrf = hidden(officer.get("/board").text, "csrf")
    for number in ("520327-AAAAA-BBBBB", " 520327-aaaaa-bbbbb ", "cdef.0", "0123456789ABCDEF.0"):
        answer = officer.post("/find", data={"csrf": csrf, "number": number})
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/cases/{named['case_id']}"), number
    receipt = named["receipt"]
    for nothing in ("", "x", "no-such-number", "%%%%%%%", "______", "f.0"):
        answer = officer.post("/find", data={"csrf": csrf, "number": nothing})
        assert (answer.status_code, "No such case" in answer.text) == (200, True), nothing
    assert officer.post("/find", data={"csrf": "forged", "number": receipt}).status_code == 403
    narrow = world.account("narrow-finder", Role.OFFICER, area=f"{COUNTY}999")
    with world.logged_in(narrow) as client:
        csrf = hidden(client.get("/board").text, "csrf")
        assert "No such case" in client.post("/find", data={"csrf": csrf, "number": receipt}).text
    with world.engine.connect() as connection:
        reasons = {(row.route, row.reason) for row in connection.execute(select(REFUSED_ACCESS))}
    assert {("find", "UNKNOWN"), ("find", "AREA")} <= reasons
