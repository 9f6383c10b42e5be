"""From a filing to the first alert: the whole system against a pipeline without any logic, on one broker, in one run.

`python -m tests.benchmarks.bench_latency [--filings N] [--per-second R]` prints p50 and p95 of both in milliseconds,
their ratio, and where the system's time goes. The pipeline without logic is FastAPI that produces a body, Faust that
forwards it, and a consumer that writes it to a file. Both are timed from just before the POST to the file's appearance
(its inode's change time); each filing is followed by one of the other, `R` pairs a second.

What the system does besides: it seals and has the vault entry acknowledged before the report is sent, decides under
the law, chains and signs the decision, and flushes the message to the disk.
"""

import argparse
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import CASE_LOG, REPORTS, Topic
from tests.benchmarks.bench_intake import BareProcess
from tests.benchmarks.bench_triage import FORWARDER
from tests.support.broker import PROJECT, new_broker
from tests.support.whole_system import WholeSystem, whole_system

COUNTY = "520327"
SPACE = "bench-latency"
BOOKS = 12
WARM_UP = 10
FILE_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.01
STEPS = ("posted_to_report_on_topic", "report_to_decision_on_topic", "decision_to_alert_written")

WRITER = """
import json, os, pathlib
from kafka import KafkaConsumer, TopicPartition
consumer = KafkaConsumer(bootstrap_servers=os.environ["BROKER"], enable_auto_commit=False, auto_offset_reset="earliest")
consumer.assign([TopicPartition(os.environ["SOURCE"], number) for number in range(int(os.environ["BOOKS"]))])
while True:
    for records in consumer.poll(timeout_ms=250).values():
        for record in records:
            name = json.loads(record.value)["narrative"]
            pathlib.Path(os.environ["FILES"], name).write_bytes(record.value)
"""


def body(number: int) -> dict[str, object]:
    """One filing; its narrative is its number, so that the bare pipeline's file can be told."""
    child = {
        "name": "PLANTED-NAME-1",
        "sex": "F",
        "age_years": 3 + number % 13,
        "area_code": f"{COUNTY}102203",
        "concerns": ["PHYSICAL_ABUSE"],
        "injury": "SERIOUS",
    }
    return {"children": [child], "custody_now": {"holder": "SCHOOL"}, "narrative": f"{number}"}


@contextmanager
def bare_pipeline(bootstrap: str, home: Path) -> Iterator[tuple[str, Path]]:
    """FastAPI, a Faust forwarder and a writer; gives the address to post to and the directory of files."""
    source, sink, files = "bench-bare-in", "bench-bare-out", home / "bare-files"
    files.mkdir()
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    declared = {"num_partitions": BOOKS, "replication_factor": 1}
    admin.create_topics({source: declared, sink: declared}, wait_for_metadata=True)
    admin.close()
    faust = {"BROKER": bootstrap, "SOURCE": source, "SINK": sink, "DATA": str(home / "forwarder")}
    writer = {"BROKER": bootstrap, "SOURCE": sink, "FILES": str(files), "BOOKS": str(BOOKS)}
    intake = BareProcess(home, bootstrap, SPACE, BENCH_TOPIC=source)
    with ExitStack() as stack:
        for script, environment in ((FORWARDER, faust), (WRITER, writer)):
            process = subprocess.Popen(
                [sys.executable, "-c", script], env=os.environ | environment, cwd=PROJECT, stdout=subprocess.DEVNULL
            )
            stack.callback(process.wait, 30)
            stack.callback(process.send_signal, signal.SIGTERM)
        intake.start()
        stack.callback(intake.stop)
        yield f"{intake.url}/v1/reports", files


def wait_for(found: Callable[[], Path | None]) -> int:
    """When a file appeared (nanoseconds of the wall clock)."""
    until = time.monotonic() + FILE_SECONDS_MAX
    while time.monotonic() < until:
        if (path := found()) is not None:
            return path.stat().st_ctime_ns
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("no file")


class Outbox:
    """The system's messages by case, each file read once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._seen: set[str] = set()
        self.first: dict[str, Path] = {}

    def message_of(self, case: str) -> Path | None:
        """The first message about a case, by its file's time."""
        for entry in os.scandir(self._directory):
            if entry.name.endswith(".json") and entry.name not in self._seen:
                self._seen.add(entry.name)
                path = Path(entry.path)
                about = json.loads(path.read_bytes())["case"]
                known = self.first.get(about)
                if known is None or path.stat().st_ctime_ns < known.stat().st_ctime_ns:
                    self.first[about] = path
        return self.first.get(case)


def append_times(system: WholeSystem, topic: Topic) -> dict[str, int]:
    """When the broker appended what concerns each report first (Unix milliseconds)."""
    consumer = KafkaConsumer(bootstrap_servers=system.broker.bootstrap, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic.full_name(system.space.name), book) for book in range(system.space.books)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: dict[str, int] = {}
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    value = json.loads(record.value)
                    for each in value.get("events", [value]):
                        if each.get("type") in {"ReportFiled", "CaseOpened"}:
                            found.setdefault(each["report_id"], record.timestamp)
        return found
    finally:
        consumer.close()


def of(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(values)
    return {"p50_ms": round(statistics.median(ordered), 1), "p95_ms": round(ordered[len(ordered) * 95 // 100], 1)}


def measure(system: WholeSystem, bare_url: str, bare_files: Path, filings: int, per_second: float) -> dict[str, object]:
    """Filings in turns through both; latencies, ratio, and the system's steps."""
    outbox = Outbox(system.home / "outbox" / system.space.name)
    (system.home / "outbox" / system.space.name).mkdir(parents=True, exist_ok=True)
    ours: list[float] = []
    theirs: list[float] = []
    posted: dict[str, tuple[float, float]] = {}
    with httpx.Client(timeout=20, trust_env=False) as client:
        for number in range(WARM_UP + filings):
            next_at = time.monotonic() + 1 / per_second
            started = time.time_ns()
            filed = system.file(body(number))
            ended = wait_for(lambda case=f"{filed.report_id}.0": outbox.message_of(case))  # type: ignore[misc]
            bare_started = time.time_ns()
            client.post(bare_url, json=body(number)).raise_for_status()
            path = bare_files / f"{number}"
            bare_ended = wait_for(lambda path=path: path if path.exists() else None)  # type: ignore[misc]
            if number >= WARM_UP:
                ours.append((ended - started) / 1e6)
                theirs.append((bare_ended - bare_started) / 1e6)
                posted[filed.report_id] = (started / 1e6, ended / 1e6)
            time.sleep(max(0.0, next_at - time.monotonic()))
    reported, decided = append_times(system, REPORTS), append_times(system, CASE_LOG)
    steps = [
        (reported[each] - started, decided[each] - reported[each], ended - decided[each])
        for each, (started, ended) in posted.items()
    ]
    mine, bare = of(ours), of(theirs)
    return {
        "filings": filings,
        "per_second": per_second,
        "filed_to_alert": mine,
        "pipeline_without_logic": bare,
        "ratio_p50": round(mine["p50_ms"] / bare["p50_ms"], 2),
        "ratio_p95": round(mine["p95_ms"] / bare["p95_ms"], 2),
        "where_the_time_goes": {name: of([step[index] for step in steps]) for index, name in enumerate(STEPS)},
    }


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=100)
    parser.add_argument("--per-second", type=float, default=2.0)
    arguments = parser.parse_args()
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        broker = new_broker(home / "broker")
        broker.start()
        try:
            broker.wait_ready()
            with (
                whole_system(broker, home, SPACE, books=BOOKS) as system,
                bare_pipeline(broker.bootstrap, home) as (bare_url, bare_files),
            ):
                system.feed_registry([COUNTY])
                found = measure(system, bare_url, bare_files, arguments.filings, arguments.per_second)
            print(json.dumps(found, indent=1))
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
