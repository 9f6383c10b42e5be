"""The answer page of signed links. GET shows, POST acts; nobody is logged in, and nothing on it identifies anybody.

Statuses: 200 shown or recorded already; 202 the broker has acknowledged the answer; 400 no such answer; 404 not a
link; 410 expired or case closed; 413 body too large; 503 not known whether it was stored (press again).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import ClientDisconnect

from services.notify.core import page_words
from services.notify.core.answering import Asked, Standing, is_recorded, read_press, standing_of
from services.notify.core.links import verify_link
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
    Standing.EXPIRED: (410, page_words.EXPIRED),
    Standing.CASE_CLOSED: (410, page_words.CASE_CLOSED),
}

_log = get_logger("notify.answers")


@dataclass(frozen=True, slots=True)
class AnswerDesk:
    """What the page needs. `state` gives the newest fold, `healthy` says whether notify works."""

    space: str
    link_key: bytes
    callback_default: str
    clock: SpaceClock
    outcomes: Outcomes
    metrics: NotifyMetrics
    state: Callable[[], Pending]
    healthy: Callable[[], dict[str, bool]]


class AnswerPages:
    """Renders and acts. `in_flight` counts presses that wait for the broker."""

    def __init__(self, desk: AnswerDesk) -> None:
        self._desk = desk
        self._in_flight = 0
        environment = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
        self._template = environment.get_template("answer.html")

    def ask(self, token: str) -> Asked:
        """Judge a token now; a bad one is counted by its reason."""
        desk = self._desk
        verified = verify_link(desk.link_key, desk.space, token, desk.clock.now_ms())
        asked = standing_of(verified, desk.state())
        if asked.standing is not Standing.OPEN:
            reason = verified.verdict if asked.standing is not Standing.CASE_CLOSED else asked.standing
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
            recorded=[page_words.ANSWERS[answer] for answer in known.answers] if known else [],
            withdrawn=bool(known and known.withdrawn),
            decline_reasons={code.value: words for code, words in page_words.DECLINE_REASONS.items()},
        )
        headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if status == 503 else None  # noqa: PLR2004
        return HTMLResponse(text, status, headers=headers)

    def show(self, token: str) -> HTMLResponse:
        """GET: changes nothing."""
        asked = self.ask(token)
        status, notice = STANDING_PAGES[asked.standing]
        return self.page(asked, status, notice, form=asked.standing is Standing.OPEN)

    async def act(self, token: str, form: dict[str, str]) -> HTMLResponse:
        """POST: publish the answer and say so only once the broker has it."""
        desk, asked = self._desk, self.ask(token)
        if asked.standing is not Standing.OPEN or asked.link is None:
            return self.page(asked, *STANDING_PAGES[asked.standing], form=False)
        press = read_press(form.get("answer", ""), form.get("reason", ""))
        if press is None:
            return self.page(asked, 400, page_words.CHOOSE, form=True)
        if is_recorded(press, asked.known):
            desk.metrics.answers.labels("REPEATED").inc()
            return self.page(asked, 200, page_words.REPEATED, form=False)
        if self._in_flight >= IN_FLIGHT_MAX:
            return self.page(asked, 503, page_words.BUSY, form=True)
        outcome = answered(desk.space, asked.link, press.answer, press.reason, desk.clock.now_ms())
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
        return self.page(asked, 202, page_words.RECEIVED, form=False)


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
