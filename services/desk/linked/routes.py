"""The pages of a link: ask for a code, type it, and see the one task.

Statuses: 200; 303 to the task; 403 the code is wrong or the form is out of date; 404 no link, forged, or of nothing
that was asked; 410 expired; 429 too many tries or codes; 503 the code could not be sent. What is refused is recorded.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from starlette.concurrency import run_in_threadpool

from services.desk import sessions
from services.desk.core.guard import Principal
from services.desk.database import writing
from services.desk.guarding import BAD_FORM, Desk, Refused, form_of, language_of, page, tongue_of
from services.desk.linked import codes
from services.desk.linked.codes import Checked, Phone
from services.desk.linked.gateway import NotSent
from shared.contracts.task_links import BadLink, TaskLink, read_task_link
from shared.contracts.vocabulary import Role
from shared.explaining import words as codes_in_words
from shared.narration import words
from shared.narration.words import word
from shared.runtime.clock import wall_ms
from shared.runtime.logging import get_logger

NO_LINK: Final = (404, "No such page", "This link is not valid or not complete. Call the number in the alert.")
OVER: Final = (410, "The link has expired", "It opens nothing any more. Call the number in the alert, or log in.")
LIMITED: Final = (429, "Too many tries", "Wait a quarter of an hour, or call the number in the alert.")
NOT_SENT: Final = (503, "The code was not sent", "Call the number in the alert, or log in.")

_log = get_logger("desk.links")


def add_links(app: FastAPI, desk: Desk) -> None:
    """The routes; nobody is logged in on them."""

    @app.get("/t/{token}", name="task_link")
    def link(token: str, request: Request) -> Response:
        found, phones = _judged(desk, request, token, "task_link")
        return _form(desk, request, token, found, phones)

    @app.post("/t/{token}/code", name="task_link_code")
    async def code(token: str, request: Request) -> Response:
        fields = await form_of(request)
        _check_before(desk, request, fields)
        return await run_in_threadpool(_send, desk, request, token, fields.get("contact", ""))

    @app.post("/t/{token}/open", name="task_link_open")
    async def opened(token: str, request: Request) -> Response:
        fields = await form_of(request)
        _check_before(desk, request, fields)
        return await run_in_threadpool(_open, desk, request, token, fields.get("code", "").strip())


def _judged(desk: Desk, request: Request, token: str, route: str) -> tuple[TaskLink, list[Phone]]:
    """The link and whom its alert told. Raises Refused; what is refused is recorded, within the address's limit."""
    address, now = _address(request), wall_ms()
    with desk.engine.connect() as connection:
        if desk.attempts.wait_ms(connection, _attempted(token), address, now) > 0:
            raise Refused(*LIMITED)
    key = desk.task_link_key
    found: TaskLink | BadLink = BadLink.FORGED
    if key is not None:
        found = read_task_link(_holds(key), desk.giving.space.name, token, desk.clock.now_ms())
    if isinstance(found, BadLink):
        _refuse(desk, request, token, route, found.value)
        raise Refused(*(OVER if found is BadLink.EXPIRED else NO_LINK))
    with desk.engine.connect() as connection:
        phones = codes.phones_of(connection, found, desk.books)
    if not phones:
        _refuse(desk, request, token, route, "NOT_ASKED")
        raise Refused(*NO_LINK)
    return found, phones


def _holds(key: bytes) -> Callable[[bytes, bytes], bool]:
    def holds(message: bytes, signature: bytes) -> bool:
        try:
            VerifyKey(key).verify(message, signature)
        except (BadSignatureError, ValueError):
            return False
        return True

    return holds


def _refuse(desk: Desk, request: Request, token: str, route: str, reason: str) -> None:
    """Keep that it was refused, and count it against the address."""
    nobody = Principal("link", "000000", Role.CLERK, "")
    with writing(desk.engine) as connection:
        desk.attempts.failed(connection, _attempted(token), _address(request), wall_ms())
        sessions.refused(connection, nobody, route, reason, None, wall_ms())
    desk.metrics.refused.labels(reason).inc()
    _log.warning("link_refused", route=route, reason=reason)


def _send(desk: Desk, request: Request, token: str, contact_id: str) -> Response:
    found, phones = _judged(desk, request, token, "task_link_code")
    phone = next((each for each in phones if each.contact_id == contact_id), None)
    if phone is None:
        raise Refused(*BAD_FORM)
    with writing(desk.engine) as connection:
        made = codes.make(connection, desk.code_key, token, phone, wall_ms())
    if made is None:
        raise Refused(*LIMITED)
    try:
        desk.sends.send(phone, _text(desk, made))
    except NotSent as failure:
        _log.error("code_not_sent", code=failure.code)
        raise Refused(*NOT_SENT) from None
    _log.info("code_sent", alert=found.alert_id)
    return _form(desk, request, token, found, phones, sent=True)


def _open(desk: Desk, request: Request, token: str, typed: str) -> Response:
    found, phones = _judged(desk, request, token, "task_link_open")
    now = wall_ms()
    with writing(desk.engine) as connection:
        checked, contact_id, contacts_of = codes.check(connection, desk.code_key, token, typed, now)
        is_told = any((each.contact_id, each.county) == (contact_id, contacts_of) for each in phones)
        session = None
        if checked is Checked.GOOD and is_told:
            left_ms = int((found.expires_at_ms - desk.clock.now_ms()) / desk.clock.rate)
            session = codes.begin(connection, found, contact_id, contacts_of, now, left_ms)
    if session is None:
        _refuse(desk, request, token, "task_link_open", f"CODE_{checked.value}")
        problem = "The code is wrong." if checked is Checked.WRONG else "This code is over. Ask for another one."
        return _form(desk, request, token, found, phones, sent=checked is Checked.WRONG, problem=problem, status=403)
    _log.info("task_opened_by_link", alert=found.alert_id, contact=contact_id)
    response = RedirectResponse(f"/tasks/{found.case}/{found.department.value}", 303)
    response.set_cookie(
        desk.link_cookie, session, httponly=True, samesite="strict", secure=desk.is_behind_tls, path="/"
    )
    response.delete_cookie(desk.before_cookie, path="/", secure=desk.is_behind_tls)
    return response


def _text(desk: Desk, code: str) -> str:
    """The message to a phone: it names no case and no department."""
    zh = f"验证码 {code}，十分钟内有效，仅用于打开值班任务。请勿告知他人。"
    en = f"Code {code}, valid for ten minutes, opens one duty task. Tell it to nobody."
    text = f"{zh}\n{en}"
    return f"{desk.mark[0]}{desk.mark[1]} {text}" if desk.mark else text


def _form(
    desk: Desk,
    request: Request,
    token: str,
    found: TaskLink,
    phones: list[Phone],
    *,
    sent: bool = False,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page before the code: no fact of the case but its number stands on it, and no telephone number."""
    tongue = tongue_of(desk, request)
    before = request.cookies.get(desk.before_cookie) or secrets.token_urlsafe(24)
    values: dict[str, Any] = {
        "token": token,
        "before": before,
        "case_id": found.case,
        "department": tongue.pick(words.department(found.department.value)),
        "contacts": [(each.contact_id, tongue.pick(word(codes_in_words.ROLES, each.role))) for each in phones],
        "sent": sent,
        "problem": desk.pages.say(language_of(request), problem) if problem else "",
    }
    response = page(desk, request, "link.html", status=status, **values)
    response.set_cookie(
        desk.before_cookie, before, httponly=True, samesite="strict", secure=desk.is_behind_tls, path="/"
    )
    return response


def _check_before(desk: Desk, request: Request, fields: dict[str, str]) -> None:
    before = request.cookies.get(desk.before_cookie, "")
    if not before or not hmac.compare_digest(fields.get("before", "").encode(), before.encode()):
        raise Refused(*BAD_FORM)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _attempted(token: str) -> str:
    return f"link {sessions.hash_of(token)}"
