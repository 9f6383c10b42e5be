"""The facts of a decision in words: what was said, and what was not. The catalogue's own words where none are here."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.assessment import FactValue
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS
from shared.explaining.said import Said, together
from shared.explaining.words import HOLDERS, INSTITUTIONS, PEOPLE, Words

CONCERNS: Words = {
    "ABANDONED": ("被遗弃", "abandoned"),
    "UNCARED": ("没有人照料", "nobody looks after the child"),
    "LIVING_ALONE": ("独自居住、没有监护人", "living alone without a guardian"),
    "MISSING": ("失踪", "missing"),
    "GUARDIAN_UNREACHABLE": ("联系不上监护人", "the guardian cannot be reached"),
    "GUARDIAN_INCAPABLE": ("监护人没有能力照料", "the guardian is not able to care"),
    "GUARDIAN_REFUSES": ("监护人不肯照料", "the guardian refuses to care"),
    "EMERGENCY_GAP": ("因突发事件无人监护", "no guardian since an emergency"),
    "PHYSICAL_ABUSE": ("被打、被虐待", "beaten or ill-treated"),
    "SEXUAL_ABUSE": ("遭受或疑似遭受性侵害", "sexual abuse or signs of it"),
    "EMOTIONAL_ABUSE": ("长期被辱骂、恐吓", "insulted or threatened for long"),
    "MALNUTRITION": ("严重营养不良", "badly undernourished"),
    "SELF_HARM": ("自残或有轻生念头", "self-harm or talk of dying"),
    "INJURY_UNEXPLAINED": ("有说不清原因的伤", "injuries that nobody explains"),
    "TRAFFICKING": ("来源不明、疑似被拐卖", "of unknown origin, perhaps trafficked"),
    "BEGGING": ("被组织乞讨", "made to beg"),
    "CRIME_INSTIGATED": ("被教唆、利用违法犯罪", "used for crime by others"),
    "WANDERING": ("流浪或身份不明", "wandering or unidentified"),
    "CARER_UNFIT": ("受托照护的人不合适", "the entrusted carer is not fit"),
    "CONTACT_LAPSED": ("父母长期不联系", "the parents have not been in touch for long"),
    "DROPOUT": ("辍学", "dropped out of school"),
    "BULLYING": ("被欺凌", "bullied"),
    "CHILD_LABOUR": ("童工或违法用工", "put to work unlawfully"),
    "LEFT_ALONE": ("一时无人看护", "left alone for a time"),
    "UNSEEN": ("很久没人见过孩子", "nobody has seen the child for long"),
    "LEFT_IN_HOSPITAL": ("可以出院却无人接", "fit to leave hospital, fetched by nobody"),
    "UNTREATED_ILLNESS": ("患病得不到医治", "ill and not treated"),
    "NO_HUKOU": ("没有户口", "no household registration"),
    "CHILD_MARRIAGE": ("未成年被订婚、结婚", "promised or married under age"),
    "OTHER": ("其他情况", "something else"),
}
STATUSES_OF_PEOPLE: Words = {
    "ABLE": ("能够照料", "able to care"),
    "ABUSIVE": ("涉嫌伤害孩子", "said to hurt the child"),
    "REFUSES_DUTY": ("不肯照料", "refuses to care"),
    "DETAINED": ("被羁押或服刑", "detained or in prison"),
    "DECEASED": ("已去世", "dead"),
    "MISSING": ("下落不明", "missing"),
    "UNREACHABLE": ("联系不上", "cannot be reached"),
    "SERIOUSLY_ILL": ("重病", "seriously ill"),
    "DISABLED": ("残疾、难以照料", "disabled and hardly able to care"),
    "SUBSTANCE_ABUSE": ("吸毒或酗酒", "uses drugs or drinks"),
    "ABSENT_MIGRANT_WORK": ("外出务工", "away for work"),
    "QUARANTINED_OR_DISASTER": ("被隔离或受灾", "quarantined or struck by disaster"),
    "MINOR_PARENT": ("本人未成年", "under 18 too"),
    "UNKNOWN": ("情况不明", "not known"),
}
INJURIES: Words = {
    "NONE": ("没有受伤", "not injured"),
    "MINOR": ("轻伤", "slightly injured"),
    "SERIOUS": ("重伤", "seriously injured"),
    "LIFE_THREATENING": ("有生命危险", "life in danger"),
    "DEATH": ("已死亡", "the child has died"),
}
LISTS: Final[Mapping[str, tuple[Said, Words]]] = {
    "concerns": (Said("", ""), CONCERNS),
    "guardian_statuses": (Said("监护人", "guardians"), STATUSES_OF_PEOPLE),
    "carer_statuses": (Said("照护人", "carer"), STATUSES_OF_PEOPLE),
    "implicated_types": (Said("涉事单位", "units involved"), INSTITUTIONS),
}
CODES: Final[Mapping[str, tuple[Said, Words]]] = {
    "injury": (Said("", ""), INJURIES),
    "holder": (Said("孩子目前在", "the child is with"), HOLDERS),
    "sex": (Said("", ""), {"F": ("女孩", "a girl"), "M": ("男孩", "a boy")}),
    "alleged_relation": (Said("被反映的人是", "the person concerned is"), PEOPLE),
    "reporter_type": (Said("报告人", "reported by"), INSTITUTIONS),
}
FLAGS: Final[Mapping[str, tuple[Said, Said, Said]]] = {
    "under_3": (
        Said("不满三周岁", "under 3"), Said("已满三周岁", "3 or older"), Said("是否不满三周岁", "under 3 or not"),
    ),
    "under_8": (
        Said("不满八周岁", "under 8"), Said("已满八周岁", "8 or older"), Said("是否不满八周岁", "under 8 or not"),
    ),
    "under_14": (
        Said("不满十四周岁", "under 14"), Said("已满十四周岁", "14 or older"),
        Said("是否不满十四周岁", "under 14 or not"),
    ),
    "under_16": (
        Said("不满十六周岁", "under 16"), Said("已满十六周岁", "16 or older"),
        Said("是否不满十六周岁", "under 16 or not"),
    ),
    "disability": (
        Said("有残疾", "has a disability"), Said("没有残疾", "no disability"),
        Said("有没有残疾", "whether the child has a disability"),
    ),
    "left_behind": (
        Said("留守儿童", "a left-behind child"), Said("不是留守儿童", "not left behind"),
        Said("是不是留守儿童", "whether the child is left behind"),
    ),
    "out_of_school": (
        Said("没有上学", "not at school"), Said("在校", "at school"),
        Said("在不在校", "whether the child is at school"),
    ),
    "sibling_died": (
        Said("同一报告中有孩子死亡", "another child of the report has died"),
        Said("同一报告中没有孩子死亡", "no other child of the report has died"),
        Said("同一报告中有没有孩子死亡", "whether another child of the report has died"),
    ),
    "sibling_harmed": (
        Said("同一报告中有孩子死亡或受到严重伤害", "another child of the report has died or was gravely harmed"),
        Said("同一报告中没有孩子死亡或受到严重伤害", "no other child of the report has died or was gravely harmed"),
        Said("同一报告中别的孩子有没有受到严重伤害", "whether another child of the report was gravely harmed"),
    ),
    "siblings": (
        Said("有兄弟姐妹", "has siblings"), Said("没有兄弟姐妹", "no siblings"),
        Said("有没有兄弟姐妹", "whether there are siblings"),
    ),
    "able_guardian": (
        Said("有能够照料的监护人", "a guardian is able to care"),
        Said("没有能够照料的监护人", "no guardian is able to care"),
        Said("有没有能够照料的监护人", "whether a guardian is able to care"),
    ),
    "all_guardians_unable": (
        Said("监护人都不能照料", "no guardian is able to care"),
        Said("不是所有监护人都不能照料", "not every guardian is unable"),
        Said("监护人是不是都不能照料", "whether every guardian is unable"),
    ),
    "parents_dead": (
        Said("父母都已去世", "both parents are dead"), Said("父母并非都已去世", "at least one parent is alive"),
        Said("父母是不是都已去世", "whether both parents are dead"),
    ),
    "returnable_guardian": (
        Said("可以考虑交给能够照料的监护人", "return to an able guardian may be considered"),
        Said("没有可以直接交还的监护人", "there is no guardian to whom the child may simply return"),
        Said("有没有可以交还的监护人", "whether there is a guardian to return to"),
    ),
    "abusive_guardian": (
        Said("家里照料孩子的人涉嫌伤害孩子", "somebody who cares for the child is said to do harm"),
        Said("没有说照料孩子的人伤害孩子", "nobody who cares for the child is said to do harm"),
        Said("照料孩子的人有没有伤害孩子", "whether a carer does harm"),
    ),
    "gap_only_passing": (
        Said("无人监护只是一时的", "the gap will pass by itself"),
        Said("无人监护不只是一时的", "the gap will not pass by itself"),
        Said("无人监护是不是一时的", "whether the gap will pass by itself"),
    ),
    "carer_able": (
        Said("照护人能够照护", "the carer is able"), Said("照护人不能照护", "the carer is not able"),
        Said("有没有能够照护的照护人", "whether a carer is there and able"),
    ),
    "written_entrustment": (
        Said("有书面委托", "entrusted in writing"), Said("没有书面委托", "not entrusted in writing"),
        Said("有没有书面委托", "whether it was entrusted in writing"),
    ),
    "alleged_outside_household": (
        Said("被反映的人不是家里人", "the person concerned is outside the household"),
        Said("被反映的人是家里人", "the person concerned belongs to the household"),
        Said("被反映的人是不是家里人", "whether the person concerned belongs to the household"),
    ),
    "alleged_access": (
        Said("被反映的人还能接触孩子", "the person concerned can still reach the child"),
        Said("被反映的人接触不到孩子", "the person concerned cannot reach the child"),
        Said("被反映的人还能不能接触孩子", "whether the person concerned can still reach the child"),
    ),
    "alleged_office": (
        Said("被反映的人担任公职", "the person concerned holds a public office"),
        Said("被反映的人不担任公职", "the person concerned holds no public office"),
        Said("被反映的人是否担任公职", "whether the person concerned holds a public office"),
    ),
    "alone_now": (
        Said("孩子现在独自一人", "alone now"), Said("孩子现在有人陪着", "not alone now"),
        Said("孩子现在是不是独自一人", "whether the child is alone now"),
    ),
    "missing_now": (
        Said("孩子现在下落不明", "missing now"), Said("孩子现在找得到", "not missing now"),
        Said("孩子现在是不是下落不明", "whether the child is missing now"),
    ),
    "uncared_long": (
        Said("长时间无人照料", "uncared for long"), Said("无人照料的时间不长", "not uncared for long"),
        Said("无人照料有多久", "how long nobody has cared"),
    ),
    "needs_medical_care": (
        Said("需要医疗救治", "needs medical care"), Said("不需要医疗救治", "needs no medical care"),
        Said("需不需要医疗救治", "whether medical care is needed"),
    ),
    "treatment_awaits_consent": (
        Said("治疗在等监护人签字", "treatment waits for a signature"),
        Said("治疗不等签字", "no treatment waits for a signature"),
        Said("有没有治疗在等签字", "whether treatment waits for a signature"),
    ),
    "fit_for_discharge": (
        Said("已可以出院", "fit for discharge"), Said("还不能出院", "not fit for discharge"),
        Said("能不能出院", "whether fit for discharge"),
    ),
    "afraid_to_go_home": (
        Said("孩子害怕回家", "afraid to go home"), Said("孩子不怕回家", "not afraid to go home"),
        Said("孩子怕不怕回家", "whether the child is afraid to go home"),
    ),
    "in_hospital": (
        Said("在医院", "in hospital"), Said("不在医院", "not in hospital"), Said("在不在医院", "whether in hospital"),
    ),
    "custody_safe": (
        Said("目前照看的人是安全的", "safe where the child is"),
        Said("目前照看的人不安全", "not safe where the child is"),
        Said("目前照看的人安不安全", "whether the child is safe where it is"),
    ),
    "night_now": (Said("夜间", "at night"), Said("白天", "by day"), Said("是不是夜间", "whether it is night")),
    "earlier_signals": (
        Said("以前有人报告过", "reported before"), Said("以前没有人报告过", "not reported before"),
        Said("以前有没有人报告过", "whether it was reported before"),
    ),
    "earlier_admonition": (
        Said("监护人以前受过训诫", "the guardian was admonished before"),
        Said("监护人以前没有受过训诫", "the guardian was not admonished before"),
        Said("监护人以前有没有受过训诫", "whether the guardian was admonished before"),
    ),
    "recently_returned": (
        Said("不久前刚被送回家", "returned home a short time ago"), Said("近期没有被送回过", "not returned lately"),
        Said("近期有没有被送回过", "whether the child was returned lately"),
    ),
    "domicile_elsewhere": (
        Said("户籍在外县", "registered in another county"), Said("户籍在本县", "registered in this county"),
        Said("户籍在不在本县", "whether registered in this county"),
    ),
    "unscreened": (
        Said("孩子现在是否安全，没有说", "whether the child is safe now is not said"),
        Said("报告说明了一些安全情况", "the report says something of the child's safety"),
        Said("报告有没有说明安全情况", "whether the report says anything of the child's safety"),
    ),
}  # fmt: skip
DERIVED: Final = frozenset(
    {"situations", "level", "reporter_is_unit", "reporter_is_school", "reporter_may_be_alleged",
     "filing_unit_implicated", "village_implicated", "township_implicated",
     "organ_implicated", "night_now", "gap_only_passing", "returnable_guardian",
     "reporter_type"}
)  # fmt: skip
"""Facts that nobody said and nobody can be asked for: they follow from others, from the clock or from who files."""

AGES: Final = ("under_3", "under_8", "under_14", "under_16")
FIRST_SAID: Final = ("concerns", "age_years", "under_3", "under_8", "under_14", "under_16", "sex", "injury", "holder",
                     "alone_now", "missing_now", "guardian_statuses", "carer_statuses")  # fmt: skip


def fact(name: str, value: FactValue) -> Said:
    """A known fact as a short statement."""
    if name in LISTS and isinstance(value, tuple):
        lead, words = LISTS[name]
        return _led(lead, together(_coded(words, code) for code in value))
    if name in CODES and isinstance(value, str):
        lead, words = CODES[name]
        return Said(f"{lead.zh}{_coded(words, value).zh}", f"{lead.en} {_coded(words, value).en}".strip())
    if name == "age_years":
        return Said(f"{value} 周岁", f"aged {value}")
    if name == "gone_days":
        return Said(f"监护人离开 {value} 天", f"a guardian has been gone for {value} days")
    if name in FLAGS and isinstance(value, bool):
        return FLAGS[name][0 if value else 1]
    return _plain(name, value)


def said_once(names: Mapping[str, FactValue]) -> list[str]:
    """The names of what was said, in order of telling; of several limits of age only the closest."""
    under = [name for name in AGES if names.get(name) is True][:1] or [n for n in AGES if names.get(n) is False][-1:]
    return [
        name
        for name in sorted(names, key=place_of)
        if name not in DERIVED and names[name] not in (None, ()) and (name not in AGES or name in under)
    ]


def place_of(name: str) -> int:
    """Where a fact stands in the telling: who the child is and what was seen, first."""
    return FIRST_SAID.index(name) if name in FIRST_SAID else len(FIRST_SAID)


def question(name: str) -> Said:
    """What was not said, as what would have to be asked."""
    if name in FLAGS:
        return FLAGS[name][2]
    asked = ASKED.get(name)
    return asked if asked is not None else _name(name)


ASKED: Final[Mapping[str, Said]] = {
    "injury": Said("有没有受伤", "whether the child is injured"),
    "age_years": Said("几岁", "the age"),
    "sex": Said("男孩还是女孩", "whether a girl or a boy"),
    "holder": Said("孩子现在由谁照看", "who has the child now"),
    "gone_days": Said("监护人离开了多久", "how long the guardian has been gone"),
    "alleged_relation": Said("被反映的人是孩子的什么人", "who the person concerned is to the child"),
}


def _name(name: str) -> Said:
    known = CATALOGUE.get(name) or RESULT_FACTS.get(name)
    return Said(name, name.replace("_", " ")) if known is None else Said(known.zh, known.en)


def _coded(words: Words, code: str) -> Said:
    pair = words.get(code)
    return Said(code, code.replace("_", " ").lower()) if pair is None else Said(*pair)


def _led(lead: Said, said: Said) -> Said:
    if not lead.zh:
        return said
    return Said(f"{lead.zh}：{said.zh}", f"{lead.en}: {said.en}")


def _plain(name: str, value: FactValue) -> Said:
    """A fact without words of its own: the catalogue's name and the value."""
    if isinstance(value, bool):
        return _led(_name(name), Said("是", "yes") if value else Said("否", "no"))
    shown = "、".join(value) if isinstance(value, tuple) else str(value)
    return _led(_name(name), Said(shown, shown))
