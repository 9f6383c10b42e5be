"""The clocks of a case: started by law, met by what happened, breached and repeated until they are met."""

from enum import StrEnum
from typing import Final

from shared.contracts.assessment import CaseFacts, ClockDue, PriorFacts, Source
from shared.contracts.events import ClockBreached, ClockMet
from shared.contracts.vocabulary import Basis, ClockType, Department, Holder, LadderStep, Level

from services.triage.core import identity, ladders, outcome_clocks, revocation
from services.triage.core.clocks import DAY_MS, Unit, due_at_ms, next_duty_moment
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.in_hand import InHand
from services.triage.core.state import Case

SEEN: Final = "SEEN"
DECISION: Final = "DECISION"
FIRST_REVIEW: Final = "FIRST_REVIEW"
NEXT_REVIEW: Final = "NEXT_REVIEW"
DOCUMENT: Final = "DOCUMENT"
FEEDBACK: Final = "FEEDBACK"
REVOCATION_REMINDER: Final = "REVOCATION_REMINDER"
REVOCATION_RESULT: Final = "REVOCATION_RESULT"
DOMICILE_NOTICE: Final = "DOMICILE_NOTICE"
HOSPITAL_DAILY: Final = "HOSPITAL_DAILY"
KIN_RECHECK: Final = "KIN_RECHECK"
EXTENDED: Final = "GUARDIANSHIP_EXTENDED"
WARNINGS: Final = ("GUARDIANSHIP_WARNING", "GUARDIANSHIP_FINAL_WARNING")
LIMITS: Final = ("GUARDIANSHIP_LIMIT", "GUARDIANSHIP_LIMIT_LOCAL", EXTENDED)
"""A limit is met by a decision alone: an extension, the measure's end, or an application for revocation once it ran
out. A review meets the warnings before it."""


class Happening(StrEnum):
    """What can meet a clock."""

    CHILD_SEEN = "CHILD_SEEN"
    REVIEWED = "REVIEWED"
    DECIDED = "DECIDED"
    DOCUMENT_FILED = "DOCUMENT_FILED"
    REVOCATION_FILED = "REVOCATION_FILED"
    SCHOOL_REPORTED = "SCHOOL_REPORTED"
    ACCEPTED_TOLD = "ACCEPTED_TOLD"
    RESULT_TOLD = "RESULT_TOLD"
    LIMIT_DECIDED = "LIMIT_DECIDED"
    KIN_ASSESSED = "KIN_ASSESSED"
    DOMICILE_TOLD = "DOMICILE_TOLD"
    ORDER_APPLIED_FOR = "ORDER_APPLIED_FOR"
    COURT_DECIDED = "COURT_DECIDED"
    SUGGESTION_ANSWERED = "SUGGESTION_ANSWERED"


MET_BY: Final[dict[str, frozenset[Happening]]] = {
    SEEN: frozenset({Happening.CHILD_SEEN}),
    DECISION: frozenset({Happening.DECIDED}),
    "DECISION_AFTER_REFUSAL": frozenset({Happening.DECIDED}),
    FIRST_REVIEW: frozenset({Happening.REVIEWED}),
    NEXT_REVIEW: frozenset({Happening.REVIEWED}),
    DOCUMENT: frozenset({Happening.DOCUMENT_FILED}),
    REVOCATION_REMINDER: frozenset({Happening.REVOCATION_FILED}),
    "FEEDBACK_INTERIM": frozenset({Happening.ACCEPTED_TOLD, Happening.RESULT_TOLD}),
    FEEDBACK: frozenset({Happening.RESULT_TOLD}),
    "DROPOUT_WRITTEN_REPORT": frozenset({Happening.SCHOOL_REPORTED}),
    REVOCATION_RESULT: frozenset({Happening.REVIEWED}),
    DOMICILE_NOTICE: frozenset({Happening.DOMICILE_TOLD}),
    KIN_RECHECK: frozenset({Happening.CHILD_SEEN, Happening.KIN_ASSESSED}),
    HOSPITAL_DAILY: frozenset({Happening.CHILD_SEEN, Happening.REVIEWED}),
    "WEEKLY_CONTACT": frozenset({Happening.CHILD_SEEN, Happening.REVIEWED}),
    "PLACEMENT_RECHECK": frozenset({Happening.CHILD_SEEN, Happening.REVIEWED}),
    "FOLLOW_UP_VISIT": frozenset({Happening.CHILD_SEEN, Happening.REVIEWED}),
    "FOLLOW_UP_VISIT_LOCAL": frozenset({Happening.CHILD_SEEN, Happening.REVIEWED}),
    "CARE_REVIEW": frozenset({Happening.REVIEWED}),
    "COURT_DECISION": frozenset({Happening.COURT_DECIDED}),
    "PROTECTION_ORDER_RENEWAL": frozenset({Happening.ORDER_APPLIED_FOR, Happening.COURT_DECIDED}),
    "SUGGESTION_REPLY": frozenset({Happening.SUGGESTION_ANSWERED}),
    identity.REVIEW: frozenset(),
    outcome_clocks.OUTCOME: frozenset(),
    **dict.fromkeys(LIMITS, frozenset({Happening.LIMIT_DECIDED})),
}
"""A clock that nothing here meets is met by a command of its own. One that is not named here (a warning) is met by a
review after it ran out, or ends with its measure."""
REVIEWED_AFTER: Final = frozenset({"PROTECTION_ORDER_ENDS", "TRACING_FINDING_LOCAL"})
"""Clocks that only a review after they ran out meets: an order that ended, parents who were not found."""
VISITS: Final = frozenset({KIN_RECHECK, "PLACEMENT_RECHECK", "FOLLOW_UP_VISIT", "FOLLOW_UP_VISIT_LOCAL"})
"""Clocks that only a sighting after they began meets: the child must be seen where it is now."""
OF_MEASURE: Final = frozenset(
    {
        DECISION,
        "DECISION_AFTER_REFUSAL",
        "CARE_REVIEW",
        "PLACEMENT_RECHECK",
        KIN_RECHECK,
        *WARNINGS,
        *LIMITS,
    }
)
"""Clocks that end with the measure they watch over."""
URGENT = frozenset({SEEN, DECISION})
"""Their breaches are repeated at the ladder's own interval at first; those of the others once a day at most."""
AT_PACE: Final = 8
"""How many breaches of an urgent clock come at the ladder's pace (four hours at S1), before the pauses grow."""
DOUBLINGS_MAX: Final = 8

NEXT_REVIEW_SOURCE = Source(
    rule="core.next-review", basis=Basis.DESIGN, citation="design: an open case always has a next date"
)
DOCUMENT_SOURCE = Source(
    rule="core.document",
    basis=Basis.DESIGN,
    citation="design: decided by phone, the document number by 12:00 of the next working day",
)
REVIEW_DAYS: Final = {Level.S1: 3, Level.S2: 7, Level.S3: 14, Level.S4: 30, Level.S0: 30}
DAY_CLOCKS = frozenset({ClockType.CALENDAR_DAYS, ClockType.WORKING_DAYS})
BREACH_STEPS = (LadderStep.E3, LadderStep.E4, LadderStep.E5)


def start(draft: Draft, case_id: str, due: ClockDue, *, again: bool = False) -> None:
    """Start a clock. One that runs already stays if it ends earlier; one that was met stays met unless `again`."""
    with InHand(draft, case_id) as hand:
        _start(hand, due, again=again)


def _start(hand: InHand, due: ClockDue, *, again: bool) -> None:
    known = hand.clocks.get(due.id)
    if known is not None:
        if (known.met and not again) or (not known.met and known.due_at_ms <= due.due_at_ms):
            return
        if not known.met:
            hand.clock_cancelled(due.id, "SOONER")
    hand.clock_started(due, _awake(hand.case, due.due_at_ms, due.clock_type))


def follow_level(draft: Draft, case_id: str) -> None:
    """The level was lowered: clocks that run keep their ends, but the design's are not told by night any more."""
    case = draft.case(case_id)
    for name, clock in sorted(case.clocks.items()):
        pending = case.deadlines.get(clock.deadline) if clock.deadline is not None else None
        if clock.met or pending is None or clock.source.basis is not Basis.DESIGN:
            continue
        due_ms = _awake(case, pending.due_at_ms)
        if due_ms == pending.due_at_ms:
            continue
        kind = ClockType.HOURS_24x7 if clock.period_ms is None else ClockType.RECURRING
        if clock.breaches == 0:
            due_ms = clock.due_at_ms
        start_ms = clock.start_at_ms if clock.period_ms is None else due_ms - clock.period_ms
        again = ClockDue(id=name, clock_type=kind, start_at_ms=start_ms, due_at_ms=due_ms, source=clock.source)
        with InHand(draft, case_id) as hand:
            hand.clock_cancelled(name, "LEVEL_LOWERED")
            _start(hand, again, again=True)


def start_after(draft: Draft, case_id: str, happened: str, of: Department | None = None) -> None:
    """The clocks that the law starts when something happened (MEASURE_ASSIGNED, PLACED, RETURNED ...).

    `of`: a department that has a clock of its own, under its own name (OUTCOME.POLICE).
    """
    case = draft.case(case_id)
    facts = CaseFacts(report=case.facts, child=0, prior=PriorFacts(), filed_at_ms=case.arrived_at_ms)
    dues = draft.policy.clocks_after(happened, facts, case.level or Level.S1, draft.at_ms)
    if dues:
        with InHand(draft, case_id) as hand:
            for due in dues:
                named = due if of is None else due.model_copy(update={"id": f"{due.id}.{of.value}"})
                _start(hand, named, again=True)


def happened(draft: Draft, case_id: str, what: Happening, seen_at_ms: int | None = None) -> tuple[str, ...]:
    """Meet every clock that waits for this; a recurring one begins again. The clocks that were met.

    `seen_at_ms`: for a sighting, its moment: a visit that came due later is not met by it.
    """
    met = []
    for name, clock in sorted(draft.case(case_id).clocks.items()):
        waits = MET_BY.get(name.partition(".")[0])
        meets = what in waits if waits is not None else what is Happening.REVIEWED and clock.breaches > 0
        meets = meets or (what is Happening.REVOCATION_FILED and name in LIMITS and clock.breaches > 0)
        too_early = seen_at_ms is not None and name in VISITS and seen_at_ms < clock.start_at_ms
        if clock.met or not meets or too_early:
            continue
        draft.emit(ClockMet(case=case_id, clock=name, at_ms=draft.at_ms))
        met.append(name)
        if clock.period_ms is not None:
            due_ms = max(draft.at_ms, draft.now_ms) + clock.period_ms
            again = ClockDue(
                id=name,
                clock_type=ClockType.RECURRING,
                start_at_ms=due_ms - clock.period_ms,
                due_at_ms=due_ms,
                source=clock.source,
            )
            start(draft, case_id, again, again=True)
    return tuple(met)


def start_assessed(hand: InHand, dues: tuple[ClockDue, ...], *, again: bool) -> None:
    """The clocks of an assessment, but for those that the record has made needless since."""
    case = hand.case
    custody = case.custody
    fetched = custody is not None and custody.by != "REPORT" and custody.holder is not Holder.HOSPITAL
    for due in dues:
        if due.id == REVOCATION_REMINDER and case.revocation_filed:
            continue
        if due.id == HOSPITAL_DAILY and fetched:
            continue
        _start(hand, due, again=again)


def end_of_measure(draft: Draft, case_id: str) -> None:
    """The clocks that watch over a measure end with it."""
    for name in sorted(OF_MEASURE & set(draft.case(case_id).clocks)):
        cancel(draft, case_id, name, "MEASURE_ENDED")


def cancel(draft: Draft, case_id: str, clock: str, reason: str) -> None:
    """The clock is not needed any more."""
    known = draft.case(case_id).clocks.get(clock)
    if known is not None and not known.met:
        with InHand(draft, case_id) as hand:
            hand.clock_cancelled(clock, reason)


def breach(draft: Draft, case_id: str, clock: str, due_ms: int) -> None:
    """A clock ran out: it climbs (E3, then E4, then E5 again and again) and is repeated until it is met."""
    case = draft.case(case_id)
    known = case.clocks[clock]
    next_ms = _awake(case, max(draft.at_ms, draft.now_ms) + _again_after_ms(case, clock, known.breaches))
    draft.emit(
        ClockBreached(
            case=case_id,
            clock=clock,
            due_at_ms=due_ms if known.breaches else known.due_at_ms,
            lateness_ms=draft.lateness_ms,
            repeat=known.breaches,
            deadline=draft.deadline(case_id, DeadlineKind.CLOCK, clock),
            next_due_at_ms=next_ms,
        )
    )
    draft.because(f"{clock} ran out")
    if outcome_clocks.department_of(clock) is not None:
        outcome_clocks.tell(draft, case_id, clock, known.breaches)
        return
    step = BREACH_STEPS[min(known.breaches, len(BREACH_STEPS) - 1)]
    ladders.tell_also(draft, case_id, _climbs_on(draft.case(case_id)), step, f"BREACH.{clock}")
    if clock == REVOCATION_REMINDER:
        revocation.remind(draft, case_id, known.breaches)


def _again_after_ms(case: Case, clock: str, breaches: int) -> int:
    """After how long a breach is repeated: never more rarely than once a day, but where the ladder itself is slower.

    Of an urgent clock first at the ladder's pace, then each time after twice as long: who does not act on the eighth
    call of a night does not act on the fiftieth, and a county that is rung without end mutes its phones (design).
    """
    pace_ms = ladders.times_of(case).repeat_ms
    if outcome_clocks.department_of(clock) is not None:
        return outcome_clocks.again_after_ms(pace_ms, breaches)
    if clock not in URGENT:
        return max(pace_ms, DAY_MS)
    doublings = min(max(0, breaches + 1 - AT_PACE), DOUBLINGS_MAX)
    return max(pace_ms, min(pace_ms << doublings, DAY_MS))


def keep_alive(draft: Draft) -> None:
    """An open case without a next date gets one: a review."""
    for case_id in tuple(draft.touched):
        case = draft.state.case(case_id) if case_id else None
        if case is not None and not case.deadlines:
            next_review(draft, case.case)


def next_review(draft: Draft, case_id: str) -> None:
    """The date of the next review, by level."""
    days = REVIEW_DAYS[draft.case(case_id).level or Level.S1]
    due_ms = due_at_ms(ClockType.CALENDAR_DAYS, draft.at_ms, days, Unit.DAY)
    start(
        draft,
        case_id,
        ClockDue(
            id=NEXT_REVIEW,
            clock_type=ClockType.CALENDAR_DAYS,
            start_at_ms=draft.at_ms,
            due_at_ms=max(due_ms, draft.now_ms + DAY_MS),
            source=NEXT_REVIEW_SOURCE,
        ),
        again=True,
    )


def _awake(case: Case, at_ms: int, clock_type: ClockType | None = None) -> int:
    """When the end of a clock is told: moved out of the night where nobody must be woken for its breach (design).

    The clock's own end stays what the law says: it is shown and recorded as such.

    That is at S3 and S4, and at every level for a clock that counts days: its last day ends at midnight (Civil Code
    arts. 201-203), and whoever must act learns of it when duty begins. A day's business ends at 20:00, and so may it.
    """
    if clock_type not in DAY_CLOCKS and not ladders.times_of(case).duty_hours_only:
        return at_ms
    last_ms = at_ms - 1
    if clock_type in DAY_CLOCKS:
        return at_ms if next_duty_moment(last_ms) == last_ms else next_duty_moment(at_ms)
    return at_ms if ladders.in_hours(case, last_ms) == last_ms else ladders.in_hours(case, at_ms)


def _climbs_on(case: Case) -> Department:
    """Breaches are civil affairs' to answer for; where it has no ladder, the first department's."""
    if Department.CIVIL_AFFAIRS in case.ladders or not case.ladders:
        return Department.CIVIL_AFFAIRS
    return min(case.ladders)
