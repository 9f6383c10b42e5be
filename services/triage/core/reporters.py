"""Several reporters of one case: what each of them may learn, and that each of them is answered (MPL 11(3))."""

from typing import Final

from shared.contracts.alerts import Instruction
from shared.contracts.assessment import CaseFacts, PriorFacts
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import FeedbackStatus

from services.triage.core import clocks_of_case, feedback
from services.triage.core.decision import Draft

ANSWERS: Final = ("FEEDBACK_INTERIM", clocks_of_case.FEEDBACK)
"""The clocks of what a reporter must be told."""


def instructions(draft: Draft, case_id: str, said: ReportFacts) -> list[Instruction]:
    """What a later filer does next. `said`: their own filing, with this child alone.

    A person, and a unit that is itself implicated, is answered by what they said themselves. Any other unit is bound
    to report and to keep silence: it is answered by what is known by now (do not tell the family, the sooner visit),
    but for where the child is, which is as they said.
    """
    case = draft.case(case_id)
    if not feedback.learns_little(case, said.institution):
        facts = case.facts.model_copy(update={"institution": said.institution, "custody_now": said.custody_now})
        prior = PriorFacts(floor_level=case.level)
    else:
        facts, prior = said.model_copy(update={"implicated": case.facts.implicated}), PriorFacts()
    found = draft.policy.assess(CaseFacts(report=facts, child=0, prior=prior, filed_at_ms=draft.at_ms), draft.at_ms)
    return [each for each in found.instructions if each.to == "REPORTER"]


def clocks_again(draft: Draft, case_id: str) -> None:
    """A later filer's answer is due, too, though the first one has theirs: the clocks of it run again."""
    case = draft.case(case_id)
    if not case.filings or case.assessment is None or feedback.shows(draft, case_id, FeedbackStatus.ACCEPTED):
        return
    for due in case.assessment.clocks:
        known = case.clocks.get(due.id)
        if due.id in ANSWERS and known is not None and known.met:
            clocks_of_case.start(draft, case_id, due, again=True)
