"""Change of shift: what an officer has in hand is taken over by the next one, or it lapses and the ladder goes on.

It concerns what cannot wait for the officer's next shift: an acknowledgement after which nobody was sent yet, and, on
the levels that run day and night, a child whom nobody has seen yet. A case that is under way otherwise stays with its
officer: its clocks tell of it. Who is on no rota has no shift that could end. Design; docs/decisions/0091.
"""

from typing import Final

from shared.contracts.events import AcknowledgementExpired, HandoverDue, HandoverRested, TakenOver
from shared.contracts.vocabulary import Department, Level

from services.triage.core import staffing
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.state import Case, Ladder
from services.triage.core.telling import in_hours

GRACE_MS: Final = 30 * 60_000
"""How long after the end of a shift the next officer has to take over (design)."""
DAY_AND_NIGHT: Final = frozenset({Level.S1, Level.S2})
SHIFT_ENDED: Final = "SHIFT_ENDED"


def watch(draft: Draft, case_id: str, department: Department) -> bool:
    """Have it taken over when the shift of whoever has the case in hand ends; whether there is such a moment."""
    case = draft.case(case_id)
    ladder = case.ladders[department]
    if department is not Department.CIVIL_AFFAIRS or ladder.acknowledged_by is None or not _cannot_wait(case, ladder):
        return False
    ends_ms = staffing.shift_end_ms(draft.registry, ladder.acknowledged_by, draft.at_ms)
    if ends_ms is None:
        return False
    _due(draft, case_id, department, ladder.acknowledged_by, in_hours(case, ends_ms + GRACE_MS))
    return True


def _due(draft: Draft, case_id: str, department: Department, by: str, due_at_ms: int) -> None:
    draft.emit(
        HandoverDue(
            case=case_id,
            department=department,
            by=by,
            due_at_ms=due_at_ms,
            deadline=draft.deadline(case_id, DeadlineKind.SHIFT, department.value),
        )
    )


def take_over(draft: Draft, case_id: str, department: Department, by: str) -> str | None:
    """Another officer has the case in hand from now on. A reason code when there is nothing to take over."""
    ladder = draft.case(case_id).ladders.get(department)
    if ladder is None:
        return "NOT_TOLD"
    if ladder.acknowledged_by is None:
        return "IN_NOBODYS_HAND"
    if ladder.acknowledged_by == by:
        return "YOURS_ALREADY"
    before = draft.case(case_id).deadlines.get(ladder.handover_deadline) if ladder.handover_deadline else None
    draft.emit(TakenOver(case=case_id, department=department, by=by, before=ladder.acknowledged_by, at_ms=draft.at_ms))
    if not watch(draft, case_id, department) and before is not None:
        draft.because("whoever takes it over is on no shift: the time by which it must be handed over stays")
        _due(draft, case_id, department, by, before.due_at_ms)
    return None


def lapses(draft: Draft, case_id: str, department: Department) -> bool:
    """The time to take it over has passed: whether it lapses now.

    It does not when a shift was added meanwhile, which is waited for, or when what is in hand can wait by now.
    """
    case = draft.case(case_id)
    ladder = case.ladders[department]
    if watch(draft, case_id, department):
        return False
    if not _cannot_wait(case, ladder):
        draft.emit(HandoverRested(case=case_id, department=department))
        return False
    draft.emit(AcknowledgementExpired(case=case_id, department=department, reason=SHIFT_ENDED))
    draft.because(f"{department.value}: whoever had the case in hand is off duty, and nobody took it over")
    return True


def _cannot_wait(case: Case, ladder: Ladder) -> bool:
    return not ladder.dispatched or (case.level in DAY_AND_NIGHT and case.seen_at_ms is None)
