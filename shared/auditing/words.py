"""The words of an auditor's tables: titles, columns, and the codes that stand nowhere else. Chinese and English."""

from typing import Final

from shared.explaining.words import CLOCKS, DEPARTMENTS, INSTITUTIONS, LEVELS, ORGANS, Words
from shared.narration.words import REASONS, Line, word

TITLES: Final[Words] = {
    "cases": (
        "案件：本期收立、结案、重新启动；结案 90 日内再次报告；期末未结",
        "Cases: opened, closed, reopened in the window; reported again within 90 days of closing; open at its end",
    ),
    "clocks": ("时限：按时与超时，按等级", "Clocks: met in time and run out, by level"),
    "intervals": ("自接报起各步骤用时（分钟）", "How long each step took from the report's arrival (minutes)"),
    "reached": (
        "本期收立案件至期末各步骤完成情况",
        "Of the cases opened in the window: which steps were reached by its end",
    ),
    "escalations": (
        "升级：无人受理而到达上一级的案件数",
        "Escalations: cases in which a further rung was reached because nobody had accepted",
    ),
    "overrides": ("人工调整等级及理由", "Levels set by a named officer, with reasons"),
    "screened_out": ("不属受理范围的案件及告知部门", "Cases screened out, and which departments had been told"),
    "guardianships": (
        "临时监护：期末在监护的时长与本期结束的时长（日）",
        "Temporary guardianship: age of those in force at the end, duration of those that ended (days)",
    ),
    "guardianship_ends": ("临时监护结束原因", "Why temporary guardianships ended"),
    "departments": ("各部门：告知、送达、答复与结果", "Departments: told, delivered, answered, outcome"),
    "institutions": ("报告单位：报告数与零报告单位", "Filing institutions: filings, and those that were silent"),
    "access": ("身份信息查看记录", "Openings of identities"),
    "break_glass": ("单人紧急查看及其复核", "Openings by one officer alone, and their reviews"),
}
COLUMNS: Final[Words] = {
    "level": ("等级", "level"),
    "opened": ("收立", "opened"),
    "closed": ("结案", "closed"),
    "reopened": ("重新启动", "reopened"),
    "reported_again": ("90 日内再报", "again in 90 d"),
    "open_at_end": ("期末未结", "open at end"),
    "clock": ("时限", "clock"),
    "judged": ("应判", "judged"),
    "met_in_time": ("按时", "in time"),
    "ran_out": ("超时", "ran out"),
    "met_late": ("超时后完成", "met late"),
    "met": ("完成合计", "met"),
    "median_minutes": ("中位（分钟）", "median (min)"),
    "p90_minutes": ("第 90 百分位（分钟）", "p90 (min)"),
    "interval": ("步骤", "step"),
    "count": ("数量", "count"),
    "step": ("步骤", "step"),
    "reached": ("已完成", "reached"),
    "not_reached": ("未完成", "not reached"),
    "share": ("占比", "share"),
    "department": ("部门", "department"),
    "rung": ("级", "rung"),
    "told": ("已告知", "told"),
    "nobody_there": ("无人值守", "nobody there"),
    "direction": ("方向", "direction"),
    "before": ("原等级", "before"),
    "after": ("新等级", "after"),
    "reason": ("理由", "reason"),
    "sent_to": ("告知部门", "told"),
    "organ": ("临时监护人", "guardian"),
    "in_force": ("期末在监护", "in force"),
    "up_to_270_days": ("不超过 270 日", "to 270 d"),
    "over_270_days": ("271–330 日", "271-330 d"),
    "over_330_days": ("331–365 日", "331-365 d"),
    "over_365_days": ("超过 365 日", "over 365 d"),
    "median_days": ("中位（日）", "median (d)"),
    "p90_days": ("第 90 百分位（日）", "p90 (d)"),
    "ended": ("本期结束", "ended"),
    "ended_median_days": ("结束者中位（日）", "ended: median (d)"),
    "ended_p90_days": ("结束者第 90 百分位（日）", "ended: p90 (d)"),
    "delivered": ("已送达", "delivered"),
    "not_delivered": ("未送达", "not delivered"),
    "answered": ("已答复", "answered"),
    "accepted": ("受理", "accepted"),
    "declined": ("退回", "declined"),
    "unanswered": ("未答复", "unanswered"),
    "outcome": ("已报结果", "outcome"),
    "type": ("单位类别", "kind"),
    "known": ("曾报告", "known"),
    "filed": ("本期有报告", "filed"),
    "silent": ("本期零报告", "silent"),
    "filings": ("报告数", "filings"),
    "basis": ("依据", "by what right"),
    "purpose": ("用途", "purpose"),
    "what": ("项目", "what"),
    "justified": ("复核认可", "justified"),
    "not_justified": ("复核不认可", "not justified"),
    "unreviewed": ("未复核", "unreviewed"),
    "review_late": ("复核超时", "review late"),
    "case": ("案件", "case"),
    "area": ("地区", "area"),
    "since": ("起始", "since"),
    "due": ("到期", "due"),
    "met_at": ("完成于", "met"),
    "late_minutes": ("超时（分钟）", "late (min)"),
    "kind": ("情形", "what"),
    "about": ("事项", "about"),
    "at": ("记录于", "recorded"),
    "from": ("自", "from"),
    "until": ("至", "until"),
    "institution": ("单位编号", "institution"),
}
STEPS: Final[Words] = {
    "DISCOVERED_TO_FILED": ("发现到报告", "discovered to filed"),
    "RECEIVED_TO_ACCEPTED": ("接报到受理", "received to accepted"),
    "RECEIVED_TO_POLICE": ("接报到告知公安", "received to police told"),
    "RECEIVED_TO_SEEN": ("接报到见到儿童", "received to child seen"),
    "RECEIVED_TO_DECISION": ("接报到作出决定", "received to decision"),
    "RECEIVED_TO_FEEDBACK": ("接报到反馈受理", "received to first feedback"),
    "RECEIVED_TO_RESULT": ("接报到反馈结果", "received to result told"),
}
DOUBTS: Final[Words] = {
    "ACCEPTED_THEN_NOTHING": ("受理后未派人", "accepted, and nothing followed"),
    "LOWERED_LATE": ("时限最后五分之一内降级", "level lowered in the last fifth of a clock"),
    "CLOSED_LATE": ("时限最后五分之一内结案", "closed in the last fifth of a clock"),
    "JOINED_LATE": ("时限最后五分之一内并案", "joined to another case in the last fifth of a clock"),
    "CLOSED_AND_REOPENED": ("结案后重新启动（计为同一期间）", "closed and reopened (counted as one spell)"),
    "SEEN_WRITTEN_LATE": ("见到儿童一日后才补记", "a sighting recorded a day or more after it"),
    "FOUND_WHEN_FILED": ("发现时间与报告时间相同", "discovery equal to filing"),
}
CODES: Final[Words] = {
    "ALL": ("合计", "all"),
    "ACCEPT": ("值班人员受理", "duty officer accepts"),
    "UP": ("升级", "up"),
    "DOWN": ("降级", "down"),
    "SCREENED_OUT": ("不属受理范围", "screened out"),
    "NOBODY": ("未告知其他部门", "no other department"),
    "VILLAGE_COMMITTEE": ("村民委员会", "village committee"),
    "RESIDENT_COMMITTEE": ("居民委员会", "residents' committee"),
    "STATUTORY_ORG": ("法律规定的组织", "organisation named by law"),
    "OFFICER": ("值班人员申请", "officer's request"),
    "TASK": ("部门任务", "department's task"),
    "BREAK_GLASS": ("单人紧急查看", "one officer alone"),
    "ASKED_FOR_TWO": ("申请双人查看", "asked for two"),
    "DESTROYED": ("已销毁", "destroyed"),
    "LEGAL_HOLD": ("保全", "legal hold"),
}
AMONG: Final[Words] = {
    "OPENED": ("本期收立", "opened in the window"),
    "CLOSED": ("本期结案", "closed in the window"),
    "OVERRIDDEN": ("人工调整等级", "level set by an officer"),
    "RAN_OUT": ("时限超时", "a clock ran out"),
    "OPEN_AT_END": ("期末未结", "open at the end"),
}
BY_COLUMN: Final[dict[str, Words]] = {"type": INSTITUTIONS, "organ": ORGANS}
METHOD: Final = (
    "小于 5 的数以 * 隐去；为防由合计推算，同表及相关表中另隐去必要的数；0 照列。按本期记录计算，期后记录不影响结果。",
    "Counts under 5 are held back (*), and others so that no sum tells them; 0 is shown. Later records change nothing.",
)


def title(table: str) -> Line:
    """What a table shows."""
    return word(TITLES, table)


def column(code: str) -> Line:
    """What a column shows."""
    return word(COLUMNS, code)


def code(column_code: str, value: str) -> Line:
    """What a key means in its column; a level or a rung is its own word."""
    if column_code == "rung" or (column_code in {"level", "before", "after"} and value in LEVELS):
        return Line(value, value)
    for words in (BY_COLUMN.get(column_code, {}), CODES, STEPS, DOUBTS, CLOCKS, DEPARTMENTS, REASONS):
        if value in words:
            return word(words, value)
    return word({}, value)
