"""The policy's own tests: codes exist, no unknown is decided too weakly, every example holds, every rule is tried.

And what every policy must keep, whatever its examples say: the rails of its rows and the guarded cases.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.contracts.vocabulary import (
    Concern,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Level,
    Measure,
    Relation,
    Sex,
)
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS

from services.triage.core.clocks import shanghai_date
from services.triage.core.policy.completeness import days_of, incomplete
from services.triage.core.policy.conditions import ConditionFailed, FactTest
from services.triage.core.policy.deadlines import deadline_faults, lost_deadlines
from services.triage.core.policy.demands import tests_of
from services.triage.core.policy.examples import SHANGHAI, Example, moment_ms
from services.triage.core.policy.guarding import broken_guards
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import (
    CLOCK_NAMES,
    Amount,
    Clock,
    Ladder,
    LadderTiming,
    MeasureRow,
    PlacementChange,
    Raise,
    Row,
    Situation,
)
from services.triage.core.policy.policy import Policy
from services.triage.core.policy.rails import broken_rails
from services.triage.core.policy.sources import amount_faults, source_faults
from services.triage.core.policy.tried import Tried, untried

QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
"""Codes in an expression: in single quotes, or in double quotes, which mean the same."""
CODES: Mapping[str, frozenset[str]] = {
    "concerns": frozenset(Concern),
    "injury": frozenset(Injury),
    "sex": frozenset(Sex),
    "guardian_statuses": frozenset(GuardianStatus),
    "carer_statuses": frozenset(GuardianStatus),
    "alleged_relation": frozenset(Relation),
    "holder": frozenset(Holder),
    "reporter_type": frozenset(InstitutionType),
    "implicated_types": frozenset(InstitutionType),
    "level": frozenset(Level),
}


GUARDS = "guards"
"""Where the check says that a case is which every policy must decide so (`guards.py`)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the policy: where, and what is wrong."""

    file: str
    row: str
    reason: str


def check_policy(policy: Policy, examples: Sequence[Example], today: date | None = None) -> list[Problem]:
    """Every fault of a policy that parses; an empty list when it is green.

    `today`: the day from which it must decide every case as every policy must, whatever its examples are dated; without
    it the day of the latest example.
    """
    since = _since(examples) if today is None else today
    problems = [problem for row in policy.rows.every() for problem in _row_problems(policy, row)]
    problems += [Problem(*fault) for fault in (*lost_deadlines(policy.rows), *_unreached(policy))]
    problems += [Problem("policy", "completeness", gap) for gap in incomplete(policy, since)]
    problems += [Problem(row.file, row.id, reason) for row, reason in broken_rails(policy.rows)]
    problems += [Problem(GUARDS, *broken) for broken in broken_guards(policy, days_of(policy, since))]
    decided = [Tried(example, policy.assess(example.case, example.at_ms)) for example in examples]
    count = Counter(example.id for example in examples)
    twice = {example.id: example.file for example in examples if count[example.id] > 1}
    problems += [Problem(file, example_id, "two examples have this id") for example_id, file in twice.items()]
    for each in decided:
        reasons = (*_unmet(each), *_unmet_after(policy, each))
        problems += [Problem(each.example.file, each.example.id, reason) for reason in reasons]
    return problems + [Problem(row.file, row.id, reason) for row, reason in untried(policy, decided)]


def _since(examples: Sequence[Example]) -> date:
    """The day from which a policy must decide every case: that of its latest example."""
    return shanghai_date(max((example.at_ms for example in examples), default=0))


def _unreached(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Situations behind a fallback: they are read after it has already been taken for want of any."""
    fallback = ""
    for row in policy.rows.situations:
        if fallback and not row.fallback:
            yield row.file, row.id, f"stands behind {fallback}, which is taken when nothing before it was found"
        fallback = row.id if row.fallback else fallback


def _row_problems(policy: Policy, row: Row) -> Iterator[Problem]:
    for reason in (
        *source_faults(row),
        *amount_faults(row, _amounts(row), tests_of(row)),
        *_shape_faults(row),
        *deadline_faults(row),
    ):
        yield Problem(row.file, row.id, reason)
    situations = frozenset(situation.code for situation in policy.rows.situations)
    if isinstance(row, MeasureRow):
        for ground in row.grounds:
            if ground not in situations:
                yield Problem(row.file, row.id, f"{ground} is no situation of the policy")
    for test in tests_of(row):
        known = situations if test.fact == "situations" else CODES.get(test.fact)
        for code in (single or double for single, double in QUOTED.findall(test.expression)):
            if known is not None and code not in known and not code.endswith("-"):
                yield Problem(row.file, row.id, f"{code} is no code of {test.fact}")
        if _protects(row) and _weaker_when_unknown(test):
            yield Problem(row.file, row.id, f"unknown counts for less than harmless: {test.expression}")


def _shape_faults(row: Row) -> Iterator[str]:
    """What a row of its kind needs besides."""
    if isinstance(row, Clock) and row.clock not in CLOCK_NAMES:
        yield f"{row.clock} is no clock that anything meets"
    if isinstance(row, MeasureRow) and STRENGTH[row.measure] > STRENGTH[Measure.RETURN_TO_ABLE_GUARDIAN]:
        if row.organ is None:
            yield "takes a child into care and names no organ"
        if not row.placement_order:
            yield "takes a child into care and names no kind of place"
    if isinstance(row, Situation) and not row.recipients:
        yield "tells nobody"
    if isinstance(row, PlacementChange) and not (row.drop or row.first):
        yield "changes nothing"


def _amounts(row: Row) -> Iterator[Amount]:
    """Every length of time of a row."""
    if isinstance(row, Clock):
        yield from row.amounts.values()
    elif isinstance(row, Ladder):
        yield from row.after.values()
    elif isinstance(row, LadderTiming):
        yield from row.expires.values()


def _protects(row: Row) -> bool:
    """Whether the row's being met makes a decision stronger (a return or an instruction does not)."""
    if isinstance(row, MeasureRow):
        return STRENGTH[row.measure] > STRENGTH[Measure.RETURN_TO_ABLE_GUARDIAN]
    return isinstance(row, Situation | Raise | Clock)


def _weaker_when_unknown(test: FactTest) -> bool:
    harmless = (CATALOGUE | RESULT_FACTS)[test.fact].harmless
    if test.unknown_as or harmless is None:
        return False
    try:
        return test.evaluate({test.fact: harmless}).holds
    except ConditionFailed:
        return True


def _unmet_after(policy: Policy, tried: Tried) -> Iterator[str]:
    """Clocks of later events that an example expects (the events happen at the example's moment) and that differ."""
    example, level = tried.example, tried.decision.level
    for event, clocks in example.expect.get("clocks_after", {}).items():
        due = {clock.id: clock.due_at_ms for clock in policy.clocks_after(event, example.case, level, example.at_ms)}
        for clock, moment in clocks.items():
            if reason := _otherwise(clock, due.get(clock), moment):
                yield f"after {event}, {reason}"


def _unmet(tried: Tried) -> Iterator[str]:
    """What an example expects and the decision does not hold."""
    expect, decision = tried.example.expect, tried.decision
    codes = {item.code for item in decision.situations} | {item.source.rule for item in decision.situations}
    told = {due.code.value for due in decision.departments}
    found: dict[str, object] = {
        "level": decision.level.value,
        "measure": decision.measure.measure.value,
        "revocation": decision.revocation.examine,
        "ground": decision.measure.ground,
    }
    for key, value in found.items():
        if key in expect and expect[key] != value:
            yield f"{key} is {value}, not {expect[key]}"
    wanted = {
        "situations": codes,
        "told": told,
        "instructions": {each.code for each in decision.instructions},
        "withheld": {each.who for each in decision.not_told},
    }
    for key, have in wanted.items():
        yield from (f"{code} is missing from {key}" for code in expect.get(key, ()) if code not in have)
    for key, have in (("not_situations", codes), ("not_told", told)):
        yield from (f"{code} stands against {key}" for code in expect.get(key, ()) if code in have)
    due = {clock.id: clock.due_at_ms for clock in decision.clocks}
    for clock, moment in expect.get("clocks", {}).items():
        if reason := _otherwise(clock, due.get(clock), moment):
            yield reason


def _otherwise(clock: str, due_ms: int | None, wanted: object) -> str | None:
    """What a clock does instead of being due at the wanted time; None when it is."""
    if due_ms == moment_ms(wanted):
        return None
    expected, due = (
        at_ms and datetime.fromtimestamp(at_ms / 1000, SHANGHAI).isoformat() for at_ms in (moment_ms(wanted), due_ms)
    )
    return f"clock {clock} is not due at {expected}: it " + (f"is due at {due}" if due else "does not start")
