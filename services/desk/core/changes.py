"""What a record of the case-log changes in the read model: rows of named tables, without SQL.

A batch of records is folded into one change for each row before anything is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Key = tuple[str | int, ...]
Values = Mapping[str, Any]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "cases": ("case_id",),
    "clocks": ("case_id", "clock"),
    "deadlines": ("deadline",),
    "ladders": ("case_id", "department"),
    "ladder_steps": ("book", "seq", "position"),
    "alerts": ("alert_id",),
    "answers": ("outcome_id",),
    "timeline": ("book", "seq", "position"),
    "situations": ("case_id", "seq", "rule"),
    "explanations": ("case_id",),
    "measures": ("case_id",),
    "links": ("case_id", "other_case_id"),
    "holds": ("place_id", "case_id"),
    "places": ("book", "county", "place_id"),
    "shifts": ("book", "county", "shift_id"),
    "contacts": ("book", "county", "contact_id"),
    "accounts": ("book", "county", "account"),
    "areas": ("book", "county"),
    "verdicts": ("command_id", "book"),
    "audit_marks": ("book", "seq", "position"),
    "audit_institutions": ("book", "area", "institution", "type"),
}
"""The tables of the read model and the columns that name a row; a test holds it against the SQL tables."""


class Kind(StrEnum):
    """PUT: the row stands with these columns, made if need be. SET: these columns change, if the row stands.

    FIRST: the row is made unless it stands. DROP: the row goes.
    """

    PUT = "PUT"
    SET = "SET"
    FIRST = "FIRST"
    DROP = "DROP"


NO_VALUES: Final[Values] = MappingProxyType({})


class Change(NamedTuple):
    """One change of one row. `values` are the columns besides the key."""

    kind: Kind
    table: str
    key: Key
    values: Values = NO_VALUES


def put(table: str, *key: str | int, **values: Any) -> Change:  # noqa: ANN401 - what a column holds
    """The row stands, with these columns."""
    return Change(Kind.PUT, table, key, values)


def change(table: str, *key: str | int, **values: Any) -> Change:  # noqa: ANN401 - what a column holds
    """These columns of a row that stands."""
    return Change(Kind.SET, table, key, values)


def first(table: str, *key: str | int, **values: Any) -> Change:  # noqa: ANN401 - what a column holds
    """The row is made unless it stands already."""
    return Change(Kind.FIRST, table, key, values)


def drop(table: str, *key: str | int) -> Change:
    """The row goes."""
    return Change(Kind.DROP, table, key)


@dataclass(slots=True)
class RowChange:
    """What becomes of one row. `dropped`: whatever stood there before goes first."""

    kind: Kind
    values: dict[str, Any]
    dropped: bool = False


@dataclass(slots=True)
class Batch:
    """The changes of many records, one for each row, in the order in which rows were first touched."""

    rows: dict[str, dict[Key, RowChange]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        """Fold changes in, in their order."""
        for kind, table, key, values in changes:
            of_table = self.rows.setdefault(table, {})
            known = of_table.get(key)
            if kind is Kind.DROP:
                of_table[key] = RowChange(Kind.DROP, {}, dropped=True)
            elif known is None:
                of_table[key] = RowChange(kind, dict(values))
            else:
                _merge(known, kind, values)


def _merge(known: RowChange, kind: Kind, values: Values) -> None:
    """A later change of the same row."""
    if known.kind is Kind.DROP:
        if kind is not Kind.SET:
            known.kind, known.values = Kind.PUT, dict(values)
        return
    if kind is Kind.FIRST:
        if known.kind is Kind.SET:
            known.values = {**values, **known.values}
            known.kind = Kind.FIRST
        return
    known.values.update(values)
    if kind is Kind.PUT:
        known.kind = Kind.PUT
