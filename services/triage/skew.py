"""A worker's clock against the broker's append time. Beyond the limit the worker stops deciding."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.runtime.clock import wall_ms


@dataclass(slots=True)
class SkewMonitor:
    """The last measured difference (broker minus worker, milliseconds), and whether deciding is allowed.

    Nothing is decided before a first measurement, and none older than `trust_seconds` counts.
    """

    limit_ms: int
    trust_seconds: float = 60.0
    monotonic: Callable[[], float] = time.monotonic
    offset_ms: int = 0
    _measured_at: float | None = field(default=None)

    def measured(self, sent_wall_ms: int, appended_wall_ms: int, answered_wall_ms: int) -> None:
        """A record was sent, appended by the broker and confirmed at these times."""
        if appended_wall_ms < sent_wall_ms:
            self.offset_ms = appended_wall_ms - sent_wall_ms
        elif appended_wall_ms > answered_wall_ms:
            self.offset_ms = appended_wall_ms - answered_wall_ms
        else:
            self.offset_ms = 0
        self._measured_at = self.monotonic()

    @property
    def within_limit(self) -> bool:
        """Whether the clock is known to be close enough to decide."""
        known = self._measured_at is not None and self.monotonic() - self._measured_at <= self.trust_seconds
        return known and abs(self.offset_ms) <= self.limit_ms

    def broker_wall_ms(self) -> int:
        """A wall time that the broker has surely reached: the earlier of the two clocks."""
        return wall_ms() + min(0, self.offset_ms)
