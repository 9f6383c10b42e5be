"""Rows of the registry and of commands: offices, rota, places, accounts, areas, and what became of a command.

Entries of county 000000 stand in every book, hence the book among the names of a row.
"""

from collections.abc import Iterator
from typing import Final

import orjson

from services.desk.core.changes import Change, first, put
from services.desk.core.entries import Entry, Event

NO_VERDICTS: Final = frozenset({"UNSIGNED", "REPEATED"})
"""Refusals that do not speak of the command with this id: a forgery, and a repetition of one that was decided."""


def contact_set(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """An office or duty number."""
    contact = event["contact"]
    yield put(
        "contacts",
        entry.book,
        contact["county"],
        contact["contact_id"],
        department=contact["department"],
        role=contact["role"],
        area_prefix=contact["area_prefix"],
        callback_number=contact.get("callback_number"),
        channels=_json(contact["channels"]),
        active=contact.get("active", True),
    )


def shift_set(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A shift of the rota."""
    shift = event["shift"]
    yield put(
        "shifts",
        entry.book,
        shift["county"],
        shift["shift_id"],
        account=shift["account"],
        rung=shift["rung"],
        contact_id=shift["contact_id"],
        from_ms=shift["from_ms"],
        until_ms=shift["until_ms"],
    )


def place_set(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """A place for children."""
    place = event["place"]
    yield put(
        "places",
        entry.book,
        place["county"],
        place["place_id"],
        type=place["type"],
        capacity=place["capacity"],
        age_years_min=place.get("age_years_min", 0),
        age_years_max=place.get("age_years_max", 17),
        sexes=_json(place.get("sexes", ())),
        accepts_disability=place.get("accepts_disability", False),
        licence_until_ms=place.get("licence_until_ms"),
        only_case=place.get("only_case"),
        contact_id=place.get("contact_id"),
        active=place.get("active", True),
    )


def account_set(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Somebody who may act, by a pseudonymous id."""
    account = event["account"]
    yield put(
        "accounts",
        entry.book,
        account["county"],
        account["account"],
        role=account["role"],
        area_prefix=account["area_prefix"],
        department=account.get("department"),
        active=account.get("active", True),
    )


def area_set(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """What is configured for a county."""
    area = event["area"]
    yield put(
        "areas",
        entry.book,
        area["county"],
        coordinating_body=area.get("coordinating_body"),
        title_zh=area.get("title_zh", ""),
        title_en=area.get("title_en", ""),
    )


def command_accepted(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """It took effect."""
    yield _verdict(event, entry, accepted=True)


def command_refused(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """It was refused, with a reason; the first verdict on an id stands."""
    if event["reason"] not in NO_VERDICTS:
        yield _verdict(event, entry, accepted=False)


def _verdict(event: Event, entry: Entry, *, accepted: bool) -> Change:
    actor = event.get("actor") or {}
    return first(
        "verdicts",
        event["command_id"],
        entry.book,
        seq=entry.seq,
        command=event["command"],
        account=actor.get("account"),
        role=actor.get("role"),
        case_id=event.get("case"),
        accepted=accepted,
        reason=event.get("reason"),
        detail=event.get("detail"),
        at_ms=entry.decided_at_ms,
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
