"""Each event of a case as a line in both languages. Registry and book events are no part of a case's life."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from services.triage.core.explain import explain_words
from services.triage.core.words import CLOCKS, DEPARTMENTS, MEASURES, Words, say
from shared.contracts import alerts, events
from shared.contracts.assessment import Source
from shared.contracts.base import Message
from shared.contracts.vocabulary import Measure
from wardline.narration.words import HOLDERS, ORGANS, PLACE_REASONS, PLACEMENTS, STATES
from wardline.workplace import shanghai


class Line(NamedTuple):
    """One line of the story."""

    zh: str
    en: str


Teller = Callable[[Any], list[Line]]


def tell(event: Message) -> list[Line]:
    """The lines of an event; none for what is no part of a case's life."""
    teller = TELLERS.get(type(event))
    return [] if teller is None else teller(event)


def _both(words: Words, code: str | None) -> Line:
    return Line(say(words, code or "—", "zh"), say(words, code or "—", "en"))


def _department(code: str) -> Line:
    return _both(DEPARTMENTS, code)


def _law(source: Source) -> str:
    return f"{source.rule}，{source.citation}"


def _opened(event: events.CaseOpened) -> list[Line]:
    linked = f"，关联 {len(event.linked)} 案" if event.linked else ""
    linked_en = f", linked with {len(event.linked)} cases" if event.linked else ""
    return [
        Line(
            f"立案 {event.case}（回执 {event.receipt}，第 {event.child + 1} 名儿童{linked}）",
            f"case {event.case} opened (receipt {event.receipt}, child {event.child + 1}{linked_en})",
        )
    ]


def _joined(_event: events.ReportJoined) -> list[Line]:
    return [Line("收到补充报告，已并入本案", "more facts were filed and joined to the case")]


def _assessed(event: events.CaseAssessed) -> list[Line]:
    chinese, english = explain_words(event.assessment, "zh"), explain_words(event.assessment, "en")
    return [Line(zh, en) for zh, en in zip(chinese, english, strict=True)]


def _level(event: events.LevelSet) -> list[Line]:
    before = f"{event.before} → " if event.before else ""
    level = f"{before}{event.level}"
    return [Line(f"等级 {level}（{event.by}，{event.reason}）", f"level {level} ({event.by}, {event.reason})")]


def _undecidable(event: events.CaseUndecidable) -> list[Line]:
    return [
        Line(
            f"无法自动判断（{event.error}）：按最高等级交由人工",
            f"could not be decided ({event.error}): to a human at the highest level",
        )
    ]


def _clock_started(event: events.ClockStarted) -> list[Line]:
    name, due = _both(CLOCKS, event.clock), shanghai(event.due_at_ms)
    return [
        Line(f"计时：{due} 前{name.zh}（{_law(event.source)}）", f"clock: {name.en} by {due} ({_law(event.source)})")
    ]


def _clock_met(event: events.ClockMet) -> list[Line]:
    name = _both(CLOCKS, event.clock)
    return [Line(f"已按时完成：{name.zh}", f"done in time: {name.en}")]


def _clock_breached(event: events.ClockBreached) -> list[Line]:
    name = _both(CLOCKS, event.clock)
    return [Line(f"超时：{name.zh}（第 {event.repeat + 1} 次）", f"BREACH: {name.en} (no. {event.repeat + 1})")]


def _clock_cancelled(event: events.ClockCancelled) -> list[Line]:
    name = _both(CLOCKS, event.clock)
    return [Line(f"不再计时：{name.zh}（{event.reason}）", f"clock not needed any more: {name.en} ({event.reason})")]


def _rung_scheduled(event: events.RungScheduled) -> list[Line]:
    name, due = _department(event.department), shanghai(event.due_at_ms)
    return [
        Line(
            f"若{name.zh}在 {due} 前无人受理，升级到 {event.step}",
            f"unless {name.en} accepts by {due}, the ladder climbs to {event.step}",
        )
    ]


def _rung_reached(event: events.RungReached) -> list[Line]:
    name = _department(event.department)
    if event.stand_in is not None:
        return [_stood_in(event, name)]
    if not event.staffed:
        return [Line(f"{name.zh} {event.step} 无人值守，跳过", f"{name.en} {event.step} is unstaffed: skipped")]
    told = ", ".join(event.contacts)
    repeat = f" ×{event.repeat + 1}" if event.repeat else ""
    return [Line(f"告知{name.zh} {event.step}{repeat}：{told}", f"told {name.en} {event.step}{repeat}: {told}")]


def _stood_in(event: events.RungReached, name: Line) -> Line:
    """No rung is staffed: who is told instead, or why it is not told again."""
    other = _department(event.stand_in) if event.stand_in else name
    desk = event.contacts_of or ""
    if not event.contacts:
        return Line(
            f"{name.zh}无人值守，{desk}{other.zh}代收，本次不再重复告知（{event.reason}）",
            f"{name.en} is unstaffed; {other.en} {desk} stands in and is not told once more ({event.reason})",
        )
    told = ", ".join(event.contacts)
    return Line(
        f"{name.zh}无人值守，改为告知{desk}{other.zh}：{told}（{event.reason}）",
        f"{name.en} is unstaffed; told {other.en} {desk} instead: {told} ({event.reason})",
    )


def _alert(event: alerts.AlertRequested) -> list[Line]:
    name, due = _department(event.department), shanghai(event.act_by_ms)
    return [
        Line(
            f"向{name.zh} {event.step} 发出 {event.level} 提醒，请在 {due} 前处理",
            f"{event.level} alert to {name.en} {event.step}, act by {due}",
        )
    ]


def _withdrawn(event: alerts.AlertWithdrawn) -> list[Line]:
    return [Line(f"撤回提醒（{event.reason}）", f"alert withdrawn ({event.reason})")]


def _outcome(event: alerts.OutcomeRecorded) -> list[Line]:
    via = f" {event.channel}" if event.channel else ""
    return [Line(f"提醒结果：{event.result}{via}", f"alert {event.result.lower()}{via}")]


def _acknowledged(event: events.DepartmentAcknowledged) -> list[Line]:
    name, until = _department(event.department), shanghai(event.expires_at_ms)
    return [
        Line(
            f"{name.zh}已受理（{event.by}），{until} 前须派人",
            f"{name.en} acknowledged ({event.by}); somebody must be sent by {until}",
        )
    ]


def _expired(event: events.AcknowledgementExpired) -> list[Line]:
    name = _department(event.department)
    return [Line(f"{name.zh}受理后未派人，继续升级", f"{name.en} sent nobody: the ladder goes on")]


def _dispatched(event: events.DepartmentDispatched) -> list[Line]:
    name = _department(event.department)
    return [Line(f"{name.zh}已派人（{event.by}）", f"{name.en} sent somebody ({event.by})")]


def _declined(event: events.DepartmentDeclined) -> list[Line]:
    name = _department(event.department)
    return [Line(f"{name.zh}退回（{event.reason}）", f"{name.en} declined ({event.reason})")]


def _reported(event: events.DepartmentReported) -> list[Line]:
    name = _department(event.department)
    return [Line(f"{name.zh}反馈：{event.outcome}", f"{name.en} reported: {event.outcome}")]


def _answer(event: events.AnswerRecorded) -> list[Line]:
    name = _department(event.department)
    return [Line(f"{name.zh}经链接答复：{event.answer}", f"{name.en} answered by link: {event.answer}")]


def _custody(event: events.CustodySet) -> list[Line]:
    holder = _both(HOLDERS, event.holder)
    since = f"，自 {shanghai(event.since_ms)}" if event.since_ms else ""
    since_en = f" since {shanghai(event.since_ms)}" if event.since_ms else ""
    return [
        Line(f"儿童现由{holder.zh}照看{since}（{event.by}）", f"the child is with {holder.en}{since_en} ({event.by})")
    ]


def _seen(event: events.ChildSeen) -> list[Line]:
    return [Line(f"已见到儿童本人（{event.by}）", f"the child was seen in person ({event.by})")]


def _kin(event: events.KinCandidateAdded) -> list[Line]:
    return [Line(f"亲属候选人 {event.candidate_id}", f"kin candidate {event.candidate_id}")]


def _assessment(event: events.AssessmentRecorded) -> list[Line]:
    return [
        Line(
            f"评估（{event.subject}，{event.by}）：能够监护 {event.guardian_able}，可以送回 {event.safe_to_return}",
            f"assessed ({event.subject}, {event.by}): able {event.guardian_able}, may return {event.safe_to_return}",
        )
    ]


def _proposed(event: events.MeasureProposed) -> list[Line]:
    measure = _both(MEASURES, event.measure)
    organ = _both(ORGANS, event.organ) if event.organ else Line("", "")
    by = f"，由{organ.zh}" if event.organ else ""
    by_en = f" by {organ.en}" if event.organ else ""
    decide = f"，{shanghai(event.decide_by_ms)} 前签批" if event.decide_by_ms else ""
    decide_en = f"; sign by {shanghai(event.decide_by_ms)}" if event.decide_by_ms else ""
    law = _law(event.source)
    lines = [
        Line(
            f"{measure.zh}（{event.status}）{by}，依据 {event.ground or ''} {law}{decide}",
            f"{measure.en} ({event.status}){by_en}, ground {event.ground or '—'}: {law}{decide_en}",
        )
    ]
    if event.measure in {Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP}:
        lines += _places(event)
    return lines


def _places(event: events.MeasureProposed | events.PlacesRanked) -> list[Line]:
    reason = _both(PLACE_REASONS, event.place_reason or "BEST_INTEREST")
    lines = [Line(f"场所：{event.place_id or '无'}（{reason.zh}）", f"place: {event.place_id or 'none'} ({reason.en})")]
    for each in event.ranking:
        kind, why = _both(PLACEMENTS, each.type), _both(PLACE_REASONS, each.why)
        lines.append(Line(f"  · {each.place_id} {kind.zh}：{why.zh}", f"  · {each.place_id}, {kind.en}: {why.en}"))
    return lines


def _held(event: events.PlaceHeld) -> list[Line]:
    return [Line(f"为儿童预留 {event.place_id} 一个床位", f"a bed of {event.place_id} is held for the child")]


def _released(event: events.PlaceReleased) -> list[Line]:
    return [
        Line(f"{event.place_id} 床位释放（{event.reason}）", f"the bed of {event.place_id} is free ({event.reason})")
    ]


def _superseded(event: events.MeasureSuperseded) -> list[Line]:
    before, after = _both(MEASURES, event.measure), _both(MEASURES, event.by_measure)
    return [Line(f"{before.zh}改为{after.zh}", f"{before.en} makes room for {after.en}")]


def _signed(event: events.MeasureSigned) -> list[Line]:
    measure = _both(MEASURES, event.measure)
    document = event.document_number or "—"
    return [
        Line(
            f"{measure.zh}已签批生效（{event.by}，文号 {document}，儿童意愿 {event.wishes}）",
            f"{measure.en} signed and in effect ({event.by}, document {document}, wishes {event.wishes})",
        )
    ]


def _refused(event: events.MeasureRefused) -> list[Line]:
    return [Line(f"签批人否决（{event.by}，{event.reason}）", f"refused by the signatory ({event.by}, {event.reason})")]


def _document(event: events.DocumentFiled) -> list[Line]:
    return [Line(f"补交文号 {event.document_number}", f"document number {event.document_number} filed")]


def _ended(event: events.MeasureEnded) -> list[Line]:
    measure = _both(MEASURES, event.measure)
    return [Line(f"{measure.zh}结束（{event.reason}）", f"{measure.en} ended ({event.reason})")]


def _revocation(event: events.RevocationFiled) -> list[Line]:
    name = _department(event.applicant)
    return [
        Line(
            f"{name.zh}已向法院申请撤销监护人资格（{event.ground}）",
            f"{name.en} applied to the court for revocation ({event.ground})",
        )
    ]


def _state(event: events.StateChanged) -> list[Line]:
    state = _both(STATES, event.state)
    return [Line(f"状态：{state.zh}", f"state: {state.en}")]


def _closed(event: events.CaseClosed) -> list[Line]:
    return [Line(f"结案（{event.reason}，{event.by}）", f"closed ({event.reason}, {event.by})")]


def _reopened(event: events.CaseReopened) -> list[Line]:
    return [Line(f"重新启动（{event.reason}，{event.by}）", f"opened again ({event.reason}, {event.by})")]


def _command_refused(event: events.CommandRefused) -> list[Line]:
    return [
        Line(
            f"未予受理 {event.command}：{event.reason} {event.detail}",
            f"refused {event.command}: {event.reason} {event.detail}",
        )
    ]


def _feedback(event: alerts.FeedbackDue) -> list[Line]:
    return [Line(f"向报告人反馈：{event.status}", f"to the reporter: {event.status}")]


TELLERS: Final[Mapping[type[Message], Teller]] = {
    events.CaseOpened: _opened,
    events.ReportJoined: _joined,
    events.CaseAssessed: _assessed,
    events.LevelSet: _level,
    events.CaseUndecidable: _undecidable,
    events.ClockStarted: _clock_started,
    events.ClockMet: _clock_met,
    events.ClockBreached: _clock_breached,
    events.ClockCancelled: _clock_cancelled,
    events.RungScheduled: _rung_scheduled,
    events.RungReached: _rung_reached,
    alerts.AlertRequested: _alert,
    alerts.AlertWithdrawn: _withdrawn,
    alerts.OutcomeRecorded: _outcome,
    alerts.FeedbackDue: _feedback,
    events.DepartmentAcknowledged: _acknowledged,
    events.AcknowledgementExpired: _expired,
    events.DepartmentDispatched: _dispatched,
    events.DepartmentDeclined: _declined,
    events.DepartmentReported: _reported,
    events.AnswerRecorded: _answer,
    events.CustodySet: _custody,
    events.ChildSeen: _seen,
    events.KinCandidateAdded: _kin,
    events.AssessmentRecorded: _assessment,
    events.MeasureProposed: _proposed,
    events.PlacesRanked: _places,
    events.PlaceHeld: _held,
    events.PlaceReleased: _released,
    events.MeasureSuperseded: _superseded,
    events.MeasureSigned: _signed,
    events.MeasureRefused: _refused,
    events.DocumentFiled: _document,
    events.MeasureEnded: _ended,
    events.RevocationFiled: _revocation,
    events.StateChanged: _state,
    events.CaseClosed: _closed,
    events.CaseReopened: _reopened,
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
        events.PlaceLicenceExpired,
        events.CommandAccepted,
        events.ContactSet,
        events.ShiftSet,
        events.PlaceSet,
        events.AccountSet,
        events.AreaSet,
        events.PolicyActivated,
        events.WriterKeyRotated,
    }
)
"""Events that tell nothing of a case by themselves; a test holds both tables against the union in the contracts."""
