"""Which hidden cells follow from the shown ones: the unknowns that the sums determine, by elimination."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

Row = dict[int, Fraction]


def determined(equations: Iterable[Mapping[int, int]]) -> set[int]:
    """The unknowns with one solution. An equation is its unknowns with their factors; what is known does not matter."""
    solved: dict[int, Row] = {}
    for equation in equations:
        row = _reduced({name: Fraction(factor) for name, factor in equation.items() if factor}, solved)
        if not row:
            continue
        pivot = min(row)
        row = {name: value / row[pivot] for name, value in row.items()}
        for other, known in solved.items():
            if pivot in known:
                solved[other] = _less(known, row, known[pivot])
        solved[pivot] = row
    return {pivot for pivot, row in solved.items() if len(row) == 1}


def _reduced(row: Row, solved: Mapping[int, Row]) -> Row:
    """Without the unknowns that other equations are solved for: none of those holds another's."""
    for pivot in [name for name in row if name in solved]:
        row = _less(row, solved[pivot], row[pivot])
    return row


def _less(row: Row, other: Row, factor: Fraction) -> Row:
    found = dict(row)
    for name, value in other.items():
        found[name] = found.get(name, Fraction(0)) - factor * value
    return {name: value for name, value in found.items() if value}
