"""Folds of the duties that outlive a closed case: kept by `CaseClosed.open_clocks`, ended one by one, given back."""

from shared.contracts.events import CaseClosed, ClockBreached, DutyRecorded

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.state import BookState, Case, ClockState, County, Deadline, Duties, changed


def kept(county: County, case: Case, event: CaseClosed) -> County:
    """The county with what outlives the case; the clocks go on with the deadlines that they have."""
    duties = Duties()
    for name in event.open_clocks or ():
        clock = case.clocks.get(name)
        if clock is None or clock.deadline is None or clock.deadline not in case.deadlines:
            continue
        duties = duties.having(clock, case.deadlines[clock.deadline])
    return changed(county, duties=county.duties.set(case.case, duties)) if duties.clocks else county


def given_back(county: County, case: Case) -> tuple[County, Case]:
    """A case that opens again has its duties back."""
    duties = county.duties.get(case.case)
    if duties is None:
        return county, case
    county = changed(county, duties=county.duties.delete(case.case))
    return county, changed(case, clocks=duties.clocks, deadlines=duties.deadlines)


def breached(state: BookState, event: ClockBreached) -> BookState:
    """A duty of a closed case ran out; it runs again until somebody records it."""
    found = _running(state, event.case, event.clock)
    if found is None:
        return state
    county, duties, clock = found
    again = clock._replace(breaches=clock.breaches + 1, deadline=event.deadline)
    return _with(state, county, event.case, duties, again, event.next_due_at_ms)


def recorded(state: BookState, event: DutyRecorded, _at_ms: int) -> BookState:
    """A duty was done (a recurring one is due again), handed over, or has ended."""
    found = _running(state, event.case, event.clock)
    if found is None:
        return state
    county, duties, clock = found
    again = None
    if event.deadline is not None and event.next_due_at_ms is not None:
        again = clock._replace(
            breaches=0, deadline=event.deadline, due_at_ms=event.next_due_at_ms, start_at_ms=event.at_ms
        )
    return _with(state, county, event.case, duties.without(clock), again, event.next_due_at_ms)


def _running(state: BookState, case_id: str, clock: str) -> tuple[County, Duties, ClockState] | None:
    of = state.cases.get(case_id)
    duties = state.duties(case_id)
    if of is None or duties is None or clock not in duties.clocks:
        return None
    return state.county(of), duties, duties.clocks[clock]


def _with(
    state: BookState, county: County, case_id: str, duties: Duties, clock: ClockState | None, due_at_ms: int | None
) -> BookState:
    """The county with the duties as they are now; an id of a deadline is never used twice."""
    if clock is not None and due_at_ms is not None:
        duties = duties.without(clock).having(clock, Deadline(DeadlineKind.CLOCK, due_at_ms, clock.clock))
        stub = county.stubs[case_id]
        stubs = county.stubs.set(case_id, changed(stub, deadline_count=stub.deadline_count + 1))
        county = changed(county, stubs=stubs)
    left = county.duties.set(case_id, duties) if duties.clocks else county.duties.delete(case_id)
    return state.with_county(changed(county, duties=left))
