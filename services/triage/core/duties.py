"""Duties that outlive a closed case: they stay pending, and climb when they run out, until somebody records them.

Closing needs a safe custody and a reason, nothing else; so it is not refused for an open duty, and it cancels none:
`CaseClosed.open_clocks` names those that go on. An officer records each as done, handed over or ended (RecordDuty).
"""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.assessment import ClockDue
from shared.contracts.events import OPEN_CLOCKS_MAX, ClockBreached, DutyRecorded
from shared.contracts.vocabulary import ClockType, CloseReason, Department, LadderStep, Level

from services.triage.core import clocks_of_case, closed_cases
from services.triage.core.clocks import DAY_MS, next_duty_moment
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Broken, Draft
from services.triage.core.in_hand import InHand
from services.triage.core.notices import DUTY, notice_id
from services.triage.core.state import Case, ClockState

SUGGESTION_REPLY: Final = "SUGGESTION_REPLY"
OF_ANY_CHILD: Final = frozenset(
    {
        "COURT_DECISION",
        "PROTECTION_ORDER_RENEWAL",
        "PROTECTION_ORDER_ENDS",
        SUGGESTION_REPLY,
    }
)
"""What is owed though the child has come of age since: a court's order and its end, a unit's answer."""
OUTLIVING: Final = OF_ANY_CHILD | {
    clocks_of_case.REVOCATION_REMINDER,
    clocks_of_case.REVOCATION_RESULT,
    clocks_of_case.DOMICILE_NOTICE,
    clocks_of_case.KIN_RECHECK,
    "PLACEMENT_RECHECK",
    "FOLLOW_UP_VISIT",
    "FOLLOW_UP_VISIT_LOCAL",
    "TRACING_FINDING_LOCAL",
}
"""Clocks of duties towards the child that do not end because the case is closed; what steers the case itself does."""
STEPS: Final = (LadderStep.E3, LadderStep.E4, LadderStep.E5)


def outliving(case: Case, reason: CloseReason) -> tuple[str, ...]:
    """The open clocks that go on when the case is closed for this reason.

    A duplicate's go on in the other case (`hand_on`), those of an offer that ended in the other county. To a child who
    died nobody owes a visit; a unit owes its answer.
    """
    if reason in {CloseReason.DUPLICATE, CloseReason.OFFER_ENDED}:
        return ()
    of_dead, of_adult = reason is CloseReason.DIED, reason is CloseReason.AGED_OUT_18
    kinds = frozenset({SUGGESTION_REPLY}) if of_dead else OF_ANY_CHILD if of_adult else OUTLIVING
    return tuple(name for name in _open(case) if name.partition(".")[0] in kinds)[:OPEN_CLOCKS_MAX]


def hand_on(draft: Draft, closed: Case, other_id: str) -> None:
    """The duties of a duplicate go on in the case that goes on; one that runs there and ends earlier stays."""
    for name in _open(closed):
        clock = closed.clocks[name]
        if name.partition(".")[0] not in OUTLIVING:
            continue
        pending = closed.deadlines.get(clock.deadline or "")
        known = draft.case(other_id).clocks.get(name)
        if pending is None or (known is not None and (known.met or known.due_at_ms <= clock.due_at_ms)):
            continue
        due = ClockDue(
            id=name,
            clock_type=ClockType.HOURS_24x7 if clock.period_ms is None else ClockType.RECURRING,
            start_at_ms=clock.start_at_ms,
            due_at_ms=clock.due_at_ms,
            source=clock.source,
        )
        with InHand(draft, other_id) as hand:
            if known is not None:
                hand.clock_cancelled(name, "SOONER")
            hand.clock_started(due, pending.due_at_ms)


def _open(case: Case) -> tuple[str, ...]:
    return tuple(name for name, clock in sorted(case.clocks.items()) if not clock.met)


def breach(draft: Draft, case_id: str, name: str) -> None:
    """A duty of a closed case ran out: it climbs as one of an open case does, once a day, by day."""
    clock = _running(draft, case_id, name)
    at_ms = max(draft.at_ms, draft.now_ms)
    draft.emit(
        ClockBreached(
            case=case_id,
            clock=name,
            due_at_ms=clock.due_at_ms,
            lateness_ms=draft.lateness_ms,
            repeat=clock.breaches,
            deadline=_deadline(draft, case_id, name),
            next_due_at_ms=next_duty_moment(at_ms + DAY_MS),
        )
    )
    draft.because(f"{name} ran out, the case is closed")
    _tell(draft, case_id, name, clock.breaches)


def record(draft: Draft, body: asked.RecordDuty, by: str) -> None:
    """A duty of a closed case was done, handed over or has ended; a recurring one that was done is due again."""
    clock = _running(draft, body.case, body.clock)
    again = body.how == "DONE" and clock.period_ms is not None
    draft.emit(
        DutyRecorded(
            case=body.case,
            clock=body.clock,
            how=body.how,
            by=by,
            at_ms=draft.at_ms,
            reason=body.reason,
            to=body.to,
            sealed_id=body.sealed_id,
            deadline=_deadline(draft, body.case, body.clock) if again else None,
            next_due_at_ms=draft.at_ms + (clock.period_ms or 0) if again else None,
        )
    )


def _running(draft: Draft, case_id: str, name: str) -> ClockState:
    duties = draft.state.duties(case_id)
    if duties is None or name not in duties.clocks:
        raise Broken("no such duty outlives the case")
    return duties.clocks[name]


def _deadline(draft: Draft, case_id: str, name: str) -> str:
    stub = draft.state.stub(case_id)
    if stub is None:
        raise Broken("the case is not closed")
    return deadline_id(case_id, DeadlineKind.CLOCK, name, stub.deadline_count + 1)


def _tell(draft: Draft, case_id: str, name: str, breaches: int) -> None:
    stub = draft.state.stub(case_id)
    told = closed_cases.whom(draft, case_id, STEPS[min(breaches, len(STEPS) - 1)])
    if stub is None or told is None:
        draft.because("nobody is registered who could be told")
        return
    draft.emit(
        AlertRequested(
            alert_id=notice_id(case_id, DUTY, told.step.value, stub.deadline_count),
            case=case_id,
            county=draft.county_code,
            department=told.department,
            step=told.step,
            level=stub.level or Level.S1,
            act_by_ms=max(draft.at_ms, draft.now_ms) + closed_cases.ANSWER_WITHIN_MS,
            requested_at_ms=draft.now_ms,
            contact_ids=told.contacts,
            reason=f"BREACH.{name}",
            ladder=None if told.department is Department.CIVIL_AFFAIRS else Department.CIVIL_AFFAIRS,
            contacts_of=told.contacts_of,
        )
    )
