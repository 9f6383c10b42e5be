"""Messages between counties: sent with the decision, repeated until they are receipted, decided once.

The shell sends what `CrossingSent`, `CrossingRepeated` and `CrossingReceived` (a receipt) of valid records say. A lost
message is repeated at its deadline, a lost receipt is given anew when the message comes again, and a message that was
decided before has no effect. So it matters to nobody in which order, or how often, messages come.
"""

from typing import Final

from shared.contracts.crossings import (
    CaseHandedOver,
    ChildMet,
    ChildrenFiled,
    Crossing,
    CrossingReceived,
    CrossingRepeated,
    CrossingSettled,
    OfferAnswered,
    OfferMade,
    OfferWithdrawn,
    Receipt,
)
from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import across, ladders, transfers_in, transfers_out
from services.triage.core.clocks import DAY_MS, HOUR_MS
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Draft
from services.triage.core.outgoing import FIRST_REPEAT_MS

REPEAT_MS_MAX: Final = HOUR_MS
UNHURRIED: Final = frozenset({"ChildrenFiled"})
"""Said again once a day at most: nobody waits for it."""
TOLD_AFTER_TRIES: Final = 3
"""An offer that the other county's book has not decided by then (7 min) is the sending officers' affair."""


def receive(draft: Draft, message: Crossing) -> None:
    """Decide what another county says, once; it is receipted whenever it comes."""
    body = message.body
    if isinstance(body, Receipt):
        _receipted(draft, body.crossing)
        return
    again = message.crossing_id in draft.state.crossings
    draft.emit(
        CrossingReceived(
            crossing_id=message.crossing_id,
            crossing=message.crossing,
            county=draft.county_code,
            from_county=message.from_county,
            body=body.type,
            again=again,
        )
    )
    if again:
        draft.because("decided before: receipted anew, without effect")
        return
    match body:
        case OfferMade():
            transfers_in.arrive(draft, message.from_county, body)
        case OfferWithdrawn():
            transfers_in.withdrawn(draft, message.from_county, body)
        case CaseHandedOver():
            transfers_in.handed_over(draft, message.from_county, body)
        case ChildrenFiled():
            across.filed(draft, message.from_county, body)
        case ChildMet():
            across.met(draft, message.from_county, body)
        case OfferAnswered():
            transfers_out.answered(draft, message.from_county, body)


def repeat(draft: Draft, crossing: str) -> None:
    """No receipt has come in time: the same message again, later and later, for as long as it takes."""
    waits = draft.county.outbox[crossing]
    tries = waits.tries + 1
    most_ms = DAY_MS if waits.body in UNHURRIED else REPEAT_MS_MAX
    after_ms = min(most_ms, FIRST_REPEAT_MS * 2 ** min(tries, 12))
    draft.emit(
        CrossingRepeated(
            crossing=crossing,
            county=draft.county_code,
            tries=tries,
            deadline=deadline_id(draft.county_code, DeadlineKind.CROSSING, waits.body, draft.county.deadline_count + 1),
            due_at_ms=max(draft.at_ms, draft.now_ms) + after_ms,
        )
    )
    draft.because(f"{waits.body}: no receipt of {waits.to_county} yet, sent again")
    case = transfers_out.of_offer(draft, waits.offer) if waits.body == "OfferMade" else None
    if case is not None and tries == TOLD_AFTER_TRIES:
        ladders.tell_also(draft, case.case, Department.CIVIL_AFFAIRS, LadderStep.E1, "OFFER_NOT_DELIVERED")


def _receipted(draft: Draft, crossing: str) -> None:
    if crossing not in draft.county.outbox:
        draft.because("a receipt of what waits for none")
        return
    draft.emit(CrossingSettled(crossing=crossing, county=draft.county_code))
