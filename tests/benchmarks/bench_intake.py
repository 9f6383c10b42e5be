"""Intake against bare FastAPI with one produce: the same reports, the same broker, one run, in turns.

`python -m tests.benchmarks.bench_intake [--requests N] [--connections N] [--rounds N]` prints requests a second and
latencies of both, and the ratio. What intake does besides: it reads leniently, derives ids, seals, and has the vault
entry acknowledged before the report is sent, so it waits for the broker twice.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path

import uvloop

from shared.contracts.topics import REPORTS, VAULT_IN
from tests.support.broker import new_broker
from tests.support.intake import IntakeProcess, IntakeWorld

SPACE = "bench"
BOOKS = 12


class BareProcess(IntakeProcess):
    """The bare application on the same kind of process."""

    module = "tests.benchmarks.bare_fastapi"


@dataclass(frozen=True)
class Measured:
    """One round: requests a second, latencies, and the process's processor time for each request, in milliseconds."""

    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def request(number: int) -> bytes:
    """One filing of about a kilobyte, with an Idempotency-Key of its own, as bytes of HTTP/1.1."""
    child = {
        "name": "PLANTED-NAME-1",
        "id_number": "990000201703040000",
        "address": "PLANTED-ADDRESS-1",
        "sex": "F",
        "age_years": 9,
        "area_code": f"5203{number % 24:02d}102203",
        "left_behind": True,
        "attends_school": False,
        "concerns": ["GUARDIAN_UNREACHABLE", "UNCARED"],
        "injury": "NONE",
    }
    filing = {
        "discovered_at": "2026-11-21T08:10:00+08:00",
        "institution": {"id": "520327-school-017", "type": "PRIMARY_SCHOOL", "area_code": "520327102000"},
        "reporter": {"name": "PLANTED-NAME-2", "role": "head teacher", "phone": "000-0000-0001"},
        "children": [child],
        "guardians": [{"relation": "MOTHER", "status": ["MISSING"], "since": "2026-03-01"}],
        "custody_now": {"holder": "SCHOOL", "since": "2026-11-21T08:00:00+08:00"},
        "safety": {"missing_now": False},
        "narrative": "PLANTED-WORDS-1 " * 12,
    }
    body = json.dumps(filing).encode()
    head = (
        "POST /v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: bench-{os.getpid()}-{time.time_ns()}-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(process: IntakeProcess, requests: int, connections: int) -> Measured:
    """One round against a process."""
    before = process.cpu_seconds()
    measured = uvloop.run(send(process.port, requests, connections))
    return replace(measured, cpu_ms=(process.cpu_seconds() - before) / requests * 1000)


async def send(port: int, requests: int, connections: int) -> Measured:
    """So many requests over so many connections, each sending its next when the last was answered."""
    latencies: list[float] = []
    waiting = iter([request(number) for number in range(requests)])

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for message in waiting:
            started = time.perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            if int(head[9:12]) != HTTPStatus.ACCEPTED:
                raise AssertionError(head.decode())
            fields = head.lower().split(b"content-length:")[1]
            await reader.readexactly(int(fields.split(b"\r\n")[0]))
            latencies.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    seconds = time.perf_counter() - started
    ordered = sorted(latencies)
    p50, p95 = ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]
    return Measured(requests / seconds, p50 * 1000, p95 * 1000, 0.0)


def median(rounds: list[Measured]) -> Measured:
    """The middle of the rounds, number by number."""
    return Measured(
        *(
            statistics.median(getattr(each, name) for each in rounds)
            for name in ("per_second", "p50_ms", "p95_ms", "cpu_ms")
        )
    )


def run(requests: int, connections: int, rounds: int) -> dict[str, object]:
    """Both applications on one broker, in turns; medians and the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        broker = new_broker(home / "broker")
        broker.start()
        broker.wait_ready()
        intake: IntakeProcess | None = None
        bare: IntakeProcess | None = None
        try:
            world = IntakeWorld.create(home, broker.bootstrap, SPACE, BOOKS)
            intake = world.process()
            topic = VAULT_IN.full_name(SPACE)
            bare = BareProcess(home, broker.bootstrap, SPACE, BENCH_TOPIC=topic)
            intake.start()
            bare.start()
            found: dict[str, list[Measured]] = {"intake": [], "bare": []}
            for process in (intake, bare):
                load(process, requests // 4, connections)
            for _ in range(rounds):
                found["bare"].append(load(bare, requests, connections))
                found["intake"].append(load(intake, requests, connections))
            published = len(world.read(REPORTS))
            if published != requests * rounds + requests // 4:
                raise AssertionError(f"{published} reports on the topic")
        finally:
            for started in (intake, bare):
                if started is not None:
                    started.stop()
            broker.stop()
    ours, theirs = median(found["intake"]), median(found["bare"])
    return {
        "requests": requests,
        "connections": connections,
        "rounds": rounds,
        "intake": asdict(ours),
        "bare_fastapi": asdict(theirs),
        "requests_per_second_ratio": ours.per_second / theirs.per_second,
        "cpu_ratio": ours.cpu_ms / theirs.cpu_ms,
        "p50_ratio": ours.p50_ms / theirs.p50_ms,
    }


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.requests, arguments.connections, arguments.rounds), indent=1))


if __name__ == "__main__":
    main()
