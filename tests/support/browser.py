"""Debian's Chromium, driven by Playwright. It asks nobody outside this machine for anything."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS: Final = (
    "--no-sandbox",  # the tests may run as root, where Chromium refuses its sandbox
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=user-gesture-required",
)
PHONE: Final = (390, 844)
DESK: Final = (1280, 900)
TIMEOUT_MS: Final = 15_000


def program() -> str:
    """The browser; the test is skipped, and says what to install, where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium on this machine: install the package chromium to run this test")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, closed afterwards."""
    path = program()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(
    browser: Browser, url: str, *, size: tuple[int, int] = DESK, language: str = "zh-CN", scripts: bool = True
) -> Iterator[Page]:
    """One page of a person of their own: own cookies, own language. What the page itself reports as an error fails."""
    context: BrowserContext = browser.new_context(
        base_url=url,
        locale=language,
        java_script_enabled=scripts,
        viewport={"width": size[0], "height": size[1]},
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        yield page
        assert not faults, faults
    finally:
        context.close()


def log_in(page: Page, account: str, password: str) -> None:
    """Fill in the form of the login and wait for the page that it leads to."""
    page.goto("/login")
    page.fill("#account", account)
    page.fill("#password", password)
    page.click("form.narrow button[type=submit]")
    page.wait_for_selector("header nav")
