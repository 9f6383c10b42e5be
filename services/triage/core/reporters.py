"""Several reporters of one case: what each of them may learn, and that each of them is answered (MPL 11(3))."""

from typing import Final

from shared.contracts.alerts import Instruction
from shared.contracts.assessment import CaseFacts, PriorFacts, Rung, Source
from shared.contracts.events import AcknowledgementExpired
from shared.contracts.reports import InstitutionFacts, ReportFacts
from shared.contracts.vocabulary import Basis, Department, FeedbackStatus, LadderStep

from services.triage.core import clocks_of_case, feedback, ladders, staffing
from services.triage.core.decision import Draft

ANSWERS: Final = ("FEEDBACK_INTERIM", clocks_of_case.FEEDBACK)
"""The clocks of what a reporter must be told."""
COUNTY_DIGITS: Final = 6
UNIT_SOURCE: Final = Source(
    rule="core.unit-that-joined", basis=Basis.DESIGN, citation="design: every unit that filed gets its task"
)


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


def task_of_unit(draft: Draft, case_id: str, unit: InstitutionFacts) -> None:
    """A unit whose filing joined has a task of its own: it is told by the filing units' ladder, which begins anew.

    Not a person, nor a unit that is implicated; and what it is told names nobody.
    """
    case = draft.case(case_id)
    if unit.id is None or unit.id not in {each.id for each in case.joined_units}:
        return
    if case.assessment is None or unit.id not in staffing.filing_units(case):
        return
    ladder = case.ladders.get(Department.FILING_UNIT)
    if ladder is not None and any(unit.id in told for _, told in ladder.recent):
        if ladder.dispatched:
            draft.emit(AcknowledgementExpired(case=case_id, department=Department.FILING_UNIT, reason="NEW_FACTS"))
            ladders.climb_above(draft, case_id, Department.FILING_UNIT, "NEW_FACTS")
        return
    rung = Rung(
        department=Department.FILING_UNIT,
        ladder=Department.FILING_UNIT,
        step=LadderStep.E0,
        at_ms=ladders.in_hours(case, draft.at_ms),
        role=staffing.CALLBACK,
        area_digits=COUNTY_DIGITS,
        source=UNIT_SOURCE,
    )
    if staffing.staff(draft.registry, case, (rung,), draft.at_ms):
        ladders.withdraw(draft, case_id, "SUPERSEDED", Department.FILING_UNIT)
        ladders.begin(draft, case_id, Department.FILING_UNIT, UNIT_SOURCE, (rung,), "LADDER")


def clocks_again(draft: Draft, case_id: str) -> None:
    """A later filer's answer is due, too, though the first one has theirs: the clocks of it run again."""
    case = draft.case(case_id)
    if not case.filings or case.assessment is None or feedback.shows(draft, case_id, FeedbackStatus.ACCEPTED):
        return
    for due in case.assessment.clocks:
        known = case.clocks.get(due.id)
        if due.id in ANSWERS and known is not None and known.met:
            clocks_of_case.start(draft, case_id, due, again=True)
