"""The desk's HTTP application: every route is named, and every name stands in the guard's matrix or in its public list.

Statuses: 303 to the login; 403 not for this role, or a form that this session did not make; 404 no such case, which is
what somebody else's case is, too; 413; 429 too many failed logins; 503 busy.
"""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from services.desk import reading, views
from services.desk.acting.routes import add_acting, answer_of
from services.desk.acting.showing import acting_view
from services.desk.audit_pages import add_auditing
from services.desk.core.guard import Route
from services.desk.finding import add_finding
from services.desk.guarding import (
    BAD_FORM,
    NOT_FOUND,
    Desk,
    LoggedIn,
    Refused,
    ToLogin,
    guard,
    is_local,
    page,
    refusal_page,
    tongue_of,
)
from services.desk.handing import add_handing
from services.desk.identity.keeping import add_keeping
from services.desk.identity.routes import add_identity
from services.desk.identity.showing import openings_of
from services.desk.inbox.routes import add_inbox
from services.desk.linked.routes import add_links
from services.desk.live import add_live
from services.desk.login import add_login
from services.desk.opening import open_case
from services.desk.pages import HEADERS
from services.desk.phoning import add_phoning
from services.desk.reading import PAGE_ROWS, Filters
from services.desk.readying import add_readying
from shared.contracts.vocabulary import Level
from shared.runtime.clock import wall_ms

DIGITS: Final = re.compile(r"[0-9]{0,12}")
STATE_CODE: Final = re.compile(r"[A-Z_]{0,40}")
NUMBER: Final = re.compile(r"[0-9]{1,5}")
SAME_SITE: Final = frozenset({"same-origin", "none"})


def application(desk: Desk) -> FastAPI:
    """All routes."""
    app = FastAPI(title="Wardline desk", docs_url=None, redoc_url=None, openapi_url=None)
    _around(app, desk)
    _public(app, desk)
    add_login(app, desk)
    add_links(app, desk)
    _pages(app, desk)
    add_acting(app, desk)
    add_inbox(app, desk)
    add_identity(app, desk)
    add_keeping(app, desk)
    add_live(app, desk)
    add_readying(app, desk)
    add_auditing(app, desk)
    add_handing(app, desk)
    add_phoning(app, desk)
    add_finding(app, desk)
    return app


def _around(app: FastAPI, desk: Desk) -> None:
    """What holds for every request: strict headers, no form from another site, time and status counted."""

    @app.middleware("http")
    async def around(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        if request.method not in {"GET", "HEAD"} and not _is_own_form(request):
            response: Response = refusal_page(desk, request, Refused(*BAD_FORM))
        else:
            response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        name = getattr(request.scope.get("route"), "name", "none")
        desk.metrics.requests.labels(name, str(response.status_code)).inc()
        desk.metrics.seconds.labels(name).observe(time.perf_counter() - started)
        return response

    @app.exception_handler(ToLogin)
    async def to_login(request: Request, _: ToLogin) -> Response:
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": "/login"})
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}" if is_local(target) else "/login", 303)

    @app.exception_handler(Refused)
    async def refused(request: Request, refusal: Refused) -> Response:
        return refusal_page(desk, request, refusal)

    @app.exception_handler(404)
    async def nothing_there(request: Request, _: Exception) -> Response:
        return refusal_page(desk, request, Refused(*NOT_FOUND))


def _is_own_form(request: Request) -> bool:
    """Whether the browser says that the form comes from this very site (older ones say where from, or nothing)."""
    if request.headers.get("sec-fetch-site", "none") not in SAME_SITE:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def _public(app: FastAPI, desk: Desk) -> None:
    @app.get("/style.css", name="style")
    def style() -> Response:
        return Response(desk.pages.style, media_type="text/css")

    @app.get("/htmx.min.js", name="script")
    def script() -> Response:
        if desk.pages.script is None:
            raise Refused(*NOT_FOUND)
        return Response(desk.pages.script, media_type="text/javascript")

    @app.get("/alarm.js", name="alarm")
    def alarm() -> Response:
        return Response(desk.pages.alarm, media_type="text/javascript")

    @app.get("/healthz", name="healthz")
    def healthz() -> Response:
        checks = desk.healthy()
        return JSONResponse(checks, 200 if all(checks.values()) else 503)


def _pages(app: FastAPI, desk: Desk) -> None:
    @app.get("/", name=Route.HOME.value)
    def home(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.HOME))]) -> Response:
        for route in (Route.BOARD, Route.INBOX, Route.STATE):
            if logged_in.who.may(route):
                return RedirectResponse(f"/{route.value}", 303)
        return page(desk, request, "home.html", logged_in=logged_in)

    @app.get("/board", name=Route.BOARD.value)
    def board(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.BOARD))]) -> Response:
        filters = filters_of(request)
        tongue, lag = tongue_of(desk, request), desk.lag()
        with desk.engine.connect() as connection:
            found = reading.board(connection, logged_in.who, filters, tongue.now_ms)
        return page(
            desk,
            request,
            "board.html",
            logged_in=logged_in,
            board=found,
            cases=views.board_view(found, tongue),
            filters=filters,
            lag=lag,
            lag_time=views.clock_time(lag),
            now=tongue.at(tongue.now_ms),
            state_words=tongue.state,
            again=views.board_address(filters, filters.page, renews=True),
            page_link=lambda number: views.board_address(filters, number),
            page_rows=PAGE_ROWS,
        )

    @app.get("/cases/{case_id}", name=Route.CASE.value)
    def case(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.CASE))]
    ) -> Response:
        file = open_case(desk, logged_in.who, Route.CASE, case_id)
        tongue, lag = tongue_of(desk, request), desk.lag((file.case["book"],))
        with desk.engine.connect() as connection:
            acting = acting_view(connection, logged_in.who, file, tongue)
        return page(
            desk,
            request,
            "case.html",
            logged_in=logged_in,
            lag=lag,
            lag_time=views.clock_time(lag),
            state_words=tongue.state,
            acting=acting,
            answer=answer_of(desk, request, logged_in, file, tongue),
            openings=openings_of(desk, logged_in.who.account, case_id, tongue),
            **views.case_view(file, tongue),
        )

    @app.get("/state", name=Route.STATE.value)
    def state(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.STATE))]) -> Response:
        books = views.state_view(desk.projecting.freshness, wall_ms(), tongue_of(desk, request))
        return page(desk, request, "state.html", logged_in=logged_in, books=books)


def filters_of(request: Request) -> Filters:
    """The board's filters; what is no filter is taken as none: a mistyped address shows too much, not nothing."""
    given = request.query_params
    level, state, area, number = (given.get(name, "") for name in ("level", "state", "area", "page"))
    return Filters(
        level=level if level in set(Level) else "",
        state=state if STATE_CODE.fullmatch(state) else "",
        area=area if DIGITS.fullmatch(area) else "",
        mine=given.get("mine") == "1",
        page=int(number) if NUMBER.fullmatch(number) else 0,
    )
