"""A day at the desk in a real browser: each role does its work by pages alone, on the whole system.

From a telephone call to an auditor's figures; then two officers at once, a browser without scripts, a dead triage.
"""

import re
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ops.embedded.broker import EmbeddedBroker
from ops.web.scripts import ensure_scripts
from tests.support.browser import chromium, log_in, visiting
from tests.support.pictures import picture
from tests.support.whole_system import PROJECT, WholeSystem, whole_system
from wardline.demo.logins import sample_logins

CLOCK_RATE = 20.0
"""Fifteen minutes of the space's clock are 45 seconds here, the thirty in which somebody must be sent 90."""
RECEIPT = re.compile(r"520327(-[0-9A-Z]{5}){3}")
AT_ONCE_MS = 8_000
"""A board asks by itself every ten seconds; what is there sooner came by the stream."""
NOT_KNOWN_MS = 20_000
PAST_ITS_TIME_MS = 75_000
ADDRESS, NAME, CALLER = "测试村第", "测试儿童甲", "测试来电人乙"


@dataclass(frozen=True)
class Day:
    """The running system, one browser, and the passwords as the terminal told them once."""

    system: WholeSystem
    browser: Browser
    passwords: dict[str, str]

    @contextmanager
    def at_the_desk(self, account: str, *, scripts: bool = True) -> Iterator[Page]:
        """A person's own browser, logged in."""
        with visiting(self.browser, self.system.url("desk"), scripts=scripts) as page:
            log_in(page, account, self.passwords[account])
            yield page

    def case_of(self, receipt: str) -> str:
        """The case that a receipt's filing opened."""
        return str(self.system.wait_for("CaseOpened", receipt=receipt)["case"])


@pytest.fixture(scope="module")
def day(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    name, home = f"day-{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("day")
    scripts = ensure_scripts(PROJECT / "var", say=lambda _: None)
    told = {"WARDLINE_DESK_SCRIPTS": str(scripts)}
    with whole_system(broker, home, name, clock_rate=CLOCK_RATE, environment=told) as system, chromium() as browser:
        system.api_keys = system.feed_sample_registry()
        passwords = {login.account.account: login.password for login in sample_logins(system.workplace())}
        second = ("officer-2", "--role", "OFFICER", "--area", "520327", "--department", "CIVIL_AFFAIRS")
        added = system.wardline("user", "add", *second)
        passwords["officer-2"] = added.stdout.split("shown once: ")[1].split()[0]
        yield Day(system, browser, passwords)


def filed_by_telephone(officer: Page, *, number: int, picture_it: bool = False) -> str:
    """An officer types while the caller speaks; the receipt that intake's page shows in a tab of its own."""
    officer.goto("/phone")
    officer.check("input[name=alone_now][value=true]")
    officer.select_option("#injury", "MINOR")
    officer.fill("#narrative", f"示例：孩子独自在家已有两天，没有大人回来。第 {number} 次来电")
    for concern in ("ABANDONED", "LEFT_ALONE"):
        officer.check(f"input[name=concern][value={concern}]")
    officer.fill("#child_name", f"{NAME}{number}")
    officer.fill("#age_years", "7")
    officer.fill("#address", f"{ADDRESS}{number}户")
    officer.fill("#area_code", "520327102")
    officer.check("input[name=parent_status][value=REFUSES_DUTY]")
    officer.select_option("#filer_type", "PUBLIC")
    officer.fill("#reporter_name", f"{CALLER}{number}")
    officer.fill("#reporter_phone", "000-0000-0001")
    if picture_it:
        picture(officer, "phone-filing", "desk")
    with officer.expect_popup() as opened:
        officer.click("form.phone button[type=submit]")
    confirmation = opened.value
    receipt = confirmation.locator("p.receipt").inner_text().strip()
    assert RECEIPT.fullmatch(receipt), receipt
    expect(confirmation.locator("main")).to_contain_text("不要反复追问孩子")
    expect(confirmation.locator("body")).to_contain_text("110")
    confirmation.close()
    return receipt


def form_of(page: Page, action: str) -> Locator:
    """The one form that leads to an action, unfolded if it is folded."""
    form = page.locator(f'form[action$="/{action}"]')
    form.wait_for(state="attached")
    folded = form.locator("xpath=ancestor::details[not(@open)]")
    while folded.count():
        folded.first.locator("> summary").click()
    return form


def press(page: Page, action: str, **typed: str) -> None:
    """Fill in an action's form by the names of its fields and press its button."""
    form = form_of(page, action)
    for name, value in typed.items():
        field = form.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button[type=submit]").click()


def accepted(page: Page) -> None:
    expect(page.locator("#answer.answer")).to_contain_text("已生效")


def row_of(board: Page, case: str) -> Locator:
    return board.locator("#board li", has=board.locator(f'a[href="/cases/{case}"]'))


def test_from_the_call_to_the_auditor_by_pages_alone(day: Day) -> None:
    with day.at_the_desk("officer-1") as board:
        expect(board).to_have_url(re.compile("/board"))
        board.evaluate("window.neverLoadedAgain = true")
        desk = board.context.new_page()
        receipt = filed_by_telephone(desk, number=1, picture_it=True)
        expect(board.locator("#board")).to_contain_text(receipt, timeout=AT_ONCE_MS)
        assert board.evaluate("window.neverLoadedAgain")
        case = day.case_of(receipt)
        picture(board, "board", "desk", "phone")
        two_officers_at_once(day, board, desk, case)
        the_address_for_the_police(desk, case)
        the_police_answer(day, case)
        a_signatory_signs(day, case)
        seen_brought_and_closed(day, desk, case)
        expect(row_of(board, case)).to_have_count(0, timeout=AT_ONCE_MS)
    an_auditor_reads_it_back(day, case, receipt)
    day.system.verify()


def two_officers_at_once(day: Day, board: Page, desk: Page, case: str) -> None:
    """Both look at the same page and press the same button; the second is told what was decided, and who was first."""
    with day.at_the_desk("officer-2") as other:
        other.goto(f"/cases/{case}")
        board.click(f'#board a[href="/cases/{case}"]')
        desk.goto(board.url)
        board.goto("/board")
        picture(desk, "case-new", "desk", "phone")
        press(desk, "acknowledge")
        accepted(desk)
        press(other, "acknowledge")
        refused = other.locator("#answer.problem")
        expect(refused).to_contain_text("未生效")
        expect(refused).to_contain_text("officer-1")
        other.goto("/handover")
        expect(other.locator("main")).to_contain_text("officer-1")
        picture(other, "handover", "desk")
    press(desk, "dispatch")
    accepted(desk)


def the_address_for_the_police(desk: Page, case: str) -> None:
    desk.click(f'a[href="/cases/{case}/identity"]')
    picture(desk, "identity", "desk")
    form = desk.locator(f'form[action="/cases/{case}/identity"]').first
    form.locator("#purpose").select_option("GO_TO_CHILD")
    form.locator("#reason").select_option("HOME_VISIT")
    form.locator("button[type=submit]").click()
    expect(desk.locator("main")).to_contain_text(f"{ADDRESS}1户")
    expect(desk.locator("main")).to_contain_text(f"{NAME}1")
    assert CALLER not in desk.content(), "who reported was not asked for"
    desk.goto(f"/cases/{case}")
    assert ADDRESS not in desk.content()
    expect(desk.locator("#identity ~ ul").first).to_contain_text("officer-1")


def the_police_answer(day: Day, case: str) -> None:
    with day.at_the_desk("police-clerk-1") as clerk:
        expect(clerk).to_have_url(re.compile("/inbox"))
        picture(clerk, "inbox", "phone")
        clerk.click(f'a[href="/tasks/{case}/POLICE"]')
        picture(clerk, "task", "phone")
        press(clerk, "task-accept", reference="JJ-0001")
        accepted(clerk)
        clerk.click('form[action$="/POLICE/identity"] button')
        expect(clerk.locator("main")).to_contain_text(f"{ADDRESS}1户")
        assert CALLER not in clerk.content(), "no department learns who reported"
        picture(clerk, "task-opened", "phone")
        clerk.goto(f"/tasks/{case}/POLICE")
        press(clerk, "task-outcome", outcome="FAMILY_VISITED")
        accepted(clerk)
        assert clerk.goto(f"/cases/{case}").status == 403  # type: ignore[union-attr]  # the page answers
    assert day.system.find("DepartmentReported", case=case, department="POLICE")


def a_signatory_signs(day: Day, case: str) -> None:
    with day.at_the_desk("signatory-1") as signatory:
        signatory.goto(f"/cases/{case}")
        picture(signatory, "signing", "desk")
        press(signatory, "sign", wishes="HEARD", document_number="DOC-1")
        accepted(signatory)


def seen_brought_and_closed(day: Day, desk: Page, case: str) -> None:
    desk.goto(f"/cases/{case}")
    missing = form_of(desk, "close").locator("ul li")
    assert missing.count() >= 2, "what the record lacks is said before the button is pressed"
    press(desk, "child-seen", alone="yes", wishes="HEARD")
    accepted(desk)
    place = day.system.find("PlaceHeld", case=case)[-1]["place_id"]
    press(desk, "custody", holder="FOSTER", place_id=place, handed_over_by="NOBODY")
    accepted(desk)
    press(desk, "close", reason="LONG_TERM_94", limb_94="1")
    expect(desk.locator("#answer.problem")).to_contain_text("未生效")
    with day.at_the_desk("signatory-1") as signatory:
        signatory.goto(f"/cases/{case}")
        press(signatory, "end", reason="LONG_TERM_94", holder="FOSTER", limb_94="1")
        accepted(signatory)
    desk.goto(f"/cases/{case}")
    assert not form_of(desk, "close").locator("ul li").count()
    press(desk, "close", reason="LONG_TERM_94", limb_94="1")
    accepted(desk)
    for path in ("rota", "places"):
        desk.goto(f"/{path}")
        picture(desk, path, "desk")


def an_auditor_reads_it_back(day: Day, case: str, receipt: str) -> None:
    with day.at_the_desk("auditor-1") as auditor:
        auditor.goto("/audit")
        assert auditor.locator("section.sheet table").count() > 3
        picture(auditor, "audit", "desk")
        auditor.goto("/audit/lists")
        assert NAME not in auditor.content()
        auditor.goto("/board")
        auditor.fill("input[name=number]", receipt)
        auditor.click('form[action="/find"] button')
        expect(auditor).to_have_url(re.compile(re.escape(f"/cases/{case}") + "$"))
        story = auditor.locator("ol.timeline").inner_text()
        for who in ("officer-1", "police-clerk-1", "signatory-1"):
            assert who in story, who
        assert not auditor.locator('main form[method="post"]').count(), "an auditor changes nothing"
        csrf = auditor.locator("form input[name=csrf]").first.get_attribute("value") or ""
        for path in (f"/cases/{case}/reopen", f"/cases/{case}/identity", f"/cases/{case}/break-glass"):
            asked: dict[str, str | float | bool] = {"csrf": csrf, "form": uuid.uuid4().hex, "reason": "MORE_FACTS"}
            assert auditor.request.post(path, form=asked).status == 403, path
    assert not day.system.find("CaseReopened", case=case)


def test_without_scripts_an_officer_files_accepts_sends_and_opens(day: Day) -> None:
    with day.at_the_desk("officer-2", scripts=False) as officer:
        receipt = filed_by_telephone(officer, number=2)
        case = day.case_of(receipt)
        officer.goto("/board")
        expect(officer.locator("#board")).to_contain_text(receipt)
        officer.click(f'#board a[href="/cases/{case}"]')
        press(officer, "acknowledge")
        accepted(officer)
        press(officer, "dispatch")
        accepted(officer)
        officer.click(f'a[href="/cases/{case}/identity"]')
        officer.locator(f'form[action="/cases/{case}/identity"] button').first.click()
        expect(officer.locator("main")).to_contain_text(f"{ADDRESS}2户")


def test_with_triage_dead_the_board_turns_red_and_one_officer_alone_still_opens(day: Day) -> None:
    triage = day.system.services["triage"]
    with day.at_the_desk("officer-1") as board:
        desk = board.context.new_page()
        receipt = filed_by_telephone(desk, number=3)
        case = day.case_of(receipt)
        row = row_of(board, case)
        expect(row).to_have_count(1, timeout=AT_ONCE_MS)
        triage.end(signal.SIGKILL)
        try:
            desk.goto(f"/cases/{case}")
            press(desk, "acknowledge")
            expect(desk.locator("[role=alert]")).to_contain_text("结果还不知道", timeout=NOT_KNOWN_MS)
            picture(desk, "not-known", "phone")
            desk.goto(f"/cases/{case}/identity")
            desk.locator('form[action$="/break-glass"] button').click()
            expect(desk.locator("main")).to_contain_text(f"{ADDRESS}3户", timeout=NOT_KNOWN_MS)
            expect(row).to_have_class(re.compile(r"\blate\b"), timeout=PAST_ITS_TIME_MS)
            expect(row).to_contain_text("逾期")
            picture(board, "board-late", "phone")
        finally:
            triage.start()
        day.system.wait_for("IdentityOpened", case=case, basis="BREAK_GLASS", by="officer-1")
        day.system.wait_for("DepartmentAcknowledged", case=case, department="CIVIL_AFFAIRS", by="officer-1")
        expect(row).to_contain_text("officer-1")
    with day.at_the_desk("head-1") as supervisor:
        supervisor.goto(f"/cases/{case}/identity")
        supervisor.locator('form[action$="/identity/review"]:has(input[value="JUSTIFIED"]) button').click()
        expect(supervisor.locator("ol.timeline")).to_contain_text("head-1")
