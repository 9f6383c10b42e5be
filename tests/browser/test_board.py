"""The board on an officer's screen at night: it renews itself at once, sounds for S1, and says when it is cut off."""

import re

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from services.desk import sessions
from services.desk.database import writing
from services.desk.tables import CASES
from shared.contracts.vocabulary import Role
from tests.support.browser import log_in, visiting
from tests.support.desk_world import OTHER_COUNTY, PASSWORD, DeskWorld
from tests.support.triage_core import COUNTY

BEFORE_THE_NEXT_LOOK_MS = 6000
"""The board asks by itself every ten seconds; what is there sooner came by the stream."""


def waiting(world: DeskWorld, count: int) -> None:
    """So many open S1 in nobody's hand, in the account's county."""
    with writing(world.engine) as connection:
        cases = list(
            connection.execute(select(CASES.c.case_id).where(CASES.c.is_open).order_by(CASES.c.case_id)).scalars()
        )
        assert len(cases) >= count
        connection.execute(update(CASES).values(level="S2", in_hand="ACKNOWLEDGED"))
        chosen = update(CASES).where(CASES.c.case_id.in_(cases[:count]))
        connection.execute(chosen.values(level="S1", urgency=4, in_hand=None, officer=None))


def on_the_board(page: Page, world: DeskWorld) -> None:
    log_in(page, world.account("officer-1", Role.OFFICER), PASSWORD)
    page.goto("/board")


def test_what_changes_is_on_an_open_board_at_once(browser: Browser, world: DeskWorld) -> None:
    waiting(world, 0)
    with visiting(browser, world.url) as page:
        on_the_board(page, world)
        expect(page.locator("#board")).to_have_attribute("data-waiting", "0")
        page.wait_for_timeout(1500)  # the stream has begun and its first event is spent
        waiting(world, 2)
        world.projecting.announcer.tell({COUNTY})
        expect(page.locator("#board")).to_have_attribute("data-waiting", "2", timeout=BEFORE_THE_NEXT_LOOK_MS)
        expect(page).to_have_title(re.compile(r"^\(2\)"))


def test_another_countys_change_moves_nothing_here(browser: Browser, world: DeskWorld) -> None:
    with visiting(browser, world.url) as page:
        on_the_board(page, world)
        page.wait_for_timeout(1500)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        world.projecting.announcer.tell({OTHER_COUNTY})
        page.wait_for_timeout(1500)
        assert not asked
        world.projecting.announcer.tell({COUNTY})
        page.wait_for_timeout(1500)
        assert len(asked) == 1


def test_an_s1_that_nobody_takes_over_is_heard(browser: Browser, world: DeskWorld) -> None:
    waiting(world, 1)
    with visiting(browser, world.url) as page:
        on_the_board(page, world)
        sound = page.locator("#sound")
        expect(sound).to_have_attribute("aria-pressed", "false")
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "true")
        expect(sound).to_have_attribute("data-heard", "1")
        waiting(world, 2)
        world.projecting.announcer.tell({COUNTY})
        expect(sound).to_have_attribute("data-heard", "2", timeout=BEFORE_THE_NEXT_LOOK_MS)
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "false")


def test_a_login_that_ends_leaves_no_board_behind(browser: Browser, world: DeskWorld) -> None:
    with visiting(browser, world.url) as page:
        on_the_board(page, world)
        page.wait_for_timeout(1500)
        with writing(world.engine) as connection:
            sessions.end_all(connection, "officer-1")
        world.projecting.announcer.tell({COUNTY})
        page.wait_for_url(re.compile(r"/login"), timeout=BEFORE_THE_NEXT_LOOK_MS)


def test_a_board_that_is_cut_off_says_so_and_comes_back(browser: Browser, world: DeskWorld) -> None:
    with visiting(browser, world.url) as page:
        on_the_board(page, world)
        expect(page.locator("#away")).to_be_hidden()
        page.context.set_offline(True)
        world.projecting.announcer.tell({COUNTY})
        expect(page.locator("#away")).to_be_visible(timeout=12_000)
        page.context.set_offline(False)
        expect(page.locator("#away")).to_be_hidden(timeout=12_000)


def test_without_scripts_the_board_is_loaded_again_by_the_browser(browser: Browser, world: DeskWorld) -> None:
    with visiting(browser, world.url, scripts=False) as page:
        on_the_board(page, world)
        expect(page.locator("h1")).to_have_count(1)
        assert 'http-equiv="refresh"' in page.content()
