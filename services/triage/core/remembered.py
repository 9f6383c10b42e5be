"""A memory that is bounded by time: what was seen, and for how many days it is known again.

Pruned inside `evolve` by the record's own time, so that a replay forgets the same things at the same record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from immutables import Map

Value = TypeVar("Value")

DAY_MS = 24 * 3600 * 1000
REMEMBERED_DAYS = 30
"""Report, command and outcome ids are known again for so long; after that a repetition counts as new."""


@dataclass(frozen=True)
class Remembered(Generic[Value]):
    """Values by id, in day buckets; an id that `keep`s is carried into the newest bucket instead of being dropped."""

    days_kept: int = REMEMBERED_DAYS
    values: Map[str, Value] = field(default_factory=Map)
    days: Map[int, Map[str, None]] = field(default_factory=Map)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> Value | None:
        """The value remembered under `key`, or None."""
        return self.values.get(key)

    def changed(self, key: str, value: Value) -> Remembered[Value]:
        """A memory in which a known `key` has another value; its age stays. Raises KeyError for an unknown key."""
        if key not in self.values:
            raise KeyError("not remembered")
        return self._with(self.values.set(key, value), self.days)

    def added(
        self, key: str, value: Value, at_ms: int, keep: Callable[[Value], bool] | None = None
    ) -> Remembered[Value]:
        """A memory that knows `key` since `at_ms`. The first addition of a new day forgets what is too old."""
        day = at_ms // DAY_MS
        days, values = self.days, self.values
        if day not in days:
            days, values = _pruned(days, values, day, self.days_kept, keep)
        bucket = days.get(day) or Map()
        return self._with(values.set(key, value), days.set(day, bucket.set(key, None)))

    def _with(self, values: Map[str, Value], days: Map[int, Map[str, None]]) -> Remembered[Value]:
        new = object.__new__(Remembered)
        object.__setattr__(new, "__dict__", {"days_kept": self.days_kept, "values": values, "days": days})
        return new


def _pruned(
    days: Map[int, Map[str, None]],
    values: Map[str, Value],
    today: int,
    days_kept: int,
    keep: Callable[[Value], bool] | None,
) -> tuple[Map[int, Map[str, None]], Map[str, Value]]:
    """Drop the buckets older than `days_kept`, carrying what must be kept into today's."""
    old = [day for day in days if day < today - days_kept]
    if not old:
        return days, values
    carried: Map[str, None] = days.get(today) or Map()
    still: set[str] = {key for day, bucket in days.items() if day not in old for key in bucket}
    for day in old:
        for key in days[day]:
            if key in still or key not in values:
                continue
            if keep is not None and keep(values[key]):
                carried = carried.set(key, None)
            else:
                values = values.delete(key)
        days = days.delete(day)
    return (days.set(today, carried) if carried else days), values
