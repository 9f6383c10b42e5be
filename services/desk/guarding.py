"""What every route of the desk stands on: who is logged in, what the matrix grants them, pages, forms, refusals."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.requests import ClientDisconnect

from services.desk import reading, sessions, users, views
from services.desk.acting.giving import Giving
from services.desk.acting.noting import Noting
from services.desk.core import freshness
from services.desk.core.guard import Principal, Route
from services.desk.database import writing
from services.desk.identity.alone import Alone
from services.desk.linked import codes
from services.desk.linked.gateway import Sends
from services.desk.pages import LANGUAGE_COOKIE, LANGUAGES, Pages
from services.desk.projecting import Projecting
from services.desk.sessions import Attempts, Lifetime, Session
from services.desk.users import Codes, Passwords
from shared.runtime.clock import SpaceClock, wall_ms
from shared.runtime.logging import get_logger
from shared.runtime.metrics import DeskMetrics

BODY_BYTES_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 60
ID: Final = r"[A-Za-z0-9._:~@-]{1,120}"
LOCAL_PATH: Final = re.compile(
    rf"/(board|state|rota|places|handover|phone|inbox|audit(/lists|/sample)?|cases/{ID}|tasks/{ID}/[A-Z_0-9]{{1,40}})?"
    r"(\?[A-Za-z0-9=&_-]{0,200})?"
)
"""Where a login may lead: to pages of this application alone."""

_log = get_logger("desk.guarding")


class ToLogin(Exception):
    """Nobody is logged in."""


class Refused(Exception):
    """Not granted, or nothing there: `status` with words that say no more than they must."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


NOT_FOUND = (404, "No such page", "There is nothing here that this account may open.")
NOT_GRANTED = (403, "Not for this role", "This page is not for the role of this account. That you asked is recorded.")
BAD_FORM = (403, "The form is out of date", "Nothing was done. Go back, load the page again and send it once more.")
TOO_LARGE = (413, "Too large", "Nothing was done: the form is too large.")


@dataclass(frozen=True)
class Desk:
    """What the routes need; made by the wiring."""

    engine: Engine
    projecting: Projecting
    clock: SpaceClock
    books: int
    mark: tuple[str, str] | None
    pages: Pages
    passwords: Passwords
    codes: Codes
    giving: Giving
    noting: Noting
    attempts: Attempts
    lifetime: Lifetime
    metrics: DeskMetrics
    is_behind_tls: bool
    intake_url: str
    healthy: Callable[[], dict[str, bool]]
    task_link_key: bytes | None
    """Notify's public key, which judges the links of alerts to tasks; None in a space that was made without it."""
    code_key: bytes
    sends: Sends
    """How a one-time code goes to a duty phone."""
    alone: Alone
    """Opening identities: the custodian, and the journal for when no broker answers."""

    @property
    def session_cookie(self) -> str:
        """Its name; with the prefix a browser keeps it from being set over a clear connection or by another host."""
        return "__Host-desk-session" if self.is_behind_tls else "desk-session"

    @property
    def before_cookie(self) -> str:
        """The cookie of somebody who is not logged in yet."""
        return "__Host-desk-before" if self.is_behind_tls else "desk-before"

    @property
    def link_cookie(self) -> str:
        """The cookie of somebody who opened one task by a link and a code."""
        return "__Host-desk-link" if self.is_behind_tls else "desk-link"

    def lag(self, books: tuple[int, ...] | None = None) -> freshness.Lag:
        """How far these books are behind, or all."""
        chosen = books if books is not None else tuple(range(self.books))
        return freshness.lag(self.projecting.freshness, chosen, wall_ms(), self.clock.rate, self.clock.now_ms())


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who asks, with the token of the browser's session."""

    who: Principal
    token: str


def language_of(request: Request) -> str:
    """Chosen on the page now or before, else the first of the browser's languages that there is, else Chinese."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    for part in request.headers.get("accept-language", "").lower().split(","):
        if (name := part.strip()[:2]) in LANGUAGES:
            return name
    return LANGUAGES[0]


def page(
    desk: Desk,
    request: Request,
    template: str,
    *,
    status: int = 200,
    logged_in: LoggedIn | None = None,
    **values: Any,  # noqa: ANN401 - what a template shows
) -> HTMLResponse:
    """One page, in the language that was asked for."""
    language = language_of(request)
    who = logged_in.who if logged_in else None
    text = desk.pages.render(
        template,
        language,
        who=who,
        may=lambda name: who is not None and who.may(Route(name)),
        role_words=lambda role: views.ROLES[role.value][LANGUAGES.index(language)],
        new_form=lambda: secrets.token_hex(16),
        csrf=sessions.csrf_of(logged_in.token) if logged_in else "",
        mark=desk.mark[LANGUAGES.index(language)] if desk.mark else None,
        **values,
    )
    response = HTMLResponse(text, status, headers={"content-language": language})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=31_536_000, httponly=True, samesite="strict", secure=desk.is_behind_tls
        )
    return response


def tongue_of(desk: Desk, request: Request) -> views.Tongue:
    """The language of a page and the space's time."""
    with desk.engine.connect() as connection:
        areas = reading.area_titles(connection)
    return views.Tongue(language_of(request), desk.clock.now_ms(), areas)


def guard(desk: Desk, route: Route) -> Callable[[Request], LoggedIn]:
    """The dependency of a route: somebody is logged in, and the matrix grants it to their role as the ledger has it."""

    def logged_in(request: Request) -> LoggedIn:
        token = request.cookies.get(desk.session_cookie, "")
        now = wall_ms()
        with desk.engine.connect() as connection:
            session = sessions.find(connection, token, now, desk.lifetime) if token else None
            who = users.principal(connection, session.account, session.county, desk.books) if session else None
        if session is None or who is None:
            return _by_link(desk, request, route, now)
        _note_presence(desk, request, session, now)
        if not who.may(route):
            record_refusal(desk, who, route, "ROLE", None)
            raise Refused(*NOT_GRANTED)
        return LoggedIn(who, token)

    return logged_in


def _by_link(desk: Desk, request: Request, route: Route, now: int) -> LoggedIn:
    """Who came by an alert's link and a code, on the one task that it opens. Raises ToLogin, Refused."""
    token = request.cookies.get(desk.link_cookie, "")
    with desk.engine.connect() as connection:
        session = codes.session(connection, token, now) if token else None
        county = reading.county_of(connection, session.case_id) if session else None
        who = codes.principal(connection, token, now, county, desk.books) if county else None
    if who is None:
        raise ToLogin
    asked = (request.path_params.get("case_id"), request.path_params.get("department"))
    if not who.may(route) or asked != who.task:
        record_refusal(desk, who, route, "LINK", None)
        raise Refused(*NOT_FOUND)
    return LoggedIn(who, token)


def _note_presence(desk: Desk, request: Request, session: Session, now: int) -> None:
    """A page that renews itself keeps nobody logged in."""
    renews_itself = request.query_params.get("auto") == "1" or "hx-request" in request.headers
    if not renews_itself and now - session.seen_wall_ms > sessions.SEEN_EVERY_MS:
        with writing(desk.engine) as connection:
            sessions.seen(connection, session, now)


def record_refusal(desk: Desk, who: Principal, route: Route, reason: str, case_id: str | None) -> None:
    """Keep that somebody asked for what they may not open, before they are told."""
    with writing(desk.engine) as connection:
        sessions.refused(connection, who, route.value, reason, case_id, wall_ms())
    desk.metrics.refused.labels(reason).inc()
    _log.warning("access_refused", account=who.account, route=route.value, reason=reason)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name. Raises Refused for one that is too large or cannot be read."""
    return {name: values[0] for name, values in (await typed_of(request)).items()}


async def typed_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form, all of each name. Raises Refused for one that is too large or cannot be read."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                raise Refused(*TOO_LARGE)
        return parse_qs(body.decode("utf-8"), max_num_fields=FIELDS_MAX)
    except (ValueError, ClientDisconnect):
        raise Refused(*BAD_FORM) from None


def check_form(logged_in: LoggedIn, fields: dict[str, str]) -> None:
    """Raises Refused unless this session made the form."""
    if not hmac.compare_digest(fields.get("csrf", "").encode(), sessions.csrf_of(logged_in.token).encode()):
        raise Refused(*BAD_FORM)


def check_typed(logged_in: LoggedIn, typed: dict[str, list[str]]) -> None:
    """Raises Refused unless this session made the form."""
    check_form(logged_in, {name: values[0] for name, values in typed.items()})


def refusal_page(desk: Desk, request: Request, refusal: Refused) -> HTMLResponse:
    """A refusal as a page; it shows no account, so that it is the same for everybody."""
    language = language_of(request)
    title, text = desk.pages.say(language, refusal.title), desk.pages.say(language, refusal.text)
    return page(desk, request, "refusal.html", status=refusal.status, title=title, text=text)


def is_local(target: str) -> bool:
    """Whether an address is one of this application's own pages."""
    return LOCAL_PATH.fullmatch(target) is not None
