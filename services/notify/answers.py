"""The answer page of signed links. GET shows, POST acts; nobody is logged in, and nothing on it identifies anybody.

Statuses: 200 shown or recorded already; 202 the broker has acknowledged the answer; 400 no such answer; 404 not a
link; 410 expired or case closed; 413 body too large; 503 not known whether it was stored (press again).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import ClientDisconnect

from services.notify.core import page_words
from services.notify.core.answering import (
    Asked,
    Press,
    Standing,
    follows,
    is_recorded,
    number_of,
    read_press,
    standing_of,
)
from services.notify.core.links import AnswerLink, verify_link
from services.notify.core.messages import LEVEL_WORDS, beijing_time, space_mark
from services.notify.core.page_words import Notice
from services.notify.core.pending import Pending
from services.notify.core.plan import callback_of
from services.notify.core.settling import answered
from services.notify.outcomes import Outcomes
from shared.runtime.clock import SpaceClock
from shared.runtime.logging import get_logger
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import PublishFailed

PAGES = Path(__file__).parent / "pages"
BODY_BYTES_MAX = 4096
FORM_FIELDS_MAX = 10
IN_FLIGHT_MAX = 200
RETRY_AFTER_SECONDS = 5
GIVEN_MAX = 10_000
"""Links whose last press is remembered, the oldest forgotten first."""
RECORD_POLL_SECONDS = 0.05

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
STANDING_PAGES: dict[Standing, tuple[int, Notice]] = {
    Standing.OPEN: (200, page_words.ASKED),
    Standing.NOT_A_LINK: (404, page_words.NOT_A_LINK),
    Standing.CASE_CLOSED: (410, page_words.CASE_CLOSED),
    Standing.OUTLIVES_CASE: (200, page_words.OUTLIVES_CASE),
}

_log = get_logger("notify.answers")


@dataclass(frozen=True, slots=True)
class AnswerDesk:
    """What the page needs. `state` gives the newest fold, `healthy` says whether notify works.

    `record_seconds_max`: how long a press waits for triage's record of it, to say what follows.
    """

    space: str
    link_key: bytes
    callback_default: str
    clock: SpaceClock
    outcomes: Outcomes
    metrics: NotifyMetrics
    state: Callable[[], Pending]
    healthy: Callable[[], dict[str, bool]]
    record_seconds_max: float = 2.0
    task_url: Callable[[AnswerLink], str | None] = lambda _: None
    """The address of the link's task at the desk; None: there is none."""


@dataclass(frozen=True, slots=True)
class Given:
    """The last press on a link: which answer it is, from 0; `at_ms` once the broker has it, Unix milliseconds."""

    number: int
    press: Press
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What the page shows of the last answer: its words (Chinese, English), when it came, what follows."""

    words: tuple[str, str]
    at: str
    follows: Notice


class AnswerPages:
    """Renders and acts. `in_flight` counts presses that wait for the broker."""

    def __init__(self, desk: AnswerDesk) -> None:
        self._desk = desk
        self._in_flight = 0
        self._given: OrderedDict[str, Given] = OrderedDict()
        environment = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
        self._template = environment.get_template("answer.html")

    def ask(self, token: str) -> Asked:
        """Judge a token now; a bad one is counted by its reason."""
        desk = self._desk
        verified = verify_link(desk.link_key, desk.space, token, desk.clock.now_ms())
        asked = standing_of(verified, desk.state())
        if asked.standing is not Standing.OPEN:
            by_case = asked.standing in {Standing.CASE_CLOSED, Standing.OUTLIVES_CASE}
            reason = asked.standing if by_case else verified.verdict
            desk.metrics.links_refused.labels(reason).inc()
        return asked

    def page(self, asked: Asked, status: int, notice: Notice, *, form: bool) -> HTMLResponse:
        """One page. `form` shows the buttons."""
        link, desk = asked.link, self._desk
        known = asked.known
        text = self._template.render(
            mark=space_mark(desk.space),
            notice=notice,
            link=link,
            open=form,
            level_words=LEVEL_WORDS[link.level] if link else None,
            act_by=beijing_time(link.act_by_ms) if link else None,
            department_words=page_words.DEPARTMENTS[link.department] if link else None,
            callback=callback_of(link.county, desk.state().contacts.values(), desk.callback_default) if link else None,
            answer=self._last_answer(asked) if link else None,
            task_url=desk.task_url(link) if link and form else None,
            withdrawn=bool(known and known.withdrawn and known.last is None),
            decline_reasons={code.value: words for code, words in page_words.DECLINE_REASONS.items()},
        )
        headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if status == 503 else None  # noqa: PLR2004
        return HTMLResponse(text, status, headers=headers)

    def _last_answer(self, asked: Asked) -> LastAnswer | None:
        """The last answer on the link: of the record, or given to the broker and not recorded yet."""
        given = self._given.get(asked.link.alert_id) if asked.link else None
        recorded = asked.known.answers if asked.known else 0
        if given is not None and given.at_ms is not None and given.number >= recorded:
            when = beijing_time(given.at_ms)
            return LastAnswer(page_words.ANSWERS[given.press.answer], when, page_words.NOT_RECORDED_YET)
        if asked.known is None or asked.known.last is None or asked.known.answered_at_ms is None:
            return None
        lapses_at_ms = asked.hold.lapses_at_ms if asked.hold else None
        until = beijing_time(lapses_at_ms) if lapses_at_ms is not None else None
        what = page_words.what_follows(follows(asked.known.last, asked.hold), until)
        return LastAnswer(page_words.ANSWERS[asked.known.last], beijing_time(asked.known.answered_at_ms), what)

    def show(self, token: str) -> HTMLResponse:
        """GET: changes nothing."""
        return self._standing(self.ask(token))

    def _standing(self, asked: Asked) -> HTMLResponse:
        """The page of a link as it stands; the buttons only where an answer is taken."""
        if asked.standing is Standing.EXPIRED and asked.link is not None:
            return self.page(asked, 410, page_words.expired(beijing_time(asked.link.expires_at_ms)), form=False)
        status, notice = STANDING_PAGES[asked.standing]
        is_open = asked.standing is Standing.OPEN
        if is_open and self._last_answer(asked) is not None:
            notice = page_words.ANSWERED
        return self.page(asked, status, notice, form=is_open)

    async def act(self, token: str, form: dict[str, str]) -> HTMLResponse:
        """POST: publish the answer and say so only once the broker has it."""
        desk, asked = self._desk, self.ask(token)
        if asked.standing is not Standing.OPEN or asked.link is None:
            return self._standing(asked)
        press = read_press(form.get("answer", ""), form.get("reason", ""))
        if press is None:
            return self.page(asked, 400, page_words.CHOOSE, form=True)
        before = self._given.get(asked.link.alert_id)
        if is_recorded(press, asked, before.press if before else None):
            desk.metrics.answers.labels("REPEATED").inc()
            return self.page(asked, 200, page_words.REPEATED, form=False)
        if self._in_flight >= IN_FLIGHT_MAX:
            return self.page(asked, 503, page_words.BUSY, form=True)
        number = number_of(press, asked, (before.number, before.press) if before else None)
        outcome = answered(desk.space, asked.link, press.answer, press.reason, desk.clock.now_ms(), number)
        self._remember(outcome.alert_id, Given(number, press))
        self._in_flight += 1
        try:
            await desk.outcomes.publish(outcome)
        except PublishFailed as error:
            desk.metrics.answers.labels("NOT_KNOWN").inc()
            _log.warning("answer_unpublished", alert=outcome.alert_id, code=error.code)
            return self.page(asked, 503, page_words.UNKNOWN, form=True)
        finally:
            self._in_flight -= 1
        desk.metrics.answers.labels(press.answer).inc()
        _log.info("answer_given", alert=outcome.alert_id, answer=press.answer)
        self._remember(outcome.alert_id, Given(number, press, outcome.answered_at_ms))
        return self.page(await self._once_recorded(token, number), 202, page_words.RECEIVED, form=False)

    def _remember(self, alert_id: str, given: Given) -> None:
        self._given[alert_id] = given
        self._given.move_to_end(alert_id)
        while len(self._given) > GIVEN_MAX:
            self._given.popitem(last=False)

    async def _once_recorded(self, token: str, number: int) -> Asked:
        """The link once triage has recorded this answer, or as it is known when that takes too long."""
        desk = self._desk
        until = asyncio.get_running_loop().time() + desk.record_seconds_max
        while True:
            asked = standing_of(verify_link(desk.link_key, desk.space, token, desk.clock.now_ms()), desk.state())
            recorded = asked.known.answers if asked.known else 0
            if recorded > number or asyncio.get_running_loop().time() >= until:
                return asked
            await asyncio.sleep(RECORD_POLL_SECONDS)


def answer_app(desk: AnswerDesk) -> FastAPI:
    """The HTTP application: `/a/{token}`, `/style.css`, `/healthz`."""
    app = FastAPI(title="Wardline answers", docs_url=None, redoc_url=None, openapi_url=None)
    pages = AnswerPages(desk)
    style = (PAGES / "style.css").read_text(encoding="utf-8")

    @app.middleware("http")
    async def strict_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/a/{token}")
    async def show(token: str) -> Response:
        return pages.show(token)

    @app.post("/a/{token}")
    async def act(token: str, request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return pages.page(Asked(Standing.NOT_A_LINK), 413, page_words.CHOOSE, form=False)
        return await pages.act(token, form)

    @app.get("/style.css")
    async def stylesheet() -> Response:
        return Response(style, media_type="text/css")

    @app.get("/healthz")
    async def healthz() -> Response:
        checks = desk.healthy()
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    return app


async def _form(request: Request) -> dict[str, str] | None:
    """The form's fields (URL-encoded, as browsers send it), the first of each name; None when the body is too large.

    A press whose sender hung up in the middle of it is no press.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                return None
    except ClientDisconnect:
        return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=FORM_FIELDS_MAX)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
