"""Ladders: whom to tell next, per department. They never stop by themselves and never fall silent.

One department's acknowledgement never silences another's. An unstaffed rung is skipped upward at once; the top rung
repeats; when no rung of a department is staffed anywhere, whoever can be reached is told, and it repeats.
"""

from typing import NamedTuple

from shared.contracts.alerts import AlertRequested, AlertWithdrawn
from shared.contracts.assessment import LadderTimes, Rung, Source
from shared.contracts.events import LadderStarted, RungReached, RungScheduled
from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core import staffing, unassessed
from services.triage.core.clocks import MINUTE_MS, next_duty_moment
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.state import Case, Step

ORDER = {step: number for number, step in enumerate(LadderStep)}
ACT_BY_MS_MIN = 5 * MINUTE_MS
"""Whoever is told late (after an outage) is still given this long before the message says that the next is told."""


RESTAFFED_AT_ONCE_MAX = 100
"""Ladders that one change of the registry revives in one record; the others at their own next deadline."""


class Telling(NamedTuple):
    """What an alert says besides whom it tells."""

    step: LadderStep
    act_by_ms: int
    reason: str
    repeat: int = 0


def times_of(case: Case) -> LadderTimes:
    """How long acknowledgements hold and how often top rungs repeat."""
    return case.assessment.ladder_times if case.assessment else unassessed.TIMES


def in_hours(case: Case, at_ms: int) -> int:
    """`at_ms`, moved into duty hours where the level says that nobody is woken."""
    return next_duty_moment(at_ms) if times_of(case).duty_hours_only else at_ms


def begin(
    draft: Draft,
    case_id: str,
    department: Department,
    source: Source,
    rungs: tuple[Rung, ...] = (),
    reason: str = "ASSESSED",
) -> None:
    """Start a ladder (or start it anew): every rung that is due is told at once, the next one scheduled."""
    draft.emit(LadderStarted(case=case_id, department=department, source=source, rungs=rungs, reason=reason))
    steps = draft.case(case_id).ladders[department].steps
    due = [step for step in steps if step.at_ms <= draft.at_ms]
    if not due:
        _schedule(draft, case_id, department, steps[0].step, 0, steps[0].at_ms)
        return
    for step in due[:-1]:
        _tell(draft, case_id, department, step, 0, reason)
    climb(draft, case_id, department, due[-1].step, reason=reason)


def climb(
    draft: Draft, case_id: str, department: Department, step: LadderStep, repeat: int = 0, reason: str = "DUE"
) -> None:
    """Tell `step`; unstaffed steps are skipped upward, then downward; then schedule what comes after."""
    steps = draft.case(case_id).ladders[department].steps
    start = next((number for number, each in enumerate(steps) if each.step is step), len(steps) - 1)
    reached = steps[start]
    for reached in steps[start:]:
        if _tell(draft, case_id, department, reached, repeat, reason):
            break
    else:
        below = next((each for each in reversed(steps[:start]) if _staffed(draft, case_id, each)), None)
        if below is not None:
            _tell(draft, case_id, department, below, repeat, "NOBODY_ABOVE")
        else:
            _tell_anybody(draft, case_id, department, reached, repeat)
    due_ms, next_step, next_repeat = _after(draft, case_id, department, reached, repeat)
    _schedule(draft, case_id, department, next_step, next_repeat, due_ms)


def climb_above(draft: Draft, case_id: str, department: Department, reason: str) -> bool:
    """Go one step up at once. False at the top: there the repetition that is scheduled goes on."""
    ladder = draft.case(case_id).ladders[department]
    steps = ladder.steps
    above = [each for each in steps if ladder.step is None or ORDER[each.step] > ORDER[ladder.step]]
    if above:
        climb(draft, case_id, department, above[0].step, reason=reason)
        return True
    if ladder.next_deadline is None:
        top = steps[-1]
        due_ms, next_step, repeat = _after(draft, case_id, department, top, ladder.repeat)
        _schedule(draft, case_id, department, next_step, repeat, due_ms)
    return False


def fire(draft: Draft, case_id: str, department: Department) -> None:
    """A rung's deadline has passed."""
    ladder = draft.case(case_id).ladders[department]
    step = ladder.next_step or ladder.steps[-1].step
    draft.because(f"{department.value}: {step.value} is due, nobody has acknowledged")
    climb(draft, case_id, department, step, ladder.next_repeat, "REPEATED" if ladder.next_repeat else "DUE")


def tell_also(draft: Draft, case_id: str, department: Department, step: LadderStep, reason: str) -> None:
    """Tell a step in passing: what is acknowledged stays so, and what is scheduled stays scheduled."""
    ladder = draft.case(case_id).ladders.get(department)
    above = [each for each in ladder.steps if ORDER[each.step] >= ORDER[step]] if ladder else []
    staffed = next((each for each in above if _staffed(draft, case_id, each)), None)
    until_ms = max(draft.at_ms, draft.now_ms) + times_of(draft.case(case_id)).repeat_ms
    if staffed is not None:
        told, step = _contacts(draft, case_id, staffed), staffed.step
    else:
        told = staffing.anybody(draft.county, department)
    _alert(draft, case_id, department, told, Telling(step, until_ms, reason))


def restaff(draft: Draft) -> None:
    """The registry has changed: every ladder that could tell nobody tries again at once."""
    climbed = 0
    for case_id, case in sorted(draft.county.cases.items(), key=_gravest_first):
        for department, ladder in sorted(case.ladders.items()):
            if ladder.told or ladder.step is None or ladder.acknowledged_by is not None:
                continue
            staffed = next((each for each in ladder.steps if _staffed(draft, case_id, each)), None)
            if staffed is not None:
                climb(draft, case_id, department, staffed.step, reason="STAFFED")
                climbed += 1
            if climbed == RESTAFFED_AT_ONCE_MAX:
                return


def _gravest_first(entry: tuple[str, Case]) -> tuple[int, str]:
    return -(entry[1].level or Level.S1).urgency, entry[0]


def withdraw(draft: Draft, case_id: str, reason: str, ladder: Department | None = None) -> None:
    """Take back alerts that notify has not settled (of one ladder, or all of the case's)."""
    for alert_id, pending in sorted(draft.case(case_id).alerts.items()):
        if ladder is None or pending.ladder is ladder:
            draft.emit(AlertWithdrawn(alert_id=alert_id, case=case_id, reason=reason))


def _after(
    draft: Draft, case_id: str, department: Department, reached: Step, repeat: int
) -> tuple[int, LadderStep, int]:
    """When and what comes after a step: the next one by the table (never sooner after this one), or a repetition."""
    case = draft.case(case_id)
    steps = case.ladders[department].steps
    above = [each for each in steps if ORDER[each.step] > ORDER[reached.step]]
    if above:
        due_ms = max(above[0].at_ms, draft.at_ms + above[0].at_ms - reached.at_ms)
        return in_hours(case, due_ms), above[0].step, 0
    due_ms = max(draft.at_ms, draft.now_ms) + times_of(case).repeat_ms
    return in_hours(case, due_ms), reached.step, repeat + 1


def _contacts(draft: Draft, case_id: str, step: Step) -> staffing.Told:
    moment_ms = max(draft.at_ms, draft.now_ms)
    return staffing.staff(draft.county, draft.case(case_id), step.rungs, moment_ms)


def _staffed(draft: Draft, case_id: str, step: Step) -> bool:
    return bool(_contacts(draft, case_id, step))


def _tell(draft: Draft, case_id: str, department: Department, step: Step, repeat: int, reason: str) -> bool:
    """Reach a step: tell its contacts; False when it is unstaffed (which is recorded, too)."""
    told = _contacts(draft, case_id, step)
    everyone = tuple(dict.fromkeys(name for names in told.values() for name in names))
    draft.emit(
        RungReached(
            case=case_id,
            department=department,
            step=step.step,
            repeat=repeat,
            contacts=everyone[: staffing.CONTACTS_MAX],
            staffed=bool(told),
            lateness_ms=draft.lateness_ms,
            reason=reason if told else "UNSTAFFED",
        )
    )
    if not told:
        draft.because(f"{department.value}: {step.step.value} is unstaffed and skipped")
        return False
    due_ms, _, _ = _after(draft, case_id, department, step, repeat)
    _alert(draft, case_id, department, told, Telling(step.step, due_ms, reason, repeat))
    return True


def _tell_anybody(draft: Draft, case_id: str, department: Department, step: Step, repeat: int) -> None:
    """No rung is staffed anywhere: the case must not fall silent."""
    draft.because(f"{department.value}: no rung is staffed; whoever can be reached is told")
    due_ms, _, _ = _after(draft, case_id, department, step, repeat)
    told = staffing.anybody(draft.county, department)
    _alert(draft, case_id, department, told, Telling(step.step, due_ms, "NO_RUNG_STAFFED", repeat))


def _alert(draft: Draft, case_id: str, ladder: Department, told: staffing.Told, telling: Telling) -> None:
    """One alert for each department that is told."""
    for department, contacts in told.items():
        case = draft.case(case_id)
        draft.emit(
            AlertRequested(
                alert_id=draft.alert(case_id, ladder, telling.step),
                case=case_id,
                county=case.county,
                department=department,
                step=telling.step,
                repeat=telling.repeat,
                level=case.level or Level.S1,
                act_by_ms=max(telling.act_by_ms, draft.now_ms + ACT_BY_MS_MIN),
                requested_at_ms=draft.now_ms,
                contact_ids=contacts,
                reason=telling.reason,
                ladder=None if ladder is department else ladder,
            )
        )


def _schedule(draft: Draft, case_id: str, department: Department, step: LadderStep, repeat: int, due_ms: int) -> None:
    deadline = draft.deadline(case_id, DeadlineKind.RUNG, f"{department.value}.{step.value}")
    draft.emit(
        RungScheduled(
            case=case_id, department=department, step=step, repeat=repeat, deadline=deadline, due_at_ms=due_ms
        )
    )
