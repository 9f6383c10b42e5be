"""Tables of figures, and how small cells are held back.

A count of 1 to 4 is held back (0 is shown). Where counts add up to one that is shown, further cells are held back until
nobody can take the difference: in each such sum at least two parts are hidden and they add to 5 or more; a sum of
which the parts are shown is never itself the hidden one; and no small cell follows from all sums together. What says
the same in two tables is hidden in both. A time or a share is held back with the counts that it rests on. Every hidden
cell looks the same. Tables of overlapping windows or areas can still be subtracted from each other: publish the figures
of one cut.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from shared.auditing.disclosure import determined

SMALL: Final = 5
HIDDEN: Final = "*"
PARTS_MIN: Final = 2
ALL: Final = "ALL"

Cell = int | float | str | None


class Kind(StrEnum):
    """What a column holds. MINUTES and DAYS rest on a count, as a SHARE does."""

    KEY = "KEY"
    COUNT = "COUNT"
    MINUTES = "MINUTES"
    DAYS = "DAYS"
    SHARE = "SHARE"


@dataclass(frozen=True, slots=True)
class Column:
    """`of`: the count columns on which this one rests; it is held back with any of them."""

    code: str
    kind: Kind = Kind.COUNT
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`sums`: a count column to the columns that add up to it. `over`: the key whose row ALL adds up the others."""

    code: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    over: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(column.code for column in self.columns if column.kind is Kind.KEY)

    @property
    def counts(self) -> tuple[int, ...]:
        """Where the columns of counts stand."""
        return tuple(number for number, column in enumerate(self.columns) if column.kind is Kind.COUNT)

    def index(self, code: str) -> int:
        """Where a column stands."""
        return next(number for number, column in enumerate(self.columns) if column.code == code)

    def row(self, *key: str) -> int | None:
        """The number of the row of these keys."""
        return next((number for number, row in enumerate(self.rows) if row[: len(key)] == key), None)

    def cell(self, key: Sequence[str], column: str) -> Cell:
        """One cell. Raises KeyError."""
        row = self.row(*key)
        if row is None:
            raise KeyError(f"{self.code}: {key}")
        return self.rows[row][self.index(column)]


Place = tuple[int, int, int]
"""Table, row and column by number."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Cells that add up to another, within a table or across tables."""

    total: Place
    parts: tuple[Place, ...]


@dataclass(slots=True)
class Hiding:
    """Which cells are held back. `alike`: a cell to all that say the same as it does, in whichever table."""

    values: Mapping[Place, int]
    alike: Mapping[Place, frozenset[Place]]
    hidden: set[Place]

    def hide(self, place: Place) -> None:
        """Hold a cell back, and every cell that says the same."""
        self.hidden |= self.alike.get(place, frozenset({place}))

    def small_that_follow(self, every: Sequence[Sum]) -> list[Place]:
        """Small cells that are hidden and yet follow from the shown ones, by all sums together."""
        names = {place: number for number, place in enumerate(sorted(self.hidden))}
        leaders = {place: names[min(self.alike.get(place, frozenset({place})))] for place in names}
        equations = []
        for each in every:
            equation: dict[int, int] = {}
            for place, factor in ((each.total, -1), *((part, 1) for part in each.parts)):
                if place in leaders:
                    equation[leaders[place]] = equation.get(leaders[place], 0) + factor
            equations.append(equation)
        found = determined(equations)
        return [place for place, name in leaders.items() if name in found and 0 < self.values[place] < SMALL]

    def hide_around(self, place: Place, every: Sequence[Sum]) -> bool:
        """Hide the smallest shown cell of the sums that a cell takes part in; whether there was one."""
        alike = self.alike.get(place, frozenset({place}))
        near = {
            other
            for each in every
            if not alike.isdisjoint((each.total, *each.parts))
            for other in (each.total, *each.parts)
            if other not in self.hidden
        }
        if not near:
            return False
        self.hide(min(near, key=lambda other: (self.values[other] == 0, self.values[other], other)))
        return True

    def hide_more(self, each: Sum) -> bool:
        """Hide one cell more of a sum that would give a hidden one away; whether one was hidden."""
        unseen = [part for part in each.parts if part in self.hidden]
        total_is_hidden = each.total in self.hidden
        if total_is_hidden:
            gives_away = not unseen
        else:
            gives_away = bool(unseen) and (len(unseen) < PARTS_MIN or sum(self.values[p] for p in unseen) < SMALL)
        if not gives_away:
            return False
        seen = [part for part in each.parts if part not in self.hidden]
        # The smallest that is not 0 costs the reader least; a 0 is taken only where nothing else is left.
        choice = min(seen, key=lambda part: (self.values[part] == 0, self.values[part], part), default=None)
        if not total_is_hidden and (choice is None or self.values[choice] == 0):
            choice = each.total
        if choice is None:
            return False
        self.hide(choice)
        return True


def suppressed(
    tables: Sequence[Table], links: Iterable[frozenset[Place]] = (), sums: Iterable[Sum] = ()
) -> tuple[Table, ...]:
    """The tables with small cells held back, and as many more as are needed.

    `links`: cells of different tables that say the same; `sums`: those of one table that add up to one of another.
    """
    values = {
        (number, row, at): _count(cells[at])
        for number, table in enumerate(tables)
        for row, cells in enumerate(table.rows)
        for at in table.counts
    }
    hiding = Hiding(values, {place: link for link in links for place in link}, set())
    for place, value in values.items():
        if 0 < value < SMALL:
            hiding.hide(place)
    every = [*(each for number, table in enumerate(tables) for each in _sums(number, table)), *sums]
    while _hide_in_sums(hiding, every) or _hide_in_all(hiding, every):
        pass
    return tuple(_without(number, table, hiding.hidden) for number, table in enumerate(tables))


def _hide_in_sums(hiding: Hiding, every: Sequence[Sum]) -> bool:
    """Look at each sum by itself; whether more is hidden now."""
    return sum([hiding.hide_more(each) for each in every]) > 0


def _hide_in_all(hiding: Hiding, every: Sequence[Sum]) -> bool:
    """Look at all sums together; whether more is hidden now."""
    return sum([hiding.hide_around(place, every) for place in hiding.small_that_follow(every)]) > 0


def _without(number: int, table: Table, hidden: set[Place]) -> Table:
    """A table with these cells held back, and what rests on them."""
    rests_on = [(at, table.index(of)) for at, column in enumerate(table.columns) for of in column.of]
    rows = []
    for row, cells in enumerate(table.rows):
        made = [HIDDEN if (number, row, at) in hidden else cell for at, cell in enumerate(cells)]
        for at, of in rests_on:
            if made[of] == HIDDEN:
                made[at] = HIDDEN
        rows.append(tuple(made))
    return replace(table, rows=tuple(rows))


def _sums(number: int, table: Table) -> Iterator[Sum]:
    """Every cell that is the sum of others: along the rows and down the columns."""
    for row in range(len(table.rows)):
        for total, parts in table.sums:
            yield Sum(
                (number, row, table.index(total)), tuple((number, row, table.index(part)) for part in parts)
            )  # fmt: skip
    if table.over is None:
        return
    over, others = table.index(table.over), [table.index(key) for key in table.keys if key != table.over]
    groups: dict[tuple[Cell, ...], list[int]] = {}
    for row, cells in enumerate(table.rows):
        groups.setdefault(tuple(cells[at] for at in others), []).append(row)
    for rows in groups.values():
        for row in (row for row in rows if table.rows[row][over] == ALL):
            for at in table.counts:
                yield Sum((number, row, at), tuple((number, part, at) for part in rows if part != row))


def _count(cell: Cell) -> int:
    if not isinstance(cell, int):
        raise TypeError("a count that is no number")
    return cell
