"""Three-valued conditions: short CEL tests, each of exactly one fact, joined by `all` and `any` in Kleene logic.

A test of an unknown fact is unknown, and counts as its declared `unknown_as` when the rule has to be decided.
There is no negation above a test, so a condition can only become truer when a test becomes truer: what holds for
every test (unknown is never weaker than harmless, more harm never weaker than less) then holds for every rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FactBook:
    """The facts of one case, by name, and the same as a CEL context."""

    values: Mapping[str, FactValue]
    context: cel.Context

    @classmethod
    def of(cls, values: Mapping[str, FactValue]) -> "FactBook":
        return cls(values, cel.Context(variables={k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}))


class Condition(Protocol):
    """A test or a list of conditions. `names`: the facts that it reads, in order, without repetition."""

    @property
    def names(self) -> tuple[str, ...]: ...

    def evaluate(self, book: FactBook) -> Verdict: ...


_VERDICTS = {(k, h): Verdict(k, h) for k in (FALSE, UNKNOWN, TRUE) for h in (False, True)}
ALWAYS = _VERDICTS[TRUE, True]


@dataclass(frozen=True, slots=True)
class Test:
    """One CEL expression over one fact."""

    expression: str
    fact: str
    unknown_as: bool
    program: cel.Program

    @property
    def names(self) -> tuple[str, ...]:
        return (self.fact,)

    def evaluate(self, book: FactBook) -> Verdict:
        """Unknown when the fact is unknown; raises ConditionFailed when the test errs or gives no boolean."""
        if book.values[self.fact] is None:
            return _VERDICTS[UNKNOWN, self.unknown_as]
        try:
            result = self.program.execute(book.context)
        except (TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise ConditionFailed(self.expression) from error
        if result is True:
            return _VERDICTS[TRUE, True]
        if result is False:
            return _VERDICTS[FALSE, False]
        raise ConditionFailed(self.expression)


@dataclass(frozen=True, slots=True)
class Joined:
    """`all` (the least of its parts) or `any` (the greatest). An empty `all` is true, an empty `any` is refused."""

    conjunction: bool
    parts: tuple[Condition, ...]
    names: tuple[str, ...]

    def evaluate(self, book: FactBook) -> Verdict:
        """Every part is evaluated, so that a failing test is found wherever it stands."""
        if not self.parts:
            return ALWAYS
        verdicts = [part.evaluate(book) for part in self.parts]
        choose = min if self.conjunction else max
        holds = all(v.holds for v in verdicts) if self.conjunction else any(v.holds for v in verdicts)
        return _VERDICTS[choose(v.kleene for v in verdicts), holds]


def joined(conjunction: bool, parts: tuple[Condition, ...]) -> Joined:
    """`all` or `any` of the parts."""
    return Joined(conjunction, parts, tuple(dict.fromkeys(name for part in parts for name in part.names)))


ALWAYS_TRUE = joined(conjunction=True, parts=())
