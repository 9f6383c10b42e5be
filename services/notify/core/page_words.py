"""The words of the answer page: notices, departments, answers and reasons, each as (Chinese, English)."""

from dataclasses import dataclass

from shared.contracts.alerts import AnswerCode, DeclineReason
from shared.contracts.vocabulary import Department


@dataclass(frozen=True, slots=True)
class Notice:
    """The headline of a page in both languages."""

    zh: str
    en: str


ASKED = Notice("请答复本通知", "Please answer this alert")
RECEIVED = Notice("答复已收到并保存，谢谢", "Your answer is received and stored, thank you")
REPEATED = Notice("此答复此前已记录，无需重复", "This answer is recorded already; nothing more is needed")
NOT_A_LINK = Notice(
    "链接无效或不完整。请从原通知中重新打开，或拨打通知中的回电号码",
    "This link is not valid or not complete. Open it again from the alert, or call the number in the alert",
)
EXPIRED = Notice(
    "链接已过期，不能再答复。请拨打回电号码", "This link has expired and cannot answer any more. Please call the number"
)
CASE_CLOSED = Notice("案件已结，无需答复", "The case is closed; no answer is needed")
CHOOSE = Notice("请选择一项答复；不能承办的须选择理由", "Please choose one answer; a reason is needed to decline")
UNKNOWN = Notice(
    "暂时无法确认答复是否已保存：请再按一次，或拨打回电号码",
    "It is not known whether your answer was stored: press again, or call the number",
)
BUSY = Notice("系统繁忙，请再按一次，或拨打回电号码", "Busy just now: press again, or call the number")

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
