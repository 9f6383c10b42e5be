"""Words for the codes of guardianship that only the story of a case needs."""

from shared.explaining.words import Words

RELATIONS: Words = {
    "FATHER": ("父亲", "father"),
    "MOTHER": ("母亲", "mother"),
    "GRANDPARENT": ("祖父母、外祖父母", "grandparent"),
    "SIBLING": ("兄弟姐妹", "sibling"),
    "AUNT_UNCLE": ("叔伯姑舅姨", "aunt or uncle"),
    "STEP_PARENT": ("继父母", "step-parent"),
    "PARTNER_OF_PARENT": ("父母的同居者", "parent's partner"),
    "ENTRUSTED_CARER": ("受托照护人", "entrusted carer"),
    "NEIGHBOUR": ("邻居", "neighbour"),
    "TEACHER": ("教师", "teacher"),
    "STAFF": ("工作人员", "member of staff"),
    "STRANGER": ("无亲属关系的人", "no relative"),
    "OTHER": ("其他人", "another person"),
    "UNKNOWN": ("关系不明", "relation not known"),
}
GUARDIAN_REASONS: Words = {
    "PARENT_FIRST": ("父母优先：评估后送回", "parents first: a return after an assessment"),
    "PARENT_UNABLE": ("不能履职", "not able"),
    "PARENT_NOT_KNOWN": ("能否履职不清楚", "not known whether able"),
    "ALLEGED": ("涉嫌侵害", "said to have done harm"),
    "GRANDPARENT_FIRST": ("第一顺序", "first in order"),
    "ELDER_SIBLING": ("第二顺序，已成年", "second in order, of age"),
    "WILLING_WITH_CONSENT": ("愿意并经同意", "willing, with consent"),
    "CONSENT_MISSING": ("尚无村（居）委会或民政部门同意", "the consent of committee or civil affairs is missing"),
    "DISQUALIFIED": ("不得作为被委托人", "disqualified"),
    "NOT_WILLING": ("不愿意或不清楚是否愿意", "not known to be willing"),
    "NOT_CHECKED": ("未经核实", "not checked"),
    "REFUSED_BEFORE": ("曾被否决", "refused before"),
    "HOUSEHOLD_OF_ALLEGED": ("与涉嫌人同住", "of the alleged person's household"),
    "HOUSEHOLD_UNKNOWN": ("是否与涉嫌人同住不清楚", "not known whether they live with the alleged person"),
    "NOT_ADULT": ("未成年", "not of age"),
    "ADULT_UNKNOWN": ("是否成年不清楚", "not known to be of age"),
    "IN_DISPUTE": ("有利益争议", "in a dispute"),
}
DISQUALIFIERS: Words = {
    "PAST_HARM": (
        "曾实施性侵害、虐待、遗弃、拐卖、暴力伤害等",
        "past abuse, abandonment, trafficking or violence",
    ),
    "ADDICTION": ("吸毒、酗酒、赌博等恶习", "drugs, alcohol, gambling"),
    "PAST_REFUSAL_OR_NEGLECT": ("曾拒不履行或长期怠于履行监护、照护职责", "past refusal or long neglect of duty"),
    "OTHER_UNFIT": ("其他不适宜情形", "otherwise unfit"),
}
KIN_CHECKS: Words = {
    "IDENTITY_AND_RELATION": ("身份和亲属关系", "identity and relation"),
    "WILLING_IN_PERSON": ("本人当面同意", "willing, in person"),
    "POLICE_RECORD": ("违法犯罪记录", "police record"),
    "HOME_SEEN": ("住处", "the home"),
    "CHILD_HEARD": ("儿童意见", "the child's view"),
}
DISPUTES: Words = {
    "MONEY": ("儿童的钱款财产", "the child's money or property"),
    "GUARDIANSHIP": ("由谁监护", "who is guardian"),
    "CARE": ("由谁照料", "who cares"),
    "OTHER": ("其他事项", "other matters"),
}
