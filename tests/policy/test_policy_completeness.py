"""A policy that ends, or lacks what every case needs, is found by the check, is not approved, and stops no report."""

from datetime import date

import pytest

from services.triage.core.policy import parse_policy
from services.triage.core.policy.completeness import gaps_on, incomplete
from services.triage.core.policy.examples import parse_examples
from services.triage.policy_files import load_example_texts, load_policy_texts
from shared.contracts.vocabulary import Department, Level
from tests.policy.test_policy_check import problems

TEXTS = load_policy_texts()
LAST_DAY = "valid_to: 2026-12-31"
NEXT = date(2027, 1, 1)
FILES = sorted(name for name in TEXTS if "valid_to: null" in TEXTS[name])
NEEDED = {
    "90-nothing-found.yaml": "no situation for what no other row finds is in force on 2027-01-01",
    "71-clocks.yaml": "no clock SEEN at S1 is in force on 2027-01-01",
    "72-departments.yaml": "no disclosure to POLICE is in force on 2027-01-01",
    "73-ladders.yaml": "no timing of the ladders is in force on 2027-01-01",
    "74-measures.yaml": "no measure without a condition is in force on 2027-01-01",
}


def ending(*files: str) -> dict[str, str]:
    """The shipped policy, these files of it ending with 2026."""
    return TEXTS | {file: TEXTS[file].replace("valid_to: null", LAST_DAY) for file in files}


def test_the_shipped_policy_decides_every_case_for_five_years() -> None:
    assert list(incomplete(parse_policy(TEXTS), date(2026, 1, 1))) == []


@pytest.mark.parametrize("file", sorted(NEEDED))
def test_a_table_that_ends_is_found(file: str) -> None:
    policy = parse_policy(ending(file))
    assert gaps_on(policy, date(2026, 12, 31)) == ()
    assert NEEDED[file] in gaps_on(policy, NEXT)
    assert NEEDED[file] in list(incomplete(policy, date(2026, 1, 1)))


def test_the_check_of_a_policy_says_so() -> None:
    found = problems(ending("74-measures.yaml"))
    assert ("completeness", NEEDED["74-measures.yaml"]) in found


@pytest.mark.parametrize("files", [*((file,) for file in FILES), tuple(FILES)], ids=lambda files: files[0][:12])
def test_no_report_stops_the_engine_after_the_law_has_ended(files: tuple[str, ...]) -> None:
    policy = parse_policy(ending(*files))
    at_ms = 1_798_800_000_000
    for example in parse_examples(load_example_texts()):
        decided = policy.assess(example.case, at_ms)
        officers = {rung.step.value for rung in decided.rungs if rung.department is Department.CIVIL_AFFAIRS}
        assert {"E1", "E2", "E3"} <= officers
        assert {"SEEN", "DECISION", "FIRST_REVIEW"} <= {clock.id for clock in decided.clocks}
        if len(files) > 1:
            assert decided.level is Level.S1
            assert decided.measure.source is not None
            assert decided.measure.source.rule == "core.without-policy"
