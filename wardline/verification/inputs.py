"""The inputs of one book as they stand on the broker, in the little that a verification needs of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from pydantic import ValidationError

from shared.contracts.crossings import Crossing
from shared.contracts.topics import CROSSINGS, REPORTS
from shared.contracts.wire import sha256_hex
from wardline.verification.chain_check import Entry


@dataclass(frozen=True, slots=True)
class InputSeen:
    """One input: hash of its bytes, append time (wall ms); the id of a readable report, or of a county's message."""

    sha256: str
    appended_wall_ms: int
    report_id: str | None = None
    crossing_id: str | None = None


@dataclass(slots=True)
class InputLog:
    """One input topic's partition: the topic's id now, its first offset, the end when the verification began."""

    topic: str
    topic_id: str
    start: int = 0
    end: int = 0
    seen: dict[int, InputSeen] = field(default_factory=dict)
    keeps_values: bool = False
    values: dict[int, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Note one message."""
        value = entry.value or b""
        if self.keeps_values:
            self.values[entry.offset] = entry
        report_id = _report_id(value) if self.topic == REPORTS.name else None
        crossing_id = _crossing_id(value) if self.topic == CROSSINGS.name else None
        self.seen[entry.offset] = InputSeen(sha256_hex(value), entry.appended_wall_ms, report_id, crossing_id)


InputLogs = Mapping[str, InputLog]
"""By short topic name."""


def _report_id(value: bytes) -> str | None:
    """The id that a report states; whether the rest of it can be read is triage's affair."""
    try:
        message = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    report_id = message.get("report_id") if isinstance(message, dict) else None
    return report_id if isinstance(report_id, str) else None


def _crossing_id(value: bytes) -> str | None:
    """The place in the ledger that a message between counties claims; None for what is no message."""
    try:
        return Crossing.model_validate_json(value).crossing_id
    except ValidationError:
        return None
