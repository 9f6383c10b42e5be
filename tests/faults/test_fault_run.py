"""Workers are killed and paused, the broker dies: nothing is lost and nothing is decided twice.

`make test` runs the short form; WARDLINE_FAULT_INPUTS, …_KILLS and …_PAUSES make it longer (`make faults`).
"""

import os
import random
import time
from contextlib import ExitStack
from pathlib import Path

from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from shared.runtime.space import Space
from tests.support.triage_world import (
    Feeder,
    follow_ups,
    make_report,
    new_space,
    wait_until_decided,
    workers,
)
from tests.support.trouble import Trouble, troubled
from wardline.verification.findings import BookFindings, FaultCode
from wardline.verification.verifying import Verifier

COUNTIES = [f"99{number:04d}" for number in range(24)]
INPUTS = int(os.environ.get("WARDLINE_FAULT_INPUTS", "5000"))
KILLS = int(os.environ.get("WARDLINE_FAULT_KILLS", "10"))
PAUSES = int(os.environ.get("WARDLINE_FAULT_PAUSES", "3"))
SEED = int(os.environ.get("WARDLINE_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


def test_nothing_is_lost_and_nothing_decided_twice_under_kills_pauses_and_a_broker_that_dies(
    own_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    print(f"seed {SEED}, inputs {INPUTS}, kills {KILLS}, pauses {PAUSES}")
    chance = random.Random(SEED)
    bootstrap = own_broker.bootstrap
    space = new_space(tmp_path, bootstrap, "faults")
    feeder = Feeder(bootstrap, space)
    for county in COUNTIES:
        feeder.registry(county)
    feeder.flush()
    reports = 0
    with ExitStack() as stack:
        crew = stack.enter_context(workers(2, bootstrap, space, tmp_path))
        wait_until_decided(bootstrap, space, 90)
        trouble = stack.enter_context(troubled(random.Random(SEED + 1), crew))
        plan = ["kill"] * KILLS + ["pause"] * PAUSES + ["broker"]
        chance.shuffle(plan)
        sent: list[object] = []
        every = INPUTS // (len(plan) + 1)
        next_at = feeder.sent + every
        while feeder.sent < INPUTS or plan:
            reports += _feed_some(feeder, space.name, chance, reports, sent)
            if plan and feeder.sent >= next_at:
                next_at += every
                _strike(plan.pop(), trouble, own_broker)
            time.sleep(0.02)
        feeder.flush()
        wait_until_decided(bootstrap, space, 180)
        assert trouble.kills >= KILLS
        assert trouble.pauses >= PAUSES
    found = verified(bootstrap, space)
    faults = [fault.line() for book in found for fault in book.faults]
    twice = [line for line in faults if FaultCode.DECIDED_TWICE in line]
    inputs = sum(sum(book.inputs.values()) for book in found)
    records = sum(book.records for book in found)
    print(f"{inputs} inputs, {records} records, {trouble.kills} kills, {trouble.pauses} pauses, {len(faults)} faults")
    assert sum(book.undecided for book in found) == 0
    assert twice == []
    assert faults == []
    assert inputs >= INPUTS


def verified(bootstrap: str, space: Space) -> list[BookFindings]:
    """What a verification with clients of its own finds, every record derived again."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        return Verifier(space, consumer, admin, rederive=True).verify()
    finally:
        consumer.close(autocommit=False)
        admin.close()


def _feed_some(feeder: Feeder, space: str, chance: random.Random, reports: int, sent: list[object]) -> int:
    """Ten reports, what follows on some of them, and some that are sent again."""
    made = 0
    for _ in range(10):
        county = chance.choice(COUNTIES)
        report = make_report(space, county, reports + made, chance, feeder.space.clock().now_ms())
        made += 1
        feeder.report(report)
        sent.append(report)
        if chance.random() < 0.5:
            follow_ups(feeder, county, f"{report.report_id}.0", reports + made, chance)
        if chance.random() < 0.3:
            feeder.report(chance.choice(sent))  # type: ignore[arg-type]  # a report sent before
    return made


def _strike(what: str, trouble: Trouble, broker: EmbeddedBroker) -> None:
    match what:
        case "kill":
            trouble.kill_one()
            time.sleep(1.5)
        case "pause":
            trouble.pause_one()
        case _:
            broker.kill()
            time.sleep(3)
            broker.restart()
