"""Rows of a case itself: opened, joined, assessed, its level and state, seen, in custody, closed, opened again."""

from collections.abc import Iterator

import orjson

from services.desk.core.changes import Change, change, put
from services.desk.core.entries import Entry, Event

LEVEL_URGENCY = {"S0": 0, "S4": 1, "S3": 2, "S2": 3, "S1": 4}
UNDECIDED_LEVEL = "S1"
"""What cannot be decided is for a human at the highest level."""


def opened(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A case of its own, linked with others in both directions."""
    facts = event["facts"]
    yield put(
        "cases",
        event["case"],
        county=event["county"],
        area=_area(facts, event["county"]),
        book=entry.book,
        receipt=event["receipt"],
        report_id=event["report_id"],
        child=event["child"],
        filed_at_ms=event["filed_at_ms"],
        arrived_at_ms=event["arrived_at_ms"],
        opened_at_ms=entry.decided_at_ms,
        is_open=True,
        is_undecidable=False,
        facts=_json(facts),
    )
    for other in event.get("linked", ()):
        yield put("links", event["case"], other)
        yield put("links", other, event["case"])


def undecidable(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A case of which nothing could be decided."""
    yield put(
        "cases",
        event["case"],
        county=event["county"],
        area=event["county"],
        book=entry.book,
        receipt=event.get("receipt") or event["report_id"],
        report_id=event["report_id"],
        child=0,
        filed_at_ms=event["arrived_at_ms"],
        arrived_at_ms=event["arrived_at_ms"],
        opened_at_ms=entry.decided_at_ms,
        is_open=True,
        is_undecidable=True,
        error=event["error"],
        level=UNDECIDED_LEVEL,
        urgency=LEVEL_URGENCY[UNDECIDED_LEVEL],
        state="UNDECIDABLE",
        facts="{}",
    )


def joined(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """The facts after merging."""
    facts = event["facts"]
    yield change("cases", event["case"], facts=_json(facts), area=_area(facts, entry.county))


def assessed(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Which situations of the law are met, and why."""
    case, assessment = event["case"], event["assessment"]
    for item in assessment["situations"]:
        source = item["source"]
        yield put(
            "situations",
            case,
            entry.seq,
            source["rule"],
            code=item["code"],
            title_zh=item["title_zh"],
            title_en=item["title_en"],
            level=item["level"],
            basis=source["basis"],
            citation=source["citation"],
            facts=_json(item.get("facts", {})),
            unknown=_json(item.get("unknown", [])),
        )
    yield put(
        "explanations",
        case,
        seq=entry.seq,
        at_ms=assessment["at_ms"],
        policy=assessment["policy"],
        level=assessment["level"],
        assessment=_json(assessment),
    )
    yield change("cases", case, is_undecidable=False, error=None)


def level_set(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """The level in force."""
    level = event["level"]
    yield change(
        "cases",
        event["case"],
        level=level,
        urgency=LEVEL_URGENCY[level],
        level_by=event["by"],
        level_reason=event["reason"],
    )


def state_changed(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """The derived state."""
    yield change("cases", event["case"], state=event["state"])


def seen(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """A named official saw the child."""
    yield change("cases", event["case"], seen_at_ms=event["seen_at_ms"], seen_by=event["by"])


def custody_set(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Who has the child now."""
    yield change(
        "cases",
        event["case"],
        holder=event["holder"],
        custody_since_ms=event.get("since_ms"),
        custody_by=event["by"],
        custody_place_id=event.get("place_id"),
    )


def closed(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Not on the board any more."""
    yield change(
        "cases",
        event["case"],
        is_open=False,
        closed_at_ms=event["at_ms"],
        close_reason=event["reason"],
        closed_by=event["by"],
    )


def reopened(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Open again; nobody has it in hand."""
    yield change(
        "cases",
        event["case"],
        is_open=True,
        closed_at_ms=None,
        close_reason=None,
        closed_by=None,
        officer=None,
        in_hand=None,
        in_hand_until_ms=None,
    )


def _area(facts: Event, county: str) -> str:
    """Where the child is now: the township's 9 digits when known and in this county, else the county's 6."""
    children = facts.get("children") or ()
    area = children[0].get("area_code") if children else None
    return area if isinstance(area, str) and area.startswith(county) else county


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
