"""Tables and lists as rows of text, for files and pages: codes for programs, words for people."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from shared.auditing import words
from shared.auditing.audit import Audit
from shared.auditing.lists import breaches, doubts, silent_institutions
from shared.auditing.tables import Cell, Table

MINUTE_MS: Final = 60_000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula: a text from outside is kept from it by a quotation mark before it."""


class Sheet(NamedTuple):
    """A list with its columns; cells are codes, times Unix ms."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def lists(audit: Audit) -> tuple[Sheet, ...]:
    """What a person must look at. It names cases, and is never published."""
    return (
        Sheet(
            "breaches",
            ("case", "area", "level", "clock", "since_ms", "due_ms", "met_ms", "late_minutes"),
            tuple((*each[:-1], each.late_ms // MINUTE_MS) for each in breaches(audit)),
        ),
        Sheet(
            "could_be_gamed",
            ("kind", "case", "about", "at_ms", "from_ms", "until_ms"),
            tuple(
                (each.kind, each.case, each.about, each.at_ms, each.from_ms, each.until_ms) for each in doubts(audit)
            ),
        ),
        Sheet("silent_institutions", ("institution", "type"), tuple(silent_institutions(audit))),
    )


def sheet_of(table: Table) -> Sheet:
    """A table of figures as codes."""
    return Sheet(table.code, tuple(column.code for column in table.columns), table.rows)


def csv_text(sheet: Sheet) -> str:
    """Comma-separated values (RFC 4180) with a header of codes; what is not there is empty."""
    lines = [sheet.columns, *sheet.rows]
    return "".join(",".join(_quoted(cell) for cell in line) + "\r\n" for line in lines)


def _quoted(cell: Cell) -> str:
    if cell is None:
        return ""
    text = str(cell)
    if isinstance(cell, str) and text.startswith(FORMULA):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def said(table: Table, tongue: int) -> list[list[str]]:
    """Header and rows in one language (0: Chinese, 1: English)."""
    keys = set(table.keys)
    header = [words.column(column.code)[tongue] for column in table.columns]
    return [
        header,
        *(
            [
                words.code(column.code, cell)[tongue] if column.code in keys and isinstance(cell, str) else shown(cell)
                for column, cell in zip(table.columns, row, strict=True)
            ]
            for row in table.rows
        ),
    ]


def shown(cell: Cell) -> str:
    """A figure as people read it."""
    return "—" if cell is None else str(cell)


def facts(tables: Iterable[Table]) -> list[dict[str, object]]:
    """Tables as JSON."""
    return [
        {"table": table.code, "columns": [column.code for column in table.columns], "rows": _lists(table.rows)}
        for table in tables
    ]


def _lists(rows: Sequence[tuple[Cell, ...]]) -> list[list[Cell]]:
    return [list(row) for row in rows]
