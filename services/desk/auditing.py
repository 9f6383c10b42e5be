"""An auditor's figures from the read model: the same fold as `wardline audit`, over the marks that the rows keep.

Only cases that can matter to the window are read: those with a mark in it, open ones, those closed since its beginning,
and those to which a case opened in it is linked (another report about the child). All others add nothing to any figure.
"""

from typing import Final

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, union

from services.desk.tables import AUDIT_INSTITUTIONS, AUDIT_MARKS, CASES, CLOCKS, LINKS
from shared.auditing.audit import Audit
from shared.auditing.marks import Mark
from shared.auditing.observations import DAY_MS, Window

COUNTY_DIGITS: Final = 6
READ_AT_ONCE: Final = 5_000
MARK_COLUMNS: Final = ("county", "book", "seq", "position", "case_id", "kind", "at_ms", "facts")
"""In the order of a mark's fields."""
REVIEWS: Final = "BREAK_GLASS_REVIEW"
SLACK_MS: Final = DAY_MS
"""A closing carries the time at which its command arrived, which lies a little before its record's."""


def read_audit(connection: Connection, window: Window) -> Audit:
    """The fold of a window over the rows as they stand."""
    audit = Audit(window)
    since = select(AUDIT_INSTITUTIONS.c.institution, func.min(AUDIT_INSTITUTIONS.c.type)).where(
        AUDIT_INSTITUTIONS.c.area.startswith(window.area, autoescape=True),
        AUDIT_INSTITUTIONS.c.first_at_ms < window.to_ms,
    )
    rows = connection.execute(since.group_by(AUDIT_INSTITUTIONS.c.institution))
    audit.institutions = {row[0]: row[1] for row in rows}
    marks = (
        select(*(AUDIT_MARKS.c[name] for name in MARK_COLUMNS))
        .where(AUDIT_MARKS.c.case_id.in_(_cases(window)), AUDIT_MARKS.c.at_ms < window.to_ms)
        .order_by(AUDIT_MARKS.c.book, AUDIT_MARKS.c.seq, AUDIT_MARKS.c.position)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    for *named, facts in connection.execute(marks):
        audit.take(Mark._make((*named, orjson.loads(facts))))
    return audit


def overdue_cases(connection: Connection, now_ms: int) -> dict[str, int]:
    """Open cases past their own due time or with a clock that ran out, by level: what the board shows red."""
    is_late = (CASES.c.next_due_at_ms < now_ms) | (CASES.c.breached > 0) | CASES.c.next_due_at_ms.is_(None)
    found = (
        select(CASES.c.level, func.count()).where(CASES.c.is_open.is_(True), is_late).group_by(CASES.c.level)
    )  # fmt: skip
    return {level or "S1": number for level, number in connection.execute(found)}


def reviews_waiting(connection: Connection, now_ms: int) -> tuple[int, int]:
    """Openings by one officer alone that nobody has reviewed: in time still, and past the end of their clock."""
    waits = and_(CLOCKS.c.clock.startswith(REVIEWS), CLOCKS.c.state.in_(("RUNNING", "BREACHED")))
    is_late = or_(CLOCKS.c.state == "BREACHED", CLOCKS.c.due_at_ms < now_ms)
    late = connection.execute(select(func.count()).select_from(CLOCKS).where(waits, is_late)).scalar_one()
    every = connection.execute(select(func.count()).select_from(CLOCKS).where(waits)).scalar_one()
    return every - late, late


def _cases(window: Window) -> "Select[tuple[str]]":
    county = window.area[:COUNTY_DIGITS]
    in_window = and_(AUDIT_MARKS.c.at_ms >= window.from_ms, AUDIT_MARKS.c.at_ms < window.to_ms)
    alive = select(CASES.c.case_id).where(
        or_(CASES.c.is_open.is_(True), CASES.c.closed_at_ms >= window.from_ms - SLACK_MS),
        _of_county(CASES.c.county, county),
    )
    marked = select(AUDIT_MARKS.c.case_id).where(in_window, _of_county(AUDIT_MARKS.c.county, county))
    linked = (
        select(LINKS.c.other_case_id)
        .join(CASES, CASES.c.case_id == LINKS.c.case_id)
        .where(CASES.c.opened_at_ms >= window.from_ms, _of_county(CASES.c.county, county))
    )
    every = union(alive, marked, linked).subquery()
    return select(every.c.case_id)


def _of_county(column: "ColumnElement[str]", county: str) -> ColumnElement[bool]:
    return column.startswith(county, autoescape=True)
