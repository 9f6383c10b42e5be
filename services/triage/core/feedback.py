"""What the reporter learns (MPL 11(3): receiving departments tell the reporting unit or person the result)."""

from shared.contracts.alerts import FeedbackDue, Instruction
from shared.contracts.base import made
from shared.contracts.reports import InstitutionFacts
from shared.contracts.vocabulary import SAFE_HOLDERS, FeedbackStatus, InstitutionType

from services.triage.core.decision import Draft
from services.triage.core.policy.facts import filing_unit_implicated
from services.triage.core.state import Case

INSTRUCTIONS_MAX = 20
PERSONS = frozenset({InstitutionType.PUBLIC, InstitutionType.PARENT, InstitutionType.CHILD})
ONE_IS_ENOUGH = frozenset({FeedbackStatus.ACCEPTED, FeedbackStatus.TRANSFERRED})
"""Told as soon as one of a report's cases has come so far."""
RANK = {status: number for number, status in enumerate(FeedbackStatus)}


def received(
    draft: Draft, report_id: str, receipt: str, instructions: tuple[Instruction, ...], status: FeedbackStatus
) -> None:
    """The receipt's page, with what the filer does next. It never goes backwards: what was told stays told."""
    seen = draft.state.reports.get(report_id)
    if seen is not None and seen.feedback is not None and RANK[seen.feedback] > RANK[status]:
        status = seen.feedback
    ours = {each.code: each for each in instructions if each.to == "REPORTER"}
    said = {
        "report_id": report_id,
        "receipt": receipt,
        "status": status,
        "instructions": tuple(ours.values())[:INSTRUCTIONS_MAX],
        "at_ms": draft.now_ms,
    }
    draft.emit(made(FeedbackDue, said))


def tell(draft: Draft, case_id: str, status: FeedbackStatus) -> None:
    """Tell every report of the case, once, when all of the report's cases have come as far."""
    case = draft.case(case_id)
    for report_id in case.report_ids:
        seen = draft.state.reports.get(report_id)
        if seen is None or (seen.feedback is not None and RANK[seen.feedback] >= RANK[status]):
            continue
        if status is FeedbackStatus.PROTECTED and not may_learn_of_protection(draft, case, seen.receipt):
            continue
        if status not in ONE_IS_ENOUGH and not _all_as_far(draft, case_id, seen.cases, status):
            continue
        draft.emit(
            FeedbackDue(report_id=report_id, receipt=seen.receipt, status=status, instructions=(), at_ms=draft.now_ms)
        )


def learns_little(case: Case, institution: InstitutionFacts) -> bool:
    """Whether this filer is a person, or a unit that is itself implicated.

    They learn that the case was accepted and closed, never where the child is or how it is protected.
    """
    if institution.type in PERSONS:
        return True
    return filing_unit_implicated(case.facts.model_copy(update={"institution": institution}))


def may_learn_of_protection(draft: Draft, case: Case, receipt: str) -> bool:
    """Whether the filer of this receipt, the case's own or that of another filing which joined, may learn of it."""
    if receipt == case.receipt:
        return not learns_little(case, case.facts.institution)
    filing = draft.state.joined.get(receipt)
    return filing is not None and not learns_little(case, filing.institution)


def shows(draft: Draft, case_id: str, status: FeedbackStatus) -> bool:
    """Whether the receipt's page of every report of the case shows this status, or a later one."""
    seen = [draft.state.reports.get(report_id) for report_id in draft.case(case_id).report_ids]
    return bool(seen) and all(
        each is not None and each.feedback is not None and RANK[each.feedback] >= RANK[status] for each in seen
    )


def _all_as_far(draft: Draft, case_id: str, cases: tuple[str, ...], status: FeedbackStatus) -> bool:
    others = [case for other in cases if other != case_id and (case := draft.state.case(other)) is not None]
    if status is FeedbackStatus.CLOSED:
        return not others
    return all(case.custody is not None and case.custody.holder in SAFE_HOLDERS for case in others)
