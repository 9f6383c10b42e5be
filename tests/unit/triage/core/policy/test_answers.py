"""Answering every test of a policy at once gives what reading each condition gives, also for tests that fail."""

import json
import random
import re
from typing import Any

import cel
import pytest

from services.triage.core.policy import parse_policy
from services.triage.core.policy.answers import sheet_of
from services.triage.core.policy.conditions import TRUE, FactTest
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.facts import facts_of
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import CaseFacts, FactValue
from tests.acceptance.conftest import CASES
from tests.acceptance.mapping import report_facts

AT_MS = 1_795_315_200_000
POLICY = parse_policy(load_policy_texts())
CONDITIONS = [(row.id, row.when) for row in POLICY.rows.every() if hasattr(row, "when")]
REPORTS = [report_facts(json.loads(line)) for line in CASES.read_text(encoding="utf-8").splitlines()]
RESULTS: dict[str, FactValue] = {"situations": ("TG-2",), "level": "S2"}


def same(at_once: Evaluation, one_by_one: Evaluation) -> None:
    for rule, condition in CONDITIONS:
        assert at_once.holds(rule, condition) is one_by_one.verdict(rule, condition).holds, rule
        assert at_once.certain(rule, condition) is (one_by_one.verdict(rule, condition).kleene == TRUE), rule
    for kind in ("situations", "raises", "measures", "placements", "withholdings", "instructions", "ladders", "clocks"):
        rows = getattr(POLICY.rows, kind)
        assert at_once.holding(rows) == tuple(row for row in rows if one_by_one.verdict(row.id, row.when).holds)
    assert sorted(at_once.failed) == sorted(one_by_one.failed)


@pytest.mark.parametrize("report", REPORTS, ids=range(len(REPORTS)))
def test_conditions_hold_alike_read_at_once_and_one_by_one(report: object) -> None:
    facts = facts_of(CaseFacts.model_validate({"report": report, "filed_at_ms": AT_MS}), AT_MS)
    learning = Evaluation(facts, sheet_of(POLICY.rows))
    for name, value in RESULTS.items():
        learning.learn(name, value)
    same(learning, Evaluation(facts | RESULTS))
    learning.learn("level", "S4")
    same(learning, Evaluation(facts | RESULTS | {"level": "S4"}))


@pytest.mark.parametrize("name", sorted(sheet_of(POLICY.rows).of_fact))
def test_a_fact_of_another_kind_breaks_its_tests_alike(name: str) -> None:
    facts = facts_of(CaseFacts(report=REPORTS[0], filed_at_ms=AT_MS), AT_MS) | RESULTS
    broken: dict[str, FactValue] = facts | {name: 3 if facts[name] != 3 else "3"}
    at_once, one_by_one = Evaluation(broken, sheet_of(POLICY.rows)), Evaluation(broken)
    same(at_once, one_by_one)


@pytest.mark.parametrize("name", sorted(name for name, tests in sheet_of(POLICY.rows).of_elements.items() if tests))
def test_a_list_is_answered_by_its_elements_as_it_is_in_one_piece(name: str) -> None:
    sheet, chance = sheet_of(POLICY.rows), random.Random(name)
    codes = sorted(
        {code for _, test in sheet.of_fact[name] for code in re.findall(r"'([A-Z0-9_-]+)'", test.expression)}
    )
    lists = [(), *(tuple(chance.sample(codes, min(len(codes), chance.randint(1, 5)))) for _ in range(60))]
    for value in lists:
        answer = sheet.answer(name, value)
        for bit, test in sheet.of_fact[name]:
            assert bool(answer & bit) is test.evaluate({name: value}).holds, (test.expression, value)
            assert bool(answer & bit << sheet.count) is (test.evaluate({name: value}).kleene == TRUE)


def test_a_list_with_an_element_that_fails_its_tests_is_broken() -> None:
    sheet = sheet_of(POLICY.rows)
    value: Any = ("PHYSICAL_ABUSE", 3, "BEGGING")
    facts = facts_of(CaseFacts(report=REPORTS[0], filed_at_ms=AT_MS), AT_MS) | RESULTS
    same(Evaluation(facts | {"concerns": value}, sheet), Evaluation(facts | {"concerns": value}))


@pytest.mark.parametrize(
    ("expression", "of_elements"),
    [
        ("'A' in codes", True),
        ("codes.exists(c, c in ['A', 'B'])", True),
        ("codes.exists(c, c.startsWith('A-') || c != 'B')", True),
        ("!('A' in codes)", False),
        ("!codes.exists(c, c == 'A')", False),
        ("codes.exists(c, c == 'A') && 'B' in codes", False),
        ("codes.exists(c, c == 'A' && 'B' in codes)", False),
        ("codes.all(c, c == 'A')", False),
        ("codes.exists_one(c, c == 'A')", False),
        ("size(codes) > 1", False),
    ],
)
def test_only_a_test_of_each_element_alone_is_answered_by_elements(expression: str, *, of_elements: bool) -> None:
    assert FactTest(expression, "codes", unknown_as=False, program=cel.compile(expression)).of_elements is of_elements
