"""The routes of a department's inbox. A task that is another's and one that is not at all give one answer, recorded."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from services.desk import views
from services.desk.acting.routes import Ground, Pressed, asked_about
from services.desk.acting.showing import answer_view
from services.desk.acting.table import Action
from services.desk.acting.task_table import TASK_ACTIONS
from services.desk.core.guard import Principal, Route
from services.desk.guarding import (
    NOT_FOUND,
    Desk,
    LoggedIn,
    Refused,
    check_typed,
    guard,
    page,
    record_refusal,
    tongue_of,
    typed_of,
)
from services.desk.inbox import reading, showing
from services.desk.inbox.reading import Task
from services.desk.opening import CASE_ID
from services.desk.reading import exists
from services.desk.views import Tongue
from shared.contracts.vocabulary import Department


def add_inbox(app: FastAPI, desk: Desk) -> None:
    """The list, a task's page, and a route for each thing that can be answered."""

    @app.get("/inbox", name=Route.INBOX.value)
    def inbox(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.INBOX))]) -> Response:
        tongue, lag = tongue_of(desk, request), desk.lag()
        with desk.engine.connect() as connection:
            found = reading.inbox(connection, logged_in.who)
        return page(
            desk,
            request,
            "inbox.html",
            logged_in=logged_in,
            inbox=showing.inbox_view(found, tongue),
            lag=lag,
            lag_time=views.clock_time(lag),
        )

    @app.get("/tasks/{case_id}/{department}", name=Route.TASK.value)
    def task(
        case_id: str,
        department: str,
        request: Request,
        logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.TASK))],
    ) -> Response:
        found = open_task(desk, logged_in.who, Route.TASK, case_id, department)
        tongue, lag = tongue_of(desk, request), desk.lag((found.row["book"],))
        return page(
            desk,
            request,
            "task.html",
            logged_in=logged_in,
            lag=lag,
            lag_time=views.clock_time(lag),
            task=showing.task_view(found, logged_in.who, tongue),
            answer=_answer(desk, request, logged_in, found, tongue),
        )

    for action in TASK_ACTIONS:
        _add(app, desk, action)


def _add(app: FastAPI, desk: Desk, action: Action) -> None:
    @app.post(f"/tasks/{{case_id}}/{{department}}/{action.route.value}", name=action.route.value)
    async def answer(
        case_id: str,
        department: str,
        request: Request,
        logged_in: Annotated[LoggedIn, Depends(guard(desk, action.route))],
    ) -> Response:
        typed = await typed_of(request)
        check_typed(logged_in, typed)
        found = await run_in_threadpool(open_task, desk, logged_in.who, action.route, case_id, department)
        ground = Ground(
            showing.target_of(found), found.row["county"], showing.SOURCES, f"{found.row['level'] or ''} {case_id}"
        )
        return await Pressed(desk, request, logged_in, action, typed).on(ground)


def open_task(desk: Desk, who: Principal, route: Route, case_id: str, department: str) -> Task:
    """The task. Raises Refused, with one answer for another's and for none."""
    found, is_elsewhere = None, False
    if CASE_ID.fullmatch(case_id) and department in set(Department):
        with desk.engine.connect() as connection:
            found = reading.task(connection, who, case_id, department)
            is_elsewhere = found is None and exists(connection, case_id)
    if found is None:
        record_refusal(desk, who, route, "AREA" if is_elsewhere else "UNKNOWN", case_id if is_elsewhere else None)
        raise Refused(*NOT_FOUND)
    return found


def _answer(desk: Desk, request: Request, logged_in: LoggedIn, found: Task, tongue: Tongue) -> dict[str, Any] | None:
    """What became of the command that the address names; of the rest of the case nothing."""
    asked = asked_about(desk, request, logged_in, found.row["case_id"])
    if asked is None:
        return None
    verdict, since = asked
    meanwhile = [] if verdict.accepted else showing.own_answers(found, tongue, since)
    return answer_view(verdict, meanwhile, tongue)
