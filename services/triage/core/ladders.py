"""Ladders: whom to tell next, per department. They never stop by themselves and never fall silent.

One department's acknowledgement never silences another's. An unstaffed rung is skipped upward at once; the top rung
repeats; when no rung of a department is staffed anywhere, whoever stands in is told, and it repeats: once for the case
and moment, however many ladders have nobody.
"""

from shared.contracts.assessment import Rung, Source
from shared.contracts.events import DepartmentAcknowledged
from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core import handover, notices, stand_ins, telling
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.in_hand import InHand
from services.triage.core.state import Case
from services.triage.core.telling import ORDER, in_hours, times_of

__all__ = [
    "ORDER",
    "begin",
    "climb",
    "climb_above",
    "fire",
    "follow_level",
    "in_hours",
    "restaff",
    "start",
    "tell_also",
    "times_of",
    "withdraw",
    "withdraw_of",
]

RESTAFFED_AT_ONCE_MAX = 100
"""Ladders that one change of the registry revives in one record; the others at their own next deadline."""


def begin(
    draft: Draft,
    case_id: str,
    department: Department,
    source: Source,
    rungs: tuple[Rung, ...] = (),
    reason: str = "ASSESSED",
) -> None:
    """Start a ladder (or start it anew): every rung that is due is told at once, the next one scheduled."""
    with InHand(draft, case_id) as hand:
        start(hand, department, source, rungs, reason)


def start(hand: InHand, department: Department, source: Source, rungs: tuple[Rung, ...], reason: str) -> None:
    """Likewise, for a case in hand."""
    steps = hand.ladder_started(department, source, rungs, reason).steps
    due = [step for step in steps if step.at_ms <= hand.draft.at_ms]
    if not due:
        hand.rung_scheduled(department, steps[0].step, 0, steps[0].at_ms)
        return
    for step in due[:-1]:
        telling.tell(hand, department, step, 0, reason)
    _climb(hand, department, due[-1].step, 0, reason)


def climb(
    draft: Draft, case_id: str, department: Department, step: LadderStep, repeat: int = 0, reason: str = "DUE"
) -> None:
    """Tell `step`; unstaffed steps are skipped upward, then downward; then schedule what comes after."""
    with InHand(draft, case_id) as hand:
        _climb(hand, department, step, repeat, reason)


def _climb(hand: InHand, department: Department, step: LadderStep, repeat: int, reason: str) -> None:
    steps = hand.ladders[department].steps
    start = len(steps) - 1
    for number, each in enumerate(steps):
        if each.step is step:
            start = number
            break
    reached = steps[start]
    for reached in steps[start:]:
        follows = telling.tell(hand, department, reached, repeat, reason)
        if follows is not None:
            break
    else:
        below = next((each for each in reversed(steps[:start]) if hand.staff.of(each.rungs)), None)
        if below is not None:
            telling.tell(hand, department, below, repeat, "NOBODY_ABOVE")
        else:
            telling.tell_stand_in(hand, department, reached, repeat, reason)
        follows = telling.after(hand, department, reached, repeat)
    hand.rung_scheduled(department, follows.step, follows.repeat, follows.due_ms)


def climb_above(draft: Draft, case_id: str, department: Department, reason: str) -> bool:
    """Go one step up at once. False at the top: there the repetition that is scheduled goes on."""
    ladder = draft.case(case_id).ladders[department]
    above = [each for each in ladder.steps if ladder.step is None or ORDER[each.step] > ORDER[ladder.step]]
    if above:
        climb(draft, case_id, department, above[0].step, reason=reason)
        return True
    if ladder.next_deadline is None:
        with InHand(draft, case_id) as hand:
            follows = telling.after(hand, department, ladder.steps[-1], ladder.repeat)
            hand.rung_scheduled(department, follows.step, follows.repeat, follows.due_ms)
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
            with InHand(draft, case_id) as hand:
                hand.rung_scheduled(department, ladder.next_step, ladder.next_repeat, due_ms)
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
            handover.watch(draft, case_id, department)
            draft.because(f"{department.value}: its acknowledgement holds for as long as the lowered level says")


def tell_also(draft: Draft, case_id: str, department: Department, step: LadderStep, reason: str) -> None:
    """Tell a step in passing: what is acknowledged stays so, and what is scheduled stays scheduled."""
    with InHand(draft, case_id) as hand:
        telling.tell_in_passing(hand, department, step, reason)


def restaff(draft: Draft) -> None:
    """The registry has changed: every ladder that could tell nobody tries again at once."""
    climbed = 0
    for case_id, case in sorted(draft.county.cases.items(), key=_gravest_first):
        for department, ladder in sorted(case.ladders.items()):
            if ladder.told or ladder.step is None or ladder.acknowledged_by is not None:
                continue
            with InHand(draft, case_id) as hand:
                staffed = next((each for each in ladder.steps if hand.staff.of(each.rungs)), None)
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
    if draft.case(case_id).alerts:
        with InHand(draft, case_id) as hand:
            withdraw_of(hand, reason, ladder)


def withdraw_of(hand: InHand, reason: str, ladder: Department | None = None) -> None:
    """Likewise, for a case in hand."""
    ours = [
        alert_id
        for alert_id, pending in hand.alerts.items()
        if ladder is None or (pending.ladder is ladder and notices.kind_of(alert_id) is None)
    ]
    for alert_id in sorted(ours):
        hand.alert_withdrawn(alert_id, reason)
