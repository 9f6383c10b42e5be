"""Folds of a case's life: opened, joined, seen, in custody, closed, opened again."""

from collections.abc import Sequence
from typing import Any

from shared.contracts.alerts import FeedbackDue
from shared.contracts.crossings import SEALED_HANDED_MAX
from shared.contracts.events import (
    AssessmentRecorded,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseUndecidable,
    ChildSeen,
    CustodySet,
    DisputeRecorded,
    DocumentFiled,
    DomicileNoticeDue,
    KinCandidateAdded,
    ReportJoined,
    RevocationFiled,
    StateChanged,
)
from shared.contracts.reports import ChildFacts, InstitutionFacts, ReportFacts
from shared.contracts.vocabulary import Holder, Injury, Level, Wishes

from services.triage.core.folds import duties, separations
from services.triage.core.state import (
    TOKEN_DAYS,
    Assessed,
    BookState,
    Case,
    County,
    Custody,
    Dispute,
    JoinedFiling,
    KinCandidate,
    ReportSeen,
    changed,
)
from services.triage.core.stubs import case_of, stub_of

TOKEN_CASES_MAX = 20
LINKED_MAX = 40
DAY_MS = 24 * 3600 * 1000
BY_REPORT = "REPORT"
_BLANK = Case("", "", "", "", 0, ReportFacts(), 0, ())


def with_county(state: BookState, county: County) -> BookState:
    """`state` with this county."""
    return state.with_county(county)


def with_case(state: BookState, case: Case) -> BookState:
    """`state` with this open case; the caller keeps the index of deadlines in step."""
    return state.with_case(case)


def opened(state: BookState, event: CaseOpened, at_ms: int) -> BookState:
    """A case of its own."""
    case = changed(
        _BLANK,
        case=event.case,
        county=event.county,
        report_id=event.report_id,
        receipt=event.receipt,
        child=event.child,
        facts=event.facts,
        arrived_at_ms=event.arrived_at_ms,
        report_ids=(event.report_id,),
        linked=event.linked,
        tokens=event.tokens,
        own_tokens=event.tokens,
        id_tokens=event.id_tokens or (),
        sealed_ids=(event.sealed_id,) if event.sealed_id else (),
    )
    state = with_case(state.having(cases=state.cases.set(event.case, event.county)), case)
    state = with_links(state, event.case, event.linked)
    state = with_tokens(state, case, event.tokens, event.arrived_at_ms)
    return _with_report(state, event.report_id, event.receipt, event.case, event.content, at_ms)


def undecidable(state: BookState, event: CaseUndecidable, at_ms: int) -> BookState:
    """A case at the highest level, for a human, of which nothing could be decided."""
    receipt = event.receipt or event.report_id
    case = Case(
        case=event.case,
        county=event.county,
        report_id=event.report_id,
        receipt=receipt,
        child=0,
        facts=ReportFacts(),
        arrived_at_ms=event.arrived_at_ms,
        report_ids=(event.report_id,),
        level=Level.S1,
        undecidable=event.error,
    )
    state = with_case(state.having(cases=state.cases.set(event.case, event.county)), case)
    return _with_report(state, event.report_id, receipt, event.case, event.content, at_ms)


def joined(state: BookState, event: ReportJoined, at_ms: int) -> BookState:
    """More facts of the same case; an assessment of the guardian made before them does not speak for them.

    A filing that says the same once more is newer than the assessment, too: somebody has said again what harms.
    """
    case = state.case(event.case)
    if case is None:
        return state
    before = case
    ids = case.report_ids if event.report_id in case.report_ids else (*case.report_ids, event.report_id)
    tokens = tuple(dict.fromkeys((*case.tokens, *event.tokens)))
    said_before = event.facts == case.facts and event.report_id in case.report_ids
    still = case.assessed if said_before else None
    case = changed(case, facts=event.facts, report_ids=ids, tokens=tokens, assessed=still)
    if event.sealed_id and event.sealed_id not in case.sealed_ids and len(case.sealed_ids) < SEALED_HANDED_MAX:
        case = changed(case, sealed_ids=(*case.sealed_ids, event.sealed_id))
    if event.id_tokens:
        case = changed(case, id_tokens=tuple(dict.fromkeys((*case.id_tokens, *event.id_tokens))))
    if event.linked:
        linked = tuple(dict.fromkeys((*case.linked, *event.linked)))[:LINKED_MAX]
        case = changed(case, linked=linked)
    if event.matched_by is not None and event.receipt is not None:
        case = changed(case, filings=(*case.filings, (event.receipt, at_ms)))
        state = _with_filing(state, event, at_ms)
    state = with_case(state, separations.noted(case, event, before))
    state = with_links(state, case.case, event.linked or ())
    state = with_tokens(state, case, event.tokens, at_ms)
    return _with_report(state, event.report_id, event.receipt or case.receipt, event.case, event.content, at_ms)


def state_changed(state: BookState, event: StateChanged, at_ms: int) -> BookState:
    """The derived state."""
    case = state.case(event.case)
    return state if case is None else with_case(state, changed(case, state=event.state))


def custody_set(state: BookState, event: CustodySet, at_ms: int) -> BookState:
    """Who holds the child now; given to a guardian by somebody's record, it is a return from that moment on."""
    case = state.case(event.case)
    if case is None:
        return state
    custody = Custody(event.holder, event.since_ms, event.by, event.place_id, proved=event.proved is True)
    before = case.custody
    away = before is not None and before.holder not in {Holder.GUARDIAN, Holder.UNKNOWN}
    if event.holder is Holder.GUARDIAN and event.by != BY_REPORT and away:
        return with_case(state, changed(case, custody=custody, returned_at_ms=at_ms))
    return with_case(state, changed(case, custody=custody))


def child_seen(state: BookState, event: ChildSeen, at_ms: int) -> BookState:
    """Seen in person; wishes once heard stay heard. An assessment does not outlive that the child was found alone.

    Recorded dead, it is dead by a named official's word; seen alive since the filing, it is not, whoever said so.
    """
    case = state.case(event.case)
    if case is None:
        return state
    wishes = case.wishes if event.wishes is Wishes.UNKNOWN else event.wishes
    seen_at_ms = max(event.seen_at_ms, case.seen_at_ms or 0)
    still = None if event.alone is True else case.assessed
    case = changed(case, seen_at_ms=seen_at_ms, wishes=wishes, assessed=still)
    if event.dead is True:
        case = changed(case, died_by=event.by, facts=hurt(case.facts, Injury.DEATH))
    elif event.seen_at_ms >= case.arrived_at_ms:
        case = changed(case, died_by=None, facts=said_dead_only(case.facts))
    return with_case(state, case)


def hurt(facts: ReportFacts, injury: Injury) -> ReportFacts:
    """The facts of one case with this injury of its child."""
    child = facts.children[0] if facts.children else ChildFacts()
    return facts.model_copy(update={"children": (child.model_copy(update={"injury": injury}),)})


def said_dead_only(facts: ReportFacts) -> ReportFacts:
    """The facts where nobody is known to have died: a death that was only said is a life in danger."""
    dead = bool(facts.children) and facts.children[0].injury is Injury.DEATH
    return hurt(facts, Injury.LIFE_THREATENING) if dead else facts


def kin_added(state: BookState, event: KinCandidateAdded, at_ms: int) -> BookState:
    """A relative who could take the child; a later entry of the same candidate replaces the earlier."""
    case = state.case(event.case)
    if case is None:
        return state
    candidate = KinCandidate(
        event.candidate_id,
        event.relation,
        event.willing,
        event.checked,
        True if event.disqualifiers else event.disqualified,
        event.household_of_alleged,
        event.disqualifiers,
        event.checks,
        event.adult,
        event.consent_by,
    )
    return with_case(state, changed(case, kin=case.kin.set(event.candidate_id, candidate)))


def assessment_recorded(state: BookState, event: AssessmentRecorded, at_ms: int) -> BookState:
    """A named officer's assessment; only one of the guardian says whether a return is safe."""
    case = state.case(event.case)
    if case is None:
        return state
    guardian = Assessed(event.by, event.guardian_able, event.safe_to_return, event.at_ms)
    return with_case(
        state,
        changed(
            case,
            assessments=case.assessments + 1,
            assessed=guardian if event.subject == "GUARDIAN" else case.assessed,
        ),
    )


def dispute_recorded(state: BookState, event: DisputeRecorded, at_ms: int) -> BookState:
    """Relatives dispute, or do so no more."""
    dispute = None if event.resolved else Dispute(event.about, event.candidates, event.relations, event.by)
    return _changed_case(state, event.case, dispute=dispute)


def domicile_notice_due(state: BookState, event: DomicileNoticeDue, at_ms: int) -> BookState:
    """The county of registration is to be told."""
    return _changed_case(state, event.case, domicile=event.domicile_county)


def document_filed(state: BookState, event: DocumentFiled, at_ms: int) -> BookState:
    """The pending document number."""
    return _changed_case(state, event.case, document_pending=False, document_number=event.document_number)


def revocation_filed(state: BookState, event: RevocationFiled, at_ms: int) -> BookState:
    """An application is with the court."""
    return _changed_case(state, event.case, revocation_filed=True)


def closed(state: BookState, event: CaseClosed, at_ms: int) -> BookState:
    """The case becomes a stub; of what was pending only the duties that outlive it go on."""
    case = state.case(event.case)
    if case is None:
        return state
    county = state.county(case.county)
    stub = stub_of(case, event.reason, event.at_ms)
    county = changed(county, cases=county.cases.delete(case.case), stubs=county.stubs.set(case.case, stub))
    county = duties.kept(county, case, event)
    return with_county(state, county)


def reopened(state: BookState, event: CaseReopened, at_ms: int) -> BookState:
    """The stub becomes a case again."""
    stub = state.stub(event.case)
    if stub is None:
        return state
    county = state.county(state.cases[event.case])
    hold = next((place for place, cases in county.holds.items() if event.case in cases), None)
    county, case = duties.given_back(county, case_of(stub, county.county, hold, event.at_ms))
    county = changed(county, stubs=county.stubs.delete(stub.case), cases=county.cases.set(stub.case, case))
    state = with_county(state, county)
    return _with_report(state, stub.report_id, stub.receipt, stub.case, None, at_ms)


def feedback_due(state: BookState, event: FeedbackDue, at_ms: int) -> BookState:
    """What the reporter was told last."""
    seen = state.reports.get(event.report_id)
    if seen is None:
        return state
    return state.having(reports=state.reports.changed(event.report_id, changed(seen, feedback=event.status)))


def _changed_case(state: BookState, case_id: str, **changes: Any) -> BookState:  # noqa: ANN401 - one of many types
    case = state.case(case_id)
    return state if case is None else with_case(state, changed(case, **changes))


def with_links(state: BookState, case_id: str, linked: tuple[str, ...]) -> BookState:
    """The other open cases know of the new one, too."""
    for other_id in linked:
        other = state.case(other_id)
        if other is not None and case_id not in other.linked and len(other.linked) < LINKED_MAX:
            state = with_case(state, changed(other, linked=(*other.linked, case_id)))
    return state


def with_tokens(state: BookState, case: Case, tokens: tuple[str, ...], arrived_at_ms: int) -> BookState:
    """The tokens of a filing lead to this case, the newest cases last."""
    if not tokens:
        return state
    county = state.county(case.county)
    memory = county.tokens
    for token in tokens:
        since_ms = arrived_at_ms - TOKEN_DAYS * DAY_MS
        known = tuple(
            entry
            for entry in memory.get(token) or ()
            if entry[0] != case.case and (entry[1] >= since_ms or state.case(entry[0]) is not None)
        )
        entries = (*known, (case.case, arrived_at_ms))[-TOKEN_CASES_MAX:]
        memory = memory.added(
            token, entries, arrived_at_ms, lambda value: _any_open(state, [each[0] for each in value])
        )
    return with_county(state, changed(county, tokens=memory))


def _with_report(
    state: BookState, report_id: str, receipt: str, case: str, content: str | None, at_ms: int
) -> BookState:
    """The report and its receipt are known again, as long as a case of theirs is open or for 30 days."""
    seen = state.reports.get(report_id)
    cases = seen.cases if seen else ()
    entry = ReportSeen(
        cases=cases if case in cases else (*cases, case),
        content=content or (seen.content if seen else None),
        receipt=receipt,
        feedback=seen.feedback if seen else None,
    )
    reports = state.reports.added(report_id, entry, at_ms, lambda value: _any_open(state, value.cases))
    of_receipt = state.receipts.get(receipt) or ()
    if case not in of_receipt:
        of_receipt = (*of_receipt, case)
    receipts = state.receipts.added(receipt, of_receipt, at_ms, lambda value: _any_open(state, value))
    return state.having(reports=reports, receipts=receipts)


def _with_filing(state: BookState, event: ReportJoined, at_ms: int) -> BookState:
    """Which child of a filing that joined this case is, for its additions."""
    receipt = event.receipt or ""
    known = state.joined.get(receipt)
    entry = (event.case, event.child or 0)
    filing = JoinedFiling(
        institution=known.institution if known else event.institution or InstitutionFacts(),
        children=(*known.children, entry) if known else (entry,),
    )

    def keep(value: JoinedFiling) -> bool:
        return _any_open(state, [name for name, _ in value.children])

    return state.having(joined=state.joined.added(receipt, filing, at_ms, keep))


def _any_open(state: BookState, cases: Sequence[str]) -> bool:
    return any(state.case(case) is not None for case in cases)
