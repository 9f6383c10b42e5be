"""From a command to its handler: one table. Handlers check, then act; a refusal undoes what was drafted."""

from collections.abc import Callable
from typing import Any, Final

from shared.contracts import commands as asked
from shared.contracts import crossings, identity, separation
from shared.contracts.base import Message
from shared.contracts.events import CommandAccepted, CommandRefused

from services.triage.core import transfers_out
from services.triage.core.commands import (
    answers,
    book,
    care,
    destroying,
    ending,
    guardianship,
    life,
    opening,
    orders,
    registry,
    revoking,
    separating,
    transferring,
)
from services.triage.core.commands.authority import check
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput

Handler = Callable[[Draft, Any, CommandInput], None]

HANDLERS: Final[dict[type[Message], Handler]] = {
    asked.Acknowledge: answers.acknowledge,
    asked.Dispatch: answers.dispatch,
    asked.Decline: answers.decline,
    asked.ReportOutcome: answers.report_outcome,
    asked.TellDepartment: answers.tell_department,
    asked.RecordChildSeen: care.child_seen,
    asked.RecordCustody: care.record_custody,
    asked.AddKinCandidate: care.add_kin,
    asked.RecordDispute: care.record_dispute,
    asked.RecordDomicileTold: care.record_domicile_told,
    asked.RecordAssessment: care.record_assessment,
    asked.SignGuardian: guardianship.sign,
    asked.RefuseGuardian: guardianship.refuse,
    asked.FileDocument: guardianship.file_document,
    asked.EndMeasure: ending.end,
    asked.ExtendGuardianship: ending.extend,
    asked.FileForRevocation: revoking.file_for_revocation,
    asked.RecordNoRevocation: revoking.record_no_revocation,
    asked.RecordProtectionOrder: orders.record_protection_order,
    asked.RecordSuggestion: orders.record_suggestion,
    asked.TakeOver: answers.take_over,
    asked.RecordCall: answers.record_call,
    asked.OverrideLevel: life.override_level,
    asked.CloseCase: life.close,
    asked.ReopenCase: life.reopen,
    asked.RecordDuty: life.record_duty,
    asked.Redecide: life.redecide,
    separation.SeparateReport: separating.separate,
    asked.SetContact: registry.set_contact,
    asked.SetShift: registry.set_shift,
    asked.SetPlace: registry.set_place,
    asked.SetAccount: registry.set_account,
    asked.SetArea: registry.set_area,
    asked.ActivatePolicy: book.propose_policy,
    asked.ApprovePolicy: book.approve_policy,
    asked.RotateWriterKey: book.rotate_writer_key,
    identity.OpenIdentity: opening.open_identity,
    identity.SecondIdentityOpening: opening.second_opening,
    identity.BreakGlass: opening.break_glass,
    identity.ReviewBreakGlass: opening.review_break_glass,
    identity.OpenTaskIdentity: opening.open_task,
    identity.DestroyIdentity: destroying.destroy_identity,
    identity.SecondIdentityDestruction: destroying.second_destruction,
    identity.SetLegalHold: destroying.set_hold,
    identity.LiftLegalHold: destroying.lift_hold,
    crossings.OfferTransfer: transferring.offer,
    crossings.WithdrawTransfer: transferring.withdraw,
    crossings.AcceptTransfer: transferring.accept,
    crossings.RefuseTransfer: transferring.refuse,
}
"""In the order of a case's life; then the registry and the book, identities, and what crosses to another county."""


def carry_out(draft: Draft, given: CommandInput) -> None:
    """Carry a command out, or refuse it with a reason."""
    command = given.command
    case_id, sealed_id = getattr(command.body, "case", None), getattr(command.body, "sealed_id", None)
    try:
        repeated = given.signed and command.command_id in draft.state.commands
        refuse_unless(not repeated, "REPEATED", "a command of this id was decided before")
        check(draft, given)
        draft.emit(
            CommandAccepted(
                command_id=command.command_id,
                command=command.body.type,
                actor=command.actor,
                case=case_id,
                sealed_id=sealed_id,
            )
        )
        HANDLERS[type(command.body)](draft, command.body, given)
        if case_id is not None:
            transfers_out.complete(draft, case_id)
    except Refused as refused:
        draft.rewind()
        draft.emit(
            CommandRefused(
                command_id=command.command_id,
                command=command.body.type,
                actor=command.actor,
                case=case_id,
                reason=refused.code,
                detail=refused.detail,
                sealed_id=sealed_id,
            )
        )
        draft.because(f"refused: {refused.code}")
