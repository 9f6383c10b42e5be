"""Rows of care: the measure with its ground and ranking, who could be guardian, beds that are held."""

from collections.abc import Iterator

import orjson

from services.desk.core.changes import Change, change, drop, put
from services.desk.core.entries import Entry, Event


def proposed(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """The one measure of the case (temporary care is in effect at once)."""
    source = event["source"]
    yield put(
        "measures",
        event["case"],
        measure=event["measure"],
        status=event["status"],
        organ=event.get("organ"),
        ground=event.get("ground"),
        rule=source["rule"],
        basis=source["basis"],
        citation=source["citation"],
        proposed_at_ms=entry.decided_at_ms,
        decide_by_ms=event.get("decide_by_ms"),
        signed_by=None,
        signed_at_ms=None,
        document_number=None,
        until_ms=None,
        end_reason=None,
        **_places(event),
    )


def places_ranked(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Places were weighed again."""
    yield change("measures", event["case"], **_places(event))


def guardians_ranked(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Who could be guardian, in the order of CC 27."""
    yield put("measures", event["case"], guardians=_json(event["ranking"]))


def superseded(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """The weaker measure makes room; what takes its place is proposed beside it."""
    yield change("measures", event["case"], status="NONE", measure="NONE")


def signed(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """A signatory made it effective."""
    yield change(
        "measures",
        event["case"],
        status=event["status"],
        signed_by=event["by"],
        signed_at_ms=event["at_ms"],
        wishes=event["wishes"],
        document_number=event.get("document_number"),
    )


def refused(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A signatory refused it."""
    yield change(
        "measures",
        event["case"],
        status="REFUSED",
        signed_by=event["by"],
        signed_at_ms=entry.decided_at_ms,
        place_id=None,
    )


def document_filed(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """The number that was pending."""
    yield change("measures", event["case"], document_number=event["document_number"])


def ended(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Care or guardianship ended."""
    yield change("measures", event["case"], status="ENDED", end_reason=event["reason"])


def extended(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """A signatory extended it."""
    yield change("measures", event["case"], until_ms=event["until_ms"])


def held(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A bed is the child's."""
    yield put("holds", event["place_id"], event["case"], county=entry.county, since_ms=entry.decided_at_ms)
    yield change("cases", event["case"], place_id=event["place_id"])


def released(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """The bed is free again."""
    yield drop("holds", event["place_id"], event["case"])
    yield change("cases", event["case"], place_id=None)


def _places(event: Event) -> dict[str, object]:
    return {
        "place_id": event.get("place_id"),
        "place_reason": event.get("place_reason"),
        "ranking": _json(event.get("ranking", ())),
        "ranked_count": event.get("ranked_count", 0),
    }


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
