"""How long the complete policy takes for one report: `python -m tests.benchmarks.bench_policy`.

Prints the median and the 99th percentile over the published cases, on one core, and the same for the facts alone.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from services.triage.core.policy import parse_policy
from services.triage.core.policy.facts import facts_of
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import CaseFacts
from tests.acceptance.mapping import report_facts

CASES = Path(__file__).parents[1] / "acceptance" / "data" / "published_cases.jsonl"
AT_MS = 1_795_315_200_000
ROUNDS = 100
GOAL_MS = 0.3


def _measure(work: Callable[[CaseFacts], object], cases: list[CaseFacts]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    for case in cases:
        work(case)
    spans = []
    for _ in range(ROUNDS):
        for case in cases:
            start = time.perf_counter_ns()
            work(case)
            spans.append((time.perf_counter_ns() - start) / 1e6)
    return statistics.median(spans), statistics.quantiles(spans, n=100)[98]


def main() -> None:
    """Measures and prints."""
    policy = parse_policy(load_policy_texts())
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    cases = [CaseFacts(report=report_facts(row), filed_at_ms=AT_MS) for row in rows]
    for name, work in (
        ("facts", lambda case: facts_of(case, AT_MS)),
        ("whole assessment", lambda case: policy.assess(case, AT_MS)),
    ):
        median, high = _measure(work, cases)
        print(f"{name}: median {median:.3f} ms, 99th percentile {high:.3f} ms over {len(cases)} cases")
    print(f"goal of a whole decision: {GOAL_MS} ms at the median")


if __name__ == "__main__":
    main()
