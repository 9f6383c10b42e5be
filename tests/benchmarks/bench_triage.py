"""One triage worker against a bare Faust forwarder: the same reports, the same broker, one run.

`python -m tests.benchmarks.bench_triage [--reports N]` prints records a second of both, their ratio, and the same by
processor time (which other work on the machine hardly changes). The forwarder
does what Faust alone does: it consumes raw bytes and sends them on, acknowledged by the broker, and decides nothing.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import CASE_LOG, REPORTS
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import Space
from tests.benchmarks import bench_decide
from tests.support.broker import new_broker
from tests.support.triage_world import PROJECT, Feeder, make_report, new_space, wait_until_decided, workers

SECONDS_MAX = 600.0
COUNTIES = [f"99{number:04d}" for number in range(24)]

FORWARDER = """
import faust, os
app = faust.App("bare-forwarder", broker="kafka://" + os.environ["BROKER"], topic_disable_leader=True,
    topic_allow_declare=False, table_standby_replicas=1, store="memory://", web_enabled=False,
    consumer_auto_offset_reset="earliest", stream_buffer_maxsize=1000, broker_session_timeout=10.0,
    broker_heartbeat_interval=3.0, datadir=os.environ["DATA"], producer_acks=-1)
source = app.topic(os.environ["SOURCE"], value_type=bytes, key_type=bytes, value_serializer="raw", key_serializer="raw")
sink = app.topic(os.environ["SINK"], value_type=bytes, key_type=bytes, value_serializer="raw", key_serializer="raw")
@app.agent(source)
async def forward(stream):
    async for events in stream.take_events(500, within=0.02):
        for sent in [await sink.send(key=event.key, value=event.value) for event in events]:
            await sent
faust.Worker(app, loglevel="ERROR").execute_from_commandline()
"""


class Rate(NamedTuple):
    """Messages a second by the wall's clock, and the processor time of the process for each."""

    per_second: float
    processor_ms_each: float


def feed(feeder: Feeder, space: Space, count: int) -> None:
    """The reports that both are given."""
    chance = random.Random(7)
    for number in range(count):
        county = chance.choice(COUNTIES)
        feeder.report(make_report(space.name, county, number, chance, space.clock().now_ms()))
    feeder.flush()


def drained(bootstrap: str, topic: str, partitions: int, wanted: int, pid: int) -> Rate:
    """How quickly a process fills a topic, from its first record to the wanted count (looks each 20 ms)."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    all_partitions = [TopicPartition(topic, number) for number in range(partitions)]
    before = sum(consumer.end_offsets(all_partitions).values())
    started: float | None = None
    started_count, used_ms = 0, 0.0
    give_up = time.monotonic() + SECONDS_MAX
    while time.monotonic() < give_up:
        count = sum(consumer.end_offsets(all_partitions).values()) - before
        now = time.monotonic()
        if count > 0 and started is None:
            started, started_count, used_ms = now, count, processor_ms(pid)
        if count >= wanted and started is not None:
            consumer.close(autocommit=False)
            rest = max(1, wanted - started_count)
            return Rate(rest / (now - started), (processor_ms(pid) - used_ms) / rest)
        time.sleep(0.02)
    raise TimeoutError(f"{count} of {wanted} after {SECONDS_MAX} s")


def processor_ms(pid: int) -> float:
    """Processor time that a process has used, in milliseconds: it hardly depends on what else runs."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def forwarder_rate(bootstrap: str, space: Space, reports: int, home: Path) -> Rate:
    """Messages of the bare forwarder."""
    sink = f"wardline.{space.name}.bench-sink"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({sink: {"num_partitions": space.books, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    environment = os.environ | {
        "BROKER": bootstrap,
        "SOURCE": REPORTS.full_name(space.name),
        "SINK": sink,
        "DATA": str(home / "forwarder"),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", FORWARDER], env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL
    )
    try:
        return drained(bootstrap, sink, space.books, reports, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def triage_rate(bootstrap: str, space: Space, reports: int, home: Path) -> Rate:
    """Reports of one triage worker that drains the same backlog."""
    with workers(1, bootstrap, space, home) as (worker,):
        if worker.process is None:
            raise RuntimeError("the worker did not start")
        topic = CASE_LOG.full_name(space.name)
        rate = drained(bootstrap, topic, space.books, reports + space.books, worker.process.pid)
        wait_until_decided(bootstrap, space, 120)
    return rate


def record_bytes(bootstrap: str, space: Space) -> int:
    """The median size of a record that opened a case."""
    reader = LedgerReader(Connection(bootstrap), space)
    try:
        sizes = sorted(
            len(read.valid.raw) for read in reader.read_to_end() if read.valid.fields["cause"].get("topic") == "reports"
        )
    finally:
        reader.close()
    return sizes[len(sizes) // 2]


def main() -> None:
    """Run both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=3000)
    reports = parser.parse_args().reports
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        broker = new_broker(home / "broker")
        broker.start()
        try:
            broker.wait_ready()
            space = new_space(home, broker.bootstrap, "bench")
            feed(Feeder(broker.bootstrap, space), space, reports)
            forwarded = forwarder_rate(broker.bootstrap, space, reports, home)
            decided = triage_rate(broker.bootstrap, space, reports, home)
            figures = {
                "reports": reports,
                "bare_faust_forwarder_per_second": round(forwarded.per_second),
                "triage_worker_per_second": round(decided.per_second),
                "ratio": round(decided.per_second / forwarded.per_second, 2),
                "ratio_goal": 0.7,
                "bare_faust_forwarder_processor_ms_each": round(forwarded.processor_ms_each, 2),
                "triage_worker_processor_ms_each": round(decided.processor_ms_each, 2),
                "ratio_by_processor_time": round(forwarded.processor_ms_each / decided.processor_ms_each, 2),
                "record_bytes_median": record_bytes(broker.bootstrap, space),
            }
            print(json.dumps(figures, indent=1))
            print("what a report costs in the worker besides the broker:")
            bench_decide.print_shell()
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
