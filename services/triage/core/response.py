"""What departments do about an alert: acknowledge, dispatch, decline; and what happens when they do not."""

from shared.contracts.events import (
    AcknowledgementExpired,
    DepartmentAcknowledged,
    DepartmentDeclined,
    DepartmentDispatched,
)
from shared.contracts.vocabulary import Department, FeedbackStatus, LadderStep, Level

from services.triage.core import clocks_of_case, feedback, handover, ladders, outcome_clocks, staffing
from services.triage.core.clocks_of_case import Happening
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.policy.model import DEPARTMENT_ACCEPTED


def acknowledge(
    draft: Draft, case_id: str, department: Department, by: str, reference: str | None = None
) -> str | None:
    """The department takes over until its acknowledgement lapses. A reason code when it cannot."""
    case = draft.case(case_id)
    ladder = case.ladders.get(department)
    if ladder is None:
        return "NOT_TOLD"
    if ladder.dispatched:
        return "ALREADY_DISPATCHED"
    if ladder.acknowledged_by is not None:
        return "ALREADY_ACKNOWLEDGED"
    expires_ms = ladders.in_hours(case, draft.at_ms + ladders.times_of(case).acknowledgement_expires_ms)
    draft.emit(
        DepartmentAcknowledged(
            case=case_id,
            department=department,
            by=by,
            at_ms=draft.at_ms,
            expires_at_ms=expires_ms,
            deadline=draft.deadline(case_id, DeadlineKind.ACKNOWLEDGEMENT, department.value),
            reference=reference,
        )
    )
    handover.watch(draft, case_id, department)
    ladders.withdraw(draft, case_id, "ACKNOWLEDGED", department)
    _accepted(draft, case_id, department)
    if department is Department.CIVIL_AFFAIRS:
        _two_at_once(draft, case_id, by)
    return None


def dispatch(draft: Draft, case_id: str, department: Department, by: str) -> str | None:
    """Somebody is on the way: the department's ladder is quiet, the clocks go on. A reason code when it cannot."""
    ladder = draft.case(case_id).ladders.get(department)
    if ladder is None:
        return "NOT_TOLD"
    if ladder.dispatched:
        return "ALREADY_DISPATCHED"
    if draft.case(case_id).offered:
        return "OFFERED_ONLY"  # nobody may be quiet about an offer that is not answered
    draft.emit(DepartmentDispatched(case=case_id, department=department, by=by, at_ms=draft.at_ms))
    handover.watch(draft, case_id, department)
    ladders.withdraw(draft, case_id, "DISPATCHED", department)
    _accepted(draft, case_id, department)
    return None


def decline(draft: Draft, case_id: str, department: Department, by: str, reason: str) -> str | None:
    """The department hands back, also what it had taken over or sent somebody for: the next rung is told at once."""
    ladder = draft.case(case_id).ladders.get(department)
    if ladder is None:
        return "NOT_TOLD"
    held = ladder.acknowledged_by is not None
    draft.emit(DepartmentDeclined(case=case_id, department=department, by=by, reason=reason))
    had = "had sent somebody" if ladder.dispatched else "had taken the case over" if held else "declined"
    handed_back = f"{had} and hands it back" if held else had
    draft.because(f"{department.value} {handed_back}: the next rung is told")
    if held:
        _resume(draft, case_id, department, "DECLINED")
    else:
        ladders.climb_above(draft, case_id, department, "DECLINED")
    return None


def lapse(draft: Draft, case_id: str, department: Department) -> None:
    """An acknowledgement's deadline has passed without a dispatch: the ladder goes on at the next rung."""
    draft.emit(AcknowledgementExpired(case=case_id, department=department))
    draft.because(f"{department.value}: acknowledged, but nobody was sent; the ladder goes on")
    _resume(draft, case_id, department, "ACKNOWLEDGEMENT_LAPSED")


def end_of_shift(draft: Draft, case_id: str, department: Department) -> None:
    """Whoever has the case in hand went off duty: unless it can wait, whoever is on duty now is told from the start."""
    if handover.lapses(draft, case_id, department):
        steps = [each.step for each in draft.case(case_id).ladders[department].steps]
        first = LadderStep.E1 if LadderStep.E1 in steps else steps[0]
        ladders.climb(draft, case_id, department, first, reason=handover.SHIFT_ENDED)


def _resume(draft: Draft, case_id: str, department: Department, reason: str) -> None:
    """A ladder that rested goes on at the next rung; at the top that rung is told once more, at once."""
    if not ladders.climb_above(draft, case_id, department, reason):
        ladder = draft.case(case_id).ladders[department]
        ladders.climb(draft, case_id, department, ladder.steps[-1].step, ladder.repeat + 1, reason)


def break_through(draft: Draft, case_id: str, *, raised: bool) -> None:
    """New facts: whoever has acknowledged without sending anybody is told again, and so is who still climbs.

    A ladder that climbs keeps its next deadline: else whoever adds facts often enough would hold it at its first rung
    for ever. Where the level was raised the ladders have begun anew already, with the times of the new level.
    """
    if raised:
        return
    for department, ladder in sorted(draft.case(case_id).ladders.items()):
        if ladder.step is None:
            continue
        if ladder.dispatched:
            ladders.tell_also(draft, case_id, department, ladder.step, "NEW_FACTS")
            continue
        ladders.withdraw(draft, case_id, "NEW_FACTS", department)
        if ladder.acknowledged_by is None and ladder.next_deadline is not None:
            ladders.tell_also(draft, case_id, department, ladder.step, "NEW_FACTS")
            continue
        draft.emit(AcknowledgementExpired(case=case_id, department=department, reason="NEW_FACTS"))
        ladders.climb(draft, case_id, department, ladder.step, ladder.repeat, "NEW_FACTS")


def accepted_already(draft: Draft, case_id: str) -> None:
    """Somebody is on the way already when another filing joins: its reporter, too, learns that it is accepted."""
    ladder = draft.case(case_id).ladders.get(Department.CIVIL_AFFAIRS)
    if ladder is not None and ladder.dispatched:
        _accepted(draft, case_id, Department.CIVIL_AFFAIRS)


def _accepted(draft: Draft, case_id: str, department: Department) -> None:
    """Another department owes an outcome from now on. Of civil affairs the reporter learns (MPL 11(3)).

    The receipt's page says that they have taken the case over. That page is the interim answer: its clock is met only
    when the page of every report of the case says so.
    """
    if department not in outcome_clocks.WITHOUT:
        accepted = f"{DEPARTMENT_ACCEPTED}.{department.value}"
        clocks_of_case.start_after(draft, case_id, accepted, of=department)
        return
    if department is not Department.CIVIL_AFFAIRS or draft.case(case_id).offered:
        return
    feedback.tell(draft, case_id, FeedbackStatus.ACCEPTED)
    if feedback.shows(draft, case_id, FeedbackStatus.ACCEPTED):
        met = clocks_of_case.happened(draft, case_id, Happening.ACCEPTED_TOLD)
        if met:
            draft.because(f"{', '.join(met)}: answered by the receipt's page, which shows ACCEPTED (MPL 11(3))")


def _two_at_once(draft: Draft, case_id: str, by: str) -> None:
    """Two undispatched S1 on one officer go to the second duty officer at once (design)."""
    if draft.case(case_id).level is not Level.S1:
        return
    same = [
        other_id
        for other_id, other in sorted(draft.county.cases.items())
        if other.level is Level.S1
        and (ladder := other.ladders.get(Department.CIVIL_AFFAIRS)) is not None
        and ladder.acknowledged_by is not None
        and staffing.same_officer(draft.registry, ladder.acknowledged_by, by, draft.at_ms)
        and not ladder.dispatched
    ]
    if len(same) < 2:  # noqa: PLR2004 - two at once
        return
    draft.because("one officer has acknowledged two S1 without sending anybody: E2 is told of both")
    for each in same if len(same) == 2 else [case_id]:  # noqa: PLR2004 - a third tells of itself alone
        step = draft.case(each).ladders[Department.CIVIL_AFFAIRS].step
        if step is None or ladders.ORDER[step] < ladders.ORDER[LadderStep.E2]:
            ladders.tell_also(draft, each, Department.CIVIL_AFFAIRS, LadderStep.E2, "TWO_UNDISPATCHED")
