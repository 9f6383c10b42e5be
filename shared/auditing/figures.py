"""The figures of a window, as tables.

Times are minutes, durations of care days; the median and the 90th percentile are nearest-rank: values that really
occurred. Counts are of what the ledger recorded in the window, unless a table says otherwise in its title.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.auditing import outcomes, timeliness
from shared.auditing.audit import Audit
from shared.auditing.folding import TOLD_BY_CLOCK
from shared.auditing.lives import ACCEPT, OFFICERS, SCREENED
from shared.auditing.measuring import LEVELS
from shared.auditing.tables import ALL, Cell, Place, Sum, Table, suppressed
from shared.auditing.timeliness import STEPS


def figures(audit: Audit) -> tuple[Table, ...]:
    """Every table, small cells shown: for the county's own use."""
    return tuple(make(audit) for make in TABLES)


def published(audit: Audit) -> tuple[Table, ...]:
    """Every table with small cells held back."""
    tables = figures(audit)
    return suppressed(tables, *_between(tables))


def _between(tables: Sequence[Table]) -> tuple[list[frozenset[Place]], list[Sum]]:
    """What one table says that another says, too: the same count twice, or the sum of the other's."""
    number = {table.code: at for at, table in enumerate(tables)}

    def place(table: str, column: str, *key: str) -> Place | None:
        row = tables[number[table]].row(*key)
        return None if row is None else (number[table], row, tables[number[table]].index(column))

    same: list[list[Place | None]] = [[place("guardianship_ends", "count", ALL), place("guardianships", "ended", ALL)]]
    for level in (*LEVELS, ALL):
        same.append(
            [place("cases", "opened", level), *(place("reached", "opened", step, level) for step in STEPS)]
        )  # fmt: skip
        same += [
            [place("intervals", "count", interval, level), place("clocks", "met", clock, level)]
            for clock, interval in (
                *TOLD_BY_CLOCK.items(), (ACCEPT, "RECEIVED_TO_ACCEPTED"), ("SEEN", "RECEIVED_TO_SEEN"),
            )
        ]  # fmt: skip
        same.append([place("clocks", "ran_out", ACCEPT, level), place("escalations", "count", OFFICERS, "E2", level)])
    links = [link for some in same for link in _alike(tables, [each for each in some if each is not None])]
    of_overrides = tables[number["overrides"]]
    to_s0 = tuple(
        (number["overrides"], row, of_overrides.index("count"))
        for row, cells in enumerate(of_overrides.rows)
        if cells[of_overrides.index("after")] == SCREENED
    )
    total = place("screened_out", "count", "SCREENED_OUT")
    sums = [Sum(total, to_s0)] if total is not None and to_s0 else []
    for level in (*LEVELS, ALL):
        # Who knows how many were open before the window (its last report says so) knows the third of these from two.
        opened, closed, left = (place("cases", column, level) for column in ("opened", "closed", "open_at_end"))
        if opened is not None and closed is not None and left is not None:
            sums.append(Sum(opened, (closed, left)))
    return links, sums


def _alike(tables: Sequence[Table], places: Sequence[Place]) -> Iterator[frozenset[Place]]:
    """The cells that mean the same and are equal here: a step may be reached without its clock."""
    by_value: dict[Cell, set[Place]] = {}
    for place in places:
        table, row, at = place
        by_value.setdefault(tables[table].rows[row][at], set()).add(place)
    return map(frozenset, by_value.values())


TABLES: Final[tuple[Callable[[Audit], Table], ...]] = (
    timeliness.cases,
    timeliness.clocks,
    timeliness.intervals,
    timeliness.reached,
    timeliness.escalations,
    outcomes.overrides,
    outcomes.screened_out,
    outcomes.guardianships,
    outcomes.guardianship_ends,
    outcomes.departments,
    outcomes.institutions,
    outcomes.access,
    outcomes.break_glass,
)
