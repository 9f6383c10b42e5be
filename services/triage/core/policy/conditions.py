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
    """The facts of one case, by name, and the same as a CEL context. `seen`: tests already evaluated."""

    values: Mapping[str, FactValue]
    context: cel.Context
    seen: dict[tuple[str, bool], "Verdict"]

    @classmethod
    def of(cls, values: Mapping[str, FactValue]) -> "FactBook":
        """A new book of these facts."""
        return cls(values, _context(values), {})

    def extended(self, more: Mapping[str, FactValue]) -> "FactBook":
        """The book with further facts, which no test can have read before."""
        for name, value in more.items():
            self.context.add_variable(name, list(value) if isinstance(value, tuple) else value)
        return FactBook({**self.values, **more}, self.context, self.seen)


def _context(values: Mapping[str, FactValue]) -> cel.Context:
    return cel.Context(variables={k: list(v) if isinstance(v, tuple) else v for k, v in values.items()})


class Condition(Protocol):
    """A test or a list of conditions. `names`: the facts that it reads, in order, without repetition."""

    @property
    def names(self) -> tuple[str, ...]:
        """The facts read."""
        ...

    def evaluate(self, book: FactBook) -> Verdict:
        """The verdict over the facts; raises ConditionFailed."""
        ...


_VERDICTS = {(k, h): Verdict(k, h) for k in (FALSE, UNKNOWN, TRUE) for h in (False, True)}
ALWAYS = _VERDICTS[TRUE, True]


@dataclass(frozen=True, slots=True)
class FactTest:
    """One CEL expression over one fact."""

    expression: str
    fact: str
    unknown_as: bool
    program: cel.Program
    key: tuple[str, bool]

    @property
    def names(self) -> tuple[str, ...]:
        """The one fact."""
        return (self.fact,)

    def evaluate(self, book: FactBook) -> Verdict:
        """Unknown when the fact is unknown; raises ConditionFailed when the test errs or gives no boolean."""
        verdict = book.seen.get(self.key)
        if verdict is None:
            verdict = book.seen[self.key] = self._fresh(book)
        return verdict

    def _fresh(self, book: FactBook) -> Verdict:
        if book.values[self.fact] is None:
            return _VERDICTS[UNKNOWN, self.unknown_as]
        try:
            result = self.program.execute(book.context)
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

    def evaluate(self, book: FactBook) -> Verdict:
        """The parts' verdicts in Kleene logic, and the same after unknowns were given their declared values."""
        settled = FALSE if self.conjunction else TRUE
        kleene, holds = TRUE - settled, self.conjunction
        for part in self.parts:
            verdict = part.evaluate(book)
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
