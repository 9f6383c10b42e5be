"""The words in which a decision is explained: codes of departments, roles, measures and clocks, Chinese and English."""

from services.triage.core.said import Language

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
    "FOLLOW_UP_VISIT": ("回访", "follow-up visit"),
    "FOLLOW_UP_VISIT_LOCAL": ("回访（地方规定）", "follow-up visit (local rule)"),
    "GUARDIANSHIP_WARNING": ("临时监护期限将满", "temporary guardianship nears its limit"),
    "GUARDIANSHIP_FINAL_WARNING": ("临时监护期限即将届满", "temporary guardianship is about to reach its limit"),
    "GUARDIANSHIP_LIMIT": ("临时监护期限届满", "temporary guardianship reaches its limit"),
    "GUARDIANSHIP_LIMIT_LOCAL": (
        "临时监护期限届满（地方规定）",
        "temporary guardianship reaches its limit (local rule)",
    ),
    "CARE_REVIEW": ("复核临时生活照料", "review of temporary care"),
    "PLACEMENT_RECHECK": ("复查安置场所", "check of the placement"),
    "DECISION_AFTER_REFUSAL": ("否决后重新作出安排决定", "decide on care after the refusal"),
    "GUARDIANSHIP_EXTENDED": ("延长的临时监护期限届满", "the extended guardianship reaches its limit"),
    "KIN_RECHECK": ("日间复查亲属照料", "check by day of the child with its kin"),
    "DOMICILE_NOTICE": ("告知户籍地民政部门", "tell civil affairs of the county of registration"),
    "REVOCATION_RESULT": ("了解法院审理结果", "ask for the court's result"),
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
HOLDERS: Words = {
    "GUARDIAN": ("监护人", "the guardian"),
    "KIN": ("亲属", "kin"),
    "ENTRUSTED_CARER": ("受托照护人", "the entrusted carer"),
    "FOSTER": ("寄养家庭", "a foster family"),
    "SCHOOL": ("学校", "the school"),
    "HOSPITAL": ("医院", "the hospital"),
    "POLICE": ("公安机关", "police"),
    "VILLAGE": ("村（居）委会", "the village committee"),
    "TOWNSHIP": ("乡镇（街道）", "the township"),
    "RESCUE_INST": ("未成年人救助保护机构", "the rescue institution"),
    "WELFARE_INST": ("儿童福利机构", "the welfare institution"),
    "OTHER": ("其他人", "somebody else"),
    "NOBODY": ("无人", "nobody"),
}
PLACEMENTS: Words = {
    "KIN": ("亲属", "kin"),
    "FOSTER": ("寄养家庭", "foster family"),
    "RESCUE_INST": ("救助保护机构", "rescue institution"),
    "WELFARE_INST": ("儿童福利机构", "welfare institution"),
    "SHELTER": ("庇护场所", "shelter"),
    "VILLAGE_CARE": ("村（居）委照料", "village care"),
    "HOSPITAL": ("医疗机构", "hospital"),
    "BOARDING": ("寄宿学校", "boarding school"),
}
PLACE_REASONS: Words = {
    "NOT_ADULT": ("亲属未成年", "the relative is not of age"),
    "ADULT_UNKNOWN": ("亲属是否成年不清楚", "not known whether the relative is of age"),
    "IN_DISPUTE": ("亲属有利益争议", "the relative is in a dispute"),
    "FIT": ("合适", "fit"),
    "BEST_INTEREST": ("按最有利于未成年人原则排在首位", "first by the child's best interest"),
    "NO_PLACE_FIT": ("没有合适的场所", "no place fits"),
    "SIBLINGS_APART": ("没有场所能同时接收兄弟姐妹", "no place takes the siblings together"),
    "AGE": ("年龄不符", "the age does not fit"),
    "AGE_UNKNOWN": ("年龄不明", "age unknown"),
    "SEX": ("性别不符", "the sex does not fit"),
    "SEX_UNKNOWN": ("性别不明", "sex unknown"),
    "DISABILITY": ("不能照护残疾儿童", "cannot care for a disability"),
    "FULL": ("已满", "full"),
    "CAPACITY": ("床位减少", "fewer beds"),
    "INACTIVE": ("已停用", "not in use"),
    "PLACE_CLOSED": ("已停用", "not in use"),
    "LICENCE_EXPIRED": ("资质已过期", "licence expired"),
    "TYPE_NOT_FOR_MEASURE": ("该类场所不适用于本措施", "kind of place not for this measure"),
    "HOUSEHOLD_OF_ALLEGED": ("与涉嫌侵害人同住", "household of the alleged person"),
    "HOUSEHOLD_UNKNOWN": ("是否同住不明", "household unknown"),
    "FOR_ANOTHER_CHILD": ("专为另一儿童", "for another child"),
    "KEPT_FOR_MORE_ENDANGERED": ("留给更危急的儿童", "kept for a child in more danger"),
    "NOT_CHECKED": ("尚未核查", "not checked yet"),
    "NOT_WILLING": ("不愿意", "not willing"),
    "DISQUALIFIED": ("不具备受托条件", "disqualified"),
    "REFUSED_BEFORE": ("签批人已否决", "refused before"),
}
ORGANS: Words = {
    "CIVIL_AFFAIRS": ("民政部门", "civil affairs"),
    "VILLAGE_COMMITTEE": ("村民委员会", "the village committee"),
    "RESIDENT_COMMITTEE": ("居民委员会", "the residents' committee"),
    "STATUTORY_ORG": ("法律规定的组织", "a statutory organisation"),
}
DISCLOSURES: Words = {
    "name": ("姓名", "name"),
    "age": ("年龄", "age"),
    "place": ("所在地", "place"),
    "exact_place": ("确切地点", "exact place"),
    "alleged_person": ("被反映的人", "the person concerned"),
    "threat": ("威胁情况", "threats"),
    "injury": ("伤情", "injuries"),
    "school": ("学校", "school"),
    "task": ("任务", "its task"),
    "codes": ("不含身份的案情", "the facts without identity"),
    "reporter_phone": ("报告人电话", "the reporter's telephone"),
}
INSTITUTIONS: Words = {
    "PRIMARY_SCHOOL": ("小学", "a primary school"),
    "MIDDLE_SCHOOL": ("中学", "a middle school"),
    "KINDERGARTEN": ("幼儿园", "a kindergarten"),
    "TRAINING_ORG": ("校外培训机构", "a training organisation"),
    "ACTIVITY_VENUE": ("校外活动场所", "an activity venue"),
    "SCHOOL_BUS": ("校车服务单位", "a school-bus operator"),
    "NURSERY": ("托育机构", "a nursery"),
    "HOSPITAL": ("医院", "a hospital"),
    "MATERNITY": ("妇幼保健机构", "a maternity hospital"),
    "EMERGENCY_CENTRE": ("急救中心", "an emergency centre"),
    "CLINIC": ("诊所", "a clinic"),
    "VILLAGE_COMMITTEE": ("村民委员会", "the village committee"),
    "RESIDENT_COMMITTEE": ("居民委员会", "the residents' committee"),
    "WELFARE_INST": ("儿童福利机构", "a welfare institution"),
    "RESCUE_STATION": ("救助站", "a rescue station"),
    "PROTECTION_CENTRE": ("未成年人保护中心", "a protection centre"),
    "SOCIAL_WORK_ORG": ("社会工作机构", "a social work organisation"),
    "HOTEL": ("宾馆、旅馆", "a hotel"),
    "STATE_ORGAN": ("国家机关", "a state organ"),
    "HOTLINE": ("热线", "a hotline"),
    "PARENT": ("父母或监护人", "a parent or guardian"),
    "CHILD": ("孩子本人", "the child"),
    "PUBLIC": ("公众", "a member of the public"),
    "UNIT": ("涉事单位", "the unit concerned"),
}
CLOCK_KINDS: Words = {
    "DUTY_HOURS": ("只计 08:00–20:00", "counted 08:00–20:00"),
    "HOURS_24x7": ("昼夜连续计时", "counted day and night"),
    "CALENDAR_DAYS": ("按日计", "in calendar days"),
    "WORKING_DAYS": ("按工作日计", "in working days"),
    "RECURRING": ("定期重复", "again and again"),
}
BASES: Words = {
    "STATUTE": ("法律规定", "law"),
    "LOCAL": ("地方规定", "local rule"),
    "DESIGN": ("设计值", "design value"),
}


def say(words: Words, code: str, language: Language) -> str:
    """The word of a code; a code without a word stands for itself."""
    pair = words.get(code)
    return code if pair is None else pair[0 if language == "zh" else 1]
