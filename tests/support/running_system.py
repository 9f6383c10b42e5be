"""`wardline up` as a process of its own, on free ports and in a directory of its own, stopped as a person would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.embedded.ports import free_ports
from tests.support.broker import JARS

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from wardline.cli import main; main()")
UP_SECONDS_MAX = 150.0
STOP_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class RunningSystem:
    """A system that is up: the environment of its command line, and everything that it has printed."""

    environment: dict[str, str]
    output: Path
    process: subprocess.Popen[bytes]

    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")


def system_environment(home: Path) -> dict[str, str]:
    """Free ports for everything, the project's jars, and `wardline` on the path as `.venv/bin` would have it."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "jars").symlink_to(JARS.parent)
    kafka, _, intake, intake_metrics, triage_metrics, notify_metrics, answer, desk, desk_metrics, custodian = _ports()
    programs = home / "bin"
    programs.mkdir()
    wardline = programs / "wardline"
    wardline.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from wardline.cli import main; main()' \"$@\"\n")
    wardline.chmod(0o755)
    return os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "LC_ALL": "C.UTF-8",
        "WARDLINE_HOME": str(home),
        "WARDLINE_SPACE": "demo",
        "WARDLINE_KAFKA_PORT": str(kafka),
        "WARDLINE_INTAKE_PORT": str(intake),
        "WARDLINE_INTAKE_METRICS_PORT": str(intake_metrics),
        "WARDLINE_TRIAGE_METRICS_PORT": str(triage_metrics),
        "WARDLINE_NOTIFY_METRICS_PORT": str(notify_metrics),
        "WARDLINE_ANSWER_PORT": str(answer),
        "WARDLINE_DESK_PORT": str(desk),
        "WARDLINE_DESK_METRICS_PORT": str(desk_metrics),
        "WARDLINE_CUSTODIAN_METRICS_PORT": str(custodian),
    }


@contextmanager
def running_system(home: Path, arguments: Sequence[str] = ()) -> Iterator[RunningSystem]:
    """A system that is up; it is stopped by an interrupt, like Ctrl-C, and must then end with 0."""
    environment = system_environment(home)
    output = home / "up.txt"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [*PROGRAM, "up", *arguments],
            env=environment,
            cwd=PROJECT,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    system = RunningSystem(environment, output, process)
    try:
        _wait_until_up(system)
        yield system
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS_MAX) == 0, system.text()[-3000:]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_up(system: RunningSystem) -> None:
    until = time.monotonic() + UP_SECONDS_MAX
    while "up in space" not in system.text():
        assert system.process.poll() is None, system.text()[-3000:]
        assert time.monotonic() < until, system.text()[-3000:]
        time.sleep(0.2)


def _ports() -> list[int]:
    """Free ports; the broker's controller takes the one after its own."""
    while True:
        ports = free_ports(10)
        if ports[0] + 1 not in ports[2:]:
            return ports
