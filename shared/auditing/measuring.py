"""How figures are measured: nearest-rank percentiles in minutes and days, shares, and the levels that occur."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import Final

from shared.auditing.observations import DAY_MS
from shared.auditing.tables import ALL

MINUTE_MS: Final = 60_000
LEVELS: Final = ("S1", "S2", "S3", "S4", "S0")


def percentile(values: Sequence[int], part: float) -> int | None:
    """The value at the nearest rank; None when there is none."""
    return sorted(values)[max(0, ceil(part * len(values)) - 1)] if values else None


def minutes(values: Sequence[int], part: float) -> float | None:
    """A percentile of milliseconds, in minutes."""
    found = percentile(values, part)
    return None if found is None else round(found / MINUTE_MS, 1)


def days(values: Sequence[int], part: float) -> float | None:
    """A percentile of milliseconds, in days."""
    found = percentile(values, part)
    return None if found is None else round(found / DAY_MS, 1)


def share(part: int, whole: int) -> float | None:
    """Of a whole; None of nothing."""
    return round(part / whole, 3) if whole else None


def levels(found: Iterable[str]) -> list[str]:
    """The levels that occur, the gravest first, and all of them together."""
    there = set(found)
    return [*(level for level in LEVELS if level in there), ALL]


def is_level(level: str) -> Callable[[str], bool]:
    """Whether a level is this one; every level is ALL."""
    return lambda other: level in (ALL, other)
