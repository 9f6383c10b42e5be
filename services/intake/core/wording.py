"""The words of the form, in plain language: (Chinese, English). Codes are the vocabulary's."""

import re

from shared.contracts.vocabulary import Concern, GuardianStatus, Holder, Injury, InstitutionType

Words = tuple[str, str]

DANGER: Words = (
    "孩子此刻有危险？立即拨打 110（报警）或 120（急救），并记下接警编号。",
    "Is a child in danger now? Call 110 (police) or 120 (ambulance) at once, and note the alarm number.",
)
TITLE: Words = ("报告一个需要保护的孩子", "Report a child who needs protection")
LEAD: Words = (
    "不知道的可以留空。姓名、电话、地址和文字叙述会当场加密，只有负责办理的人能看到。",
    "Leave out what you do not know. Names, numbers, places and your words are sealed: only those who act can read.",
)
ONLY_ONE: Words = (
    "只有一项必填：至少勾选一种情况，或者写下您看到、听到的。",
    "One thing is needed: tick what you saw, or describe it in your own words.",
)
LANGUAGE: Words = ("English", "中文")
SKIP: Words = ("跳到表单", "Skip to the form")
SEND: Words = ("提交报告", "Send the report")
WHAT: Words = ("发生了什么", "What is happening")
TICK: Words = ("下面有符合的，请勾选（可多选）", "Tick what fits below (as many as apply)")
WORDS: Words = (
    "请用自己的话说明：看到或听到了什么，何时、何地",
    "In your own words: what you saw or heard, when and where",
)
INJURY: Words = ("孩子受伤了吗", "Is the child injured")
CHILD: Words = ("孩子", "The child")
CHILD_NAME: Words = ("姓名或称呼", "Name, or what the child is called")
CHILD_AGE: Words = ("年龄（周岁，可估计）", "Age in years (a guess will do)")
CHILD_SEX: Words = ("性别", "Sex")
GIRL: Words = ("女", "Girl")
BOY: Words = ("男", "Boy")
AREA: Words = (
    "孩子现在所在地的区划代码（6、9 或 12 位数字，不知道可留空）",
    "Area code of where the child is now (6, 9 or 12 digits, if known)",
)
AREA_INSTEAD: Words = (
    "不在列表中，而您知道区划代码（6、9 或 12 位数字）：以这里填写的为准",
    "Not in the list, and you know the area code (6, 9 or 12 digits): what stands here counts",
)
COUNTY: Words = ("孩子现在在哪个县（市、区）、乡镇", "County or township where the child is now")
COUNTY_NONE: Words = ("不清楚，或不在列表中", "Not known, or not in this list")
ADDRESS: Words = (
    "孩子现在在哪里（地址、单位或怎样能找到）",
    "Where the child is now (address, place, or how to find it)",
)
SIBLINGS: Words = ("家中还有几个孩子", "How many more children there are")
SAFETY: Words = ("此刻的安全", "Safety now")
ALONE: Words = ("孩子现在没有大人看护", "The child is alone now")
CARE: Words = ("孩子需要就医", "The child needs medical care")
AFRAID: Words = ("孩子害怕回家", "The child is afraid to go home")
ACCESS: Words = ("涉事的人还能接触到孩子", "The person who did harm can still reach the child")
MISSING: Words = ("孩子现在下落不明", "The child is missing now")
YES: Words = ("是", "Yes")
NO: Words = ("否", "No")
UNKNOWN: Words = ("不清楚", "Not known")
HOLDER: Words = ("孩子现在和谁在一起", "Who has the child now")
PARENTS: Words = ("父母或监护人的情况（可多选）", "The parents or guardians (tick all that apply)")
POLICE: Words = ("已经报警或叫过急救", "Police or ambulance have been called")
POLICE_REFERENCE: Words = ("接警编号", "Alarm number")
REPORTER: Words = ("您（可不填）", "You (may be left out)")
REPORTER_NOTE: Words = (
    "留下电话，工作人员可以核实情况；您的信息依法保密。",
    "With a number officers can ask you more; who you are is kept secret by law.",
)
REPORTER_NAME: Words = ("姓名", "Name")
REPORTER_PHONE: Words = ("电话", "Phone")
REPORTER_TYPE: Words = ("您代表", "You file as")
RECEIPT: Words = ("回执号", "Receipt number")
RECEIPT_TITLE: Words = ("报告进展", "What became of the report")
RECEIVED: Words = ("报告已收下", "The report is accepted")
ADDED: Words = ("补充情况已收下", "The addition is accepted")
KEEP: Words = (
    "请抄下或截图保存：凭它可以查询进展、补充情况。",
    "Write it down or take a picture: with it you see what was done and can add facts.",
)
SPOOLED: Words = (
    "报告已安全保存在本机，将自动送达；无需再次提交。",
    "The report is safe on this machine and goes on without you; you need not send it again.",
)
LOOK_UP: Words = ("已有回执号？查询进展", "Have a receipt number? See what was done")
LOOK_UP_BUTTON: Words = ("查询", "Look up")
SHOW_STATUS: Words = ("查看进展", "See what was done")
NOW_DO: Words = ("接下来请这样做", "What to do now")
NOTICES: Words = ("请注意", "Please note")
HISTORY: Words = ("经过", "What happened")
ADD_TITLE: Words = ("补充情况", "Add something")
ADD_BUTTON: Words = ("提交补充", "Send the addition")
BACK: Words = ("返回首页", "Back to the start")
PROBLEM: Words = ("还没有提交成功", "Not sent yet")
PROBLEMS: dict[str, Words] = {
    "MALFORMED_RECEIPT": ("回执号不正确", "The receipt number is wrong"),
    "TOO_MANY_LOOKUPS": ("现在无法查询", "It cannot be looked up just now"),
}
"""The headline of a refusal that is not about sending anything."""
DOCS: Words = ("机构接口文档", "Documentation for institutions")
COLON: Words = ("：", ": ")
BEIJING: Words = ("北京时间", "Beijing time")

DEMONSTRATION: Words = (
    "【演示·非真实】在这里填写的内容不会送达任何部门。",
    "[DEMO, not real] Nothing that is filed here reaches any department.",
)
DRILL: Words = (
    "【演练·非真实】在这里填写的内容不会送达任何部门。",
    "[DRILL, not real] Nothing that is filed here reaches any department.",
)
CONCERNS: dict[Concern, Words] = {
    Concern.PHYSICAL_ABUSE: ("被打、被虐待", "Is beaten or hurt"),
    Concern.SEXUAL_ABUSE: ("遭受性侵害或疑似", "Sexual abuse, or signs of it"),
    Concern.EMOTIONAL_ABUSE: ("长期被辱骂、恐吓、冷暴力", "Is insulted, threatened or shut out"),
    Concern.INJURY_UNEXPLAINED: ("有说不清原因的伤", "Has injuries that nobody can explain"),
    Concern.SELF_HARM: ("自残或有轻生念头", "Harms themselves or speaks of dying"),
    Concern.MALNUTRITION: ("严重营养不良", "Is badly undernourished"),
    Concern.UNTREATED_ILLNESS: ("生病得不到医治", "Is ill and not treated"),
    Concern.ABANDONED: ("被遗弃", "Has been abandoned"),
    Concern.UNCARED: ("没有人照料", "Nobody looks after the child"),
    Concern.LEFT_ALONE: ("一时无人看护", "Is left alone for a time"),
    Concern.LIVING_ALONE: ("独自居住，没有监护人", "Lives alone without a guardian"),
    Concern.LEFT_IN_HOSPITAL: ("可以出院却无人接", "Could leave hospital, and nobody comes"),
    Concern.GUARDIAN_UNREACHABLE: ("联系不上父母或监护人", "Parents or guardians cannot be reached"),
    Concern.GUARDIAN_INCAPABLE: ("监护人没有能力照顾", "The guardians are not able to care"),
    Concern.GUARDIAN_REFUSES: ("监护人拒绝照顾", "The guardians refuse to care"),
    Concern.EMERGENCY_GAP: ("因突发事件无人监护", "Nobody is there after an emergency"),
    Concern.CARER_UNFIT: ("受托照护的人不合适", "The carer in charge is not fit"),
    Concern.CONTACT_LAPSED: ("父母长期不联系", "The parents have not been in touch for long"),
    Concern.MISSING: ("失踪", "Is missing"),
    Concern.WANDERING: ("流浪或身份不明", "Wanders, or nobody knows who the child is"),
    Concern.TRAFFICKING: ("来源不明、疑似拐卖", "May have been trafficked"),
    Concern.BEGGING: ("被组织乞讨", "Is made to beg"),
    Concern.CHILD_LABOUR: ("童工或违法用工", "Is made to work"),
    Concern.CRIME_INSTIGATED: ("被教唆、利用犯罪", "Is drawn into crime by others"),
    Concern.CHILD_MARRIAGE: ("未成年被订婚、结婚", "Is to be married, or promised, under age"),
    Concern.DROPOUT: ("辍学", "Has dropped out of school"),
    Concern.BULLYING: ("被欺凌", "Is bullied"),
    Concern.NO_HUKOU: ("没有户口", "Has no household registration"),
    Concern.UNSEEN: ("很久没人见过这个孩子", "Nobody has seen the child for long"),
    Concern.OTHER: ("其他", "Something else"),
}
CONCERN_GROUPS: tuple[tuple[Words, tuple[Concern, ...]], ...] = (
    (
        ("受到伤害", "The child is hurt"),
        (
            Concern.PHYSICAL_ABUSE,
            Concern.SEXUAL_ABUSE,
            Concern.EMOTIONAL_ABUSE,
            Concern.INJURY_UNEXPLAINED,
            Concern.BULLYING,
            Concern.SELF_HARM,
        ),
    ),
    (
        ("没有人照料", "Nobody cares for the child"),
        (
            Concern.UNCARED,
            Concern.LEFT_ALONE,
            Concern.LIVING_ALONE,
            Concern.ABANDONED,
            Concern.LEFT_IN_HOSPITAL,
            Concern.EMERGENCY_GAP,
            Concern.MALNUTRITION,
            Concern.UNTREATED_ILLNESS,
        ),
    ),
    (
        ("父母、监护人或照护人", "Parents, guardians or carers"),
        (
            Concern.GUARDIAN_UNREACHABLE,
            Concern.GUARDIAN_INCAPABLE,
            Concern.GUARDIAN_REFUSES,
            Concern.CARER_UNFIT,
            Concern.CONTACT_LAPSED,
        ),
    ),
    (
        ("下落不明，或被人利用", "Missing, or used by others"),
        (
            Concern.MISSING,
            Concern.WANDERING,
            Concern.UNSEEN,
            Concern.TRAFFICKING,
            Concern.BEGGING,
            Concern.CHILD_LABOUR,
            Concern.CRIME_INSTIGATED,
            Concern.CHILD_MARRIAGE,
        ),
    ),
    (("上学、户口和其他", "School, papers, other things"), (Concern.DROPOUT, Concern.NO_HUKOU, Concern.OTHER)),
)
"""Every concern once, so that a phone shows short lists with headings."""
INJURIES: dict[Injury, Words] = {
    Injury.NONE: ("没有", "No"),
    Injury.MINOR: ("轻微（淤青、红肿）", "Slightly (bruise, swelling)"),
    Injury.SERIOUS: ("严重（骨折、烧伤、刀伤等）", "Seriously (fracture, burn, cut …)"),
    Injury.LIFE_THREATENING: ("危及生命", "Life is in danger"),
    Injury.DEATH: ("已死亡", "The child has died"),
}
HOLDERS: dict[Holder, Words] = {
    Holder.NOBODY: ("没有人", "Nobody"),
    Holder.GUARDIAN: ("父母或监护人", "Parents or guardian"),
    Holder.KIN: ("其他亲属", "Other relatives"),
    Holder.ENTRUSTED_CARER: ("受托照护的人", "A carer in the parents' place"),
    Holder.SCHOOL: ("学校或幼儿园", "School or kindergarten"),
    Holder.HOSPITAL: ("医院", "Hospital"),
    Holder.POLICE: ("公安", "Police"),
    Holder.VILLAGE: ("村（居）委会", "Village or residents' committee"),
    Holder.TOWNSHIP: ("乡镇、街道", "Township or street office"),
    Holder.RESCUE_INST: ("救助保护机构", "Rescue institution"),
    Holder.WELFARE_INST: ("儿童福利机构", "Welfare institution"),
    Holder.OTHER: ("其他人", "Somebody else"),
}
PARENT_STATUS: dict[GuardianStatus, Words] = {
    GuardianStatus.ABUSIVE: ("伤害孩子", "Hurts the child"),
    GuardianStatus.REFUSES_DUTY: ("拒绝照顾", "Refuses to care"),
    GuardianStatus.UNREACHABLE: ("联系不上", "Cannot be reached"),
    GuardianStatus.MISSING: ("失踪", "Is missing"),
    GuardianStatus.DETAINED: ("被羁押、服刑或强制戒毒", "Is detained, in prison or in compulsory rehabilitation"),
    GuardianStatus.DECEASED: ("去世", "Has died"),
    GuardianStatus.SERIOUSLY_ILL: ("重病", "Is seriously ill"),
    GuardianStatus.DISABLED: ("残疾，难以照料", "Is disabled and hardly able to care"),
    GuardianStatus.SUBSTANCE_ABUSE: ("吸毒或酗酒", "Uses drugs or drinks"),
    GuardianStatus.ABSENT_MIGRANT_WORK: ("外出务工", "Works far away"),
    GuardianStatus.QUARANTINED_OR_DISASTER: ("被隔离或遭遇灾害", "Is quarantined or struck by disaster"),
    GuardianStatus.MINOR_PARENT: ("父母本身未成年", "Is under 18 too"),
    GuardianStatus.ABLE: ("有人能照顾孩子", "Somebody is able to care"),
}
FILERS: dict[InstitutionType, Words] = {
    InstitutionType.PUBLIC: ("公众、邻居、亲属", "A neighbour, a relative, anybody"),
    InstitutionType.CHILD: ("我就是这个孩子", "I am the child"),
    InstitutionType.PARENT: ("父母或监护人", "A parent or guardian"),
    InstitutionType.PRIMARY_SCHOOL: ("小学", "Primary school"),
    InstitutionType.MIDDLE_SCHOOL: ("中学", "Middle school"),
    InstitutionType.KINDERGARTEN: ("幼儿园", "Kindergarten"),
    InstitutionType.NURSERY: ("托育机构", "Nursery"),
    InstitutionType.HOSPITAL: ("医院", "Hospital"),
    InstitutionType.CLINIC: ("诊所", "Clinic"),
    InstitutionType.VILLAGE_COMMITTEE: ("村民委员会", "Village committee"),
    InstitutionType.RESIDENT_COMMITTEE: ("居民委员会", "Residents' committee"),
    InstitutionType.SOCIAL_WORK_ORG: ("社会工作机构", "Social work organisation"),
    InstitutionType.HOTEL: ("宾馆、旅馆", "Hotel"),
    InstitutionType.TRAINING_ORG: ("校外培训机构", "Training organisation"),
    InstitutionType.STATE_ORGAN: ("国家机关", "State organ"),
}
SAFETY_QUESTIONS: dict[str, Words] = {
    "alone_now": ALONE,
    "needs_medical_care": CARE,
    "alleged_person_has_access": ACCESS,
    "afraid_to_go_home": AFRAID,
    "missing_now": MISSING,
}

FIELDS: dict[str, Words] = {
    "report": ("报告", "The report"),
    "children": ("孩子所在地", "Where the child is"),
    "sex": CHILD_SEX,
    "age_years": ("孩子的年龄", "The child's age"),
    "area_code": ("区划代码", "The area code"),
    "concerns": ("所勾选的情况", "What was ticked"),
    "injury": INJURY,
    "siblings_not_listed": SIBLINGS,
    "status": ("父母或监护人的情况", "The parents or guardians"),
    "holder": HOLDER,
    "police_called": POLICE,
    "type": REPORTER_TYPE,
    **SAFETY_QUESTIONS,
}
"""What the form's fields are called when a notice is about them, by the last part of their path."""


def field_words(path: str) -> Words:
    """The words for a field's path (`children[0].area_code`), as a person who filled in the form knows it."""
    return FIELDS.get(re.sub(r"\[[0-9]+\]", "", path).rpartition(".")[2], FIELDS["report"])
