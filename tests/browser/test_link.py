"""A duty phone at night: the link of an alert, the code, the task accepted; with a script and without."""

import orjson
import pytest
from playwright.sync_api import Browser

from tests.support.browser import PHONE, visiting
from tests.support.desk_world import DeskWorld
from tests.support.lived_book import LivedBook
from tests.unit.desk.test_linked import link_of, newest_code, told


@pytest.mark.parametrize("scripted", [True, False])
def test_a_duty_phone_opens_its_one_task_by_link_and_code(
    browser: Browser, world: DeskWorld, lived: LivedBook, *, scripted: bool
) -> None:
    world.broker.run(lived, world.engine, world.projecting.announcer)
    alert = told(world)
    task = f"/tasks/{alert['case_id']}/POLICE"
    with visiting(browser, world.url, size=PHONE, scripts=scripted) as page:
        page.goto(link_of(world, alert))
        page.locator("main form button").first.click()
        page.get_by_label("发到值班电话的验证码").fill(newest_code(world))
        page.get_by_role("button", name="打开任务").click()
        assert page.url.endswith(task)
        form = page.locator(f'form[action="{task}/task-accept"]')
        form.locator('input[name="reference"]').fill("DOC-7")
        form.locator("button[type=submit]").click()
        page.wait_for_url(f"**{task}?answer=*")
        text = page.locator("main").inner_text()
        assert "DOC-7" in text
        assert "反馈结果时限" in text
        assert f"contact:{orjson.loads(alert['contacts'])[0]}" in page.content()
        width = page.evaluate("document.documentElement.scrollWidth") if scripted else PHONE[0]
        assert width <= PHONE[0]
