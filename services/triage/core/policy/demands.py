"""What the condition of a row demands: read from its text, without any case."""

from collections.abc import Callable, Iterator

from services.triage.core.policy.conditions import Condition, FactTest, Joined
from services.triage.core.policy.model import Row, Situation


def tests_of(row: Row) -> Iterator[FactTest]:
    """Every test of a row: of its condition, and of a situation's levels and recipients."""
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


def demands(when: Condition, expression: str, *, unknown_too: bool = False) -> bool:
    """Whether a condition holds only where a test is known to be true; `unknown_too`: or is not known."""
    return _always(when, lambda test: test.expression == expression and (unknown_too or not test.unknown_as))


def demands_fact(when: Condition, fact: str) -> bool:
    """Whether a condition holds only where a test of a fact is known to be true."""
    return _always(when, lambda test: test.fact == fact and not test.unknown_as)


def _always(when: Condition, wanted: Callable[[FactTest], bool]) -> bool:
    if isinstance(when, FactTest):
        return wanted(when)
    if not isinstance(when, Joined) or not when.parts:
        return False
    found = [_always(part, wanted) for part in when.parts]
    return any(found) if when.conjunction else all(found)
