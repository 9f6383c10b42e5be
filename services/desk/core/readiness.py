"""What would hurt tonight and is seen today: hours without anybody on duty, places that are full, expire or are gone.

Pure: rows of the registry in, gaps out. The first rung of civil affairs and a signatory must be on the rota at every
hour: without the one nobody answers an alert in person, without the other nobody decides on temporary guardianship.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
AHEAD_MS: Final = 14 * DAY_MS
"""How far ahead the rota is looked through (design)."""
LICENCE_SOON_MS: Final = 30 * DAY_MS
"""A licence that ends sooner is pointed out (design)."""
NEEDED_RUNGS: Final = ("E1", "SIGNATORY")
GAPS_MAX: Final = 100
"""More are counted, not listed: a rota that nobody keeps is one finding, not a thousand."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift. `counts`: whether its contact can be reached and its account may do what the rung needs."""

    rung: str
    from_ms: int
    until_ms: int
    counts: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on duty for the rung from `from_ms` until `until_ms` (excluded)."""

    rung: str
    from_ms: int
    until_ms: int


def gaps(shifts: Iterable[Shift], now_ms: int, ahead_ms: int = AHEAD_MS) -> list[Gap]:
    """The hours ahead that no shift covers, for each rung that must be staffed, in the order of time."""
    found = []
    end_ms = now_ms + ahead_ms
    shifts = sorted((each for each in shifts if each.counts), key=lambda each: each.from_ms)
    for rung in NEEDED_RUNGS:
        covered_ms = now_ms
        for shift in shifts:
            if shift.rung != rung or shift.until_ms <= covered_ms:
                continue
            if shift.from_ms >= end_ms:
                break
            if shift.from_ms > covered_ms:
                found.append(Gap(rung, covered_ms, shift.from_ms))
            covered_ms = shift.until_ms
        if covered_ms < end_ms:
            found.append(Gap(rung, covered_ms, end_ms))
    return sorted(found, key=lambda gap: (gap.from_ms, gap.rung))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a place stands: `free` beds of `capacity`, and codes of what is wrong with it."""

    free: int
    warnings: tuple[str, ...]


def standing(capacity: int, held: int, licence_until_ms: int | None, now_ms: int, *, active: bool) -> Standing:
    """Judge one place. Codes: CLOSED, LICENCE_PAST, LICENCE_SOON, OVER (more children than beds), FULL."""
    warnings = []
    if not active:
        warnings.append("CLOSED")
    if licence_until_ms is not None and licence_until_ms <= now_ms:
        warnings.append("LICENCE_PAST")
    elif licence_until_ms is not None and licence_until_ms <= now_ms + LICENCE_SOON_MS:
        warnings.append("LICENCE_SOON")
    if held > capacity:
        warnings.append("OVER")
    elif held == capacity:
        warnings.append("FULL")
    usable = active and "LICENCE_PAST" not in warnings
    return Standing(max(capacity - held, 0) if usable else 0, tuple(warnings))


def first(found: Sequence[Gap]) -> tuple[Sequence[Gap], int]:
    """As many gaps as are listed, and how many more there are."""
    return found[:GAPS_MAX], max(len(found) - GAPS_MAX, 0)
