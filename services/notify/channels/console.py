"""Messages on the terminal, for every space but `live`: one line each, without the link (it is a capability)."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TextIO

from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken

WAITING_MAX = 100
PATIENCE_SECONDS = 2.0


class ConsoleChannel:
    """Writes lines to `stream` in a thread of its own: a terminal that nobody reads stops nobody else."""

    def __init__(self, stream: TextIO | None = None, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._stream = stream or sys.stdout
        self._patience_seconds = patience_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="console")
        self._waiting = 0

    async def send(self, message: Outgoing) -> Delivery:
        """Write and flush; not waited for beyond the channel's patience."""
        if self._waiting >= WAITING_MAX:
            return Delivery(Taken.TRY_LATER, "CONSOLE_STUCK")
        line = f"{message.words.zh} | {message.words.en} -> {message.contact_id}\n"
        self._waiting += 1
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._write, line)
        writing.add_done_callback(self._written)
        try:
            async with asyncio.timeout(self._patience_seconds):
                await asyncio.shield(writing)
        except TimeoutError:
            return Delivery(Taken.TRY_LATER, "CONSOLE_STUCK")
        except (OSError, ValueError):
            return Delivery(Taken.REFUSED, "CONSOLE_CLOSED")
        return Delivery(Taken.TAKEN, "PRINTED")

    def _written(self, writing: "asyncio.Future[None]") -> None:
        self._waiting -= 1
        if not writing.cancelled():
            writing.exception()

    def _write(self, line: str) -> None:
        self._stream.write(line)
        self._stream.flush()
