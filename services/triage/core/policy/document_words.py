"""Conditions and codes of the policy's document in words, beside what the rows themselves say."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from shared.contracts.vocabulary import LadderStep, Sex
from shared.explaining import fact_words, words
from shared.explaining.catalogue import CATALOGUE, RESULT_FACTS
from shared.explaining.words import Words

from services.triage.core.policy.conditions import Condition, FactTest, Joined
from services.triage.core.policy.model import DEPARTMENT_ACCEPTED
from services.triage.core.policy.model import START_EVENTS as STARTS

CODES: Final[Mapping[str, Words]] = {
    "concerns": fact_words.CONCERNS,
    "injury": fact_words.INJURIES,
    "guardian_statuses": fact_words.STATUSES_OF_PEOPLE,
    "carer_statuses": fact_words.STATUSES_OF_PEOPLE,
    "holder": words.HOLDERS,
    "reporter_type": words.INSTITUTIONS,
    "implicated_types": words.INSTITUTIONS,
    "alleged_relation": words.PEOPLE,
    "sex": {Sex.F.value: ("女", "female"), Sex.M.value: ("男", "male")},
    "level": words.LEVELS,
}
"""The words of the codes that a fact may have. Situations have a table of their own."""
STEPS: Final[Words] = {
    LadderStep.E0: (
        "提交时：报告单位收到回执，督导员、儿童主任得知",
        "at filing: the filing unit's receipt, township, village",
    ),
    LadderStep.E1: ("县级民政值班人员", "county civil affairs, duty officer"),
    LadderStep.E2: ("第二值班人员，保护机构负责人", "second duty officer, head of the protection institution"),
    LadderStep.E3: ("县级民政负责人，协调机构", "head of county civil affairs, coordinating body"),
    LadderStep.E4: ("市级民政，检察机关", "prefecture civil affairs, procuratorate"),
    LadderStep.E5: ("省级民政", "province civil affairs"),
    LadderStep.D1: ("其他部门值班人员", "another department's duty officer"),
    LadderStep.D2: ("其他部门负责人", "head of another department"),
    LadderStep.D3: ("其他部门领导", "leader of another department"),
}
START_EVENTS: Final[Words] = {
    "FILED": ("报告提交", "the report is filed"),
    "MEASURE_ASSIGNED": ("临时监护签批", "guardianship is signed"),
    "MEASURE_REFUSED": ("签批人不同意", "a signatory refuses"),
    "CARE_STARTED": ("开始临时生活照料", "temporary care begins"),
    "PLACED": ("儿童已安置", "the child is placed"),
    "PLACED_WITH_KIN": ("交由亲属照料", "the child is with a relative"),
    "RETURNED": ("送回监护人", "the child is returned"),
    "DOMICILE_ELSEWHERE": ("户籍在外县", "registered in another county"),
    "REVOCATION_FILED": ("申请撤销监护人资格", "revocation is applied for"),
    "CLOSED": ("结案", "the case is closed"),
    "PROTECTION_ORDER_APPLIED": ("申请人身安全保护令", "a protection order is applied for"),
    "PROTECTION_ORDER_APPLIED_URGENT": ("紧急申请人身安全保护令", "a protection order is applied for urgently"),
    "PROTECTION_ORDER_GRANTED": ("作出人身安全保护令", "a protection order is made"),
    "SUGGESTION_ISSUED": ("发出书面建议", "a written suggestion is sent"),
    DEPARTMENT_ACCEPTED: ("部门受理或派员", "a department takes its task over or sends somebody"),
    **{
        f"{DEPARTMENT_ACCEPTED}.{code}": (f"{zh}受理或派员", f"{en}: takes its task over or sends somebody")
        for code, (zh, en) in words.DEPARTMENTS.items()
        if f"{DEPARTMENT_ACCEPTED}.{code}" in STARTS
    },
}
AREAS: Final[Words] = {"11": ("北京市", "Beijing"), "31": ("上海市", "Shanghai")}
"""Names of the areas that the shipped policy has local rows for; another area is told by its code."""
_LISTED: Final = r"\[(?P<codes>[^\]]*)\]"
_SHAPES: Final = (
    (re.compile(rf"(?P<not>!?)\w+\.exists\((\w+), \2 in {_LISTED}\)"), "has one of", "有其一", "has none of", "都没有"),
    (re.compile(r"(?P<not>!?)\w+\.exists\((\w+), \2 == '(?P<codes>[^']*)'\)"), "has", "有", "has no", "没有"),
    (re.compile(r"(?P<not>!?)\w+\.exists\((\w+), \2 != '(?P<codes>[^']*)'\)"), "other than", "异于", "only", "仅有"),
    (re.compile(r"(?P<not>!?)\(?'(?P<codes>[^']*)' in \w+\)?"), "has", "有", "has no", "没有"),
    (re.compile(rf"(?P<not>!?)\(?\w+ in {_LISTED}\)?"), "is one of", "为其一", "is none of", "都不是"),
    (re.compile(r"(?P<not>)\w+ == '(?P<codes>[^']*)'"), "is", "为", "is not", "不是"),
    (re.compile(r"(?P<not>)\w+ != '(?P<codes>[^']*)'"), "is not", "不是", "is", "为"),
)  # fmt: skip
_FLAG: Final = re.compile(r"(?P<not>!?)\w+")


def condition_words(condition: Condition) -> str:
    """A condition in one line, each test in words with its expression; `?` marks that an unknown counts as true."""
    if isinstance(condition, FactTest):
        return f"{tested_words(condition)} `{condition.expression}`{'?' if condition.unknown_as else ''}"
    if isinstance(condition, Joined) and condition.parts:
        word = " **and** " if condition.conjunction else " **or** "
        return "(" + word.join(condition_words(part) for part in condition.parts) + ")"
    return "always"


def tested_words(test: FactTest) -> str:
    """A test in words, as far as its shape is known: the fact, and the codes that it looks for."""
    fact = (CATALOGUE | RESULT_FACTS)[test.fact]
    if found := _FLAG.fullmatch(test.expression):
        return f"非：{fact.zh} / not: {fact.en}" if found["not"] else f"{fact.zh} / {fact.en}"
    for shape, yes, yes_zh, no, no_zh in _SHAPES:
        if found := shape.fullmatch(test.expression):
            said, said_zh = (no, no_zh) if found["not"] else (yes, yes_zh)
            codes = re.findall(r"[\w-]+", found["codes"])
            return f"{fact.zh}{said_zh} / {fact.en} {said}: {', '.join(code_words(test.fact, code) for code in codes)}"
    return f"{fact.zh} / {fact.en}"


def code_words(fact: str, code: str) -> str:
    """A code with its Chinese words; a code without words stands alone."""
    said = CODES.get(fact, {}).get(code)
    return f"{said[0]} {code}" if said else code


def legend() -> Iterator[tuple[str, str, Words]]:
    """Title, explanation and codes of each list that the tables use."""
    yield "等级 / Levels", "how urgent; S0 is an officer's alone", words.LEVELS
    yield "依据 / Basis", (
        "STATUTE is the code for statutes and, besides them, for national normative documents that are no statutes: "
        "State Council documents 国发〔2016〕13号 and 36号, the opinion on mandatory reporting of 2020 (试行) and "
        "民发〔2021〕5号. Which of them, the citation says"
    ), words.BASES  # fmt: skip
    yield "阶梯 / Steps of the ladders", "who is told when nobody before acknowledged", STEPS
    yield "岗位 / Roles", "who is on a rung, by the registry", words.ROLES
    yield "部门 / Departments", "", words.DEPARTMENTS
    yield "时限 / Clocks", "", words.CLOCKS
    yield "计时方式 / How time is counted", "", words.CLOCK_KINDS
    yield "起算 / What starts a clock", "", START_EVENTS
    yield "关注事项 / Concerns", "what a reporter chooses", fact_words.CONCERNS
    yield "监护人、照护人状况 / Statuses of guardians and carers", "", fact_words.STATUSES_OF_PEOPLE
    yield "伤情 / Injury", "", fact_words.INJURIES
    yield "监护安排 / Measures", "the strongest that holds is proposed", words.MEASURES
    yield "安置场所 / Places", "", words.PLACEMENTS
    yield "可见内容 / What a department may see", "", words.DISCLOSURES
