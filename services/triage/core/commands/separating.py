"""A report that joined a case and is of another child: a case of its own, and nothing is taken back from the other.

The case that it had joined keeps the facts of harm, its level, clocks, ladders and whatever was decided: no machine
can say which of it came of the report alone, so only a named officer's further word (`OverrideLevel`) lowers it.
"""

from typing import Final

from shared.contracts.alerts import Instruction
from shared.contracts.base import copied, made
from shared.contracts.events import CaseOpened
from shared.contracts.identity import LegalHoldSet
from shared.contracts.reports import ChildFacts, ReportFacts
from shared.contracts.separation import ReportSeparated, SeparateReport
from shared.contracts.vocabulary import FeedbackStatus

from services.triage.core import assessing, custody, feedback, matching, measures, reporters, reports
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.merging import known, merged
from services.triage.core.state import Case, TakenUp

WHO_AND_WHERE: Final = ("sex", "age_years", "age_months", "area_code", "domicile_area_code")
HELD_LIKE_IT: Final = "SEPARATED"


def separate(draft: Draft, body: SeparateReport, given: CommandInput) -> None:
    """Open a case of the report's own facts, by its own times; the receipt and what is sealed of it go with it."""
    case = draft.case(body.case)
    receipt, taken = _filing(draft, case, body.report_id)
    new = reports.new_case_id(draft, taken.report_ids[0], taken.child)
    _open(draft, case, new, receipt, taken)
    draft.emit(
        ReportSeparated(
            case=case.case,
            opened=new,
            report_id=body.report_id,
            receipt=receipt,
            report_ids=taken.report_ids,
            sealed_ids=taken.sealed_ids,
            facts=without(case, receipt, taken),
            by=given.command.actor.account,
            reason=body.reason,
            at_ms=draft.at_ms,
            sealed_id=body.sealed_id,
        )
    )
    _custody_as_before(draft, case, taken)
    holds = draft.county.legal_holds.get(case.case)
    if holds is not None:
        draft.emit(LegalHoldSet(case=new, by=holds, reason=HELD_LIKE_IT, at_ms=draft.at_ms))
    in_hand = frozenset(
        department
        for department, ladder in case.ladders.items()
        if ladder.acknowledged_by is not None or ladder.dispatched
    )
    assessing.assess_by_own_times(draft, new, taken.said.arrived_at_ms, in_hand)
    measures.propose_all(draft, [new])
    said = _instructions(draft, receipt)
    feedback.received(draft, taken.report_ids[0], receipt, tuple(said), FeedbackStatus.RECEIVED)
    draft.because(f"an officer says that the report is of another child: {new} is its case; {case.case} stays as it is")


def without(case: Case, receipt: str, taken: TakenUp) -> ReportFacts:
    """The case's facts: of who the child is and where, what the report had said stands as the other filings say.

    Whatever harm is known stays known. Unknown again is what no other filing says: the wrong sex or age would choose
    the wrong place, the wrong township the wrong people.
    """
    own = case.own_facts or case.facts
    others = [case.taken_up[name].said.facts for name, _ in case.filings if name != receipt and name in case.taken_up]
    for each in others:
        own = merged(own, each, each.children[0] if each.children else None)
    now, said = (facts.children[0] if facts.children else ChildFacts() for facts in (own, taken.said.facts))
    changes = {name: getattr(now, name) for name in WHO_AND_WHERE if known(getattr(said, name))}
    ours = case.facts.children[0] if case.facts.children else ChildFacts()
    stays = case.facts.custody_now != taken.said.facts.custody_now
    kept = case.facts.custody_now if stays else own.custody_now
    return copied(case.facts, children=(copied(ours, **changes),), custody_now=kept)


def _custody_as_before(draft: Draft, case: Case, taken: TakenUp) -> None:
    """Who had the child by that report alone has the other child: here it is as the other filings say, or not known."""
    now, facts = case.custody, draft.case(case.case).facts.custody_now
    by_it = now is not None and now.by == custody.BY_REPORT and now.holder is taken.said.facts.custody_now.holder
    if by_it and now is not None and now.holder is not facts.holder:
        custody.first(draft, case.case, facts, proved=False)


def _filing(draft: Draft, case: Case, report_id: str) -> tuple[str, TakenUp]:
    """The filing that joined, by its receipt. Raises Refused for the case's own, an unknown one, and one of old."""
    for receipt, taken in case.taken_up.items():
        if report_id in taken.report_ids:
            return receipt, taken
    refuse_unless(report_id in case.report_ids, "NO_SUCH_REPORT", "no such report has joined this case")
    seen = draft.state.reports.get(report_id)
    joined = seen is not None and any(receipt == seen.receipt for receipt, _ in case.filings)
    refuse_unless(not joined, "FACTS_NOT_KEPT", "it joined before a report's own facts were kept: file it anew")
    raise Refused("OWN_REPORT", "it is the case's own report: close the case, or separate the others")


def _open(draft: Draft, case: Case, new: str, receipt: str, taken: TakenUp) -> None:
    """The new case, linked with the one that the report had joined, its siblings', and others of its tokens."""
    seen = draft.state.reports.get(taken.report_ids[0])
    others = (case.case, *(draft.state.receipts.get(receipt) or ()))
    opened = {
        "case": new,
        "county": draft.county_code,
        "report_id": taken.report_ids[0],
        "receipt": receipt,
        "child": taken.child,
        "facts": taken.said.facts,
        "filed_at_ms": taken.said.filed_at_ms,
        "arrived_at_ms": taken.said.arrived_at_ms,
        "sealed_id": taken.sealed_ids[0] if taken.sealed_ids else None,
        "linked": matching.linked(draft, new, others, taken.tokens, draft.at_ms),
        "tokens": taken.tokens,
        "content": seen.content if seen is not None else None,
        "id_tokens": taken.id_tokens or None,
    }
    draft.emit(made(CaseOpened, opened))  # the shell has it read again before it is recorded
    custody.first(draft, new, taken.said.facts.custody_now, proved=taken.said.facts.institution.authenticated)


def _instructions(draft: Draft, receipt: str) -> list[Instruction]:
    """What the filer does next, for every child of the filing whose case is open."""
    said: list[Instruction] = []
    for name in draft.state.receipts.get(receipt) or ():
        case = draft.ours(name)
        if case is None or case.assessment is None:
            continue
        if case.receipt == receipt:
            said += case.assessment.instructions
        elif receipt in case.taken_up:
            said += reporters.instructions(draft, name, case.taken_up[receipt].said.facts)
    return said
