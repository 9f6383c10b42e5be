"""Messages on the terminal, for every space but `live`: one line each, without the link (it is a capability)."""

import asyncio
import sys
from typing import TextIO

from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken


class ConsoleChannel:
    """Writes a line to `stream`."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream

    async def send(self, message: Outgoing) -> Delivery:
        """Write and flush, off the loop: a terminal may be slow, and must not stop the others."""
        line = f"{message.words.zh} | {message.words.en} -> {message.contact_id}\n"
        try:
            await asyncio.to_thread(self._write, line)
        except (OSError, ValueError):
            return Delivery(Taken.REFUSED, "CONSOLE_CLOSED")
        return Delivery(Taken.TAKEN, "PRINTED")

    def _write(self, line: str) -> None:
        self._stream.write(line)
        self._stream.flush()
