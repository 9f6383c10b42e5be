"""From events of a valid record to the messages of `crossings`: the same record always gives the same bytes.

A message's id is the place of its event (book, seq, index), so that anybody who has the ledger can check it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from immutables import Map

from shared.contracts import chain
from shared.contracts.base import Message
from shared.contracts.crossings import (
    Crossing,
    CrossingBody,
    CrossingReceived,
    CrossingRepeated,
    CrossingSent,
    CrossingSettled,
    Receipt,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands, and when it was decided (space time, ms)."""

    space: str
    book: int
    seq: int
    decided_at_ms: int


Waiting = Map[str, Crossing]
"""What is not receipted yet, by the sender's name of it."""


def place_of(head: chain.Head) -> Place:
    """The place of the last record of this head."""
    return Place(head.space, head.book, head.link.seq, head.decided_at_ms)


def outgoing(place: Place, events: Sequence[Message], waiting: Waiting) -> Iterator[Crossing]:
    """The messages that a record sends; `waiting` as it is after the record."""
    for index, event in enumerate(events):
        if isinstance(event, CrossingSent):
            yield waiting[event.crossing]
        elif isinstance(event, CrossingRepeated):
            if event.crossing in waiting:
                yield waiting[event.crossing]
        elif isinstance(event, CrossingReceived):
            receipt = Receipt(crossing=event.crossing)
            yield _message(place, index, event.county, event.from_county, receipt.crossing, receipt)


def waiting_after(place: Place, events: Sequence[Message], waiting: Waiting) -> Waiting:
    """What waits for a receipt after a record."""
    for index, event in enumerate(events):
        if isinstance(event, CrossingSent):
            message = _message(place, index, event.county, event.to_county, event.crossing, event.body)
            waiting = waiting.set(event.crossing, message)
        elif isinstance(event, CrossingSettled) and event.crossing in waiting:
            waiting = waiting.delete(event.crossing)
    return waiting


def _message(place: Place, index: int, from_county: str, county: str, crossing: str, body: CrossingBody) -> Crossing:
    return Crossing(
        space=place.space,
        county=county,
        from_county=from_county,
        book=place.book,
        seq=place.seq,
        index=index,
        crossing=crossing,
        decided_at_ms=place.decided_at_ms,
        body=body,
    )
