"""One case while it is assessed."""

from dataclasses import dataclass, field

from services.triage.core.policy.conditions import ALWAYS, Condition, ConditionFailed, Facts, Verdict


@dataclass(slots=True)
class Evaluation:
    """One case while it is assessed: its facts, and the rules whose tests failed."""

    facts: Facts
    failed: list[str] = field(default_factory=list)

    def holds(self, row_id: str, condition: Condition) -> bool:
        """Whether a condition holds; one that cannot be evaluated does, and is reported."""
        return self.verdict(row_id, condition).holds

    def verdict(self, row_id: str, condition: Condition) -> Verdict:
        """The verdict; a failure is a verdict of true, and is reported."""
        try:
            return condition.evaluate(self.facts)
        except ConditionFailed:
            if row_id not in self.failed:
                self.failed.append(row_id)
            return ALWAYS
