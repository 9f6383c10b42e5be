"""The words in which a decision is explained: codes of departments, roles, measures and clocks, Chinese and English."""

from typing import Literal

Language = Literal["zh", "en"]
Words = dict[str, tuple[str, str]]

DEPARTMENTS: Words = {
    "CIVIL_AFFAIRS": ("民政部门", "civil affairs"),
    "POLICE": ("公安机关", "police"),
    "EDUCATION": ("教育部门", "education department"),
    "HEALTH": ("卫生健康部门", "health department"),
    "PROCURATORATE": ("检察机关", "procuratorate"),
    "WOMENS_FED": ("妇联", "women's federation"),
    "HRSS": ("人社部门", "human resources and social security"),
    "TOWNSHIP": ("乡镇（街道）", "township"),
    "VILLAGE": ("村（居）委会", "village committee"),
    "COURT": ("法院", "court"),
    "JUSTICE": ("司法行政部门", "justice department"),
    "YOUTH_LEAGUE": ("共青团", "youth league"),
    "DISABLED_FED": ("残联", "disabled persons' federation"),
    "WCWC_OFFICE": ("妇女儿童工作机构", "women's and children's work office"),
    "EMERGENCY_MGMT": ("应急管理部门", "emergency management"),
    "HOTLINE_12345": ("12345 热线", "12345 hotline"),
    "RESCUE_INST": ("未成年人救助保护机构", "rescue and protection institution"),
    "FILING_UNIT": ("报告单位", "filing unit"),
    "REPORTER": ("报告人", "reporter"),
}
ROLES: Words = {
    "DUTY_1": ("值班人员", "duty officer"),
    "DUTY_2": ("第二值班人员", "second duty officer"),
    "HEAD": ("负责人", "head"),
    "COORDINATOR": ("协调人", "coordinator"),
    "PREFECTURE": ("市级值班", "prefecture duty"),
    "PROVINCE": ("省级值班", "province duty"),
    "VILLAGE_DIRECTOR": ("儿童主任", "village child director"),
    "TOWNSHIP_SUPERVISOR": ("儿童督导员", "township child supervisor"),
    "STATION": ("派出所", "police station"),
    "COMMAND": ("指挥中心", "command centre"),
    "LEADER": ("领导", "leader"),
    "DUTY": ("值班人员", "duty officer"),
    "CALLBACK": ("登记电话", "registered number"),
}
CLOCKS: Words = {
    "SEEN": ("见到儿童本人", "see the child in person"),
    "DECISION": ("作出监护安排决定", "decide on care"),
    "FIRST_REVIEW": ("第一次复核", "first review"),
    "FEEDBACK_INTERIM": ("在回执页向报告人反馈受理情况", "interim answer to the reporter on the receipt's page"),
    "FEEDBACK": ("向报告人反馈结果", "result to the reporter"),
    "REVOCATION_REMINDER": ("审查是否申请撤销监护人资格", "examine whether revocation is applied for"),
    "HOSPITAL_DAILY": ("每日核查滞留医院的儿童", "daily check of the child in hospital"),
    "WEEKLY_CONTACT": ("父母每周联系", "weekly contact by the parents"),
    "DROPOUT_WRITTEN_REPORT": ("学校书面报告", "written report by the school"),
}
MEASURES: Words = {
    "TEMP_GUARDIANSHIP": ("临时监护", "temporary guardianship"),
    "TEMP_CARE": ("临时生活照料", "temporary care"),
    "RETURN_TO_ABLE_GUARDIAN": ("核实后交由能够履职的监护人", "return to the able guardian after a check"),
    "NONE": ("不变更照护", "no change of care"),
}
STATUSES: Words = {
    "PROPOSED": ("已提出，待签批", "proposed, waits for a signatory"),
    "ASSIGNED": ("已生效", "in effect"),
    "REFUSED": ("未获签批", "refused"),
    "IN_EFFECT": ("已生效", "in effect"),
    "ENDED": ("已结束", "ended"),
    "NONE": ("无", "none"),
}
LEVELS: Words = {
    "S0": ("不属监护事项", "another service"),
    "S1": ("紧急，立即", "urgent, now"),
    "S2": ("重大，二十四小时", "grave, 24 hours"),
    "S3": ("较重，七十二小时", "serious, 72 hours"),
    "S4": ("一般，十个工作日", "ordinary, ten working days"),
}
PEOPLE: Words = {
    "FATHER": ("父亲", "the father"),
    "MOTHER": ("母亲", "the mother"),
    "GRANDPARENT": ("祖父母、外祖父母", "the grandparent"),
    "SIBLING": ("兄弟姐妹", "the sibling"),
    "AUNT_UNCLE": ("叔伯姑舅姨", "the aunt or uncle"),
    "STEP_PARENT": ("继父母", "the step-parent"),
    "PARTNER_OF_PARENT": ("父母的同居者", "the parent's partner"),
    "ENTRUSTED_CARER": ("受托照护人", "the entrusted carer"),
    "NEIGHBOUR": ("邻居", "the neighbour"),
    "TEACHER": ("教师", "the teacher"),
    "STAFF": ("工作人员", "the member of staff"),
    "STRANGER": ("陌生人", "the stranger"),
    "OTHER": ("被反映的人", "the person concerned"),
    "UNKNOWN": ("被反映的人", "the person concerned"),
}
GROUNDS: Words = {
    "SERIOUS_HARM": ("严重损害被监护人身心健康", "acts that gravely harm the child"),
    "NEGLECT_OR_UNABLE": ("怠于履职或不能履职又拒绝委托", "neglect, or unable and delegating to nobody"),
    "OTHER_SERIOUS": ("其他严重侵害行为", "other grave infringement"),
}


def say(words: Words, code: str, language: Language) -> str:
    """The word of a code; a code without a word stands for itself."""
    pair = words.get(code)
    return code if pair is None else pair[0 if language == "zh" else 1]
