"""Limits that are counted: look-ups for each network address, and what is under way at one time."""

from collections import OrderedDict
from dataclasses import dataclass, field

ADDRESSES_MAX = 50_000
MINUTE_MS = 60_000


@dataclass(slots=True)
class LookupLimit:
    """A token bucket for each address and one for all; full at first, refilled evenly over a minute."""

    per_minute: int
    per_minute_total: int
    _levels: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def take(self, address: str, now_ms: int) -> int:
        """0 when the look-up is allowed, else the seconds after which to come back."""
        wait = self._take(f"@{address}", self.per_minute, now_ms)  # first: one address alone must not use up the total
        if wait == 0:
            wait = self._take("", self.per_minute_total, now_ms)
        while len(self._levels) > ADDRESSES_MAX:
            self._levels.popitem(last=False)
        return wait

    def _take(self, key: str, per_minute: int, now_ms: int) -> int:
        level, at_ms = self._levels.get(key, (float(per_minute), now_ms))
        level = min(float(per_minute), level + max(0, now_ms - at_ms) * per_minute / MINUTE_MS)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now_ms)
        self._levels.move_to_end(key)
        return 0 if allowed else 1 + int((1 - level) * 60 / per_minute)


@dataclass(slots=True)
class Gate:
    """Counts what is under way; at most `limit` at one time."""

    limit: int
    inside: int = 0

    def enter(self) -> bool:
        """Whether there was room."""
        if self.inside >= self.limit:
            return False
        self.inside += 1
        return True

    def leave(self) -> None:
        """One is done."""
        self.inside -= 1
