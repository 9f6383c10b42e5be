"""Errors as RFC 9457 problem documents, in both languages, without a word of what was filed."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.intake.core.refused import Refused
from shared.runtime.logging import get_logger

PROBLEM_TYPE = "application/problem+json"
_TITLES = {
    404: ("NOT_FOUND", "没有这个地址。", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "不支持这种请求方法。", "This method is not allowed here."),
}
_log = get_logger("intake.http")


def problem(refusal: Refused) -> JSONResponse:
    """The answer to a refusal."""
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(refusal.retry_after_seconds)
    return JSONResponse(
        {
            "type": f"urn:wardline:problem:{refusal.code.lower().replace('_', '-')}",
            "title": refusal.en,
            "status": refusal.status,
            "code": refusal.code,
            "detail": refusal.en,
            "detail_zh": refusal.zh,
        },
        status_code=refusal.status,
        media_type=PROBLEM_TYPE,
        headers=headers,
    )


def install(app: FastAPI) -> None:
    """Every error of the application becomes a problem document."""

    async def on_refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, Refused):
            raise error
        return problem(error)

    async def on_http(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        code, zh, en = _TITLES.get(
            error.status_code, ("HTTP_ERROR", "请求无法处理。", "The request cannot be handled.")
        )
        answer = problem(Refused(error.status_code, code, zh, en))
        for name, value in (error.headers or {}).items():
            answer.headers[name] = value
        return answer

    async def on_fault(_: Request, error: Exception) -> Response:
        _log.error("fault", exc_info=error)
        return problem(
            Refused(
                500,
                "FAULT",
                "系统故障，报告尚未收下，请用同样内容重试。紧急情况请立即拨打110或120。",
                "A fault: the report is NOT accepted yet; send it again. In danger now: call 110 or 120.",
            )
        )

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_fault)
