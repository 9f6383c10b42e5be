"""Gauges of the confirmed folds, counted every few seconds."""

import asyncio

from services.triage.core.invariants import open_and_silent
from services.triage.worker import Assignment
from shared.runtime.metrics import TriageMetrics

INTERVAL_SECONDS = 10.0


async def keep_counting(assignment: Assignment, metrics: TriageMetrics) -> None:
    """Open cases, those without a next action (must be 0), and void records, by book."""
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        for owner in assignment.running:
            book, fold = str(owner.book), owner.fold
            opened, silent = open_and_silent(fold.state, fold.head.pending)
            metrics.open_cases.labels(book).set(opened)
            metrics.silent_cases.labels(book).set(silent)
            metrics.void_records.labels(book).set(fold.head.void)
            await asyncio.sleep(0)
