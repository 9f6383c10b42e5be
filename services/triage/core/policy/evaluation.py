"""One case while it is assessed."""

from typing import Protocol, TypeVar

from shared.contracts.assessment import FactValue

from services.triage.core.policy.answers import Compiled, CompiledRow, Group, Sheet, remember
from services.triage.core.policy.conditions import ALWAYS, TRUE, Condition, ConditionFailed, Facts, Verdict


class Conditioned(Protocol):
    """A row with a condition."""

    @property
    def id(self) -> str:
        """The rule's id."""
        ...

    @property
    def when(self) -> Condition:
        """When it applies."""
        ...


ConditionedRow = TypeVar("ConditionedRow", bound=Conditioned)


class Evaluation:
    """One case while it is assessed: its facts, and the rules whose tests failed.

    With a policy's `sheet` its tests are answered at once; conditions that are not on it are read one by one.
    """

    __slots__ = ("_broken", "_certain", "_conditions", "_held", "_sheet", "facts", "failed")

    def __init__(self, facts: Facts, sheet: Sheet | None = None) -> None:
        self.facts: dict[str, FactValue] = dict(facts)
        self.failed: list[str] = []
        self._sheet = sheet
        self._held = self._certain = self._broken = 0
        self._conditions: dict[int, Compiled] = {}
        if sheet is not None:
            self._conditions = sheet.conditions
            self._note(sheet, sheet.answers(self.facts))

    def learn(self, name: str, value: FactValue) -> None:
        """A fact that is known only now: the situations found, the level. One that was known makes room."""
        self.facts[name] = value
        sheet = self._sheet
        if sheet is not None and name in sheet.all_of:
            others = ~sheet.all_of[name]
            self._held, self._certain, self._broken = self._held & others, self._certain & others, self._broken & others
            self._note(sheet, sheet.answer(name, value))

    def _note(self, sheet: Sheet, answers: int) -> None:
        one = (1 << sheet.count) - 1
        self._held |= answers & one
        self._certain |= answers >> sheet.count & one
        self._broken |= answers >> 2 * sheet.count

    def holds(self, row_id: str, condition: Condition) -> bool:
        """Whether a condition holds; one that cannot be evaluated does, and is reported."""
        compiled = self._conditions.get(id(condition))
        if compiled is None or compiled.tests & self._broken:
            return self.verdict(row_id, condition).holds
        _, every, of = compiled
        held = self._held
        return held & every == every and (of is None or of(held))

    def holding(self, rows: tuple[ConditionedRow, ...]) -> tuple[ConditionedRow, ...]:
        """The rows whose condition holds, in their order; one that cannot be evaluated does, and is reported.

        Which ones is remembered by the answers of their tests.
        """
        if self._sheet is None:
            return tuple(row for row in rows if self.verdict(row.id, row.when).holds)
        group = self._sheet.group(rows)
        if group.tests < 0 or group.tests & self._broken:
            return tuple(each[0] for each in group.each if self._holds(each))
        answers = self._held & group.tests
        found = group.holding.get(answers)
        if found is None:
            found = remember(group.holding, answers, tuple(each[0] for each in group.each if self._holds(each)))
        return found

    def _holds(self, compiled: CompiledRow) -> bool:
        row, tests, every, of = compiled
        if tests < 0 or tests & self._broken:
            return self.verdict(row.id, row.when).holds
        return self._held & every == every and (of is None or of(self._held))

    def answered(self, rows: tuple[ConditionedRow, ...]) -> tuple[Group, tuple[int, int]] | None:
        """What the rows' tests answer, and which answers are certain; None where one of them is not answered."""
        if self._sheet is None:
            return None
        group = self._sheet.group(rows)
        if group.tests < 0 or group.tests & self._broken:
            return None
        return group, (self._held & group.tests, self._certain & group.tests)

    def maybe_certain(self, rows: tuple[ConditionedRow, ...]) -> list[ConditionedRow]:
        """The rows whose condition is true whatever the unknown facts are, and those of which `certain` must say it."""
        if self._sheet is None:
            return list(rows)
        certain, broken = self._certain, self._broken
        return [
            row
            for row, tests, every, of in self._sheet.group(rows).each
            if tests < 0 or tests & broken or (certain & every == every and (of is None or of(certain)))
        ]

    def certain(self, row_id: str, condition: Condition) -> bool:
        """Whether a condition is true whatever the unknown facts are; one that cannot be evaluated is, and reported."""
        compiled = self._conditions.get(id(condition))
        if compiled is None or compiled.tests & self._broken:
            return self.verdict(row_id, condition).kleene == TRUE
        return compiled.true(self._certain)

    def verdict(self, row_id: str, condition: Condition) -> Verdict:
        """The verdict; a failure is a verdict of true, and is reported."""
        try:
            return condition.evaluate(self.facts)
        except ConditionFailed:
            if row_id not in self.failed:
                self.failed.append(row_id)
            return ALWAYS
