"""Places: a bed is held in the same decision as the proposal, released at the end, and offered on at once.

The most endangered child goes first; nobody is evicted for another; no bed is given twice.
"""

from functools import partial
from typing import Final

from shared.contracts.events import (
    OffersDeferred,
    OffersResumed,
    PlaceHeld,
    PlaceLicenceExpired,
    PlaceReleased,
    PlacesRanked,
)
from shared.contracts.vocabulary import Department, Holder, LadderStep, PlacementType

from services.triage.core import closed_cases, custody, kin, ladders
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Draft
from services.triage.core.state import Case
from services.triage.core.weighing import endangerment, free_beds, hold_rejected, licence_over, needs_place, search

OFFERED_AT_ONCE_MAX = 60
"""Beds that one record gives to waiting children; the offering goes on at once in the next."""
HOLDERS_OF: Final = {
    PlacementType.KIN: frozenset({Holder.KIN}),
    PlacementType.FOSTER: frozenset({Holder.FOSTER}),
    PlacementType.RESCUE_INST: frozenset({Holder.RESCUE_INST}),
    PlacementType.WELFARE_INST: frozenset({Holder.WELFARE_INST}),
    PlacementType.SHELTER: frozenset({Holder.RESCUE_INST}),
}
"""Who holds a child that lives in a place of this kind."""
RELEASES_TOLD_MAX = 100
"""Alerts of lost places in one record; every release is recorded."""


def hold(draft: Draft, case_id: str, place_id: str) -> None:
    """Hold one bed for the child."""
    draft.emit(PlaceHeld(case=case_id, place_id=place_id))


def release(draft: Draft, case_id: str, place_id: str, reason: str) -> None:
    """The bed is free; the caller offers it on."""
    draft.emit(PlaceReleased(case=case_id, place_id=place_id, reason=reason))


def release_needless(draft: Draft, case_id: str) -> None:
    """A child who is safe elsewhere by an officer's record keeps no bed from one who waits; the caller offers it on.

    Where the record names no place, a bed of the holder's own kind may be the very one: it stays held.
    """
    case = draft.case(case_id)
    place = draft.registry.places.get(case.hold) if case.hold is not None else None
    if case.hold is None or place is None or case.custody is None or not custody.safe_by_record(case):
        return
    if case.custody.holder in HOLDERS_OF.get(place.type, ()):
        return
    draft.because("the child is safe elsewhere by an officer's record: the bed that was held is free")
    release(draft, case_id, case.hold, "ELSEWHERE")


def offer_waiting(draft: Draft) -> None:
    """Offer free beds to every case of the county that waits for one, the most endangered first."""
    waiting = sorted(
        (case for case in draft.county.cases.values() if needs_place(case)), key=partial(endangerment, draft)
    )
    held = 0
    for waits in waiting:
        case = draft.case(waits.case)
        if not case.kin and not _any_free(draft):
            continue
        found = search(draft, case.case)
        if found.place_id is None:
            continue
        if held == OFFERED_AT_ONCE_MAX:
            _defer_offers(draft)
            return
        held += 1
        draft.emit(
            PlacesRanked(
                case=case.case,
                place_id=found.place_id,
                place_reason=found.reason,
                ranking=found.ranking,
                ranked_count=found.weighed,
            )
        )
        draft.because("a bed is free and held for the most endangered child that waits")
        hold(draft, case.case, found.place_id)
        ladders.tell_also(draft, case.case, Department.CIVIL_AFFAIRS, LadderStep.E1, "PLACE_FOUND")


def prefer_kin(draft: Draft, case_id: str, candidate_id: str) -> None:
    """A relative who is fit goes before an institution in which the child does not live yet (MPL 93(1)).

    Not where it would part the child from brothers and sisters who have a bed in the same place.
    """
    case = draft.case(case_id)
    lives_there = case.custody is not None and case.custody.place_id == case.hold
    if case.hold is None or case.hold in case.kin or lives_there or not case.measure_active:
        return
    place = draft.registry.places.get(case.hold)
    if PlacementType.KIN not in case.measure_order or (place is not None and place.type is PlacementType.KIN):
        return
    if kin.kin_rejected(case, case.kin[candidate_id]) is not None or _with_siblings(draft, case):
        return
    draft.because("a relative is willing and checked: kin goes before an institution")
    release(draft, case_id, case.hold, "KIN_FOUND")
    hold(draft, case_id, candidate_id)
    ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "PLACE_FOUND")


def _with_siblings(draft: Draft, case: Case) -> bool:
    return any(
        (other := draft.state.case(name)) is not None and other.hold == case.hold and other.hold is not None
        for name in case.linked
    )


def resume_offers(draft: Draft) -> None:
    """Go on where the last record had to stop."""
    draft.emit(OffersResumed(county=draft.county_code))
    offer_waiting(draft)


def _any_free(draft: Draft) -> bool:
    return any(free_beds(draft.registry, place) > 0 for place in draft.registry.places.values())


def _defer_offers(draft: Draft) -> None:
    if any(deadline.kind is DeadlineKind.OFFER for deadline in draft.county.deadlines.values()):
        return
    number = draft.county.deadline_count + 1
    deadline = deadline_id(draft.county_code, DeadlineKind.OFFER, "NOW", number)
    draft.emit(OffersDeferred(county=draft.county_code, deadline=deadline, due_at_ms=draft.at_ms))


def revalidate(draft: Draft, place_id: str) -> None:
    """The place has changed: whoever it can no longer take is released, the least endangered first, and told."""
    place = draft.registry.places[place_id]
    held = draft.county.holds.get(place_id) or ()
    usable = place.active and not licence_over(place, draft)
    open_cases = sorted((case for name in held if (case := draft.state.case(name))), key=partial(endangerment, draft))
    keep = max(0, place.capacity - (len(held) - len(open_cases))) if usable else 0
    for number, case in enumerate(open_cases[keep:]):
        release(draft, case.case, place_id, "CAPACITY" if usable else "PLACE_CLOSED")
        if number < RELEASES_TOLD_MAX:
            ladders.tell_also(draft, case.case, Department.CIVIL_AFFAIRS, LadderStep.E1, "PLACE_LOST")
    still = draft.county.holds.get(place_id) or ()
    closed = still[: max(0, len(still) - (place.capacity if usable else 0))]
    for name in closed:
        release(draft, name, place_id, "CAPACITY" if usable else "PLACE_CLOSED")
    if closed:
        closed_cases.lost_beds(draft, place_id, closed, "CAPACITY" if usable else "PLACE_CLOSED")
    told = 0
    for name in draft.county.holds.get(place_id) or ():
        if told < RELEASES_TOLD_MAX and draft.state.case(name) is not None:
            told += recheck(draft, name)
    offer_waiting(draft)


def recheck(draft: Draft, case_id: str) -> bool:
    """Give back the bed of a child whom the place may not take (any more), and say so. True when it was given back.

    A child who lives there loses it only for the household of the alleged person, never for an age or a sex.
    """
    case = draft.case(case_id)
    reason = hold_rejected(draft, case)
    if reason is None or case.hold is None:
        return False
    draft.because(f"the held place is no longer fit: {reason}")
    release(draft, case_id, case.hold, "NO_LONGER_FIT")
    ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "PLACE_LOST")
    return True


def expire_licence(draft: Draft, place_id: str) -> None:
    """The licence's deadline has passed: the beds are released and the children offered another place at once."""
    draft.emit(PlaceLicenceExpired(county=draft.county_code, place_id=place_id, lateness_ms=draft.lateness_ms))
    draft.because("a place's licence has ended")
    revalidate(draft, place_id)
