"""A case that another county offers: told to whom is on duty here, on the level's clocks, until somebody answers.

| the offering county says | it is offered here | accepted here | closed here, or unknown |
|---|---|---|---|
| it withdraws | the item closes | the case goes on; officers say whose it is | remembered: it never opens |
| handed over | - | this county alone is responsible; what was recorded since joins | recorded |

Both counties have the case between the acceptance here and its record there; never neither.
"""

import hashlib
from typing import Final

from shared.contracts.crossings import (
    CaseHandedOver,
    OfferAnswered,
    OfferMade,
    OfferWithdrawn,
    TransferAccepted,
    TransferReceived,
    TransferRefused,
    TransferSettled,
    TransferWithdrawn,
)
from shared.contracts.events import CaseAssessed, CaseClosed, CaseOpened, CustodySet, LevelSet, ReportJoined
from shared.contracts.vocabulary import CloseReason, Department, FeedbackStatus, LadderStep, graver

from services.triage.core import (
    assessing,
    feedback,
    handing,
    ladders,
    matching,
    measures,
    reports,
    response,
    unassessed,
)
from services.triage.core.custody import BY_REPORT
from services.triage.core.decision import Broken, Draft
from services.triage.core.merging import merged
from services.triage.core.outgoing import send
from services.triage.core.state import Case, OfferIn, OfferStatus

NUMBER_HEX: Final = 24
LEFT_OUT: Final = frozenset({LadderStep.E0})
"""Nobody in the villages hears of a case that is not this county's yet."""


def number_of(offer: str, child: int) -> str:
    """The case's number here: of the offer alone, so that one offer is one case however often it comes."""
    return f"t{hashlib.sha256(offer.encode()).hexdigest()[:NUMBER_HEX]}.{child}"


def arrive(draft: Draft, from_county: str, said: OfferMade) -> None:
    """An offer: an item with civil affairs' own ladder at once, and nothing else until somebody accepts it."""
    known = draft.state.offers.get(said.offer)
    case_id = number_of(said.offer, said.handed.child)
    if known is not None or case_id in draft.state.cases:
        draft.because("this offer is known, or was withdrawn before it came")
        return
    handed = said.handed
    draft.emit(
        CaseOpened(
            case=case_id,
            county=draft.county_code,
            report_id=handed.report_id,
            receipt=handed.receipt,
            child=handed.child,
            facts=handed.facts,
            filed_at_ms=handed.arrived_at_ms,
            arrived_at_ms=handed.arrived_at_ms,
            sealed_id=handed.sealed_ids[0] if handed.sealed_ids else None,
            offered_by=from_county,
        )
    )
    by = handing.by_county(from_county) if handed.custody_recorded else BY_REPORT
    draft.emit(CustodySet(case=case_id, holder=handed.holder, since_ms=handed.since_ms, by=by))
    draft.emit(
        TransferReceived(
            case=case_id,
            offer=said.offer,
            from_county=from_county,
            reason=said.reason,
            by=said.by,
            at_ms=draft.at_ms,
            handed=handed,
        )
    )
    facts = assessing.facts_for_policy(draft, draft.case(case_id), handed.level)
    assessment = draft.policy.assess(facts, draft.at_ms)
    draft.emit(CaseAssessed(case=case_id, assessment=assessment))
    level = graver(handed.level, assessment.level)
    draft.emit(LevelSet(case=case_id, level=level, by=assessing.BY_POLICY, reason="ASSESSED"))
    rungs = tuple(
        rung
        for rung in assessment.rungs
        if rung.ladder is Department.CIVIL_AFFAIRS and rung.department is rung.ladder and rung.step not in LEFT_OUT
    )
    rungs = rungs or unassessed.rungs(Department.CIVIL_AFFAIRS, draft.at_ms)
    ladders.begin(draft, case_id, Department.CIVIL_AFFAIRS, unassessed.SOURCE, rungs, "OFFERED")
    draft.because("another county offers this case: it stays that county's until somebody here accepts it in writing")


def accept(draft: Draft, case: Case, by: str, reference: str, sealed_id: str | None) -> None:
    """Accepted in writing by a named officer: this county's case at once, with every clock as it ran."""
    incoming, case_id = _offered(case), case.case
    handed = incoming.handed
    if handed is None:
        raise Broken("an offer says what is offered")
    linked = matching.linked(draft, case_id, (), handed.tokens, draft.at_ms)
    draft.emit(
        TransferAccepted(
            case=case_id,
            offer=incoming.offer,
            from_county=incoming.from_county,
            by=by,
            reference=reference,
            at_ms=draft.at_ms,
            linked=linked,
            sealed_id=sealed_id,
        )
    )
    feedback.received(draft, case.report_id, case.receipt, (), FeedbackStatus.TRANSFERRED)
    handing.take_over(draft, case_id, handed, handing.by_county(incoming.from_county))
    ladders.withdraw(draft, case_id, "ACKNOWLEDGED", Department.CIVIL_AFFAIRS)
    assessing.assess(draft, case_id)
    now = draft.case(case_id).assessment
    if now is not None and any(rung.ladder is Department.CIVIL_AFFAIRS for rung in now.rungs):
        ladders.begin(draft, case_id, Department.CIVIL_AFFAIRS, unassessed.SOURCE, (), "ACCEPTED_HERE")
    measures.propose_all(draft, [case_id])
    if draft.case(case_id).ladders[Department.CIVIL_AFFAIRS].acknowledged_by is None:
        response.acknowledge(draft, case_id, Department.CIVIL_AFFAIRS, by, reference)
    _answer(draft, case, incoming, OfferStatus.ACCEPTED, by, reference=reference)


def refuse(draft: Draft, case: Case, by: str, reason: str, sealed_id: str | None) -> None:
    """Refused with a reason: the other county keeps it, and its officers are told."""
    incoming = _offered(case)
    draft.emit(
        TransferRefused(
            case=case.case,
            offer=incoming.offer,
            from_county=incoming.from_county,
            by=by,
            reason=reason,
            at_ms=draft.at_ms,
            sealed_id=sealed_id,
        )
    )
    _answer(draft, case, incoming, OfferStatus.OFFERED, by, reason=reason)
    _end(draft, case.case, by)


def withdrawn(draft: Draft, from_county: str, said: OfferWithdrawn) -> None:
    """The offer stands no more. What was accepted here is ended by no machine: officers are told."""
    case_id = draft.state.offers.get(said.offer)
    if case_id == "":
        draft.because("withdrawn before it came, and said again")
        return
    case = draft.ours(case_id) if case_id else None
    draft.emit(
        TransferWithdrawn(
            case=case_id or number_of(said.offer, 0),
            offer=said.offer,
            from_county=from_county,
            reason=said.reason,
            sender_open=said.sender_open,
            at_ms=draft.at_ms,
        )
    )
    if case is None or case_id is None:
        draft.because("nothing is open here of that offer")
        return
    if case.offered:
        draft.because("the offer stands no more: it is that county's case, or is closed there")
        _end(draft, case_id, handing.by_county(from_county))
        return
    why = "OFFER_WITHDRAWN" if said.sender_open else "CLOSED_THERE"
    draft.because("accepted here, and taken back or closed there at once: officers say whose it is")
    for step in (LadderStep.E1, LadderStep.E2):
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, step, why)


def handed_over(draft: Draft, from_county: str, said: CaseHandedOver) -> None:
    """The other county has closed its case. What it recorded since it made the offer joins this one."""
    case_id = draft.state.offers.get(said.offer)
    case = draft.ours(case_id) if case_id else None
    if case is None or case.incoming is None or case.incoming.offer != said.offer:
        draft.because("the case that was accepted here is closed already")
        return
    draft.emit(TransferSettled(case=case.case, offer=said.offer, from_county=from_county, at_ms=said.at_ms))
    handing.take_over(draft, case.case, said.handed, handing.by_county(from_county))
    child = said.handed.facts.children[0] if said.handed.facts.children else None
    facts = merged(case.facts, said.handed.facts, child)
    graver_there = said.handed.level.urgency > (case.level or said.handed.level).urgency
    tokens = tuple(token for token in said.handed.tokens if token not in case.tokens)
    if facts != case.facts or tokens:
        draft.emit(
            ReportJoined(
                case=case.case,
                report_id=case.report_id,
                receipt=case.receipt,
                facts=facts,
                tokens=tokens,
                id_tokens=tuple(token for token in tokens if token in said.handed.id_tokens) or None,
            )
        )
    if graver_there:
        assessing.assess(draft, case.case, said.handed.level)
    elif facts != case.facts:
        reports.decide_again(draft, case.case)
    if graver_there or facts != case.facts:
        measures.propose_all(draft, [case.case])


def _offered(case: Case) -> OfferIn:
    if case.incoming is None or case.incoming.status is not OfferStatus.OFFERED:
        raise Broken("nothing is offered")
    return case.incoming


def _answer(
    draft: Draft,
    case: Case,
    incoming: OfferIn,
    status: OfferStatus,
    by: str,
    *,
    reference: str | None = None,
    reason: str | None = None,
) -> None:
    answer = OfferAnswered(
        offer=incoming.offer,
        accepted=status is OfferStatus.ACCEPTED,
        by=by,
        at_ms=draft.at_ms,
        case=case.case,
        reference=reference,
        reason=reason,
    )
    send(draft, incoming.from_county, answer)


def _end(draft: Draft, case_id: str, by: str) -> None:
    """The item is gone; it never was a case of this county."""
    ladders.withdraw(draft, case_id, "OFFER_ENDED")
    draft.emit(CaseClosed(case=case_id, reason=CloseReason.OFFER_ENDED, by=by, at_ms=draft.at_ms))
