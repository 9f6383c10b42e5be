"""Whom the decisions on reports ask to acknowledge: contacts by step and level, by day and at night.

Pure. Rungs that come due later stay as history has them: whether they are reached depends on who answered.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.contracts.alerts import AlertRequested
from shared.contracts.base import Message

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUTY_HOURS = range(8, 20)
"""08:00-20:00 Asia/Shanghai, a design value as everywhere; the rest is night."""


class Asked(NamedTuple):
    """Who is asked: the contact and its county, on which step, at which level, and whether at night."""

    county: str
    contact: str
    step: str
    level: str
    night: bool


def asked_by(events: Sequence[Message]) -> Counter[Asked]:
    """Everybody whom a decision's alerts ask, and how often."""
    found: Counter[Asked] = Counter()
    for event in events:
        if isinstance(event, AlertRequested):
            night = datetime.fromtimestamp(event.requested_at_ms / 1000, SHANGHAI).hour not in DUTY_HOURS
            county = event.contacts_of or event.county
            found.update(Asked(county, name, event.step.value, event.level.value, night) for name in event.contact_ids)
    return found
