"""Telling a step of a ladder: who staffs it, else who stands in; one alert for each department that is told."""

import functools
from typing import NamedTuple

from shared.contracts.alerts import AlertRequested
from shared.contracts.assessment import LadderTimes
from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import notices, staffing, stand_ins, unassessed
from services.triage.core.clocks import MINUTE_MS, next_duty_moment
from services.triage.core.directory import CONTACTS_MAX
from services.triage.core.in_hand import InHand, Telling
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


class Next(NamedTuple):
    """What comes after a step, and when."""

    due_ms: int
    step: LadderStep
    repeat: int


def times_of(case: Case) -> LadderTimes:
    """How long acknowledgements hold and how often top rungs repeat."""
    return case.assessment.ladder_times if case.assessment else unassessed.TIMES


def in_hours(case: Case, at_ms: int) -> int:
    """`at_ms`, moved into duty hours where the level says that nobody is woken."""
    return next_duty_moment(at_ms) if times_of(case).duty_hours_only else at_ms


def after(hand: InHand, department: Department, reached: Step, repeat: int) -> Next:
    """When and what comes after a step: the next one by the table (never sooner after this one), or a repetition."""
    ladder, order = hand.ladders[department], ORDER[reached.step]
    for above in ladder.steps:
        if ORDER[above.step] > order:
            at_ms = hand.draft.at_ms
            return Next(_in_hours(hand, max(above.at_ms, at_ms + above.at_ms - reached.at_ms)), above.step, 0)
    span_ms = hand.times.repeat_ms
    if not ladder.told and ladder.stand_in is None and find_stand_in(hand, department) is None:
        span_ms = min(span_ms, UNTOLD_RETRY_MS)
    return Next(_in_hours(hand, hand.moment_ms + span_ms), reached.step, repeat + 1)


def _in_hours(hand: InHand, at_ms: int) -> int:
    return next_duty_moment(at_ms) if hand.times.duty_hours_only else at_ms


def tell(hand: InHand, department: Department, step: Step, repeat: int, reason: str) -> Next | None:
    """Reach a step and tell its contacts: what comes after it. None when it is unstaffed (which is recorded, too)."""
    told = hand.staff.of(step.rungs)
    if not told:
        hand.rung_reached(department, step.step, repeat, (), "UNSTAFFED")
        hand.draft.because(_skipped(department, step.step))
        return None
    hand.rung_reached(department, step.step, repeat, _everyone(told), reason)
    follows = after(hand, department, step, repeat)
    alert(hand, department, told, Telling(step.step, _act_by_ms(hand, follows.due_ms), reason, repeat, None))
    return follows


def _act_by_ms(hand: InHand, due_ms: int) -> int:
    return max(due_ms, hand.draft.now_ms + ACT_BY_MS_MIN)


def _everyone(told: staffing.Told) -> tuple[str, ...]:
    if len(told) == 1:
        return next(iter(told.values()))
    return tuple(dict.fromkeys(name for names in told.values() for name in names))[:CONTACTS_MAX]


@functools.lru_cache(maxsize=1024)
def _skipped(department: Department, step: LadderStep) -> str:
    return f"{department.value}: {step.value} is unstaffed and skipped"


def tell_stand_in(hand: InHand, department: Department, step: Step, repeat: int, reason: str) -> None:
    """No rung is staffed anywhere: the case must not fall silent. Who is told once for several ladders says so."""
    draft = hand.draft
    stand_in = find_stand_in(hand, department)
    if stand_in is None:
        draft.because(f"{department.value}: no rung is staffed, and nobody is registered who could be told instead")
        return
    why_not = _told_already(hand, stand_in, reason)
    told_now = () if why_not else stand_in.contacts
    hand.rung_reached(department, step.step, repeat, told_now, why_not or stand_in.reason, stand_in)
    of_desk = f" of {stand_in.county}" if stand_in.county else ""
    said = f"{department.value}: no rung is staffed; {stand_in.department.value}{of_desk} stands in: {stand_in.reason}"
    draft.because(f"{said}, {why_not}" if why_not else said)
    if why_not is None:
        due_ms = _act_by_ms(hand, after(hand, department, step, repeat).due_ms)
        told = {stand_in.department: stand_in.contacts}
        alert(hand, department, told, Telling(step.step, due_ms, stand_in.reason, repeat, stand_in.county))


def tell_in_passing(hand: InHand, department: Department, step: LadderStep, reason: str) -> None:
    """Tell a step: what is acknowledged stays so, and what is scheduled stays scheduled."""
    draft = hand.draft
    ladder = hand.ladders.get(department)
    above = [each for each in ladder.steps if ORDER[each.step] >= ORDER[step]] if ladder else []
    until_ms = _act_by_ms(hand, hand.moment_ms + hand.times.repeat_ms)
    for each in above:
        if told := hand.staff.of(each.rungs):
            alert(hand, department, told, Telling(each.step, until_ms, reason))
            return
    stand_in = find_stand_in(hand, department)
    if stand_in is None:
        draft.because(f"{department.value}: nobody is registered who could be told")
        return
    draft.because(f"{department.value}: no rung is staffed; {stand_in.department.value} is told: {stand_in.reason}")
    if not _told_just_now(hand, stand_in):
        told = {stand_in.department: stand_in.contacts}
        alert(hand, department, told, Telling(step, until_ms, reason, contacts_of=stand_in.county))


def find_stand_in(hand: InHand, department: Department) -> StandIn | None:
    """Who is told in the place of a ladder, if anybody."""
    return stand_ins.find(hand.draft.state, hand.case, department, hand.ladders)


def _told_already(hand: InHand, stand_in: StandIn, reason: str) -> str | None:
    """Why the stand-in is not told again: it has the case, or was told for another ladder. None when it is told."""
    if _told_just_now(hand, stand_in):
        return "TOLD_ALREADY"
    if reason in FRESH:
        return None
    if stand_ins.holds(hand.ladders, stand_in.department):
        return "STAND_IN_HOLDS_CASE"
    told_at_ms = hand.stood_in_at_ms(stand_in.department)
    recent = told_at_ms is not None and hand.draft.now_ms - told_at_ms < hand.times.repeat_ms // 2
    return "TOLD_ALREADY" if recent else None


def _told_just_now(hand: InHand, stand_in: StandIn) -> bool:
    """Whether this very decision tells the stand-in of the case already."""
    asked = (hand.case_id, stand_in.contacts, stand_in.county)
    return any(
        isinstance(event, AlertRequested) and (event.case, event.contact_ids, event.contacts_of) == asked
        for event in hand.draft.events
    )


def alert(hand: InHand, ladder: Department, told: staffing.Told, telling: Telling) -> None:
    """One alert for each department that is told."""
    for department, names in told.items():
        if hand.alerts:
            _supersede(hand, ladder, department, telling)
        hand.alert_requested(department, ladder, names, telling)


def _supersede(hand: InHand, ladder: Department, department: Department, telling: Telling) -> None:
    """Take back unsettled alerts of a step of which what is asked now is the repetition, and the oldest of too many.

    After an outage of notify nobody gets a late message and its repetition at once. What was told in passing for
    another reason (a breach, a lost place) stays: it says something else.
    """
    asked = (department, ladder, telling.step)
    same = [
        alert_id
        for alert_id, pending in hand.alerts.items()
        if pending[:3] == asked and notices.kind_of(alert_id) is None
    ]
    if not same:
        return
    same.sort(key=lambda alert_id: int(alert_id.rsplit("~", 1)[1]))
    too_many = same[: max(0, len(same) - PENDING_OF_A_STEP_MAX + 1)]
    for alert_id in same:
        if alert_id in too_many or _repeats(telling, hand.alerts[alert_id].reason):
            hand.alert_withdrawn(alert_id, "REPEATED")


def _repeats(telling: Telling, reason: str) -> bool:
    """Whether an alert for `reason` says what this one says again."""
    if telling.repeat > 0:
        return reason in CLIMBING
    return telling.reason == reason and reason.startswith("BREACH.")
