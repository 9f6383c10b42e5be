"""Short titles of situations and raises, for a record that names them by code or rule alone.

The rows' own titles go first where the policy is at hand; a test holds these tables against the shipped policy.
"""

from shared.explaining.words import Words

SITUATIONS: Words = {
    "TG-1": ("流浪乞讨或身份不明，暂时查找不到父母", "wandering, begging or unidentified, parents not found"),
    "TG-2": (
        "监护人下落不明且无其他人可以担任监护人",
        "the guardian's whereabouts are unknown, and nobody else can be guardian",
    ),
    "TG-3": (
        "监护人因客观原因或突发事件不能履职，致监护缺失",
        "guardian unable for objective causes or an emergency, a gap in guardianship",
    ),
    "TG-3-UNCARED": ("监护人均已死亡，儿童无人照料", "every guardian is dead, the child is uncared for"),
    "TG-4": ("监护人拒绝或怠于履行监护职责，致无人照料", "guardian refuses or neglects duty, child uncared for"),
    "TG-5": ("监护人教唆、利用未成年人实施违法犯罪，需要带离", "child instigated or used in crime, must be removed"),
    "TG-5-UNCLEAR": (
        "儿童被教唆、利用违法犯罪，不能排除是家庭内的人",
        "child instigated or used in crime, somebody of the household is not ruled out",
    ),
    "TG-6": (
        "遭受监护人严重伤害或面临人身安全威胁，需要紧急安置",
        "serious harm by a guardian or threat to safety, needs urgent placement",
    ),
    "TG-7": ("法律规定的其他情形，由人判断", "other situations by law, for a person to judge"),
    "LB-1": ("脱离监护单独居住生活或失踪", "living alone without guardianship, or missing"),
    "LB-2": ("监护人丧失监护能力或不履行监护责任", "guardian lost capacity or fails duty"),
    "LB-3": ("疑似遭受家庭暴力", "suspected domestic violence"),
    "LB-4": ("疑似遭受意外伤害或不法侵害", "suspected accidental injury or unlawful harm"),
    "MR-1": (
        "疑似性侵害并有伤，可能属生殖器官或隐私部位非正常损伤",
        "suspected sexual abuse with an injury, perhaps of private parts",
    ),
    "MR-2": (
        "不满十四周岁女性遭受或疑似遭受性侵害、怀孕、流产",
        "girl under 14: suspected sexual abuse, pregnancy, abortion",
    ),
    "MR-3": (
        "十四周岁以上（或年龄不明）女性疑似遭受性侵害，是否怀孕、流产未问",
        "girl of 14 or older (or of unknown age): suspected sexual abuse, pregnancy not asked",
    ),
    "MR-4": (
        "身体多处损伤、严重营养不良、意识不清，疑似受暴力、欺凌、虐待等",
        "multiple injuries, severe malnutrition, unconscious: violence, bullying or abuse suspected",
    ),
    "MR-5": (
        "因自杀、自残、工伤、中毒、殴打等非正常原因导致伤残、死亡",
        "injury or death by suicide, self-harm, work injury, poisoning, beating",
    ),
    "MR-5-UNCLEAR": (
        "自伤而伤情不重或不明，或重伤、死亡而原因未说明",
        "self-harm with no grave injury known, or a grave injury or death of unstated cause",
    ),
    "MR-6": ("被遗弃或长期处于无人照料状态", "abandoned or long uncared for"),
    "MR-7": ("来源不明、失踪或者被拐卖、收买", "of unknown origin, missing, trafficked or bought"),
    "MR-8": ("被组织乞讨", "organised into begging"),
    "MR-9": ("其他严重侵害身心健康或面临侵害危险", "other serious harm, or harm imminent"),
    "MR-9-SIBLING": (
        "同案儿童死亡或受严重侵害，涉嫌人不能确定在家庭之外",
        "another child of the report has died or was gravely harmed",
    ),
    "EN-1": ("受托照护人不适格或怠于照护", "entrusted carer incapable or neglectful"),
    "EN-2": ("每周联系中断或未书面告知委托照护", "weekly contact not kept, or no written entrustment"),
    "ED-1": ("辍学，劝返无效", "drop-out not returning"),
    "ED-2": ("严重学生欺凌", "serious bullying"),
    "ED-2-UNCLEAR": ("学生欺凌，是否严重由人判断", "bullying; whether it is serious a person judges"),
    "ED-3": ("校园性侵害、性骚扰", "sexual abuse or harassment at school"),
    "ED-3-REPORTED": (
        "学校、幼儿园发现性侵害：报告公安机关和教育部门",
        "a school or kindergarten finds sexual abuse: to police and education",
    ),
    "HT-1": (
        "旅馆、宾馆发现涉及未成年人的违法犯罪嫌疑",
        "a hotel suspects a crime that concerns a minor",
    ),
    "HT-1-UNCLEAR": (
        "旅馆、宾馆报告儿童的异常情况，是否涉及违法犯罪尚不清楚",
        "a hotel reports something unusual about a child; whether it is a crime is not clear",
    ),
    "EM-1": ("突发事件造成监护缺失", "guardianship gap by a disaster or epidemic"),
    "RV-1": (
        "可能符合撤销情形：严重损害身心健康的行为",
        "a ground for revocation may be met: acts that gravely harm the child",
    ),
    "RV-1-HARM": (
        "可能符合撤销情形：严重损害身心健康的行为",
        "a ground for revocation may be met: acts that gravely harm the child",
    ),
    "RV-1-REFUSAL-SIX-MONTHS": (
        "可能符合撤销情形：拒不履行监护职责达六个月以上",
        "a ground for revocation may be met: duty refused for six months and more",
    ),
    "RV-1-ADDICTION-OR-PRISON": (
        "可能符合撤销情形：吸毒等恶习或被羁押，又无他人照护",
        "a ground for revocation may be met: addiction or detention, and the child delegated to nobody",
    ),
    "RV-1-UNCORRECTED": (
        "可能符合撤销情形：置于无人照看的危险状态，经教育不改",
        "a ground for revocation may be met: left unsupervised in danger, uncorrected after education",
    ),
    "RV-1-NEGLECT": (
        "可能符合撤销情形：怠于履职，或不能履职又拒绝委托，致危困",
        "a ground for revocation may be met: neglect, or unable and delegating to nobody, child in peril",
    ),
    "RV-1-NEGLECT-ALLEGED": (
        "可能符合撤销情形：被反映的家庭成员怠于履职，致儿童处于危困状态",
        "a ground for revocation may be met: somebody of the household is said to neglect the child, child in peril",
    ),
    "RV-1-OTHER": (
        "可能符合撤销情形：其他严重侵害行为",
        "a ground for revocation may be met: other grave infringement",
    ),
    "RV-1-OTHER-UNCLEAR": (
        "儿童被教唆、利用违法犯罪，谁教唆不明：先查明，再看是否符合撤销情形",
        "child instigated or used in crime, by whom is not known: to be found out before revocation is examined",
    ),
    "RV-2": (
        "可申请人身安全保护令（申请时法院七十二小时内、情况紧急二十四小时内裁定）",
        "a protection order may be applied for (court decides in 72 h, urgent 24 h)",
    ),
    "DS-1": ("不满八周岁儿童处于无人看护状态", "child under 8 left alone"),
    "DS-2": ("八周岁以上儿童一时无人看护", "child of 8 or older left alone"),
    "DS-3": ("患病不予救治，或治疗等待签字", "illness untreated, or treatment waits for a signature"),
    "DS-4": ("童工或违法用工", "child labour"),
    "DS-5": ("精神虐待", "emotional abuse"),
    "DS-6": ("无户籍", "no household registration"),
    "DS-7": (
        "性侵害，不属或者不能确定属不满十四周岁女性",
        "sexual abuse, not known to be of a girl under 14",
    ),
    "DS-8": ("有伤情，须就医检查", "any injury: to be seen by a doctor"),
    "SH-76-ABSENT": ("监护缺失（上海）", "guardianship is absent (Shanghai)"),
    "SH-76-IMPROPER": ("监护不当（上海）", "guardianship is improper (Shanghai)"),
    "DS-9": ("逾期未见到儿童本人", "nobody has seen the child in person beyond the due visit"),
    "DS-10": (
        "不满八周岁，照护人不能照护，身边没有能够履职的监护人",
        "under 8, the carer cannot care and no able guardian is at hand",
    ),
    "DS-11": (
        "县级或级别不明的国家机关涉事，同时告知检察机关监督",
        "a state organ is implicated, of the county or of unknown level: the procuratorate supervises",
    ),
    "DS-14": (
        "家庭内有人被反映伤害或不照料儿童",
        "somebody of the household is said to have harmed or neglected the child",
    ),
    "DS-12": ("未成年人被允许、被迫结婚或者被订立婚约", "a minor is married off, or promised in marriage"),
    "DS-13": ("儿童被教唆、利用实施违法犯罪", "child instigated or used in crime"),
    "GEN-1": ("儿童安全状况全部不明，须先核实", "nothing of the child's safety is known: to be checked first"),
    "GEN-0": ("未认定任何情形，由人受理判断", "no situation found: a person accepts and judges"),
}
"""Short titles of situations by their code; where rows of one code have titles of their own, by the row's id too."""
RAISES: Words = {
    "R-ALONE-UNDER-8": ("不满八周岁且无人陪护", "under 8 and alone now"),
    "R-ALONE-SPECIAL-CARE": (
        "因残疾需要特别照顾且无人陪护",
        "alone now and in need of special care for a disability",
    ),
    "R-MISSING-NOW": ("目前下落不明", "missing now"),
    "R-UNDER-14-HARMED": ("不满十四周岁且属强制报告第一至四项", "under 14 and one of mandatory situations 1 to 4"),
    "R-SIBLING-DIED": (
        "同案儿童死亡或受严重侵害，涉嫌人不能确定在家庭之外",
        "another child of the report has died or was gravely harmed, perhaps by somebody of the household",
    ),
    "R-CONSENT": ("治疗等待签字", "treatment waits for a signature"),
    "R-ALONE-NOBODY-ABLE": (
        "孩子现在独自一人，没有能够照料的人",
        "the child is alone and nobody is known to be able to care",
    ),
    "R-NO-GUARDIAN": ("没有任何能够履职、签字的监护人", "no guardian is left who could act or sign"),
    "R-GONE-LONG": (
        "监护人离开超过一百八十天且无人能够履职",
        "a guardian has been gone for more than 180 days and none is able",
    ),
    "R-UNCARED-LONG": (
        "超过一百八十天无人照料",
        "uncared for or in danger for more than 180 days",
    ),
    "R-JUST-RETURNED": (
        "送回监护人三十日内再次报告",
        "reported again within 30 days after a return to the guardian",
    ),
    "R-LEFT-IN-HOSPITAL": ("可出院而无人接领", "fit for discharge and fetched by nobody"),
    "R-ACCESS-OR-AFRAID": (
        "涉嫌人仍可接触儿童或儿童害怕回家",
        "the alleged person has access or the child is afraid to go home",
    ),
    "R-REPEATED": (
        "九十天内再次报告，或此前有过报告、训诫、送回",
        "a second report in 90 days, or an earlier report, admonition or return",
    ),
}
"""Why a level was raised, by the rule's id."""
