"""What is still to be asked of a recorded case: the questions of `wardline explain`, from the recorded facts."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.triage.core.policy import Policy
from services.triage.core.policy.facts import facts_of
from services.triage.core.questions import questions
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.reports import ReportFacts
from shared.explaining.said import Said
from wardline.narration.lived import Given
from wardline.policy_source import parsed_policy


@dataclass
class Asking:
    """Asks the policy at hand, where it is the one that decided."""

    directory: Path

    @cached_property
    def policy(self) -> Policy | None:
        """The policy at hand; None when it cannot be read."""
        try:
            return parsed_policy(self.directory)[0]
        except (OSError, ValueError):
            return None

    def __call__(self, report: ReportFacts, decided: Assessment) -> Given:
        """What was said; and what is still to be asked, where the policy at hand decides the same on these facts."""
        facts = CaseFacts(report=report, filed_at_ms=decided.at_ms)
        return Given(facts_of(facts, decided.at_ms), self._questions(facts, decided))

    def _questions(self, facts: CaseFacts, decided: Assessment) -> tuple[Said, ...] | None:
        policy = self.policy
        if policy is None or policy.policy_id != decided.policy:
            return None
        again = policy.assess(facts, decided.at_ms)
        if (again.level, again.measure.measure) != (decided.level, decided.measure.measure):
            return None  # the record knew more than this report: other filings, other children
        return questions(policy.assess, facts, decided.at_ms, decided)
