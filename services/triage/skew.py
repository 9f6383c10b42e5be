"""A worker's clock against the broker's append time. Beyond the limit the worker stops deciding.

Between measurements the broker's time is counted on by the monotonic clock, which nobody sets: a wall clock that is
set wrongly at run time is noticed at once, before anything is decided or a deadline is fired by it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.runtime.clock import wall_ms


@dataclass(slots=True)
class SkewMonitor:
    """What is known of the broker's time, and whether deciding is allowed.

    Nothing is decided before a first measurement, and none older than `trust_seconds` counts.
    """

    limit_ms: int
    trust_seconds: float = 60.0
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], int] = wall_ms
    _ahead_ms: float = 0.0
    """The least by which the broker's wall time is ahead of this process's monotonic time."""
    _measured_at: float | None = field(default=None)

    def measured(self, sent_at: float, appended_wall_ms: int) -> None:
        """A record that was sent at that monotonic time (seconds) was appended by the broker then; it answered now.

        Each measurement says between which bounds the difference lies; the tightest lower bound that agrees is kept.
        """
        now = self.monotonic()
        least, most = appended_wall_ms - now * 1000, appended_wall_ms - sent_at * 1000
        known = self._measured_at is not None and least <= self._ahead_ms <= most
        self._ahead_ms = self._ahead_ms if known else least
        self._measured_at = now

    @property
    def offset_ms(self) -> int:
        """By how much the broker's time is ahead of this worker's clock now; 0 before a first measurement."""
        return round(self._broker_ms() - self.wall()) if self._measured_at is not None else 0

    @property
    def within_limit(self) -> bool:
        """Whether the clock is known to be close enough to decide."""
        known = self._measured_at is not None and self.monotonic() - self._measured_at <= self.trust_seconds
        return known and abs(self.offset_ms) <= self.limit_ms

    def broker_wall_ms(self) -> int:
        """A wall time that broker and worker have surely reached: the earlier of the two clocks."""
        wall = self.wall()
        return wall if self._measured_at is None else min(wall, int(self._broker_ms()))

    def _broker_ms(self) -> float:
        return self._ahead_ms + self.monotonic() * 1000
