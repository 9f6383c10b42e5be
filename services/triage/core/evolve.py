"""`evolve`: the state after an event. Pure, total over all event types, and blind to policy."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from shared.contracts import alerts, crossings, events, identity, separation
from shared.contracts.base import Message

from services.triage.core.folds import (
    across,
    assessments,
    cases,
    duties,
    identities,
    measures,
    outbox,
    registry,
    response,
    separations,
    transfers,
)
from services.triage.core.state import BookState
from services.triage.core.working import Working

Fold = Callable[[BookState, Any, int], BookState]


def unchanged(state: BookState, _event: Message, _at_ms: int) -> BookState:
    """An event that readers need and the fold does not."""
    return state


def _outcome(state: BookState, event: alerts.OutcomeRecorded, at_ms: int) -> BookState:
    return registry.outcome_seen(response.outcome_recorded(state, event, at_ms), event, at_ms)


FOLDS: Final[dict[type[Message], Fold]] = {
    events.CaseOpened: cases.opened,
    events.ReportJoined: cases.joined,
    events.ReportRepeated: unchanged,
    separation.ReportSeparated: separations.separated,
    events.CaseAssessed: assessments.assessed,
    events.AssessmentDeferred: assessments.assessment_deferred,
    events.LevelSet: assessments.level_set,
    events.CaseUndecidable: cases.undecidable,
    events.InputUndecidable: unchanged,
    events.ClockStarted: response.clock_started,
    events.ClockMet: response.clock_met,
    events.ClockBreached: response.clock_breached,
    events.ClockCancelled: response.clock_cancelled,
    events.LadderStarted: response.ladder_started,
    events.RungScheduled: response.rung_scheduled,
    events.RungReached: response.rung_reached,
    alerts.AlertRequested: response.alert_requested,
    alerts.AlertWithdrawn: response.alert_withdrawn,
    alerts.OutcomeRecorded: _outcome,
    alerts.FeedbackDue: cases.feedback_due,
    events.DepartmentAcknowledged: response.acknowledged,
    events.AcknowledgementExpired: response.acknowledgement_expired,
    events.HandoverDue: response.handover_due,
    events.HandoverRested: response.handover_rested,
    events.TakenOver: response.taken_over,
    events.DepartmentDispatched: response.dispatched,
    events.DepartmentDeclined: response.declined,
    events.DepartmentReported: unchanged,
    events.AnswerRecorded: registry.answer_seen,
    events.CustodySet: cases.custody_set,
    events.ChildSeen: cases.child_seen,
    events.KinCandidateAdded: cases.kin_added,
    events.GuardiansRanked: unchanged,
    events.DisputeRecorded: cases.dispute_recorded,
    events.DomicileNoticeDue: cases.domicile_notice_due,
    events.DomicileTold: unchanged,
    events.AssessmentRecorded: cases.assessment_recorded,
    events.MeasureProposed: measures.proposed,
    events.PlacesRanked: measures.ranked,
    events.PlaceHeld: measures.held,
    events.PlaceReleased: measures.released,
    events.OffersDeferred: registry.offers_deferred,
    events.OffersResumed: registry.offers_resumed,
    events.BedsOfClosedCasesLost: unchanged,
    events.PlaceLicenceExpired: registry.licence_expired,
    events.MeasureSuperseded: measures.superseded,
    events.MeasureSigned: measures.signed,
    events.MeasureRefused: measures.refused,
    events.DocumentFiled: cases.document_filed,
    events.MeasureEnded: measures.ended,
    events.GuardianshipExtended: unchanged,
    events.RevocationFiled: cases.revocation_filed,
    events.RevocationRested: unchanged,
    events.ProtectionOrderRecorded: unchanged,
    events.SuggestionRecorded: unchanged,
    events.CallRecorded: unchanged,
    events.StateChanged: cases.state_changed,
    events.CaseClosed: cases.closed,
    events.CaseReopened: cases.reopened,
    events.DutyRecorded: duties.recorded,
    events.CommandAccepted: registry.command_accepted,
    events.CommandRefused: registry.command_refused,
    events.ContactSet: registry.contact_set,
    events.ShiftSet: registry.shift_set,
    events.PlaceSet: registry.place_set,
    events.AccountSet: registry.account_set,
    events.AreaSet: registry.area_set,
    events.PolicyProposed: registry.policy_proposed,
    events.PolicyActivated: registry.policy_activated,
    events.WriterKeyRotated: unchanged,
    identity.IdentityOpeningRequested: identities.opening_requested,
    identity.IdentityOpened: identities.opened,
    identity.BreakGlassReviewed: identities.reviewed,
    identity.IdentityDestructionRequested: identities.destruction_requested,
    identity.IdentityDestroyed: identities.destroyed,
    identity.LegalHoldSet: identities.hold_set,
    identity.LegalHoldLifted: identities.hold_lifted,
    crossings.CrossingSent: outbox.sent,
    crossings.CrossingRepeated: outbox.repeated,
    crossings.CrossingReceived: outbox.received,
    crossings.CrossingSettled: outbox.settled,
    crossings.TransferOffered: transfers.offered,
    crossings.TransferReceived: transfers.received,
    crossings.TransferAccepted: transfers.accepted,
    crossings.TransferRefused: unchanged,
    crossings.TransferAnswered: transfers.answered,
    crossings.TransferWithdrawn: transfers.withdrawn,
    crossings.TransferSettled: transfers.settled,
    crossings.MatchAsked: across.asked,
    crossings.MatchSent: across.sent,
    crossings.TokensIndexed: across.indexed,
    crossings.ChildMetElsewhere: across.met,
}
"""Every event type has its fold; a test holds this table against the union in the contracts."""


def evolve(state: BookState, event: Message, at_ms: int) -> BookState:
    """The state after `event`; `at_ms` is the record's decided_at. Raises KeyError for a type that is no event."""
    return evolve_all(state, (event,), at_ms)


def evolve_all(state: BookState, events: Iterable[Message], at_ms: int) -> BookState:
    """The state after the events of one record, one after the other. Raises KeyError for a type that is no event."""
    working = Working(state)
    for event in events:
        live(working, event, at_ms)
    return working.settled()


def live(working: Working, event: Message, at_ms: int) -> None:
    """Fold an event into a state in the making. Raises KeyError for a type that is no event."""
    FOLDS[type(event)](working, event, at_ms)
    case_id = event.__dict__.get("case")
    if case_id is not None:
        working.touches(case_id)
