"""Ladders: whom to tell next, per department. They never stop by themselves and never fall silent.

One department's acknowledgement never silences another's. An unstaffed rung is skipped upward at once; the top rung
repeats; when no rung of a department is staffed anywhere, whoever stands in is told, and it repeats: once for the case
and moment, however many ladders have nobody.
"""

from typing import NamedTuple

from shared.contracts.alerts import AlertRequested, AlertWithdrawn
from shared.contracts.assessment import LadderTimes, Rung, Source
from shared.contracts.events import DepartmentAcknowledged, LadderStarted, RungReached, RungScheduled
from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core import notices, staffing, stand_ins, unassessed
from services.triage.core.clocks import MINUTE_MS, next_duty_moment
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.stand_ins import StandIn
from services.triage.core.state import Case, Step

ORDER = {step: number for number, step in enumerate(LadderStep)}
ACT_BY_MS_MIN = 5 * MINUTE_MS
"""Whoever is told late (after an outage) is still given this long before the message says that the next is told."""


UNTOLD_RETRY_MS = 10 * MINUTE_MS
"""A ladder that could tell nobody at all tries again so soon: the desk of 000000 is registered in another record."""
FRESH = frozenset({"NEW_FACTS", "LEVEL_RAISED", "LADDER", "OFFICER", "ASSESSED", "STAFFED"})
"""What a stand-in is told of although it was told of the case a moment ago, or has taken it over."""
CLIMBING = frozenset({"LADDER", "ASSESSED", "LEVEL_RAISED", "DUE", "REPEATED"})
"""Why a ladder tells a step by itself."""
PENDING_OF_A_STEP_MAX = 4
"""Unsettled alerts of one step to one department; an older one is taken back, else weeks without notify would pile up
more of them than one record could withdraw."""

RESTAFFED_AT_ONCE_MAX = 100
"""Ladders that one change of the registry revives in one record; the others at their own next deadline."""


class Telling(NamedTuple):
    """What an alert says besides whom it tells."""

    step: LadderStep
    act_by_ms: int
    reason: str
    repeat: int = 0
    contacts_of: str | None = None


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
            _tell_stand_in(draft, case_id, department, reached, repeat, reason)
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


def follow_level(draft: Draft, case_id: str) -> None:
    """The level was lowered: what is scheduled waits as long as the lowered level says, from now on; nothing is sooner.

    An acknowledgement without dispatch holds for the lowered level's time, too.
    """
    case = draft.case(case_id)
    times = times_of(case)
    moment_ms = max(draft.at_ms, draft.now_ms)
    for department, ladder in sorted(case.ladders.items()):
        scheduled = case.deadlines.get(ladder.next_deadline) if ladder.next_deadline is not None else None
        if scheduled is not None and ladder.next_step is not None:
            step = next((each for each in ladder.steps if each.step is ladder.next_step), None)
            due_ms = moment_ms + times.repeat_ms if ladder.next_repeat or step is None else step.at_ms
            due_ms = in_hours(case, max(due_ms, scheduled.due_at_ms))
            _schedule(draft, case_id, department, ladder.next_step, ladder.next_repeat, due_ms)
        holds = case.deadlines.get(ladder.acknowledged_deadline) if ladder.acknowledged_deadline is not None else None
        if holds is not None and ladder.acknowledged_by is not None:
            expires_ms = in_hours(case, max(moment_ms + times.acknowledgement_expires_ms, holds.due_at_ms))
            draft.emit(
                DepartmentAcknowledged(
                    case=case_id,
                    department=department,
                    by=ladder.acknowledged_by,
                    at_ms=draft.at_ms,
                    expires_at_ms=expires_ms,
                    deadline=draft.deadline(case_id, DeadlineKind.ACKNOWLEDGEMENT, department.value),
                )
            )
            draft.because(f"{department.value}: its acknowledgement holds for as long as the lowered level says")


def tell_also(draft: Draft, case_id: str, department: Department, step: LadderStep, reason: str) -> None:
    """Tell a step in passing: what is acknowledged stays so, and what is scheduled stays scheduled."""
    ladder = draft.case(case_id).ladders.get(department)
    above = [each for each in ladder.steps if ORDER[each.step] >= ORDER[step]] if ladder else []
    staffed = next((each for each in above if _staffed(draft, case_id, each)), None)
    until_ms = max(draft.at_ms, draft.now_ms) + times_of(draft.case(case_id)).repeat_ms
    if staffed is not None:
        told = _contacts(draft, case_id, staffed)
        _alert(draft, case_id, department, told, Telling(staffed.step, until_ms, reason))
        return
    stand_in = stand_ins.find(draft.state, draft.case(case_id), department)
    if stand_in is None:
        draft.because(f"{department.value}: nobody is registered who could be told")
        return
    draft.because(f"{department.value}: no rung is staffed; {stand_in.department.value} is told: {stand_in.reason}")
    if _told_just_now(draft, case_id, stand_in):
        return
    told = {stand_in.department: stand_in.contacts}
    _alert(draft, case_id, department, told, Telling(step, until_ms, reason, contacts_of=stand_in.county))


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
            elif ladder.stand_in is None and stand_ins.find(draft.state, case, department) is not None:
                climb(draft, case_id, department, ladder.step, reason="STAFFED")
                climbed += 1
            if climbed == RESTAFFED_AT_ONCE_MAX:
                return


def _gravest_first(entry: tuple[str, Case]) -> tuple[int, str]:
    return -(entry[1].level or Level.S1).urgency, entry[0]


def withdraw(draft: Draft, case_id: str, reason: str, ladder: Department | None = None) -> None:
    """Take back alerts that notify has not settled (of one ladder, or all of the case's)."""
    for alert_id, pending in sorted(draft.case(case_id).alerts.items()):
        if ladder is None or (pending.ladder is ladder and notices.kind_of(alert_id) is None):
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
    moment_ms = max(draft.at_ms, draft.now_ms)
    ladder = case.ladders[department]
    if not ladder.told and ladder.stand_in is None and stand_ins.find(draft.state, case, department) is None:
        retry_ms = min(times_of(case).repeat_ms, UNTOLD_RETRY_MS)
        return in_hours(case, moment_ms + retry_ms), reached.step, repeat + 1
    return in_hours(case, moment_ms + times_of(case).repeat_ms), reached.step, repeat + 1


def _contacts(draft: Draft, case_id: str, step: Step) -> staffing.Told:
    moment_ms = max(draft.at_ms, draft.now_ms)
    return staffing.staff(draft.registry, draft.case(case_id), step.rungs, moment_ms)


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


def _tell_stand_in(draft: Draft, case_id: str, department: Department, step: Step, repeat: int, reason: str) -> None:
    """No rung is staffed anywhere: the case must not fall silent. Who is told once for several ladders says so."""
    case = draft.case(case_id)
    stand_in = stand_ins.find(draft.state, case, department)
    if stand_in is None:
        draft.because(f"{department.value}: no rung is staffed, and nobody is registered who could be told instead")
        return
    why_not = _told_already(draft, case, stand_in, reason)
    draft.emit(
        RungReached(
            case=case_id,
            department=department,
            step=step.step,
            repeat=repeat,
            contacts=() if why_not else stand_in.contacts,
            staffed=False,
            lateness_ms=draft.lateness_ms,
            reason=why_not or stand_in.reason,
            stand_in=stand_in.department,
            contacts_of=stand_in.county,
        )
    )
    of_desk = f" of {stand_in.county}" if stand_in.county else ""
    said = f"{department.value}: no rung is staffed; {stand_in.department.value}{of_desk} stands in: {stand_in.reason}"
    draft.because(f"{said}, {why_not}" if why_not else said)
    if why_not is None:
        due_ms, _, _ = _after(draft, case_id, department, step, repeat)
        told = {stand_in.department: stand_in.contacts}
        telling = Telling(step.step, due_ms, stand_in.reason, repeat, stand_in.county)
        _alert(draft, case_id, department, told, telling)


def _told_already(draft: Draft, case: Case, stand_in: StandIn, reason: str) -> str | None:
    """Why the stand-in is not told again: it has the case, or was told for another ladder. None when it is told."""
    if _told_just_now(draft, case.case, stand_in):
        return "TOLD_ALREADY"
    if reason in FRESH:
        return None
    told_at_ms = case.stood_in_at_ms.get(stand_in.department)
    if stand_ins.holds(case, stand_in.department):
        return "STAND_IN_HOLDS_CASE"
    recent = told_at_ms is not None and draft.now_ms - told_at_ms < times_of(case).repeat_ms // 2
    return "TOLD_ALREADY" if recent else None


def _told_just_now(draft: Draft, case_id: str, stand_in: StandIn) -> bool:
    """Whether this very decision tells the stand-in of the case already."""
    return any(
        isinstance(event, AlertRequested)
        and (event.case, event.contact_ids, event.contacts_of) == (case_id, stand_in.contacts, stand_in.county)
        for event in draft.events
    )


def _alert(draft: Draft, case_id: str, ladder: Department, told: staffing.Told, telling: Telling) -> None:
    """One alert for each department that is told."""
    for department, contacts in told.items():
        _supersede(draft, case_id, ladder, department, telling)
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
                contacts_of=telling.contacts_of,
            )
        )


def _supersede(draft: Draft, case_id: str, ladder: Department, department: Department, telling: Telling) -> None:
    """Take back unsettled alerts of a step of which what is asked now is the repetition, and the oldest of too many.

    After an outage of notify nobody gets a late message and its repetition at once. What was told in passing for
    another reason (a breach, a lost place) stays: it says something else.
    """
    alerts = draft.case(case_id).alerts
    same = [
        alert_id
        for alert_id, pending in alerts.items()
        if pending.ladder is ladder
        and pending.department is department
        and pending.step is telling.step
        and notices.kind_of(alert_id) is None
    ]
    same.sort(key=lambda alert_id: int(alert_id.rsplit("~", 1)[1]))
    too_many = same[: max(0, len(same) - PENDING_OF_A_STEP_MAX + 1)]
    for alert_id in same:
        if alert_id in too_many or _repeats(telling, alerts[alert_id].reason):
            draft.emit(AlertWithdrawn(alert_id=alert_id, case=case_id, reason="REPEATED"))


def _repeats(telling: Telling, reason: str) -> bool:
    """Whether an alert for `reason` says what this one says again."""
    if telling.repeat > 0:
        return reason in CLIMBING
    return telling.reason == reason and reason.startswith("BREACH.")


def _schedule(draft: Draft, case_id: str, department: Department, step: LadderStep, repeat: int, due_ms: int) -> None:
    deadline = draft.deadline(case_id, DeadlineKind.RUNG, f"{department}.{step}")
    draft.emit(
        RungScheduled(
            case=case_id, department=department, step=step, repeat=repeat, deadline=deadline, due_at_ms=due_ms
        )
    )
