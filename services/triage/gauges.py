"""Gauges of the confirmed folds, counted every few seconds."""

import asyncio

from services.triage.fold import Fold
from services.triage.worker import Assignment
from shared.runtime.metrics import TriageMetrics

INTERVAL_SECONDS = 10.0


async def keep_counting(assignment: Assignment, metrics: TriageMetrics) -> None:
    """Open cases, those without a next action (must be 0), and void records, by book."""
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        for owner in assignment.running:
            book = str(owner.book)
            opened, silent = open_and_silent(owner.fold)
            metrics.open_cases.labels(book).set(opened)
            metrics.silent_cases.labels(book).set(silent)
            metrics.void_records.labels(book).set(owner.fold.head.void)
            await asyncio.sleep(0)


def open_and_silent(fold: Fold) -> tuple[int, int]:
    """How many cases are open, and how many of them have no deadline that is pending in the chain."""
    opened = silent = 0
    for county in fold.state.counties.values():
        for case in county.cases.values():
            opened += 1
            silent += not any(deadline in fold.head.pending for deadline in case.deadlines)
    return opened, silent
