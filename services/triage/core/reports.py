"""Reports: a case of its own for each child, or more facts for the cases of an earlier filing."""

import re
from collections.abc import Callable

from shared.contracts.alerts import Instruction
from shared.contracts.events import CaseAssessed, CaseOpened, ReportJoined, ReportRepeated
from shared.contracts.ids import case_id as first_case_id
from shared.contracts.reports import ChildFacts, ReportFacts, ReportFiled
from shared.contracts.vocabulary import FeedbackStatus
from shared.contracts.wire import canonical, sha256_hex

from services.triage.core import assessing, custody, feedback, measures, response
from services.triage.core.decision import Draft
from services.triage.core.folds.cases import LINKED_MAX
from services.triage.core.inputs import ReportInput
from services.triage.core.merging import merged
from services.triage.core.state import TOKEN_DAYS

TOKEN = re.compile(r"[0-9a-f]{64}")
TOKENS_MAX = 16
KNOWN_MAX = 30
"""Cases of one filing; more can only be made up, and a record has room for no more."""
DAY_MS = 24 * 3600 * 1000


def file_report(draft: Draft, given: ReportInput) -> None:
    """Decide a report: repeated, a supplement to known cases, or cases of its own. Nothing is ever lost.

    More facts to a filing that could not be decided open a linked case of their own: the undecidable one keeps waiting
    for its first report to be decided again.
    """
    message = given.message
    content = content_of(message)
    seen = draft.state.reports.get(message.report_id)
    if seen is not None and (seen.content is None or seen.content == content):
        draft.emit(ReportRepeated(report_id=message.report_id))
        draft.because("the same filing was delivered again")
        return
    known = _known_cases(draft, message)
    joined = [case_id for case_id in known if (case := draft.state.case(case_id)) and case.undecidable is None]
    if joined:
        _join(draft, given, joined, content)
        return
    children = message.facts.children or (ChildFacts(),)
    _open(draft, given, tuple(range(len(children))), tuple(known), content)


def content_of(message: ReportFiled) -> str:
    """The hash of what a report says: its facts (sealed parts are sealed anew at every try)."""
    return sha256_hex(canonical(message.facts.model_dump(mode="json", exclude_defaults=True)))


def _known_cases(draft: Draft, message: ReportFiled) -> list[str]:
    """The cases of this filing: by its own id, by its receipt, by the report it says it adds to. In this county."""
    found: dict[str, None] = {}
    for report_id in (message.report_id, message.adds_to):
        seen = draft.state.reports.get(report_id) if report_id else None
        found.update(dict.fromkeys(seen.cases if seen else ()))
    found.update(dict.fromkeys(draft.state.receipts.get(message.receipt) or ()))
    return [case_id for case_id in found if draft.state.cases.get(case_id) == draft.county_code][:KNOWN_MAX]


def _join(draft: Draft, given: ReportInput, case_ids: list[str], content: str) -> None:
    """A supplement: child i to child i, a child more is a case more; it may raise, and never lowers."""
    message = given.message
    facts = message.facts
    by_child = {draft.case(case_id).child: case_id for case_id in case_ids}
    for case_id in case_ids:
        case = draft.case(case_id)
        child = facts.children[case.child] if case.child < len(facts.children) else None
        draft.emit(
            ReportJoined(
                case=case_id,
                report_id=message.report_id,
                receipt=message.receipt,
                facts=merged(case.facts, facts, child),
                sealed_id=message.sealed.sealed_id if message.sealed else None,
                tokens=_tokens(given, case.child),
                content=content,
            )
        )
        custody.from_report(draft, case_id, facts.custody_now)
    draft.because("more facts to a filing that is known")
    at_once = _assess_or_defer(draft, case_ids, decide_again)
    more = tuple(child for child in range(len(facts.children)) if child not in by_child)
    closed = {stub.child for stub in draft.county.stubs.values() if stub.receipt == message.receipt} if more else set()
    more = tuple(child for child in more if child not in closed or facts.children[child] != ChildFacts())
    if more:
        _open(draft, given, more, tuple(case_ids), content, answer=False)
    measures.propose_all(draft, at_once)
    _answer(draft, message, case_ids)


def decide_again(draft: Draft, case_id: str) -> None:
    """Assess a case after new facts: who has acknowledged is told again."""
    first = draft.case(case_id).assessment is None
    raised = assessing.assess(draft, case_id)
    if not first:
        response.break_through(draft, case_id, raised=raised)


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
    """The report of an undecidable case, decided now: the case is its first child's, the others get their own."""
    message = given.message
    draft.emit(
        ReportJoined(
            case=case_id,
            report_id=message.report_id,
            receipt=message.receipt,
            facts=_of_child(message.facts, 0),
            sealed_id=message.sealed.sealed_id if message.sealed else None,
            tokens=_tokens(given, 0),
            content=content_of(message),
        )
    )
    custody.from_report(draft, case_id, message.facts.custody_now)
    more = tuple(range(1, len(message.facts.children)))
    if more:
        _open(draft, given, more, (case_id,), content_of(message), answer=False)
    assessing.assess(draft, case_id, anew=True, may_lower=True)
    measures.propose_all(draft, [case_id])
    _answer(draft, message, [case_id])


def _open(
    draft: Draft,
    given: ReportInput,
    children: tuple[int, ...],
    known: tuple[str, ...],
    content: str,
    *,
    answer: bool = True,
) -> None:
    """A case for each child: danger first (alerts), then custody's consequences and places, most endangered first."""
    message = given.message
    case_ids = {child: _new_case_id(draft, message.report_id, child) for child in children}
    for child, case_id in case_ids.items():
        tokens = _tokens(given, child)
        draft.emit(
            CaseOpened(
                case=case_id,
                county=draft.county_code,
                report_id=message.report_id,
                receipt=message.receipt,
                child=child,
                facts=_of_child(message.facts, child),
                filed_at_ms=message.filed_at_ms,
                arrived_at_ms=given.arrived_at_ms,
                sealed_id=message.sealed.sealed_id if message.sealed else None,
                linked=_linked(draft, case_id, (*case_ids.values(), *known), tokens, given.arrived_at_ms),
                tokens=tokens,
                content=content,
            )
        )
        custody.first(draft, case_id, message.facts.custody_now)
    at_once = _assess_or_defer(draft, list(case_ids.values()), assessing.assess)
    measures.propose_all(draft, at_once)
    if answer:
        _answer(draft, message, list(case_ids.values()))


def _answer(draft: Draft, message: ReportFiled, case_ids: list[str]) -> None:
    """The receipt's page within the minute, with what the filer does next."""
    instructions: list[Instruction] = []
    for case_id in case_ids:
        assessment = draft.case(case_id).assessment
        instructions += assessment.instructions if assessment else ()
    feedback.received(draft, message.report_id, message.receipt, tuple(instructions), FeedbackStatus.RECEIVED)


def _new_case_id(draft: Draft, report_id: str, child: int) -> str:
    """The child's case id; where it is taken (the report was forgotten, its case is closed) with a number behind."""
    case_id = first_case_id(report_id, child)
    number = 2
    while case_id in draft.state.cases:
        case_id = f"{first_case_id(report_id, child)}.{number}"
        number += 1
    return case_id


def _of_child(facts: ReportFacts, child: int) -> ReportFacts:
    """The report's facts with this child alone."""
    ours = facts.children[child] if child < len(facts.children) else ChildFacts()
    return facts.model_copy(update={"children": (ours,)})


def _tokens(given: ReportInput, child: int) -> tuple[str, ...]:
    """The second keyed hashes of one child's match tokens."""
    if child >= len(given.tokens):
        return ()
    return tuple(dict.fromkeys(TOKEN.findall(given.tokens[child])))[:TOKENS_MAX]


def _linked(
    draft: Draft, case_id: str, others: tuple[str, ...], tokens: tuple[str, ...], at_ms: int
) -> tuple[str, ...]:
    """The other children of the report, and cases within 90 days with an equal match token."""
    found = dict.fromkeys(others)
    for token in tokens:
        for other, since_ms in draft.county.tokens.get(token) or ():
            if since_ms >= at_ms - TOKEN_DAYS * DAY_MS:
                found[other] = None
    found.pop(case_id, None)
    return tuple(found)[:LINKED_MAX]
