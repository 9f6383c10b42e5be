"""The facts that policy rows may test: what each means in words, and which of its values is harmless."""

from dataclasses import dataclass

from shared.contracts.assessment import FactValue
from shared.contracts.vocabulary import Concern


@dataclass(frozen=True, slots=True)
class Fact:
    """`sample`: a value of the fact's type. `harmless`: the value that asks for the least, or None if there is none."""

    zh: str
    en: str
    sample: FactValue
    harmless: FactValue = None


def _risk(zh: str, en: str) -> Fact:
    return Fact(zh, en, sample=True, harmless=False)


def _protection(zh: str, en: str) -> Fact:
    return Fact(zh, en, sample=True, harmless=True)


def _codes(zh: str, en: str, sample: str) -> Fact:
    return Fact(zh, en, sample=(sample,), harmless=())


CATALOGUE: dict[str, Fact] = {
    "concerns": _codes("关注事项", "concerns", Concern.OTHER.value),
    "injury": Fact("伤情", "injury", "NONE", "NONE"),
    "age_years": Fact("年龄(周岁)", "age in years", 9, 17),
    "under_3": _risk("不满三周岁", "under 3"),
    "under_8": _risk("不满八周岁", "under 8"),
    "under_14": _risk("不满十四周岁", "under 14"),
    "under_16": _risk("不满十六周岁", "under 16"),
    "sex": Fact("性别", "sex", "F"),
    "disability": _risk("残疾", "disability"),
    "left_behind": _risk("留守", "left behind"),
    "out_of_school": _risk("未在校", "not attending school"),
    "sibling_died": _risk("同案儿童死亡", "another child of the report has died"),
    "sibling_harmed": _risk("同案儿童死亡或受严重侵害", "another child of the report has died or was gravely harmed"),
    "of_school_age": _risk("满三周岁或者已入园、入学", "three years or older, or at a kindergarten or school"),
    "siblings": _risk("有兄弟姐妹", "has siblings"),
    "guardian_statuses": _codes("监护人状况", "guardians' statuses", "MISSING"),
    "able_guardian": _protection("有能够履职的监护人", "an able guardian exists"),
    "all_guardians_unable": _risk("监护人均不能履职", "every guardian is unable"),
    "parents_dead": _risk("父母均已死亡", "both parents are dead"),
    "returnable_guardian": _protection("可交由能够履职的监护人", "an able guardian to whom return may be proposed"),
    "able_guardian_feared": _risk(
        "能够履职的监护人目前不宜接回（可能与儿童害怕的人同住，或在外务工）",
        "the able guardian works away, or may live with somebody whom the child must fear",
    ),
    "abusive_guardian": _risk("监护人或照护人涉嫌侵害", "a guardian or carer is said to do harm"),
    "gap_only_passing": _protection("监护缺失系暂时原因", "the gap has passing causes only"),
    "gone_days": Fact("监护人离开天数", "days since the guardian was last there", 10, 0),
    "carer_statuses": _codes("照护人状况", "carer's statuses", "DISABLED"),
    "carer_able": _protection("照护人能够照护", "the carer is able"),
    "written_entrustment": _protection("有书面委托照护", "written entrustment"),
    "alleged_relation": Fact("涉嫌人与儿童关系", "alleged person's relation", "STRANGER", "STRANGER"),
    "alleged_outside_household": _protection("涉嫌人不在家庭内", "the alleged person is outside the household"),
    "alleged_access": _risk("涉嫌人仍可接触儿童", "the alleged person has access to the child"),
    "alleged_office": _risk("涉嫌人任公职", "the alleged person holds a public office"),
    "alone_now": _risk("目前无人陪护", "alone now"),
    "missing_now": _risk("目前下落不明", "missing now"),
    "uncared_long": _risk("长期无人照料", "uncared for long"),
    "lasting_days": Fact("状况持续天数", "days for which this has lasted", 10, 0),
    "needs_medical_care": _risk("需要医疗救治", "needs medical care"),
    "treatment_awaits_consent": _risk("治疗等待签字", "treatment waits for a signature"),
    "fit_for_discharge": _risk("已可出院", "fit for discharge"),
    "afraid_to_go_home": _risk("害怕回家", "afraid to go home"),
    "in_hospital": _risk("在医疗机构", "in hospital"),
    "holder": Fact("目前由谁照管", "who holds the child now", "SCHOOL", "KIN"),
    "custody_safe": _protection("目前照管安全", "custody is safe"),
    "night_now": _risk("夜间", "it is night"),
    "earlier_signals": _risk("此前有过报告", "an earlier report"),
    "earlier_admonition": _risk("此前有过训诫", "an earlier admonition"),
    "recently_returned": _risk("近期刚被送回", "recently returned"),
    "just_returned": _risk("三十日内刚被送回", "returned within 30 days by the record"),
    "guardianship_dispute": _risk("亲属就监护或财产有争议", "relatives dispute about guardianship or property"),
    "domicile_elsewhere": _risk("户籍地在外", "registered in another county"),
    "reporter_type": Fact("报告主体", "who reports", "PRIMARY_SCHOOL"),
    "reporter_may_be_alleged": _risk("报告人可能即涉嫌人", "the reporter may be the alleged person"),
    "reporter_is_school": _risk("报告主体为学校", "a school reports"),
    "reporter_is_unit": _risk("报告主体为登记机构", "a registered unit reports"),
    "implicated_types": _codes("涉事单位类型", "implicated units' types", "VILLAGE_COMMITTEE"),
    "filing_unit_implicated": _risk("报告单位涉事", "the filing unit is itself implicated"),
    "village_implicated": _risk("村(居)委会涉事或涉事单位类型不明", "the village, or a unit of unknown type"),
    "township_implicated": _risk("乡镇(街道)涉事或不能排除", "the township is implicated, or may be"),
    "organ_implicated": _risk("县级或级别不明的国家机关涉事", "a state organ not known to be a township is implicated"),
    "unscreened": _risk("安全状况全部不明", "nothing of the child's safety is known"),
}
RESULT_FACTS: dict[str, Fact] = {
    "situations": _codes("已认定情形", "situations found", "TG-2"),
    "level": Fact("等级", "level", "S3", "S4"),
}
"""Facts that exist only after the situations were found; measures, instructions and raises may test them."""
