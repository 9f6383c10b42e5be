"""A decision explained: the fixed JSON shape, and words that are plain, in order, and name nobody."""

import json
import re
from enum import StrEnum

import pytest

from services.triage.core.policy import Policy, parse_policy
from services.triage.core.policy.model import CONTACT_ROLES
from services.triage.core.questions import questions
from services.triage.policy_files import load_policy_texts
from shared.contracts import vocabulary
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.reports import CustodyFacts, ReportFacts
from shared.contracts.vocabulary import Holder, Level
from shared.explaining import law_words, words
from shared.explaining.catalogue import CATALOGUE
from shared.explaining.citations import english, number_of
from shared.explaining.explain import explain_json, explain_lines, explain_words
from shared.explaining.fact_words import FLAGS, fact, question
from shared.explaining.in_words import sections
from shared.explaining.said import Language, Said, moment, until
from shared.explaining.telling import Telling

AT_MS = 1_795_315_200_000
KEYS = [
    "file", "child", "level", "situations", "nearly", "clocks", "departments", "not_told", "ladder", "custody",
    "guardianship", "revocation", "instructions", "why", "policy",
]  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]")
CODE = re.compile(r"\b[A-Z]{2,}[A-Z0-9]*([_-][A-Z0-9]+)*\b")
REPORT = {
    "children": [{"age_years": 10, "sex": "F", "concerns": ["PHYSICAL_ABUSE"], "injury": "MINOR"}],
    "guardians": [{"relation": "FATHER", "status": ["ABUSIVE"]}, {"relation": "MOTHER", "status": ["ABLE"]}],
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return parse_policy(load_policy_texts())


def given(**report: object) -> CaseFacts:
    return CaseFacts(report=ReportFacts.model_validate(report), filed_at_ms=AT_MS)


@pytest.fixture(scope="module")
def decision(policy: Policy) -> Assessment:
    return policy.assess(given(**REPORT), AT_MS)


def test_the_json_has_the_fixed_shape(decision: Assessment) -> None:
    custody = CustodyFacts(holder=Holder.SCHOOL, since_ms=AT_MS)
    ranking = [{"place": "P-1", "fit": False, "why": "FULL"}]
    shown = json.loads(json.dumps(explain_json(decision, file="a.json", child=0, custody=custody, ranking=ranking)))
    assert list(shown) == KEYS
    assert shown["custody"] == {"holder": "SCHOOL", "since": "2026-11-22T10:40:00+08:00"}
    assert set(shown["guardianship"]) == {
        "measure", "status", "organ", "ground", "citation", "place", "place_reason", "ranking",
    }  # fmt: skip
    assert shown["guardianship"]["measure"] == "TEMP_GUARDIANSHIP"
    assert shown["guardianship"]["status"] == "PROPOSED"
    assert shown["guardianship"]["place_reason"]
    assert shown["guardianship"]["ranking"] == ranking
    assert set(shown["revocation"]) == {"examine", "ground", "remind_at"}
    assert shown["revocation"]["remind_at"].endswith("+08:00")
    for key, parts in {
        "situations": {"code", "rule", "basis", "citation", "facts"},
        "clocks": {"id", "clock_type", "due_at", "basis", "citation"},
        "departments": {"code", "rule", "at", "disclosure"},
        "not_told": {"who", "why"},
        "ladder": {"department", "step", "at", "who"},
        "instructions": {"to", "code", "zh", "en"},
    }.items():
        assert shown[key], key
        assert all(set(entry) == parts for entry in shown[key]), key


def test_what_nearly_fired_names_what_is_missing(policy: Policy) -> None:
    near = explain_json(policy.assess(given(children=[{"concerns": ["LEFT_ALONE"]}]), AT_MS))["nearly"]
    assert near
    assert all(set(entry) == {"rule", "missing"} and entry["missing"] for entry in near)


def test_the_father_and_the_village_are_not_told(decision: Assessment) -> None:
    assert {entry["who"] for entry in explain_json(decision)["not_told"]} == {"FATHER", "VILLAGE"}


def test_the_words_stand_in_the_order_in_which_an_officer_needs_them(decision: Assessment) -> None:
    telling = Telling(decision, custody=CustodyFacts(), questions=(Said("问", "ask"),))
    titles = [section.title.en for section in sections(telling)]
    assert titles[0].startswith("Level S1: urgent, now.")
    assert titles[1:] == [
        "What to do first", "Why S1", "Still to be asked (the answer changes the decision)", "Who is told",
        "Who is deliberately not told", "Deadlines", "Who has the child now", "Care and guardianship",
        "Revocation of guardianship", "What the reporter is asked to do", "Decided by",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["S1 级：紧急", "打 110", "法第九十二条第六项", "公安机关", "父亲：", "临时监护", "（周一）"]),
        ("en", ["Level S1", "call 110", "art. 92 item 6", "Police", "The father:", "Temporary guardian", "Mon 23 Nov"]),
    ],
)  # fmt: skip
def test_the_words_say_level_law_recipients_measure_and_times(
    decision: Assessment, language: Language, expected: list[str]
) -> None:
    text = "\n".join(explain_words(Telling(decision), language))
    for said in expected:
        assert said in text


def test_neither_language_shows_codes_rule_ids_or_the_other_language(decision: Assessment) -> None:
    known = re.compile(r"\bS[0-4]\b|2026-11-first@\w+")
    for line in explain_lines(Telling(decision, custody=CustodyFacts(holder=Holder.SCHOOL))):
        assert not CHINESE.search(line.en), line.en
        for said in line:
            assert not CODE.search(known.sub("", said)), said
            assert "TG-6" not in said


def test_rule_ids_and_their_facts_are_shown_when_asked_for(decision: Assessment) -> None:
    text = "\n".join(explain_words(Telling(decision, rules=True), "zh"))
    for rule in ("TG-6", "C-SEEN", "W-ABUSIVE-GUARDIAN", "LADDER-E0-TOWNSHIP"):
        assert rule in text


def test_a_citation_is_not_repeated(decision: Assessment) -> None:
    text = "\n".join(explain_words(Telling(decision), "zh"))
    for citation in {item.source.citation for item in decision.situations}:
        assert text.count(f"{citation}〕") == 1, citation


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_is_short_enough_to_be_read_aloud(decision: Assessment, language: Language) -> None:
    assert all(len(line) <= 400 for line in explain_words(Telling(decision), language))


def test_times_have_weekday_and_date_and_a_day_ends_at_24() -> None:
    midnight = 1_796_054_400_000  # 2026-12-01T00:00+08:00
    assert until(midnight, AT_MS) == Said("11 月 30 日（周一）24:00 前", "by the end of Mon 30 Nov")
    assert until(midnight + 60_000, AT_MS).zh == "12 月 1 日（周二）00:01 前"
    assert "2027" in until(midnight + 60 * 86_400_000, AT_MS).en
    assert moment(AT_MS).zh == "北京时间 2026 年 11 月 22 日（周日）10:40"


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("民法典第三十六条第一款第二项", "Civil Code art. 36(1)(2)"),
        ("未成年人保护法第九十二条第四项、第二十一条", "Law on the Protection of Minors art. 92 item 4, art. 21"),
        ("（日的计算：民法典第二百条至第二百零四条）", "(days are counted by: Civil Code art. 200 to art. 204)"),
        ("国发〔2016〕13号强制报告情形", "State Council document [2016] No. 13, situations of mandatory report"),
    ],
)  # fmt: skip
def test_a_citation_is_said_in_english(citation: str, said: str) -> None:
    assert english(citation) == said


def test_chinese_numbers() -> None:
    assert [number_of(each) for each in ("四", "十", "十一", "二十", "九十二", "一百零三", "二百")] == [
        4,
        10,
        11,
        20,
        92,
        103,
        200,
    ]


def test_every_citation_and_title_of_the_shipped_policy_has_english(policy: Policy) -> None:
    for row in policy.rows.every():
        assert not CHINESE.search(english(row.source.citation)), f"{row.id}: say it in core/citations.py"
        assert not CHINESE.search(row.title_en), row.id


def test_everything_that_the_shipped_policy_names_has_words(policy: Policy) -> None:
    rows = policy.rows
    assert {row.code for row in rows.situations} <= set(law_words.SITUATIONS)
    revocation = {row.id: (row.title_zh, row.title_en) for row in rows.situations if row.code == "RV-1"}
    assert revocation.items() <= law_words.SITUATIONS.items()
    assert {row.id for row in rows.raises} <= set(law_words.RAISES)
    assert {row.clock for row in rows.clocks} <= set(words.CLOCKS)
    assert {row.role for row in rows.ladders} | CONTACT_ROLES <= set(words.ROLES)
    assert {row.instruction.to for row in rows.instructions} <= set(words.DEPARTMENTS)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (words.DEPARTMENTS, vocabulary.Department), (words.LEVELS, vocabulary.Level),
        (words.MEASURES, vocabulary.Measure), (words.STATUSES, vocabulary.MeasureStatus),
        (words.PEOPLE, vocabulary.Relation), (words.GROUNDS, vocabulary.RevocationGround),
        (words.DISCLOSURES, vocabulary.DisclosureField), (words.INSTITUTIONS, vocabulary.InstitutionType),
        (words.CLOCK_KINDS, vocabulary.ClockType), (words.BASES, vocabulary.Basis),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_every_code_has_words(table: words.Words, codes: type[StrEnum]) -> None:
    assert {code.value for code in codes} <= set(table)


def test_every_fact_of_the_catalogue_is_said_without_its_name() -> None:
    for name, entry in CATALOGUE.items():
        for said in (fact(name, entry.sample), question(name)):
            assert not CHINESE.search(said.en), name
            assert not re.search(r"[A-Za-z]{2}", said.zh), f"{name}: {said.zh}"
        if isinstance(entry.sample, bool) and name in FLAGS:
            assert len(set(FLAGS[name])) == len(FLAGS[name])


def test_a_missing_age_that_would_raise_the_level_is_asked_for(policy: Policy) -> None:
    facts = given(
        children=[{"concerns": ["GUARDIAN_REFUSES"], "injury": "NONE"}],
        guardians=[{"relation": "MOTHER", "status": ["REFUSES_DUTY"]}],
        custody_now={"holder": "KIN"},
        safety={"alone_now": False},
    )
    decided = policy.assess(facts, AT_MS)
    assert decided.level is Level.S2
    asked = questions(policy.assess, facts, AT_MS, decided)
    [said] = [said for said in asked if "How old is the child?" in said.en]
    assert "If the child is under 8" in said.en
    assert "this becomes S1" in said.en
    assert "孩子几岁？" in said.zh
    report = facts.report.model_copy(
        update={"children": (facts.report.children[0].model_copy(update={"age_years": 7}),)}
    )
    assert policy.assess(facts.model_copy(update={"report": report}), AT_MS).level is Level.S1


def test_what_was_answered_is_not_asked_and_no_level_is_offered_downwards(policy: Policy) -> None:
    facts = given(
        children=[{"age_years": 5, "sex": "F", "concerns": ["ABANDONED"], "injury": "NONE"}],
        guardians=[{"relation": "MOTHER", "status": ["REFUSES_DUTY"]}],
        safety={"alone_now": True, "missing_now": False},
    )
    asked = " ".join(said.en for said in questions(policy.assess, facts, AT_MS, policy.assess(facts, AT_MS)))
    for question_said in ("How old", "alone now?", "missing now?", "becomes S2", "becomes S3"):
        assert question_said not in asked


def test_without_the_policy_the_missing_answers_of_what_nearly_fired_are_said(policy: Policy) -> None:
    decided = policy.assess(given(children=[{"concerns": ["LEFT_ALONE"], "injury": "NONE"}]), AT_MS)
    lines = [
        line.zh
        for section in sections(Telling(decided))
        if section.title.zh.startswith("还要")
        for line in section.lines
    ]
    assert lines
    assert all("报告没有说" in line for line in lines)


def test_a_child_who_has_died_is_not_to_be_seen_and_the_others_are(policy: Policy) -> None:
    decided = policy.assess(given(children=[{"concerns": ["PHYSICAL_ABUSE"], "injury": "DEATH"}]), AT_MS)
    first = [
        line.en
        for section in sections(Telling(decided))
        if section.title.en.startswith("What")
        for line in section.lines
    ]
    assert first[0].startswith("The report says that this child has died: call 110.")
    assert not [line for line in first if "see the child" in line]


def test_what_was_said_is_not_called_unsaid(policy: Policy) -> None:
    facts = given(children=[{"concerns": ["MISSING"], "age_years": 14, "sex": "M", "injury": "NONE"}])
    decided = policy.assess(facts, AT_MS)
    asked = questions(policy.assess, facts, AT_MS, decided)
    assert "missing now" not in "".join(explain_words(Telling(decided, questions=asked), "en"))


def test_what_nearly_fired_is_listed_with_the_rule_ids(policy: Policy) -> None:
    decided = policy.assess(given(children=[{"concerns": ["LEFT_ALONE"]}]), AT_MS)
    text = "\n".join(explain_words(Telling(decided, questions=(), rules=True), "en"))
    assert all(f"Nearly {near.rule}; it depends on: " in text for near in decided.nearly)
