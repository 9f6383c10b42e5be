"""Folds of the registry and of the book: contacts, shifts, places, accounts, policy, commands seen."""

from typing import TypeVar

from immutables import Map
from shared.contracts.alerts import OutcomeRecorded
from shared.contracts.events import (
    AccountSet,
    AnswerRecorded,
    AreaSet,
    CommandAccepted,
    CommandRefused,
    ContactSet,
    OffersDeferred,
    OffersResumed,
    PlaceLicenceExpired,
    PlaceSet,
    PolicyActivated,
    PolicyProposed,
    ShiftSet,
)

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.folds.cases import with_county
from services.triage.core.state import BookState, County, Deadline, Proposal, SetBy, changed

T = TypeVar("T")
SHIFT_KEPT_MS = 7 * 24 * 3600 * 1000
UNREMEMBERED_REFUSALS = frozenset({"UNSIGNED", "REPEATED"})
"""A forged command must not use up the id of a true one; a repetition is remembered already."""


def contact_set(state: BookState, event: ContactSet, at_ms: int) -> BookState:
    """An office contact, found again by department and role."""
    contact = event.contact
    county = state.county(contact.county)
    of_role = county.contacts_of_role
    old = county.contacts.get(contact.contact_id)
    if old is not None:
        others = tuple(name for name in of_role[(old.department, old.role)] if name != contact.contact_id)
        of_role = of_role.set((old.department, old.role), others)
    key = (contact.department, contact.role)
    of_role = of_role.set(key, (*(of_role.get(key) or ()), contact.contact_id))
    contacts = county.contacts.set(contact.contact_id, contact)
    return with_county(state, changed(county, contacts=contacts, contacts_of_role=of_role))


def shift_set(state: BookState, event: ShiftSet, at_ms: int) -> BookState:
    """A shift; those that ended a week ago are dropped."""
    county = state.county(event.shift.county)
    shifts = county.shifts.set(event.shift.shift_id, event.shift)
    setters = _with_setter(county.shifts_set_by, event.shift.shift_id, event.by)
    for shift_id, shift in county.shifts.items():
        if shift.until_ms < at_ms - SHIFT_KEPT_MS and shift_id != event.shift.shift_id:
            shifts = shifts.delete(shift_id)
            setters = _with_setter(setters, shift_id, None)
    return with_county(state, changed(county, shifts=shifts, shifts_set_by=setters))


def place_set(state: BookState, event: PlaceSet, at_ms: int) -> BookState:
    """A place, with the deadline of its licence."""
    county = _without_licence(state.county(event.place.county), event.place.place_id)
    county = changed(county, places=county.places.set(event.place.place_id, event.place))
    if event.deadline is not None and event.place.licence_until_ms is not None:
        deadline = Deadline(DeadlineKind.LICENCE, event.place.licence_until_ms, event.place.place_id)
        county = changed(
            county,
            deadlines=county.deadlines.set(event.deadline, deadline),
            licences=county.licences.set(event.place.place_id, event.deadline),
            deadline_count=county.deadline_count + 1,
        )
    return with_county(state, county)


def licence_expired(state: BookState, event: PlaceLicenceExpired, at_ms: int) -> BookState:
    """The deadline is used up; that the licence has ended is seen from the place itself."""
    return with_county(state, _without_licence(state.county(event.county), event.place_id))


def offers_deferred(state: BookState, event: OffersDeferred, at_ms: int) -> BookState:
    """The offering goes on in a record of its own."""
    county = state.county(event.county)
    deadline = Deadline(DeadlineKind.OFFER, event.due_at_ms, "NOW")
    deadlines = county.deadlines.set(event.deadline, deadline)
    return with_county(state, changed(county, deadlines=deadlines, deadline_count=county.deadline_count + 1))


def offers_resumed(state: BookState, event: OffersResumed, at_ms: int) -> BookState:
    """The deadline is used up."""
    county = state.county(event.county)
    deadlines = county.deadlines
    for name, deadline in county.deadlines.items():
        if deadline.kind is DeadlineKind.OFFER:
            deadlines = deadlines.delete(name)
    return with_county(state, changed(county, deadlines=deadlines))


def account_set(state: BookState, event: AccountSet, at_ms: int) -> BookState:
    """An account, and who set it."""
    county, name = state.county(event.account.county), event.account.account
    setter = None if event.by is None or event.kid is None else SetBy(event.by, event.kid)
    setters = _with_setter(county.accounts_set_by, name, setter)
    accounts = county.accounts.set(name, event.account)
    return with_county(state, changed(county, accounts=accounts, accounts_set_by=setters))


def _with_setter(setters: Map[str, T], name: str, setter: T | None) -> Map[str, T]:
    if setter is not None:
        return setters.set(name, setter)
    return setters.delete(name) if name in setters else setters


def area_set(state: BookState, event: AreaSet, at_ms: int) -> BookState:
    """The county's configuration."""
    return with_county(state, changed(state.county(event.area.county), area=event.area))


def policy_proposed(state: BookState, event: PolicyProposed, at_ms: int) -> BookState:
    """A policy waits for the second person; it takes the place of one that waited before."""
    proposal = Proposal(event.policy, Map(event.texts), event.by, event.kid, event.approver, event.expires_at_ms)
    return state.having(proposal=proposal)


def policy_activated(state: BookState, event: PolicyActivated, at_ms: int) -> BookState:
    """The policy in force from here on."""
    return state.having(policy_id=event.policy, policy_texts=Map(event.texts), proposal=None)


def command_accepted(state: BookState, event: CommandAccepted, at_ms: int) -> BookState:
    """The command's id is known again."""
    return state.having(commands=state.commands.added(event.command_id, value=True, at_ms=at_ms))


def command_refused(state: BookState, event: CommandRefused, at_ms: int) -> BookState:
    """Likewise, so that a second delivery is not decided otherwise."""
    if event.reason in UNREMEMBERED_REFUSALS:
        return state
    return state.having(commands=state.commands.added(event.command_id, value=False, at_ms=at_ms))


def outcome_seen(state: BookState, event: OutcomeRecorded, at_ms: int) -> BookState:
    """An alert is settled once; its id is known again."""
    return state.having(outcomes=state.outcomes.added(event.alert_id, value=True, at_ms=at_ms))


def answer_seen(state: BookState, event: AnswerRecorded, at_ms: int) -> BookState:
    """An answer counts once."""
    return state.having(outcomes=state.outcomes.added(event.outcome_id, value=True, at_ms=at_ms))


def _without_licence(county: County, place_id: str) -> County:
    deadline = county.licences.get(place_id)
    if deadline is None:
        return county
    return changed(county, licences=county.licences.delete(place_id), deadlines=county.deadlines.delete(deadline))
