"""Triage workers on a real broker: undisturbed groups of every size, restarts, a broker that is away."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import Space
from tests.support.triage_world import Feeder, follow_ups, make_report, new_space, wait_until_decided, workers

COUNTIES = [f"99{number:04d}" for number in range(12)]


def feed(feeder: Feeder, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(count):
        county = chance.choice(COUNTIES)
        report = make_report(feeder.space.name, county, seed * 100_000 + number, chance, feeder.space.clock().now_ms())
        feeder.report(report)
        if chance.random() < 0.3:
            follow_ups(feeder, county, f"{report.report_id}.0", number, chance)
    feeder.flush()


def events_by_type(bootstrap: str, space: Space) -> Counter[str]:
    reader = LedgerReader(Connection(bootstrap), space)
    try:
        return Counter(event["type"] for read in reader.read_to_end() for event in read.valid.fields["events"])
    finally:
        reader.close()


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_undisturbed_workers_of_any_number_write_no_void_record(
    count: int, broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space)
    feeder = Feeder(broker.bootstrap, world)
    with workers(count, broker.bootstrap, world, tmp_path):
        feed(feeder, 100, 1)
        wait_until_decided(broker.bootstrap, world, 150)
        feed(feeder, 100, 2)
        result = wait_until_decided(broker.bootstrap, world, 60)
    assert result["void"] == 0
    assert events_by_type(broker.bootstrap, world)["CaseOpened"] >= 200


def test_a_worker_that_is_stopped_and_started_goes_on_where_it_was(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space)
    feeder = Feeder(broker.bootstrap, world)
    with workers(1, broker.bootstrap, world, tmp_path) as (worker,):
        feed(feeder, 50, 1)
        wait_until_decided(broker.bootstrap, world, 60)
        worker.stop()
        feed(feeder, 50, 2)
        worker.start()
        result = wait_until_decided(broker.bootstrap, world, 60)
        worker.kill()
        feed(feeder, 50, 3)
        worker.start()
        result = wait_until_decided(broker.bootstrap, world, 60)
    assert result["void"] == 0
    assert events_by_type(broker.bootstrap, world)["CaseOpened"] >= 150


def test_a_worker_survives_a_broker_that_is_away_for_half_a_minute(own_broker: EmbeddedBroker, tmp_path: Path) -> None:
    world = new_space(tmp_path, own_broker.bootstrap, "away")
    feeder = Feeder(own_broker.bootstrap, world)
    with workers(1, own_broker.bootstrap, world, tmp_path) as (worker,):
        feed(feeder, 20, 1)
        wait_until_decided(own_broker.bootstrap, world, 60)
        own_broker.kill()
        time.sleep(30)
        own_broker.restart()
        worker.keep_alive()
        feed(feeder, 20, 2)
        wait_until_decided(own_broker.bootstrap, world, 90)
        assert worker.process is not None
        assert worker.process.poll() is None
    assert events_by_type(own_broker.bootstrap, world)["CaseOpened"] >= 40
