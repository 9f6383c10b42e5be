"""Over a population of ordinary filings the levels, recipients and placements stay in proportion."""

from collections import Counter

import pytest

from services.triage.core.policy import Policy
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, Level, Measure
from tests.support.policy_reports import AT_MS, ordinary_filings

COUNT = 2000
PLACED = (Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP)


def out_of_proportion(decisions: list[Assessment]) -> list[str]:
    """What is out of proportion, in words. The bounds are design: they hold for the mix of `ordinary_filings`."""
    total = len(decisions)
    levels = {level: count / total for level, count in Counter(decision.level for decision in decisions).items()}
    placed = sum(decision.measure.measure in PLACED for decision in decisions) / total
    police = sum(Department.POLICE in {due.code for due in decision.departments} for decision in decisions) / total
    told = sum(len(decision.departments) for decision in decisions) / total
    faults = {
        f"S1 is {levels.get(Level.S1, 0):.2f}": not 0.03 <= levels.get(Level.S1, 0) <= 0.15,
        f"S2 is {levels.get(Level.S2, 0):.2f}": not 0.05 <= levels.get(Level.S2, 0) <= 0.25,
        f"S3 is {levels.get(Level.S3, 0):.2f}": not 0.30 <= levels.get(Level.S3, 0) <= 0.60,
        f"S4 is {levels.get(Level.S4, 0):.2f}": not 0.15 <= levels.get(Level.S4, 0) <= 0.45,
        f"{placed:.2f} are placed": not 0.03 <= placed <= 0.25,
        f"police are told of {police:.2f}": not 0.10 <= police <= 0.60,
        f"{told:.1f} departments are told of a case": not 2 <= told <= 6,
    }
    return [words for words, fault in faults.items() if fault]


@pytest.fixture(scope="module")
def decisions(policy: Policy) -> list[Assessment]:
    reports = [ReportFacts(**filing) for filing in ordinary_filings(COUNT, seed=20261123)]
    return [policy.assess(CaseFacts(report=report, filed_at_ms=AT_MS), AT_MS) for report in reports]


def test_the_shares_are_in_proportion(decisions: list[Assessment]) -> None:
    assert not out_of_proportion(decisions)


def test_always_s1_tell_everybody_always_place_is_out_of_proportion(decisions: list[Assessment]) -> None:
    gravest = max(decisions, key=lambda decision: (decision.level.urgency, len(decision.departments)))
    everybody = tuple(gravest.departments[0].model_copy(update={"code": code}) for code in Department)
    placed = gravest.measure.model_copy(update={"measure": Measure.TEMP_GUARDIANSHIP})
    always = gravest.model_copy(update={"departments": everybody, "measure": placed})
    assert len(out_of_proportion([always] * COUNT)) == 7


def test_a_drop_out_filed_at_night_wakes_nobody(policy: Policy) -> None:
    night_ms = 1_795_287_600_000  # 2026-11-22 03:00 in Shanghai
    filing = next(f for f in ordinary_filings(200, seed=1) if f["children"][0].concerns == ("DROPOUT",))
    decision = policy.assess(CaseFacts(report=ReportFacts(**filing), filed_at_ms=night_ms), night_ms)
    eight_ms = night_ms + 5 * 3_600_000
    assert decision.level is Level.S3
    assert decision.ladder_times.duty_hours_only
    assert {rung.at_ms for rung in decision.rungs if rung.step in ("E0", "E1", "D1")} == {eight_ms}
    assert all(due.at_ms == eight_ms for due in decision.departments)
