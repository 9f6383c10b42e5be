"""From records of the case-log to rows of the read model: `project` is one table from an event to its rows.

Records are signed by triage and read as the JSON that they are: a model for each event would cost more than all the
rest. An event that lacks what its rows need is counted and left out, never raised; one of a type that is newer than
this release stands in the case's timeline all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from services.desk.core import of_audit, of_care, of_cases, of_registry, of_response
from services.desk.core.changes import Change, drop, put
from services.desk.core.entries import Entry, Event

Projector = Callable[[Event, Entry, int], Iterable[Change]]

PROJECTORS: Final[Mapping[str, Projector]] = {
    "CaseOpened": of_cases.opened,
    "ReportJoined": of_cases.joined,
    "ReportSeparated": of_cases.joined,
    "CaseAssessed": of_cases.assessed,
    "LevelSet": of_cases.level_set,
    "CaseUndecidable": of_cases.undecidable,
    "StateChanged": of_cases.state_changed,
    "CaseClosed": of_cases.closed,
    "CaseReopened": of_cases.reopened,
    "ChildSeen": of_cases.seen,
    "CustodySet": of_cases.custody_set,
    "ClockStarted": of_response.clock_started,
    "ClockMet": of_response.clock_met,
    "ClockBreached": of_response.clock_breached,
    "ClockCancelled": of_response.clock_cancelled,
    "DutyRecorded": of_response.duty_recorded,
    "LadderStarted": of_response.ladder_started,
    "RungScheduled": of_response.rung_scheduled,
    "RungReached": of_response.rung_reached,
    "AlertRequested": of_response.alert_requested,
    "AlertWithdrawn": of_response.alert_withdrawn,
    "OutcomeRecorded": of_response.outcome_recorded,
    "DepartmentAcknowledged": of_response.acknowledged,
    "AcknowledgementExpired": of_response.expired,
    "TakenOver": of_response.taken_over,
    "DepartmentDispatched": of_response.dispatched,
    "DepartmentDeclined": of_response.declined,
    "DepartmentReported": of_response.reported,
    "AnswerRecorded": of_response.answered,
    "MeasureProposed": of_care.proposed,
    "PlacesRanked": of_care.places_ranked,
    "GuardiansRanked": of_care.guardians_ranked,
    "MeasureSuperseded": of_care.superseded,
    "MeasureSigned": of_care.signed,
    "MeasureRefused": of_care.refused,
    "DocumentFiled": of_care.document_filed,
    "MeasureEnded": of_care.ended,
    "GuardianshipExtended": of_care.extended,
    "PlaceHeld": of_care.held,
    "PlaceReleased": of_care.released,
    "ContactSet": of_registry.contact_set,
    "ShiftSet": of_registry.shift_set,
    "PlaceSet": of_registry.place_set,
    "AccountSet": of_registry.account_set,
    "AreaSet": of_registry.area_set,
    "CommandAccepted": of_registry.command_accepted,
    "CommandRefused": of_registry.command_refused,
}
UNTOLD: Final = frozenset({"LadderStarted", "HandoverDue", "AssessmentDeferred", "CommandAccepted"})
"""Events of a case that tell nothing by themselves: what follows from them stands beside them."""
TOLD_WITHOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "CaseOpened": ("tokens", "content", "sealed_id"),
    "ReportJoined": ("tokens", "content", "sealed_id", "said"),
    "ReportSeparated": ("sealed_ids", "sealed_id", "facts"),
    "CaseAssessed": (),
}
"""What a line of the timeline leaves out: nobody reads hashes, and the law stands in the case's explanation."""
NOT_IN_A_LINE: Final = ("clocks", "rungs", "departments", "not_told", "nearly", "instructions", "ladder_times", "why")
"""Parts of an assessment that have rows of their own."""


@dataclass(frozen=True, slots=True)
class Projected:
    """The rows of one record. `unreadable`: types of events that lacked what their rows need."""

    changes: list[Change]
    unreadable: tuple[str, ...] = ()


def project(event: Event, entry: Entry, position: int) -> Iterable[Change]:
    """The rows that one event of a record changes. Raises KeyError, TypeError or ValueError for a malformed one."""
    projector = PROJECTORS.get(event["type"])
    if projector is not None:
        yield from projector(event, entry, position)
    yield from of_audit.marked(event, entry, position)
    case = event.get("case")
    if isinstance(case, str) and event["type"] not in UNTOLD:
        yield put(
            "timeline",
            entry.book,
            entry.seq,
            position,
            case_id=case,
            kind=event["type"],
            at_ms=entry.decided_at_ms,
            facts=orjson.dumps(_told(event)).decode(),
        )


def project_record(entry: Entry) -> Projected:
    """The rows that a record changes, its deadlines included."""
    changes: list[Change] = [drop("deadlines", deadline) for deadline in entry.closed]
    changes += _opened(entry)
    unreadable: list[str] = []
    for position, event in enumerate(entry.events):
        try:
            changes += list(project(event, entry, position))
        except (KeyError, TypeError, ValueError):
            unreadable.append(str(event.get("type"))[:60])
    return Projected(changes, tuple(unreadable))


def _opened(entry: Entry) -> Iterator[Change]:
    """A deadline's id says whose it is: `case~KIND~subject~n`, or a county in the case's place.

    A clock is due at its own end, also where nobody is woken for its breach before the next morning.
    """
    ends = {
        event.get("deadline"): event.get("due_at_ms") for event in entry.events if event.get("type") == "ClockStarted"
    }
    for deadline, told_at_ms in entry.opened:
        due_at_ms = ends.get(deadline) or told_at_ms
        owner, kind, subject, *_ = [*deadline.split("~"), "", ""]
        yield put("deadlines", deadline, case_id=owner, kind=kind, subject=subject, due_at_ms=due_at_ms)


def _told(event: Event) -> Event:
    """The event as a line of the timeline keeps it."""
    left_out = TOLD_WITHOUT.get(event["type"])
    if left_out is None:
        return event
    line = {name: value for name, value in event.items() if name not in left_out}
    if "assessment" in line:
        line["assessment"] = {name: value for name, value in line["assessment"].items() if name not in NOT_IN_A_LINE}
    return line
