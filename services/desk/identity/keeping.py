"""The page on which the identity of a case is held for a court, or destroyed by two people. Nothing sealed is shown.

Triage decides: a closed case, no hold, a supervisor's word and another person's. The page says first what would go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import orjson
from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from services.desk import reading, telling
from services.desk.acting.fields import Field, Kind, Wrong, value_of
from services.desk.core.guard import Route
from services.desk.guarding import Desk, LoggedIn, Refused, check_form, form_of, guard, page, tongue_of
from services.desk.identity.routes import NOT_FILLED_IN, body_of, give_and_wait
from services.desk.opening import open_case
from services.desk.reading import CaseFile
from services.desk.views import Tongue
from shared.contracts import identity
from shared.contracts.identity import ErasureGround
from shared.explaining.said import Said
from shared.narration.answer_words import HOLDS, HOLDS_OVER
from shared.narration.identities import GROUNDS
from shared.narration.words import word

ABOUT: Final = ("LegalHoldSet", "LegalHoldLifted", "IdentityDestructionRequested", "IdentityDestroyed")
CONFIRMED: Final = "confirm"
REFERENCE: Final = Field("reference", Said("编号", "Number"), Kind.CODE)
NOT_CONFIRMED: Final = (
    422,
    "Not confirmed",
    "Nothing was done. Read what would be destroyed, and tick the box that says that you have.",
)
NOT_A_NUMBER: Final = (
    422,
    "Not filled in",
    "Nothing was done. The number is letters and digits of a paper, without spaces, and never a person's own.",
)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How it stands, by the record. `waits`: the destruction that waits for a second person, and whose word it is."""

    filings: int
    siblings: int
    is_held: bool
    destroyed_at_ms: int | None
    waits: str
    asked_by: str
    lines: tuple[tuple[str, str], ...]


def add_keeping(app: FastAPI, desk: Desk) -> None:
    """The page and its four buttons. A form is one command, however often it is pressed."""

    @app.get("/cases/{case_id}/keeping", name=Route.KEEPING.value)
    def shown(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.KEEPING))]
    ) -> Response:
        return _page(desk, request, logged_in, case_id)

    @app.post("/cases/{case_id}/keeping/hold", name=Route.SET_HOLD.value)
    async def held(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.SET_HOLD))]
    ) -> Response:
        return await _pressed(desk, request, logged_in, Route.SET_HOLD, case_id)

    @app.post("/cases/{case_id}/keeping/lift", name=Route.LIFT_HOLD.value)
    async def lifted(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.LIFT_HOLD))]
    ) -> Response:
        return await _pressed(desk, request, logged_in, Route.LIFT_HOLD, case_id)

    @app.post("/cases/{case_id}/keeping/destroy", name=Route.DESTROY.value)
    async def destroyed(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.DESTROY))]
    ) -> Response:
        return await _pressed(desk, request, logged_in, Route.DESTROY, case_id)

    @app.post("/cases/{case_id}/keeping/destroy/second", name=Route.SECOND_DESTRUCTION.value)
    async def second(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.SECOND_DESTRUCTION))]
    ) -> Response:
        return await _pressed(desk, request, logged_in, Route.SECOND_DESTRUCTION, case_id)


async def _pressed(desk: Desk, request: Request, logged_in: LoggedIn, route: Route, case_id: str) -> Response:
    fields = await form_of(request)
    check_form(logged_in, fields)
    file = await run_in_threadpool(open_case, desk, logged_in.who, route, case_id)
    if route in {Route.DESTROY, Route.SECOND_DESTRUCTION} and not fields.get(CONFIRMED):
        raise Refused(*NOT_CONFIRMED)
    await give_and_wait(desk, request, logged_in, file.case["county"], _body(route, case_id, fields), fields)
    return RedirectResponse(f"/cases/{case_id}/keeping", 303)


def _body(route: Route, case_id: str, fields: Mapping[str, str]) -> Any:  # noqa: ANN401 - one of the commands' bodies
    match route:
        case Route.SET_HOLD:
            return body_of(identity.SetLegalHold, case=case_id, reason=_one_of(HOLDS, fields.get("reason", "")))
        case Route.LIFT_HOLD:
            return body_of(identity.LiftLegalHold, case=case_id, reason=_one_of(HOLDS_OVER, fields.get("reason", "")))
        case Route.DESTROY:
            ground, reference = fields.get("ground", ""), _reference(fields.get("reference", ""))
            return body_of(identity.DestroyIdentity, case=case_id, ground=ground, reference=reference)
        case _:
            destruction = fields.get("destruction", "")
            return body_of(identity.SecondIdentityDestruction, case=case_id, destruction=destruction)


def _one_of(said: Mapping[str, object], code: str) -> str:
    if code not in said:
        raise Refused(*NOT_FILLED_IN)
    return code


def _reference(typed: str) -> str:
    """A number of a paper, never one that looks like a person's: it stands in the record for ever."""
    try:
        return str(value_of(REFERENCE, [typed], (), 0))
    except Wrong:
        raise Refused(*NOT_A_NUMBER) from None


def keeping_of(file: CaseFile, tongue: Tongue) -> Keeping:
    """How the identity of a case stands, from its own records."""
    filings: dict[str, None] = {}
    is_held, destroyed_at_ms, waits, asked_by = False, None, "", ""
    lines: list[tuple[str, str]] = []
    for row in file.timeline:
        facts = orjson.loads(row["facts"]) if row["kind"] in {*ABOUT, "CaseOpened", "ReportJoined"} else {}
        match row["kind"]:
            case "CaseOpened" | "ReportJoined":
                filings[facts["report_id"]] = None
            case "LegalHoldSet" | "LegalHoldLifted":
                is_held = row["kind"] == "LegalHoldSet"
            case "IdentityDestructionRequested":
                is_waiting = facts["expires_at_ms"] > tongue.now_ms
                waits, asked_by = (facts["destruction"], facts["by"]) if is_waiting else ("", "")
            case "IdentityDestroyed":
                destroyed_at_ms, waits, asked_by = facts["at_ms"], "", ""
        if row["kind"] in ABOUT:
            said = " ".join(tongue.pick(line) for line in telling.lines_of(row["kind"], row["facts"]))
            lines.append((tongue.at(row["at_ms"]), said))
    siblings = sum(row["receipt"] == file.case["receipt"] for row in file.linked)
    return Keeping(len(filings), siblings, is_held, destroyed_at_ms, waits, asked_by, tuple(reversed(lines)))


def _page(desk: Desk, request: Request, logged_in: LoggedIn, case_id: str) -> Response:
    file = open_case(desk, logged_in.who, Route.KEEPING, case_id)
    tongue = tongue_of(desk, request)
    row: reading.Row = file.case
    return page(
        desk,
        request,
        "keeping.html",
        logged_in=logged_in,
        row=row,
        keeping=keeping_of(file, tongue),
        holds=[(code, tongue.pick(word(HOLDS, code))) for code in HOLDS],
        holds_over=[(code, tongue.pick(word(HOLDS_OVER, code))) for code in HOLDS_OVER],
        grounds=[(code.value, tongue.pick(word(GROUNDS, code))) for code in ErasureGround],
    )
