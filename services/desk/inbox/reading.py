"""What an inbox asks of the read model: ladders of the account's departments that reached somebody, in its area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from services.desk.core.guard import Principal
from services.desk.reading import Row
from services.desk.tables import ALERTS, CASES, CLOCKS, CONTACTS, EXPLANATIONS, LADDER_STEPS, LADDERS, TIMELINE
from shared.contracts.vocabulary import Department, Role

TASKS_MAX: Final = 200
OUTCOME: Final = "OUTCOME"
"""The clock of a department's outcome, one for each department: OUTCOME.POLICE."""
OF_ROLE: Final = {
    Role.TOWNSHIP_SUPERVISOR: (Department.TOWNSHIP, Department.VILLAGE),
    Role.VILLAGE_WORKER: (Department.VILLAGE,),
}
"""Whose tasks a role answers besides its account's own department; triage has the same rule."""
UNANSWERED: Final = ("CLIMBING", "LAPSED", "DECLINED")
ANSWERS: Final = (
    "DepartmentAcknowledged", "DepartmentDispatched", "DepartmentDeclined", "DepartmentReported",
    "AcknowledgementExpired",
)  # fmt: skip
"""Events that tell of a department's own part alone."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The open tasks by due time, how many there are and wait for an answer, and since when the oldest does."""

    rows: Sequence[Row]
    count: int
    unanswered: int
    oldest_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Task:
    """One task with what its page may need of the case; `assessment` is read for this department's part alone."""

    row: Row
    steps: Sequence[Row]
    answers: Sequence[Row]
    act_by_ms: int | None
    assessment: str | None
    callback: str | None
    newest_seq: int


def departments_of(who: Principal) -> tuple[Department, ...]:
    """The departments whose tasks are the account's."""
    of_role = OF_ROLE.get(who.role, ())
    own = (who.department,) if who.department is not None else ()
    return tuple(dict.fromkeys((*own, *of_role)))


def _due() -> ColumnElement[int]:
    """By when the department must accept, send somebody or, after that, report the outcome: what comes first."""
    step = func.coalesce(LADDERS.c.expires_at_ms, LADDERS.c.next_due_at_ms)
    owed = CLOCKS.c.due_at_ms
    return case((step.is_(None) | (owed < step), func.coalesce(owed, step)), else_=step)


_OWED: Final = and_(
    CLOCKS.c.case_id == LADDERS.c.case_id,
    CLOCKS.c.clock == literal(f"{OUTCOME}.") + LADDERS.c.department,
    CLOCKS.c.state.in_(("RUNNING", "BREACHED")),
)
"""The clock that waits for the department's outcome."""


def _tasks(who: Principal) -> ColumnElement[bool]:
    """Open cases of the area in which a rung of one of the departments was reached: before that nobody was told."""
    names = [department.value for department in departments_of(who)]
    return and_(
        LADDERS.c.department.in_(names),
        LADDERS.c.step.is_not(None),
        CASES.c.is_open.is_(True),
        CASES.c.area.startswith(who.area_prefix, autoescape=True),
    )


COLUMNS: Final = (
    LADDERS, CASES.c.level, CASES.c.area, CASES.c.county, CASES.c.book, CASES.c.facts, CASES.c.is_open,
    CLOCKS.c.due_at_ms.label("outcome_due_at_ms"), CLOCKS.c.citation.label("outcome_citation"),
)  # fmt: skip


def inbox(connection: Connection, who: Principal) -> Inbox:
    """Tasks without an outcome first, by due time; then those that are done but for the case."""
    joined = LADDERS.join(CASES, LADDERS.c.case_id == CASES.c.case_id).outerjoin(CLOCKS, _OWED)
    is_unanswered = LADDERS.c.state.in_(UNANSWERED) & LADDERS.c.outcome.is_(None)
    is_done = LADDERS.c.outcome.is_not(None)
    rows = connection.execute(
        select(*COLUMNS, _due().label("task_due_at_ms"))
        .select_from(joined)
        .where(_tasks(who))
        .order_by(
            case((is_done, 2), (_due().is_(None), 1), else_=0), _due(), LADDERS.c.started_at_ms, LADDERS.c.case_id
        )
        .limit(TASKS_MAX)
    ).mappings()
    counted = select(
        func.count(), func.count().filter(is_unanswered), func.min(LADDERS.c.started_at_ms).filter(is_unanswered)
    )
    count, unanswered, oldest = connection.execute(counted.select_from(joined).where(_tasks(who))).one()
    return Inbox(list(rows), count, unanswered, oldest)


def task(connection: Connection, who: Principal, case_id: str, department: str) -> Task | None:
    """One task of the account's; None for another's, and for none."""
    joined = LADDERS.join(CASES, LADDERS.c.case_id == CASES.c.case_id).outerjoin(CLOCKS, _OWED)
    mine = _tasks(who) & (LADDERS.c.case_id == case_id) & (LADDERS.c.department == department)
    found = select(*COLUMNS, _due().label("task_due_at_ms")).select_from(joined).where(mine)
    row = connection.execute(found).mappings().first()
    if row is None:
        return None
    of_case = TIMELINE.c.case_id == case_id
    steps = (
        select(LADDER_STEPS)
        .where(LADDER_STEPS.c.case_id == case_id, LADDER_STEPS.c.department == department)
        .order_by(LADDER_STEPS.c.seq, LADDER_STEPS.c.position)
    )
    answers = select(TIMELINE).where(of_case, TIMELINE.c.kind.in_(ANSWERS)).order_by(TIMELINE.c.seq)
    act_by = select(func.max(ALERTS.c.act_by_ms)).where(
        ALERTS.c.case_id == case_id, ALERTS.c.department == department, ALERTS.c.ladder == department
    )
    callback = (
        select(CONTACTS.c.callback_number)
        .where(
            CONTACTS.c.book == row["book"],
            CONTACTS.c.county == row["county"],
            CONTACTS.c.department == "CIVIL_AFFAIRS",
            CONTACTS.c.callback_number.is_not(None),
            CONTACTS.c.active.is_(True),
        )
        .order_by(CONTACTS.c.contact_id)
        .limit(1)
    )
    return Task(
        row=row,
        steps=list(connection.execute(steps).mappings()),
        answers=list(connection.execute(answers).mappings()),
        act_by_ms=connection.execute(act_by).scalar(),
        assessment=connection.execute(
            select(EXPLANATIONS.c.assessment).where(EXPLANATIONS.c.case_id == case_id)
        ).scalar(),
        callback=connection.execute(callback).scalar(),
        newest_seq=int(connection.execute(select(func.max(TIMELINE.c.seq)).where(of_case)).scalar() or 0),
    )
