"""Destroying an identity: two people, a closed case, no legal hold. The custodian destroys by the recorded event."""

from shared.contracts import identity as said
from shared.contracts.vocabulary import CloseReason

from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.identity import DESTRUCTION_VALID_MS
from services.triage.core.inputs import CommandInput

ELSEWHERE = frozenset({CloseReason.TRANSFERRED, CloseReason.OFFER_ENDED})
LEGAL_HOLD = ("LEGAL_HOLD", "a legal hold stands: nothing of this case is destroyed")


def destroy_identity(draft: Draft, body: said.DestroyIdentity, given: CommandInput) -> None:
    """A supervisor's word; a later one takes the place of an earlier one."""
    refuse_unless(body.case not in draft.county.legal_holds, *LEGAL_HOLD)
    stub = draft.state.stub(body.case)
    here = stub is None or stub.reason not in ELSEWHERE
    refuse_unless(here, "CASE_ELSEWHERE", "the case goes on in another county, and so does its identity")
    draft.emit(
        said.IdentityDestructionRequested(
            case=body.case,
            destruction=given.command.command_id,
            by=given.command.actor.account,
            ground=body.ground,
            reference=body.reference,
            at_ms=draft.at_ms,
            expires_at_ms=draft.at_ms + DESTRUCTION_VALID_MS,
        )
    )
    draft.because("the destruction waits for a second person")


def second_destruction(draft: Draft, body: said.SecondIdentityDestruction, given: CommandInput) -> None:
    """The second person's word: what is sealed of the case so far is destroyed."""
    by, waits = given.command.actor.account, draft.county.destructions.get(body.case)
    if waits is None or waits.destruction != body.destruction:
        raise Refused("NO_DESTRUCTION", "no such destruction waits for a second person")
    refuse_unless(body.case not in draft.county.legal_holds, *LEGAL_HOLD)
    refuse_unless(waits.by != by, "SECOND_PERSON", "the second word is another person's")
    refuse_unless(draft.at_ms <= waits.expires_at_ms, "EXPIRED", "the destruction has waited too long; ask again")
    draft.emit(
        said.IdentityDestroyed(
            case=body.case,
            destruction=body.destruction,
            by=waits.by,
            second=by,
            ground=waits.ground,
            reference=waits.reference,
            at_ms=draft.at_ms,
        )
    )


def set_hold(draft: Draft, body: said.SetLegalHold, given: CommandInput) -> None:
    """Nothing of this case may be destroyed from now on, though two people wanted it."""
    refuse_unless(body.case not in draft.county.legal_holds, "LEGAL_HOLD", "a legal hold stands already")
    by = given.command.actor.account
    draft.emit(said.LegalHoldSet(case=body.case, by=by, reason=body.reason, at_ms=draft.at_ms))


def lift_hold(draft: Draft, body: said.LiftLegalHold, given: CommandInput) -> None:
    """The hold is lifted."""
    refuse_unless(body.case in draft.county.legal_holds, "NO_HOLD", "no legal hold stands")
    by = given.command.actor.account
    draft.emit(said.LegalHoldLifted(case=body.case, by=by, reason=body.reason, at_ms=draft.at_ms))
