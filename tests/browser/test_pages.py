"""Every page of the desk in a real browser: no fault by axe (WCAG 2.2 AA), nothing wider than a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from services.desk.tables import CASES
from shared.contracts.vocabulary import Role
from tests.support.browser import DESK, PHONE, log_in, visiting
from tests.support.desk_world import PASSWORD, DeskWorld

AUDIT = ("/audit", "/audit/lists", "/audit/sample?seed=dice-4-1-6&among=RAN_OUT")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def open_case(world: DeskWorld) -> str:
    with world.engine.connect() as connection:
        return str(connection.execute(select(CASES.c.case_id).where(CASES.c.is_open)).scalars().first())


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_pages_are_accessible_and_fit(browser: Browser, world: DeskWorld, size: tuple[int, int], language: str) -> None:
    account = world.account("officer-1", Role.SUPERVISOR)
    with visiting(browser, world.url, size=size, language=language) as page:
        page.goto("/login")
        accessible(page)
        fits(page)
        log_in(page, account, PASSWORD)
        for path in ("/board", f"/cases/{open_case(world)}", "/rota", "/places", "/state", *AUDIT):
            page.goto(path)
            assert page.locator("h1").count() == 1
            accessible(page)
            fits(page)
