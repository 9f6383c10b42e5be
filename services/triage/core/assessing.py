"""Applying the law to a case: level, clocks and ladders from an assessment, again when facts come."""

from shared.contracts.assessment import Assessment, CaseFacts, Override, PriorFacts, Source
from shared.contracts.base import copied, made
from shared.contracts.events import AssessmentDeferred, CaseAssessed, LevelSet
from shared.contracts.reports import CHILDREN_MAX, ChildFacts
from shared.contracts.vocabulary import SAFE_HOLDERS, CloseReason, Department, Level, graver

from services.triage.core import clocks_of_case, implicated, ladders
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.in_hand import InHand
from services.triage.core.state import TOKEN_DAYS, Case

DAY_MS = 24 * 3600 * 1000
BY_REPORT = "REPORT"
BY_POLICY = "POLICY"
REPORTS_MAX = 1000
ASSESSED_AT_ONCE_MAX = 4
"""Children of one report that are assessed in the report's own record; the others follow in records of their own."""


def assess(
    draft: Draft, case_id: str, floor: Level | None = None, *, anew: bool = False, may_lower: bool = False
) -> bool:
    """Assess the case now: records assessment and level, starts clocks and ladders. True when the level was raised.

    `anew` starts them again even though the level in force was set before (an officer's override upward).
    The level never goes down here; only a named officer's override lowers it. Nor do clocks and the ladders' times:
    the level in force is the floor of every later assessment, but of the first one of what could not be decided
    (`may_lower`), where a named person then sets the level.
    """
    case = draft.case(case_id)
    anew = anew or case.assessment is None or not case.ladders
    if case.level is not None and not may_lower:
        floor = case.level if floor is None else graver(floor, case.level)
    assessment = _still_withheld(draft, case, draft.policy.assess(facts_for_policy(draft, case, floor), draft.at_ms))
    return _apply(draft, case, assessment, anew=anew)


def assess_by_own_times(draft: Draft, case_id: str, arrived_at_ms: int, in_hand: frozenset[Department]) -> None:
    """Assess a new case whose report came earlier: what the law asks as of now, and nothing later than it was due.

    Clocks end when they would have ended for a report of that time. So do the ladders: rungs whose time has passed
    are told at once, but for departments that had the child in hand (`in_hand`): they are told anew from now on.
    """
    case = draft.case(case_id)
    facts = facts_for_policy(draft, case)
    then = draft.policy.assess(facts.model_copy(update={"filed_at_ms": arrived_at_ms}), arrived_at_ms)
    now = draft.policy.assess(facts_for_policy(draft, case, then.level), draft.at_ms)
    clocks = {each.id: each for each in then.clocks}
    for each in now.clocks:
        known = clocks.get(each.id)
        if known is None or each.due_at_ms < known.due_at_ms:
            clocks[each.id] = each
    sooner = {
        (each.ladder, each.department, each.step): each.at_ms for each in then.rungs if each.ladder not in in_hand
    }
    rungs = tuple(
        copied(each, at_ms=min(each.at_ms, sooner.get((each.ladder, each.department, each.step), each.at_ms)))
        for each in now.rungs
    )
    by_ms = [at_ms for at_ms in (then.measure.decide_by_ms, now.measure.decide_by_ms) if at_ms is not None]
    measure = copied(now.measure, decide_by_ms=min(by_ms, default=None))
    _apply(draft, case, copied(now, clocks=tuple(clocks.values()), rungs=rungs, measure=measure), anew=True)


def _apply(draft: Draft, case: Case, assessment: Assessment, *, anew: bool) -> bool:
    """Record an assessment: the level, never down; clocks and ladders. True when the level was raised."""
    case_id, before = case.case, case.level
    level = assessment.level if before is None else graver(before, assessment.level)
    raised = before is not None and level.urgency > before.urgency
    told = draft.case(case_id).ladders
    draft.emit(made(CaseAssessed, {"case": case_id, "assessment": assessment}))
    for department in sorted(set(told) - set(draft.case(case_id).ladders)) if told else ():
        ladders.withdraw(draft, case_id, "WITHHELD", department)
        draft.because(f"{department.value}: by the new facts it must not be told, its ladder ends")
    if before is not level:
        said = {"case": case_id, "level": level, "before": before, "by": BY_POLICY, "reason": "ASSESSED"}
        draft.emit(made(LevelSet, said))
    for sentence in assessment.why:
        draft.because(sentence)
    with InHand(draft, case_id) as hand:
        clocks_of_case.start_assessed(hand, assessment.clocks, again=anew or raised)
        _start_ladders(hand, assessment, anew=anew or raised)
    return raised


def weigh_for(draft: Draft, case_id: str, level: Level) -> None:
    """Assess the case as it stands, at an officer's lower level: the override that follows has weighed all of this.

    Only the assessment is recorded; the level, the ladders' steps and their times follow with `LevelSet`.
    """
    case = draft.case(case_id)
    facts = facts_for_policy(draft, case)
    now = draft.policy.assess(facts, draft.at_ms)
    raises = {each.source.rule: each.after for each in now.raises} | (now.raises_held or {})
    weighed = Override(level=level, situations={each.source.rule: each.level for each in now.situations}, raises=raises)
    prior = facts.prior.model_copy(update={"override": weighed})
    lowered = draft.policy.assess(facts.model_copy(update={"prior": prior}), draft.at_ms)
    draft.emit(CaseAssessed(case=case_id, assessment=_still_withheld(draft, case, lowered)))


def _still_withheld(draft: Draft, case: Case, assessment: Assessment) -> Assessment:
    """Whoever was withheld stays so: later filings lift it for nobody; an officer tells them by name, with a reason.

    But a registered contact that a filing names and that is told all the same is not said to be left out.
    """
    told = implicated.still_told(case, draft.registry, max(draft.at_ms, draft.now_ms))
    for name in sorted(told & {entry.who for entry in assessment.not_told}):
        draft.because(f"{name} is named as implicated and told all the same: of another kind, or nobody else is there")
    if told:
        entries = tuple(entry for entry in assessment.not_told if entry.who not in told)
        assessment = assessment.model_copy(update={"not_told": entries})
    before = case.assessment
    if before is None:
        return assessment
    now = {entry.who for entry in assessment.not_told}
    kept = tuple(entry for entry in before.not_told if entry.who not in now and entry.who not in told)
    if not kept:
        return assessment
    silent = {entry.who for entry in kept} - {due.code.value for due in before.departments}
    return assessment.model_copy(
        update={
            "not_told": (*assessment.not_told, *kept),
            "departments": tuple(due for due in assessment.departments if due.code.value not in silent),
            "rungs": tuple(rung for rung in assessment.rungs if rung.department.value not in silent),
            "instructions": tuple(each for each in assessment.instructions if each.to not in silent),
        }
    )


def defer(draft: Draft, case_id: str) -> None:
    """Leave the assessment to a record of its own, at once: so a report with many children stays within a record."""
    draft.emit(
        AssessmentDeferred(
            case=case_id,
            deadline=draft.deadline(case_id, DeadlineKind.ASSESSMENT, "NOW"),
            due_at_ms=draft.at_ms,
        )
    )


def _start_ladders(hand: InHand, assessment: Assessment, *, anew: bool) -> None:
    """Every told department's ladder; those that run already only when the level was raised."""
    departments: dict[Department, Source] = {due.code: due.source for due in assessment.departments}
    with_rungs = set()
    for rung in assessment.rungs:
        departments.setdefault(rung.ladder, rung.source)
        with_rungs.add(rung.ladder)
    running = frozenset(hand.ladders)
    for department, source in departments.items():
        if department not in with_rungs:
            continue
        if department not in running or anew:
            ladders.withdraw_of(hand, "SUPERSEDED", department)
            reason = "LEVEL_RAISED" if department in running else "LADDER"
            ladders.start(hand, department, source, (), reason)


def facts_for_policy(draft: Draft, case: Case, floor: Level | None = None) -> CaseFacts:
    """The case's facts with this child first and the report's other open children behind it, and the record's."""
    ours = case.facts.children or (ChildFacts(),)
    receipts = receipts_of(case) if case.linked else set()
    others = tuple(
        other.facts.children[0]
        for name in case.linked
        if (other := draft.state.case(name)) is not None and other.facts.children and receipts & receipts_of(other)
    )
    children = (*ours, *others)[:CHILDREN_MAX]
    facts = case.facts if children == case.facts.children else case.facts.model_copy(update={"children": children})
    return made(CaseFacts, {"report": facts, "prior": _prior(draft, case, floor), "filed_at_ms": draft.at_ms})


def _prior(draft: Draft, case: Case, floor: Level | None) -> PriorFacts:
    """What the county's record knows besides the report."""
    custody = case.custody
    safe = custody is not None and custody.by != BY_REPORT and custody.holder in SAFE_HOLDERS
    earlier = earlier_cases(draft, case)
    return made(
        PriorFacts,
        {
            "reports_90_days": min(len(earlier) + _other_filings(draft, case), REPORTS_MAX),
            "floor_level": floor,
            "child_safe_in_custody": True if safe else None,
            "returned_days": _returned_days(draft, case, earlier),
            "dispute": True if case.dispute is not None else None,
            "override": case.override,
        },
    )


def receipts_of(case: Case) -> set[str]:
    """The receipts of all filings about this child that the case has taken up."""
    return {case.receipt, *(receipt for receipt, _ in case.filings)}


def _other_filings(draft: Draft, case: Case) -> int:
    """How many filings of the case's own came in the last 90 days besides one of them."""
    since_ms = draft.at_ms - TOKEN_DAYS * DAY_MS
    times_ms = (case.arrived_at_ms, *(at_ms for _, at_ms in case.filings))
    return max(0, sum(at_ms >= since_ms for at_ms in times_ms) - 1)


def _returned_days(draft: Draft, case: Case, earlier: frozenset[str]) -> int | None:
    """Days since the child was last returned to a guardian by the county's record, in this case or an earlier one."""
    moments = [case.returned_at_ms]
    for name in sorted(earlier):
        other, stub = draft.state.case(name), draft.state.stub(name)
        if other is not None:
            moments.append(other.returned_at_ms)
        elif stub is not None and stub.reason is CloseReason.RETURNED_ASSESSED:
            moments.append(stub.closed_at_ms)
    known = [moment for moment in moments if moment is not None and moment <= draft.at_ms]
    return (draft.at_ms - max(known)) // DAY_MS if known else None


def earlier_cases(draft: Draft, case: Case) -> frozenset[str]:
    """Cases of other filings in the last 90 days about this child: by match token, or closed and added to now."""
    if not case.tokens and not case.linked:
        return frozenset()
    since_ms = draft.at_ms - TOKEN_DAYS * DAY_MS
    found = {
        other for token in case.tokens for other, at_ms in draft.registry.tokens.get(token) or () if at_ms >= since_ms
    }
    found |= {
        name for name in case.linked if (stub := draft.state.stub(name)) is not None and stub.closed_at_ms >= since_ms
    }
    ours = {name for receipt in receipts_of(case) for name in draft.state.receipts.get(receipt) or ()}
    counted = frozenset(other for other in found if other not in ours or draft.state.stub(other) is not None)
    return counted - {case.case, *case.apart}
