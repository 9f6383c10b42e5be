"""The words of the answer page: notices, departments, answers and reasons, each as (Chinese, English)."""

from dataclasses import dataclass

from shared.contracts.alerts import AnswerCode, DeclineReason
from shared.contracts.vocabulary import Department

from .answering import Follows


@dataclass(frozen=True, slots=True)
class Notice:
    """The headline of a page in both languages."""

    zh: str
    en: str


ASKED = Notice("请答复本通知", "Please answer this alert")
RECEIVED = Notice("答复已收到并保存，谢谢", "Your answer is received and stored, thank you")
ANSWERED = Notice("您已答复，如有变化可再次答复", "You have answered; you may answer again if something changes")
REPEATED = Notice("此答复此前已记录，无需重复", "This answer is recorded already; nothing more is needed")
NOT_A_LINK = Notice(
    "链接无效或不完整。请从原通知中重新打开，或拨打通知中的回电号码",
    "This link is not valid or not complete. Open it again from the alert, or call the number in the alert",
)
CASE_CLOSED = Notice("案件已结，无需答复", "The case is closed; no answer is needed")
OUTLIVES_CASE = Notice(
    "案件已结，但仍有事项须办理：请办理并在值班工作台记录，或致电值班人员；在本页答复不算办理",
    "The case is closed, but something is still to be done: do it and record it at the desk, or call the duty officer;"
    " an answer here does not meet it",
)
CHOOSE = Notice("请选择一项答复；不能承办的须选择理由", "Please choose one answer; a reason is needed to decline")
UNKNOWN = Notice(
    "暂时无法确认答复是否已保存：请再按一次，或拨打回电号码",
    "It is not known whether your answer was stored: press again, or call the number",
)
BUSY = Notice("系统繁忙，请再按一次，或拨打回电号码", "Busy just now: press again, or call the number")

NOT_RECORDED_YET = Notice(
    "正在记录，稍后重新打开本页可见结果", "Being recorded: open this page again to see what follows"
)


def expired(since: str) -> Notice:
    """A link that acts no more, and since when (Beijing time)."""
    return Notice(
        f"链接已于 {since}（北京时间）过期，不能再答复。请拨打回电号码",
        f"This link expired at {since} Beijing time and cannot answer any more. Please call the number",
    )


def what_follows(what: Follows, until: str | None) -> Notice:
    """What follows from the last answer; `until` is when somebody must have been sent (Beijing time)."""
    match what:
        case Follows.SEND_SOMEBODY:
            return Notice(
                f"请于 {until}（北京时间）前派员，并按“已派员”；否则通知上一级",
                f'Somebody must be sent by {until} Beijing time: then press "we have sent somebody". '
                "Otherwise the next rung is told",
            )
        case Follows.LAPSED:
            return Notice(
                "确认接收已失效：未按时派员，或已由本部门退回，或有新情况。已通知下一环节",
                "This no longer holds: nobody was sent in time, your department handed it back, or new facts came. "
                "The next rung is told",
            )
        case Follows.CLOCKS_GO_ON:
            return Notice(
                "已派员，不再催办；法定时限继续计算，结果请在工作台记录",
                "Somebody is sent, and you are not reminded any more. The clocks of the law go on: record the result "
                "at the desk",
            )
        case Follows.HANDED_BACK:
            return Notice(
                "本部门已退回，或有新情况；已通知下一环节",
                "Your department handed it back, or new facts came. The next rung is told",
            )
        case Follows.NEXT_RUNG:
            return Notice(
                "已退回，系统已通知下一环节；如仍可承办，可再按“确认接收”",
                "Handed back: the next rung is told. If you can act after all, take it over again",
            )


ANSWERS: dict[AnswerCode, tuple[str, str]] = {
    AnswerCode.ACKNOWLEDGE: ("确认接收", "taken over"),
    AnswerCode.DISPATCH: ("已派员", "somebody sent"),
    AnswerCode.DECLINE: ("不能承办", "declined"),
}
DECLINE_REASONS: dict[DeclineReason, tuple[str, str]] = {
    DeclineReason.NOT_COMPETENT: ("不属本部门职责", "Not our duty"),
    DeclineReason.WRONG_AREA: ("不属本辖区", "Not our area"),
    DeclineReason.ALREADY_HANDLED: ("已在处理", "Handled already"),
    DeclineReason.UNABLE: ("目前无力承办", "Unable now"),
}
DEPARTMENTS: dict[Department, tuple[str, str]] = {
    Department.CIVIL_AFFAIRS: ("民政", "Civil affairs"),
    Department.POLICE: ("公安", "Police"),
    Department.EDUCATION: ("教育", "Education"),
    Department.HEALTH: ("卫生健康", "Health"),
    Department.PROCURATORATE: ("检察院", "Procuratorate"),
    Department.WOMENS_FED: ("妇联", "Women's federation"),
    Department.HRSS: ("人社", "Human resources and social security"),
    Department.TOWNSHIP: ("乡镇（街道）", "Township"),
    Department.VILLAGE: ("村（居）委会", "Village committee"),
    Department.COURT: ("法院", "Court"),
    Department.JUSTICE: ("司法行政", "Justice"),
    Department.YOUTH_LEAGUE: ("共青团", "Youth league"),
    Department.DISABLED_FED: ("残联", "Disabled persons' federation"),
    Department.WCWC_OFFICE: ("妇儿工委办", "Women's and children's committee office"),
    Department.EMERGENCY_MGMT: ("应急管理", "Emergency management"),
    Department.HOTLINE_12345: ("12345热线", "Hotline 12345"),
    Department.RESCUE_INST: ("救助保护机构", "Rescue institution"),
    Department.FILING_UNIT: ("报告单位", "Filing unit"),
}
