"""The auditor's pages: figures with charts that print, what a person must look at, samples, and each table as CSV.

They change nothing. Figures hold small cells back; lists name cases, which the same account may open.
"""

import re
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from services.desk import audit_views, views
from services.desk.auditing import read_audit
from services.desk.core.guard import Principal, Route
from services.desk.guarding import NOT_FOUND, Desk, LoggedIn, Refused, guard, page, tongue_of
from services.desk.views import Tongue
from shared.auditing.audit import Audit
from shared.auditing.figures import published
from shared.auditing.observations import DAY_MS, Window
from shared.auditing.samples import AMONG, SAMPLE_MAX, sample
from shared.auditing.sheets import csv_text, lists, sheet_of
from shared.explaining.said import SHANGHAI, local

DAYS_DEFAULT: Final = 30
AREA: Final = re.compile(r"[0-9]{1,12}")
DAY: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
SEED: Final = re.compile(r"[A-Za-z0-9 _.:-]{1,80}")
COUNT: Final = re.compile(r"[0-9]{1,3}")
SAMPLE_DEFAULT: Final = 20
ONE_AT_A_TIME: Final = Lock()


def add_auditing(app: FastAPI, desk: Desk) -> None:
    """The four routes."""

    @app.get("/audit", name=Route.AUDIT.value)
    def figures(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.AUDIT))]) -> Response:
        window = window_of(request, logged_in.who, desk.clock.now_ms())
        tongue, audit = tongue_of(desk, request), _read(desk, window)
        sections = audit_views.sections(published(audit), tongue)
        return _page(desk, request, logged_in, "audit.html", window, tongue, sections=sections)

    @app.get("/audit/lists", name=Route.AUDIT_LISTS.value)
    def to_look_at(
        request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.AUDIT_LISTS))]
    ) -> Response:
        window = window_of(request, logged_in.who, desk.clock.now_ms())
        tongue, audit = tongue_of(desk, request), _read(desk, window)
        found = audit_views.lists_view(audit, tongue)
        return _page(desk, request, logged_in, "audit_lists.html", window, tongue, lists=found)

    @app.get("/audit/sample", name=Route.AUDIT_SAMPLE.value)
    def samples(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.AUDIT_SAMPLE))]) -> Response:
        window = window_of(request, logged_in.who, desk.clock.now_ms())
        tongue, given = tongue_of(desk, request), request.query_params
        seed, count, among = given.get("seed", ""), given.get("count", ""), given.get("among", "")
        seed = seed if SEED.fullmatch(seed) else ""
        number = min(int(count), SAMPLE_MAX) if COUNT.fullmatch(count) else SAMPLE_DEFAULT
        among = among if among in AMONG else "OPENED"
        drawn = sample(_read(desk, window), seed, number, among) if seed else []
        return _page(
            desk, request, logged_in, "audit_sample.html", window, tongue, drawn=drawn, seed=seed, count=number,
            among=among, choices=audit_views.choices(tongue),
        )  # fmt: skip

    @app.get("/audit/table.csv", name=Route.AUDIT_CSV.value)
    def as_csv(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.AUDIT_CSV))]) -> Response:
        name = request.query_params.get("name", "cases")
        window = window_of(request, logged_in.who, desk.clock.now_ms())
        audit = _read(desk, window)
        sheets = {sheet.code: sheet for sheet in (*map(sheet_of, published(audit)), *lists(audit))}
        if name not in sheets:
            raise Refused(*NOT_FOUND)
        return Response(
            csv_text(sheets[name]),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}.csv"'},
        )


def window_of(request: Request, who: Principal, now_ms: int) -> Window:
    """The window that was asked for, within the account's area. Days are Shanghai's, the last one included.

    What is no day, or no area of the account's, is taken as none: the last 30 days, the account's whole area.
    """
    given = request.query_params
    today = local(now_ms).date()
    last = _day(given.get("to", "")) or today
    first = _day(given.get("from", "")) or last - timedelta(days=DAYS_DEFAULT - 1)
    area = given.get("area", "")
    area = area if AREA.fullmatch(area) and who.covers(area) else who.area_prefix
    to_ms = min(_midnight_ms(last) + DAY_MS, now_ms)
    return Window(min(_midnight_ms(first), to_ms - 1), to_ms, area)


def _day(text: str) -> date | None:
    if not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp() * 1000)


def _read(desk: Desk, window: Window) -> Audit:
    """One at a time: a year of a province takes seconds, and officers' pages must not wait for auditors'."""
    with ONE_AT_A_TIME, desk.engine.connect() as connection:
        return read_audit(connection, window)


def _page(
    desk: Desk,
    request: Request,
    logged_in: LoggedIn,
    template: str,
    window: Window,
    tongue: Tongue,
    **values: Any,  # noqa: ANN401 - what a template shows
) -> Response:
    lag = desk.lag()
    return page(
        desk,
        request,
        template,
        logged_in=logged_in,
        lag=lag,
        lag_time=views.clock_time(lag),
        **audit_views.of_window(window, tongue),
        **values,
    )
