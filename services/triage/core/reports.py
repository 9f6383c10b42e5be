"""Reports: a case of its own for each child, or more facts for the cases of an earlier filing."""

import re
from collections.abc import Callable

from shared.contracts.alerts import Instruction
from shared.contracts.base import copied, made
from shared.contracts.events import CaseAssessed, CaseOpened, ReportJoined, ReportRepeated
from shared.contracts.ids import case_id as first_case_id
from shared.contracts.reports import ChildFacts, ReportFacts, ReportFiled
from shared.contracts.separation import FilingSaid
from shared.contracts.vocabulary import Department, FeedbackStatus, Injury, LadderStep

from services.triage.core import across, assessing, custody, feedback, ladders, matching, measures, reporters, response
from services.triage.core.decision import Draft
from services.triage.core.inputs import ReportInput
from services.triage.core.matching import ChildSeen, Match
from services.triage.core.merging import merged
from services.triage.core.state import Case

TOKEN = re.compile(r"[0-9a-f]{64}")
TOKENS_MAX = 16
KNOWN_MAX = 30
"""Cases of one filing; more can only be made up, and a record has room for no more."""


def file_report(draft: Draft, given: ReportInput) -> None:
    """Decide a report: repeated, a supplement to known cases, or cases of its own. Nothing is ever lost.

    More facts to a filing that could not be decided open a linked case of their own: the undecidable one keeps waiting
    for its first report to be decided again.
    """
    message = given.message
    seen = draft.state.reports.get(message.report_id)
    if seen is not None and (seen.content is None or seen.content == given.content):
        draft.emit(ReportRepeated(report_id=message.report_id))
        draft.because("the same filing was delivered again")
        return
    known = _known_cases(draft, message)
    joined = [case_id for case_id in known if (case := draft.state.case(case_id)) and _takes_more(case)]
    if joined:
        _supplement(draft, given, joined)
        return
    children = message.facts.children or (ChildFacts(),)
    _take_up(draft, given, tuple(range(len(children))), tuple(known))


def _takes_more(case: Case) -> bool:
    """Whether more facts may join it: not what waits to be decided again, nor what is still another county's."""
    return case.undecidable is None and not case.offered


def _known_cases(draft: Draft, message: ReportFiled) -> list[str]:
    """The cases of this filing: by its own id, by its receipt, by the report it says it adds to. In this county."""
    found: dict[str, None] = {}
    for report_id in (message.report_id, message.adds_to):
        seen = draft.state.reports.get(report_id) if report_id else None
        found.update(dict.fromkeys(seen.cases if seen else ()))
    found.update(dict.fromkeys(draft.state.receipts.get(message.receipt) or ()))
    return [case_id for case_id in found if draft.state.cases.get(case_id) == draft.county_code][:KNOWN_MAX]


def _supplement(draft: Draft, given: ReportInput, case_ids: list[str]) -> None:
    """A supplement: each child to its own case, a child more is a case more; it may raise, and never lowers."""
    message = given.message
    facts = message.facts
    places = {case_id: _place(draft, case_id, message.receipt) for case_id in case_ids}
    doubts = {case_id: _join(draft, given, case_id, place) for case_id, place in places.items()}
    draft.because("more facts to a filing that is known")
    at_once = _assess_or_defer(draft, case_ids, decide_again)
    _tell_doubts(draft, doubts)
    more = tuple(child for child in range(len(facts.children)) if child not in places.values())
    closed = _closed_children(draft, message) if more else set()
    more = tuple(child for child in more if child not in closed or facts.children[child] != ChildFacts())
    taken_up: list[Instruction] = []
    if more:
        taken_up = _take_up(draft, given, more, tuple(case_ids), answer=False)
    measures.propose_all(draft, at_once)
    _answer(draft, message, (*_said_of(draft, message, case_ids), *taken_up))


def _place(draft: Draft, case_id: str, receipt: str) -> int:
    """Which child of the filing the case is."""
    child = matching.child_in(draft, case_id, receipt)
    return draft.case(case_id).child if child is None else child


def _closed_children(draft: Draft, message: ReportFiled) -> set[int]:
    """The children of this filing whose cases are closed."""
    found = {
        matching.child_in(draft, case_id, message.receipt)
        for case_id in draft.state.receipts.get(message.receipt) or ()
        if draft.state.stub(case_id) is not None
    }
    found |= {stub.child for stub in draft.county.stubs.values() if stub.receipt == message.receipt}
    return {child for child in found if child is not None}


def _join(
    draft: Draft, given: ReportInput, case_id: str, place: int, match: Match | None = None, others: tuple[str, ...] = ()
) -> str | None:
    """What the filing says of the child at `place` joins a case; `match` when another filing had opened it.

    The code of what an officer must be told of it besides.
    """
    message, case = given.message, draft.case(case_id)
    facts = message.facts
    child = facts.children[place] if place < len(facts.children) else None
    tokens, id_tokens = _tokens(given.tokens, place), _tokens(given.id_tokens, place)
    linked = matching.linked(draft, case_id, others, tokens, given.arrived_at_ms)
    linked = tuple(other for other in linked if other not in case.linked)
    draft.emit(
        ReportJoined(
            case=case_id,
            report_id=message.report_id,
            receipt=message.receipt,
            facts=merged(case.facts, facts, child),
            sealed_id=message.sealed.sealed_id if message.sealed else None,
            tokens=tokens,
            content=given.content,
            id_tokens=id_tokens or None,
            matched_by=match.by if match else None,
            child=place if match else None,
            institution=facts.institution if match else None,
            linked=linked or None,
            said=_said(given, case, place, is_other=match is not None),
        )
    )
    custody.from_report(draft, case_id, facts.custody_now, proved=facts.institution.authenticated)
    across.ask(draft, case_id, tuple(token for token in tokens if token not in case.tokens))
    return None if child is None else _doubt(draft, case, ChildSeen(place, child, tokens, id_tokens))


def _doubt(draft: Draft, case: Case, said: ChildSeen) -> str | None:
    """What a filing says of the case's child that no machine settles: that it died, or what cannot be true of it."""
    was = case.facts.children[0].injury if case.facts.children else Injury.UNKNOWN
    if said.facts.injury is Injury.DEATH and case.died_by is None:
        draft.because("a filing says that the child died: an official is to see to it; no measure ends by it")
        return "DEATH_SAID"
    if was is Injury.DEATH and said.facts.injury not in (Injury.UNKNOWN, Injury.DEATH):
        draft.because("the child was said to be dead, and a filing says that it lives")
        return "FACTS_CONTRADICT"
    against = matching.contradiction(case, said)
    if against is None:
        return None
    draft.because(f"a filing contradicts what is known: {against}")
    return "FACTS_CONTRADICT"


def _tell_doubts(draft: Draft, doubts: dict[str, str | None]) -> None:
    """An officer is told of what filings say and no machine settles."""
    for case_id, doubt in doubts.items():
        if doubt is not None:
            ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, doubt)


def _said(given: ReportInput, case: Case, place: int, *, is_other: bool) -> FilingSaid | None:
    """What the filing, with its additions, says of the child by itself; None where nothing else has joined."""
    message = given.message
    ours = of_child(message.facts, place)
    if is_other:
        return FilingSaid(facts=ours, filed_at_ms=message.filed_at_ms, arrived_at_ms=given.arrived_at_ms)
    child = ours.children[0] if place < len(message.facts.children) else None
    known = case.taken_up.get(message.receipt)
    if known is not None:
        return copied(known.said, facts=merged(known.said.facts, message.facts, child))
    if case.own_facts is None:
        return None
    own = merged(case.own_facts, message.facts, child)
    return FilingSaid(facts=own, filed_at_ms=message.filed_at_ms, arrived_at_ms=given.arrived_at_ms)


def _take_up(
    draft: Draft, given: ReportInput, children: tuple[int, ...], known: tuple[str, ...], *, answer: bool = True
) -> list[Instruction]:
    """Each child of a filing: the open case that is known to be its own takes it up, else a case is opened.

    The joined cases may be raised (a second report is a signal), never lowered. What the filer does next.
    """
    message = given.message
    of_filing = tuple(
        ChildSeen(number, child, _tokens(given.tokens, number), _tokens(given.id_tokens, number))
        for number, child in enumerate(message.facts.children or (ChildFacts(),))
    )
    found = matching.matches(draft, of_filing, children, known)
    joined = [match.case_id for match in found.values()]
    doubts: dict[str, str | None] = {}
    for child, match in found.items():
        others = (*known, *(other for other in joined if other != match.case_id))
        doubts[match.case_id] = _join(draft, given, match.case_id, child, match, others)
        draft.because(f"another filing about the same child, by {match.by.value}: it joins {match.case_id}")
    opened = _open(draft, given, tuple(child for child in children if child not in found), (*known, *joined))
    at_once = _assess_or_defer(draft, joined, decide_again)
    _tell_doubts(draft, doubts)
    at_once += _assess_or_defer(draft, opened, assessing.assess)
    measures.propose_all(draft, at_once)
    said = _said_of(draft, message, opened)
    for child, match in found.items():
        said += reporters.instructions(draft, match.case_id, of_child(message.facts, child))
    if answer:
        _answer(draft, message, tuple(said))
    for case_id in joined:
        response.accepted_already(draft, case_id)
    return said


def decide_again(draft: Draft, case_id: str) -> None:
    """Assess a case after new facts: who has acknowledged is told again."""
    first = draft.case(case_id).assessment is None
    raised = assessing.assess(draft, case_id)
    if not first:
        response.break_through(draft, case_id, raised=raised)
        reporters.clocks_again(draft, case_id)


def decide_deferred(draft: Draft, case_id: str) -> None:
    """The deadline of an assessment that was left to a record of its own."""
    decide_again(draft, case_id)
    measures.propose_all(draft, [case_id])


def _assess_or_defer(draft: Draft, case_ids: list[str], assess: Callable[[Draft, str], object]) -> list[str]:
    """Assess as many cases as a record has room for; the others follow at once in records of their own."""
    done = sum(isinstance(event, CaseAssessed) for event in draft.events)
    room = max(0, assessing.ASSESSED_AT_ONCE_MAX - done)
    for case_id in case_ids[:room]:
        assess(draft, case_id)
    for case_id in case_ids[room:]:
        assessing.defer(draft, case_id)
    return case_ids[:room]


def join_undecidable(draft: Draft, given: ReportInput, case_id: str) -> None:
    """The report of an undecidable case, decided now: the case is its first child's, each other child has its own.

    A case that another filing had opened for that child goes on beside it, linked: a machine closes neither.
    """
    message = given.message
    tokens, id_tokens = _tokens(given.tokens, 0), _tokens(given.id_tokens, 0)
    linked = matching.linked(draft, case_id, (), tokens, given.arrived_at_ms)
    draft.emit(
        ReportJoined(
            case=case_id,
            report_id=message.report_id,
            receipt=message.receipt,
            facts=of_child(message.facts, 0),
            sealed_id=message.sealed.sealed_id if message.sealed else None,
            tokens=tokens,
            content=given.content,
            id_tokens=id_tokens or None,
            linked=linked or None,
        )
    )
    custody.from_report(draft, case_id, message.facts.custody_now, proved=message.facts.institution.authenticated)
    across.ask(draft, case_id, tokens)
    more = tuple(range(1, len(message.facts.children)))
    said: list[Instruction] = []
    if more:
        said = _take_up(draft, given, more, (case_id,), answer=False)
    assessing.assess(draft, case_id, anew=True, may_lower=True)
    measures.propose_all(draft, [case_id])
    _answer(draft, message, (*_said_of(draft, message, [case_id]), *said))


def _open(draft: Draft, given: ReportInput, children: tuple[int, ...], known: tuple[str, ...]) -> list[str]:
    """A case for each child, with custody; danger first: the caller has them assessed, and then places found."""
    message = given.message
    case_ids = {child: new_case_id(draft, message.report_id, child) for child in children}
    for child, case_id in case_ids.items():
        tokens, id_tokens = _tokens(given.tokens, child), _tokens(given.id_tokens, child)
        others = (*case_ids.values(), *known)
        opened = {
            "case": case_id,
            "county": draft.county_code,
            "report_id": message.report_id,
            "receipt": message.receipt,
            "child": child,
            "facts": of_child(message.facts, child),
            "filed_at_ms": message.filed_at_ms,
            "arrived_at_ms": given.arrived_at_ms,
            "sealed_id": message.sealed.sealed_id if message.sealed else None,
            "linked": matching.linked(draft, case_id, others, tokens, given.arrived_at_ms),
            "tokens": tokens,
            "content": given.content,
            "id_tokens": id_tokens or None,
        }
        draft.emit(made(CaseOpened, opened))  # the shell has it read again before it is recorded
        custody.first(draft, case_id, message.facts.custody_now, proved=message.facts.institution.authenticated)
        across.ask(draft, case_id, tokens)
    return list(case_ids.values())


def _said_of(draft: Draft, message: ReportFiled, case_ids: list[str]) -> list[Instruction]:
    """What the assessments of these cases ask of the filer."""
    said: list[Instruction] = []
    for case_id in case_ids:
        assessment = draft.case(case_id).assessment
        if assessment is None:
            continue
        if draft.case(case_id).receipt == message.receipt:
            said += assessment.instructions
        else:
            place = _place(draft, case_id, message.receipt)
            said += reporters.instructions(draft, case_id, of_child(message.facts, place))
    return said


def _answer(draft: Draft, message: ReportFiled, said: tuple[Instruction, ...]) -> None:
    """The receipt's page within the minute, with what the filer does next."""
    feedback.received(draft, message.report_id, message.receipt, said, FeedbackStatus.RECEIVED)


def new_case_id(draft: Draft, report_id: str, child: int) -> str:
    """The child's case id; where it is taken (the report was forgotten, its case is closed) with a number behind."""
    case_id = first_case_id(report_id, child)
    number = 2
    while case_id in draft.state.cases:
        case_id = f"{first_case_id(report_id, child)}.{number}"
        number += 1
    return case_id


def of_child(facts: ReportFacts, child: int) -> ReportFacts:
    """The report's facts with this child alone."""
    ours = facts.children[child] if child < len(facts.children) else ChildFacts()
    return copied(facts, children=(ours,))


def _tokens(of_children: tuple[str, ...], child: int) -> tuple[str, ...]:
    """The second keyed hashes of one child's match tokens."""
    if child >= len(of_children):
        return ()
    return tuple(dict.fromkeys(TOKEN.findall(of_children[child])))[:TOKENS_MAX]
