"""A policy that lost a deadline, or changed one, is not green: every clock at every level is held by an example."""

import re

import pytest

from services.triage.core.clocks import due_at_ms
from services.triage.core.policy import PolicyInvalid, parse_policy
from services.triage.core.policy.check import check_policy
from services.triage.core.policy.examples import moment_ms, parse_examples
from services.triage.core.policy.model import Clock
from services.triage.core.policy.row_reader import DECIDED_LEVELS
from services.triage.policy_files import load_example_texts, load_policy_texts
from shared.contracts.vocabulary import Level

TEXTS = load_policy_texts()
CLOCKS, LADDERS = "71-clocks.yaml", "73-ladders.yaml"
POLICY = parse_policy(TEXTS)
BY_LEVEL = parse_examples({"clocks": load_example_texts()["clocks-by-level.yaml"]})


def row_changed(file: str, row: str, pattern: str, new: str) -> dict[str, str]:
    """The shipped policy with one row changed by a pattern."""
    before, found, rest = TEXTS[file].partition(f"  - id: {row}\n")
    own, following, others = rest.partition("\n  - id: ")
    changed, count = re.subn(pattern, new, own, count=1)
    assert (found, count) != ("", 0)
    return TEXTS | {file: before + found + changed + following + others}


def reasons(texts: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in check_policy(parse_policy(texts), BY_LEVEL):
        found.setdefault(problem.row, []).append(problem.reason)
    return found


@pytest.mark.parametrize(
    ("file", "row", "level"),
    [(CLOCKS, "C-FIRST-REVIEW", "S1"), (CLOCKS, "C-CARE-REVIEW", "S3"), (LADDERS, "LADDER-E3", "S2"),
     (LADDERS, "LADDER-ANY-D2", "S4")],
)  # fmt: skip
def test_a_row_that_lost_the_line_of_a_level_is_found(file: str, row: str, level: str) -> None:
    [lost] = [reason for reason in reasons(row_changed(file, row, rf" +{level}: .*\n", ""))[row] if "no time" in reason]
    assert lost.startswith(f"gives no time for {level}")


def test_a_row_may_say_that_it_holds_at_some_levels_only() -> None:
    kept = "      S1: {type: HOURS_24x7, amount: 3, unit: DAY}\n"
    meant = row_changed(CLOCKS, "C-CARE-REVIEW", r"(?s)    after:\n.*", f"    only: [S1]\n    after:\n{kept}")
    assert "C-CARE-REVIEW" not in {row for row, said in reasons(meant).items() if "no time" in str(said)}
    more = row_changed(CLOCKS, "C-CARE-REVIEW", r"    after:\n", "    only: [S1, S2, S3]\n    after:\n")
    assert reasons(more)["C-CARE-REVIEW"] == ["gives a time for S4, and says that it does not run there"]


@pytest.mark.parametrize("clock", ["SEEN", "DECISION", "FIRST_REVIEW", "FEEDBACK"])
def test_a_clock_that_every_child_needs_cannot_be_limited_dated_localised_or_left_out(clock: str) -> None:
    [row] = [each for each in POLICY.rows.clocks if each.clock == clock]
    for pattern, new in (
        ("valid_to: null", "valid_to: 2099-01-01"), ('area: ""', 'area: "52"'),
        (f"clock: {clock}", "clock: CARE_REVIEW"),
        ("    after:", "    when: {test: under_8, unknown_as: true}\n    after:"),
    ):  # fmt: skip
        said = reasons(row_changed(CLOCKS, row.id, pattern, new))
        assert said[clock] == ["every child needs it, and no row of the whole country gives it at S1, S2, S3, S4"]


def test_the_ladder_of_civil_affairs_cannot_lose_a_rung() -> None:
    assert "LADDER-E5" in reasons(row_changed(LADDERS, "LADDER-E5", "step: E5", "step: E4"))


def held(row: Clock, level: Level, change: int) -> bool:
    """Whether an example of the level says when this clock is due, and it would be due at another time then."""
    amount = row.amounts[level]
    changed = max(0, amount.amount + change)
    for example in BY_LEVEL:
        clocks = example.expect["clocks"], example.expect["clocks_after"].get(row.start_event, {})
        wanted = clocks[row.start_event != "FILED"].get(row.clock)
        if wanted is not None and example.expect["level"] == level:
            due_ms = due_at_ms(amount.clock_type, example.at_ms, changed, amount.unit)
            if due_ms != moment_ms(wanted):
                return True
    return False


def test_no_amount_of_a_clock_can_be_changed_without_an_example_that_fails() -> None:
    unheld = []
    for row in (row for row in POLICY.rows.clocks if not row.area):
        for change in (1, -1):
            levels = [level for level in DECIDED_LEVELS if not held(row, level, change)]
            written_once = len(set(row.amounts.values())) == 1
            if len(levels) == len(DECIDED_LEVELS) or (levels and not written_once):
                unheld.append((row.id, levels))
    assert unheld == []


def test_a_clock_that_became_quicker_is_found_by_the_check_itself() -> None:
    quicker = row_changed(CLOCKS, "C-SEEN", "amount: 24,", "amount: 12,")
    assert reasons(quicker)["clocks-of-s2"] == [
        "clock SEEN is not due at 2026-06-03T10:10:00+08:00: it is due at 2026-06-02T22:10:00+08:00"
    ]


def test_the_time_for_which_an_acknowledgement_holds_cannot_lack_a_level() -> None:
    with pytest.raises(PolicyInvalid, match="expires_after gives no time for S1"):
        parse_policy(row_changed(LADDERS, "LADDER-EXPIRY", r" +S1: .*\n", ""))
