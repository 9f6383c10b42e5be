"""Clocks, ladders, alerts and what departments answer, as lines."""

from shared.contracts import alerts, events
from shared.explaining.citations import cited
from shared.explaining.said import until
from shared.narration import words
from shared.narration.answer_words import CALL_OUTCOMES, PARTIES
from shared.narration.guardian_words import RELATIONS
from shared.narration.words import Line, department, moment, rung, word


def clock_started(event: events.ClockStarted) -> list[Line]:
    """A clock of the law runs."""
    name, due, law = words.clock(event.clock), until(event.due_at_ms, event.start_at_ms), cited(event.source.citation)
    return [
        Line(f"计时：北京时间 {due.zh}，{name.zh}（{law.zh}）", f"clock: {name.en} {due.en} Beijing time ({law.en})")
    ]


def clock_met(event: events.ClockMet) -> list[Line]:
    """What it waited for happened."""
    name = words.clock(event.clock)
    return [Line(f"已按时完成：{name.zh}", f"done in time: {name.en}")]


def clock_breached(event: events.ClockBreached) -> list[Line]:
    """It ran out, for the first time or again."""
    name, more = words.clock(event.clock), words.again(event.repeat)
    return [Line(f"超时：{name.zh}{more.zh}", f"BREACH: {name.en}{more.en}")]


def clock_cancelled(event: events.ClockCancelled) -> list[Line]:
    """It is not needed any more."""
    name, reason = words.clock(event.clock), words.reason_words(event.reason)
    return [Line(f"不再计时：{name.zh}（{reason.zh}）", f"clock not needed any more: {name.en} ({reason.en})")]


def rung_scheduled(event: events.RungScheduled) -> list[Line]:
    """When a ladder goes on unless somebody accepts."""
    name, at, step = department(event.department), moment(event.due_at_ms), rung(event.step)
    if event.repeat:
        return [
            Line(
                f"{at.zh} 前仍无人受理，则再次提醒{name.zh}（第 {event.repeat} 次）",
                f"unless {name.en} accepts by {at.en}, it is reminded again ({event.repeat})",
            )
        ]
    return [
        Line(
            f"{at.zh} 前{name.zh}仍无人受理，则升级到{step.zh}",
            f"unless {name.en} accepts by {at.en}, the ladder climbs to {step.en}",
        )
    ]


def rung_reached(event: events.RungReached) -> list[Line]:
    """A rung was told or skipped."""
    name, step, more = department(event.department), rung(event.step), words.again(event.repeat)
    if event.stand_in is not None:
        return [_stood_in(event, name)]
    if not event.staffed:
        return [
            Line(f"{name.zh}{step.zh}无人值守，跳过", f"{name.en}, {step.en}: nobody is on duty, skipped"),
        ]
    told = ", ".join(event.contacts)
    return [Line(f"告知{name.zh}{step.zh}{more.zh}：{told}", f"told {name.en}, {step.en}{more.en}: {told}")]


def _stood_in(event: events.RungReached, name: Line) -> Line:
    """No rung is staffed: who is told instead, or why it is not told again."""
    other, reason = department(event.stand_in) if event.stand_in else name, words.reason_words(event.reason)
    desk = Line(event.contacts_of or "", f" of {event.contacts_of}" if event.contacts_of else "")
    if not event.contacts:
        return Line(
            f"{name.zh}无人值守，{desk.zh}{other.zh}代收，本次不再重复告知（{reason.zh}）",
            f"{name.en} is unstaffed; {other.en}{desk.en} stands in and is not told once more ({reason.en})",
        )
    told = ", ".join(event.contacts)
    return Line(
        f"{name.zh}无人值守，改为告知{desk.zh}{other.zh}：{told}（{reason.zh}）",
        f"{name.en} is unstaffed; told {other.en}{desk.en} instead: {told} ({reason.en})",
    )


def alert(event: alerts.AlertRequested) -> list[Line]:
    """An alert was asked for."""
    name, at, step = department(event.department), moment(event.act_by_ms), rung(event.step)
    more = words.again(event.repeat)
    return [
        Line(
            f"向{name.zh}{step.zh}发出 {event.level} 提醒{more.zh}，请在 {at.zh} 前处理",
            f"{event.level} alert to {name.en}, {step.en}{more.en}, act by {at.en}",
        )
    ]


def withdrawn(event: alerts.AlertWithdrawn) -> list[Line]:
    """An alert was taken back."""
    reason = words.reason_words(event.reason)
    return [Line(f"撤回提醒（{reason.zh}）", f"alert withdrawn ({reason.en})")]


def outcome(event: alerts.OutcomeRecorded) -> list[Line]:
    """What became of an alert."""
    result, channel = word(words.RESULTS, event.result), word(words.CHANNELS, event.channel)
    by = Line(f"（{channel.zh}）", f" ({channel.en})") if event.channel else Line("", "")
    return [Line(f"提醒{result.zh}{by.zh}", f"alert {result.en}{by.en}")]


def acknowledged(event: events.DepartmentAcknowledged) -> list[Line]:
    """A department accepted."""
    name, until = department(event.department), moment(event.expires_at_ms)
    number = (
        Line(f"，受理编号 {event.reference}", f", reference {event.reference}") if event.reference else Line("", "")
    )
    return [
        Line(
            f"{name.zh}已受理（{event.by}{number.zh}），{until.zh} 前须派人",
            f"{name.en} acknowledged ({event.by}{number.en}); somebody must be sent by {until.en}",
        )
    ]


def expired(event: events.AcknowledgementExpired) -> list[Line]:
    """An acceptance lapsed."""
    name, reason = department(event.department), words.reason_words(event.reason)
    return [
        Line(
            f"{name.zh}的受理失效（{reason.zh}），继续升级",
            f"the acknowledgement of {name.en} lapsed ({reason.en}): the ladder goes on",
        )
    ]


def handover_due(event: events.HandoverDue) -> list[Line]:
    """A shift ends."""
    by = moment(event.due_at_ms)
    return [
        Line(
            f"{event.by} 交班后，{by.zh} 前须有人接手",
            f"when the shift of {event.by} ends somebody must take it over, by {by.en}",
        )
    ]


def handover_rested(event: events.HandoverRested) -> list[Line]:
    """A shift ended, and nothing needs to be taken over."""
    name = department(event.department)
    return [Line(f"{name.zh}已交班，本案无须接手", f"{name.en}: the shift ended, nothing needs to be taken over")]


def taken_over(event: events.TakenOver) -> list[Line]:
    """The next officer has it."""
    return [Line(f"{event.by} 接手（此前 {event.before}）", f"{event.by} took it over from {event.before}")]


def dispatched(event: events.DepartmentDispatched) -> list[Line]:
    """Somebody was sent."""
    name = department(event.department)
    return [Line(f"{name.zh}已派人（{event.by}）", f"{name.en} sent somebody ({event.by})")]


def declined(event: events.DepartmentDeclined) -> list[Line]:
    """A department declined."""
    name, reason = department(event.department), words.reason_words(event.reason)
    return [Line(f"{name.zh}退回（{reason.zh}）", f"{name.en} declined ({reason.en})")]


def reported(event: events.DepartmentReported) -> list[Line]:
    """A department reported back."""
    name, outcome = department(event.department), words.reason_words(event.outcome)
    return [Line(f"{name.zh}反馈：{outcome.zh}", f"{name.en} reported: {outcome.en}")]


def called(event: events.CallRecorded) -> list[Line]:
    """Somebody was called."""
    party, outcome, at = word(PARTIES, event.party), word(CALL_OUTCOMES, event.outcome), moment(event.called_at_ms)
    if event.unit is not None:
        party = department(event.unit)
    elif event.relation is not None:
        party = word(RELATIONS, event.relation)
    return [
        Line(
            f"致电{party.zh}（{event.by}，{at.zh}）：{outcome.zh}",
            f"called {party.en} ({event.by}, {at.en}): {outcome.en}",
        )
    ]


def answer(event: events.AnswerRecorded) -> list[Line]:
    """An answer by signed link."""
    name, answer = department(event.department), word(words.ANSWERS, event.answer)
    return [Line(f"{name.zh}经链接答复：{answer.zh}", f"{name.en} answered by link: {answer.en}")]
