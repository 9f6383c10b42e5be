"""What the auditor's templates are given: tables in words, bars for charts, lists with times as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.desk.views import Tongue
from shared.auditing import words
from shared.auditing.audit import Audit
from shared.auditing.lists import breaches, doubts, silent_institutions
from shared.auditing.observations import Window
from shared.auditing.samples import AMONG
from shared.auditing.sheets import said
from shared.auditing.tables import ALL, Cell, Kind, Table
from shared.explaining.said import local
from shared.narration.words import clock, word

ROWS_MAX: Final = 500
"""Of a list on a page; the CSV holds all."""
LABEL_WIDTH: Final = 250
BARS_WIDTH: Final = 380
BAR_HEIGHT: Final = 26


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that print: which columns they show, and how tall the drawing is."""

    bars: Sequence["Bar"]
    good: str
    bad: str
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: `good` and `bad` are widths in units of the drawing; `figures` is what stands beside them."""

    label: str
    top: int
    good: float
    bad: float
    figures: str


CHARTS: Final = {
    "clocks": ("met_in_time", "ran_out"),
    "reached": ("reached", "not_reached"),
    "departments": ("answered", "unanswered"),
    "escalations": ("told", "nobody_there"),
    "institutions": ("filed", "silent"),
}
"""Tables that are drawn: what is good, what is not."""


def sections(tables: Sequence[Table], tongue: Tongue) -> list[dict[str, Any]]:
    """Every table with its title, its chart when it has one, and its rows in words."""
    number = 0 if tongue.language == "zh" else 1
    found = []
    for table in tables:
        header, *rows = said(table, number)
        found.append(
            {
                "code": table.code,
                "title": words.title(table.code)[number],
                "chart": chart(table, number),
                "header": [
                    {"name": name, "is_key": column.kind is Kind.KEY}
                    for name, column in zip(header, table.columns, strict=True)
                ],
                "rows": [
                    {"cells": row, "is_all": raw[table.index(table.over)] == ALL if table.over else False}
                    for row, raw in zip(rows, table.rows, strict=True)
                ],
                "key_count": len(table.keys),
            }
        )
    return found


def chart(table: Table, number: int) -> Chart | None:
    """The bars of a table: of rows for all levels together, or of every row where levels do not matter."""
    if table.code not in CHARTS or not table.rows:
        return None
    good, bad = CHARTS[table.code]
    by_level = table.over == "level"
    over = table.index(table.over) if table.over else 0
    rows = [row for row in table.rows if (row[over] == ALL) is by_level]
    keys = [at for at, column in enumerate(table.columns) if column.kind is Kind.KEY and not (by_level and at == over)]
    pairs = [(row[table.index(good)], row[table.index(bad)]) for row in rows]
    largest = max((_drawn(one) + _drawn(other) for one, other in pairs), default=0) or 1
    bars = [
        Bar(
            " · ".join(words.code(table.columns[at].code, str(row[at]))[number] for at in keys),
            place * BAR_HEIGHT,
            round(_drawn(one) * BARS_WIDTH / largest, 1),
            round(_drawn(other) * BARS_WIDTH / largest, 1),
            f"{one} / {other}",
        )
        for place, (row, (one, other)) in enumerate(zip(rows, pairs, strict=True))
    ]
    return Chart(bars, words.column(good)[number], words.column(bad)[number], len(bars) * BAR_HEIGHT)


def _drawn(cell: Cell) -> int:
    """A hidden cell is not drawn: its bar would tell it."""
    return cell if isinstance(cell, int) else 0


def lists_view(audit: Audit, tongue: Tongue) -> dict[str, Any]:
    """Breaches with their stories, what may have been done for the figures, who was silent."""
    late, odd, silent = breaches(audit), doubts(audit), silent_institutions(audit)
    return {
        "breaches": [
            {
                "case": each.case,
                "level": each.level,
                "clock": _clock(each.clock, tongue),
                "since": tongue.at(each.since_ms),
                "due": tongue.at(each.due_ms),
                "met": tongue.at(each.met_ms) if each.met_ms is not None else "",
                "late": tongue.span(each.late_ms),
            }
            for each in late[:ROWS_MAX]
        ],
        "breaches_count": len(late),
        "doubts": [
            {
                "what": tongue.pick(word(words.DOUBTS, each.kind)),
                "case": each.case,
                "about": _clock(each.about, tongue) if each.about else "",
                "from": tongue.at(each.from_ms),
                "until": tongue.at(each.until_ms),
                "span": tongue.span(each.until_ms - each.from_ms),
            }
            for each in odd[:ROWS_MAX]
        ],
        "doubts_count": len(odd),
        "silent": [(each.institution, tongue.pick(words.code("type", each.type))) for each in silent[:ROWS_MAX]],
        "silent_count": len(silent),
    }


def _clock(code: str, tongue: Tongue) -> str:
    """A clock or a department in words."""
    found = words.code("clock", code)
    return tongue.pick(found if found.en != code else clock(code))


def choices(tongue: Tongue) -> list[tuple[str, str]]:
    """Among which cases a sample may be drawn."""
    return [(code, tongue.pick(word(words.AMONG, code))) for code in AMONG]


def of_window(window: Window, tongue: Tongue) -> dict[str, Any]:
    """The window for the form, the links and the words."""
    first, last = local(window.from_ms).date().isoformat(), local(window.to_ms - 1).date().isoformat()
    return {
        "first": first,
        "last": last,
        "area": window.area,
        "area_name": tongue.area(window.area) if window.area else "",
        "until": f"{local(window.to_ms):%Y-%m-%d %H:%M}",
        "query": f"from={first}&to={last}" + (f"&area={window.area}" if window.area else ""),
        "method": words.METHOD[0 if tongue.language == "zh" else 1],
        "label_width": LABEL_WIDTH,
        "bar_height": BAR_HEIGHT,
        "chart_width": LABEL_WIDTH + BARS_WIDTH + 90,
    }
