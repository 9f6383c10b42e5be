"""What the demonstration does at the desk: logs in and presses the pages' own buttons, as a browser would send them."""

import html
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx

from shared.narration.words import Line

ANSWER_SECONDS_MAX: Final = 30.0
PAGE_SECONDS_MAX: Final = 30.0
PAUSE_SECONDS: Final = 0.2
ANSWER: Final = re.compile(r'<div id="answer" class="(\w+)".*?</div>', re.DOTALL)
RECORD: Final = re.compile(r"<li><time>")


class NotAtTheDesk(Exception):
    """A page or a button did not do what it says; the message tells which."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One account that is logged in."""

    account: str
    client: httpx.Client

    def press(self, page: str, action: str, **typed: str) -> Line:
        """Fill in the form of a page that leads to an action, and press; what the desk says became of it."""
        form = self._form(page, f"{page}/{action}")
        answer = self.client.post(f"{page}/{action}", data=form | typed)
        if answer.status_code != HTTPStatus.SEE_OTHER:
            raise NotAtTheDesk(f"{self.account}, {action}: {answer.status_code}")
        place = answer.headers["location"].partition("#")[0]
        zh, en = (self._answer(place, language, action) for language in ("zh", "en"))
        return Line(zh, en)

    def records(self, case: str) -> int:
        """How many records of its life a case's page shows."""
        return len(RECORD.findall(self._read(f"/cases/{case}")))

    def _read(self, page: str, language: str = "en") -> str:
        answer = self.client.get(page, headers={"accept-language": language})
        if answer.status_code != HTTPStatus.OK:
            raise NotAtTheDesk(f"{self.account}, {page}: {answer.status_code}")
        return answer.text

    def _form(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of a form, as soon as the page is there and offers it."""
        until = time.monotonic() + PAGE_SECONDS_MAX
        while time.monotonic() < until:
            answer = self.client.get(page)
            found = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', answer.text, re.DOTALL)
            if found:
                return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0]))
            time.sleep(PAUSE_SECONDS)
        raise NotAtTheDesk(f"{self.account}: no form leads to {action}")

    def _answer(self, place: str, language: str, action: str) -> str:
        found = ANSWER.search(self._read(place, language))
        said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else "no answer"
        if not found or found[1] != "answer":
            raise NotAtTheDesk(f"{self.account}, {action}: {said}")
        return said


@contextmanager
def visiting(address: str, account: str, passwords: Mapping[str, str]) -> Iterator[Visit]:
    """A login at the desk, ended afterwards. Raises NotAtTheDesk, httpx.TransportError."""
    with httpx.Client(base_url=address, trust_env=False, timeout=ANSWER_SECONDS_MAX) as client:
        shown = re.search(r'name="before" value="([^"]*)"', client.get("/login").text)
        before = shown[1] if shown else ""
        typed = {"before": before, "account": account, "password": passwords.get(account, "")}
        if client.post("/login", data=typed).status_code != HTTPStatus.SEE_OTHER:
            raise NotAtTheDesk(f"{account} cannot log in")
        yield Visit(account, client)
