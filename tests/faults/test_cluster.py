"""Three brokers: a partition without a leader holds up its book alone; a leader that dies loses nothing."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts.topics import CASE_LOG, DEAD_LETTER_TRIAGE, INPUT_TOPICS, REPORTS
from shared.runtime.space import Space, create_space
from tests.support.cluster import NODES, running_cluster
from tests.support.fault_world import (
    counties_of_each_book,
    faults_of,
    logged,
    metric,
    progress,
    verified,
    wait_decided,
    wait_for,
)
from tests.support.triage_world import Feeder, make_report, workers
from tests.support.trouble import troubled

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
BOOKS = 3
PATIENCE_SECONDS = 300.0


def space_of(home: Path, name: str) -> Space:
    texts = load_policy_texts(DEFAULT_POLICY_DIRECTORY)
    policy = parse_policy(texts).policy_id
    return create_space(home, name, policy=policy, policy_texts=texts, books=BOOKS, year=2026)


def test_a_partition_without_a_leader_holds_up_its_book_alone(tmp_path: Path) -> None:
    counties = [codes[0] for codes in counties_of_each_book(BOOKS)]
    chance = random.Random(1)
    with running_cluster(tmp_path) as cluster:
        space = space_of(tmp_path, "leaderless")
        cluster.create_topics(space.name, BOOKS, single=(*INPUT_TOPICS, CASE_LOG, DEAD_LETTER_TRIAGE))
        feeder = Feeder(cluster.bootstrap, space)
        filed = 0

        def file(books: range, count: int) -> None:
            nonlocal filed
            for _ in range(count):
                for book in books:
                    filed += 1
                    feeder.report(make_report(space.name, counties[book], filed, chance, space.clock().now_ms()))
            feeder.flush()

        with workers(2, cluster.bootstrap, space, tmp_path) as crew:

            def tried(times: int) -> Callable[[], bool]:
                return lambda: sum(len(logged(each, "book_broker_trouble", book=2)) for each in crew) >= times

            file(range(BOOKS), 5)
            wait_decided(cluster.bootstrap, space, timeout_seconds=PATIENCE_SECONDS)
            cluster.nodes[NODES].kill()
            wait_for(
                lambda: cluster.leaders(REPORTS.full_name(space.name)) == {0: 1, 1: 2, 2: -1},
                "the partition of book 2 to have no leader",
                PATIENCE_SECONDS,
            )
            wait_for(
                lambda: sum(metric(worker, "wardline_triage_unreachable_books") or 0 for worker in crew) == 1,
                "the alarm of the book that cannot be reached",
                PATIENCE_SECONDS,
            )
            for tries in range(2, 7):  # longer than a worker may stand still with work waiting
                file(range(BOOKS - 1), 5)
                wait_decided(cluster.bootstrap, space, [0, 1], PATIENCE_SECONDS)
                wait_for(tried(tries), "the book's owner to try again", PATIENCE_SECONDS)
            assert all(worker.process is not None and worker.process.poll() is None for worker in crew)
            cluster.nodes[NODES].restart()
            file(range(BOOKS), 5)
            wait_decided(cluster.bootstrap, space, timeout_seconds=PATIENCE_SECONDS)
            wait_for(
                lambda: sum(metric(worker, "wardline_triage_unreachable_books") or 0 for worker in crew) == 0,
                "the alarm to end",
                PATIENCE_SECONDS,
            )
        found = verified(cluster.bootstrap, space)
    assert faults_of(found) == []
    assert sum(sum(book.voids.values()) for book in found) == 0
    assert sum(book.inputs["reports"] for book in found) == filed


def test_a_leader_that_dies_under_load_loses_nothing(tmp_path: Path) -> None:
    counties = [code for codes in counties_of_each_book(BOOKS, each=2) for code in codes]
    chance = random.Random(2)
    with running_cluster(tmp_path) as cluster:
        space = space_of(tmp_path, "failover")
        cluster.create_topics(space.name, BOOKS)
        feeder = Feeder(cluster.bootstrap, space)
        reports: set[str] = set()
        stop = threading.Event()

        def leaders() -> dict[int, int]:
            return cluster.leaders(CASE_LOG.full_name(space.name))

        def feed() -> None:
            while not stop.is_set():
                county = chance.choice(counties)
                report = make_report(space.name, county, len(reports), chance, space.clock().now_ms())
                feeder.report(report)
                reports.add(report.report_id)
                time.sleep(0.03)

        with workers(2, cluster.bootstrap, space, tmp_path) as crew, troubled(random.Random(3), crew):
            for county in counties:
                feeder.registry(county)
            feeder.flush()
            wait_decided(cluster.bootstrap, space, timeout_seconds=PATIENCE_SECONDS)
            feeding = threading.Thread(target=feed)
            feeding.start()
            try:
                with progress(cluster.bootstrap, space) as seen:
                    for book in range(BOOKS):
                        leader = wait_for(leaders, "the leaders", PATIENCE_SECONDS)[book]
                        killed_at = time.monotonic()
                        cluster.nodes[leader].kill()
                        before = len(seen.reads)

                        def more(before: int = before) -> bool:
                            seen.undecided()
                            return len({read.book for read in seen.reads[before:]}) == BOOKS

                        wait_for(more, "decisions in every book without that node", PATIENCE_SECONDS)
                        print(f"every book decides again {time.monotonic() - killed_at:.0f} s after node {leader} died")
                        cluster.nodes[leader].restart()
                        wait_for(lambda: cluster.whole(space.name), "all copies to be in step", PATIENCE_SECONDS)
                        print(f"node {leader} is back, {len(reports)} reports filed")
            finally:
                stop.set()
                feeding.join()
            feeder.flush()
            wait_decided(cluster.bootstrap, space, timeout_seconds=PATIENCE_SECONDS)
        with progress(cluster.bootstrap, space) as seen:
            opened = [(event["report_id"], event["child"]) for _, event in seen.events("CaseOpened")]
        found = verified(cluster.bootstrap, space)
    assert faults_of(found) == []
    assert len(opened) == len(set(opened))
    assert {report_id for report_id, _ in opened} == reports
