"""How far the read model is behind the case-log, and when a page must say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SAID_FROM_SECONDS: Final = 3.0
"""A few seconds behind is how it always is; from here on a page says so."""


@dataclass(frozen=True, slots=True)
class BookFreshness:
    """One book. `level_at_wall_ms`: when it was last known to hold all that stood in the log; None: not since start.

    `decided_at_ms`: the time of the last record whose rows stand, in the space's clock.
    """

    behind: int | None = None
    level_at_wall_ms: int | None = None
    decided_at_ms: int = 0
    halted: str | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """Every book; replaced whole by the thread that projects, read by those that serve pages."""

    books: Mapping[int, BookFreshness] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lag:
    """What a page says of its data. `seconds` None: not level since the start of this process."""

    seconds: float | None
    records: int
    as_of_ms: int
    halted: int

    @property
    def is_said(self) -> bool:
        """Whether the page must say it."""
        return self.halted > 0 or self.seconds is None or self.seconds >= SAID_FROM_SECONDS


def seconds_behind(book: BookFreshness, now_wall_ms: int) -> float | None:
    """Seconds since the book was level with the log's end; None when it has not been since the start."""
    if book.level_at_wall_ms is None:
        return None
    return max(0.0, (now_wall_ms - book.level_at_wall_ms) / 1000)


def lag(freshness: Freshness, books: tuple[int, ...], now_wall_ms: int, rate: float, now_ms: int) -> Lag:
    """The worst of these books. `rate`: how fast the space's clock runs; `now_ms`: its time now."""
    chosen = [freshness.books.get(book, BookFreshness()) for book in books]
    followed = [book for book in chosen if book.halted is None]
    ages = [seconds_behind(book, now_wall_ms) for book in followed]
    records = sum(book.behind or 0 for book in followed)
    halted = len(chosen) - len(followed)
    known = [age for age in ages if age is not None]
    if len(known) < len(ages):
        as_of_ms = max((book.decided_at_ms for book in followed), default=0)
        return Lag(None, records, as_of_ms, halted)
    worst = max(known, default=0.0)
    return Lag(worst, records, now_ms - int(worst * 1000 * rate), halted)
