"""Sample alerts, contacts and entries for notify's tests."""

from collections.abc import Mapping
from typing import Any

from services.notify.core.messages import Outgoing, words_of
from services.notify.core.pending import Entry
from shared.contracts.alerts import AlertRequested, ChannelKind
from shared.contracts.base import Message
from shared.contracts.registry import Channel, Contact
from shared.contracts.vocabulary import Department, LadderStep, Level

COUNTY = "520327"
NOON_MS = 1_795_233_600_000
"""2026-11-21 12:00 in China."""
MINUTE_MS = 60_000


def sample_alert(alert_id: str = "a-1", **changes: Any) -> AlertRequested:  # noqa: ANN401 - any field
    """An S2 alert of the police, requested at noon, due in an hour."""
    facts: dict[str, Any] = {
        "alert_id": alert_id,
        "case": "r-0123456789abcdef.0",
        "county": COUNTY,
        "department": Department.POLICE,
        "step": LadderStep.D1,
        "level": Level.S2,
        "act_by_ms": NOON_MS + 60 * MINUTE_MS,
        "requested_at_ms": NOON_MS,
        "contact_ids": ("c-1",),
    }
    return AlertRequested(**(facts | changes))


def sample_contact(contact_id: str = "c-1", *channels: tuple[ChannelKind, str], **changes: Any) -> Contact:  # noqa: ANN401 - any field
    """An active police contact; by default one text message number."""
    facts: dict[str, Any] = {
        "contact_id": contact_id,
        "county": COUNTY,
        "department": Department.POLICE,
        "role": "DUTY",
        "area_prefix": COUNTY,
        "channels": tuple(
            Channel(kind=kind, address=address) for kind, address in channels or ((ChannelKind.SMS, "000-0000-0001"),)
        ),
    }
    return Contact(**(facts | changes))


def entry(seq: int, *events: Message | Mapping[str, Any], book: int = 0, **changes: Any) -> Entry:  # noqa: ANN401 - any field
    """A record's entry with these events."""
    facts: dict[str, Any] = {
        "book": book,
        "seq": seq,
        "offset": seq,
        "county": COUNTY,
        "decided_at_ms": NOON_MS,
        "arrived_at_ms": NOON_MS - 1000,
        "events": tuple(
            event.model_dump(mode="json", exclude_none=True) if isinstance(event, Message) else event
            for event in events
        ),
    }
    return Entry(**(facts | changes))


def sample_outgoing(kind: ChannelKind, address: str, **changes: Any) -> Outgoing:  # noqa: ANN401 - any field
    """A message of the sample alert in `live`."""
    alert = sample_alert()
    words = words_of(alert, space="live", callback="000-12345", link="http://127.0.0.1:8400/a/token")
    facts: dict[str, Any] = {
        "message_id": "m-0001",
        "space": "live",
        "alert_id": alert.alert_id,
        "case": alert.case,
        "level": alert.level,
        "act_by_ms": alert.act_by_ms,
        "contact_id": "c-1",
        "kind": kind,
        "address": address,
        "words": words,
    }
    return Outgoing(**(facts | changes))
