"""Deadlines that a policy has lost: levels without a time, and clocks and rungs that every county needs."""

from collections.abc import Iterator, Mapping
from typing import Final

from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.model import Amount, Clock, Ladder, Row, Rows
from services.triage.core.policy.row_reader import DECIDED_LEVELS

FILED: Final = "FILED"
NEEDED_CLOCKS: Final = ("SEEN", "DECISION", "FIRST_REVIEW", "FEEDBACK")
"""What is owed to every child and every reporter, whatever was found: each runs from the filing at every level."""
NEEDED_STEPS: Final = (LadderStep.E1, LadderStep.E2, LadderStep.E3, LadderStep.E4, LadderStep.E5)
"""The rungs of civil affairs, which carry every case that nobody takes up."""
_RUNGS: Final = "LADDER"


def deadline_faults(row: Row) -> Iterator[str]:
    """Levels that a clock or a rung gives no time for, unless the row says that it is meant."""
    if isinstance(row, Clock):
        yield from _partial(row.amounts, row.only)
    elif isinstance(row, Ladder):
        yield from _partial(row.after, row.only)


def _partial(amounts: Mapping[Level, Amount], only: frozenset[Level] | None) -> Iterator[str]:
    given = [level for level in DECIDED_LEVELS if level in amounts]
    meant = [level for level in DECIDED_LEVELS if only is None or level in only]
    if missing := ", ".join(level for level in meant if level not in given):
        said = f"; if that is meant, the row says only: [{', '.join(given)}]" if only is None else ""
        yield f"gives no time for {missing}{said}"
    if more := ", ".join(level for level in given if level not in meant):
        yield f"gives a time for {more}, and says that it does not run there"


def lost_deadlines(rows: Rows) -> Iterator[tuple[str, str, str]]:
    """File, row and reason for each clock or rung that the country's rows do not give for good, at each level."""
    for name in NEEDED_CLOCKS:
        clocks = [row for row in rows.clocks if row.clock == name and row.start_event == FILED]
        yield from _lost(name, [(row, row.amounts) for row in clocks if row.when is ALWAYS_TRUE], rows.clocks)
    for step in NEEDED_STEPS:
        rungs = [row for row in rows.ladders if (row.department, row.step) == (Department.CIVIL_AFFAIRS, step)]
        always = [(row, row.after) for row in rungs if row.always and row.when is ALWAYS_TRUE]
        yield from _lost(f"{_RUNGS}-{step}", always, rows.ladders)


def _lost(
    name: str, given: list[tuple[Clock, Mapping[Level, Amount]]] | list[tuple[Ladder, Mapping[Level, Amount]]],
    kind: tuple[Clock, ...] | tuple[Ladder, ...],
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    national = [amounts for row, amounts in given if not row.area and row.valid_to is None]
    lost = [level for level in DECIDED_LEVELS if not any(level in amounts for amounts in national)]
    if lost:
        file = kind[0].file if kind else "policy.yaml"
        yield file, name, f"every child needs it, and no row of the whole country gives it at {', '.join(lost)}"
