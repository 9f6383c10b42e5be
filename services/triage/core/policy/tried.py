"""Whether the examples try every rule: each is met by one example and missed by another, local rules too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.contracts.assessment import Assessment

from services.triage.core.policy import recipients
from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.examples import Example
from services.triage.core.policy.facts import facts_of
from services.triage.core.policy.model import Clock, Row
from services.triage.core.policy.policy import Policy

FILED = "FILED"


@dataclass(frozen=True, slots=True)
class Tried:
    """One example with its decision."""

    example: Example
    decision: Assessment


def untried(policy: Policy, decided: Sequence[Tried]) -> Iterator[tuple[Row, str]]:
    """Rows that no example meets, or that no example misses; ladders without a condition need not be met."""
    met: dict[tuple[str, str], int] = {}
    for each in decided:
        for row in _met(policy, each):
            met[row.id, row.area] = met.get((row.id, row.area), 0) + 1
    rows = policy.rows
    ladders = tuple(row for row in rows.ladders if row.when is not ALWAYS_TRUE)
    kinds = (
        rows.situations, rows.raises, rows.clocks, rows.measures, rows.placements, rows.withholdings,
        rows.instructions, ladders,
    )  # fmt: skip
    for row, when in ((row, row.when) for kind in kinds for row in kind):
        count = met.get((row.id, row.area), 0)
        if not count:
            yield row, "no example meets it"
        elif count == len(decided) and (row.area or when is not ALWAYS_TRUE):
            yield row, "no example misses it"


def _met(policy: Policy, tried: Tried) -> Iterator[Row]:
    """The rows that hold in an example, also where another rule had already gone as far."""
    example, decision = tried.example, tried.decision
    law = policy.law(example.case, example.at_ms)
    codes = tuple(dict.fromkeys(item.code for item in decision.situations))
    case = Evaluation(facts_of(example.case, example.at_ms) | {"situations": codes, "level": decision.level.value})
    found = {item.source.rule for item in decision.situations}
    yield from (row for row in law.situations if row.id in found)
    yield from (row for row in law.raises if case.holds(row.id, row.when))
    yield from (row for row in law.measures if case.holds(row.id, row.when))
    yield from (row for row in law.placements if case.holds(row.id, row.when))
    yield from _clocks(case, law.clocks, tried)
    yield from (row for row in case.holding(law.withholdings) if row.department is not None)
    yield from (item.row for item in recipients.withheld(case, law, tried.example.case.report) if not item.department)
    told = {due.code.value for due in decision.departments} | {"REPORTER"}
    yield from (row for row in case.holding(law.instructions) if row.instruction.to in told)
    rules = {rung.source.rule for rung in decision.rungs}
    yield from (row for row in law.ladders if row.id in rules)


def _clocks(case: Evaluation, clocks: tuple[Clock, ...], tried: Tried) -> Iterator[Clock]:
    """Clocks of the filing by the facts; those of later events by the events that the example follows."""
    events = {FILED, *tried.example.expect.get("clocks_after", {})}
    for row in case.holding(clocks):
        if row.start_event in events and tried.decision.level in row.amounts:
            yield row
