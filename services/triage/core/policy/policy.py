"""A policy's decision on one child's case: `assess` is pure, and every part of its result names its rule."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.assessment import (
    NEARLY_MAX,
    Assessment,
    CaseFacts,
    ClockDue,
    FactValue,
    LevelRaise,
    NearlyFound,
    Override,
    PriorFacts,
    SituationFound,
    Source,
)
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import Basis, ClockType, Level, graver, raised

from services.triage.core.clocks import calendar_known, due_at_ms, shanghai_date
from services.triage.core.policy import measures, recipients
from services.triage.core.policy.answers import sheet_of
from services.triage.core.policy.conditions import Condition, Joined
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.facts import facts_of
from services.triage.core.policy.model import Amount, Clock, Rows, Situation

FOUND_MAX = 2048
"""How many situations with their facts a law remembers."""
_LISTS = frozenset({"concerns", "guardian_statuses", "carer_statuses", "implicated_types"})
"""Lists hold what is known: what is not in them is not a missing answer."""
_CALENDAR_NOTE = "(calendar of {year} not yet published: weekends only)"


@functools.lru_cache(maxsize=512)
def _active(rows: Rows, day: date, area: str) -> Rows:
    """The rows that are law on a day in an area; of rows with one id that of the narrowest area (a local one)."""
    active = [row for row in rows.every() if row.active(day, area)]
    narrowest = {row.id: row.area for row in sorted(active, key=lambda row: len(row.area))}
    kinds = {
        name: tuple(row for row in getattr(rows, name) if row.active(day, area) and row.area == narrowest[row.id])
        for name in Rows.__slots__
    }
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
        law = _active(self.rows, shanghai_date(at_ms), area)
        case = Evaluation(facts_of(facts, at_ms), sheet_of(self.rows))
        found, rows, nearly = _situations(case, law)
        level, raises, held, noted = _level(case, law, found, facts.prior)
        case.learn("level", level.value)
        withheld = recipients.withheld(case, law, facts.report)
        told = recipients.told(case, law, rows, withheld, level, at_ms)
        rungs = recipients.rungs(case, law, told, withheld, level, at_ms)
        told = recipients.with_ladder(law, told, rungs)
        clocks = _clocks(case, law.clocks, "FILED", level, at_ms)
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
        return _active(self.rows, shanghai_date(at_ms), area)

    def clocks_after(self, event: str, facts: CaseFacts, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
        """The clocks that a later event starts (MEASURE_ASSIGNED, CARE_STARTED, PLACED, RETURNED ...)."""
        child = facts.report.children[facts.child] if facts.child < len(facts.report.children) else ChildFacts()
        area = child.area_code or facts.report.institution.area_code or ""
        law = _active(self.rows, shanghai_date(at_ms), area)
        case = Evaluation(facts_of(facts, at_ms) | {"situations": (), "level": level.value}, sheet_of(self.rows))
        return _clocks(case, law.clocks, event, level, at_ms)


def _situations(
    case: Evaluation, law: Rows
) -> tuple[tuple[SituationFound, ...], tuple[Situation, ...], tuple[NearlyFound, ...]]:
    found: list[SituationFound] = []
    rows: list[Situation] = []
    nearly: list[NearlyFound] = []
    for row in law.situations:
        if row.fallback and found:
            continue
        if case.holds(row.id, row.when):
            found.append(_situation_found(case, law, row))
            rows.append(row)
        elif missing := _missing(case, row.when):
            nearly.append(NearlyFound(code=row.code, rule=row.id, missing=missing))
    return tuple(found), tuple(rows), tuple(nearly)


def _situation_found(case: Evaluation, law: Rows, row: Situation) -> SituationFound:
    """Its level is the gravest choice that holds; a rule that could not be evaluated takes the gravest of all."""
    failed = row.id in case.failed
    level = Level.S4
    for choice in row.levels:
        if failed or case.holds(row.id, choice.when):
            level = graver(level, choice.level)
    names, known = row.when.names, _found_before(law)
    values = tuple([case.facts[name] for name in names])
    found = known.get((id(row), level, values))
    if found is None:
        if len(known) >= FOUND_MAX:
            known.clear()
        used = dict(zip(names, values, strict=True))
        found = known[id(row), level, values] = _situation(row, level, used)
    return found


@functools.lru_cache(maxsize=64)
def _found_before(_law: Rows) -> dict[tuple[int, Level, tuple[FactValue, ...]], SituationFound]:
    """The situations found by a law, by row, level and the facts used: many cases share them."""
    return {}


def _situation(row: Situation, level: Level, used: Mapping[str, FactValue]) -> SituationFound:
    return SituationFound(
        code=row.code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        level=level,
        source=row.source,
        facts={name: value for name, value in used.items() if value is not None},
        unknown=tuple(name for name, value in used.items() if value is None),
    )


def _missing(case: Evaluation, when: Condition) -> tuple[str, ...]:
    """The facts of the only part that did not hold, if the first part (what was seen) is known to be true."""
    if not isinstance(when, Joined) or not when.conjunction:
        return ()
    if not case.certain("", when.parts[0]):
        return ()
    lacking = [part for part in when.parts if not case.holds("", part)]
    if len(lacking) != 1:
        return ()
    return tuple(name for name in lacking[0].names if name not in _LISTS)


def _level(
    case: Evaluation, law: Rows, found: tuple[SituationFound, ...], prior: PriorFacts
) -> tuple[Level, tuple[LevelRaise, ...], dict[str, Level], tuple[str, ...]]:
    """The gravest situation, then rules that demand a least level, then those that add steps, then the floor.

    After an officer's override it begins at the officer's level, and only what is newly true asks for more: a rule
    that was not weighed then, or one that now asks for a graver level than it did. Also gives the raises that hold
    without effect (for a later override they have been weighed, too), and sentences about the override.
    """
    override = prior.override
    level, raises, held = Level.S4 if override is None else override.level, [], {}
    new: list[str] = []
    for item in found:
        if override is None or _graver(item.level, override.situations.get(item.source.rule)):
            new.append(item.source.rule)
            level = graver(level, item.level)
    codes = tuple(dict.fromkeys(item.code for item in found))
    case.learn("situations", codes)
    for row in sorted(case.holding(law.raises), key=lambda row: row.steps):
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


def _clocks(case: Evaluation, clocks: tuple[Clock, ...], event: str, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
    due = []
    for row in case.holding([row for row in clocks if row.start_event == event and level in row.amounts]):
        amount = row.amounts[level]
        due_ms = due_at_ms(amount.clock_type, at_ms, amount.amount, amount.unit)
        due.append(
            ClockDue(
                id=row.clock,
                clock_type=amount.clock_type,
                start_at_ms=at_ms,
                due_at_ms=due_ms,
                source=_with_calendar_note(row.source, amount, due_ms),
            )
        )
    return tuple(due)


def _with_calendar_note(source: Source, amount: Amount, due_ms: int) -> Source:
    """A clock of days whose year has no official calendar yet says so."""
    year = shanghai_date(due_ms).year
    if amount.clock_type not in (ClockType.WORKING_DAYS, ClockType.CALENDAR_DAYS) or calendar_known(year):
        return source
    return _noted(source.rule, source.basis, source.citation, year)


@functools.lru_cache(maxsize=512)
def _noted(rule: str, basis: Basis, citation: str, year: int) -> Source:
    return Source(rule=rule, basis=basis, citation=f"{citation} {_CALENDAR_NOTE.format(year=year)}")


def _why(found: tuple[SituationFound, ...], raises: tuple[LevelRaise, ...], level: Level) -> tuple[str, ...]:
    lines = [f"{item.code} {item.level}: {item.title_en} / {item.title_zh} ({item.source.citation})" for item in found]
    lines += [f"{item.source.rule}: {item.before} -> {item.after} ({item.source.citation})" for item in raises]
    return (*lines, f"level {level}")
