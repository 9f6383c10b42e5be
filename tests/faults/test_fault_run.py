"""Workers are killed and paused, the broker dies: nothing is lost and nothing is decided twice.

`make test` runs the short form; WARDLINE_FAULT_INPUTS, …_KILLS and …_PAUSES make it longer (`make faults`), and
WARDLINE_FAULT_SEED repeats a run's choices.
"""

import os
import random
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.reports import ReportFiled
from tests.support.fault_world import Progress, faults_of, progress, verified, wait_for
from tests.support.triage_world import Feeder, follow_ups, make_report, new_space, wait_until_decided, workers
from tests.support.trouble import Trouble, troubled
from wardline.verification.findings import FaultCode

COUNTIES = [f"99{number:04d}" for number in range(24)]
INPUTS = int(os.environ.get("WARDLINE_FAULT_INPUTS", "5000"))
KILLS = int(os.environ.get("WARDLINE_FAULT_KILLS", "10"))
PAUSES = int(os.environ.get("WARDLINE_FAULT_PAUSES", "3"))
SEED = int(os.environ.get("WARDLINE_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.mark.timeout(900 + INPUTS // 5)
def test_nothing_is_lost_and_nothing_decided_twice_under_kills_pauses_and_a_broker_that_dies(
    own_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    print(f"WARDLINE_FAULT_SEED={SEED}: {INPUTS} inputs, {KILLS} kills, {PAUSES} pauses")
    chance = random.Random(SEED)
    bootstrap = own_broker.bootstrap
    space = new_space(tmp_path, bootstrap, "faults")
    load = Load(Feeder(bootstrap, space), chance)
    for county in COUNTIES:
        load.feeder.registry(county)
    load.feeder.flush()
    with ExitStack() as stack:
        crew = stack.enter_context(workers(2, bootstrap, space, tmp_path))
        wait_until_decided(bootstrap, space, 150)
        trouble = stack.enter_context(troubled(random.Random(SEED + 1), crew))
        plan = ["kill"] * KILLS + ["pause"] * PAUSES + ["broker"]
        chance.shuffle(plan)
        every = (INPUTS - load.feeder.sent) // (len(plan) + 1)
        seen = stack.enter_context(progress(bootstrap, space))
        while plan or load.feeder.sent < INPUTS:
            next_at = load.feeder.sent + every
            while load.feeder.sent < next_at:
                load.some()
                time.sleep(0.01)
            if plan:
                _wait_for_work(seen)
                _strike(plan.pop(), trouble, own_broker)
        load.feeder.flush()
        wait_until_decided(bootstrap, space, 300)
        assert trouble.kills == KILLS
        assert trouble.pauses == PAUSES
    found = verified(bootstrap, space)
    inputs = sum(sum(book.inputs.values()) for book in found)
    records = sum(book.records for book in found)
    void = sum(sum(book.voids.values()) for book in found)
    print(f"{inputs} inputs, {records} records, {void} void, {trouble.kills} kills, {trouble.pauses} pauses")
    assert inputs == load.feeder.sent >= INPUTS
    assert sum(book.undecided for book in found) == 0
    assert [line for line in faults_of(found) if FaultCode.DECIDED_TWICE in line] == []
    assert faults_of(found) == []  # among them: an open case without a pending deadline
    assert sum(book.rederived for book in found) == records
    with progress(bootstrap, space) as seen:
        opened = [(event["report_id"], event["child"]) for _, event in seen.events("CaseOpened")]
    assert len(opened) == len(set(opened))
    assert {report_id for report_id, _ in opened} == {report.report_id for report in load.reports}


def _wait_for_work(seen: Progress) -> None:
    """Until something was decided since the last look: a strike shall find the system at work, not starting."""
    before = len(seen.reads)

    def more() -> bool:
        seen.undecided()
        return len(seen.reads) > before

    wait_for(more, "decisions between two strikes")


class Load:
    """What institutions, officers and departments do at once: reports, resends, commands, answers."""

    def __init__(self, feeder: Feeder, chance: random.Random) -> None:
        self.feeder = feeder
        self.chance = chance
        self.reports: list[ReportFiled] = []

    def some(self) -> None:
        """A few reports, what follows on them, some filed long ago once more, and outcomes of their alerts."""
        for _ in range(4):
            county = self.chance.choice(COUNTIES)
            now_ms = self.feeder.space.clock().now_ms()
            report = make_report(self.feeder.space.name, county, len(self.reports), self.chance, now_ms)
            self.feeder.report(report)
            self.reports.append(report)
            follow_ups(self.feeder, county, f"{report.report_id}.0", len(self.reports), self.chance)
        for report in self.chance.choices(self.reports, k=2):
            self.feeder.report(report)
        for report in self.chance.choices(self.reports, k=3):
            case = f"{report.report_id}.0"
            self.feeder.settled(report.county, case, f"{case}~CIVIL_AFFAIRS~E1~{self.chance.randint(1, 4)}")


def _strike(what: str, trouble: Trouble, broker: EmbeddedBroker) -> None:
    match what:
        case "kill":
            wait_for(trouble.kill_one, "a worker that can be killed")
        case "pause":
            wait_for(trouble.pause_one, "a worker that can be put to sleep")
        case _:
            broker.kill()
            time.sleep(3)
            broker.restart()
