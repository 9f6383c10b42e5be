"""The form for people: GET / shows it, POST /report files it, a receipt is looked up and added to without a script."""

import re
import secrets
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake import openapi
from services.intake.core import refused
from services.intake.core.form_reading import Filed, addition_of_form, filing_of_form
from services.intake.core.identity import STRONG_KEY_LENGTH_MIN
from services.intake.core.notices import NOTICE_TEXTS
from services.intake.core.parsing import Parsed
from services.intake.core.refused import Refused
from services.intake.http import Door
from services.intake.pages import HEADERS
from shared.contracts.ids import normal_receipt

FORM_FIELDS_MAX = 300
STYLE_SECONDS = 3600
TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{STRONG_KEY_LENGTH_MIN},64}}")


def routes(door: Door, version: str) -> APIRouter:
    """The pages' routes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def show_form(request: Request) -> Response:
        return door.pages.form(request, token=secrets.token_urlsafe(24))

    @router.post("/report")
    async def file_form(request: Request) -> Response:
        try:
            filed = await _fields(door, request)
        except Refused as refusal:
            return door.pages.refusal(request, refusal)
        token = _token(filed)
        try:
            parsed = Parsed(filing_of_form(filed), repeated=False)
            accepted = await door.accept(request, parsed, receipt=None, form=True, key=token)
        except Refused as refusal:
            return door.pages.form(request, token=token, filed=filed, refusal=refusal)
        return door.pages.confirmation(
            request,
            accepted.receipt,
            language=_language(filed),
            durability=accepted.durability.value,
            notices=[(notice.field, NOTICE_TEXTS[notice.code]) for notice in accepted.notices],
            instructions=accepted.instructions,
        )

    @router.get("/receipt")
    async def find_receipt(request: Request) -> Response:
        receipt = normal_receipt(request.query_params.get("receipt", ""))
        language = door.pages.language(request)
        if receipt is None:
            return door.pages.refusal(request, refused.bad_receipt())
        return RedirectResponse(f"/v1/receipts/{quote(receipt)}?lang={language}", 303, headers=HEADERS)

    @router.post("/addition")
    async def add_form(request: Request) -> Response:
        try:
            filed = await _fields(door, request)
            receipt = normal_receipt(next(iter(filed.get("receipt", [])), ""))
            if receipt is None:
                raise refused.bad_receipt()
            parsed = Parsed(addition_of_form(filed), repeated=False)
            accepted = await door.accept(request, parsed, receipt=receipt, form=True)
        except Refused as refusal:
            return door.pages.refusal(request, refusal)
        return door.pages.confirmation(
            request,
            accepted.receipt,
            language=_language(filed),
            is_addition=True,
            durability=accepted.durability.value,
            notices=[(notice.field, NOTICE_TEXTS[notice.code]) for notice in accepted.notices],
            instructions=accepted.instructions,
        )

    @router.get("/style.css")
    async def style() -> Response:
        headers = {"Cache-Control": f"max-age={STYLE_SECONDS}", "X-Content-Type-Options": "nosniff"}
        return Response(door.pages.stylesheet(), media_type="text/css", headers=headers)

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        return door.pages.docs(request, openapi.document(version))

    return router


async def _fields(door: Door, request: Request) -> Filed:
    """The fields of a urlencoded body. Refused like any other body."""
    body = await door.body(request)
    try:
        text = body.decode("utf-8")
        return parse_qs(text, keep_blank_values=False, max_num_fields=FORM_FIELDS_MAX, errors="strict")
    except UnicodeDecodeError:
        raise refused.bad_text() from None
    except ValueError:
        raise refused.Refused(400, "NOT_A_FORM", "表单内容无法识别。", "The form could not be read.") from None


def _token(filed: Filed) -> str:
    """The form's hidden token, by which a double submit is one report; a new one when it is missing or made up."""
    token = next(iter(filed.get("token", [])), "")
    if TOKEN.fullmatch(token):
        return token
    return secrets.token_urlsafe(24)


def _language(filed: Filed) -> str | None:
    return next(iter(filed.get("lang", [])), None)
