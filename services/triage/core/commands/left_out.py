"""Somebody acts on a case of which its own department is left out: the word is kept, and counts as a report's.

Who was left out may be who harmed the child, or near to it. What such a one records is neither lost nor believed: it
meets no clock, is no sighting for closing, makes no custody safe and no relative checked; an officer is told of it.
"""

from shared.contracts.events import DepartmentReported
from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import ladders
from services.triage.core.commands.authority import OWN, account_of
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput

SAW_CHILD = "LEFT_OUT_SAW_CHILD"
SAYS_CUSTODY = "LEFT_OUT_SAYS_CUSTODY"
NAMES_KIN = "LEFT_OUT_NAMES_KIN"


def department_of(draft: Draft, case_id: str, given: CommandInput) -> Department | None:
    """The actor's own department where the case leaves it out and no officer has told it; else None."""
    account = account_of(draft, given.command.actor)
    own = account.department or OWN.get(account.role)
    case = draft.case(case_id)
    if own is None or own in case.ladders or case.assessment is None:
        return None
    return own if any(entry.who == own.value for entry in case.assessment.not_told) else None


def keep(draft: Draft, case_id: str, department: Department, given: CommandInput, outcome: str, said: str) -> None:
    """Record the word as the department's own, and tell an officer that it is one; nothing else follows from it."""
    by = given.command.actor.account
    draft.emit(DepartmentReported(case=case_id, department=department, by=by, outcome=outcome))
    draft.because(f"{department.value} is left out of this case; it says, and a named officer has to check: {said}")
    ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "LEFT_OUT_WORD")
