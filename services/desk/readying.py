"""Pages on what the next nights need: the rota with its gaps, places with their holds. They change nothing."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, Connection, Table, and_, literal, or_, select

from services.desk import views
from services.desk.core import readiness
from services.desk.core.guard import Principal, Route
from services.desk.guarding import Desk, LoggedIn, guard, page, tongue_of
from services.desk.reading import Row
from services.desk.tables import ACCOUNTS, CASES, CONTACTS, HOLDS, PLACES, SHIFTS
from services.desk.views import Tongue
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Role
from shared.explaining import words as codes
from shared.narration.words import word

ROWS_MAX: Final = 2000
SEXES: Final = {"F": ("女", "girls"), "M": ("男", "boys")}
WARNINGS: Final = {
    "CLOSED": ("已停用", "not in use"),
    "LICENCE_PAST": ("许可已过期", "its licence has ended"),
    "LICENCE_SOON": ("许可 30 日内到期", "its licence ends within 30 days"),
    "OVER": ("超员", "more children than beds"),
    "FULL": ("已满", "full"),
}
RUNGS: Final = {
    "E1": ("民政第一值班", "first duty of civil affairs"),
    "E2": ("民政第二值班", "second duty of civil affairs"),
    "E3": ("民政负责人", "head of civil affairs"),
    "SIGNATORY": ("签批人", "signatory"),
}


def add_readying(app: FastAPI, desk: Desk) -> None:
    """The two routes."""

    @app.get("/rota", name=Route.ROTA.value)
    def rota(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.ROTA))]) -> Response:
        tongue, lag = tongue_of(desk, request), desk.lag()
        with desk.engine.connect() as connection:
            counties = rota_of(connection, logged_in.who, tongue)
        return _page(desk, request, "rota.html", logged_in, lag, counties=counties)

    @app.get("/places", name=Route.PLACES.value)
    def places(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.PLACES))]) -> Response:
        tongue, lag = tongue_of(desk, request), desk.lag()
        with desk.engine.connect() as connection:
            counties = places_of(connection, logged_in.who, tongue)
        return _page(desk, request, "places.html", logged_in, lag, counties=counties)


def _page(desk: Desk, request: Request, template: str, logged_in: LoggedIn, lag: Any, **values: Any) -> Response:  # noqa: ANN401 - what a template shows
    return page(desk, request, template, logged_in=logged_in, lag=lag, lag_time=views.clock_time(lag), **values)


def _near(table: Table, who: Principal) -> ColumnElement[bool]:
    """The counties within the account's area, or the one that its area lies in; each in its own book once.

    Entries of 000000 stand in every book: they serve whoever has no county and are the operator's.
    """
    within = or_(
        table.c.county.startswith(who.area_prefix, autoescape=True), literal(who.area_prefix).startswith(table.c.county)
    )
    return and_(within, table.c.county != COUNTY_UNKNOWN)


def rota_of(connection: Connection, who: Principal, tongue: Tongue) -> list[dict[str, Any]]:
    """By county: the shifts that run or come, and the hours that nobody is on duty for."""
    now_ms = tongue.now_ms
    able = {
        (row["county"], row["contact_id"]): row["active"]
        for row in connection.execute(select(CONTACTS).where(_near(CONTACTS, who))).mappings()
    }
    accounts = {
        row["account"]: row for row in connection.execute(select(ACCOUNTS).where(_near(ACCOUNTS, who))).mappings()
    }
    until_ms = now_ms + readiness.AHEAD_MS
    chosen = and_(_near(SHIFTS, who), SHIFTS.c.until_ms > now_ms, SHIFTS.c.from_ms < until_ms)
    rows = connection.execute(select(SHIFTS).where(chosen).order_by(SHIFTS.c.from_ms).limit(ROWS_MAX)).mappings()
    by_county: dict[str, list[Row]] = {county: [] for county, _ in able}
    for row in rows:
        by_county.setdefault(row["county"], []).append(row)
    return [
        {"name": tongue.area(county), **_rota_of_county(county, shifts, able, accounts, tongue)}
        for county, shifts in sorted(by_county.items())
    ]


def _rota_of_county(
    county: str,
    shifts: list[Row],
    able: Mapping[tuple[str, str], bool],
    accounts: Mapping[str, Row],
    tongue: Tongue,
) -> dict[str, Any]:
    faults = {row["shift_id"]: _fault(row, able.get((county, row["contact_id"]), False), accounts) for row in shifts}
    found = readiness.gaps(
        (
            readiness.Shift(row["rung"], row["from_ms"], row["until_ms"], counts=faults[row["shift_id"]] is None)
            for row in shifts
        ),
        tongue.now_ms,
    )
    listed, more = readiness.first(found)
    pick = tongue.pick
    return {
        "gaps": [
            {
                "rung": pick(word(RUNGS, gap.rung)),
                "from": tongue.at(gap.from_ms),
                "until": tongue.at(gap.until_ms),
                "span": tongue.span(gap.until_ms - gap.from_ms),
                "now": gap.from_ms <= tongue.now_ms,
            }
            for gap in listed
        ],
        "more": more,
        "shifts": [
            {
                "rung": pick(word(RUNGS, row["rung"])),
                "account": row["account"],
                "from": tongue.at(row["from_ms"]),
                "until": tongue.at(row["until_ms"]),
                "now": row["from_ms"] <= tongue.now_ms,
                "fault": pick(fault) if (fault := faults[row["shift_id"]]) else "",
            }
            for row in shifts
        ],
    }


def _fault(shift: Row, is_reached: bool, accounts: Mapping[str, Row]) -> tuple[str, str] | None:  # noqa: FBT001 - one flag
    """Why a shift staffs nothing; None when it does."""
    account = accounts.get(shift["account"])
    if not is_reached:
        return ("联系方式已停用或不存在", "its contact is not in use, or not registered")
    if account is None or not account["active"]:
        return ("账户已停用或不存在", "its account is not in use, or not registered")
    if shift["rung"] == "SIGNATORY" and account["role"] != Role.SIGNATORY:
        return ("账户无签批权", "its account may not sign")
    return None


def places_of(connection: Connection, who: Principal, tongue: Tongue) -> list[dict[str, Any]]:
    """By county: each place with its free beds, what is wrong with it, and the cases that hold it."""
    within = CASES.c.area.startswith(who.area_prefix, autoescape=True)
    holds: defaultdict[str, list[Row]] = defaultdict(list)
    held = (
        select(HOLDS, CASES.c.level, CASES.c.receipt, CASES.c.child, within.label("may_open"))
        .join(CASES, CASES.c.case_id == HOLDS.c.case_id)
        .where(_near(HOLDS, who))
        .order_by(HOLDS.c.since_ms)
    )
    for row in connection.execute(held.limit(ROWS_MAX)).mappings():
        holds[row["place_id"]].append(row)
    rows = connection.execute(
        select(PLACES).where(_near(PLACES, who)).order_by(PLACES.c.county, PLACES.c.place_id).limit(ROWS_MAX)
    ).mappings()
    by_county: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_county.setdefault(row["county"], []).append(_place(row, holds[row["place_id"]], tongue))
    return [
        {"name": tongue.area(county), "places": places, "free": sum(each["free"] for each in places)}
        for county, places in by_county.items()
    ]


def _place(row: Row, holds: list[Row], tongue: Tongue) -> dict[str, Any]:
    judged = readiness.standing(
        row["capacity"], len(holds), row["licence_until_ms"], tongue.now_ms, active=row["active"]
    )
    pick = tongue.pick
    sexes = [pick(word(SEXES, sex)) for sex in orjson.loads(row["sexes"] or "[]")]
    return {
        "id": row["place_id"],
        "type": pick(word(codes.PLACEMENTS, row["type"])),
        "capacity": row["capacity"],
        "free": judged.free,
        "ages": f"{row['age_years_min']}-{row['age_years_max']}",
        "sexes": ", ".join(sexes),
        "accepts_disability": row["accepts_disability"],
        "licence": tongue.at(row["licence_until_ms"]) if row["licence_until_ms"] else "",
        "warnings": [pick(word(WARNINGS, code)) for code in judged.warnings],
        "holds": [
            {
                "case": hold["case_id"] if hold["may_open"] else None,
                "level": hold["level"],
                "receipt": hold["receipt"],
                "child": hold["child"],
                "since": tongue.at(hold["since_ms"]),
            }
            for hold in holds
        ],
    }
