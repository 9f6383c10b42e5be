"""Revocation (CC 36): an application is filed, or an officer records why none is for now."""

from shared.contracts import commands as asked
from shared.contracts.assessment import ClockDue
from shared.contracts.events import RevocationFiled, RevocationRested
from shared.contracts.vocabulary import ClockType, Department

from services.triage.core import clocks_of_case, ladders, revocation, unassessed
from services.triage.core.clocks import Unit, due_at_ms
from services.triage.core.clocks_of_case import REVOCATION_REMINDER, Happening
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import Case

APPLICANTS = frozenset({*revocation.MAY_APPLY, Department.CIVIL_AFFAIRS, Department.RESCUE_INST})
"""CC 36(2). Relatives apply themselves, through no department; the procuratorate supervises and does not apply."""


def file_for_revocation(draft: Draft, body: asked.FileForRevocation, given: CommandInput) -> None:
    """An application is with the court (CC 36): only now the court is told."""
    refuse_unless(not draft.case(body.case).revocation_filed, "ALREADY_FILED", "an application is filed already")
    refuse_unless(body.applicant in APPLICANTS, "MAY_NOT_APPLY", "Civil Code art. 36(2) does not name this applicant")
    draft.emit(
        RevocationFiled(
            case=body.case,
            ground=body.ground,
            applicant=body.applicant,
            by=given.command.actor.account,
            item=body.item,
        )
    )
    clocks_of_case.happened(draft, body.case, Happening.REVOCATION_FILED)
    clocks_of_case.start_after(draft, body.case, "REVOCATION_FILED")
    if Department.COURT not in draft.case(body.case).ladders:
        rungs = unassessed.rungs(Department.COURT, draft.at_ms)
        ladders.begin(draft, body.case, Department.COURT, unassessed.SOURCE, rungs, "REVOCATION_FILED")


def record_no_revocation(draft: Draft, body: asked.RecordNoRevocation, given: CommandInput) -> None:
    """Examined, and not applied for now: the reminder rests for the stated days; new facts shorten the rest."""
    case = draft.case(body.case)
    refuse_unless(not case.revocation_filed, "ALREADY_FILED", "an application is filed already")
    refuse_unless(_examined(case), "NOTHING_TO_EXAMINE", "the facts meet no ground of Civil Code art. 36(1)")
    until_ms = due_at_ms(ClockType.CALENDAR_DAYS, draft.at_ms, body.rest_days, Unit.DAY)
    draft.emit(
        RevocationRested(
            case=body.case,
            by=given.command.actor.account,
            reason=body.reason,
            until_ms=until_ms,
            at_ms=draft.at_ms,
            sealed_id=body.sealed_id,
        )
    )
    clocks_of_case.cancel(draft, body.case, REVOCATION_REMINDER, "RESTS")
    clocks_of_case.start(
        draft,
        body.case,
        ClockDue(
            id=REVOCATION_REMINDER,
            clock_type=ClockType.CALENDAR_DAYS,
            start_at_ms=draft.at_ms,
            due_at_ms=until_ms,
            source=revocation.REST_SOURCE,
        ),
        again=True,
    )


def _examined(case: Case) -> bool:
    assessed = case.assessment is not None and case.assessment.revocation.examine
    return assessed or REVOCATION_REMINDER in case.clocks
