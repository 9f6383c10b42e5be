"""A case to another county: offered, taken back, accepted in writing, refused."""

from shared.contracts import crossings as asked
from shared.contracts.ids import COUNTY_UNKNOWN

from services.triage.core import across, custody, transfers_in, transfers_out
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import OfferStatus


def offer(draft: Draft, body: asked.OfferTransfer, given: CommandInput) -> None:
    """Offer the case; a guardianship in force ends first, by its own rules."""
    case = draft.case(body.case)
    elsewhere = body.to_county not in {draft.county_code, COUNTY_UNKNOWN} and not across.is_index(body.to_county)
    refuse_unless(elsewhere, "NOT_A_COUNTY", "name the county where the child is, another one than this")
    refuse_unless(case.transfer is None, "ALREADY_OFFERED", "an offer of this case waits for its answer")
    settled = case.incoming is None or case.incoming.status is not OfferStatus.ACCEPTED
    refuse_unless(settled, "NOT_SETTLED", "the county that handed it over has not recorded the acceptance yet")
    refuse_unless(case.undecidable is None and case.assessment is not None, "UNDECIDED", "decide the case first")
    refuse_unless(
        not custody.guardianship_in_force(case),
        "MEASURE_STANDS",
        "a temporary guardianship is in force; its county stays until a signatory ends it",
    )
    transfers_out.offer(draft, case, body.to_county, body.reason, given.command.actor.account, body.sealed_id)


def withdraw(draft: Draft, body: asked.WithdrawTransfer, given: CommandInput) -> None:
    """Take an offer back that nobody has accepted."""
    case = draft.case(body.case)
    refuse_unless(case.transfer is not None, "NOT_OFFERED", "no offer of this case is open")
    taken = case.transfer is not None and case.transfer.accepted_as is not None
    refuse_unless(not taken, "ALREADY_ACCEPTED", "the other county has accepted it")
    transfers_out.withdraw(draft, body.case, body.reason, sender_open=True)


def accept(draft: Draft, body: asked.AcceptTransfer, given: CommandInput) -> None:
    """Accept in writing what another county offers."""
    case = draft.case(body.case)
    refuse_unless(case.offered, "NOT_OFFERED", "no other county offers this case")
    transfers_in.accept(draft, case, given.command.actor.account, body.reference, body.sealed_id)


def refuse(draft: Draft, body: asked.RefuseTransfer, given: CommandInput) -> None:
    """Refuse what another county offers, with a reason."""
    case = draft.case(body.case)
    refuse_unless(case.offered, "NOT_OFFERED", "no other county offers this case")
    transfers_in.refuse(draft, case, given.command.actor.account, body.reason, body.sealed_id)
