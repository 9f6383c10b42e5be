"""Which situations of the law are met by a case, at which level, and which were nearly met for a missing fact."""

import functools
from collections.abc import Mapping
from typing import NamedTuple

from shared.contracts.assessment import FactValue, NearlyFound, SituationFound
from shared.contracts.base import whole
from shared.contracts.vocabulary import Level, graver

from services.triage.core.policy.answers import remember
from services.triage.core.policy.conditions import Condition, Joined
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.model import Rows, Situation

FOUND_MAX = 2048
"""How many situations with their facts a law remembers."""
_LISTS = frozenset({"concerns", "guardian_statuses", "carer_statuses", "implicated_types"})
"""Lists hold what is known: what is not in them is not a missing answer."""


class Found(NamedTuple):
    """The situations that are met, their rows, and those that nearly were."""

    situations: tuple[SituationFound, ...]
    rows: tuple[Situation, ...]
    nearly: tuple[NearlyFound, ...]


class Met(NamedTuple):
    """What the answers of all tests of a law's situations come to: the rows that are met, and those nearly met."""

    rows: tuple[Situation, ...]
    levels: tuple[Level, ...]
    nearly: tuple[NearlyFound, ...]


class First(NamedTuple):
    """The first part of a situation's condition: what was seen."""

    id: str
    when: Condition
    row: Situation


class Seen(NamedTuple):
    """A law's situations: those that are no fallback, and the first parts of those with several."""

    unconditional: tuple[Situation, ...]
    firsts: tuple[First, ...]


@functools.lru_cache(maxsize=64)
def _seen(law: Rows) -> Seen:
    firsts = [
        First("", row.when.parts[0], row)
        for row in law.situations
        if isinstance(row.when, Joined) and row.when.conjunction and row.when.parts
    ]
    return Seen(tuple(row for row in law.situations if not row.fallback), tuple(firsts))


def situations(case: Evaluation, law: Rows) -> Found:
    """The situations of a law for one case, in the order of the rows."""
    answered = case.answered(law.situations)
    if answered is None:
        met = _met(case, law)
    else:
        group, answers = answered
        met = group.met.get(answers) or remember(group.met, answers, _met(case, law))
    known = _found_before(law)
    found = [_found(case, known, row, level) for row, level in zip(met.rows, met.levels, strict=True)]
    return Found(tuple(found), met.rows, met.nearly)


def _met(case: Evaluation, law: Rows) -> Met:
    rows: list[Situation] = []
    levels: list[Level] = []
    nearly: list[NearlyFound] = []
    seen = _seen(law)
    held = {id(row) for row in case.holding(seen.unconditional)}
    begun = {id(each.row) for each in case.maybe_certain(seen.firsts)}
    for row in law.situations:
        if row.fallback and rows:
            continue
        if id(row) in held or (row.fallback and case.holds(row.id, row.when)):
            rows.append(row)
            levels.append(_level(case, row))
        elif id(row) in begun and (missing := _missing(case, row.when)):
            nearly.append(_nearly(row.code, row.id, missing))
    return Met(tuple(rows), tuple(levels), tuple(nearly))


def _level(case: Evaluation, row: Situation) -> Level:
    """The gravest choice that holds; a rule that could not be evaluated takes the gravest of all."""
    failed = row.id in case.failed
    level = Level.S4
    for choice in row.levels:
        if failed or case.holds(row.id, choice.when):
            level = graver(level, choice.level)
    return level


def _found(
    case: Evaluation,
    known: dict[tuple[int, Level, tuple[FactValue, ...]], SituationFound],
    row: Situation,
    level: Level,
) -> SituationFound:
    facts, names = case.facts, row.when.names
    values = tuple([facts[name] for name in names])
    found = known.get((id(row), level, values))
    if found is None:
        if len(known) >= FOUND_MAX:
            known.clear()
        found = known[id(row), level, values] = _situation(row, level, dict(zip(names, values, strict=True)))
    return found


@functools.lru_cache(maxsize=64)
def _found_before(_law: Rows) -> dict[tuple[int, Level, tuple[FactValue, ...]], SituationFound]:
    """The situations found by a law, by row, level and the facts used: many cases share them."""
    return {}


def _situation(row: Situation, level: Level, used: Mapping[str, FactValue]) -> SituationFound:
    found = {
        "code": row.code,
        "title_zh": row.title_zh,
        "title_en": row.title_en,
        "level": level,
        "source": row.source,
        "facts": {name: value for name, value in used.items() if value is not None},
        "unknown": tuple([name for name, value in used.items() if value is None]),
    }
    return whole(SituationFound, found)


@functools.lru_cache(maxsize=FOUND_MAX)
def _nearly(code: str, rule: str, missing: tuple[str, ...]) -> NearlyFound:
    return NearlyFound(code=code, rule=rule, missing=missing)


def _missing(case: Evaluation, when: Condition) -> tuple[str, ...]:
    """The facts of the only part that did not hold, if the first part (what was seen) is known to be true."""
    if not isinstance(when, Joined) or not case.certain("", when.parts[0]):
        return ()
    lacking = None
    for part in when.parts:
        if not case.holds("", part):
            if lacking is not None:
                return ()
            lacking = part
    return () if lacking is None else tuple(name for name in lacking.names if name not in _LISTS)
