"""One valid record of the case-log, as far as the projection needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """`events` are JSON objects as they stand in the record; times are Unix milliseconds of the space's clock."""

    book: int
    seq: int
    offset: int
    sha256: str
    county: str
    arrived_at_ms: int
    decided_at_ms: int
    policy: str
    events: Sequence[Event]
    opened: Sequence[tuple[str, int]] = ()
    closed: Sequence[str] = ()
