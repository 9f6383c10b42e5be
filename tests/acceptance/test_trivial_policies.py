"""Trivial policies fail the judgement: always everything, never a place, and nobody told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.triage.core.policy import Policy
from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.model import LevelChoice, Recipient
from shared.contracts.assessment import CaseFacts
from shared.contracts.vocabulary import Department, Level, Measure
from tests.acceptance.judge import failures
from tests.acceptance.mapping import Row, report_facts

AT_MS = 1_795_315_200_000
CONTROLS: list[dict[str, Any]] = [
    {
        "case_id": f"control-{concern}", "reporter_type": "neighbour", "child": {"age": 9}, "guardian_status": ["able"],
        "concerns": [concern], "injury": "none", "what_was_done": [], "confidence": "high",
    }
    for concern in ("left_alone", "runaway_missing")
]  # fmt: skip
"""Healthy parents, no injury: the judgement's own check that a policy does not reach for the strongest answer."""


def lines(policy: Policy, rows: Sequence[Row]) -> set[str]:
    """The lines of the judgement that fail somewhere (J1 ...)."""
    found = (
        line
        for row in rows
        for line in failures(row, policy.assess(CaseFacts(report=report_facts(row), filed_at_ms=AT_MS), AT_MS))
    )
    return {line.split()[1].rstrip(":") for line in found}


def always_everything(policy: Policy) -> Policy:
    """Every report is S1, every department is told by the rule, every child is placed."""
    rows = policy.rows
    source = rows.situations[0].source
    everybody = tuple(Recipient(code, named=True, when=ALWAYS_TRUE, source=source) for code in Department)
    alarm = replace(
        rows.situations[0], when=ALWAYS_TRUE, levels=(LevelChoice(Level.S1, ALWAYS_TRUE),), recipients=everybody
    )
    place = next(row for row in rows.measures if row.measure is Measure.TEMP_GUARDIANSHIP)
    return Policy("always", replace(rows, situations=(alarm,), measures=(replace(place, when=ALWAYS_TRUE),)))


def never_a_place(policy: Policy) -> Policy:
    """No child is ever placed."""
    return Policy("never", replace(policy.rows, measures=tuple(r for r in policy.rows.measures if r.measure == "NONE")))


def nobody_told(policy: Policy) -> Policy:
    """No situation tells anybody; the ladder of civil affairs alone is left."""
    quiet = tuple(replace(row, recipients=()) for row in policy.rows.situations)
    return Policy("nobody", replace(policy.rows, situations=quiet))


@pytest.mark.parametrize(
    ("trivial", "fails"),
    [
        (always_everything, {"J8"}),
        (never_a_place, {"J3", "J7", "J8"}),
        (nobody_told, {"J1", "J2", "J4", "J5", "J6"}),
    ],
)
def test_a_trivial_policy_fails(
    policy: Policy, cases: list[dict[str, Any]], trivial: Callable[[Policy], Policy], fails: set[str]
) -> None:
    judged = [*(row for row in cases if row["confidence"] == "high"), *CONTROLS]
    assert lines(policy, judged) == set()
    assert lines(trivial(policy), judged) >= fails
