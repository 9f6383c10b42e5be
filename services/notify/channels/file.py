"""Messages as files, for every space but `live` (and for a contact of `live` that asks for it).

One JSON file for each message under `WARDLINE_HOME/outbox/<space>/`, named by the message's id: a repetition after a
crash replaces its first copy, so on this channel an alert is seen once. The address is not written.
"""

import asyncio
import os
import tempfile
from pathlib import Path

import orjson

from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken


class FileChannel:
    """Writes into `directory`, which is made when needed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, message: Outgoing) -> Delivery:
        """Write the file atomically and durably."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            return Delivery(Taken.TRY_LATER, f"FILE_{error.errno or 0}")
        return Delivery(Taken.TAKEN, "WRITTEN")

    def _write(self, message: Outgoing) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        content = orjson.dumps(as_json(message), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._directory)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._directory / f"{message.message_id}.json")
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def as_json(message: Outgoing) -> dict[str, object]:
    """The message as shown to a reader of the outbox or a webhook: coded fields and the words."""
    return {
        "message_id": message.message_id,
        "space": message.space,
        "mark": message.words.mark,
        "alert_id": message.alert_id,
        "case": message.case,
        "level": message.level,
        "act_by_ms": message.act_by_ms,
        "callback": message.words.callback,
        "contact_id": message.contact_id,
        "subject": message.words.subject,
        "zh": message.words.zh,
        "en": message.words.en,
        "link": message.words.link,
    }
