"""Gauges of the confirmed folds, counted every few seconds."""

import asyncio

from services.triage.core.stand_ins import untold
from services.triage.fold import Fold
from services.triage.worker import Assignment
from shared.runtime.logging import get_logger
from shared.runtime.metrics import TriageMetrics

INTERVAL_SECONDS = 10.0
SAID_AGAIN_SECONDS = 60.0

_log = get_logger("triage.gauges")


async def keep_counting(assignment: Assignment, metrics: TriageMetrics) -> None:
    """Open cases, those without a next action (must be 0), those of which nobody could be told, and void records."""
    said = Said()
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        for owner in assignment.running:
            book = str(owner.book)
            opened, silent = open_and_silent(owner.fold)
            metrics.open_cases.labels(book).set(opened)
            metrics.silent_cases.labels(book).set(silent)
            metrics.void_records.labels(book).set(owner.fold.head.void)
            untold_count = untold_cases(owner.fold)
            metrics.untold_cases.labels(book).set(untold_count)
            if said.is_due(owner.book, untold_count, asyncio.get_running_loop().time()):
                _log.error(
                    "cases_untold",
                    book=owner.book,
                    cases=untold_count,
                    do="load a registry with contacts for the counties, and the desk of 000000: wardline registry load",
                )
            await asyncio.sleep(0)


class Said:
    """When an alarm was last written, by book: once a minute while it lasts."""

    def __init__(self) -> None:
        self._at: dict[int, float] = {}

    def is_due(self, book: int, cases: int, now: float) -> bool:
        """Whether it is to be written now (seconds of the loop's clock)."""
        if cases == 0:
            self._at.pop(book, None)
            return False
        if now - self._at.get(book, -SAID_AGAIN_SECONDS) < SAID_AGAIN_SECONDS:
            return False
        self._at[book] = now
        return True


def untold_cases(fold: Fold) -> int:
    """Open cases of which nobody could be told: no rung is staffed, and nobody is registered to stand in."""
    return sum(untold(case) for county in fold.state.counties.values() for case in county.cases.values())


def open_and_silent(fold: Fold) -> tuple[int, int]:
    """How many cases are open, and how many of them have no deadline that is pending in the chain."""
    opened = silent = 0
    for county in fold.state.counties.values():
        for case in county.cases.values():
            opened += 1
            silent += not any(deadline in fold.head.pending for deadline in case.deadlines)
    return opened, silent
