"""Who is told, when, with what they may see, and who is deliberately not told."""

import functools
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import NamedTuple

from shared.contracts.alerts import Instruction
from shared.contracts.assessment import DepartmentDue, LadderTimes, NotTold, Rung, Source
from shared.contracts.base import copied
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, DisclosureField, GuardianStatus, LadderStep, Level, Relation

from services.triage.core import unassessed
from services.triage.core.clocks import due_at_ms, next_duty_moment
from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.model import Amount, Ladder, LadderTiming, Recipient, Rows, Situation, Withholding
from services.triage.core.policy.people import alleged_of, known

FIRST_TOLD = (Department.POLICE, Department.CIVIL_AFFAIRS)
"""Police first, civil affairs in parallel (domain rule); the order is of the list only, all are told at once."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Who is left out by which row; `department` None for a person or a single unit."""

    who: str
    department: Department | None
    row: Withholding


def withheld(case: Evaluation, law: Rows, report: ReportFacts) -> tuple[Withheld, ...]:
    """Departments, persons and units that must not be told."""
    found: list[Withheld] = []
    for row in case.holding(law.withholdings):
        if row.department is not None:
            found.append(Withheld(row.department.value, row.department, row))
        else:
            found += [Withheld(who, None, row) for who in _persons(row.person or "", report)]
    seen: dict[str, Withheld] = {}
    for item in found:
        seen.setdefault(item.who, item)
    return tuple(seen.values())


def _persons(kind: str, report: ReportFacts) -> list[str]:
    """The relation codes (never names) or unit types that a withholding names."""
    if kind == "ALLEGED_PERSON":
        return [person.relation.value for person in alleged_of(report)]
    if kind == "ABUSIVE_GUARDIAN":
        return [g.relation.value for g in report.guardians if GuardianStatus.ABUSIVE in known(g.status)]
    if kind == "ABUSIVE_CARER":
        carer = report.carer
        if carer is None or GuardianStatus.ABUSIVE not in known(carer.status):
            return []
        unknown = carer.relation is Relation.UNKNOWN
        return [Relation.ENTRUSTED_CARER.value if unknown else carer.relation.value]
    if kind == "IMPLICATED_UNIT":
        return [unit.unit_id or (unit.unit_type.value if unit.unit_type else "UNIT") for unit in report.implicated]
    raise ValueError(kind)


def not_told(left_out: tuple[Withheld, ...]) -> tuple[NotTold, ...]:
    """The list of who is left out and why, in both languages."""
    return tuple(
        NotTold(who=item.who, why=f"{item.row.title_zh} / {item.row.title_en}", source=item.row.source)
        for item in left_out
    )


def told(
    case: Evaluation,
    law: Rows,
    situations: tuple[Situation, ...],
    left_out: tuple[Withheld, ...],
    level: Level,
    at_ms: int,
) -> tuple[DepartmentDue, ...]:
    """The departments that the situations tell; a text that names a department goes before a design addition."""
    silent = {item.department for item in left_out}
    chosen: dict[Department, Recipient] = {}
    for situation in situations:
        for recipient in situation.recipients:
            department = recipient.department
            if department in silent:
                continue
            if recipient.when is not ALWAYS_TRUE and not case.holds(situation.id, recipient.when):
                continue
            known = chosen.get(department)
            if known is None or (recipient.named and not known.named):
                chosen[department] = recipient
    order = [department for department in FIRST_TOLD if department in chosen]
    order += [department for department in chosen if department not in FIRST_TOLD]
    return tuple([_due(law, code, chosen[code].source, first_moment(law, code, level, at_ms)) for code in order])


def _due(law: Rows, department: Department, source: Source, at_ms: int) -> DepartmentDue:
    """What a law says of a department is made once for each source; every case has its own moment."""
    made = _dues_made(law)
    due = made.get((department, source.rule))
    if due is None or due.source is not source:
        due = made[department, source.rule] = DepartmentDue(
            code=department, source=source, at_ms=0, disclosure=_disclosure(law, department)
        )
    return copied(due, at_ms=at_ms)


@functools.lru_cache(maxsize=512)
def _dues_made(_law: Rows) -> dict[tuple[Department, str], DepartmentDue]:
    return {}


def first_moment(law: Rows, department: Department, level: Level, at_ms: int) -> int:
    """At once; at the levels of duty hours the next duty moment, but for departments that never close."""
    return next_duty_moment(at_ms) if _waits(_timing(law), department, level) else at_ms


def _waits(timing: LadderTiming | None, department: Department, level: Level) -> bool:
    return timing is not None and level in timing.duty_hours_levels and department not in timing.round_the_clock


def _timing(law: Rows) -> LadderTiming | None:
    return law.timings[0] if law.timings else None


def _disclosure(law: Rows, department: Department) -> tuple[DisclosureField, ...]:
    for row in law.departments:
        if row.department is department:
            return row.disclosure
    return (DisclosureField.CODES,)


def rungs(
    case: Evaluation,
    law: Rows,
    departments: tuple[DepartmentDue, ...],
    left_out: tuple[Withheld, ...],
    level: Level,
    at_ms: int,
) -> tuple[Rung, ...]:
    """Every rung of every told department, and those of the ladder that always runs, by time."""
    silent = frozenset(item.department for item in left_out if item.department is not None)
    codes = frozenset(department.code for department in departments)
    conditional = tuple(row.id for row in case.holding(_conditional(law, level)))
    plan = _plan(law, level, codes, silent, conditional)
    moments = [_moment(at_ms, amount, waits=waits) for amount, waits in plan.spans]
    found = [copied(rung, at_ms=moments[span]) for rung, span in plan.rungs]
    for target in plan.unserved:
        found += unassessed.rungs(target, at_ms)
    found.sort(key=_AT)
    return tuple(found)


_AT = attrgetter("at_ms")


def _moment(at_ms: int, amount: Amount, *, waits: bool) -> int:
    due_ms = due_at_ms(amount.clock_type, at_ms, amount.amount, amount.unit) if amount.amount else at_ms
    return next_duty_moment(due_ms) if waits else due_ms


class Plan(NamedTuple):
    """The rungs that a law has for certain departments at a level, but for their moments.

    `spans`: how long after the assessment, and whether for duty hours; `rungs`: each with the number of its span, in
    the order in which those of one moment stand: police first, then by department and step.
    """

    spans: tuple[tuple[Amount, bool], ...]
    rungs: tuple[tuple[Rung, int], ...]
    unserved: tuple[Department, ...]
    """Departments that are told and have no rung by law, and civil affairs likewise."""


@functools.lru_cache(maxsize=1024)
def _plan(
    law: Rows, level: Level, codes: frozenset[Department], silent: frozenset[Department], conditional: tuple[str, ...]
) -> Plan:
    """`conditional`: the rows that hold of those which have a condition."""
    own, timing = _with_own_ladder(law), _timing(law)
    spans: dict[tuple[Amount, bool], int] = {}
    found: list[tuple[bool, Department, LadderStep, int, Rung]] = []
    for row in _ladders_of(law, level):
        if row.when is not ALWAYS_TRUE and row.id not in conditional:
            continue
        if row.department is None:
            targets = sorted(codes - own)
        else:
            targets = [row.department] if row.always or row.department in codes else []
        for target in targets:
            if target not in silent:
                span = row.after[level], _waits(timing, target, level)
                number = spans.setdefault(span, len(spans))
                rung = _undated(law, row, target)
                found.append((target is not Department.POLICE, target, row.step, number, rung))
    found.sort(key=_BEFORE)
    unserved = ({Department.CIVIL_AFFAIRS} | codes) - {rung.ladder for *_, rung in found} - silent
    return Plan(tuple(spans), tuple((rung, number) for *_, number, rung in found), tuple(sorted(unserved)))


_BEFORE = itemgetter(0, 1, 2)


@functools.lru_cache(maxsize=512)
def _ladders_of(law: Rows, level: Level) -> tuple[Ladder, ...]:
    """The rungs that a level has."""
    return tuple(row for row in law.ladders if level in row.after)


@functools.lru_cache(maxsize=512)
def _conditional(law: Rows, level: Level) -> tuple[Ladder, ...]:
    """Those of them that have a condition."""
    return tuple(row for row in _ladders_of(law, level) if row.when is not ALWAYS_TRUE)


@functools.lru_cache(maxsize=512)
def _with_own_ladder(law: Rows) -> frozenset[Department]:
    """Departments that the rungs for ANY do not serve: those with rungs of their own, and those of E0 and E1."""
    return frozenset(
        row.department
        for row in law.ladders
        if row.department is not None and (not row.always or row.step in (LadderStep.E0, LadderStep.E1))
    )


@functools.lru_cache(maxsize=512)
def _rungs_made(_law: Rows) -> dict[tuple[int, Department], Rung]:
    """The rungs of a law, once for each row and department; every case has its own moments."""
    return {}


def _undated(law: Rows, row: Ladder, department: Department) -> Rung:
    made = _rungs_made(law)
    rung = made.get((id(row), department))
    if rung is None:
        rung = made[id(row), department] = Rung(
            department=department,
            ladder=row.ladder or department,
            step=row.step,
            at_ms=0,
            role=row.role,
            area_digits=row.area_digits,
            source=row.source,
        )
    return rung


_AT_FILING = frozenset({LadderStep.E0, LadderStep.E1})


def with_ladder(
    law: Rows, departments: tuple[DepartmentDue, ...], ladder: tuple[Rung, ...]
) -> tuple[DepartmentDue, ...]:
    """Adds those whom the ladder itself tells at filing (E0, E1), with the rung as the rule."""
    found = {department.code: department for department in departments}
    for rung in ladder:
        if rung.step in _AT_FILING and rung.department not in found:
            found[rung.department] = _due(law, rung.department, rung.source, rung.at_ms)
    return tuple(found.values())


def ladder_times(law: Rows, level: Level, at_ms: int) -> LadderTimes:
    """How long an acknowledgement without dispatch holds at a level, and how often top rungs repeat."""
    row = _timing(law)
    if row is None or level not in row.expires:
        return unassessed.TIMES
    amount = row.expires[level]
    span_ms = due_at_ms(amount.clock_type, at_ms, amount.amount, amount.unit) - at_ms
    return LadderTimes(
        acknowledgement_expires_ms=span_ms,
        repeat_ms=span_ms,
        duty_hours_only=level in row.duty_hours_levels,
        source=row.source,
    )


def instructions(case: Evaluation, law: Rows, departments: tuple[DepartmentDue, ...]) -> tuple[Instruction, ...]:
    """The sentences for the reporter and for each told department, in the order of the policy."""
    codes: set[str] = {department.code for department in departments} | {"REPORTER"}
    return tuple(row.instruction for row in case.holding(law.instructions) if row.instruction.to in codes)
