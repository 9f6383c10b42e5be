"""Rows of the response: clocks, departments' ladders with their steps, alerts, answers, who has it in hand."""

from collections.abc import Iterator

import orjson

from services.desk.core.changes import Change, change, put
from services.desk.core.entries import Entry, Event

OFFICERS = "CIVIL_AFFAIRS"
"""The department whose acknowledgement makes somebody the case's officer."""


def clock_started(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """A clock runs; an earlier one of the same name makes room."""
    source = event["source"]
    yield put(
        "clocks",
        event["case"],
        event["clock"],
        clock_type=event["clock_type"],
        start_at_ms=event["start_at_ms"],
        due_at_ms=event["due_at_ms"],
        rule=source["rule"],
        basis=source["basis"],
        citation=source["citation"],
        state="RUNNING",
        breaches=0,
        at_ms=None,
        next_due_at_ms=None,
    )


def clock_met(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """What it waited for happened."""
    yield change("clocks", event["case"], event["clock"], state="MET", at_ms=event["at_ms"], next_due_at_ms=None)


def clock_breached(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """It ran out; it is asked for again until it is met."""
    yield change(
        "clocks",
        event["case"],
        event["clock"],
        state="BREACHED",
        breaches=event.get("repeat", 0) + 1,
        at_ms=entry.decided_at_ms,
        next_due_at_ms=event.get("next_due_at_ms"),
    )


def clock_cancelled(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Not needed any more."""
    yield change(
        "clocks", event["case"], event["clock"], state="CANCELLED", at_ms=entry.decided_at_ms, next_due_at_ms=None
    )


def duty_recorded(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """What outlived a closed case was met; one that recurs runs again."""
    next_due_at_ms = event.get("next_due_at_ms")
    if next_due_at_ms is None:
        yield change("clocks", event["case"], event["clock"], state="MET", at_ms=event["at_ms"], next_due_at_ms=None)
        return
    yield change(
        "clocks",
        event["case"],
        event["clock"],
        state="RUNNING",
        start_at_ms=event["at_ms"],
        due_at_ms=next_due_at_ms,
        breaches=0,
        at_ms=None,
        next_due_at_ms=None,
    )


def ladder_started(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """It begins, or begins anew: nothing is reached, nobody has it in hand."""
    source = event["source"]
    yield put(
        "ladders",
        event["case"],
        event["department"],
        rule=source["rule"],
        basis=source["basis"],
        citation=source["citation"],
        reason=event.get("reason", "ASSESSED"),
        started_at_ms=entry.decided_at_ms,
        state="CLIMBING",
        step=None,
        by=None,
        at_ms=None,
        expires_at_ms=None,
        next_step=None,
        next_due_at_ms=None,
    )
    yield from _nobody(event)


def rung_scheduled(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """When it goes on unless somebody accepts."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        next_step=event["step"],
        next_repeat=event.get("repeat", 0),
        next_due_at_ms=event["due_at_ms"],
    )


def rung_reached(event: Event, entry: Entry, position: int) -> Iterator[Change]:
    """A step: told, or skipped as unstaffed."""
    yield put(
        "ladder_steps",
        entry.book,
        entry.seq,
        position,
        case_id=event["case"],
        department=event["department"],
        step=event["step"],
        repeat=event.get("repeat", 0),
        at_ms=entry.decided_at_ms,
        staffed=event["staffed"],
        contacts=orjson.dumps(event.get("contacts", ())).decode(),
        stand_in=event.get("stand_in"),
        contacts_of=event.get("contacts_of"),
        reason=event.get("reason", "DUE"),
        lateness_ms=event.get("lateness_ms", 0),
    )
    yield change("ladders", event["case"], event["department"], step=event["step"], next_step=None, next_due_at_ms=None)


def alert_requested(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Asked of notify."""
    yield put(
        "alerts",
        event["alert_id"],
        case_id=event["case"],
        department=event["department"],
        ladder=event.get("ladder") or event["department"],
        step=event["step"],
        repeat=event.get("repeat", 0),
        level=event["level"],
        requested_at_ms=event["requested_at_ms"],
        act_by_ms=event["act_by_ms"],
        contacts=orjson.dumps(event["contact_ids"]).decode(),
        contacts_of=event.get("contacts_of"),
        reason=event.get("reason", "LADDER"),
        state="REQUESTED",
    )


def alert_withdrawn(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Needs no sending any more."""
    yield change("alerts", event["alert_id"], state="WITHDRAWN", settled_at_ms=entry.decided_at_ms)


def outcome_recorded(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Settled by notify: sent, failed on every channel, or out of date."""
    yield change(
        "alerts",
        event["alert_id"],
        state=event["result"],
        channel=event.get("channel"),
        attempts=event.get("attempts", 0),
        settled_at_ms=entry.decided_at_ms,
    )


def acknowledged(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """A department took over; it lapses unless somebody is sent."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        state="ACKNOWLEDGED",
        by=event["by"],
        at_ms=event["at_ms"],
        expires_at_ms=event["expires_at_ms"],
        next_step=None,
        next_due_at_ms=None,
    )
    if event["department"] == OFFICERS:
        yield _in_hand(event, "ACKNOWLEDGED", event["expires_at_ms"])


def taken_over(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Another officer has it in hand; what was accepted or sent stands."""
    yield change("ladders", event["case"], event["department"], by=event["by"])
    if event["department"] == OFFICERS:
        yield change("cases", event["case"], officer=event["by"])


def dispatched(event: Event, _entry: Entry, _position: int) -> Iterator[Change]:
    """Somebody is on the way."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        state="DISPATCHED",
        by=event["by"],
        at_ms=event["at_ms"],
        expires_at_ms=None,
        next_step=None,
        next_due_at_ms=None,
    )
    if event["department"] == OFFICERS:
        yield _in_hand(event, "DISPATCHED", None)


def expired(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """The acknowledgement lapsed, and the ladder goes on."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        state="LAPSED",
        by=None,
        at_ms=entry.decided_at_ms,
        expires_at_ms=None,
    )
    yield from _nobody(event)


def declined(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """Handed back with a reason."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        state="DECLINED",
        by=event["by"],
        at_ms=entry.decided_at_ms,
        expires_at_ms=None,
        declined_reason=event["reason"],
    )
    yield from _nobody(event)


def reported(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """What came of the department's task."""
    yield change(
        "ladders",
        event["case"],
        event["department"],
        outcome=event["outcome"],
        outcome_by=event["by"],
        outcome_at_ms=entry.decided_at_ms,
        reference=event.get("reference"),
    )


def answered(event: Event, entry: Entry, _position: int) -> Iterator[Change]:
    """An answer by signed link."""
    yield put(
        "answers",
        event["outcome_id"],
        case_id=event["case"],
        alert_id=event["alert_id"],
        department=event["department"],
        answer=event["answer"],
        at_ms=entry.arrived_at_ms,
    )


def _in_hand(event: Event, how: str, until_ms: int | None) -> Change:
    return change("cases", event["case"], officer=event["by"], in_hand=how, in_hand_until_ms=until_ms)


def _nobody(event: Event) -> Iterator[Change]:
    """The case is in nobody's hand, when the ladder is the officers'."""
    if event["department"] == OFFICERS:
        yield change("cases", event["case"], officer=None, in_hand=None, in_hand_until_ms=None)
