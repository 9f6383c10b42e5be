"""Words for what people answer with a code: why they tell, decline, override, refuse, extend, open again; calls.

These codes are a form's choices. A command takes any code of its form, so a ledger may hold others; those are shown in
small letters.
"""

from shared.explaining.words import Words

DECLINES: Words = {
    "NOT_COMPETENT": ("不属本部门职责", "not this department's task"),
    "WRONG_AREA": ("不属本辖区", "another area's"),
    "ALREADY_HANDLED": ("已在办理", "in hand already"),
    "UNABLE": ("无法办理", "not able to"),
}
OUTCOMES: Words = {
    "CHILD_SAFE_SEEN": ("已见到孩子，孩子平安", "the child was seen and is safe"),
    "CHILD_BROUGHT_TO_SAFETY": ("已把孩子带到安全的地方", "the child was brought to a safe place"),
    "FAMILY_VISITED": ("已入户走访", "the family was visited"),
    "GUARDIAN_TRACED": ("已找到监护人", "the guardian was traced"),
    "GUARDIAN_NOT_TRACED": ("未找到监护人", "the guardian was not traced"),
    "CASE_FILED": ("已立案", "a case was filed"),
    "NO_CASE_FILED": ("不予立案", "no case was filed"),
    "WARNING_GIVEN": ("已训诫或告诫", "a reprimand or warning was given"),
    "TREATED": ("已救治", "the child was treated"),
    "EXAMINED": ("已检查伤情", "the child was examined"),
    "BACK_AT_SCHOOL": ("已返校", "the child is back at school"),
    "WRITTEN_REPORT": ("已书面报告", "a written report was made"),
    "GUIDANCE_GIVEN": ("已开展家庭教育指导", "guidance was given to the family"),
    "SUPPORT_GIVEN": ("已落实帮扶", "support was given"),
    "SUPERVISION_OPENED": ("已启动监督", "supervision was begun"),
    "NOTHING_FOUND": ("核实后没有发现情况", "checked, and nothing was found"),
    "NOT_FOUND": ("没有找到孩子", "the child was not found"),
}
TELL_REASONS: Words = {
    "NEEDED_FOR_SAFETY": ("保障孩子安全需要", "needed for the child's safety"),
    "NEEDED_TO_TRACE": ("寻找监护人需要", "needed to trace the guardian"),
    "NEEDED_FOR_CARE": ("照料或就医需要", "needed for care or treatment"),
    "ITS_LEGAL_TASK": ("属该部门法定职责", "it is the department's task by law"),
    "ASKED_FOR_HELP": ("请求协助", "its help is asked for"),
    "WITHHOLDING_CHECKED": ("已核实无须回避", "checked: there is no reason to withhold"),
}
OVERRIDE_REASONS: Words = {
    "DANGER_GREATER": ("现场情况比报告更危险", "the danger is greater than filed"),
    "CHILD_FOUND_SAFE": ("已确认孩子安全", "the child was found safe"),
    "FACTS_CORRECTED": ("报告情况有误，已核正", "the facts as filed were wrong"),
    "NEW_INFORMATION": ("获得新情况", "new information"),
    "ASKED_BY_POLICE": ("公安机关建议", "as police advise"),
    "ASKED_BY_HEALTH": ("医疗机构建议", "as the hospital advises"),
}
SEPARATIONS: Words = {
    "WRONG_ID_NUMBER": ("身份证件号码填错", "the identity number was wrong"),
    "SAME_NAME": ("姓名、生日、村居相同的另一名儿童", "another child of the same name, birth date and village"),
    "CHILDREN_MIXED_UP": ("报告中的儿童弄混了", "the children of the report were mixed up"),
    "FOUND_ON_VISIT": ("上门核实为两名儿童", "a visit showed that they are two children"),
}
MEASURE_REFUSALS: Words = {
    "GUARDIAN_IS_ABLE": ("监护人能够履行职责", "the guardian is able"),
    "KIN_PREFERRED": ("应优先由亲属照料", "kin should come first"),
    "PLACE_UNSUITABLE": ("安置场所不合适", "the place does not suit"),
    "GROUND_NOT_MET": ("法定情形不成立", "the ground in law is not met"),
    "FACTS_INSUFFICIENT": ("情况尚未查清", "the facts are not clear yet"),
}
EXTENSIONS: Words = {
    "KIN_STILL_ASSESSED": ("亲属仍在评估", "kin are still assessed"),
    "GUARDIAN_STILL_UNABLE": ("监护人仍不能履职", "the guardian is still not able"),
    "COURT_PENDING": ("等待法院审理", "the court has not decided yet"),
    "LONG_TERM_PREPARED": ("正在办理长期监护", "long-term guardianship is prepared"),
    "TRACING_GOES_ON": ("仍在查找监护人", "the guardian is still being traced"),
}
NO_REVOCATION: Words = {
    "BOTH_PARENTS_DEAD": ("父母均已死亡", "both parents are dead"),
    "GUARDIAN_CORRECTS": ("监护人正在改正", "the guardian is correcting it"),
    "SUPPORT_UNDER_WAY": ("帮扶正在进行", "support is under way"),
    "EVIDENCE_MISSING": ("证据不足", "the evidence does not suffice"),
    "OTHER_APPLIES": ("由其他有权申请人申请", "another who may apply does so"),
    "NOT_IN_CHILD_S_INTEREST": ("不符合孩子利益", "not in the child's interest"),
}
REOPENINGS: Words = {
    "NEW_DANGER": ("孩子再次面临危险", "the child is in danger again"),
    "CLOSED_BY_MISTAKE": ("误结案", "closed by mistake"),
    "CARE_BROKE_DOWN": ("照料安排中断", "the care broke down"),
    "NEW_INFORMATION": ("获得新情况", "new information"),
    "REVIEW_FOUND_GAPS": ("复核发现遗漏", "a review found gaps"),
}
TRANSFERS: Words = {
    "CHILD_MOVED": ("孩子已到该县", "the child is in that county"),
    "DOMICILE_THERE": ("户籍地在该县", "the child is registered there"),
    "GUARDIAN_THERE": ("监护人在该县", "the guardian is there"),
    "FILED_IN_WRONG_COUNTY": ("报错了县", "filed in the wrong county"),
}
TRANSFERS_BACK: Words = {
    "CHILD_BACK": ("孩子已回本县", "the child is back"),
    "OFFERED_BY_MISTAKE": ("误移送", "offered by mistake"),
    "AGREED_OTHERWISE": ("两县另行商定", "the counties agreed otherwise"),
}
TRANSFER_REFUSALS: Words = {
    "CHILD_NOT_HERE": ("孩子不在本县", "the child is not here"),
    "SENDER_COMPETENT": ("应由移送县办理", "the offering county is competent"),
    "OTHER_COUNTY_COMPETENT": ("应由另一县办理", "a third county is competent"),
    "KNOWN_HERE": ("本县已有同一儿童的案件", "this county has a case of the child already"),
}
HOLDS: Words = {
    "COURT_OR_POLICE": ("法院、公安、检察机关办案需要", "a court, police or procuratorate needs it"),
    "COMPLAINT": ("投诉、复议或申诉", "a complaint or an appeal"),
    "INSPECTION": ("监督检查", "an inspection"),
}
HOLDS_OVER: Words = {
    "NEEDED_NO_MORE": ("需要留存的事项已办结", "what it was held for is over"),
    "HELD_BY_MISTAKE": ("留存有误", "it was held by mistake"),
}
OF_HOLDS: Words = {**HOLDS, **HOLDS_OVER, "SEPARATED": ("由另一案分出，一并留存", "held like the case it came from")}
DUTY_ENDS: Words = {
    "TRANSFERRED_IN_WRITING": ("已书面移交", "handed over in writing"),
    "CHILD_OF_AGE": ("孩子已成年", "the child is of age"),
    "CHILD_MOVED_AWAY": ("孩子已迁居外地", "the child moved to another area"),
    "NO_LONGER_NEEDED": ("经复核不再需要", "a review found it needless"),
}
NOT_HEARD: Words = {
    "TOO_YOUNG": ("年龄太小，不能表达", "too young to say"),
    "UNCONSCIOUS_OR_ILL": ("昏迷或病重", "unconscious or very ill"),
    "NOT_REACHED_YET": ("孩子尚未见到", "the child was not reached yet"),
    "WOULD_HARM": ("此时询问会伤害孩子", "asking now would harm the child"),
    "NO_INTERPRETER": ("没有语言或手语翻译", "no interpreter"),
}
PARTIES: Words = {
    "DEPARTMENT": ("部门", "a department"),
    "FAMILY": ("家人、亲属", "family"),
    "REPORTER": ("报告人", "the reporter"),
    "CHILD": ("孩子本人", "the child"),
    "HOLDER": ("现在照看孩子的人", "whoever has the child now"),
    "PLACE": ("安置场所", "a place"),
    "EMERGENCY": ("110、120 等急救电话", "110, 120 or another emergency number"),
    "OTHER": ("其他人", "somebody else"),
}
CALL_OUTCOMES: Words = {
    "REACHED": ("已接通并说明情况", "reached and told"),
    "WILL_COME": ("对方会来", "they will come"),
    "WILL_CALL_BACK": ("对方会回电", "they will call back"),
    "MESSAGE_LEFT": ("已留言", "a message was left"),
    "NO_ANSWER": ("无人接听", "no answer"),
    "REFUSED": ("对方拒绝", "they refused"),
    "WRONG_NUMBER": ("号码错误", "a wrong number"),
}
ANSWERED: Words = (
    DECLINES
    | OUTCOMES
    | TELL_REASONS
    | OVERRIDE_REASONS
    | SEPARATIONS
    | OF_HOLDS
    | MEASURE_REFUSALS
    | EXTENSIONS
    | NO_REVOCATION
    | REOPENINGS
    | DUTY_ENDS
    | TRANSFERS
    | TRANSFERS_BACK
    | TRANSFER_REFUSALS
    | NOT_HEARD
)
"""All reasons and outcomes, as the story of a case tells them."""
