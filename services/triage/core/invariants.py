"""What must hold of every state and of every step, whatever happens. Used by `wardline verify` and by the tests."""

from shared.contracts.alerts import AlertRequested, FeedbackDue, OutcomeRecorded
from shared.contracts.base import Message
from shared.contracts.crossings import ChildMetElsewhere, TransferAnswered, TransferSettled, TransferWithdrawn
from shared.contracts.events import (
    AnswerRecorded,
    CaseClosed,
    CaseReopened,
    ClockBreached,
    CommandAccepted,
    CommandRefused,
    DutyRecorded,
    LevelSet,
    MeasureEnded,
    PlaceReleased,
    PolicyActivated,
    StateChanged,
)
from shared.contracts.identity import (
    IdentityDestroyed,
    IdentityDestructionRequested,
    IdentityOpened,
    LegalHoldLifted,
    LegalHoldSet,
    OpeningBasis,
)
from shared.contracts.separation import ReportSeparated
from shared.contracts.vocabulary import CaseState, Measure

from services.triage.core import custody, identity, notices
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.state import BookState, Case, County, Duties

BY_POLICY = "POLICY"
OF_CLOSED = frozenset({notices.PLACE, notices.DUTY})
AFTER_CLOSING = (
    CaseReopened,
    OutcomeRecorded,
    AnswerRecorded,
    CommandRefused,
    FeedbackDue,
    PlaceReleased,
    IdentityDestructionRequested,
    IdentityDestroyed,
    LegalHoldSet,
    LegalHoldLifted,
    DutyRecorded,
    TransferAnswered,
    TransferWithdrawn,
    TransferSettled,
    ChildMetElsewhere,
)
"""What may still be recorded of a closed case: late outcomes, refusals, a bed given back, a duty that outlived it, that
its identity is held or destroyed, what another county says of it, and that it opens again."""
CLOSED_STATES = frozenset({CaseState.CLOSED, CaseState.DUPLICATE, CaseState.TRANSFERRED})
COMMANDS_AFTER_CLOSING = frozenset(
    {"ReopenCase", "RecordDuty", "DestroyIdentity", "SecondIdentityDestruction", "SetLegalHold", "LiftLegalHold"}
)


def check(state: BookState) -> list[str]:
    """Every broken invariant of a state, in words without identities; empty when all hold."""
    faults: list[str] = []
    pending: dict[str, tuple[str, str | None]] = {}
    for county in state.counties.values():
        pending.update(dict.fromkeys(county.deadlines, (county.county, None)))
        faults += _check_holds(county)
        for case in county.cases.values():
            pending.update(dict.fromkeys(case.deadlines, (county.county, case.case)))
            faults += [f"{case.case}: {fault}" for fault in _check_case(state, county, case)]
        faults += [f"{name}: open and closed" for name in county.stubs if name in county.cases]
        for name, duties in county.duties.items():
            pending.update(dict.fromkeys(duties.deadlines, (county.county, name)))
            faults += [f"{name}: {fault}" for fault in _check_duties(county, name, duties)]
    if pending != dict(state.deadlines):
        faults.append("the index of pending deadlines differs from the cases'")
    return faults


def _two_people(before: BookState, event: PolicyActivated) -> list[str]:
    """A policy is in force by the word of two people (of old, one of them only named the other)."""
    if event.approved_kid is None:
        return []
    waits = before.proposal
    proposed = waits is not None and (waits.policy, waits.by, waits.approver, waits.kid, dict(waits.texts)) == (
        event.policy,
        event.by,
        event.approved_by,
        event.kid,
        event.texts,
    )
    if not proposed:
        return [f"{event.policy}: active, but not as it was proposed"]
    return [f"{event.policy}: one person proposed and approved it"] if event.by == event.approved_by else []


def check_event(before: BookState, event: Message) -> list[str]:
    """Whether an event may follow a state: nothing after closing, the level never down but by a named officer."""
    if isinstance(event, PolicyActivated):
        return _two_people(before, event)
    case_id = getattr(event, "case", None)
    if not isinstance(case_id, str):
        return []
    faults = []
    if before.stub(case_id) is not None and not isinstance(event, AFTER_CLOSING):
        closing = isinstance(event, StateChanged) and event.state in CLOSED_STATES
        ordered = isinstance(event, CommandAccepted) and event.command in COMMANDS_AFTER_CLOSING
        notice = isinstance(event, AlertRequested) and notices.kind_of(event.alert_id) in OF_CLOSED
        left = before.duties(case_id)
        of_duty = isinstance(event, ClockBreached) and left is not None and event.clock in left.clocks
        if not closing and not ordered and not notice and not of_duty:
            faults.append(f"{case_id}: {type(event).__name__} after closing")
    case = before.case(case_id)
    if isinstance(event, LevelSet) and event.by == BY_POLICY and case is not None and case.level is not None:
        lower = event.level.urgency < case.level.urgency
        if lower:
            faults.append(f"{case_id}: the level went down without a named officer")
    if isinstance(event, AlertRequested) and case is not None and event.alert_id in case.alerts:
        faults.append(f"{case_id}: an alert id was used twice")
    if isinstance(event, MeasureEnded) and event.assessed_by == event.by:
        signed = case is not None and custody.guardianship_in_force(case)
        if signed:
            faults.append(f"{case_id}: one person assessed the return and decided it")
    faults += [f"{case_id}: {fault}" for fault in _check_identity(before, case, event)]
    if isinstance(event, ReportSeparated):
        faults += [f"{case_id}: {fault}" for fault in _check_separated(before, case, event)]
    if isinstance(event, CaseClosed) and case is None:
        faults.append(f"{case_id}: closed, but not open")
    return faults


def _check_separated(before: BookState, case: Case | None, event: ReportSeparated) -> list[str]:
    """No child is lost: the case's own report stays, and the one that goes has an open case of its own."""
    new = before.case(event.opened)
    faults = ["its own report was taken from it"] if case is not None and case.receipt == event.receipt else []
    if new is None or new.receipt != event.receipt or event.opened == event.case:
        faults.append("a report was separated and has no case of its own")
    return faults


def _check_identity(before: BookState, case: Case | None, event: Message) -> list[str]:
    """Whether an identity may be opened or destroyed so: two people where two are needed, no hold, never for ever."""
    if isinstance(event, IdentityDestroyed):
        county = before.county(before.cases.get(event.case, ""))
        waits = county.destructions.get(event.case)
        faults = ["an identity under a legal hold was destroyed"] if event.case in county.legal_holds else []
        by_two = waits is not None and waits.by == event.by and event.by != event.second
        return faults if by_two else [*faults, "one person alone destroyed an identity"]
    if not isinstance(event, IdentityOpened):
        return []
    if case is None:
        return ["an identity was opened of a case that is not open"]
    faults = []
    if event.basis is OpeningBasis.OFFICER and identity.needs_second(before, case, event.parts):
        waits_for = case.openings.get(event.opening)
        if waits_for is None or waits_for.by != event.by or event.second in {None, event.by}:
            faults.append("one person alone opened what needs two")
    if event.basis is OpeningBasis.BREAK_GLASS and event.clock is None:
        faults.append("an opening by one officer alone has no review")
    return faults


def _check_case(state: BookState, county: County, case: Case) -> list[str]:
    faults = []
    if not case.deadlines:
        faults.append("open without a next deadline")
    if case.custody is None:
        faults.append("custody is not set")
    deferred = any(deadline.kind is DeadlineKind.ASSESSMENT for deadline in case.deadlines.values())
    if case.level is None and not deferred:
        faults.append("no level")
    if case.state is None:
        faults.append("no state")
    if state.cases.get(case.case) != county.county:
        faults.append("not in the index of cases")
    if case.hold is not None and case.case not in (county.holds.get(case.hold) or ()):
        faults.append("holds a bed that the place does not know of")
    if case.measure_active and case.measure is not None and case.measure.measure is Measure.NONE:
        faults.append("a measure of none is in force")
    climbing = [ladder for ladder in case.ladders.values() if ladder.acknowledged_by is None]
    faults += [
        f"the ladder of {ladder.department.value} is silent" for ladder in climbing if ladder.next_deadline is None
    ]
    faults += [
        f"the acknowledgement of {ladder.department.value} never lapses"
        for ladder in case.ladders.values()
        if ladder.acknowledged_by is not None and not ladder.dispatched and ladder.acknowledged_deadline is None
    ]
    faults += [f"the clock {clock.clock} waits for nothing" for clock in case.clocks.values() if _stopped(clock, case)]
    return faults


def _stopped(clock: object, case: Case) -> bool:
    deadline, met = getattr(clock, "deadline", None), getattr(clock, "met", False)
    return not met and (deadline is None or deadline not in case.deadlines)


def _check_duties(county: County, name: str, duties: Duties) -> list[str]:
    """What outlives a closed case waits for its own moment, each for one."""
    faults = [] if name in county.stubs else ["duties outlive a case that is not closed"]
    waits = {clock.deadline for clock in duties.clocks.values() if not clock.met}
    if waits != set(duties.deadlines) or len(waits) != len(duties.clocks) or not waits:
        faults.append("a duty that outlives it waits for nothing")
    return faults


def _check_holds(county: County) -> list[str]:
    faults = []
    for place_id, cases in county.holds.items():
        place = county.places.get(place_id)
        if place is not None and len(cases) > place.capacity:
            faults.append(f"{place_id}: {len(cases)} children in {place.capacity} beds")
        if len(set(cases)) != len(cases):
            faults.append(f"{place_id}: a child counted twice")
        for name in cases:
            case = county.cases.get(name)
            if case is not None and case.hold != place_id:
                faults.append(f"{place_id}: given to {name}, which does not hold it")
            if case is None and name not in county.stubs:
                faults.append(f"{place_id}: given to an unknown case")
    children = [name for cases in county.holds.values() for name in cases]
    if len(set(children)) != len(children):
        faults.append(f"{county.county}: a child has two places")
    return faults
