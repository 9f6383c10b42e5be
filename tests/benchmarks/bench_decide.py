"""How long one report takes in triage, without a broker: `python -m tests.benchmarks.bench_decide`.

`decide` with the complete policy, on one core: the published cases in an empty county and with the sample registry, and
ordinary filings with the sample registry, each decided alone. `median` and `p99` are of all measurements; `undisturbed`
is the median over the inputs of each one's quickest round, which says what the code takes where nothing else runs.
Then the steps of the shell for the same filings, one after another in one book, as in a worker.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from immutables import Map
from nacl.signing import SigningKey

from services.triage.book_log import RawInput
from services.triage.core.decide import decide
from services.triage.core.inputs import ReportInput
from services.triage.core.policy import Policy, parse_policy
from services.triage.core.state import BookState
from services.triage.deciding import BookDecider
from services.triage.fold import Fold, events_of
from services.triage.policy_files import load_policy_texts
from shared.contracts import chain
from shared.contracts.commands import key_id
from shared.contracts.reports import ReportFacts, ReportFiled
from shared.contracts.wire import canonical, encode, partition_of, sha256_hex
from shared.runtime.memory import collect_rarely
from shared.runtime.space import create_space
from tests.acceptance.mapping import report_facts
from tests.support.policy_reports import AT_MS, ordinary_filings
from wardline.explaining import Explainer
from wardline.registry_file import read_registry
from wardline.verification.rederive import book_decider

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "acceptance" / "data" / "published_cases.jsonl"
REGISTRY = ROOT / "wardline" / "samples" / "registry.yaml"
COUNTY = "520327"
ROUNDS = 15
FILINGS = 400
GOAL_MS = 0.3
Item = TypeVar("Item")


def measured(work: Callable[[Item], object], items: list[Item]) -> str:
    """Median, 99th percentile and the undisturbed median, in milliseconds."""
    spans: list[list[float]] = [[] for _ in items]
    for item in items:
        work(item)
    for _ in range(ROUNDS):
        for number, item in enumerate(items):
            start = time.perf_counter_ns()
            work(item)
            spans[number].append((time.perf_counter_ns() - start) / 1e6)
    every = [span for each in spans for span in each]
    best = statistics.median(min(each) for each in spans)
    p99 = statistics.quantiles(every, n=100)[98]
    return f"median {statistics.median(every):.3f} ms, p99 {p99:.3f} ms, undisturbed {best:.3f} ms"


def report_input(space: str, number: int, facts: ReportFacts, county: str = COUNTY, at_ms: int = AT_MS) -> ReportInput:
    """A report of its own."""
    message = ReportFiled(
        report_id=f"r-{number}", receipt=f"receipt-{number}", space=space, county=county, filed_at_ms=at_ms, facts=facts
    )
    return ReportInput(message, at_ms)


def fresh(given: ReportInput) -> ReportInput:
    """The same input, of which nothing has been computed yet."""
    return ReportInput(given.message, given.arrived_at_ms)


def staffed(policy: Policy, texts: dict[str, str]) -> BookState:
    """A book with the sample registry."""

    class Clock:
        """A clock that stands still."""

        def now_ms(self) -> int:
            return AT_MS

    return Explainer.with_registry(policy, texts, AT_MS, read_registry(REGISTRY, Clock())).state  # type: ignore[arg-type]  # it asks for the time only


def shell(texts: dict[str, str], policy: Policy, filings: list[ReportFacts]) -> Iterable[tuple[str, float]]:
    """Milliseconds of processor time a report, by step, of a worker that decides the filings one after another."""
    with TemporaryDirectory() as directory:
        space = create_space(
            Path(directory), "bench", policy=policy.policy_id, policy_texts=texts, books=1, clock_rate=1.0, year=2026
        )
        signing = SigningKey(space.secret("triage-writer"))
        decider: BookDecider = replace(
            book_decider(space, partition_of(COUNTY, 1)),
            kid=key_id(bytes(signing.verify_key)),
            sign=lambda body: signing.sign(body).signature,
        )
    now_ms = space.clock().now_ms()
    raws = [
        RawInput("reports", number, encode(report_input("bench", number, facts, at_ms=now_ms).message), now_ms)
        for number, facts in enumerate(filings)
    ]
    head, _ = chain.take(Fold.open(space.genesis, 0).head, space.genesis.line(), 0)
    start = Fold(head, BookState("bench", 0, policy.policy_id, Map(texts)))

    def each(work: Callable[[int], object]) -> float:
        began = time.process_time_ns()
        for number in range(len(raws)):
            work(number)
        return (time.process_time_ns() - began) / 1e6 / len(raws)

    fold, decided = start, []

    def whole(number: int) -> None:
        nonlocal fold
        one = decider.input(fold, raws[number], "topic", now_ms)
        fold = one.fold
        decided.append(one)

    total = each(whole)
    bodies = [one.chained.raw for one in decided]
    reading = each(lambda number: decider.reader.read(raws[number]))
    encoding = each(lambda number: canonical(decided[number].events))
    signing_ms = each(lambda number: signing.sign(bodies[number]))
    hashing = each(lambda number: sha256_hex(bodies[number]))
    taken = start

    def take(number: int) -> None:
        nonlocal taken
        taken, _ = taken.take(bodies[number], 1 + number)

    folding = each(take)
    if taken.state != fold.state:
        raise AssertionError("what was read back is not what was decided")
    valid = chain.Valid({"events": json.loads(bodies[-1])["events"]}, bodies[-1], "", 0)
    yield "record bytes (mean)", sum(map(len, bodies)) / len(bodies)
    yield "events (last)", float(len(events_of(valid)))
    yield "read and unseal", reading
    yield "decide, with what is not named here", total - reading - encoding - signing_ms - hashing
    yield "encode the events", encoding
    yield "sign (Ed25519)", signing_ms
    yield "hash (SHA-256)", hashing
    yield "whole report, without the broker", total
    yield "read back by somebody else: parse, verify, fold", folding


def print_shell() -> None:
    """Measures and prints the steps of the shell, which looks for garbage as rarely as a worker does."""
    collect_rarely()
    texts = load_policy_texts()
    filings = [ReportFacts(**filing) for filing in ordinary_filings(FILINGS, seed=20261123)]
    for name, figure in shell(texts, parse_policy(texts), filings):
        print(f"  {name}: {figure:.3f}" if figure < 1000 else f"  {name}: {figure:.0f}")


def main() -> None:
    """Measures and prints."""
    collect_rarely()
    texts = load_policy_texts()
    policy = parse_policy(texts)
    lines = CASES.read_text(encoding="utf-8").splitlines()
    published = [report_input("bench", number, report_facts(json.loads(line))) for number, line in enumerate(lines)]
    filings = [ReportFacts(**filing) for filing in ordinary_filings(FILINGS, seed=20261123)]
    ordinary = [report_input("bench", number, facts) for number, facts in enumerate(filings)]
    empty, registered = BookState("bench", 0), staffed(policy, texts)
    print(f"decide, one core; goal {GOAL_MS} ms at the median")
    for name, state, inputs in (
        ("published cases, empty county", empty, published),
        ("published cases, sample registry", registered, published),
        ("ordinary filings, sample registry", registered, ordinary),
    ):
        events = statistics.median(len(decide(state, given, policy, AT_MS).events) for given in inputs)
        spans = measured(lambda given, state=state: decide(state, fresh(given), policy, AT_MS), inputs)  # type: ignore[misc]  # state is bound now
        print(f"  {name}: {spans}; {events:.0f} events at the median")
    print("shell, processor milliseconds a report:")
    print_shell()


if __name__ == "__main__":
    main()
