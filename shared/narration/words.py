"""Words for the codes that only the story of a case needs; those of a decision are the core's own.

No code is shown as a code: one without words here is shown in small letters, as the words that it is made of.
"""

import re
from typing import NamedTuple

from shared.explaining import said
from shared.explaining import words as core
from shared.explaining.words import DEPARTMENTS, LEVELS, Words
from shared.narration.answer_words import ANSWERED

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


class Line(NamedTuple):
    """One line of the story, or a part of one."""

    zh: str
    en: str


def word(words: Words, code: str | None) -> Line:
    """The words of a code."""
    if not code:
        return Line("—", "—")
    pair = words.get(code)
    if pair is not None:
        return Line(*pair)
    plain = code.replace("_", " ").lower() if CODE.fullmatch(code) else code
    return Line(plain, plain)


def moment(unix_ms: int | None) -> Line:
    """A time that says whose it is."""
    return Line("—", "—") if unix_ms is None else Line(*said.moment(unix_ms))


def department(code: str) -> Line:
    """A department."""
    return word(DEPARTMENTS, code)


def level(code: str) -> Line:
    """A level with what it asks for."""
    said = word(LEVELS, code)
    return Line(f"{code} {said.zh}", f"{code} {said.en}")


def rung(step: str) -> Line:
    """A step of a ladder."""
    number = step[1:]
    return Line("首报", "first notice") if number == "0" else Line(f"第{number}级", f"rung {number}")


def again(repeat: int) -> Line:
    """That somebody is told once more, after the first time."""
    return Line(f"（第 {repeat} 次再次提醒）", f", reminded again ({repeat})") if repeat else Line("", "")


def clock(code: str) -> Line:
    """What a clock waits for."""
    name, _, unit = code.partition(".")
    line = word(CLOCKS, name)
    if not unit:
        return line
    if unit.isdigit():
        return Line(f"{line.zh}（第 {unit} 次）", f"{line.en} ({unit})")
    of = department(unit)
    return Line(f"{of.zh}{line.zh}", f"{line.en}, {of.en}")


def by_words(account: str) -> Line:
    """Who or what did it: an account is its own word."""
    return word(BY, account)


def reason_words(code: str) -> Line:
    """Why it was done."""
    return word(REASONS, code)


def due(deadline: str, repeat: int = 0) -> Line:
    """What happens at a deadline, from its id (`case~KIND~subject~n`)."""
    _, kind, subject, *_ = [*deadline.split("~"), "", ""]
    if kind == "RUNG":
        name, _, step = subject.partition(".")
        who, which = department(name), rung(step or "E0")
        more = again(repeat)
        return Line(
            f"仍无人受理则提醒{who.zh}{which.zh}{more.zh}", f"{who.en} {which.en} is told if nobody accepts{more.en}"
        )
    if kind == "ACK":
        who = department(subject.partition(".")[0])
        return Line(f"{who.zh}须已派人", f"{who.en} must have sent somebody")
    if kind == "SHIFT":
        return Line("交班后须有人接手", "the shift has ended: somebody must have taken it over")
    if kind == "CLOCK":
        what = clock(subject)
        return Line(f"须{what.zh}", f"due: {what.en}")
    return word(DEADLINES, kind)


CLOCKS: Words = core.CLOCKS
DEADLINES: Words = {
    "MATCH": ("与外县比对", "compared with other counties"),
    "CROSS": ("再次发送外县", "said to the other county again"),
    "ASSESS": ("评估本案", "this case is assessed"),
    "OFFER": ("继续分配床位", "beds are offered on"),
    "LICENCE": ("场所资质到期", "a place's licence ends"),
}
DUTIES: Words = {
    "DONE": ("已办理", "done"),
    "HANDED_OVER": ("已移交", "handed over"),
    "ENDED": ("不再需要", "owed no more"),
}
BY: Words = {
    "POLICY": ("按政策", "by the policy"),
    "REPORT": ("据报告", "as reported"),
    "DEADLINE": ("到时自动", "by its deadline"),
    "SIGNATORY": ("签批人", "the signatory"),
}
REASONS: Words = {
    "ASSESSED": ("评估所得", "as assessed"),
    "DUE": ("到时无人受理", "nobody accepted in time"),
    "STAFFED": ("已有人值守", "somebody is on duty now"),
    "UNSTAFFED": ("无人值守", "nobody is on duty"),
    "NEW_FACTS": ("有新情况", "new facts"),
    "NO_DISPATCH": ("未派人", "nobody was sent"),
    "SHIFT_ENDED": ("经办人已下班", "the officer went off duty"),
    "SOONER": ("已有更早的时限", "an earlier deadline stands"),
    "REPEATED": ("已再次提醒", "reminded again"),
    "REDECIDED": ("重新判断", "decided again"),
    "UNDECIDABLE": ("无法自动判断", "could not be decided"),
    "UNREADABLE": ("内容无法读取", "it could not be read"),
    "ACKNOWLEDGED": ("已受理", "accepted"),
    "DISPATCHED": ("已派人", "somebody was sent"),
    "RETURNED_ASSESSED": ("评估后送回", "returned after an assessment"),
    "KIN_TOOK_OVER": ("亲属接手", "kin took over"),
    "LONG_TERM_94": ("转为长期监护", "long-term guardianship"),
    "REVOKED_NEW_GUARDIAN": ("撤销资格，另行指定", "revoked, another guardian named"),
    "ADOPTED": ("已被收养", "adopted"),
    "AGED_OUT_18": ("已满十八周岁", "eighteen years old"),
    "DIED": ("儿童去世", "the child died"),
    "LIMIT_REACHED_REVIEW": ("期限届满，转入复核", "limit reached, to review"),
    "SUPPORT_COMPLETED": ("帮扶完成", "support completed"),
    "UNFOUNDED_CHECKED": ("核实后不成立", "checked and unfounded"),
    "DUPLICATE": ("重复案件", "duplicate"),
}
REASONS |= {
    "KIN_FOUND": ("已有合适的亲属", "a fit relative was found"),
    "NO_LONGER_FIT": ("不再合适", "not fit any more"),
    "CUSTODY_CHANGED": ("儿童已由他人照看", "the child is elsewhere"),
    "EXTENDED": ("已延长", "extended"),
    "RESTS": ("暂不申请", "rests for now"),
    "MEASURE_ENDED": ("安排已结束", "the measure has ended"),
    "DOMICILE": ("儿童户籍地在贵县", "the child is registered there"),
    "DOMICILE_DECLINED": ("户籍地退回通知", "the county of registration hands the notice back"),
    "DOMICILE_NOT_REACHED": ("户籍地未能送达", "the county of registration was not reached"),
    "KIN_NOT_CHECKED": ("亲属未经核实", "the relative is not checked"),
    "LEFT_OUT_WORD": ("须回避的部门有反馈，请核实", "the word of a department that is left out, to be checked"),
    "LEFT_OUT_SAW_CHILD": (
        "称已见到孩子（须回避，不作数，待核实）",
        "says that it saw the child (left out: does not count until checked)",
    ),
    "LEFT_OUT_SAYS_CUSTODY": (
        "称孩子由谁照看（须回避，不作数，待核实）",
        "says who has the child (left out: does not count until checked)",
    ),
    "LEFT_OUT_NAMES_KIN": (
        "提出亲属人选（须回避，核实结论不作数）",
        "names a relative (left out: counts as not checked)",
    ),
    "WITH_GUARDIAN_UNASSESSED": ("孩子在监护人身边，尚未评估", "with the guardian, and nobody has assessed that"),
    "DEATH_SAID": ("有报告说孩子已死亡，请核实", "a filing says that the child died: to be verified"),
    "FACTS_CONTRADICT": ("新报告与已知情况矛盾，请核实", "a filing contradicts what is known: to be verified"),
    "RETURNED_UNSIGNED": ("孩子已在监护人身边，签批人尚未决定", "with the guardian, and no signatory has decided"),
    "REVOCATION_SUPERVISE": ("请监督是否申请撤销监护人资格", "to supervise whether revocation is applied for"),
    "REVOCATION_MAY_APPLY": ("可申请撤销监护人资格", "may apply for revocation"),
    "NO_RUNG_STAFFED": ("各级都无人值守", "no rung is staffed"),
    "FALLBACK_DESK": ("由兜底值班台代收", "the duty desk of last resort"),
    "COUNTY_NOT_SERVED": ("本系统未覆盖该县", "nobody of this county is registered here"),
    "TOLD_ALREADY": ("已经告知过", "told already"),
    "STAND_IN_HOLDS_CASE": ("代收部门已经受理本案", "who stands in has the case in hand already"),
    "CLOSED": ("已结案", "the case is closed"),
    "LEVEL_LOWERED": ("等级已改低", "the level was lowered"),
    "CAPACITY": ("床位减少", "fewer beds"),
    "ELSEWHERE": ("儿童已在别处", "the child is elsewhere"),
    "NEW_ORDER": ("安置顺序有变", "the order of places changed"),
    "PLACE_CLOSED": ("场所已关闭", "the place is closed"),
    "REFUSED": ("签批人否决", "refused by the signatory"),
    "SUPERSEDED": ("已由另一安排替代", "another measure took its place"),
    "WITHHELD": ("须回避，不告知", "must not be told"),
    "HOME_VISIT": ("上门走访", "a visit to the home"),
    "CHILD_IN_DANGER": ("孩子有危险", "the child is in danger"),
    "MEDICAL_EMERGENCY": ("医疗急需", "a medical emergency"),
    "CALL_BACK": ("回拨电话", "to call back"),
    "MATCH_RECORDS": ("核对档案", "to match records"),
    "PROCEEDINGS": ("诉讼程序", "proceedings"),
    "TASK_ACCEPTED": ("已受理任务", "the task is accepted"),
    "BREAK_GLASS": ("有人紧急查看身份信息，须复核", "one officer alone opened the identity; review it"),
    "TRANSFERRED": ("已移送外县", "transferred to another county"),
    "SAME_CHILD_ELSEWHERE": ("同一儿童在外县也有案件", "another county has a case of the same child"),
    "OFFER_ENDED": ("移送已终止", "the offer is over"),
    "OFFERED": ("外县提出移送，请书面接收或退回", "another county offers the case: accept it in writing or refuse it"),
    "ACCEPTED_HERE": ("已接收外县移送", "accepted from another county"),
    "WITHDRAWN": ("已撤回", "taken back"),
    "TRANSFER_REFUSED": ("外县不接收，本案仍由本县负责", "the other county refuses: the case is ours"),
    "TRANSFER_WAITS": ("外县已接收，本县尚有未结事项", "accepted there, something is still to be finished here"),
    "ACCEPTED_TOO_LATE": (
        "外县接收时移送已撤回：两县须商定",
        "accepted when it had been taken back: agree whose it is",
    ),
    "OFFER_NOT_DELIVERED": ("移送尚未送达外县，请电话联系", "the offer has not reached the other county: call it"),
    "OFFER_WITHDRAWN": ("移送县已撤回：两县须商定", "the offering county has taken it back: agree whose it is"),
    "CLOSED_THERE": ("移送县已结案，本案仅本县在办", "closed in the offering county: this is the only case"),
    "PLACE_LOST_CLOSED": ("已结案儿童的安置场所关闭", "a place closes under children of closed cases"),
}
REASONS = ANSWERED | REASONS
RESULTS: Words = {
    "SENT": ("已送出", "sent"),
    "FAILED": ("各渠道均未送达", "failed on every channel"),
    "STALE": ("已过时，未发送", "out of date, not sent"),
}
CHANNELS: Words = {
    "FILE": ("文件", "file"),
    "SMS": ("短信", "text message"),
    "VOICE": ("语音电话", "call"),
    "EMAIL": ("电子邮件", "e-mail"),
    "WEBHOOK": ("业务系统", "web hook"),
    "CONSOLE": ("工作台", "console"),
}
ANSWERS: Words = {
    "ACKNOWLEDGE": ("受理", "accepts"),
    "DISPATCH": ("已派人", "somebody is sent"),
    "DECLINE": ("退回", "declines"),
}
FEEDBACK: Words = {
    "RECEIVED": ("已接收", "received"),
    "ACCEPTED": ("已受理", "accepted"),
    "TRANSFERRED": ("已移送", "transferred"),
    "PROTECTED": ("孩子已得到保护", "the child is protected"),
    "CLOSED": ("已办结", "closed"),
}
WISHES: Words = {
    "HEARD": ("已听取", "heard"),
    "NOT_ABLE": ("无法表达", "not able to say"),
    "UNKNOWN": ("尚未听取", "not heard yet"),
}
HOLDERS: Words = core.HOLDERS
"""UNKNOWN is said in a sentence of its own."""
STATES: Words = {
    "OFFERED": ("外县移送待接收", "offered by another county"),
    "RECEIVED": ("已接收", "received"),
    "TRIAGED": ("已分诊", "triaged"),
    "ACKNOWLEDGED": ("已受理", "acknowledged"),
    "DISPATCHED": ("已派出", "dispatched"),
    "ASSESSING": ("评估中", "assessing"),
    "SUPPORT": ("帮扶", "support"),
    "TEMP_GUARDIANSHIP": ("临时监护", "temporary guardianship"),
    "TEMP_CARE": ("临时生活照料", "temporary care"),
    "REVIEW": ("会商复核", "review"),
    "RETURNED": ("送回监护人", "returned"),
    "REVOCATION": ("申请撤销", "revocation"),
    "LONG_TERM": ("长期监护", "long-term guardianship"),
    "FOLLOW_UP": ("随访", "follow-up"),
    "CLOSED": ("结案", "closed"),
    "TRANSFERRED": ("移送", "transferred"),
    "DUPLICATE": ("并案", "duplicate"),
    "SCREENED_OUT": ("不属受理范围", "screened out"),
    "REOPENED": ("重新启动", "reopened"),
    "UNDECIDABLE": ("待人工判断", "for a human to decide"),
}
PLACEMENTS: Words = core.PLACEMENTS
PLACE_REASONS: Words = core.PLACE_REASONS
ORGANS: Words = core.ORGANS
