"""The routes by which a case is acted on: one for each action, all of them the same way.

Statuses: 303 to the case with what became of it; 422 something is to be filled in otherwise; 202 not known yet, safe
to press again; 503 nothing was sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from services.desk.acting import forms, showing
from services.desk.acting.forms import BadForm, Shown, Sources, Target, Typed, Unfit
from services.desk.acting.giving import Fate, Verdict, verdict_of
from services.desk.acting.noting import NotSealed
from services.desk.acting.sources import sources_of
from services.desk.acting.table import CASE_ACTIONS, SEALED_ID, Action
from services.desk.core.guard import Principal, Route
from services.desk.guarding import BAD_FORM, Desk, LoggedIn, Refused, check_typed, guard, page, tongue_of, typed_of
from services.desk.opening import open_case
from services.desk.reading import CaseFile
from services.desk.views import Tongue
from shared.runtime.commanding import Order

COMMAND_ID: Final = re.compile(r"[A-Za-z0-9_-]{10,120}")
NUMBER: Final = re.compile(r"[0-9]{1,15}")
STATUS: Final = {Fate.NOT_KNOWN: 202, Fate.NOT_SENT: 503, Fate.BUSY: 503}


@dataclass(frozen=True, slots=True)
class Ground:
    """On what an action is given: where its form leads, the county, the choices, and what its page is headed."""

    target: Target
    county: str
    sources: Sources
    heading: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of one button, by somebody who may."""

    desk: Desk
    request: Request
    logged_in: LoggedIn
    action: Action
    typed: Typed

    async def on(self, ground: Ground) -> Response:
        """Give the command, and say what became of it."""
        now_ms = self.desk.clock.now_ms()
        try:
            asked = forms.read(
                self.action, self.logged_in.who, ground.target, self.typed, ground.sources, now_ms, self.desk.noting.key
            )
        except BadForm:
            raise Refused(*BAD_FORM) from None
        except Unfit as unfit:
            return await run_in_threadpool(self._again, ground, 422, None, unfit)
        order = Order(asked.command_id, ground.county, asked.body)  # type: ignore[arg-type]  # one of the bodies
        fate = await self._given(order, ground, asked.note)
        if fate in {Fate.ACCEPTED, Fate.REFUSED}:
            since = number_of(self.typed, "since")
            target = f"{ground.target.path}?answer={quote(asked.command_id)}&since={since}#answer"
            return RedirectResponse(target, 303)
        if fate is Fate.NOT_SENT and self.typed.get("again"):
            fate = Fate.NOT_KNOWN
        return await run_in_threadpool(self._again, ground, STATUS[fate], fate, None)

    async def _given(self, order: Order, ground: Ground, note: Mapping[str, str]) -> Fate:
        """Seal what was typed in words, then give the command that names it. A command without its note is not sent."""
        who, case_id = self.logged_in.who, ground.target.case_id
        if note:
            decided = await self.desk.giving.decided(who, order)
            if decided is not None:
                return decided
            try:
                sealed_id = await self.desk.noting.seal(who, order, case_id, note)
            except NotSealed as failed:
                return failed.fate
            body = order.body.model_copy(update={SEALED_ID: sealed_id})
            order = Order(order.command_id, order.county, body)
        return await self.desk.giving.give(who, order)

    def _again(self, ground: Ground, status: int, fate: Fate | None, unfit: Unfit | None) -> Response:
        """The same form with what was typed and the same id."""
        tongue = tongue_of(self.desk, self.request)
        shown = Shown(self.typed, unfit.wrongs if unfit else ())
        since = number_of(self.typed, "since")
        return page(
            self.desk,
            self.request,
            "pressed.html",
            status=status,
            logged_in=self.logged_in,
            fate=fate.value if fate else "",
            form=forms.view(self.action, ground.target, ground.sources, tongue, since, shown),
            back=ground.target.path,
            heading=ground.heading,
        )


def add_acting(app: FastAPI, desk: Desk) -> None:
    """The routes of all actions."""
    for action in CASE_ACTIONS:
        _add(app, desk, action)


def _add(app: FastAPI, desk: Desk, action: Action) -> None:
    @app.post(f"/cases/{{case_id}}/{action.route.value}", name=action.route.value)
    async def act(
        case_id: str, request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, action.route))]
    ) -> Response:
        typed = await typed_of(request)
        check_typed(logged_in, typed)
        ground = await run_in_threadpool(_ground, desk, logged_in.who, action.route, case_id)
        return await Pressed(desk, request, logged_in, action, typed).on(ground)


def _ground(desk: Desk, who: Principal, route: Route, case_id: str) -> Ground:
    file = open_case(desk, who, route, case_id)
    with desk.engine.connect() as connection:
        sources = sources_of(connection, file)
    heading = f"{file.case['level'] or ''} {file.case['receipt']}".strip()
    return Ground(showing.target_of(file), file.case["county"], sources, heading)


def asked_about(desk: Desk, request: Request, logged_in: LoggedIn, case_id: str) -> tuple[Verdict, int] | None:
    """The decision on the command that the address names, if it was this account's about this case; since when."""
    command_id, since = request.query_params.get("answer", ""), request.query_params.get("since", "")
    if not COMMAND_ID.fullmatch(command_id):
        return None
    verdict = verdict_of(desk.engine, command_id, logged_in.who.account)
    if verdict is None or verdict.case_id != case_id:
        return None
    return verdict, int(since) if NUMBER.fullmatch(since) else verdict.seq


def answer_of(
    desk: Desk, request: Request, logged_in: LoggedIn, file: CaseFile, tongue: Tongue
) -> dict[str, Any] | None:
    """What became of the command that the address names, and what else happened to the case meanwhile."""
    found = asked_about(desk, request, logged_in, file.case["case_id"])
    if found is None:
        return None
    verdict, since = found
    return showing.answer_view(verdict, showing.meanwhile(file, since, verdict.seq, tongue), tongue)


def number_of(typed: Typed, name: str) -> int:
    """A hidden number; 0 for what is none."""
    text = next(iter(typed.get(name, ())), "")
    return int(text) if NUMBER.fullmatch(text) else 0
