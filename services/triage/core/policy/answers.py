"""Every test of a policy answered at once: one bit for each test, so that a condition is a few operations on bits.

A test reads one fact, so its answer to a value is remembered with all other tests of that fact. In Kleene logic without
negation a condition holds exactly if its parts do so after unknowns were given their declared values, and is certainly
true exactly if its parts are: both are the same function, of other bits. A test that failed (or whose fact does not
exist yet) is broken, and a condition with a broken test is left to `Condition.evaluate`, which knows the order.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from shared.contracts.assessment import FactValue

from services.triage.core.policy.conditions import TRUE, Condition, ConditionFailed, Facts, FactTest, Joined
from services.triage.core.policy.model import Rows, Situation

KNOWN_MAX = 512
"""How many values of a fact the answers are remembered of."""
Answer = Callable[[int], bool]
Key = TypeVar("Key")
Value = TypeVar("Value")

ROWS_KNOWN_MAX = 2048
"""How many tuples of rows are kept with their compiled conditions."""


class Compiled(NamedTuple):
    """A condition over bits: those of its tests; those that it needs all; and what more it needs, if anything."""

    tests: int
    every: int
    of: Answer | None

    def true(self, bits: int) -> bool:
        """Whether it is true of these answers."""
        return bits & self.every == self.every and (self.of is None or self.of(bits))


UNCOMPILED = Compiled(-1, 0, None)
"""Of a condition that is not on the sheet: to be read plainly wherever anything is."""
CompiledRow = tuple[Any, int, int, Answer | None]
"""A row, and the parts of its compiled condition."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows that are asked together. What their tests answer decides everything that is remembered of them.

    `tests`: the bits of all of their tests, also of a situation's levels; negative where one is not on the sheet.
    """

    rows: tuple[Any, ...]
    each: tuple[CompiledRow, ...]
    tests: int
    holding: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """The rows that hold, by the answers."""
    met: dict[tuple[int, int], Any] = field(default_factory=dict)
    """What a law's situations come to, by the answers and those that are certain (`finding.py`)."""


def remember(known: dict[Key, Value], key: Key, value: Value) -> Value:
    """The value, remembered; never more than so many of them."""
    if len(known) >= KNOWN_MAX:
        known.clear()
    known[key] = value
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A policy's tests. An answer sheet is one number: the bits `held`, then those `certain`, then those `broken`."""

    count: int
    of_fact: dict[str, tuple[tuple[int, FactTest], ...]]
    conditions: dict[int, Compiled]
    """By the identity of the condition, which the rows hold."""
    all_of: dict[str, int]
    """All bits of a fact's tests."""
    of_list: dict[str, tuple[tuple[int, FactTest], ...]]
    """Those of a fact's tests that do not ask each element of a list alone."""
    of_elements: dict[str, int]
    """The answers of those that do, as a mask of an answer sheet."""
    known: dict[str, dict[FactValue, int]] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)

    def group(self, rows: tuple[Any, ...]) -> Group:
        """The rows with their conditions, compiled once for a tuple that is asked again (it is held)."""
        found = self.groups.get(id(rows))
        if found is None:
            if len(self.groups) >= ROWS_KNOWN_MAX:
                self.groups.clear()
            compiled = [(row, *self.conditions.get(id(row.when), UNCOMPILED)) for row in rows]
            levels = [choice.when for row in rows if isinstance(row, Situation) for choice in row.levels]
            of_levels = [self.conditions.get(id(when), UNCOMPILED).tests for when in levels]
            tests = _bits((*(each[1] for each in compiled), *of_levels))
            found = self.groups[id(rows)] = Group(rows, tuple(compiled), tests)
        return found

    def answers(self, facts: Facts) -> int:
        """The answers of all tests to the facts; one whose fact is not among them is broken."""
        sheet = broken = 0
        for name, known in self.known.items():
            if name in facts:
                value = facts[name]
                answer = known.get(value)
                sheet |= self._answer(name, value) if answer is None else answer
            else:
                broken |= self.all_of[name]
        return sheet | broken << 2 * self.count

    def answer(self, name: str, value: FactValue) -> int:
        """The answers of the tests of one fact alone."""
        answer = self.known[name].get(value)
        return self._answer(name, value) if answer is None else answer

    def _answer(self, name: str, value: FactValue) -> int:
        """The bits of one fact's tests, evaluated and remembered.

        A list has too many values to remember: what asks its elements is put together from theirs.
        """
        if not isinstance(value, tuple) or len(value) == 1:
            return remember(self.known[name], value, self._evaluated(self.of_fact[name], name, value))
        answer = self._evaluated(self.of_list[name], name, value)
        for element in value:
            answer |= self.answer(name, (element,)) & self.of_elements[name]
        if answer >> 2 * self.count:
            answer = self._evaluated(self.of_fact[name], name, value)
        return remember(self.known[name], value, answer)

    def _evaluated(self, tests: Iterable[tuple[int, FactTest]], name: str, value: FactValue) -> int:
        answer = 0
        for bit, test in tests:
            try:
                verdict = test.evaluate({name: value})
            except ConditionFailed:
                answer |= bit << (2 * self.count)
                continue
            if verdict.holds:
                answer |= bit
            if verdict.kleene == TRUE:
                answer |= bit << self.count
        return answer


@functools.lru_cache(maxsize=16)
def sheet_of(rows: Rows) -> Sheet:
    """The tests of a policy's rows, once for each policy."""
    conditions = list(_conditions(rows))
    numbers: dict[tuple[str, str, bool], int] = {}
    of_fact: dict[str, list[tuple[int, FactTest]]] = {}
    for test in (test for condition in conditions for test in _tests(condition)):
        key = (test.fact, test.expression, test.unknown_as)
        if key not in numbers:
            numbers[key] = 1 << len(numbers)
            of_fact.setdefault(test.fact, []).append((numbers[key], test))
    of_list = {name: tuple(each for each in tests if not each[1].of_elements) for name, tests in of_fact.items()}
    alone = {name: sum(bit for bit, test in tests if test.of_elements) for name, tests in of_fact.items()}
    sheet = Sheet(
        count=len(numbers),
        of_fact={name: tuple(tests) for name, tests in of_fact.items()},
        conditions={},
        all_of={name: sum(bit for bit, _ in tests) for name, tests in of_fact.items()},
        of_list=of_list,
        of_elements={name: bits | bits << len(numbers) | bits << 2 * len(numbers) for name, bits in alone.items()},
        known={name: {} for name in of_fact},
    )
    for condition in conditions:
        _compile(condition, numbers, sheet.conditions)
    return sheet


def _conditions(rows: Rows) -> Iterator[Condition]:
    """The conditions of every row, its own and those of its parts."""
    for row in rows.every():
        when: Condition | None = getattr(row, "when", None)
        if when is not None:
            yield when
        if isinstance(row, Situation):
            yield from (choice.when for choice in row.levels)
            yield from (recipient.when for recipient in row.recipients)


def _tests(condition: Condition) -> Iterator[FactTest]:
    if isinstance(condition, FactTest):
        yield condition
    elif isinstance(condition, Joined):
        for part in condition.parts:
            yield from _tests(part)


def _compile(condition: Condition, numbers: dict[tuple[str, str, bool], int], into: dict[int, Compiled]) -> Compiled:
    """A condition and all of its parts, found again by their identity."""
    known = into.get(id(condition))
    if known is not None:
        return known
    if isinstance(condition, FactTest):
        bit = numbers[condition.fact, condition.expression, condition.unknown_as]
        compiled = Compiled(bit, bit, None)
    elif isinstance(condition, Joined):
        parts = [(part, _compile(part, numbers, into)) for part in condition.parts]
        alone = _bits(each.tests for part, each in parts if isinstance(part, FactTest))
        others = tuple(each for part, each in parts if not isinstance(part, FactTest))
        tests = _bits(each.tests for _, each in parts)
        if condition.conjunction:
            every = alone | _bits(each.every for each in others)
            more = tuple(each.of for each in others if each.of is not None)
            compiled = Compiled(tests, every, _all_of(more))
        else:
            compiled = Compiled(tests, 0, _any_of(alone, tuple(each.true for each in others)))
    else:
        raise TypeError(type(condition).__name__)
    into[id(condition)] = compiled
    return compiled


def _bits(parts: Iterable[int]) -> int:
    return functools.reduce(lambda bits, part: bits | part, parts, 0)


def _all_of(others: tuple[Answer, ...]) -> Answer | None:
    if not others:
        return None
    if len(others) == 1:
        return others[0]
    return lambda bits: all(other(bits) for other in others)


def _any_of(alone: int, others: tuple[Answer, ...]) -> Answer:
    if not others:
        return lambda bits: bits & alone != 0
    return lambda bits: bits & alone != 0 or any(other(bits) for other in others)
