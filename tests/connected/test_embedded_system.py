"""The embedded system as a person meets it: it comes up, mends itself, and leaves nothing running."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ops.embedded.broker import answers
from ops.embedded.ports import free_ports, is_free
from tests.support.broker import JARS

CONDITION_SECONDS_MAX = 60.0
STAND_IN_SYSTEM = Path(__file__).with_name("stand_in_system.py")


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + CONDITION_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, f"not within {CONDITION_SECONDS_MAX:.0f} s: {what}"
        time.sleep(0.05)


def is_gone(pid: int) -> bool:
    """Gone, or dead and merely not yet collected by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, children) for each in (child, *descendants(child))]


class System:
    """A run of the stand-in system in a process of its own."""

    def __init__(self, home: Path, *, mode: str = "stay") -> None:
        self.home = home
        self.kafka_port, self.web_port, self.other_port = free_ports(3)
        jars = home / "jars" / JARS.name
        jars.parent.mkdir(parents=True, exist_ok=True)
        if not jars.exists():
            jars.symlink_to(JARS)
        self.process = subprocess.Popen(
            [sys.executable, str(STAND_IN_SYSTEM), mode, str(self.web_port), str(self.other_port)],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
                "WARDLINE_HOME": str(home),
                "WARDLINE_KAFKA_PORT": str(self.kafka_port),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def facts(self) -> dict[str, object]:
        path = self.home / "system.json"
        eventually(lambda: path.exists() or self.process.poll() is not None, "the system is up")
        assert self.process.poll() is None, self.output()
        facts: dict[str, object] = json.loads(path.read_text())
        return facts

    def output(self) -> str:
        return self.process.communicate(timeout=CONDITION_SECONDS_MAX)[0]


@contextmanager
def system(home: Path, *, mode: str = "stay") -> Iterator[System]:
    run = System(home, mode=mode)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(CONDITION_SECONDS_MAX)


def test_it_comes_up_in_order_and_ctrl_c_leaves_nothing_running(tmp_path: Path) -> None:
    with system(tmp_path) as run:
        assert run.facts()["bootstrap"] == f"127.0.0.1:{run.kafka_port}"
        everything = descendants(run.process.pid)
        assert len(everything) == 4  # supervisord, broker, two programs
        assert httpx.get(f"http://127.0.0.1:{run.web_port}/", trust_env=False).status_code == 200
        run.process.send_signal(signal.SIGINT)
        output = run.output()
        assert run.process.returncode == 0
    assert [pid for pid in everything if not is_gone(pid)] == []
    assert is_free(run.kafka_port)
    assert is_free(run.web_port)
    said = [line for line in output.splitlines() if line.startswith("HOOK") or "is ready" in line]
    assert [line.split()[0] + " " + line.split()[1] for line in said][:5] == [
        "broker is",
        "HOOK broker",
        "web is",
        "other is",
        "HOOK ready",
    ]
    assert output.splitlines()[-3:] == ["HOOK stop", "stopping …", "stopped."]
    assert not (tmp_path / "system.json").exists()
    for log in (tmp_path / "logs").iterdir():
        assert log.stat().st_mode & 0o077 == 0, f"{log.name} can be read by others"


def test_a_system_that_is_killed_takes_everything_with_it(tmp_path: Path) -> None:
    with system(tmp_path) as run:
        run.facts()
        everything = descendants(run.process.pid)
        run.process.kill()
        run.process.wait()
        eventually(lambda: all(is_gone(pid) for pid in everything), "nothing runs")
    assert is_free(run.kafka_port)


def test_a_killed_supervisor_takes_its_programs_with_it(tmp_path: Path) -> None:
    with system(tmp_path) as run:
        run.facts()
        [supervisor_pid, *programs] = descendants(run.process.pid)
        os.kill(supervisor_pid, signal.SIGKILL)
        eventually(lambda: all(is_gone(pid) for pid in programs), "no program runs")
        assert "supervisor" in run.output()
        assert run.process.returncode == 1


def test_a_program_that_dies_is_started_again_and_the_terminal_says_so(tmp_path: Path) -> None:
    with system(tmp_path) as run:
        run.facts()
        url = f"http://127.0.0.1:{run.web_port}/pid"
        first = int(httpx.get(url, trust_env=False).text)
        os.kill(first, signal.SIGKILL)

        def another_answers() -> bool:
            try:
                return int(httpx.get(url, trust_env=False).text) != first
            except httpx.HTTPError:
                return False

        eventually(another_answers, "another process answers")
        run.process.send_signal(signal.SIGTERM)
        assert "web" in run.output().split("up in space", 1)[1]


def test_a_killed_broker_comes_back_with_its_data(tmp_path: Path) -> None:
    with system(tmp_path) as run:
        run.facts()
        broker_pid = descendants(run.process.pid)[1]
        cluster = (tmp_path / "kafka" / "data" / "meta.properties").read_text()
        os.kill(broker_pid, signal.SIGKILL)
        eventually(lambda: is_gone(broker_pid), "the broker is dead")
        eventually(lambda: answers(run.kafka_port), "the broker answers again")
        assert (tmp_path / "kafka" / "data" / "meta.properties").read_text() == cluster


def test_a_demo_stops_by_itself_with_its_exit_code(tmp_path: Path) -> None:
    with system(tmp_path, mode="demo") as run:
        assert "HOOK demo" in run.output()
        assert run.process.returncode == 7
    assert is_free(run.kafka_port)


def test_a_demo_that_is_interrupted_says_so_by_its_exit_code(tmp_path: Path) -> None:
    with system(tmp_path, mode="long-demo") as run:
        run.facts()
        run.process.send_signal(signal.SIGINT)
        assert run.output().splitlines()[-1] == "stopped."
        assert run.process.returncode == 128 + signal.SIGINT
    assert is_free(run.kafka_port)


@pytest.mark.parametrize(("mode", "words"), [("broken", "web did not become ready"), ("refusing", "the hook said no")])
def test_what_cannot_start_is_told_and_stops_the_rest(tmp_path: Path, mode: str, words: str) -> None:
    with system(tmp_path, mode=mode) as run:
        assert words in run.output()
        assert run.process.returncode == 1
    assert is_free(run.kafka_port)


def test_a_second_system_in_the_same_home_is_refused(tmp_path: Path) -> None:
    with system(tmp_path) as first:
        first.facts()
        with system(tmp_path) as second:
            assert "runs already" in second.output()
            assert second.process.returncode == 1
        assert first.process.poll() is None
        assert answers(first.kafka_port)
