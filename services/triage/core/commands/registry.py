"""The registry: whatever changes there is felt at once by ladders that could tell nobody and children who wait."""

from shared.contracts import commands as asked
from shared.contracts.events import AccountSet, AreaSet, ContactSet, PlaceSet, ShiftSet
from shared.contracts.vocabulary import Role

from services.triage.core import ladders, places
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput


def set_contact(draft: Draft, body: asked.SetContact, given: CommandInput) -> None:
    """An office contact."""
    _here(draft, body.contact.county)
    draft.emit(ContactSet(contact=body.contact))
    ladders.restaff(draft)


def set_shift(draft: Draft, body: asked.SetShift, given: CommandInput) -> None:
    """A shift of the rota."""
    _here(draft, body.shift.county)
    refuse_unless(body.shift.from_ms < body.shift.until_ms, "EMPTY_SHIFT", "a shift ends after it begins")
    draft.emit(ShiftSet(shift=body.shift, by=given.command.actor.account))
    ladders.restaff(draft)


def set_place(draft: Draft, body: asked.SetPlace, given: CommandInput) -> None:
    """A place, its beds offered at once; with a deadline where its licence ends."""
    place = body.place
    _here(draft, place.county)
    refuse_unless(given.command.book is None, "ONE_BOOK", "a place's beds are counted in its county's own book alone")
    refuse_unless(place.age_years_min <= place.age_years_max, "AGES", "the youngest age is above the oldest")
    deadline = None
    if place.active and place.licence_until_ms is not None and place.licence_until_ms > draft.now_ms:
        number = draft.county.deadline_count + 1
        deadline = deadline_id(draft.county_code, DeadlineKind.LICENCE, place.place_id[:60], number)
    draft.emit(PlaceSet(place=place, deadline=deadline))
    places.revalidate(draft, place.place_id)


def set_account(draft: Draft, body: asked.SetAccount, given: CommandInput) -> None:
    """An account; operators are anchored in the genesis and never made by command.

    An administrator makes no administrators and no account that reaches beyond the administrator's own area: else one
    person could give themselves the accounts of several.
    """
    account, actor = body.account, given.command.actor
    _here(draft, account.county)
    refuse_unless(account.role is not Role.OPERATOR, "ROLE", "operators are anchored in the genesis")
    if actor.role is not Role.OPERATOR:
        before = draft.county.accounts.get(account.account)
        both = (account,) if before is None else (account, before)
        makes = all(each.role is not Role.ADMINISTRATOR for each in both)
        refuse_unless(makes, "ROLE", "an administrator's account is set by an operator")
        within = all(each.area_prefix.startswith(actor.area_prefix) for each in both)
        refuse_unless(within, "AREA", "the account reaches beyond the administrator's area")
    draft.emit(AccountSet(account=account, by=actor.account, kid=given.command.kid))


def set_area(draft: Draft, body: asked.SetArea, given: CommandInput) -> None:
    """The county's configuration."""
    _here(draft, body.area.county)
    draft.emit(AreaSet(area=body.area))


def _here(draft: Draft, county: str) -> None:
    refuse_unless(county == draft.county_code, "COUNTY", "the entry is another county's")
