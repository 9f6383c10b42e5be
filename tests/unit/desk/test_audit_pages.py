"""The auditor's pages show the figures of the one fold, within the account's area, and change nothing."""

import csv
import io
import re
from collections.abc import Iterator

import httpx
import pytest

from services.desk.core.guard import GRANTED, Route
from services.desk.guarding import is_local
from shared.auditing.figures import published
from shared.auditing.lists import breaches
from shared.auditing.observations import Window
from shared.auditing.tables import HIDDEN
from shared.contracts.vocabulary import Role
from shared.explaining.said import local
from shared.runtime.clock import SpaceClock
from tests.support.desk_world import DeskWorld, reads_of
from tests.support.lived_book import LivedBook
from tests.support.triage_core import COUNTY, TOWNSHIP
from wardline.auditing.reading import fold_ledger

ROUTES = (Route.AUDIT, Route.AUDIT_LISTS, Route.AUDIT_SAMPLE, Route.AUDIT_CSV)
PAST = "2020-01-31"
CASE = re.compile(r'href="/cases/([^"]+)"')


@pytest.fixture
def auditor(world: DeskWorld, lived: LivedBook) -> Iterator[httpx.Client]:
    # The book was lived ahead of the wall; the desk's clock stands where it ended.
    object.__setattr__(world.desk, "clock", SpaceClock(wall=lambda: lived.now_ms + 1))
    with world.logged_in(world.account("auditor-1", Role.AUDITOR)) as client:
        yield client


def test_auditors_and_supervisors_alone() -> None:
    assert all(GRANTED[route] == {Role.AUDITOR, Role.SUPERVISOR} for route in ROUTES)


def test_the_figures_of_the_page_and_of_the_csv_are_those_of_the_ledger(
    auditor: httpx.Client, world: DeskWorld, lived: LivedBook
) -> None:
    start, end = lived.writer.space.genesis.created_at_ms, world.desk.clock.now_ms()
    query = f"from={local(start).date()}&to={local(end).date()}"
    page = auditor.get(f"/audit?{query}")
    assert page.status_code == 200
    assert "<script" not in re.sub(r'<script src="/[a-z.]+" defer></script>', "", page.text)
    window = Window(0, end, COUNTY)
    audit, _ = fold_ledger(reads_of(lived.writer.space, lived.writer.entries), window)
    wanted = {table.code: table for table in published(audit)}
    for code in ("cases", "clocks", "departments"):
        text = auditor.get(f"/audit/table.csv?name={code}&{query}").text
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0] == [column.code for column in wanted[code].columns]
        assert len(rows) > 1
        assert rows[1:] == [["" if cell is None else str(cell) for cell in row] for row in wanted[code].rows]
        assert f'id="{code}"' in page.text


def test_small_cells_are_held_back_on_the_page_and_bars_do_not_tell_them(auditor: httpx.Client) -> None:
    page = auditor.get("/audit").text
    for number in re.findall(r'<td class="number">([^<]*)</td>', page):
        assert number in {HIDDEN, "—", "0"} or "." in number or int(number) >= 5
    for figures in re.findall(r"<text [^>]*>([0-9*]+ / [0-9*]+)</text>", page):
        assert all(each in {HIDDEN, "0"} or int(each) >= 5 for each in figures.split(" / "))


def test_lists_name_cases_that_the_account_may_open(auditor: httpx.Client, world: DeskWorld, lived: LivedBook) -> None:
    page = auditor.get("/audit/lists").text
    named = set(CASE.findall(page))
    assert named
    assert all(auditor.get(f"/cases/{name}").status_code == 200 for name in sorted(named)[:5])
    audit, _ = fold_ledger(
        reads_of(lived.writer.space, lived.writer.entries), Window(0, world.desk.clock.now_ms(), COUNTY)
    )
    assert {each.case for each in breaches(audit)} <= named


def test_an_account_sees_its_own_area_whatever_it_asks_for(world: DeskWorld, auditor: httpx.Client) -> None:
    with world.logged_in(world.account("auditor-2", Role.AUDITOR, area="990001", county="990001")) as elsewhere:
        for area in ("", COUNTY, "99", "x'"):
            assert "/cases/" not in elsewhere.get("/audit/lists", params={"area": area}).text
            assert elsewhere.get("/audit/table.csv", params={"name": "clocks", "area": area}).text.count("\n") == 1
    within = set(CASE.findall(auditor.get(f"/audit/lists?area={TOWNSHIP}").text))
    assert within < set(CASE.findall(auditor.get("/audit/lists").text))


def test_a_sample_is_drawn_by_its_seed_and_from_its_window(auditor: httpx.Client) -> None:
    query = f"/audit/sample?seed=dice-4-1-6&count=5&among=OPENED&from=2020-01-01&to={PAST}"
    assert CASE.findall(auditor.get(query).text) == []
    drawn = CASE.findall(auditor.get("/audit/sample?seed=dice-4-1-6&count=5&among=OPENED").text)
    assert len(set(drawn)) == 5
    other = CASE.findall(auditor.get("/audit/sample?seed=dice-4-1-5&count=5&among=OPENED").text)
    assert other != drawn
    assert "/cases/" not in auditor.get("/audit/sample").text


def test_what_is_no_table_no_day_and_no_seed_is_taken_as_none(auditor: httpx.Client) -> None:
    for name in ("users", "../cases", ""):
        assert auditor.get("/audit/table.csv", params={"name": name}).status_code == 404
    for query in ("from=2026-02-31", "from=<b>&to='", "from=2026-11-20&to=2026-11-01", "area=<script>"):
        answer = auditor.get(f"/audit?{query}")
        assert answer.status_code == 200
        assert "<b>" not in answer.text
        assert "<script>" not in answer.text
    assert auditor.get("/audit/sample", params={"seed": "<script>alert(1)</script>"}).text.count("<script>") == 0


def test_a_login_may_lead_to_an_auditor_s_page() -> None:
    assert is_local("/audit")
    assert is_local("/audit/lists?from=2026-10-01&to=2026-10-31")
    assert not is_local("/audit/../../x")
