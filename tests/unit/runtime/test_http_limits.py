"""A request that is too large or too slow to be one costs its own connection and nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect

from ops.embedded.ports import free_ports
from shared.runtime import http_limits
from shared.runtime.http_limits import HEAD_BYTES_MAX, LimitedHttp
from shared.runtime.serving import Server

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\nok"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = FastAPI()

    @app.post("/")
    async def take(request: Request) -> int:
        try:
            return len(await request.body())
        except ClientDisconnect:
            return -1

    number = free_ports(1)[0]
    server = Server(uvicorn.Config(app, port=number, http=LimitedHttp, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
            await asyncio.sleep(0.01)
    yield number
    server.should_exit = True
    await serving


async def sent(port: int, *parts: bytes) -> bytes:
    """Everything that comes back until the server closes the connection, marked; no mark after 5 s."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        async with asyncio.timeout(5):
            for part in parts:
                writer.write(part)
                await writer.drain()
            while piece := await reader.read(4096):
                answer += piece
    except TimeoutError:
        return answer
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer + b"<closed>"


async def test_a_header_without_an_end_is_cut_off(port: int) -> None:
    answer = await sent(port, HEAD + b"X-A: ", *[b"a" * 4096] * (16 * HEAD_BYTES_MAX // 4096))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert answer.endswith(b"<closed>")


async def test_trailers_without_an_end_are_cut_off(port: int) -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-A: "
    answer = await sent(port, head, *[b"a" * 4096] * (16 * HEAD_BYTES_MAX // 4096))
    assert answer == b"<closed>"


@pytest.mark.parametrize("part", [b"", HEAD, HEAD + b"Content-Length: 100\r\n\r\na"], ids=["silence", "head", "body"])
async def test_what_never_comes_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch, part: bytes) -> None:
    monkeypatch.setattr(http_limits, "HEAD_SECONDS_MAX", 0.2)
    monkeypatch.setattr(http_limits, "REQUEST_SECONDS_MAX", 0.2)
    assert (await sent(port, part)).endswith(b"<closed>")


async def test_large_bodies_many_requests_and_a_pause_between_them_are_fine(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_limits, "HEAD_SECONDS_MAX", 0.2)
    large = HEAD + b"Content-Length: 1000000\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for pause_seconds in (0, 0.4, 0):
        await asyncio.sleep(pause_seconds)  # longer than a head may take: between two requests there is none
        writer.write(WHOLE)
        assert await reader.readuntil(b"\r\n\r\n2")
        writer.write(large)
        for _ in range(10):
            writer.write(b"a" * 100_000)
            await writer.drain()
        assert await reader.readuntil(b"\r\n\r\n1000000")
    writer.close()
