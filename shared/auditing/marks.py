"""What of an event is needed for an auditor's figures: a few codes and times, never a fact about a child.

A new event is taken up by one line of `KEPT`, and by what `lives` does with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "CaseOpened": (
        "report_id", "filed_at_ms", "arrived_at_ms", "linked", "offered_by", "facts.discovered_at_ms",
        "facts.institution.type", "facts.institution.id", "facts.children.0.area_code",
    ),
    "CaseUndecidable": ("report_id", "arrived_at_ms"),
    "ReportJoined": (
        "report_id", "matched_by", "institution.type", "institution.id", "facts.children.0.area_code",
    ),
    "ReportSeparated": ("report_ids",),
    "LevelSet": ("level", "before", "reason", "override"),
    "ClockStarted": ("clock", "start_at_ms", "due_at_ms"),
    "ClockMet": ("clock", "at_ms"),
    "ClockBreached": ("clock", "due_at_ms"),
    "ClockCancelled": ("clock",),
    "RungScheduled": ("department", "step", "repeat", "due_at_ms"),
    "RungReached": ("department", "step", "repeat", "staffed", "stand_in"),
    "AlertRequested": ("alert_id", "department", "ladder"),
    "OutcomeRecorded": ("alert_id", "result"),
    "DepartmentAcknowledged": ("department", "at_ms"),
    "AcknowledgementExpired": ("department", "reason"),
    "DepartmentDeclined": ("department",),
    "DepartmentReported": ("department",),
    "ChildSeen": ("seen_at_ms", "recorded_at_ms"),
    "MeasureProposed": ("measure", "organ"),
    "MeasureSigned": ("measure", "status", "at_ms"),
    "MeasureEnded": ("measure", "reason"),
    "CaseClosed": ("reason", "at_ms", "open_clocks"),
    "CaseReopened": ("at_ms",),
    "DutyRecorded": ("clock", "how", "at_ms", "next_due_at_ms"),
    "IdentityOpeningRequested": ("opening", "expires_at_ms"),
    "IdentityOpened": ("opening", "basis", "department", "purpose", "at_ms", "clock"),
    "BreakGlassReviewed": ("opening", "finding", "at_ms"),
    "IdentityDestroyed": ("ground",),
    "LegalHoldSet": (),
    "LegalHoldLifted": (),
}  # fmt: skip
"""Type of event to the paths that are kept of it; the last part of a path is the name."""
ONLY: Final[Mapping[str, tuple[str, str]]] = {"RungScheduled": ("step", "E2")}
"""Of these types only events with this value: E2 is the end of the duty officer's time to accept."""


class Mark(NamedTuple):
    """One event of one case, as far as figures need it. Times are Unix ms of the space's clock; `at_ms`: decided."""

    county: str
    book: int
    seq: int
    position: int
    case: str
    kind: str
    at_ms: int
    facts: Mapping[str, Any]


def marks_of(record: Mapping[str, Any]) -> Iterator[Mark]:
    """The marks of a valid record's fields, in the order of its events."""
    county, book, seq, at_ms = record["county"], record["book"], record["seq"], record["decided_at_ms"]
    for position, event in enumerate(record["events"]):
        facts = kept(event)
        if facts is not None:
            yield Mark(county, book, seq, position, event["case"], event["type"], at_ms, facts)


def kept(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is kept of an event; None when figures do not need it. What is not there or null is left out."""
    kind = event.get("type")
    paths = KEPT.get(kind) if isinstance(kind, str) else None
    if paths is None or not isinstance(event.get("case"), str):
        return None
    only = ONLY.get(str(kind))
    if only is not None and event.get(only[0]) != only[1]:
        return None
    found = ((path.rpartition(".")[2], _at(event, path)) for path in paths)
    return {name: value for name, value in found if value is not None}


def _at(event: object, path: str) -> Any:  # noqa: ANN401 - parsed JSON
    value: Any = event
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value
