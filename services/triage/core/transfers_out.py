"""A case offered to another county: this one stays responsible, all clocks running, until it has an acceptance.

| what comes | while the offer stands | when it stands no more |
|---|---|---|
| accepted | recorded; the case closes as TRANSFERRED, or as soon as it may | recorded; the duty officer is told |
| refused | recorded; the duty officer is told | recorded |
| nothing | the clock TRANSFER_ANSWER runs out and climbs, again and again | - |

A case in which a guardianship is in force, or an opening by one officer alone is not reviewed, goes on until it is not:
then both counties have it.
"""

from typing import Final

from shared.contracts.assessment import ClockDue, Source
from shared.contracts.crossings import (
    CaseHandedOver,
    OfferAnswered,
    OfferMade,
    OfferWithdrawn,
    TransferAnswered,
    TransferOffered,
    TransferWithdrawn,
)
from shared.contracts.events import OPEN_CLOCKS_MAX, CaseClosed, ClockMet
from shared.contracts.vocabulary import (
    Basis,
    ClockType,
    CloseReason,
    Department,
    FeedbackStatus,
    LadderStep,
    Level,
)

from services.triage.core import clocks_of_case, custody, feedback, handing, ladders, places
from services.triage.core.clocks import HOUR_MS
from services.triage.core.decision import Draft
from services.triage.core.outgoing import send
from services.triage.core.state import Case

ANSWER_WITHIN_HOURS: Final = {Level.S1: 2, Level.S2: 24, Level.S3: 72, Level.S4: 240, Level.S0: 240}
ANSWER_SOURCE: Final = Source(
    rule="core.transfer-answer",
    basis=Basis.DESIGN,
    citation="设计值：移送的案件须书面接收，接收前由移送方负责，逾期未答复逐级提醒",
)
OFFER_KIND: Final = "TRANSFER"


def offer(draft: Draft, case: Case, to_county: str, reason: str, by: str, sealed_id: str | None) -> None:
    """Offer the case; only the clock of the answer begins."""
    name = f"{case.case}~{OFFER_KIND}~{case.deadline_count + 1}"
    said = TransferOffered(
        case=case.case,
        offer=name,
        to_county=to_county,
        reason=reason,
        by=by,
        at_ms=draft.at_ms,
        sealed_id=sealed_id,
    )
    draft.emit(said)
    due = ClockDue(
        id=handing.ANSWER,
        clock_type=ClockType.HOURS_24x7,
        start_at_ms=draft.at_ms,
        due_at_ms=draft.at_ms + ANSWER_WITHIN_HOURS[case.level or Level.S1] * HOUR_MS,
        source=ANSWER_SOURCE,
    )
    clocks_of_case.start(draft, case.case, due, again=True)
    send(draft, to_county, OfferMade(offer=name, reason=reason, by=by, handed=handing.handed(case)))
    draft.because("offered to another county: this one stays responsible until the acceptance is recorded")


def withdraw(draft: Draft, case_id: str, reason: str, *, sender_open: bool) -> None:
    """Take the offer back; an acceptance that is on its way finds that it stands no more."""
    case = draft.case(case_id)
    if case.transfer is None:
        return
    draft.emit(
        TransferWithdrawn(
            case=case_id,
            offer=case.transfer.offer,
            from_county=draft.county_code,
            reason=reason,
            sender_open=sender_open,
            at_ms=draft.at_ms,
        )
    )
    clocks_of_case.cancel(draft, case_id, handing.ANSWER, "WITHDRAWN")
    body = OfferWithdrawn(offer=case.transfer.offer, reason=reason, sender_open=sender_open)
    send(draft, case.transfer.to_county, body)


def before_closing(draft: Draft, case_id: str) -> None:
    """The case closes for a reason of its own while an offer of it is open: the other county learns it at once."""
    case = draft.case(case_id)
    if case.transfer is None:
        return
    if case.transfer.accepted_as is None:
        withdraw(draft, case_id, "CLOSED", sender_open=False)
    else:
        _hand_over(draft, case)


def of_offer(draft: Draft, offer_id: str) -> Case | None:
    """The open case of this county whose offer this is, and still stands."""
    case = draft.ours(offer_id.rsplit(f"~{OFFER_KIND}~", 1)[0])
    return case if case is not None and case.transfer is not None and case.transfer.offer == offer_id else None


def answered(draft: Draft, from_county: str, said: OfferAnswered) -> None:
    """The other county's answer; it has an effect once, and only while the offer stands."""
    case_id = said.offer.rsplit(f"~{OFFER_KIND}~", 1)[0]
    if draft.state.cases.get(case_id) != draft.county_code:
        draft.because("an answer to no offer of this county")
        return
    case = of_offer(draft, said.offer)
    stands = case is not None and case.transfer is not None and case.transfer.accepted_as is None
    stands = stands and case is not None and case.transfer is not None and case.transfer.to_county == from_county
    draft.emit(
        TransferAnswered(
            case=case_id,
            offer=said.offer,
            to_county=from_county,
            accepted=said.accepted,
            by=said.by,
            at_ms=said.at_ms,
            other_case=said.case,
            reference=said.reference,
            reason=said.reason,
            effect=stands,
        )
    )
    if not stands:
        draft.because("the offer stands no more: the answer has no effect here")
        still = draft.ours(case_id)
        if said.accepted and still is not None and still.transfer is None:
            ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "ACCEPTED_TOO_LATE")
        return
    clock = draft.case(case_id).clocks.get(handing.ANSWER)
    if clock is not None and not clock.met:
        draft.emit(ClockMet(case=case_id, clock=handing.ANSWER, at_ms=draft.at_ms))
    if not said.accepted:
        draft.because("the other county refuses: the case stays here")
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "TRANSFER_REFUSED")
        return
    complete(draft, case_id)
    if draft.state.case(case_id) is not None:
        draft.because("accepted, but a guardianship or an opening is not finished here: both counties have the case")
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "TRANSFER_WAITS")


def complete(draft: Draft, case_id: str) -> None:
    """Close an accepted case as transferred, as soon as nothing of this county's own stands in it."""
    case = draft.ours(case_id)
    if case is None or case.transfer is None or case.transfer.accepted_as is None:
        return
    if custody.guardianship_in_force(case) or case.unreviewed:
        return
    _hand_over(draft, case)
    ladders.withdraw(draft, case_id, "TRANSFERRED")
    own = [name for name, clock in sorted(case.clocks.items()) if not clock.met and _stays(name)]
    for name in sorted(set(case.clocks) - set(own)):
        clocks_of_case.cancel(draft, case_id, name, "TRANSFERRED")
    feedback.tell(draft, case_id, FeedbackStatus.TRANSFERRED)
    lives_there = case.custody is not None and case.custody.place_id == case.hold
    if case.hold is not None and not lives_there:
        places.release(draft, case_id, case.hold, "TRANSFERRED")
    draft.because("the acceptance is recorded: the other county alone is responsible from now on")
    draft.emit(
        CaseClosed(
            case=case_id,
            reason=CloseReason.TRANSFERRED,
            by=handing.by_county(case.transfer.to_county),
            at_ms=draft.at_ms,
            open_clocks=tuple(own[:OPEN_CLOCKS_MAX]) or None,
        )
    )
    places.offer_waiting(draft)


def _stays(name: str) -> bool:
    return name != handing.ANSWER and name.partition(".")[0] in handing.STAYING


def _hand_over(draft: Draft, case: Case) -> None:
    if case.transfer is not None:
        body = CaseHandedOver(offer=case.transfer.offer, at_ms=draft.at_ms, handed=handing.handed(case))
        send(draft, case.transfer.to_county, body)
