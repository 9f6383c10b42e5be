"""A web server inside a process that has other work beside it, and one place for its signals."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvicorn

from shared.runtime.logging import get_logger


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process that runs it decides when it stops."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def run_until_signalled(
    name: str, serve: Callable[[asyncio.Event], Awaitable[None]], cannot_go_on: tuple[type[Exception], ...]
) -> None:
    """A service's process: `serve` runs until SIGTERM or SIGINT sets its event.

    What is for a person (`cannot_go_on`) ends it with exit code 1 and one line on standard error.
    """

    async def until_signalled() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(stop)

    try:
        asyncio.run(until_signalled())
    except cannot_go_on as error:
        get_logger(name).critical("cannot_go_on", error=type(error).__name__)
        print(f"{name}: {error}", file=sys.stderr)  # noqa: T201 - one line for the person who started it
        sys.exit(1)
