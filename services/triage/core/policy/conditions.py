"""Three-valued conditions: short CEL tests, each of exactly one fact, joined by `all` and `any` in Kleene logic.

A test of an unknown fact is unknown, and counts as its declared `unknown_as` when the rule has to be decided.
There is no negation above a test, so a condition can only become truer when a test becomes truer: what holds for
every test (unknown is never weaker than harmless, more harm never weaker than less) then holds for every rule.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import cel
from shared.contracts.assessment import FactValue

FALSE, UNKNOWN, TRUE = 0, 1, 2


class ConditionFailed(Exception):
    """A test could not be evaluated; the rule then counts as fired. Names the test, never a fact's value."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kleene`: FALSE, UNKNOWN or TRUE before, `holds`: the decision after unknowns were given their declared value."""

    kleene: int
    holds: bool


Facts = Mapping[str, FactValue]
"""The facts of one case, by name; None is unknown."""
_OF_ELEMENTS = r"'[^']*' in {fact}|{fact}\.exists\((\w+), (?:(?!{fact}\b)[^()]|\.startsWith\('[^'()]*'\))*\)"
"""A test of a list that asks each element alone: whether one is this code, or is such that."""
KNOWN_MAX = 512
"""How many values of its fact a test remembers the verdict of."""


class Condition(Protocol):
    """A test or a list of conditions. `names`: the facts that it reads, in order, without repetition."""

    @property
    def names(self) -> tuple[str, ...]:
        """The facts read."""
        ...

    def evaluate(self, facts: Facts) -> Verdict:
        """The verdict over the facts; raises ConditionFailed."""
        ...


_VERDICTS = {(k, h): Verdict(k, h) for k in (FALSE, UNKNOWN, TRUE) for h in (False, True)}
ALWAYS = _VERDICTS[TRUE, True]


@dataclass(frozen=True, slots=True, eq=False)
class FactTest:
    """One CEL expression over one fact. Its verdict depends on that fact's value alone, so it is remembered."""

    expression: str
    fact: str
    unknown_as: bool
    program: cel.Program
    known: dict[FactValue, Verdict] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The one fact."""
        return (self.fact,)

    @property
    def of_elements(self) -> bool:
        """Whether it is true of a list exactly if it is true of one of its elements alone."""
        return re.fullmatch(_OF_ELEMENTS.format(fact=re.escape(self.fact)), self.expression) is not None

    def evaluate(self, facts: Facts) -> Verdict:
        """Unknown when the fact is unknown; raises ConditionFailed when the test errs or gives no boolean."""
        value = facts[self.fact]
        if value is None:
            return _VERDICTS[UNKNOWN, self.unknown_as]
        verdict = self.known.get(value)
        if verdict is None:
            verdict = self._executed(value)
            if len(self.known) >= KNOWN_MAX:
                self.known.clear()
            self.known[value] = verdict
        return verdict

    def _executed(self, value: FactValue) -> Verdict:
        context = cel.Context(variables={self.fact: list(value) if isinstance(value, tuple) else value})
        try:
            result = self.program.execute(context)
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise ConditionFailed(self.expression) from error
        if result is True:
            return _VERDICTS[TRUE, True]
        if result is False:
            return _VERDICTS[FALSE, False]
        raise ConditionFailed(self.expression)


@dataclass(frozen=True, slots=True)
class Joined:
    """`all` (the least of its parts) or `any` (the greatest), read in order until the result is certain.

    An empty `all` is true. A failing test fails the condition unless an earlier part has settled it.
    """

    conjunction: bool
    parts: tuple[Condition, ...]
    names: tuple[str, ...]

    def evaluate(self, facts: Facts) -> Verdict:
        """The parts' verdicts in Kleene logic, and the same after unknowns were given their declared values."""
        settled = FALSE if self.conjunction else TRUE
        kleene, holds = TRUE - settled, self.conjunction
        for part in self.parts:
            verdict = part.evaluate(facts)
            if verdict.kleene == settled:
                return verdict
            if verdict.kleene == UNKNOWN:
                kleene = UNKNOWN
            holds = (holds and verdict.holds) if self.conjunction else (holds or verdict.holds)
        return _VERDICTS[kleene, holds]


def joined(*, conjunction: bool, parts: tuple[Condition, ...]) -> Joined:
    """`all` or `any` of the parts."""
    return Joined(conjunction, parts, tuple(dict.fromkeys(name for part in parts for name in part.names)))


ALWAYS_TRUE = joined(conjunction=True, parts=())
