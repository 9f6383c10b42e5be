"""Pages on which identities are opened: asked for, agreed to by a second person, in danger alone, reviewed, and shown.

What is opened goes from the custodian into one answer and nowhere else: not into SQL, a log, an address or a cache.
"""

import hashlib
import re
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from services.desk import reading
from services.desk.acting.giving import Fate, verdict_of
from services.desk.core.guard import Route
from services.desk.custody import NotOpened, Opened
from services.desk.guarding import (
    BAD_FORM,
    Desk,
    LoggedIn,
    Refused,
    check_form,
    form_of,
    guard,
    language_of,
    page,
    tongue_of,
)
from services.desk.identity.showing import LABELS, REASONS, WHY_NOT, openings_of
from services.desk.inbox.routes import open_task
from services.desk.opening import open_case
from services.desk.views import tail_of
from shared.contracts import identity
from shared.contracts.base import Message
from shared.contracts.commands import CommandBody
from shared.contracts.identity import IdentityPart, OpeningPurpose
from shared.narration import words
from shared.narration.identities import FINDINGS, PARTS, PURPOSES
from shared.narration.words import word
from shared.runtime.commanding import Order
from shared.runtime.logging import get_logger

ID: Final = re.compile(r"[A-Za-z0-9._:~@-]{1,120}")
FORM: Final = re.compile(r"[A-Za-z0-9_-]{8,80}")
VERDICT_SECONDS_MAX: Final = 15.0
NOT_FILLED_IN: Final = (422, "Not filled in", "Nothing was done. Go back and choose what is needed, why and what for.")
UNKNOWN: Final = (503, "Not known", "No decision was seen in time. It is safe to press again.")

_log = get_logger("desk.opening")


def add_identity(app: FastAPI, desk: Desk) -> None:
    """The routes. Each that gives a command is safe to press again: a form is one command."""
    _add_task(app, desk)

    @app.get("/cases/{case_id}/identity", name=Route.IDENTITY.value)
    def shown(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.IDENTITY))]
    ) -> Response:
        return _page(desk, request, logged_in, case_id)

    @app.post("/cases/{case_id}/identity", name=Route.OPEN_IDENTITY.value)
    async def opened(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.OPEN_IDENTITY))]
    ) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        row = await run_in_threadpool(_case, desk, logged_in, Route.OPEN_IDENTITY, case_id)
        again = fields.get("opening", "")
        if ID.fullmatch(again):
            return await _show(desk, request, logged_in, case_id, again)
        body = body_of(
            identity.OpenIdentity,
            case=case_id,
            parts=[part.value for part in IdentityPart if fields.get(part.value)],
            reason=fields.get("reason", ""),
            purpose=fields.get("purpose", ""),
        )
        command_id = await give_and_wait(desk, request, logged_in, row["county"], body, fields)
        try:
            return await _show(desk, request, logged_in, case_id, command_id)
        except NotOpened:
            return RedirectResponse(f"/cases/{case_id}/identity", 303)

    @app.post("/cases/{case_id}/break-glass", name=Route.BREAK_GLASS.value)
    async def broken(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.BREAK_GLASS))]
    ) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        row = await run_in_threadpool(_case, desk, logged_in, Route.BREAK_GLASS, case_id)
        body = body_of(identity.BreakGlass, case=case_id, reason=fields.get("reason", ""))
        order = Order(_command_id(logged_in, fields), row["county"], body)
        try:
            found = await desk.alone.open(logged_in.who, order, case_id)
        except NotOpened as error:
            return _not_opened(desk, request, logged_in, f"/cases/{case_id}/identity", error.code)
        except OSError:
            _log.critical("journal_cannot_be_written")
            return _not_opened(desk, request, logged_in, f"/cases/{case_id}/identity", "JOURNAL")
        return _opened_page(desk, request, logged_in, f"/cases/{case_id}", case_id, found)

    @app.post("/cases/{case_id}/identity/second", name=Route.SECOND_OPENING.value)
    async def second(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.SECOND_OPENING))]
    ) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        row = await run_in_threadpool(_case, desk, logged_in, Route.SECOND_OPENING, case_id)
        body = body_of(identity.SecondIdentityOpening, case=case_id, opening=fields.get("opening", ""))
        await give_and_wait(desk, request, logged_in, row["county"], body, fields)
        return RedirectResponse(f"/cases/{case_id}/identity", 303)

    @app.post("/cases/{case_id}/identity/review", name=Route.REVIEW_OPENING.value)
    async def reviewed(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.REVIEW_OPENING))]
    ) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        row = await run_in_threadpool(_case, desk, logged_in, Route.REVIEW_OPENING, case_id)
        body = body_of(
            identity.ReviewBreakGlass,
            case=case_id,
            opening=fields.get("opening", ""),
            finding=fields.get("finding", ""),
        )
        await give_and_wait(desk, request, logged_in, row["county"], body, fields)
        return RedirectResponse(f"/cases/{case_id}/identity", 303)


def _add_task(app: FastAPI, desk: Desk) -> None:
    @app.post("/tasks/{case_id}/{department}/identity", name=Route.TASK_IDENTITY.value)
    async def of_task(
        case_id: str,
        department: str,
        request: Request,
        logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.TASK_IDENTITY))],
    ) -> Response:
        fields = await form_of(request)
        check_form(logged_in, fields)
        found = await run_in_threadpool(open_task, desk, logged_in.who, Route.TASK_IDENTITY, case_id, department)
        body = body_of(identity.OpenTaskIdentity, case=case_id, department=department)
        command_id = await give_and_wait(desk, request, logged_in, found.row["county"], body, fields)
        try:
            return await _show(desk, request, logged_in, case_id, command_id, back=f"/tasks/{case_id}/{department}")
        except NotOpened as error:
            return _not_opened(desk, request, logged_in, f"/tasks/{case_id}/{department}", error.code)


def _case(desk: Desk, logged_in: LoggedIn, route: Route, case_id: str) -> reading.Row:
    return open_case(desk, logged_in.who, route, case_id).case


def body_of(kind: type[Message], **fields: Any) -> Any:  # noqa: ANN401 - one of the commands' bodies
    """A command's body. Raises Refused when something is not filled in."""
    try:
        return kind.model_validate(fields)
    except ValidationError:
        raise Refused(*NOT_FILLED_IN) from None


def _command_id(logged_in: LoggedIn, fields: dict[str, str]) -> str:
    """A form is one command, however often it is pressed; nobody else's form has its id."""
    form = fields.get("form", "")
    if not FORM.fullmatch(form):
        raise Refused(*BAD_FORM)
    return "desk-" + hashlib.sha256(f"{logged_in.who.account}\n{form}".encode()).hexdigest()[:40]


async def give_and_wait(
    desk: Desk,
    request: Request,
    logged_in: LoggedIn,
    county: str,
    body: CommandBody,
    fields: dict[str, str],
) -> str:
    """Give a command and wait; its id. Raises Refused with triage's reason, or when no decision was seen in time."""
    command_id = _command_id(logged_in, fields)
    fate = await desk.giving.give(logged_in.who, Order(command_id, county, body))
    if fate is Fate.ACCEPTED:
        return command_id
    if fate is not Fate.REFUSED:
        raise Refused(*UNKNOWN)
    verdict = await run_in_threadpool(verdict_of, desk.engine, command_id, logged_in.who.account)
    code = (verdict.reason if verdict else None) or "REFUSED"
    said = word(WHY_NOT, code)
    raise Refused(409, "Refused", said.zh if language_of(request) == "zh" else said.en)


async def _show(
    desk: Desk, request: Request, logged_in: LoggedIn, case_id: str, opening: str, back: str = ""
) -> Response:
    try:
        found = await run_in_threadpool(desk.alone.custodian.open, logged_in.who.account, case_id, opening)
    except NotOpened as error:
        if error.code == "NO_GRANT":
            raise
        return _not_opened(desk, request, logged_in, back or f"/cases/{case_id}/identity", error.code)
    return _opened_page(desk, request, logged_in, back or f"/cases/{case_id}", case_id, found)


def _opened_page(desk: Desk, request: Request, logged_in: LoggedIn, back: str, case_id: str, found: Opened) -> Response:
    tongue = tongue_of(desk, request)
    filings = [
        {
            "why_not": tongue.pick(word(WHY_NOT, each["code"])) if "code" in each else "",
            "parts": [
                (
                    tongue.pick(word(PARTS, part)),
                    [(tongue.pick(word(LABELS, str(name))), text) for name, text in lines],
                )
                for part, lines in each.get("parts", {}).items()
            ],
        }
        for each in found.filings
    ]
    return page(
        desk,
        request,
        "opened.html",
        logged_in=logged_in,
        back=back,
        tail=tail_of(case_id),
        filings=filings,
        opened_until=tongue.at(found.until_ms),
    )


def _not_opened(desk: Desk, request: Request, logged_in: LoggedIn, back: str, code: str) -> Response:
    tongue = tongue_of(desk, request)
    why = tongue.pick(word(WHY_NOT, code))
    return page(desk, request, "not_opened.html", status=409, logged_in=logged_in, back=back, why_not=why)


def _page(desk: Desk, request: Request, logged_in: LoggedIn, case_id: str) -> Response:
    row = _case(desk, logged_in, Route.IDENTITY, case_id)
    tongue = tongue_of(desk, request)
    return page(
        desk,
        request,
        "identity.html",
        logged_in=logged_in,
        row=row,
        openings=openings_of(desk, logged_in.who.account, case_id, tongue),
        parts=[(part.value, tongue.pick(word(PARTS, part))) for part in IdentityPart],
        purposes=[
            (each.value, tongue.pick(word(PURPOSES, each)))
            for each in OpeningPurpose
            if each not in {OpeningPurpose.DANGER, OpeningPurpose.DEPARTMENT_TASK}
        ],
        reasons=[(code, tongue.pick(words.reason_words(code))) for code in REASONS],
        findings=[(code, tongue.pick(word(FINDINGS, code))) for code in FINDINGS],
        is_in_danger=row["level"] in {"S1", "S2"},
    )
