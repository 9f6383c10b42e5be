"""Folds of openings, reviews, destructions and legal holds. No identity is ever in the state."""

from shared.contracts.identity import (
    BreakGlassReviewed,
    IdentityDestroyed,
    IdentityDestructionRequested,
    IdentityOpened,
    IdentityOpeningRequested,
    LegalHoldLifted,
    LegalHoldSet,
    OpeningBasis,
)

from services.triage.core.state import BookState, BrokenGlass, Destruction, WaitingOpening, changed


def opening_requested(state: BookState, event: IdentityOpeningRequested, at_ms: int) -> BookState:
    """It waits for the second person; those that have waited too long are dropped."""
    case = state.case(event.case)
    if case is None:
        return state
    kept = {name: each for name, each in case.openings.items() if each.expires_at_ms >= at_ms}
    kept[event.opening] = WaitingOpening(event.by, event.parts, event.reason, event.purpose, event.expires_at_ms)
    return state.with_case(changed(case, openings=type(case.openings)(kept)))


def opened(state: BookState, event: IdentityOpened, at_ms: int) -> BookState:
    """What waited does not wait any more; an opening by one officer alone waits for its review."""
    case = state.case(event.case)
    if case is None:
        return state
    if event.opening in case.openings:
        case = changed(case, openings=case.openings.delete(event.opening))
    if event.basis is OpeningBasis.BREAK_GLASS and event.clock is not None:
        alone = BrokenGlass(event.by, event.clock)
        case = changed(
            case, unreviewed=case.unreviewed.set(event.opening, alone), break_glass_count=case.break_glass_count + 1
        )
    return state.with_case(case)


def reviewed(state: BookState, event: BreakGlassReviewed, at_ms: int) -> BookState:
    """The review is done."""
    case = state.case(event.case)
    if case is None or event.opening not in case.unreviewed:
        return state
    return state.with_case(changed(case, unreviewed=case.unreviewed.delete(event.opening)))


def destruction_requested(state: BookState, event: IdentityDestructionRequested, at_ms: int) -> BookState:
    """It waits for the second person, in the place of an earlier one."""
    county = state.county(state.cases[event.case])
    waits = Destruction(event.destruction, event.by, event.ground, event.reference, event.expires_at_ms)
    return state.with_county(changed(county, destructions=county.destructions.set(event.case, waits)))


def destroyed(state: BookState, event: IdentityDestroyed, at_ms: int) -> BookState:
    """What waited is done."""
    county = state.county(state.cases[event.case])
    if event.case not in county.destructions:
        return state
    return state.with_county(changed(county, destructions=county.destructions.delete(event.case)))


def hold_set(state: BookState, event: LegalHoldSet, at_ms: int) -> BookState:
    """The case is held."""
    county = state.county(state.cases[event.case])
    return state.with_county(changed(county, legal_holds=county.legal_holds.set(event.case, event.by)))


def hold_lifted(state: BookState, event: LegalHoldLifted, at_ms: int) -> BookState:
    """The case is held no more."""
    county = state.county(state.cases[event.case])
    if event.case not in county.legal_holds:
        return state
    return state.with_county(changed(county, legal_holds=county.legal_holds.delete(event.case)))
