"""Folds of messages between counties: sent until they are receipted, and known again when they come twice."""

from immutables import Map
from shared.contracts.crossings import CrossingReceived, CrossingRepeated, CrossingSent, CrossingSettled

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.state import BookState, County, Deadline, Outbound, changed


def sent(state: BookState, event: CrossingSent, at_ms: int) -> BookState:
    """It waits for its receipt."""
    waits = Outbound(event.crossing, event.to_county, event.body.type, getattr(event.body, "offer", ""), event.deadline)
    return _waiting(state, state.county(event.county), waits, event.due_at_ms)


def repeated(state: BookState, event: CrossingRepeated, at_ms: int) -> BookState:
    """Sent once more; the next repetition has its own deadline."""
    county = state.county(event.county)
    known = county.outbox.get(event.crossing)
    if known is None:
        return state
    county = changed(county, deadlines=_without(county, known.deadline))
    return _waiting(state, county, known._replace(deadline=event.deadline, tries=event.tries), event.due_at_ms)


def settled(state: BookState, event: CrossingSettled, at_ms: int) -> BookState:
    """Receipted: nothing waits any more."""
    county = state.county(event.county)
    known = county.outbox.get(event.crossing)
    if known is None:
        return state
    outbox = county.outbox.delete(event.crossing)
    return state.with_county(changed(county, outbox=outbox, deadlines=_without(county, known.deadline)))


def received(state: BookState, event: CrossingReceived, at_ms: int) -> BookState:
    """Its id is known again; one that keeps coming stays known."""
    return state.having(crossings=state.crossings.added(event.crossing_id, value=True, at_ms=at_ms))


def _waiting(state: BookState, county: County, waits: Outbound, due_at_ms: int) -> BookState:
    deadline = Deadline(DeadlineKind.CROSSING, due_at_ms, waits.crossing)
    return state.with_county(
        changed(
            county,
            outbox=county.outbox.set(waits.crossing, waits),
            deadlines=county.deadlines.set(waits.deadline, deadline),
            deadline_count=county.deadline_count + 1,
        )
    )


def _without(county: County, deadline: str) -> Map[str, Deadline]:
    return county.deadlines.delete(deadline) if deadline in county.deadlines else county.deadlines
