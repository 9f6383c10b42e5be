"""A policy's decision on one child's case: `assess` is pure, and every part of its result names its rule."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from shared.contracts.assessment import (
    NEARLY_MAX,
    Assessment,
    CaseFacts,
    ClockDue,
    LevelRaise,
    Override,
    PriorFacts,
    SituationFound,
    Source,
)
from shared.contracts.base import MOMENT_MAX_MS, copied
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import Basis, ClockType, Level, graver, raised

from services.triage.core import unassessed
from services.triage.core.clocks import calendar_known, due_at_ms, shanghai_date
from services.triage.core.policy import finding, measures, recipients
from services.triage.core.policy.answers import sheet_of
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.facts import facts_of
from services.triage.core.policy.model import Amount, Clock, Rows

MADE_MAX = 2048
"""How many clocks and sentences, that are the same for many cases, are kept."""
_STEPS = attrgetter("steps")
_CALENDAR_NOTE = "(calendar of {year} not yet published: weekends and fixed holidays only)"


@functools.lru_cache(maxsize=512)
def rows_in_force(rows: Rows, day: date, area: str) -> Rows:
    """The rows that are law on a day in an area; of rows with one id that of the narrowest area (a local one)."""
    active = [row for row in rows.every() if row.active(day, area)]
    narrowest = {row.id: row.area for row in sorted(active, key=lambda row: len(row.area))}
    return _law_of(rows, frozenset(id(row) for row in active if row.area == narrowest[row.id]))


@functools.lru_cache(maxsize=64)
def _law_of(rows: Rows, active: frozenset[int]) -> Rows:
    """These of the rows (by their identity). Most days and areas have the same law, and share what it remembers."""
    kinds = {name: tuple(row for row in getattr(rows, name) if id(row) in active) for name in Rows.__slots__}
    return Rows(**kinds)


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy. `policy_id` names it and the digest of its texts."""

    policy_id: str
    rows: Rows

    def assess(self, facts: CaseFacts, at_ms: int) -> Assessment:
        """Everything the law says of one child's case at `at_ms` (Unix milliseconds). Pure."""
        child = facts.report.children[facts.child] if facts.child < len(facts.report.children) else ChildFacts()
        area = child.area_code or facts.report.institution.area_code or ""
        law = rows_in_force(self.rows, shanghai_date(at_ms), area)
        case = Evaluation(facts_of(facts, at_ms), sheet_of(self.rows))
        found, rows, nearly = finding.situations(case, law)
        level, raises, held, noted = _level(case, law, found, facts.prior)
        case.learn("level", level.value)
        withheld = recipients.withheld(case, law, facts.report)
        told = recipients.told(case, law, rows, withheld, level, at_ms)
        rungs = recipients.rungs(case, law, told, withheld, level, at_ms)
        told = recipients.with_ladder(law, told, rungs)
        clocks = (*_clocks(case, law, "FILED", level, at_ms), *_without_law(law, level, at_ms))
        return Assessment(
            level=level,
            at_ms=at_ms,
            situations=found,
            nearly=nearly[:NEARLY_MAX],
            nearly_count=len(nearly),
            raises=raises,
            raises_held=held or None,
            departments=told,
            not_told=recipients.not_told(withheld),
            clocks=clocks,
            rungs=rungs,
            ladder_times=recipients.ladder_times(law, level, at_ms),
            measure=measures.measure(case, law, clocks, rows),
            revocation=measures.revocation(rows, clocks),
            instructions=recipients.instructions(case, law, told),
            rules_failed=tuple(case.failed),
            why=(*_why(found, raises, level), *noted),
            policy=self.policy_id,
        )

    def law(self, facts: CaseFacts, at_ms: int) -> Rows:
        """The rows that are law where the child is at `at_ms`."""
        child = facts.report.children[facts.child] if facts.child < len(facts.report.children) else ChildFacts()
        area = child.area_code or facts.report.institution.area_code or ""
        return rows_in_force(self.rows, shanghai_date(at_ms), area)

    def clocks_after(self, event: str, facts: CaseFacts, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
        """The clocks that a later event starts (MEASURE_ASSIGNED, CARE_STARTED, PLACED, RETURNED ...)."""
        child = facts.report.children[facts.child] if facts.child < len(facts.report.children) else ChildFacts()
        area = child.area_code or facts.report.institution.area_code or ""
        law = rows_in_force(self.rows, shanghai_date(at_ms), area)
        case = Evaluation(facts_of(facts, at_ms) | {"situations": (), "level": level.value}, sheet_of(self.rows))
        return _clocks(case, law, event, level, at_ms)


def _level(
    case: Evaluation, law: Rows, found: tuple[SituationFound, ...], prior: PriorFacts
) -> tuple[Level, tuple[LevelRaise, ...], dict[str, Level], tuple[str, ...]]:
    """The gravest situation, then rules that demand a least level, then those that add steps, then the floor.

    After an officer's override it begins at the officer's level, and only what is newly true asks for more: a rule
    that was not weighed then, or one that now asks for a graver level than it did. Also gives the raises that hold
    without effect (for a later override they have been weighed, too), and sentences about the override.
    """
    override = prior.override
    least = Level.S4 if found else unassessed.LEVEL
    level, raises, held = least if override is None else override.level, [], {}
    new: list[str] = []
    for item in found:
        if override is None or _graver(item.level, override.situations.get(item.source.rule)):
            new.append(item.source.rule)
            level = graver(level, item.level)
    codes = tuple(dict.fromkeys(item.code for item in found))
    case.learn("situations", codes)
    for row in sorted(case.holding(law.raises), key=_STEPS):
        before = None if override is None else override.raises.get(row.id)
        weighed = before is not None and (row.at_least is None or not _graver(row.at_least, before))
        after = raised(level, row.steps) if row.at_least is None else graver(level, row.at_least)
        if weighed or after is level:
            held[row.id] = row.at_least or level
            continue
        new.append(row.id)
        raises.append(LevelRaise(source=row.source, before=level, after=after))
        level = after
    noted = () if override is None else _overridden(override, new)
    return (level if prior.floor_level is None else graver(level, prior.floor_level)), tuple(raises), held, noted


def _graver(level: Level, than: Level | None) -> bool:
    return than is None or level.urgency > than.urgency


def _overridden(override: Override, new: list[str]) -> tuple[str, ...]:
    """What an assessment says of an officer's override before it."""
    stands = f"an officer set {override.level}: 经办人已定为 {override.level}"
    if not new:
        return (f"{stands}; nothing is newly true, it stands / 无新事实，维持",)
    return (f"{stands}; newly true since / 其后新认定: {', '.join(new)}",)


def _clocks(case: Evaluation, law: Rows, event: str, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
    due = []
    for row in case.holding(_clocks_of(law, event, level)):
        amount = row.amounts[level]
        due_ms = due_at_ms(amount.clock_type, at_ms, amount.amount, amount.unit, rolls_over=row.rolls_over)
        if not 0 <= at_ms <= due_ms <= MOMENT_MAX_MS:
            raise ValueError("a moment that no message can hold")
        source = _with_calendar_note(row, amount, due_ms)
        due.append(copied(_undated(row.clock, amount.clock_type, source), start_at_ms=at_ms, due_at_ms=due_ms))
    return tuple(due)


@functools.lru_cache(maxsize=2048)
def _clocks_of(law: Rows, event: str, level: Level) -> tuple[Clock, ...]:
    """The clocks that an event starts at a level; `EVENT.DEPARTMENT` those of that department, else those of any."""
    of = {row.start_event for row in law.clocks}
    asked = event if event in of else event.partition(".")[0]
    return tuple(row for row in law.clocks if row.start_event == asked and level in row.amounts)


_CLOCKS_MADE: dict[tuple[str, ClockType, int], ClockDue] = {}


def _undated(clock: str, clock_type: ClockType, source: Source) -> ClockDue:
    """A clock is made once for a source; every case has its own moments."""
    due = _CLOCKS_MADE.get((clock, clock_type, id(source)))
    if due is None or due.source is not source:
        if len(_CLOCKS_MADE) >= MADE_MAX:
            _CLOCKS_MADE.clear()
        due = ClockDue(id=clock, clock_type=clock_type, start_at_ms=0, due_at_ms=0, source=source)
        _CLOCKS_MADE[clock, clock_type, id(source)] = due
    return due


def _without_law(law: Rows, level: Level, at_ms: int) -> Iterator[ClockDue]:
    """The clocks that every case needs and for which no row of the level is in force."""
    if level is Level.S0 or _started_by_law(law, level) >= unassessed.CLOCKS:
        return iter(())
    return (due for due in unassessed.clocks(at_ms) if due.id not in _started_by_law(law, level))


@functools.lru_cache(maxsize=512)
def _started_by_law(law: Rows, level: Level) -> frozenset[str]:
    """The clocks that the rows of a level start with the filing."""
    return frozenset(row.clock for row in law.clocks if row.start_event == "FILED" and level in row.amounts)


def _with_calendar_note(row: Clock, amount: Amount, due_ms: int) -> Source:
    """A clock that asks which days are days of rest, in a year whose official calendar is not known yet, says so."""
    asks = amount.clock_type is ClockType.WORKING_DAYS or row.rolls_over
    if not asks or calendar_known(year := shanghai_date(due_ms - 1).year):
        return row.source
    return _noted(row.source.rule, row.source.basis, row.source.citation, year)


@functools.lru_cache(maxsize=512)
def _noted(rule: str, basis: Basis, citation: str, year: int) -> Source:
    return Source(rule=rule, basis=basis, citation=f"{citation} {_CALENDAR_NOTE.format(year=year)}")


def _why(found: tuple[SituationFound, ...], raises: tuple[LevelRaise, ...], level: Level) -> tuple[str, ...]:
    lines = [_why_found(item.code, item.level, item.title_en, item.title_zh, item.source.citation) for item in found]
    lines += [f"{item.source.rule}: {item.before} -> {item.after} ({item.source.citation})" for item in raises]
    return (*lines, f"level {level}")


@functools.lru_cache(maxsize=MADE_MAX)
def _why_found(code: str, level: Level, title_en: str, title_zh: str, citation: str) -> str:
    return f"{code} {level}: {title_en} / {title_zh} ({citation})"
