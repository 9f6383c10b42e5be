"""Revocation (CC 36): who is reminded until somebody applies or an officer records why nobody does.

Civil affairs shall apply when the others do not (CC 36(3)); the procuratorate supervises (MPL 106; the 2014 opinion's
item is known from a secondary source only); those who may apply (CC 36(2)) are reminded where they were told of the
case already: a reminder tells nobody of a case who did not know of it.
"""

from typing import Final

from shared.contracts.assessment import Source
from shared.contracts.vocabulary import Basis, Department, LadderStep

from services.triage.core import ladders
from services.triage.core.decision import Draft

MAY_APPLY: Final = (Department.WOMENS_FED, Department.DISABLED_FED, Department.VILLAGE, Department.FILING_UNIT)
"""Of the applicants of CC 36(2) those who can have a ladder; schools and hospitals are the filing unit."""
OTHERS_EVERY: Final = 7
"""Civil affairs is reminded every day; the others at the first reminder and then every seventh."""
REST_SOURCE: Final = Source(
    rule="core.revocation-rests",
    basis=Basis.DESIGN,
    citation="设计值：审查后暂不申请，期满再次提醒（法律未规定申请期限；民法典第三十六条）",
)


def remind(draft: Draft, case_id: str, repeat: int) -> None:
    """The reminder's clock has fired: besides civil affairs, whose breach it is, tell the supervisor and who may apply.

    `repeat` counts from 0.
    """
    if repeat % OTHERS_EVERY:
        return
    told = draft.case(case_id).ladders
    if Department.PROCURATORATE in told:
        ladders.tell_also(draft, case_id, Department.PROCURATORATE, LadderStep.D1, "REVOCATION_SUPERVISE")
    for department in MAY_APPLY:
        if department in told:
            step = told[department].steps[0].step
            ladders.tell_also(draft, case_id, department, step, "REVOCATION_MAY_APPLY")
