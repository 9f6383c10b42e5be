"""Reading a request's body within its limits of size, time and number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from services.intake.core import refused
from services.intake.core.limits import Gate

HANG_UP_STATUS = 499


async def read_body(request: Request, *, bytes_max: int, seconds_max: float) -> bytes:
    """The body. Refused: 413 above `bytes_max`, 408 after `seconds_max`, 415 when compressed."""
    if request.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise refused.encoded_body()
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:12]) > bytes_max:
        raise refused.too_large(bytes_max)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds_max):
            async for chunk in request.stream():
                body += chunk
                if len(body) > bytes_max:
                    raise refused.too_large(bytes_max)
    except TimeoutError:
        raise refused.too_slow() from None
    except ClientDisconnect:
        raise refused.Refused(HANG_UP_STATUS, "HUNG_UP", "连接已断开。", "The connection was closed.") from None
    return bytes(body)


@asynccontextmanager
async def inside(gate: Gate, retry_after_seconds: int) -> AsyncIterator[None]:
    """Hold one place of a gate. Refused (503) when there is none."""
    if not gate.enter():
        raise refused.busy(retry_after_seconds)
    try:
        yield
    finally:
        gate.leave()
