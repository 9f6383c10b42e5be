"""Reads one row of a policy file: what every kind of row has in common, conditions, amounts and codes."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

import cel
from pydantic import ValidationError
from shared.contracts.assessment import Source
from shared.contracts.vocabulary import (
    Basis,
    ClockType,
    Level,
)
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS

from services.triage.core.clocks import HOUR_MS, Unit, due_at_ms
from services.triage.core.policy.conditions import ALWAYS_TRUE, Condition, ConditionFailed, FactTest, joined
from services.triage.core.policy.model import (
    Amount,
    PolicyInvalid,
)

Code = TypeVar("Code", bound=StrEnum)
AMOUNT_MAX = 200_000
SPAN_MAX_MS = 20 * 366 * 24 * HOUR_MS
"""A child is grown by then: no clock of a case is longer."""
DECIDED_LEVELS = (Level.S1, Level.S2, Level.S3, Level.S4)
_SAMPLES = {name: fact.sample for name, fact in (CATALOGUE | RESULT_FACTS).items()}
_REQUIRED: Any = object()
_BOUND_NAME = re.compile(r"\.(?:exists|exists_one|all)\(\s*(\w+)\s*,")
"""Names that a CEL macro binds: the library counts them as variables."""


def one_of(codes: Iterable[str]) -> str:
    """The permitted values, for a message: in the vocabulary's order, a set sorted."""
    return "one of " + ", ".join(sorted(codes) if isinstance(codes, frozenset) else [str(code) for code in codes])


class RowReader:
    """One row's mapping; `take` removes a key, `done` refuses what nobody took."""

    def __init__(self, file: str, value: object) -> None:
        self.file = file
        self.id = str(value.get("id", "?")) if isinstance(value, dict) else "?"
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            raise PolicyInvalid(file, self.id, "a row is a mapping with an id")
        self._left: dict[str, Any] = dict(value)
        self.unreadable: frozenset[str] = frozenset()

    def refuse(self, reason: str) -> NoReturn:
        """Always raises PolicyInvalid."""
        raise PolicyInvalid(self.file, self.id, reason)

    def take(self, key: str, default: Any = _REQUIRED) -> Any:  # noqa: ANN401 - YAML gives anything
        """The key's value, removed; refuses when it is missing and has no default."""
        if key in self._left:
            return self._left.pop(key)
        if default is _REQUIRED:
            self.refuse(f"{key} is missing")
        return default

    def code(self, kind: type[Code], value: object) -> Code:
        """The vocabulary's code."""
        if value not in list(kind):
            self.refuse(f"{value!r} is not a {kind.__name__}: {one_of(kind)}")
        return kind(str(value))

    def codes(self, key: str, kind: type[Code], default: Any = _REQUIRED) -> tuple[Code, ...]:  # noqa: ANN401
        """A list of codes."""
        values = self.take(key, default)
        if not isinstance(values, list | tuple):
            self.refuse(f"{key} must be a list")
        return tuple(self.code(kind, value) for value in values)

    def common(self) -> dict[str, Any]:
        """The fields of `Row`."""
        title = self.take("title")
        if not isinstance(title, dict) or set(title) != {"zh", "en"}:
            self.refuse("title needs zh and en")
        valid_from, valid_to = self.take("valid_from"), self.take("valid_to")
        if not isinstance(valid_from, date) or not (valid_to is None or isinstance(valid_to, date)):
            self.refuse("valid_from and valid_to must be dates (valid_to may be null)")
        area = str(self.take("area"))
        if area and not (area.isdigit() and len(area) in (2, 4, 6, 9)):
            self.refuse("area must be empty or a prefix of 2, 4, 6 or 9 digits")
        source = self.source(self.id, self.take("basis"), self.take("citation"))
        return {
            "id": self.take("id"), "file": self.file, "title_zh": title["zh"], "title_en": title["en"],
            "source": source, "valid_from": valid_from, "valid_to": valid_to, "area": area,
        }  # fmt: skip

    def source(self, rule: str, basis: object, citation: object) -> Source:
        """Where the row comes from; a row without a citation is refused."""
        if not isinstance(citation, str) or not citation.strip():
            self.refuse("citation is missing")
        try:
            return Source(rule=rule, basis=self.code(Basis, basis), citation=citation)
        except ValidationError as error:
            self.refuse(f"id or citation is malformed ({error.error_count()} faults)")

    def condition(self, value: object) -> Condition:
        """`{test, unknown_as}`, `{all: [...]}`, `{any: [...]}`, or a list, which means all."""
        if isinstance(value, list):
            return joined(conjunction=True, parts=tuple(self.condition(part) for part in value))
        if not isinstance(value, dict):
            self.refuse("a condition is a test, all or any")
        if set(value) == {"test", "unknown_as"}:
            return self._test(value["test"], value["unknown_as"])
        parts = value.get("all") or value.get("any")
        if len(value) != 1 or not isinstance(parts, list):
            self.refuse("a condition is {test, unknown_as}, {all: [...]} or {any: [...]}")
        return joined(conjunction="all" in value, parts=tuple(self.condition(part) for part in parts))

    def when(self, default: Any = _REQUIRED) -> Condition:  # noqa: ANN401
        """The row's condition; none means always."""
        value = self.take("when", default)
        return ALWAYS_TRUE if value is None else self.condition(value)

    def _test(self, expression: object, unknown_as: object) -> FactTest:
        if not isinstance(expression, str) or not isinstance(unknown_as, bool):
            self.refuse("a test is a CEL expression with unknown_as true or false")
        try:
            program = cel.compile(expression)
        except ValueError as error:
            raise PolicyInvalid(self.file, self.id, f"not CEL: {expression}") from error
        names = set(program.variables()) - set(_BOUND_NAME.findall(expression))
        if len(names) != 1:
            self.refuse(f"a test must read exactly one fact: {expression}")
        fact = next(iter(names))
        if fact not in CATALOGUE and fact not in RESULT_FACTS:
            self.refuse(f"{fact} is not a fact")
        if fact in self.unreadable:
            self.refuse(f"{fact} is not known yet when such a row is read")
        test = FactTest(expression, fact, unknown_as, program)
        try:
            test.evaluate(_SAMPLES)
        except ConditionFailed as error:
            raise PolicyInvalid(self.file, self.id, f"does not give true or false: {expression}") from error
        return test

    def amount(self, value: object) -> Amount:
        """A length of time that its clock can count."""
        if not isinstance(value, dict) or set(value) != {"type", "amount", "unit"} or type(value["amount"]) is not int:
            self.refuse("an amount is {type, amount, unit}")
        amount = Amount(self.code(ClockType, value["type"]), value["amount"], self.code(Unit, value["unit"]))
        if not 0 <= amount.amount <= AMOUNT_MAX:
            self.refuse(f"an amount is 0 to {AMOUNT_MAX}")
        try:
            due_ms = due_at_ms(amount.clock_type, 0, amount.amount, amount.unit)
        except ValueError as error:
            self.refuse(str(error))
        if due_ms > SPAN_MAX_MS:
            self.refuse("an amount of more than twenty years")
        return amount

    def amounts(self, key: str) -> Mapping[Level, Amount]:
        """One amount for every level; the key ALL stands for all of them."""
        value = self.take(key)
        if not isinstance(value, dict):
            self.refuse(f"{key} must name an amount per level")
        if set(value) == {"ALL"}:
            return dict.fromkeys((*DECIDED_LEVELS, Level.S0), self.amount(value["ALL"]))
        found = {self.code(Level, level): self.amount(amount) for level, amount in value.items()}
        return found | ({Level.S0: found[Level.S4]} if Level.S4 in found else {})

    def only(self) -> frozenset[Level] | None:
        """The levels at which the row is meant to hold, where it says so: `only: [S1, S2]`."""
        return frozenset(self.codes("only", Level)) if "only" in self._left else None

    def done(self) -> None:
        """Refuses a row of which something was not understood."""
        if self._left:
            self.refuse(f"not understood: {', '.join(sorted(self._left))}")
