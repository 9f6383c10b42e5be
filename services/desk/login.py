"""Logging in and out."""

import hmac
import secrets
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from services.desk import sessions, users
from services.desk.core.guard import Route
from services.desk.database import writing
from services.desk.guarding import Desk, LoggedIn, check_form, form_of, guard, is_local, language_of, page
from shared.runtime.clock import wall_ms
from shared.runtime.logging import get_logger

HASHING_MAX: Final = 4
"""Passwords that are checked at one time: each takes 64 MiB for a moment."""
HASHING_SECONDS_MAX: Final = 5.0

_log = get_logger("desk.login")


def add_login(app: FastAPI, desk: Desk) -> None:
    """The routes; few passwords are checked at one time."""
    hashing = BoundedSemaphore(HASHING_MAX)

    @app.get("/login", name="login_page")
    def login_page(request: Request) -> Response:
        return login_form(desk, request, request.query_params.get("next", ""), "", 200)

    @app.post("/login", name="login")
    async def login(request: Request) -> Response:
        fields = await form_of(request)
        before = request.cookies.get(desk.before_cookie, "")
        if not before or not hmac.compare_digest(fields.get("before", "").encode(), before.encode()):
            return login_form(desk, request, fields.get("next", ""), "The form is out of date. Send it once more.", 403)
        address = request.client.host if request.client else "unknown"
        result = await run_in_threadpool(_log_in, desk, hashing, fields, address)
        desk.metrics.logins.labels(result.name).inc()
        if result.token is None:
            _log.info("login_refused", result=result.name)
            return login_form(desk, request, fields.get("next", ""), result.words, result.status)
        target = fields.get("next", "")
        response = RedirectResponse(target if target and is_local(target) else "/", 303)
        response.set_cookie(
            desk.session_cookie, result.token, httponly=True, samesite="strict", secure=desk.is_behind_tls, path="/"
        )
        response.delete_cookie(desk.before_cookie, path="/", secure=desk.is_behind_tls)
        return response

    @app.post("/logout", name=Route.LOGOUT.value)
    async def logout(request: Request, logged_in: Annotated[LoggedIn, Depends(guard(desk, Route.LOGOUT))]) -> Response:
        check_form(logged_in, await form_of(request))
        await run_in_threadpool(_log_out, desk, logged_in.token)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(desk.session_cookie, path="/", secure=desk.is_behind_tls)
        return response


def login_form(desk: Desk, request: Request, target: str, problem: str, status: int) -> HTMLResponse:
    """The form, with a cookie that its answer must match: nobody can log somebody else in unawares."""
    before = request.cookies.get(desk.before_cookie) or secrets.token_urlsafe(24)
    said = desk.pages.say(language_of(request), problem) if problem else ""
    kept = target if target and is_local(target) else ""
    response = page(desk, request, "login.html", status=status, before=before, next=kept, problem=said)
    response.set_cookie(
        desk.before_cookie, before, httponly=True, samesite="strict", secure=desk.is_behind_tls, path="/"
    )
    return response


@dataclass(frozen=True, slots=True)
class LoginResult:
    """How a login ended; `token` when it was accepted."""

    name: str
    status: int = 403
    words: str = "Account, password or code is wrong."
    token: str | None = None


LIMITED = LoginResult("limited", 429, "Too many failed logins. Wait a quarter of an hour.")
BUSY = LoginResult("busy", 503, "Too many are logging in. Try again in a moment.")


def _log_in(desk: Desk, hashing: BoundedSemaphore, fields: dict[str, str], address: str) -> LoginResult:
    """What fails says only that it failed; a name that nobody has costs as much as a wrong password."""
    account, now = fields.get("account", "").strip()[:120], wall_ms()
    with desk.engine.connect() as connection:
        if desk.attempts.wait_ms(connection, account, address, now) > 0:
            return LIMITED
        user = users.find(connection, account)
        who = users.principal(connection, account, user.county, desk.books) if user else None
    if not hashing.acquire(timeout=HASHING_SECONDS_MAX):
        return BUSY
    try:
        fits = desk.passwords.fits(user.password_hash if user else None, fields.get("password", ""))
    finally:
        hashing.release()
    step = None
    if user is not None and user.totp_sealed is not None:
        step = desk.codes.step_of(user.totp_sealed, fields.get("code", "").strip(), now, user.totp_step)
        fits = fits and step is not None
    with writing(desk.engine) as connection:
        if not fits or user is None or not user.active or who is None:
            desk.attempts.failed(connection, account, address, now)
            return LoginResult("unregistered" if fits else "wrong")
        if step is not None:
            users.used_code(connection, account, step)
        return LoginResult("accepted", token=sessions.begin(connection, account, now, desk.lifetime))


def _log_out(desk: Desk, token: str) -> None:
    with writing(desk.engine) as connection:
        sessions.end(connection, token)
