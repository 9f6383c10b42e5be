"""The clock of a space. It is injected everywhere; nothing else reads the wall.

Outside `live` a space's time may run faster than the wall (`clock_rate` in its genesis): append times of the broker
are mapped by the same rate, so that every process and every reader agrees.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def wall_ms() -> int:
    """The machine's clock, Unix milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SpaceClock:
    """Space time: `anchor_ms` + (wall - `anchor_ms`) x `rate`."""

    anchor_ms: int = 0
    rate: float = 1.0
    wall: Callable[[], int] = wall_ms

    def now_ms(self) -> int:
        """Now, in space time."""
        return self.from_wall_ms(self.wall())

    def from_wall_ms(self, wall_time_ms: int) -> int:
        """A wall time (a broker's append time) in space time."""
        if self.rate == 1.0:
            return wall_time_ms
        return self.anchor_ms + int((wall_time_ms - self.anchor_ms) * self.rate)

    def wall_seconds(self, space_ms: int) -> float:
        """How many wall seconds so many milliseconds of space time take."""
        return space_ms / 1000 / self.rate


def iso_utc(unix_ms: int) -> str:
    """RFC 3339 in UTC with milliseconds, for CloudEvents headers and logs."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
