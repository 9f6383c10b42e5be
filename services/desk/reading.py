"""What pages ask of the read model. Every question about cases carries the area of the one who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, case, func, select

from services.desk.core.guard import Principal
from services.desk.tables import (
    ALERTS,
    ANSWERS,
    AREAS,
    CASES,
    CLOCKS,
    EXPLANATIONS,
    LADDER_STEPS,
    LADDERS,
    LINKS,
    MEASURES,
    TIMELINE,
)

Row = RowMapping
PAGE_ROWS: Final = 50
SOON_MS: Final = 3_600_000
TIMELINE_ROWS_MAX: Final = 1000
IN_SOMEBODYS_HAND: Final = ("ACKNOWLEDGED", "DISPATCHED")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the board shows of the account's area. Empty: everything that is open."""

    level: str = ""
    state: str = ""
    area: str = ""
    mine: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """One page of open cases.

    `levels`: how many are open by level; `overdue`: how many are past their own due time; `waiting`: how many of the
    highest level nobody has taken over.
    """

    rows: Sequence[Row]
    count: int
    levels: Mapping[str, int]
    overdue: int
    waiting: int
    states: Sequence[str]


def board(connection: Connection, who: Principal, filters: Filters, now_ms: int) -> Board:
    """Open cases: what is due within the hour or past by its danger, then the rest by what is due next."""
    within = and_(CASES.c.is_open.is_(True), _within(who))
    by_level = connection.execute(select(CASES.c.level, func.count()).where(within).group_by(CASES.c.level))
    levels = {level or "": number for level, number in by_level}
    is_late = (CASES.c.next_due_at_ms < now_ms) | (CASES.c.breached > 0) | CASES.c.next_due_at_ms.is_(None)
    overdue = connection.execute(select(func.count()).select_from(CASES).where(within, is_late)).scalar_one()
    is_waiting = (CASES.c.level == "S1") & func.coalesce(CASES.c.in_hand, "").not_in(IN_SOMEBODYS_HAND)
    waiting = connection.execute(select(func.count()).select_from(CASES).where(within, is_waiting)).scalar_one()
    states = connection.execute(select(CASES.c.state).where(within).distinct()).scalars()
    chosen = and_(within, *_chosen(who, filters))
    count = connection.execute(select(func.count()).select_from(CASES).where(chosen)).scalar_one()
    is_soon = func.coalesce(CASES.c.next_due_at_ms, 0) <= now_ms + SOON_MS
    rows = connection.execute(
        select(CASES)
        .where(chosen)
        .order_by(
            case((is_soon, 0), else_=1),
            case((is_soon, -CASES.c.urgency), else_=0),
            func.coalesce(CASES.c.next_due_at_ms, 0),
            -CASES.c.urgency,
            CASES.c.case_id,
        )
        .limit(PAGE_ROWS)
        .offset(filters.page * PAGE_ROWS)
    ).mappings()
    return Board(list(rows), count, levels, overdue, waiting, sorted(state for state in states if state))


def _within(who: Principal) -> ColumnElement[bool]:
    """The account's own area. A prefix is digits alone, so that nothing in it is a pattern."""
    return CASES.c.area.startswith(who.area_prefix, autoescape=True)


def _chosen(who: Principal, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.level:
        found.append(CASES.c.level == filters.level)
    if filters.state:
        found.append(CASES.c.state == filters.state)
    if filters.area:
        found.append(CASES.c.area.startswith(filters.area, autoescape=True))
    if filters.mine:
        found.append(CASES.c.officer == who.account)
    return found


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything that a case page shows. `linked`: the case's siblings that the account may open, and how many not."""

    case: Row
    clocks: Sequence[Row]
    ladders: Sequence[Row]
    steps: Sequence[Row]
    alerts: Sequence[Row]
    answers: Sequence[Row]
    measure: Row | None
    assessment: str | None
    timeline: Sequence[Row]
    linked: Sequence[Row]
    linked_elsewhere: int


def case_row(connection: Connection, who: Principal, case_id: str) -> Row | None:
    """A case of the account's area, its own row alone; None for one that is elsewhere and one that is not at all."""
    return connection.execute(select(CASES).where(CASES.c.case_id == case_id, _within(who))).mappings().first()


def case_file(connection: Connection, who: Principal, case_id: str) -> CaseFile | None:
    """A case of the account's area; None for one that is elsewhere and one that is not at all."""
    row = case_row(connection, who, case_id)
    if row is None:
        return None
    linked = connection.execute(
        select(CASES, _within(who).label("may_open"))
        .join(LINKS, LINKS.c.other_case_id == CASES.c.case_id)
        .where(LINKS.c.case_id == case_id)
        .order_by(CASES.c.case_id)
    ).mappings()
    siblings = list(linked)
    explanation = select(EXPLANATIONS.c.assessment).where(EXPLANATIONS.c.case_id == case_id)
    newest = (
        select(TIMELINE)
        .where(TIMELINE.c.case_id == case_id)
        .order_by(TIMELINE.c.seq.desc(), TIMELINE.c.position.desc())
        .limit(TIMELINE_ROWS_MAX)
    )
    return CaseFile(
        case=row,
        clocks=_of(connection, CLOCKS, case_id, "due_at_ms"),
        ladders=_of(connection, LADDERS, case_id, "department"),
        steps=_of(connection, LADDER_STEPS, case_id, "seq", "position"),
        alerts=_of(connection, ALERTS, case_id, "requested_at_ms", "alert_id"),
        answers=_of(connection, ANSWERS, case_id, "at_ms"),
        measure=next(iter(_of(connection, MEASURES, case_id, "case_id")), None),
        assessment=connection.execute(explanation).scalar(),
        timeline=list(connection.execute(newest).mappings())[::-1],
        linked=[sibling for sibling in siblings if sibling["may_open"]],
        linked_elsewhere=sum(not sibling["may_open"] for sibling in siblings),
    )


def county_of(connection: Connection, case_id: str) -> str | None:
    """The county that has the case."""
    found = select(CASES.c.county).where(CASES.c.case_id == case_id)
    return connection.execute(found).scalar()


def find(connection: Connection, who: Principal, number: str) -> tuple[str | None, bool]:
    """The account's case of a receipt or of the end of a case number; and whether it is another area's instead.

    Of several children under one receipt the first: its page links the others. Of one end that several share, none.
    """
    by_receipt = CASES.c.receipt.in_((number, number.upper()))
    by_end = CASES.c.case_id.endswith(number.lower(), autoescape=True)
    for is_it in (by_receipt, by_end):
        found = list(connection.execute(select(CASES.c.case_id).where(is_it, _within(who)).limit(2)).scalars())
        if found and (is_it is by_receipt or len(found) == 1):
            return min(found), False
    is_elsewhere = connection.execute(select(CASES.c.case_id).where(by_receipt | by_end).limit(1)).first() is not None
    return None, is_elsewhere


def exists(connection: Connection, case_id: str) -> bool:
    """Whether there is a case of this name anywhere; for the record of who asked for it, never for a page."""
    return connection.execute(select(CASES.c.case_id).where(CASES.c.case_id == case_id)).first() is not None


def area_titles(connection: Connection) -> dict[str, tuple[str, str]]:
    """Names of counties, Chinese and English, by code."""
    rows = connection.execute(select(AREAS.c.county, AREAS.c.title_zh, AREAS.c.title_en))
    return {county: (zh, en) for county, zh, en in rows}


def _of(connection: Connection, table: Table, case_id: str, *order: str) -> list[Row]:
    statement = select(table).where(table.c.case_id == case_id).order_by(*(table.c[name] for name in order))
    return list(connection.execute(statement).mappings())
