"""`wardline replay` on a real broker's ledger: the same policy, a changed one, a window, an interrupt."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from shared.contracts.topics import CASE_LOG, REPORTS
from tests.support.broker_space import BrokerSpace
from tests.support.policy_copies import policy_copy
from tests.support.triage_world import PROJECT, Feeder, follow_ups, make_report, new_space, wait_until_decided, workers

COUNTIES = ("990001", "990002", "990003")
BOOKS = 2
REPORTS_FILED = 90
STOP_SECONDS_MAX = 15.0


@pytest.fixture(scope="module")
def place(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerSpace]:
    """A real worker's history: registry, reports, supplements, commands, deadlines, junk in inputs and in the log."""
    home = tmp_path_factory.mktemp("replay")
    space = new_space(home, broker.bootstrap, "replaydrill", books=BOOKS, clock_rate=600.0)
    feeder = Feeder(broker.bootstrap, space)
    made = BrokerSpace(space, broker.bootstrap, home)
    chance = random.Random(3)
    with workers(1, broker.bootstrap, space, home):
        for county in COUNTIES:
            feeder.registry(county)
        feeder.flush()
        wait_until_decided(broker.bootstrap, space, 90)
        for number in range(REPORTS_FILED):
            county = COUNTIES[number % len(COUNTIES)]
            report = make_report(space.name, county, number, chance, space.clock().now_ms())
            feeder.report(report)
            if number % 5 == 0:
                more = make_report(space.name, county, number + 10_000, chance, space.clock().now_ms())
                feeder.report(more.model_copy(update={"receipt": report.receipt, "adds_to": report.report_id}))
            if number % 3 == 0:
                follow_ups(feeder, county, f"{report.report_id}.0", number, chance)
        feeder.send(REPORTS, COUNTIES[0], b"{no report")
        feeder.flush()
        made.publish(CASE_LOG, 0, [b"\xff\xfe"])
        wait_until_decided(broker.bootstrap, space, 120)
    yield made
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.delete_topics([topic for topic in admin.list_topics() if topic.startswith(f"wardline.{space.name}.")])
    admin.close()


def ends(place: BrokerSpace) -> dict[str, int]:
    """Where every topic of the space ends, the broker's own topics too."""
    consumer = KafkaConsumer(bootstrap_servers=place.bootstrap)
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in consumer.topics()
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        return {f"{each.topic}/{each.partition}": end for each, end in consumer.end_offsets(partitions).items()}
    finally:
        consumer.close(autocommit=False)


def groups(place: BrokerSpace) -> set[str]:
    admin = KafkaAdminClient(bootstrap_servers=place.bootstrap)
    try:
        return {str(group) for group in admin.list_groups()}
    finally:
        admin.close()


def summary_of(found: list[dict[str, object]]) -> dict[str, object]:
    summary = found[-1]["summary"]
    assert isinstance(summary, dict)
    return summary


def test_the_same_policy_differs_nowhere_and_nothing_is_touched(place: BrokerSpace) -> None:
    before, groups_before = ends(place), groups(place)
    files = {path: path.stat().st_mtime_ns for path in place.home.rglob("*")}
    found = place.run_json("replay", "--policy", str(DEFAULT_POLICY_DIRECTORY))
    assert (ends(place), groups(place)) == (before, groups_before)
    assert {path: path.stat().st_mtime_ns for path in place.home.rglob("*")} == files
    [last] = found
    summary = summary_of([last])
    assert summary["cases_differ"] == 0
    assert summary["not_derived"] == 0
    assert summary["not_like_with_like"] == {}
    assert summary["redecided"]["reports"] == REPORTS_FILED + REPORTS_FILED // 5 + 1  # type: ignore[index]
    assert summary["ledger"]["void"] == 1  # type: ignore[index]


def test_a_changed_row_names_cases_rule_and_citation(place: BrokerSpace, tmp_path: Path) -> None:
    other = policy_copy(
        tmp_path,
        "71-clocks.yaml",
        "S1: {type: HOURS_24x7, amount: 2, unit: HOUR}",
        "S1: {type: HOURS_24x7, amount: 1, unit: HOUR}",
    )
    found = place.run_json("replay", "--policy", str(other))
    summary = summary_of(found)
    assert summary["differences"] == {"CLOCKS": summary["cases_differ"]}
    assert summary["cases_differ"] > 0  # type: ignore[operator]
    [clock] = {(each["subject"], each["rule"]) for row in found[:-1] for each in row["differences"]}
    assert clock == ("SEEN", "C-SEEN")
    text = place.run("replay", "--policy", str(other), "--language", "zh")
    assert text.exit_code == 0
    assert "时限·见到儿童本人" in text.output
    assert "C-SEEN" in text.output


def test_a_window_by_arrival(place: BrokerSpace) -> None:
    arrived = [space_ms for _, space_ms in place.read(REPORTS, 0)]
    middle = place.space.clock().from_wall_ms(sorted(arrived)[len(arrived) // 2])
    counts = []
    for arguments in (("--from", str(middle)), ("--to", str(middle)), ()):
        found = place.run_json("replay", "--policy", str(DEFAULT_POLICY_DIRECTORY), *arguments)
        counts.append(summary_of(found)["redecided"]["reports"])  # type: ignore[index]
    assert counts[0] + counts[1] == counts[2]
    assert 0 < counts[0] < counts[2]


def test_a_policy_that_does_not_parse_is_refused_with_file_and_row(place: BrokerSpace, tmp_path: Path) -> None:
    other = policy_copy(tmp_path, "71-clocks.yaml", "start_event: FILED", "start_event: NEVER")
    result = place.run("replay", "--policy", str(other))
    assert result.exit_code == 1
    assert "71-clocks.yaml: C-SEEN" in result.output


def test_usage_and_a_broker_that_is_away(place: BrokerSpace) -> None:
    same = str(DEFAULT_POLICY_DIRECTORY)
    assert place.run("replay", "--policy", same, "--from", "2026-11-22", "--to", "2026-11-21").exit_code == 2
    assert place.run("replay", "--policy", "/nowhere").exit_code == 2
    away = BrokerSpace(place.space, "127.0.0.1:9", place.home)
    assert away.run("replay", "--policy", same).exit_code == 3


def test_an_interrupt_leaves_no_process(place: BrokerSpace) -> None:
    environment = os.environ | {
        "WARDLINE_KAFKA": place.bootstrap,
        "WARDLINE_SPACE": place.space.name,
        "WARDLINE_HOME": str(place.home),
        "PYTHONPATH": str(PROJECT),
    }
    program = ("-c", "from wardline.cli import main; main()", "replay", "--policy", str(DEFAULT_POLICY_DIRECTORY))
    process = subprocess.Popen(
        [sys.executable, *program], env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    until = time.monotonic() + 60
    while len(group_of(process.pid)) < 2:  # the processes of the books are there
        assert time.monotonic() < until
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(STOP_SECONDS_MAX) == 130
    assert group_of(process.pid) == set()


def group_of(leader: int) -> set[int]:
    """The processes of a process group that are alive."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found
