"""Notify itself in tests: inside the test's process, or as a process of its own that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ops.embedded.ports import free_ports
from services.notify.app import serve
from services.notify.settings import NotifySettings
from shared.runtime.connection import Connection

PROJECT = Path(__file__).resolve().parents[2]
PAUSE_SECONDS = 0.05


async def until(condition: Callable[[], Any], timeout_seconds: float = 40.0) -> Any:  # noqa: ANN401 - what it found
    """What the condition gives as soon as it is true; AssertionError when it does not become so in time."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {timeout_seconds} s")


async def until_response(
    ask: Callable[[], Awaitable[httpx.Response]],
    good: Callable[[httpx.Response], bool],
    timeout_seconds: float = 60.0,
) -> httpx.Response:
    """The first good response; AssertionError when none comes in time."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if good(response := await ask()):
            return response
        await asyncio.sleep(0.1)
    raise AssertionError(f"no good response within {timeout_seconds} s")


def settings_of(home: Path, space: str) -> NotifySettings:
    """Settings on free ports, with short pauses."""
    answer_port, metrics_port = free_ports(2)
    return NotifySettings(
        space=space,
        home=home,
        answer_port=answer_port,
        notify_metrics_port=metrics_port,
        notify_pause_seconds=PAUSE_SECONDS,
    )


async def run_notify(home: Path, bootstrap: str, space: str) -> None:
    """The whole service in this process, until it ends by itself."""
    async with asyncio.timeout(60):
        await serve(settings_of(home, space), Connection(bootstrap), asyncio.Event())


@asynccontextmanager
async def notify(home: Path, bootstrap: str, space: str) -> AsyncIterator[str]:
    """The whole service in this process; gives the answer page's address."""
    settings = settings_of(home, space)
    stop = asyncio.Event()
    task = asyncio.create_task(serve(settings, Connection(bootstrap), stop))
    try:
        yield f"http://127.0.0.1:{settings.answer_port}"
        assert not task.done(), task.exception()
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


@dataclass
class NotifyProcess:
    """`python -m services.notify`, with its output in a file."""

    home: Path
    bootstrap: str
    space: str
    environment: Mapping[str, str] = field(default_factory=dict)
    answer_port: int = 0
    metrics_port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Standard output and error of all runs."""
        return self.home / "notify.log"

    def start(self) -> None:
        """Start; returns at once."""
        self.answer_port, self.metrics_port = free_ports(2)
        environment = {
            "PATH": os.environ["PATH"],
            "WARDLINE_KAFKA": self.bootstrap,
            "WARDLINE_SPACE": self.space,
            "WARDLINE_HOME": str(self.home),
            "WARDLINE_ANSWER_PORT": str(self.answer_port),
            "WARDLINE_NOTIFY_METRICS_PORT": str(self.metrics_port),
            "WARDLINE_NOTIFY_PAUSE_SECONDS": str(PAUSE_SECONDS),
            **self.environment,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.notify"], cwd=PROJECT, env=environment, stdout=log, stderr=log
            )

    async def wait_healthy(self) -> None:
        """Until /healthz says that everything works."""
        async with httpx.AsyncClient() as client:
            deadline = time.monotonic() + 40
            while time.monotonic() < deadline:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()[-2000:]
                try:
                    if (await client.get(f"http://127.0.0.1:{self.answer_port}/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError("notify did not become healthy")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to this very process and give its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)
