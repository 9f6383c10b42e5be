"""Folds of the response: clocks, ladders, alerts, acknowledgements of departments."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from immutables import Map
from shared.contracts.alerts import AlertRequested, AlertWithdrawn, OutcomeRecorded
from shared.contracts.assessment import Rung
from shared.contracts.events import (
    AcknowledgementExpired,
    ClockBreached,
    ClockCancelled,
    ClockMet,
    ClockStarted,
    DepartmentAcknowledged,
    DepartmentDeclined,
    DepartmentDispatched,
    HandoverDue,
    HandoverRested,
    LadderStarted,
    RungReached,
    RungScheduled,
    TakenOver,
)
from shared.contracts.vocabulary import ClockType, Department, LadderStep

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.folds import duties
from services.triage.core.folds.cases import with_case
from services.triage.core.state import BookState, Case, ClockState, Deadline, Ladder, PendingAlert, Step, changed

RECENT_ALERTS_MAX = 16
_AT = attrgetter("at_ms")
_BLANK = Ladder(Department.CIVIL_AFFAIRS, ())
_ORDER = {step: number for number, step in enumerate(LadderStep)}


def ladder_rungs(rungs: tuple[Rung, ...], department: Department) -> tuple[Rung, ...]:
    """The rungs of one department's ladder. A rung may tell somebody else, whom another's acknowledgement silences."""
    return tuple([rung for rung in rungs if rung.ladder is department])


def steps_of(rungs: Iterable[Rung]) -> tuple[Step, ...]:
    """Rungs grouped into the steps of a ladder, lowest first."""
    steps, last = [], -1
    for rung in rungs:
        step = rung.step
        order = _ORDER[step]
        if order <= last:
            return _grouped(rungs)
        steps.append(Step(step, rung.at_ms, (rung,)))
        last = order
    return tuple(steps)


def _grouped(rungs: Iterable[Rung]) -> tuple[Step, ...]:
    """Likewise, where a step has several rungs, or a lower one comes later."""
    found: dict[LadderStep, list[Rung]] = {}
    for rung in rungs:
        step = found.get(rung.step)
        if step is None:
            found[rung.step] = [rung]
        else:
            step.append(rung)
    return tuple([_step(step, found[step]) for step in sorted(found, key=_ORDER.__getitem__)])


def _step(step: LadderStep, rungs: list[Rung]) -> Step:
    at_ms = rungs[0].at_ms if len(rungs) == 1 else min(map(_AT, rungs))
    return Step(step, at_ms, tuple(rungs))


def ladders_of(rungs: tuple[Rung, ...]) -> dict[Department, list[Rung]]:
    """The rungs by the department whose ladder they stand on."""
    found: dict[Department, list[Rung]] = {}
    for rung in rungs:
        ladder = found.get(rung.ladder)
        if ladder is None:
            found[rung.ladder] = [rung]
        else:
            ladder.append(rung)
    return found


def beginning(department: Department, steps: tuple[Step, ...], old: Ladder | None) -> Ladder:
    """A ladder of which nothing is reached yet; the alerts of the one before it are still known."""
    return changed(_BLANK, department=department, steps=steps, recent=old.recent if old else ())


def clock_started(state: BookState, event: ClockStarted, at_ms: int) -> BookState:
    """A clock runs; an earlier one of the same id makes room."""
    case = state.case(event.case)
    if case is None:
        return state
    old = case.clocks.get(event.clock)
    period_ms = event.due_at_ms - event.start_at_ms if event.clock_type is ClockType.RECURRING else None
    clock = ClockState(
        event.clock, event.due_at_ms, event.deadline, event.source, period_ms, start_at_ms=event.start_at_ms
    )
    told_at_ms = event.due_at_ms if event.tell_at_ms is None else event.tell_at_ms
    deadline = Deadline(DeadlineKind.CLOCK, told_at_ms, event.clock)
    replaced = old.deadline if old else None
    return with_case(
        state,
        changed(
            case,
            clocks=case.clocks.set(event.clock, clock),
            deadlines=_replaced(case, replaced, event.deadline, deadline),
            deadline_count=case.deadline_count + 1,
        ),
    )


def clock_met(state: BookState, event: ClockMet, at_ms: int) -> BookState:
    """What it waited for happened."""
    return _clock_ended(state, event.case, event.clock, met=True)


def clock_cancelled(state: BookState, event: ClockCancelled, at_ms: int) -> BookState:
    """Not needed any more."""
    return _clock_ended(state, event.case, event.clock, met=False)


def clock_breached(state: BookState, event: ClockBreached, at_ms: int) -> BookState:
    """Ran out; runs again until it is met."""
    case = state.case(event.case)
    if case is None:
        return duties.breached(state, event)
    clock = case.clocks.get(event.clock)
    if clock is None:
        return state
    case = _without(case, clock.deadline)
    clock = clock._replace(breaches=clock.breaches + 1, deadline=event.deadline)
    case = changed(case, clocks=case.clocks.set(event.clock, clock))
    if event.deadline is not None and event.next_due_at_ms is not None:
        case = _with(case, event.deadline, Deadline(DeadlineKind.CLOCK, event.next_due_at_ms, event.clock))
    return with_case(state, case)


def ladder_started(state: BookState, event: LadderStarted, at_ms: int) -> BookState:
    """A ladder begins, or begins anew with other rungs: nothing is reached yet, nobody has acknowledged."""
    case = state.case(event.case)
    if case is None:
        return state
    old = case.ladders.get(event.department)
    if old is not None:
        case = _unheld(_without(case, old.next_deadline), old)
    of_assessment = case.assessment.rungs if case.assessment else ()
    rungs = event.rungs or ladder_rungs(of_assessment, event.department)
    ladder = beginning(event.department, steps_of(rungs), old)
    return with_case(state, changed(case, ladders=case.ladders.set(event.department, ladder)))


def rung_scheduled(state: BookState, event: RungScheduled, at_ms: int) -> BookState:
    """The next rung, by its deadline; it replaces the one scheduled before."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    deadline = Deadline(DeadlineKind.RUNG, event.due_at_ms, event.step.value, event.department)
    deadlines = _replaced(case, ladder.next_deadline, event.deadline, deadline)
    ladder = changed(ladder, next_step=event.step, next_repeat=event.repeat, next_deadline=event.deadline)
    return with_case(
        state,
        changed(
            case,
            ladders=case.ladders.set(event.department, ladder),
            deadlines=deadlines,
            deadline_count=case.deadline_count + 1,
        ),
    )


def rung_reached(state: BookState, event: RungReached, at_ms: int) -> BookState:
    """A rung was told or skipped; its deadline is used up."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    changes: dict[str, Any] = {}
    if ladder.next_deadline is not None and ladder.next_deadline in case.deadlines:
        changes["deadlines"] = case.deadlines.delete(ladder.next_deadline)
    ladder = changed(
        ladder,
        step=event.step,
        repeat=event.repeat,
        told=event.staffed,
        stand_in=event.stand_in,
        reached_at_ms=at_ms,
        next_step=None,
        next_deadline=None,
    )
    if event.stand_in is not None and event.contacts:
        changes["stood_in_at_ms"] = case.stood_in_at_ms.set(event.stand_in, at_ms)
    return with_case(state, changed(case, ladders=case.ladders.set(event.department, ladder), **changes))


def acknowledged(state: BookState, event: DepartmentAcknowledged, at_ms: int) -> BookState:
    """The department's ladder rests until it dispatches or the acknowledgement lapses."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _unheld(_without(case, ladder.next_deadline), ladder)
    ladder = changed(
        ladder,
        acknowledged_by=event.by,
        acknowledged_deadline=event.deadline,
        handover_deadline=None,
        dispatched=False,
        next_step=None,
        next_deadline=None,
    )
    deadline = Deadline(DeadlineKind.ACKNOWLEDGEMENT, event.expires_at_ms, event.department.value, event.department)
    return with_case(state, _with(_with_ladder(case, ladder), event.deadline, deadline))


def acknowledgement_expired(state: BookState, event: AcknowledgementExpired, at_ms: int) -> BookState:
    """Nobody has taken over any more."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _unheld(case, ladder)
    ladder = changed(ladder, acknowledged_by=None, acknowledged_deadline=None, handover_deadline=None, dispatched=False)
    return with_case(state, _with_ladder(case, ladder))


def handover_due(state: BookState, event: HandoverDue, at_ms: int) -> BookState:
    """Whoever has it in hand goes off duty then; an earlier such deadline makes room."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _without(case, ladder.handover_deadline)
    case = _with_ladder(case, changed(ladder, handover_deadline=event.deadline))
    deadline = Deadline(DeadlineKind.SHIFT, event.due_at_ms, event.department.value, event.department)
    return with_case(state, _with(case, event.deadline, deadline))


def handover_rested(state: BookState, event: HandoverRested, at_ms: int) -> BookState:
    """Nothing needs to be taken over any more."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _without(case, ladder.handover_deadline)
    return with_case(state, _with_ladder(case, changed(ladder, handover_deadline=None)))


def taken_over(state: BookState, event: TakenOver, at_ms: int) -> BookState:
    """Another officer has it in hand; by when somebody must be sent stays as it was."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _without(case, ladder.handover_deadline)
    return with_case(state, _with_ladder(case, changed(ladder, acknowledged_by=event.by, handover_deadline=None)))


def dispatched(state: BookState, event: DepartmentDispatched, at_ms: int) -> BookState:
    """Somebody is on the way: the ladder is quiet."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _unheld(_without(case, ladder.next_deadline), ladder)
    ladder = changed(
        ladder,
        acknowledged_by=event.by,
        acknowledged_deadline=None,
        handover_deadline=None,
        dispatched=True,
        next_step=None,
        next_deadline=None,
    )
    return with_case(state, _with_ladder(case, ladder))


def declined(state: BookState, event: DepartmentDeclined, at_ms: int) -> BookState:
    """The department hands back: whoever had taken over has not."""
    case, ladder = _ladder(state, event.case, event.department)
    if case is None or ladder is None:
        return state
    case = _unheld(case, ladder)
    ladder = changed(ladder, acknowledged_by=None, acknowledged_deadline=None, handover_deadline=None, dispatched=False)
    return with_case(state, _with_ladder(case, ladder))


def alert_requested(state: BookState, event: AlertRequested, at_ms: int) -> BookState:
    """Asked of notify, not settled yet."""
    case = state.case(event.case)
    if case is None:
        return state
    owner = event.ladder or event.department
    pending = PendingAlert(event.department, owner, event.step, event.reason)
    ladder, ladders = case.ladders.get(owner), case.ladders
    if ladder is not None:
        recent = (*ladder.recent, (event.alert_id, event.contact_ids))[-RECENT_ALERTS_MAX:]
        ladders = ladders.set(owner, changed(ladder, recent=recent))
    alerts = case.alerts.set(event.alert_id, pending)
    return with_case(state, changed(case, ladders=ladders, alerts=alerts, alert_count=case.alert_count + 1))


def alert_withdrawn(state: BookState, event: AlertWithdrawn, at_ms: int) -> BookState:
    """Needs no sending any more."""
    return _settled(state, event.case, event.alert_id)


def outcome_recorded(state: BookState, event: OutcomeRecorded, at_ms: int) -> BookState:
    """Settled by notify."""
    return _settled(state, event.case, event.alert_id)


def _settled(state: BookState, case_id: str, alert_id: str) -> BookState:
    case = state.case(case_id)
    if case is None or alert_id not in case.alerts:
        return state
    return with_case(state, changed(case, alerts=case.alerts.delete(alert_id)))


def _clock_ended(state: BookState, case_id: str, clock_id: str, *, met: bool) -> BookState:
    case = state.case(case_id)
    clock = case.clocks.get(clock_id) if case else None
    if case is None or clock is None:
        return state
    case = _without(case, clock.deadline)
    clocks = case.clocks.set(clock_id, clock._replace(met=True, deadline=None)) if met else case.clocks.delete(clock_id)
    return with_case(state, changed(case, clocks=clocks))


def _ladder(state: BookState, case_id: str, department: Department) -> tuple[Case | None, Ladder | None]:
    case = state.case(case_id)
    return case, case.ladders.get(department) if case else None


def _with_ladder(case: Case, ladder: Ladder) -> Case:
    return changed(case, ladders=case.ladders.set(ladder.department, ladder))


def _unheld(case: Case, ladder: Ladder) -> Case:
    """Without the deadlines of who has it in hand."""
    return _without(_without(case, ladder.acknowledged_deadline), ladder.handover_deadline)


def _with(case: Case, deadline_id: str, deadline: Deadline) -> Case:
    return changed(case, deadlines=case.deadlines.set(deadline_id, deadline), deadline_count=case.deadline_count + 1)


def _replaced(case: Case, old: str | None, deadline_id: str, deadline: Deadline) -> Map[str, Deadline]:
    """The case's deadlines with one in the place of another."""
    deadlines = case.deadlines
    if old is not None and old in deadlines:
        deadlines = deadlines.delete(old)
    return deadlines.set(deadline_id, deadline)


def _without(case: Case, deadline_id: str | None) -> Case:
    if deadline_id is None or deadline_id not in case.deadlines:
        return case
    return changed(case, deadlines=case.deadlines.delete(deadline_id))
