"""Small cells are held back, and nobody can work them out from the others."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.auditing.audit import Audit
from shared.auditing.figures import _between, figures, published
from shared.auditing.observations import Window
from shared.auditing.tables import ALL, HIDDEN, Cell, Column, Kind, Place, Sum, Table, _sums, suppressed
from tests.support.audited import History, closed, opened
from tests.support.desk_world import reads_of
from tests.support.ledger_writing import new_space
from tests.support.lived_book import LivedBook, lived_book

KEY = Kind.KEY


def by_level(*rows: tuple[Cell, ...]) -> Table:
    return Table(
        "t",
        (Column("level", KEY), Column("all"), Column("met"), Column("late"), Column("share", Kind.SHARE, ("met",))),
        rows,
        (("all", ("met", "late")),),
        "level",
    )


def hidden(table: Table) -> set[tuple[Cell, str]]:
    return {
        (row[0], column.code)
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if cell == HIDDEN
    }


def test_nothing_small_nothing_hidden_and_zero_is_shown() -> None:
    table = by_level(("S1", 20, 20, 0, 1.0), ("S2", 15, 9, 6, 0.6), (ALL, 35, 29, 6, 0.8))
    assert suppressed([table]) == (table,)


def test_a_small_cell_takes_others_with_it_so_that_no_difference_tells_it() -> None:
    [table] = suppressed(
        [by_level(("S1", 20, 17, 3, 0.85), ("S2", 30, 20, 10, 0.7), ("S3", 40, 20, 20, 0.5), (ALL, 90, 57, 33, 0.6))]
    )
    assert hidden(table) == {
        ("S1", "late"), ("S1", "met"), ("S1", "share"),
        ("S2", "late"), ("S2", "met"), ("S2", "share"),
    }  # fmt: skip
    assert table.rows[-1] == (ALL, 90, 57, 33, 0.6)


def test_two_small_cells_that_add_to_less_than_five_take_a_third() -> None:
    [table] = suppressed(
        [Table("t", (Column("k", KEY), Column("n")), (("a", 1), ("b", 2), ("c", 9), ("d", 8), (ALL, 20)), over="k")]
    )
    assert [row[1] for row in table.rows] == [HIDDEN, HIDDEN, 9, HIDDEN, 20]


def test_where_nothing_else_is_left_the_sum_itself_is_hidden() -> None:
    [table] = suppressed([Table("t", (Column("k", KEY), Column("n")), (("a", 3), ("b", 0), (ALL, 3)), over="k")])
    assert [row[1] for row in table.rows] == [HIDDEN, 0, HIDDEN]


def test_what_says_the_same_in_two_tables_is_hidden_in_both() -> None:
    first = Table("a", (Column("k", KEY), Column("n")), (("x", 3), ("y", 9), ("z", 20), (ALL, 32)), over="k")
    second = Table("b", (Column("k", KEY), Column("n")), (("x", 9), ("w", 11)))
    shown = suppressed([first, second], [frozenset({(0, 1, 1), (1, 0, 1)})])
    assert [row[1] for row in shown[0].rows] == [HIDDEN, HIDDEN, 20, 32]
    assert [row[1] for row in shown[1].rows] == [HIDDEN, 11]


def test_what_was_closed_cannot_be_told_from_what_is_left_open() -> None:
    history = History()
    for number in range(33):
        history.at(number, *opened(f"c{number}", number))
    history.at(50, closed("c1", 50))
    [cases, *_] = published(history.audit(100))
    assert [row[2] for row in cases.rows] == [HIDDEN, HIDDEN]
    for row in cases.rows:
        assert HIDDEN in {row[1], row[5]}


def told_by_the_rest(
    tables: Sequence[Table], shown: Sequence[Table], links: Sequence[frozenset[Place]], more: Sequence[Sum]
) -> set[Place]:
    """Small hidden cells that follow from the shown ones: adding such a row does not raise the equations' rank."""
    leader = {place: min(link) for link in links for place in link}
    values = {
        (t, r, c): table.rows[r][c]
        for t, table in enumerate(tables)
        for r in range(len(table.rows))
        for c in table.counts
    }
    unknown = sorted({leader.get(at, at) for at in values if shown[at[0]].rows[at[1]][at[2]] == HIDDEN})
    columns = {place: number for number, place in enumerate(unknown)}
    matrix = []
    for each in (*(s for t, table in enumerate(tables) for s in _sums(t, table)), *more):
        row = zeros(len(unknown))
        for place, factor in ((each.total, -1), *((part, 1) for part in each.parts)):
            if (name := leader.get(place, place)) in columns:
                row[columns[name]] += factor
        matrix.append(row)
    base = rank(matrix)
    found = set()
    for place in unknown:
        value = values[place]
        if isinstance(value, int) and 0 < value < 5:
            unit = zeros(len(unknown))
            unit[columns[place]] = Fraction(1)
            if rank([*matrix, unit]) == base:
                found.add(place)
    return found


def zeros(width: int) -> list[Fraction]:
    return [Fraction(0)] * width


def rank(matrix: Sequence[Sequence[Fraction]]) -> int:
    rows, found = [list(row) for row in matrix if any(row)], 0
    while rows:
        pivot_row = rows.pop()
        at = next((n for n, value in enumerate(pivot_row) if value), None)
        if at is None:
            continue
        found += 1
        left = []
        for row in rows:
            if factor := row[at] / pivot_row[at]:
                row = [a - factor * b for a, b in zip(row, pivot_row, strict=True)]  # noqa: PLW2901 - the reduced row
            if any(row):
                left.append(row)
        rows = left
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=5))
def test_no_hidden_cell_follows_from_the_others(cells: list[tuple[int, int]]) -> None:
    rows = [(f"k{n}", met + late, met, late, None) for n, (met, late) in enumerate(cells)]
    sums = [sum(column) for column in zip(*cells, strict=True)]
    table = by_level(*rows, (ALL, sum(sums), *sums, None))
    shown = suppressed([table])
    assert told_by_the_rest([table], shown, [], []) == set()
    for row in shown[0].rows:
        assert all(not isinstance(cell, int) or cell == 0 or cell >= 5 for cell in row[1:4])


@pytest.mark.parametrize("seed", [3, 7])
def test_no_hidden_cell_of_a_lived_book_follows_from_the_others(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book: LivedBook = lived_book(new_space(tmp_path_factory.mktemp(f"lived-{seed}"))).live(25, seed)
    audit = Audit(Window(0, book.now_ms + 1))
    for read in reads_of(book.writer.space, book.writer.entries):
        audit.take_record(dict(read.valid.fields))
    tables, shown = figures(audit), published(audit)
    assert any(HIDDEN in row for table in shown for row in table.rows)
    assert told_by_the_rest(tables, shown, *_between(tables)) == set()
