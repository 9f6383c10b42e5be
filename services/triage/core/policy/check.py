"""The policy's own tests: codes exist, no unknown is decided too weakly, every example holds, every rule is tried."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.assessment import Assessment
from shared.contracts.vocabulary import (
    Basis,
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

from services.triage.core.policy.conditions import (
    ALWAYS_TRUE,
    Condition,
    ConditionFailed,
    FactTest,
    Joined,
)
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.examples import Example, moment_ms
from services.triage.core.policy.facts import facts_of
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import Clock, MeasureRow, Raise, Row, Situation
from services.triage.core.policy.policy import Policy

QUOTED = re.compile(r"'([^']*)'")
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
NOT_VERIFIED = ("第84号", "法发〔2014〕24号", "民发〔2019〕34号", "MZ/T", "未核实", "未成年人学校保护规定")
"""Texts that nobody has read article by article yet: a row that cites one may be design, never law."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the policy: where, and what is wrong."""

    file: str
    row: str
    reason: str


def check_policy(policy: Policy, examples: Sequence[Example]) -> list[Problem]:
    """Every fault of a policy that parses; an empty list when it is green."""
    problems = [problem for row in policy.rows.every() for problem in _row_problems(policy, row)]
    decisions = [(example, policy.assess(example.case, example.at_ms)) for example in examples]
    for example, decision in decisions:
        problems += [Problem(example.file, example.id, reason) for reason in _unmet(example, decision)]
    return problems + _untried(policy, decisions)


def _row_problems(policy: Policy, row: Row) -> Iterator[Problem]:
    if row.source.basis is Basis.STATUTE and any(text in row.source.citation for text in NOT_VERIFIED):
        yield Problem(row.file, row.id, "cites as law what is not verified")
    situations = frozenset(situation.code for situation in policy.rows.situations)
    if isinstance(row, MeasureRow):
        for ground in row.grounds:
            if ground not in situations:
                yield Problem(row.file, row.id, f"{ground} is no situation of the policy")
    for test in _tests(row):
        known = situations if test.fact == "situations" else CODES.get(test.fact)
        for code in QUOTED.findall(test.expression):
            if known is not None and code not in known and not code.endswith("-"):
                yield Problem(row.file, row.id, f"{code} is no code of {test.fact}")
        if _protects(row) and _weaker_when_unknown(test):
            yield Problem(row.file, row.id, f"unknown counts for less than harmless: {test.expression}")


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


def _tests(row: Row) -> Iterator[FactTest]:
    conditions: list[Condition] = []
    if isinstance(when := getattr(row, "when", None), FactTest | Joined):
        conditions.append(when)
    if isinstance(row, Situation):
        conditions += [choice.when for choice in row.levels] + [recipient.when for recipient in row.recipients]
    while conditions:
        condition = conditions.pop()
        if isinstance(condition, FactTest):
            yield condition
        elif isinstance(condition, Joined):
            conditions += condition.parts


def _unmet(example: Example, decision: Assessment) -> Iterator[str]:
    """What an example expects and the decision does not hold."""
    expect = example.expect
    codes = {item.code for item in decision.situations} | {item.source.rule for item in decision.situations}
    told = {due.code.value for due in decision.departments}
    found: dict[str, object] = {
        "level": decision.level.value,
        "measure": decision.measure.measure.value,
        "revocation": decision.revocation.examine,
    }
    for key, value in found.items():
        if key in expect and expect[key] != value:
            yield f"{key} is {value}, not {expect[key]}"
    for key, have in (("situations", codes), ("told", told)):
        for code in expect.get(key, ()):
            if code not in have:
                yield f"{code} is missing from {key}"
    for key, have in (("not_situations", codes), ("not_told", told)):
        for code in expect.get(key, ()):
            if code in have:
                yield f"{code} stands against {key}"
    due = {clock.id: clock.due_at_ms for clock in decision.clocks}
    for clock, moment in expect.get("clocks", {}).items():
        if due.get(clock) != moment_ms(moment):
            yield f"clock {clock} is not due at {moment}"


def _untried(policy: Policy, decisions: Sequence[tuple[Example, Assessment]]) -> list[Problem]:
    """Situations, raises and measures that no example meets, or that no example misses."""
    met: dict[str, int] = {}
    for example, decision in decisions:
        for rule in {item.source.rule for item in decision.situations} | _also_met(policy, example, decision):
            met[rule] = met.get(rule, 0) + 1
    problems = []
    for row in (*policy.rows.situations, *policy.rows.raises, *policy.rows.measures):
        if row.area:
            continue
        if not met.get(row.id):
            problems.append(Problem(row.file, row.id, "no example meets it"))
        elif met[row.id] == len(decisions) and getattr(row, "when", None) is not ALWAYS_TRUE:
            problems.append(Problem(row.file, row.id, "no example misses it"))
    return problems


def _also_met(policy: Policy, example: Example, decision: Assessment) -> set[str]:
    """Raises and measures whose conditions hold, also where another rule had already gone as far."""
    codes = tuple(dict.fromkeys(item.code for item in decision.situations))
    facts = facts_of(example.case, example.at_ms) | {"situations": codes, "level": decision.level.value}
    case = Evaluation(facts)
    raises = {row.id for row in policy.rows.raises if case.holds(row.id, row.when)}
    return raises | {row.id for row in policy.rows.measures if case.holds(row.id, row.when)}
