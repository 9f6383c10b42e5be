"""What goes over of a case, and how it lives on in the other county: nothing begins anew, nothing ends later."""

from typing import Final

from shared.contracts.assessment import ClockDue
from shared.contracts.crossings import (
    CLOCKS_HANDED_MAX,
    KIN_HANDED_MAX,
    SEALED_HANDED_MAX,
    TOKENS_HANDED_MAX,
    CaseHanded,
    ClockHanded,
    KinHanded,
)
from shared.contracts.events import ChildSeen, ClockMet, CustodySet, KinCandidateAdded, ReportJoined
from shared.contracts.vocabulary import ClockType, Level

from services.triage.core import clocks_of_case, identity
from services.triage.core.custody import BY_REPORT
from services.triage.core.decision import Draft
from services.triage.core.in_hand import InHand
from services.triage.core.state import Case

ANSWER: Final = "TRANSFER_ANSWER"
STAYING: Final = frozenset({identity.REVIEW, clocks_of_case.DOCUMENT, ANSWER})
"""Clocks of what this county's own people did; they stay, and outlive its case as duties."""


def by_county(county: str) -> str:
    """Whose word it is, where another county recorded it."""
    return f"county:{county}"


def handed(case: Case) -> CaseHanded:
    """Everything of a case that another county needs to go on with it."""
    custody = case.custody
    recorded = custody is not None and custody.by != BY_REPORT
    names = [name for name in sorted(case.clocks) if name.partition(".")[0] not in STAYING]
    running_first = sorted(names, key=lambda name: (case.clocks[name].met, case.clocks[name].due_at_ms, name))
    return CaseHanded(
        case=case.case,
        report_id=case.report_id,
        receipt=case.receipt,
        child=case.child,
        facts=case.facts,
        arrived_at_ms=case.arrived_at_ms,
        level=case.level or Level.S1,
        override=case.override,
        holder=custody.holder if custody is not None else case.facts.custody_now.holder,
        since_ms=custody.since_ms if custody is not None else None,
        custody_recorded=recorded,
        seen_at_ms=case.seen_at_ms,
        wishes=case.wishes,
        clocks=tuple(_clock(case, name) for name in running_first[:CLOCKS_HANDED_MAX]),
        kin=tuple(_kin(case, name) for name in sorted(case.kin)[:KIN_HANDED_MAX]),
        sealed_ids=case.sealed_ids[:SEALED_HANDED_MAX],
        tokens=case.tokens[:TOKENS_HANDED_MAX],
        id_tokens=case.id_tokens[:TOKENS_HANDED_MAX],
    )


def _clock(case: Case, name: str) -> ClockHanded:
    clock = case.clocks[name]
    pending = case.deadlines.get(clock.deadline or "")
    recurring = clock.period_ms is not None
    return ClockHanded(
        clock=name,
        clock_type=ClockType.RECURRING if recurring else ClockType.HOURS_24x7,
        start_at_ms=max(0, clock.due_at_ms - (clock.period_ms or 0)) if recurring else clock.start_at_ms,
        due_at_ms=clock.due_at_ms,
        source=clock.source,
        tell_at_ms=pending.due_at_ms if pending is not None and not clock.met else None,
        met=clock.met,
    )


def _kin(case: Case, name: str) -> KinHanded:
    known = case.kin[name]
    return KinHanded(
        candidate_id=known.candidate_id,
        relation=known.relation,
        willing=known.willing,
        checked=known.checked,
        disqualified=known.disqualified,
        household_of_alleged=known.household_of_alleged,
        disqualifiers=known.disqualifiers,
        checks=known.checks,
        adult=known.adult,
        consent_by=known.consent_by,
    )


def take_over(draft: Draft, case_id: str, said: CaseHanded, by: str) -> None:
    """What another county has recorded, in this county's case; what it knows already stays, an earlier end wins."""
    _clocks(draft, case_id, said)
    for sealed_id in said.sealed_ids:
        case = draft.case(case_id)
        if sealed_id not in case.sealed_ids:
            draft.emit(
                ReportJoined(
                    case=case_id,
                    report_id=case.report_id,
                    receipt=case.receipt,
                    facts=case.facts,
                    sealed_id=sealed_id,
                )
            )
    for each in said.kin:
        if each.candidate_id not in draft.case(case_id).kin:
            draft.emit(KinCandidateAdded(case=case_id, **dict(each)))
    case = draft.case(case_id)
    newly_seen = said.seen_at_ms is not None and said.seen_at_ms > (case.seen_at_ms or 0)
    if newly_seen and said.seen_at_ms is not None:
        draft.emit(
            ChildSeen(case=case_id, by=by, seen_at_ms=said.seen_at_ms, recorded_at_ms=draft.now_ms, wishes=said.wishes)
        )
    ours = case.custody is not None and case.custody.by not in {by, BY_REPORT}
    moved = case.custody is None or case.custody.holder is not said.holder
    if said.custody_recorded and moved and not ours:
        draft.emit(CustodySet(case=case_id, holder=said.holder, since_ms=said.since_ms, by=by))


def _clocks(draft: Draft, case_id: str, said: CaseHanded) -> None:
    """Every clock as it runs over there; one that was met there is met here."""
    with InHand(draft, case_id) as hand:
        for each in said.clocks:
            known = hand.clocks.get(each.clock)
            if known is not None and (known.met or each.met or known.due_at_ms <= each.due_at_ms):
                continue
            if known is not None:
                hand.clock_cancelled(each.clock, "SOONER")
            due = ClockDue(
                id=each.clock,
                clock_type=each.clock_type,
                start_at_ms=each.start_at_ms,
                due_at_ms=each.due_at_ms,
                source=each.source,
            )
            hand.clock_started(due, max(each.due_at_ms, each.tell_at_ms or each.due_at_ms))
    for each in said.clocks:
        known = draft.case(case_id).clocks.get(each.clock)
        if each.met and known is not None and not known.met:
            draft.emit(ClockMet(case=case_id, clock=each.clock, at_ms=draft.at_ms))
