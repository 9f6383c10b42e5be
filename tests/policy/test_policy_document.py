"""docs/policy.md says what the rows say, in words that a lawyer reads."""

import re

from services.triage.core.policy import parse_policy
from services.triage.core.policy.document import policy_document
from services.triage.core.policy.document_words import CODES, START_EVENTS, STEPS, condition_words
from services.triage.core.policy.model import START_EVENTS as STARTS
from services.triage.policy_document import DOCUMENT
from services.triage.policy_files import load_policy_texts
from shared.contracts.vocabulary import LadderStep

POLICY = parse_policy(load_policy_texts())
TEXT = policy_document(POLICY)


def test_the_document_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == TEXT


def test_the_legend_stands_first_and_has_every_code() -> None:
    legend = TEXT[TEXT.index("## 图例") : TEXT.index("## Situations")]
    assert set(START_EVENTS) == STARTS
    assert set(STEPS) >= {row.step for row in POLICY.rows.ladders}
    assert {LadderStep.E0, LadderStep.E5} <= set(STEPS)
    for code in ("S0", "S4", "STATUTE", "E5", "DUTY_1", "CIVIL_AFFAIRS", "FIRST_REVIEW", "WANDERING"):
        assert f"`{code}` " in legend
    assert "法律或国家规范性文件" in legend
    assert "no statutes: State Council documents 国发〔2016〕13号" in legend


def test_conditions_are_told_in_words_beside_the_expression() -> None:
    [row] = [row for row in POLICY.rows.situations if row.id == "TG-1"]
    said = condition_words(row.when)
    assert "concerns has one of: 流浪或身份不明 WANDERING, 被组织乞讨 BEGGING" in said
    assert "`concerns.exists(" in said
    [care] = [row for row in POLICY.rows.raises if row.id == "R-CONSENT"]
    assert condition_words(care.when).startswith("治疗等待签字 / treatment waits for a signature `")


def test_every_code_that_a_condition_looks_for_has_words() -> None:
    looked_for = re.findall(r"(concerns|injury|holder) (?:has|is) one of: [^`]*`([^`]*)`", TEXT)
    assert len(looked_for) > 10
    for name, expression in looked_for:
        assert set(re.findall(r"'([^']*)'", expression)) <= set(CODES[name])


def test_reporters_are_told_and_local_rows_stand_by_their_area() -> None:
    assert "| 报告人 / the reporter | KEEP-CHILD |" in TEXT
    local = TEXT[TEXT.index("## 地方规定 / Local rows: 北京市 / Beijing (11)") :]
    assert local.index("BJ-53-HANDLE") < local.index("上海市 / Shanghai (31)") < local.index("SH-76-ABSENT")
    assert "SH-76-ABSENT" not in TEXT[: TEXT.index("## 地方规定")]


def test_a_fact_that_no_row_tests_says_so() -> None:
    assert re.search(r"\| night_now \|.*\| no row of this policy \|", TEXT)
    assert not re.search(r"\| concerns \|.*\| no row of this policy \|", TEXT)
