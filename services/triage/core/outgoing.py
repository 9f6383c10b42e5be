"""Sending a message to another county: part of the decision, so that it is sent if and only if the decision stands."""

from typing import Final

from shared.contracts.crossings import CrossingSent, SentBody

from services.triage.core.clocks import MINUTE_MS
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Draft

FIRST_REPEAT_MS: Final = MINUTE_MS


def send(draft: Draft, to_county: str, body: SentBody) -> None:
    """Say it to another county; its first deadline is its name, and when it is said again."""
    name = deadline_id(draft.county_code, DeadlineKind.CROSSING, body.type, draft.county.deadline_count + 1)
    draft.emit(
        CrossingSent(
            crossing=name,
            county=draft.county_code,
            to_county=to_county,
            body=body,
            deadline=name,
            due_at_ms=max(draft.at_ms, draft.now_ms) + FIRST_REPEAT_MS,
        )
    )
