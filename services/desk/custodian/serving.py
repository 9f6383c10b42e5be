"""The local socket: one request and one answer a connection, each one line of JSON. The desk alone may connect."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from services.desk.core.grants import NotGranted
from services.desk.custodian.opening import Acknowledged, Opener
from shared.contracts.commands import Command
from shared.runtime.logging import get_logger
from shared.runtime.metrics import CustodianMetrics

REQUEST_BYTES_MAX: Final = 16 * 1024
REQUEST_SECONDS_MAX: Final = 5.0
IN_FLIGHT_MAX: Final = 8

_log = get_logger("custodian.serving")


class Answering:
    """From a request to an answer. `is_level`: whether the whole record was read; before, nothing is opened."""

    def __init__(self, opener: Opener, is_level: Callable[[], bool], metrics: CustodianMetrics) -> None:
        self._opener, self._is_level, self._metrics = opener, is_level, metrics

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to a request: what is opened, or the code why nothing is."""
        try:
            opened = self._opened(json.loads(line))
        except NotGranted as error:
            return self._refused(error.code)
        except (ValueError, KeyError, TypeError):
            return self._refused("MALFORMED")
        except OSError:
            _log.error("journal_cannot_be_written")
            return self._refused("JOURNAL")
        self._metrics.requests.labels("opened").inc()
        return {"ok": True, **opened}

    def _refused(self, code: str) -> dict[str, Any]:
        self._metrics.requests.labels(code).inc()
        return {"ok": False, "code": code}

    def _opened(self, request: dict[str, Any]) -> dict[str, Any]:
        if not self._is_level():
            raise NotGranted("NOT_READY")
        if request["op"] == "open":
            return self._opener.by_grant(str(request["account"]), str(request["case"]), str(request["opening"]))
        if request["op"] == "open-alone":
            try:
                command = Command.model_validate(request["command"])
            except ValidationError:
                raise NotGranted("MALFORMED") from None
            at = request.get("acknowledged")
            acknowledged = None if at is None else Acknowledged(int(at["partition"]), int(at["offset"]))
            return self._opener.by_command(command, acknowledged)
        raise NotGranted("MALFORMED")


async def listen(path: Path, answering: Answering) -> asyncio.Server:
    """Serve on a socket that its owner alone may use (mode 0600). A socket that a dead process left is replaced."""
    listening = _bound(path)
    free = asyncio.Semaphore(IN_FLIGHT_MAX)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _is_same_user(writer):
                async with asyncio.timeout(REQUEST_SECONDS_MAX):
                    line = await reader.readuntil(b"\n")
                async with free:
                    answer = await asyncio.to_thread(answering.answer, line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError) as error:
            _log.warning("request_not_answered", error=type(error).__name__)
        finally:
            writer.close()

    return await asyncio.start_unix_server(handle, sock=listening, limit=REQUEST_BYTES_MAX)


def _bound(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    return listening


def _is_same_user(writer: asyncio.StreamWriter) -> bool:
    """Whether the peer runs as this process's user, by the kernel's word."""
    peer = writer.get_extra_info("socket")
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(user == os.getuid())
