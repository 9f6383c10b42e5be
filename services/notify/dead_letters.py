"""Events of valid records that notify should handle and cannot read, kept whole for a person at the desk."""

import base64

from services.notify.core.pending import Entry, Unreadable
from services.notify.publishing import Publishing
from shared.contracts.alerts import DeadLetter
from shared.contracts.topics import CASE_LOG, DEAD_LETTER_NOTIFY
from shared.contracts.wire import canonical, sha256_hex


async def publish_dead_letter(publishing: Publishing, entry: Entry, unreadable: Unreadable) -> None:
    """Publish the event's canonical JSON with its place in the case-log. Raises PublishFailed."""
    value = canonical(entry.events[unreadable.position])
    letter = DeadLetter(
        topic=CASE_LOG.name,
        partition=entry.book,
        offset=entry.offset,
        sha256=sha256_hex(value),
        reason=unreadable.reason,
        value=base64.b64encode(value).decode(),
        at_ms=publishing.clock.now_ms(),
    )
    message_id = f"{entry.book}.{entry.seq}.{unreadable.position}"
    await publishing.publish(DEAD_LETTER_NOTIFY, entry.county, letter, message_id)
