"""The shipped policy is green: every row cited and dated, every example holds, every rule met and missed."""

import pytest

from services.triage.core.policy import parse_policy
from services.triage.core.policy.check import check_policy
from services.triage.core.policy.examples import parse_examples
from services.triage.policy_files import load_example_texts, load_policy_texts
from shared.contracts.vocabulary import Basis

TEXTS = load_policy_texts()
DOMAIN_SITUATIONS = (
    *(f"TG-{n}" for n in range(1, 8)), *(f"LB-{n}" for n in range(1, 5)), *(f"MR-{n}" for n in range(1, 10)),
    "EN-1", "EN-2", "ED-1", "ED-2", "ED-3", "EM-1", "RV-1", "RV-2", *(f"DS-{n}" for n in range(1, 15)), "HT-1",
)  # fmt: skip


def test_the_shipped_policy_has_no_problem() -> None:
    assert check_policy(parse_policy(TEXTS), parse_examples(load_example_texts())) == []


@pytest.mark.parametrize("code", DOMAIN_SITUATIONS)
def test_every_situation_of_the_law_has_a_row(code: str) -> None:
    assert code in {row.code for row in parse_policy(TEXTS).rows.situations}


def test_hours_and_ladders_are_presented_as_design_and_not_as_law() -> None:
    rows = parse_policy(TEXTS).rows
    assert {row.source.basis for row in (*rows.ladders, *rows.timings, *rows.raises)} == {Basis.DESIGN}
    legal = {row.clock for row in rows.clocks if row.source.basis is not Basis.DESIGN}
    assert legal == {
        "WEEKLY_CONTACT", "SUGGESTION_REPLY", "COURT_DECISION", "PROTECTION_ORDER_ENDS", "GUARDIANSHIP_LIMIT_LOCAL",
        "TRACING_FINDING_LOCAL",
    }  # fmt: skip


def test_an_example_that_does_not_hold_is_found() -> None:
    texts = {file: text.replace("level: S3", "level: S4") for file, text in load_example_texts().items()}
    problems = check_policy(parse_policy(TEXTS), parse_examples(texts))
    assert any(problem.row == "drop-out-at-night" and "level is S3" in problem.reason for problem in problems)


def test_a_rule_that_no_example_meets_is_found() -> None:
    texts = {file: text for file, text in load_example_texts().items() if file == "local-and-later.yaml"}
    problems = {problem.row for problem in check_policy(parse_policy(TEXTS), parse_examples(texts))}
    assert {"MR-1", "MR-2", "ED-3"} <= problems


def test_an_unknown_that_counts_for_less_than_the_harmless_value_is_found() -> None:
    file = "10-temporary-guardianship.yaml"
    weak = TEXTS | {
        file: TEXTS[file].replace('"!able_guardian", unknown_as: true', '"able_guardian", unknown_as: false')
    }
    problems = check_policy(parse_policy(weak), parse_examples(load_example_texts()))
    assert any(problem.row == "TG-2" and "less than harmless" in problem.reason for problem in problems)


def test_a_code_that_does_not_exist_is_found() -> None:
    file = "60-design-situations.yaml"
    wrong = TEXTS | {file: TEXTS[file].replace("'NO_HUKOU' in concerns", "'NO_HUKO' in concerns")}
    problems = check_policy(parse_policy(wrong), parse_examples(load_example_texts()))
    assert any(problem.row == "DS-6" and "NO_HUKO is no code" in problem.reason for problem in problems)


def test_an_unverified_text_presented_as_law_is_found() -> None:
    file = "60-design-situations.yaml"
    claimed = TEXTS[file].replace(
        "basis: DESIGN\n    citation: 设计值；参照未成年人保护法第二十一条",
        "basis: STATUTE\n    citation: 法发〔2014〕24号",
    )
    problems = check_policy(parse_policy(TEXTS | {file: claimed}), parse_examples(load_example_texts()))
    assert any(problem.row == "DS-1" and "not verified" in problem.reason for problem in problems)
