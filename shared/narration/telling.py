"""Each event of a case as a line in both languages. Registry and book events are no part of a case's life."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.contracts import alerts, crossings, events, identity, separation
from shared.contracts.base import Message
from shared.explaining.explain import explain_lines
from shared.explaining.telling import Telling
from shared.narration import alerting, care, guardians, identities, refusals, transfers, words
from shared.narration.words import Line, word

Teller = Callable[[Any], list[Line]]


def tell(event: Message) -> list[Line]:
    """The lines of an event; none for what is no part of a case's life."""
    teller = TELLERS.get(type(event))
    return [] if teller is None else teller(event)


def _opened(event: events.CaseOpened) -> list[Line]:
    others = len(event.linked)
    linked = f"，关联 {others} 案" if others else ""
    linked_en = f", linked with {others} other case{'s' if others > 1 else ''}" if others else ""
    return [
        Line(
            f"立案 {event.case}（回执 {event.receipt}，第 {event.child + 1} 名儿童{linked}）",
            f"case {event.case} opened (receipt {event.receipt}, child {event.child + 1}{linked_en})",
        )
    ]


def _joined(event: events.ReportJoined) -> list[Line]:
    if event.matched_by is not None:
        by_id = event.matched_by is events.MatchedBy.ID_NUMBER
        how = (
            "身份证件号码" if by_id else "姓名、出生日期和村居",
            "ID number" if by_id else "name, birth date and village",
        )
        return [
            Line(
                f"另一份报告涉及同一儿童（{how[0]}一致），已并入本案（回执 {event.receipt}）",
                f"another report about the same child ({how[1]}) joined the case (receipt {event.receipt})",
            )
        ]
    return [Line("收到补充报告，已并入本案", "more facts were filed and joined to the case")]


def _separated(event: separation.ReportSeparated) -> list[Line]:
    reason = words.reason_words(event.reason)
    return [
        Line(
            f"回执 {event.receipt} 的报告是另一名儿童的（{reason.zh}，{event.by}）：另立 {event.opened} 案，本案不变",
            f"the report of receipt {event.receipt} is of another child ({reason.en}, {event.by}): it has case"
            f" {event.opened} of its own, and this case stays as it is",
        )
    ]


def _assessed(event: events.CaseAssessed) -> list[Line]:
    return [Line(*line) for line in explain_lines(Telling(event.assessment))]


def _level(event: events.LevelSet) -> list[Line]:
    before = f"{event.before} → " if event.before and event.before is not event.level else ""
    level, by, reason = words.level(event.level), words.by_words(event.by), words.reason_words(event.reason)
    return [
        Line(
            f"等级 {before}{level.zh}（{by.zh}，{reason.zh}）",
            f"level {before}{level.en} ({by.en}, {reason.en})",
        )
    ]


def _undecidable(event: events.CaseUndecidable) -> list[Line]:
    error = words.reason_words(event.error)
    return [
        Line(
            f"无法自动判断（{error.zh}）：按最高等级交由人工",
            f"could not be decided ({error.en}): to a human at the highest level",
        )
    ]


def _state(event: events.StateChanged) -> list[Line]:
    state = word(words.STATES, event.state)
    return [Line(f"状态：{state.zh}", f"state: {state.en}")]


def _closed(event: events.CaseClosed) -> list[Line]:
    reason = words.reason_words(event.reason)
    closed = Line(f"结案（{reason.zh}，{event.by}）", f"closed ({reason.en}, {event.by})")
    if not event.open_clocks:
        return [closed]
    left = [words.clock(each) for each in event.open_clocks]
    zh, en = "、".join(each.zh for each in left), ", ".join(each.en for each in left)
    return [closed, Line(f"结案后仍须办理：{zh}", f"still to be done after closing: {en}")]


def _duty(event: events.DutyRecorded) -> list[Line]:
    duty, how = words.clock(event.clock), word(words.DUTIES, event.how)
    why = words.reason_words(event.reason) if event.reason else None
    to = words.department(event.to) if event.to else None
    zh = "，".join(part for part in (how.zh, to.zh if to else "", why.zh if why else "", event.by) if part)
    en = ", ".join(part for part in (how.en, to.en if to else "", why.en if why else "", event.by) if part)
    lines = [Line(f"结案后职责：{duty.zh}（{zh}）", f"duty after closing: {duty.en} ({en})")]
    if event.next_due_at_ms is not None:
        due = words.moment(event.next_due_at_ms)
        lines.append(Line(f"下一次：{due.zh}", f"due again: {due.en}"))
    return lines


def _reopened(event: events.CaseReopened) -> list[Line]:
    reason = words.reason_words(event.reason)
    return [Line(f"重新启动（{reason.zh}，{event.by}）", f"opened again ({reason.en}, {event.by})")]


def _command_refused(event: events.CommandRefused) -> list[Line]:
    """The event's detail stays in the record: it is for who gave the command, in English."""
    asked = word(refusals.COMMANDS, event.command)
    reason = word(refusals.REFUSALS, event.reason)
    return [Line(f"没有照办“{asked.zh}”：{reason.zh}", f"refused {asked.en}: {reason.en}")]


def _feedback(event: alerts.FeedbackDue) -> list[Line]:
    status = word(words.FEEDBACK, event.status)
    return [Line(f"向报告人反馈：{status.zh}", f"to the reporter: {status.en}")]


TELLERS: Final[Mapping[type[Message], Teller]] = {
    events.CaseOpened: _opened,
    events.ReportJoined: _joined,
    separation.ReportSeparated: _separated,
    events.CaseAssessed: _assessed,
    events.LevelSet: _level,
    events.CaseUndecidable: _undecidable,
    events.ClockStarted: alerting.clock_started,
    events.ClockMet: alerting.clock_met,
    events.ClockBreached: alerting.clock_breached,
    events.ClockCancelled: alerting.clock_cancelled,
    events.RungScheduled: alerting.rung_scheduled,
    events.RungReached: alerting.rung_reached,
    alerts.AlertRequested: alerting.alert,
    alerts.AlertWithdrawn: alerting.withdrawn,
    alerts.OutcomeRecorded: alerting.outcome,
    alerts.FeedbackDue: _feedback,
    events.DepartmentAcknowledged: alerting.acknowledged,
    events.AcknowledgementExpired: alerting.expired,
    events.HandoverDue: alerting.handover_due,
    events.HandoverRested: alerting.handover_rested,
    events.TakenOver: alerting.taken_over,
    events.DepartmentDispatched: alerting.dispatched,
    events.DepartmentDeclined: alerting.declined,
    events.DepartmentReported: alerting.reported,
    events.AnswerRecorded: alerting.answer,
    events.CustodySet: care.custody,
    events.ChildSeen: care.seen,
    events.KinCandidateAdded: care.kin,
    events.GuardiansRanked: guardians.ranked,
    events.DisputeRecorded: guardians.dispute,
    events.DomicileNoticeDue: guardians.domicile_due,
    events.DomicileTold: guardians.domicile_told,
    events.AssessmentRecorded: care.assessment,
    events.MeasureProposed: care.proposed,
    events.PlacesRanked: care.places,
    events.PlaceHeld: care.held,
    events.PlaceReleased: care.released,
    events.MeasureSuperseded: care.superseded,
    events.MeasureSigned: care.signed,
    events.MeasureRefused: care.refused,
    events.DocumentFiled: care.document,
    events.MeasureEnded: care.ended,
    events.GuardianshipExtended: guardians.extended,
    events.RevocationFiled: care.revocation,
    events.RevocationRested: guardians.revocation_rests,
    events.ProtectionOrderRecorded: guardians.protection_order,
    events.SuggestionRecorded: guardians.suggestion,
    events.CallRecorded: alerting.called,
    identity.IdentityOpeningRequested: identities.requested,
    identity.IdentityOpened: identities.opened,
    identity.BreakGlassReviewed: identities.reviewed,
    identity.IdentityDestructionRequested: identities.destruction_requested,
    identity.IdentityDestroyed: identities.destroyed,
    identity.LegalHoldSet: identities.hold_set,
    identity.LegalHoldLifted: identities.hold_lifted,
    crossings.TransferOffered: transfers.offered,
    crossings.TransferReceived: transfers.received,
    crossings.TransferAccepted: transfers.accepted,
    crossings.TransferRefused: transfers.refused,
    crossings.TransferAnswered: transfers.answered,
    crossings.TransferWithdrawn: transfers.withdrawn,
    crossings.TransferSettled: transfers.settled,
    crossings.ChildMetElsewhere: transfers.met,
    events.StateChanged: _state,
    events.CaseClosed: _closed,
    events.CaseReopened: _reopened,
    events.DutyRecorded: _duty,
    events.CommandRefused: _command_refused,
}
SILENT: Final = frozenset(
    {
        events.ReportRepeated,
        events.InputUndecidable,
        events.LadderStarted,
        events.AssessmentDeferred,
        events.OffersDeferred,
        events.OffersResumed,
        events.BedsOfClosedCasesLost,
        events.PlaceLicenceExpired,
        events.CommandAccepted,
        events.ContactSet,
        events.ShiftSet,
        events.PlaceSet,
        events.AccountSet,
        events.AreaSet,
        events.PolicyProposed,
        events.PolicyActivated,
        events.WriterKeyRotated,
        crossings.CrossingSent,
        crossings.CrossingRepeated,
        crossings.CrossingReceived,
        crossings.CrossingSettled,
        crossings.MatchAsked,
        crossings.MatchSent,
        crossings.TokensIndexed,
    }
)
"""Events that tell nothing of a case by themselves; a test holds both tables against the union in the contracts."""
