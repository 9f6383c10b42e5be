"""Finding a case by what a caller says: the receipt, or the end of the case number that an alert has spoken.

A form and not an address: whoever has a receipt may read how its report stands, so that it stands in no address.
"""

import re
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from services.desk import reading
from services.desk.core.guard import Principal, Route
from services.desk.guarding import Desk, LoggedIn, check_form, form_of, guard, page, record_refusal

NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{5,119}")


def add_finding(app: FastAPI, desk: Desk) -> None:
    """The one route."""

    @app.post("/find", name=Route.FIND.value)
    async def find(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.FIND))]) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        number = fields.get("number", "").strip()
        found = await run_in_threadpool(_found, desk, logged_in.who, number) if NUMBER.fullmatch(number) else None
        if found is not None:
            return RedirectResponse(f"/cases/{found}", 303)
        return page(desk, request, "not_found.html", logged_in=logged_in)


def _found(desk: Desk, who: Principal, number: str) -> str | None:
    """The case; that it was asked for in vain is recorded, as it is of a case's address."""
    with desk.engine.connect() as connection:
        found, is_elsewhere = reading.find(connection, who, number)
    if found is None:
        record_refusal(desk, who, Route.FIND, "AREA" if is_elsewhere else "UNKNOWN", None)
    return found
