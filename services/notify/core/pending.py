"""What is pending: a fold of the case-log. Alerts requested less those settled or withdrawn, contacts, feedback, links.

An entry that was folded before (same book, same or lower `seq`) changes nothing, so replays and repeats are harmless.
Memory is bounded by what is open: settled alerts leave a link state that goes when the link expires, and
closed cases and receipts go some time after their last change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from immutables import Map
from pydantic import ValidationError
from shared.contracts.alerts import (
    AlertRequested,
    AlertWithdrawn,
    AnswerCode,
    Feedback,
    FeedbackDue,
    FeedbackStep,
    OutcomeRecorded,
)
from shared.contracts.events import (
    AcknowledgementExpired,
    AnswerRecorded,
    CaseClosed,
    CaseReopened,
    ContactSet,
    DepartmentAcknowledged,
    DepartmentDeclined,
    DepartmentDispatched,
    LadderStarted,
)
from shared.contracts.registry import Contact
from shared.contracts.vocabulary import Department, FeedbackStatus

from .links import link_expiry_ms

FEEDBACK_RANK = {status: number for number, status in enumerate(FeedbackStatus)}
FEEDBACK_KEPT_MS = 90 * 24 * 3600 * 1000
CLOSED_KEPT_MS = 60 * 24 * 3600 * 1000
"""Longer than any link lives (S4's last rung is 20 working days away)."""
PRUNE_AT_LEAST = 1000

_READERS = {
    model.__name__: model
    for model in (
        AlertRequested,
        AlertWithdrawn,
        OutcomeRecorded,
        AnswerRecorded,
        CaseClosed,
        CaseReopened,
        ContactSet,
        FeedbackDue,
        DepartmentAcknowledged,
        DepartmentDispatched,
        DepartmentDeclined,
        AcknowledgementExpired,
        LadderStarted,
    )
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One valid record of the case-log, as far as notify needs it. `events` are JSON objects as they stand there."""

    book: int
    seq: int
    offset: int
    county: str
    decided_at_ms: int
    arrived_at_ms: int
    events: tuple[Mapping[str, Any], ...]
    from_report: bool = False


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """An alert that is requested and neither settled nor withdrawn.

    `filed_at_ms` is the arrival of the report that caused it, when a report did; `book` is where it was decided.
    """

    request: AlertRequested
    filed_at_ms: int | None = None
    book: int = 0


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is known of an alert's link: the last answer that triage recorded, and why it was withdrawn, if it was.

    `answers` counts those recorded; `answered_at_ms` is when the last one arrived, Unix milliseconds.
    """

    until_ms: int
    answers: int = 0
    last: AnswerCode | None = None
    answered_at_ms: int | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A department has taken a case over. `lapses_at_ms`: until when it must have sent somebody; None once it has."""

    lapses_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event of a type that notify handles, which could not be read. `reason` carries no text of it."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """The state. Every map is keyed by the id of what it holds, but contacts by book, county and id.

    `holds`, by case and department: who has taken a case over.
    Two counties may give the same id to their duty numbers, and the desk of 000000 has a copy in every book.
    `folded` holds the last `seq` of each book; `closed` holds when a case was closed, Unix milliseconds.
    """

    folded: Map[int, int] = field(default_factory=Map)
    alerts: Map[str, PendingAlert] = field(default_factory=Map)
    contacts: Map[tuple[int, str, str], Contact] = field(default_factory=Map)
    links: Map[str, LinkState] = field(default_factory=Map)
    holds: Map[tuple[str, Department], Hold] = field(default_factory=Map)
    closed: Map[str, int] = field(default_factory=Map)
    feedback: Map[str, Feedback] = field(default_factory=Map)
    now_ms: int = 0
    prune_at: int = PRUNE_AT_LEAST


@dataclass(frozen=True, slots=True)
class Folded:
    """The new state, and what this entry asks of the shells."""

    state: Pending
    repeated: bool = False
    feedback: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    ignored: int = 0


def fold(state: Pending, entry: Entry) -> Folded:
    """Fold one entry. Events of other types are ignored and counted; unreadable ones are reported, never raised."""
    if entry.seq <= state.folded.get(entry.book, -1):
        return Folded(state, repeated=True)
    state = replace(
        state, folded=state.folded.set(entry.book, entry.seq), now_ms=max(state.now_ms, entry.decided_at_ms)
    )
    feedback: list[str] = []
    unreadable: list[Unreadable] = []
    ignored = 0
    for position, raw in enumerate(entry.events):
        kind = raw.get("type") if isinstance(raw, Mapping) else None
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            ignored += 1
            continue
        try:
            event = reader.model_validate(raw)
        except ValidationError:
            unreadable.append(Unreadable(position, f"UNREADABLE_{kind}"))
            continue
        state = _apply(state, event, entry)
        if isinstance(event, FeedbackDue):
            feedback.append(event.report_id)
    return Folded(_pruned(state), feedback=tuple(feedback), unreadable=tuple(unreadable), ignored=ignored)


def _apply(state: Pending, event: object, entry: Entry) -> Pending:
    match event:
        case AlertRequested():
            return _requested(state, event, entry)
        case AlertWithdrawn():
            link = state.links.get(event.alert_id)
            links = (
                state.links if link is None else state.links.set(event.alert_id, replace(link, withdrawn=event.reason))
            )
            return replace(state, alerts=_without(state.alerts, event.alert_id), links=links)
        case OutcomeRecorded():
            return replace(state, alerts=_without(state.alerts, event.alert_id))
        case CaseClosed():
            for department in Department:
                state = _held(state, event.case, department, None)
            return replace(state, closed=state.closed.set(event.case, event.at_ms))
        case CaseReopened():
            return replace(state, closed=state.closed.delete(event.case)) if event.case in state.closed else state
        case ContactSet():
            name = (entry.book, event.contact.county, event.contact.contact_id)
            return replace(state, contacts=state.contacts.set(name, event.contact))
        case FeedbackDue():
            return replace(
                state,
                feedback=state.feedback.set(event.report_id, accumulate(state.feedback.get(event.report_id), event)),
            )
        case _:
            return _apply_answer(state, event, entry)


def _apply_answer(state: Pending, event: object, entry: Entry) -> Pending:
    """What departments answered, and which of them hold a case."""
    match event:
        case AnswerRecorded():
            link = state.links.get(event.alert_id)
            if link is None:
                return state
            link = replace(link, answers=link.answers + 1, last=event.answer, answered_at_ms=entry.arrived_at_ms)
            return replace(state, links=state.links.set(event.alert_id, link))
        case DepartmentAcknowledged():
            return _held(state, event.case, event.department, Hold(event.expires_at_ms))
        case DepartmentDispatched():
            return _held(state, event.case, event.department, Hold(None))
        case DepartmentDeclined() | AcknowledgementExpired() | LadderStarted():
            return _held(state, event.case, event.department, None)
        case _:
            return state


def _requested(state: Pending, event: AlertRequested, entry: Entry) -> Pending:
    """A link state is made by the request and outlives settlement: an alert requested once more is not sent again."""
    if event.alert_id in state.links:
        return state
    filed_at_ms = entry.arrived_at_ms if entry.from_report else None
    return replace(
        state,
        alerts=state.alerts.set(event.alert_id, PendingAlert(event, filed_at_ms, entry.book)),
        links=state.links.set(event.alert_id, LinkState(until_ms=link_expiry_ms(event.act_by_ms))),
    )


def _held(state: Pending, case: str, department: Department, hold: Hold | None) -> Pending:
    """With the department's hold on the case, or without any."""
    key = (case, department)
    if hold is not None:
        return replace(state, holds=state.holds.set(key, hold))
    return replace(state, holds=state.holds.delete(key)) if key in state.holds else state


def contacts_of(state: Pending, book: int, alert: AlertRequested) -> dict[str, Contact]:
    """The contacts that an alert of this book names, by id: as the registry of their county stands in that book."""
    county = alert.contacts_of or alert.county
    found = ((name, state.contacts.get((book, county, name))) for name in alert.contact_ids)
    return {name: contact for name, contact in found if contact is not None}


def accumulate(before: Feedback | None, due: FeedbackDue) -> Feedback:
    """The report's page after one more step: a line for each status, and it never goes backwards.

    A step without instructions keeps the earlier ones, except that a closed case has none left.
    """
    history, status = (before.history, before.status) if before else ((), due.status)
    if before is None or FEEDBACK_RANK[due.status] > FEEDBACK_RANK[status]:
        history, status = (*history, FeedbackStep(status=due.status, at_ms=due.at_ms)), due.status
    instructions = due.instructions
    if not instructions and before is not None and due.status is not FeedbackStatus.CLOSED:
        instructions = before.instructions
    return Feedback(
        report_id=due.report_id,
        receipt=due.receipt,
        status=status,
        instructions=instructions,
        history=history,
        updated_at_ms=due.at_ms,
    )


def _without(alerts: Map[str, PendingAlert], alert_id: str) -> Map[str, PendingAlert]:
    return alerts.delete(alert_id) if alert_id in alerts else alerts


def _pruned(state: Pending) -> Pending:
    """Drop expired links, old closed cases and receipts, whenever their number has doubled since the last time."""
    if len(state.links) + len(state.closed) + len(state.feedback) < state.prune_at:
        return state
    links = Map(
        {
            alert_id: link
            for alert_id, link in state.links.items()
            if link.until_ms > state.now_ms or alert_id in state.alerts
        }
    )
    closed = Map({case: at_ms for case, at_ms in state.closed.items() if at_ms + CLOSED_KEPT_MS > state.now_ms})
    feedback = Map(
        {
            report_id: page
            for report_id, page in state.feedback.items()
            if page.status is not FeedbackStatus.CLOSED or page.updated_at_ms + FEEDBACK_KEPT_MS > state.now_ms
        }
    )
    prune_at = max(PRUNE_AT_LEAST, 2 * (len(links) + len(closed) + len(feedback)))
    return replace(state, links=links, closed=closed, feedback=feedback, prune_at=prune_at)
