"""Rows of an auditor's figures: what the one fold of `shared.auditing` needs of an event, and who has ever filed."""

from collections.abc import Iterator

import orjson
from shared.auditing.folding import filing_of
from shared.auditing.marks import Mark, kept

from services.desk.core.changes import Change, first, put
from services.desk.core.entries import Entry, Event


def marked(event: Event, entry: Entry, position: int) -> Iterator[Change]:
    """The mark of an event, when figures need it."""
    facts = kept(event)
    if facts is None:
        return
    case, kind = event["case"], event["type"]
    yield put(
        "audit_marks",
        entry.book,
        entry.seq,
        position,
        county=entry.county,
        case_id=case,
        kind=kind,
        at_ms=entry.decided_at_ms,
        facts=orjson.dumps(facts).decode(),
    )
    filing = filing_of(Mark(entry.county, entry.book, entry.seq, position, case, kind, entry.decided_at_ms, facts))
    if filing is not None and filing.institution is not None:
        yield first(
            "audit_institutions", entry.book, filing.area, filing.institution, filing.type, first_at_ms=filing.at_ms
        )
