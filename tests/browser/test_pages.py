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
        for path in (
            "/board",
            "/handover",
            "/phone",
            f"/cases/{open_case(world)}",
            "/rota",
            "/places",
            "/state",
            *AUDIT,
        ):
            page.goto(path)
            assert page.locator("h1").count() == 1
            accessible(page)
            fits(page)


def test_a_clerk_s_task_and_every_form_of_a_case_are_accessible_and_fit_a_phone(
    browser: Browser, world: DeskWorld
) -> None:
    with visiting(browser, world.url, size=PHONE) as page:
        log_in(page, world.login("police"), PASSWORD)
        assert page.url.endswith("/inbox")
        accessible(page)
        fits(page)
        page.click("ul.cases a >> nth=0")
        page.wait_for_selector("#act")
        page.click("details.more > summary")
        accessible(page)
        fits(page)
    with visiting(browser, world.url, size=PHONE) as page:
        log_in(page, world.account("signs", Role.SUPERVISOR), PASSWORD)
        page.goto(f"/cases/{open_case(world)}")
        page.click("details.more > summary")
        forms = page.locator("details.more details.card > summary")
        assert forms.count() > 10
        for number in range(forms.count()):
            forms.nth(number).click()
        accessible(page)
        fits(page)


def test_a_button_pressed_while_the_record_is_away_says_so_on_a_page_that_can_be_pressed_again(
    browser: Browser, world: DeskWorld
) -> None:
    with visiting(browser, world.url, size=PHONE, scripts=False) as page:
        log_in(page, world.account("officer-9", Role.OFFICER), PASSWORD)
        page.goto(f"/cases/{open_case(world)}")
        page.click("details.more > summary")
        page.locator("summary", has_text="退回").first.click()
        form = page.locator('form[action$="/hand-back"]')
        form.locator("select").select_option("UNABLE")
        form.locator("button").click()
        assert "没有送出" in page.locator("[role=alert]").inner_text()
        assert page.locator('select[name="reason"]').input_value() == "UNABLE"
        fits(page)
