"""Change of shift: what must be taken over, by when, and what this account has in hand. Taking over is an action."""

from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from sqlalchemy import Connection, and_, select

from services.desk import telling, views
from services.desk.acting import forms, table
from services.desk.acting.forms import Target
from services.desk.core.guard import Principal, Route
from services.desk.guarding import Desk, LoggedIn, guard, page, tongue_of
from services.desk.reading import Row
from services.desk.tables import CASES, DEADLINES
from services.desk.views import Tongue

ROWS_MAX: Final = 500
SHIFT: Final = "SHIFT"
"""The kind of deadline by which somebody must have taken a case over."""


def add_handing(app: FastAPI, desk: Desk) -> None:
    """The one route."""

    @app.get("/handover", name=Route.HANDOVER.value)
    def handover(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.HANDOVER))]) -> Response:
        tongue, lag = tongue_of(desk, request), desk.lag()
        with desk.engine.connect() as connection:
            rows = in_hands(connection, logged_in.who)
        own = logged_in.who.account
        return page(
            desk,
            request,
            "handover.html",
            logged_in=logged_in,
            lag=lag,
            lag_time=views.clock_time(lag),
            mine=[_line(row, tongue) for row in rows if row["officer"] == own],
            theirs=[_line(row, tongue) for row in rows if row["officer"] != own and row["shift_ends_ms"] is not None],
            state_words=tongue.state,
        )


def in_hands(connection: Connection, who: Principal) -> list[Row]:
    """Open cases of the account's area that somebody has in hand; first those that must be taken over, by when."""
    of_shift = and_(DEADLINES.c.case_id == CASES.c.case_id, DEADLINES.c.kind == SHIFT)
    ends_ms = DEADLINES.c.due_at_ms.label("shift_ends_ms")
    rows = connection.execute(
        select(CASES, ends_ms)
        .outerjoin(DEADLINES, of_shift)
        .where(CASES.c.is_open, CASES.c.officer.is_not(None), CASES.c.area.startswith(who.area_prefix, autoescape=True))
        .order_by(ends_ms.is_(None), ends_ms, -CASES.c.urgency, CASES.c.next_due_at_ms, CASES.c.case_id)
        .limit(ROWS_MAX)
    )
    return list(rows.mappings())


def _line(row: Row, tongue: Tongue) -> dict[str, Any]:
    target = Target(f"/cases/{row['case_id']}", row["case_id"])
    return {
        "row": row,
        "child": tongue.pick(telling.child_words(row["facts"])),
        "by": tongue.at(row["shift_ends_ms"]) if row["shift_ends_ms"] is not None else "",
        "is_soon": row["shift_ends_ms"] is not None and row["shift_ends_ms"] - tongue.now_ms < views.HOUR_MS,
        "due": tongue.due(row),
        "due_at": tongue.at(row["next_due_at_ms"]),
        "late": tongue.late(row),
        "form": forms.view(table.TAKE_OVER, target, {}, tongue, 0),
    }
