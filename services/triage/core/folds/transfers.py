"""Folds of a transfer: offered and answered in the sending county, received and accepted in the other."""

from shared.contracts.crossings import (
    TransferAccepted,
    TransferAnswered,
    TransferOffered,
    TransferReceived,
    TransferSettled,
    TransferWithdrawn,
)

from services.triage.core.folds.cases import LINKED_MAX, with_case, with_links, with_tokens
from services.triage.core.state import BookState, OfferIn, OfferOut, OfferStatus, changed


def offered(state: BookState, event: TransferOffered, at_ms: int) -> BookState:
    """The case waits for the other county's answer; nothing else changes."""
    case = state.case(event.case)
    if case is None:
        return state
    return with_case(state, changed(case, transfer=OfferOut(event.offer, event.to_county, event.at_ms)))


def received(state: BookState, event: TransferReceived, at_ms: int) -> BookState:
    """A case that is another county's until it is accepted."""
    case = state.case(event.case)
    if case is None:
        return state
    handed = event.handed
    incoming = OfferIn(event.offer, event.from_county, handed.case, OfferStatus.OFFERED, handed)
    state = _known(state, event.offer, event.case, at_ms)
    return with_case(state, changed(case, incoming=incoming, override=handed.override))


def accepted(state: BookState, event: TransferAccepted, at_ms: int) -> BookState:
    """It is the county's own from now on: its filings' tokens are known here."""
    case = state.case(event.case)
    if case is None or case.incoming is None:
        return state
    handed = case.incoming.handed
    incoming = case.incoming._replace(status=OfferStatus.ACCEPTED)
    tokens, of_id = (handed.tokens, handed.id_tokens) if handed else ((), ())
    linked = tuple(dict.fromkeys((*case.linked, *event.linked)))[:LINKED_MAX]
    case = changed(case, incoming=incoming, tokens=tokens, own_tokens=tokens, id_tokens=of_id, linked=linked)
    state = with_links(with_case(state, case), case.case, event.linked)
    return with_tokens(state, case, tokens, at_ms)


def answered(state: BookState, event: TransferAnswered, at_ms: int) -> BookState:
    """Refused: the offer is over. Accepted: the case is closed as transferred, here or as soon as it may be."""
    case = state.case(event.case)
    if case is None or case.transfer is None or not event.effect:
        return state
    answer = case.transfer._replace(accepted_as=event.other_case) if event.accepted else None
    return with_case(state, changed(case, transfer=answer))


def withdrawn(state: BookState, event: TransferWithdrawn, at_ms: int) -> BookState:
    """In the sending county the offer is over; in the other one it never becomes a case, or the case is on its own."""
    case = state.case(event.case)
    if case is not None and case.transfer is not None and case.transfer.offer == event.offer:
        return with_case(state, changed(case, transfer=None))
    if case is None or case.incoming is None:
        return state if event.offer in state.offers else _known(state, event.offer, "", at_ms)
    status = OfferStatus.VOID if event.sender_open else OfferStatus.CLOSED_THERE
    return with_case(state, changed(case, incoming=case.incoming._replace(status=status, handed=None)))


def settled(state: BookState, event: TransferSettled, at_ms: int) -> BookState:
    """The sending county has closed its case."""
    case = state.case(event.case)
    if case is None or case.incoming is None:
        return state
    incoming = case.incoming._replace(status=OfferStatus.SETTLED, handed=None)
    return with_case(state, changed(case, incoming=incoming))


def _known(state: BookState, offer: str, case: str, at_ms: int) -> BookState:
    return state.having(offers=state.offers.added(offer, case, at_ms, lambda name: state.case(name) is not None))
