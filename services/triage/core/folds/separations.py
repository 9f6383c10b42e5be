"""Folds of filings that joined: what each says by itself is kept, and a report of another child goes with all of it."""

from shared.contracts.events import ReportJoined
from shared.contracts.separation import ReportSeparated

from services.triage.core.remembered import Remembered
from services.triage.core.state import BookState, Case, JoinedFiling, ReportSeen, TakenUp, changed

APART_MAX = 40


def noted(case: Case, event: ReportJoined, before: Case) -> Case:
    """The case (as it was `before`) with what this filing brings by itself, be it its own or one that joined."""
    receipt = event.receipt or case.receipt
    if event.said is None or receipt == case.receipt:
        own = event.said.facts if event.said is not None else case.own_facts
        return changed(case, own_tokens=_more(case.own_tokens, event.tokens), own_facts=own)
    known = case.taken_up.get(receipt)
    sealed = (event.sealed_id,) if event.sealed_id else ()
    entry = TakenUp(
        child=known.child if known else event.child or 0,
        said=event.said,
        report_ids=_more(known.report_ids if known else (), (event.report_id,)),
        sealed_ids=_more(known.sealed_ids if known else (), sealed),
        tokens=_more(known.tokens if known else (), event.tokens),
        id_tokens=_more(known.id_tokens if known else (), event.id_tokens or ()),
    )
    own = before.facts if case.own_facts is None else case.own_facts
    return changed(case, taken_up=case.taken_up.set(receipt, entry), own_facts=own)


def separated(state: BookState, event: ReportSeparated, at_ms: int) -> BookState:
    """The report leads to the new case alone; facts, level and everything decided stay with the one it had joined."""
    case, new = state.case(event.case), state.case(event.opened)
    if case is None or new is None:
        return state
    left = case.taken_up.delete(event.receipt) if event.receipt in case.taken_up else case.taken_up
    still = {*case.own_tokens, *(token for each in left.values() for token in each.tokens)}
    tokens = tuple(token for token in case.tokens if token in still)
    sealed = {name for each in left.values() for name in each.sealed_ids}
    state = state.with_case(
        changed(
            case,
            facts=event.facts,
            filings=tuple(each for each in case.filings if each[0] != event.receipt),
            taken_up=left,
            tokens=tokens,
            id_tokens=tuple(token for token in case.id_tokens if token in tokens),
            report_ids=tuple(name for name in case.report_ids if name not in event.report_ids),
            sealed_ids=tuple(name for name in case.sealed_ids if name not in event.sealed_ids or name in sealed),
            apart=_more(case.apart, (event.opened,))[-APART_MAX:],
        )
    )
    moved = changed(
        new,
        report_ids=event.report_ids,
        sealed_ids=event.sealed_ids,
        apart=_more(new.apart, (event.case,))[-APART_MAX:],
    )
    state = state.with_case(moved)
    state = _tokens_forgotten(state, case, tuple(token for token in case.tokens if token not in tokens))
    return _led_on(state, event, at_ms)


def _tokens_forgotten(state: BookState, case: Case, tokens: tuple[str, ...]) -> BookState:
    """These tokens lead to the case no more."""
    county = state.county(case.county)
    memory = county.tokens
    for token in tokens:
        entries = memory.get(token)
        if entries is not None:
            memory = memory.changed(token, tuple(entry for entry in entries if entry[0] != case.case))
    return state.with_county(changed(county, tokens=memory))


def _led_on(state: BookState, event: ReportSeparated, at_ms: int) -> BookState:
    """Report ids and the receipt lead to the new case, and not to the one that the report had joined."""
    reports: Remembered[ReportSeen] = state.reports
    for name in event.report_ids:
        seen = reports.get(name)
        if seen is not None:
            cases = tuple(each for each in seen.cases if each not in {event.case, event.opened})
            reports = reports.changed(name, changed(seen, cases=(*cases, event.opened)))
    receipts = state.receipts
    of_receipt = receipts.get(event.receipt)
    if of_receipt is not None:
        receipts = receipts.changed(event.receipt, tuple(each for each in of_receipt if each != event.case))
    joined = state.joined
    filing = joined.get(event.receipt)
    if filing is not None:
        children = tuple(entry for entry in filing.children if entry[0] != event.case)
        joined = joined.changed(event.receipt, JoinedFiling(filing.institution, children))
    return state.having(reports=reports, receipts=receipts, joined=joined)


def _more(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new))) if new else old
