"""Guardianship: signed or refused by a signatory on duty, documents, end, revocation."""

from shared.contracts import commands as asked
from shared.contracts.events import (
    CustodySet,
    DocumentFiled,
    MeasureRefused,
    MeasureSigned,
    RevocationFiled,
)
from shared.contracts.vocabulary import (
    SAFE_HOLDERS,
    Department,
    EndReason,
    Holder,
    Measure,
    MeasureStatus,
    Wishes,
)

from services.triage.core import clocks_of_case, custody, ladders, measures, places, staffing, unassessed
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import Case, MeasureState

REFUSES_PLACE = "PLACE"
"""A refusal whose reason begins so is about the place: it is not offered to this child again."""


def sign(draft: Draft, body: asked.SignGuardian, given: CommandInput) -> None:
    """The proposed measure becomes effective (MPL 92; CC 31(3)), with the child heard or the reason why not."""
    case = draft.case(body.case)
    _on_rota(draft, given)
    measure = _proposed(case)
    refuse_unless(measure.measure is body.measure, "OTHER_MEASURE", "another measure is proposed")
    heard = body.wishes is Wishes.HEARD or body.wishes_reason is not None
    refuse_unless(heard, "WISHES_MISSING", "the child is heard, or the reason why not is given")
    refuse_unless(
        body.document_number is not None or body.document_pending,
        "DOCUMENT_MISSING",
        "a document number, or that it follows by 12:00 of the next working day",
    )
    if body.measure is Measure.RETURN_TO_ABLE_GUARDIAN:
        assessed = custody.return_assessed(case)
        refuse_unless(assessed, "NOT_ASSESSED", "an officer must first assess that the return is safe")
    draft.emit(
        MeasureSigned(
            case=body.case,
            measure=body.measure,
            status=MeasureStatus.ASSIGNED,
            by=given.command.actor.account,
            at_ms=draft.at_ms,
            wishes=body.wishes,
            wishes_reason=body.wishes_reason,
            document_number=body.document_number,
        )
    )
    clocks_of_case.happened(draft, body.case, Happening.DECIDED)
    if body.document_number is None:
        measures.await_document(draft, body.case)
    returned = body.measure is Measure.RETURN_TO_ABLE_GUARDIAN
    clocks_of_case.start_after(draft, body.case, "RETURNED" if returned else "MEASURE_ASSIGNED")
    measures.protected(draft, body.case)


def refuse(draft: Draft, body: asked.RefuseGuardian, given: CommandInput) -> None:
    """A signatory refuses: the bed is offered to the most endangered, and another proposal follows at once."""
    case = draft.case(body.case)
    _on_rota(draft, given)
    _proposed(case)
    about_place = body.reason.startswith(REFUSES_PLACE)
    refused_place = case.hold if about_place else None
    draft.emit(
        MeasureRefused(case=body.case, by=given.command.actor.account, reason=body.reason, place_id=refused_place)
    )
    if case.hold is not None:
        places.release(draft, body.case, case.hold, "REFUSED")
    clocks_of_case.start_after(draft, body.case, "MEASURE_REFUSED")
    measures.propose_again(draft, body.case)


def file_document(draft: Draft, body: asked.FileDocument, given: CommandInput) -> None:
    """The number that was pending after a decision by phone."""
    pending = draft.case(body.case).document_pending
    refuse_unless(pending, "NO_DOCUMENT_PENDING", "no document number is pending")
    draft.emit(DocumentFiled(case=body.case, by=given.command.actor.account, document_number=body.document_number))
    clocks_of_case.happened(draft, body.case, Happening.DOCUMENT_FILED)


def end(draft: Draft, body: asked.EndMeasure, given: CommandInput) -> None:
    """Care or guardianship ends; a return only after a named officer's assessment (MPL 93(2))."""
    case = draft.case(body.case)
    refuse_unless(case.measure_active, "NO_MEASURE", "no measure is proposed or in force")
    returned = body.reason is EndReason.RETURNED_ASSESSED or body.holder is Holder.GUARDIAN
    may_return = not returned or custody.return_assessed(case)
    refuse_unless(may_return, "NOT_ASSESSED", "an officer must first assess that the return is safe")
    safe = returned or body.holder in SAFE_HOLDERS or body.reason is EndReason.DIED
    refuse_unless(safe, "NO_SAFE_CUSTODY", "a measure ends only when somebody safe holds the child")
    by = given.command.actor.account
    measures.end(draft, body.case, body.reason, by, body.guardian_type)
    draft.emit(CustodySet(case=body.case, holder=body.holder, since_ms=draft.at_ms, by=by))
    if returned:
        clocks_of_case.start_after(draft, body.case, "RETURNED")
    measures.protected(draft, body.case)
    places.offer_waiting(draft)


def file_for_revocation(draft: Draft, body: asked.FileForRevocation, given: CommandInput) -> None:
    """An application is with the court (CC 36): only now the court is told."""
    refuse_unless(not draft.case(body.case).revocation_filed, "ALREADY_FILED", "an application is filed already")
    draft.emit(
        RevocationFiled(case=body.case, ground=body.ground, applicant=body.applicant, by=given.command.actor.account)
    )
    clocks_of_case.happened(draft, body.case, Happening.REVOCATION_FILED)
    if Department.COURT not in draft.case(body.case).ladders:
        rungs = unassessed.rungs(Department.COURT, draft.at_ms)
        ladders.begin(draft, body.case, Department.COURT, unassessed.SOURCE, rungs, "REVOCATION_FILED")


def _on_rota(draft: Draft, given: CommandInput) -> None:
    on_duty = staffing.signatory_on_duty(draft.county, given.command.actor.account, given.arrived_at_ms)
    refuse_unless(on_duty, "NOT_ON_ROTA", "this signatory is not on the rota now")


def _proposed(case: Case) -> MeasureState:
    if case.measure is None or case.measure.status is not MeasureStatus.PROPOSED:
        raise Refused("NOT_PROPOSED", "no measure waits for a decision")
    return case.measure
