"""Folds of measures and places: proposed, signed, refused, ended; beds held and released."""

from shared.contracts.events import (
    MeasureEnded,
    MeasureProposed,
    MeasureRefused,
    MeasureSigned,
    MeasureSuperseded,
    PlaceHeld,
    PlaceReleased,
    PlacesRanked,
)
from shared.contracts.vocabulary import EndReason, Measure, MeasureStatus, Wishes

from services.triage.core.folds.cases import with_case, with_county
from services.triage.core.state import LASTING, BookState, MeasureState, changed


def proposed(state: BookState, event: MeasureProposed, at_ms: int) -> BookState:
    """The one measure of the case (temporary care is in effect at once)."""
    case = state.case(event.case)
    if case is None:
        return state
    measure = MeasureState(
        measure=event.measure,
        status=event.status,
        organ=event.organ,
        ground=event.ground,
        source=event.source,
        place_reason=event.place_reason,
        decide_by_ms=event.decide_by_ms,
        placement_order=event.placement_order,
    )
    return with_case(state, changed(case, measure=measure))


def ranked(state: BookState, event: PlacesRanked, at_ms: int) -> BookState:
    """Places were weighed again."""
    case = state.case(event.case)
    if case is None or case.measure is None:
        return state
    return with_case(state, changed(case, measure=changed(case.measure, place_reason=event.place_reason)))


def superseded(state: BookState, event: MeasureSuperseded, at_ms: int) -> BookState:
    """The weaker measure makes room; the bed stays held."""
    case = state.case(event.case)
    return state if case is None else with_case(state, changed(case, measure=None))


def signed(state: BookState, event: MeasureSigned, at_ms: int) -> BookState:
    """A signatory's decision."""
    case = state.case(event.case)
    if case is None or case.measure is None:
        return state
    return with_case(
        state,
        changed(
            case,
            measure=changed(case.measure, status=event.status),
            wishes=case.wishes if event.wishes is Wishes.UNKNOWN else event.wishes,
            document_number=event.document_number,
            document_pending=event.document_number is None,
            returned_at_ms=at_ms if event.measure is Measure.RETURN_TO_ABLE_GUARDIAN else case.returned_at_ms,
        ),
    )


def refused(state: BookState, event: MeasureRefused, at_ms: int) -> BookState:
    """Refused; a place that was refused is not offered to this child again."""
    case = state.case(event.case)
    if case is None or case.measure is None:
        return state
    places = case.places_refused if event.place_id is None else (*case.places_refused, event.place_id)
    measure = changed(case.measure, status=MeasureStatus.REFUSED)
    return with_case(state, changed(case, measure=measure, places_refused=places))


def ended(state: BookState, event: MeasureEnded, at_ms: int) -> BookState:
    """Care or guardianship ended."""
    case = state.case(event.case)
    if case is None or case.measure is None:
        return state
    measure = changed(case.measure, status=MeasureStatus.ENDED, ended=event.reason)
    returned_at_ms = at_ms if event.reason is EndReason.RETURNED_ASSESSED else case.returned_at_ms
    home = event.reason is EndReason.RETURNED_ASSESSED
    lasting = event.reason if event.reason in LASTING else None if home else case.lasting
    return with_case(state, changed(case, measure=measure, returned_at_ms=returned_at_ms, lasting=lasting))


def held(state: BookState, event: PlaceHeld, at_ms: int) -> BookState:
    """One bed less."""
    case = state.case(event.case)
    if case is None:
        return state
    state = with_case(state, changed(case, hold=event.place_id))
    county = state.county(case.county)
    cases = county.holds.get(event.place_id) or ()
    if event.case in cases:
        return state
    return with_county(state, changed(county, holds=county.holds.set(event.place_id, (*cases, event.case))))


def released(state: BookState, event: PlaceReleased, at_ms: int) -> BookState:
    """One bed more; also when the case was closed while the child lived there."""
    county_code = state.cases.get(event.case)
    if county_code is None:
        return state
    case = state.case(event.case)
    if case is not None and case.hold == event.place_id:
        state = with_case(state, changed(case, hold=None))
    county = state.county(county_code)
    cases = tuple(other for other in county.holds.get(event.place_id) or () if other != event.case)
    holds = county.holds.set(event.place_id, cases)
    if not cases:
        holds = holds.delete(event.place_id)
    return with_county(state, changed(county, holds=holds))
