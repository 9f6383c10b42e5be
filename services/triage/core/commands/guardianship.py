"""Guardianship: signed or refused by a signatory on duty, and the document that follows."""

from shared.contracts import commands as asked
from shared.contracts.events import (
    DocumentFiled,
    MeasureRefused,
    MeasureSigned,
)
from shared.contracts.vocabulary import (
    Measure,
    MeasureStatus,
    Wishes,
)

from services.triage.core import clocks_of_case, custody, measures, places, staffing
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
    on_rota(draft, given)
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
        other = not custody.assessor_decides(case, given.command.actor.account)
        refuse_unless(other, "SAME_PERSON", "whoever assessed the return does not decide it as well")
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
    on_rota(draft, given)
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


def on_rota(draft: Draft, given: CommandInput) -> None:
    """Raise Refused unless the signatory is on the rota at this moment."""
    on_duty = staffing.signatory_on_duty(draft.county, given.command.actor.account, given.arrived_at_ms)
    refuse_unless(on_duty, "NOT_ON_ROTA", "this signatory is not on the rota now")


def _proposed(case: Case) -> MeasureState:
    if case.measure is None or case.measure.status is not MeasureStatus.PROPOSED:
        raise Refused("NOT_PROPOSED", "no measure waits for a decision")
    return case.measure
