"""Who opened, reviewed and destroyed identities, as lines. What was read is never among them."""

from typing import Final

from shared.contracts import identity
from shared.explaining.words import Words
from shared.narration import words
from shared.narration.words import Line, department, moment, word

PARTS: Final[Words] = {
    "NAME": ("姓名", "name"),
    "CHILD": ("儿童身份", "the child's identity"),
    "PLACE": ("住址", "address"),
    "GUARDIANS": ("监护人", "guardians"),
    "ALLEGED_PERSON": ("被指称的人", "the alleged person"),
    "REPORTER": ("报告人", "who reported"),
    "REPORTER_PHONE": ("报告人电话", "the reporter's telephone"),
    "NARRATIVE": ("叙述", "narrative"),
    "NOTES": ("办理人员的备注", "officers' notes"),
}
PURPOSES: Final[Words] = {
    "GO_TO_CHILD": ("上门见孩子", "to go to the child"),
    "IDENTIFY_CHILD": ("核对孩子身份", "to identify the child"),
    "REACH_GUARDIANS": ("联系监护人", "to reach the guardians"),
    "CALL_REPORTER": ("联系报告人", "to call the reporter"),
    "WRITE_DOCUMENT": ("制作文书", "to write a document"),
    "DEPARTMENT_TASK": ("部门任务", "the department's task"),
    "DANGER": ("紧急危险", "danger"),
}
GROUNDS: Final[Words] = {
    "RETENTION_OVER": ("保存期满", "retention is over"),
    "COURT_ORDER": ("法院裁判", "a court's order"),
}
FINDINGS: Final[Words] = {
    "JUSTIFIED": ("查看有正当理由", "it was justified"),
    "NOT_JUSTIFIED": ("查看没有正当理由", "it was NOT justified"),
}


def _parts(parts: tuple[identity.IdentityPart, ...]) -> Line:
    said = [word(PARTS, part) for part in parts]
    return Line("、".join(each.zh for each in said), ", ".join(each.en for each in said))


def requested(event: identity.IdentityOpeningRequested) -> list[Line]:
    """Somebody asked, and a second person has not spoken yet."""
    parts, purpose = _parts(event.parts), word(PURPOSES, event.purpose)
    return [
        Line(
            f"{event.by} 申请查看{parts.zh}（{purpose.zh}），等待另一人同意",
            f"{event.by} asks to open {parts.en} ({purpose.en}); a second person must agree",
        )
    ]


def opened(event: identity.IdentityOpened) -> list[Line]:
    """Somebody may read from now on."""
    parts, until = _parts(event.parts), moment(event.until_ms)
    if event.basis is identity.OpeningBasis.BREAK_GLASS:
        reason = words.reason_words(event.reason)
        return [
            Line(
                f"紧急查看：{event.by} 一人查看{parts.zh}（{reason.zh}），到{until.zh}；须由另一人复核",
                f"in danger {event.by} alone opened {parts.en} ({reason.en}) until {until.en};"
                " another person must review it",
            )
        ]
    if event.department is not None:
        of = department(event.department)
        return [
            Line(
                f"{of.zh}（{event.by}）查看{parts.zh}，到{until.zh}",
                f"{of.en} ({event.by}) opened {parts.en} until {until.en}",
            )
        ]
    purpose = word(PURPOSES, event.purpose)
    second = Line(f"，{event.second} 同意", f", {event.second} agreed") if event.second else Line("", "")
    return [
        Line(
            f"{event.by} 查看{parts.zh}（{purpose.zh}{second.zh}），到{until.zh}",
            f"{event.by} opened {parts.en} ({purpose.en}{second.en}) until {until.en}",
        )
    ]


def reviewed(event: identity.BreakGlassReviewed) -> list[Line]:
    """Another person looked at it."""
    finding = word(FINDINGS, event.finding)
    return [
        Line(
            f"{event.by} 复核了 {event.opened_by} 的紧急查看：{finding.zh}",
            f"{event.by} reviewed the opening by {event.opened_by}: {finding.en}",
        )
    ]


def destruction_requested(event: identity.IdentityDestructionRequested) -> list[Line]:
    """Somebody wants it destroyed."""
    ground = word(GROUNDS, event.ground)
    return [
        Line(
            f"{event.by} 提出销毁身份信息（{ground.zh}，{event.reference}），等待另一人同意",
            f"{event.by} asks that the identity be destroyed ({ground.en}, {event.reference});"
            " a second person must agree",
        )
    ]


def destroyed(event: identity.IdentityDestroyed) -> list[Line]:
    """Two people wanted it destroyed."""
    ground = word(GROUNDS, event.ground)
    return [
        Line(
            f"身份信息销毁（{ground.zh}，{event.reference}；{event.by}、{event.second}）",
            f"the identity is destroyed ({ground.en}, {event.reference}; {event.by} and {event.second})",
        )
    ]


def hold_set(event: identity.LegalHoldSet) -> list[Line]:
    """Nothing may be destroyed."""
    reason = words.reason_words(event.reason)
    return [Line(f"设定留存，不得销毁（{reason.zh}，{event.by}）", f"legal hold ({reason.en}, {event.by})")]


def hold_lifted(event: identity.LegalHoldLifted) -> list[Line]:
    """The hold is lifted."""
    reason = words.reason_words(event.reason)
    return [Line(f"解除留存（{reason.zh}，{event.by}）", f"legal hold lifted ({reason.en}, {event.by})")]
