"""The life of the embedded system: ``run_system`` is what ``make run`` and ``wardline up`` do."""

import fcntl
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

import httpx

from ops.embedded.broker import EmbeddedBroker, answers
from ops.embedded.failures import CannotStart
from ops.embedded.jars import default_cache
from ops.embedded.ports import is_free
from ops.embedded.programs import Program
from ops.embedded.supervise import Supervision
from ops.settings import SystemSettings

READY_SECONDS_MAX = 120.0
PROGRESS_SECONDS = 5.0
EARLY_ENDS_MAX = 3
"""A program that ends this often before it was ready once will not become ready by trying again."""
WATCH_SECONDS = 1.0
BROKER = "broker"

Say = Callable[[str], None]
SIGNALLED = 128
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Someone asked the system to stop; not an Exception, so that no handler of errors takes it for one.

    Its argument is the signal's number.
    """


@dataclass(frozen=True)
class RunningSystem:
    """The system while it is up, for the functions that work with it."""

    settings: SystemSettings
    bootstrap: str
    supervision: Supervision
    programs: tuple[Program, ...]


@dataclass(frozen=True)
class Hooks:
    """What the caller does at each step; each may raise CannotStart to stop everything with a line that says why.

    ``programs`` names what to run against the given bootstrap servers. ``after_broker`` gets them once the broker
    answers and before any program starts (topics are made here). ``after_ready`` comes when every program is ready
    (registry, sample reports). ``stop_after``, when given, decides the end: the system stops when it returns, with the
    exit code that it returned; without it the system stays up until it is told to stop. ``after_up`` comes when it
    stays up and has said where, ``before_stop`` when it begins to stop, before it says so.
    """

    programs: Callable[[SystemSettings, str], Sequence[Program]]
    after_broker: Callable[[str], None] | None = None
    after_ready: Callable[[RunningSystem], None] | None = None
    stop_after: Callable[[RunningSystem], int] | None = None
    after_up: Callable[[RunningSystem], None] | None = None
    before_stop: Callable[[], None] | None = None


def say_line(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def run_system(settings: SystemSettings, hooks: Hooks, *, say: Say = say_line) -> int:
    """Run the system in this process's care until it is told to stop; the exit code.

    Ctrl-C, SIGTERM and SIGHUP leave nothing running, and neither does the death of this process. They end a system that
    stays up with 0, and one that would have ended by itself with 128 and the signal's number.
    Raises CannotStart with one line for the person at the terminal. Call it from the main thread.
    """
    home = settings.home.absolute()
    before = {number: signal.getsignal(number) for number in STOPPED_BY}
    for number in STOPPED_BY:
        signal.signal(number, _raise_stopped)
    try:
        with _only_one(home):
            code = _run(settings, hooks, say)
            say("stopped.")
            return code
    except Stopped as stopped:
        say("stopped.")
        return 0 if hooks.stop_after is None else SIGNALLED + int(stopped.args[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(settings: SystemSettings, hooks: Hooks, say: Say) -> int:
    broker = None if settings.kafka else _prepared_broker(settings, say)
    bootstrap = settings.kafka or f"127.0.0.1:{settings.kafka_port}"
    services = tuple(hooks.programs(settings, bootstrap))
    for port, setting in [pair for program in services for pair in program.ports.items()]:
        _must_be_free(port, setting)
    of_broker = () if broker is None else (Program(BROKER, tuple(broker.command()), stop_seconds_max=30),)
    with Supervision(settings.home, of_broker + services) as supervision:
        running = RunningSystem(settings, bootstrap, supervision, services)
        try:
            _bring_up(running, hooks, say)
            if hooks.stop_after is not None:
                return hooks.stop_after(running)
            _say_where(running, say)
            if hooks.after_up is not None:
                hooks.after_up(running)
            _watch(running, say)
        finally:
            # From here a second Ctrl-C must not interrupt the stopping.
            for number in STOPPED_BY:
                signal.signal(number, signal.SIG_IGN)
            (settings.home.absolute() / "system.json").unlink(missing_ok=True)
            if hooks.before_stop is not None:
                hooks.before_stop()
            say("stopping …")


def _prepared_broker(settings: SystemSettings, say: Say) -> EmbeddedBroker:
    broker = EmbeddedBroker(
        settings.home, settings.kafka_port, settings.kafka_port + 1, jars=default_cache(settings.home)
    )
    for port in (broker.port, broker.controller_port):
        _must_be_free(port, "WARDLINE_KAFKA_PORT")
    broker.prepare(say=say)
    return broker


def _bring_up(running: RunningSystem, hooks: Hooks, say: Say) -> None:
    supervision, settings = running.supervision, running.settings
    if settings.kafka:
        say(f"using the Kafka cluster at {settings.kafka}")
    else:
        say(f"starting the broker on {running.bootstrap} …")
        supervision.start(BROKER)
        _wait(supervision, BROKER, lambda: answers(settings.kafka_port), say)
    if hooks.after_broker is not None:
        hooks.after_broker(running.bootstrap)
    say(f"starting {', '.join(program.name for program in running.programs)} in space {settings.space} …")
    for program in running.programs:
        supervision.start(program.name)
    for program in running.programs:
        _wait(supervision, program.name, partial(_all_answer, program.ready_urls), say)
    if hooks.after_ready is not None:
        hooks.after_ready(running)
    _write_facts(running)


def _wait(supervision: Supervision, name: str, is_ready: Callable[[], bool], say: Say) -> None:
    """Wait until a program is ready, saying so now and then; CannotStart with its last lines when it will not be."""
    started = time.monotonic()
    said = started
    pids: set[int] = set()
    while not is_ready():
        now = time.monotonic()
        state = supervision.processes()[name]
        pids |= {state.pid} - {0}
        if len(pids) > EARLY_ENDS_MAX or state.state == "FATAL" or now - started > READY_SECONDS_MAX:
            raise CannotStart(f"{name} did not become ready ({state.description}):\n{supervision.last_lines(name)}")
        if now - said >= PROGRESS_SECONDS:
            say(f"  waiting for {name}: {state.state.lower()}, {now - started:.0f} s")
            said = now
        time.sleep(0.1)
    say(f"  {name} is ready after {time.monotonic() - started:.1f} s")


def _all_answer(urls: Sequence[str]) -> bool:
    """Whether every one of the addresses answers a GET with 200."""
    try:
        # trust_env: a proxy that the environment names has no business on loopback.
        return all(httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK for url in urls)
    except httpx.HTTPError:
        return False


def _watch(running: RunningSystem, say: Say) -> NoReturn:
    """Say what dies and comes back, and again where everything is when somebody presses Enter; a signal ends it."""
    supervision = running.supervision
    pids = {name: process.pid for name, process in supervision.processes().items()}
    while True:
        if _enter_pressed(WATCH_SECONDS):
            _say_where(running, say)
        for name, process in supervision.processes().items():
            if process.pid not in (pids[name], 0):
                say(f"  {name} ended and was started again (pid {process.pid}); its log: {supervision.log_file(name)}")
            if process.pid == 0 and pids[name] != 0:
                say(f"  {name} is down ({process.state.lower()}); it will be started again")
            pids[name] = process.pid


def _enter_pressed(seconds: float) -> bool:
    """Wait so long, or until Enter at the terminal that this process is in the foreground of."""
    try:
        listening = sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):  # no terminal, or it is gone
        listening = False
    if not listening:
        time.sleep(seconds)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return False
    if sys.stdin.readline():
        return True
    time.sleep(seconds)  # the terminal's end of input is always ready
    return False


def _say_where(running: RunningSystem, say: Say) -> None:
    settings = running.settings
    say(f"up in space {settings.space}:")
    for program in running.programs:
        urls = ", ".join(sorted({url.rsplit("/", 1)[0] + "/" for url in program.ready_urls}))
        say(f"  {program.name:<8} {urls}  {program.about}".rstrip())
    say(f"  {'kafka':<8} {running.bootstrap}")
    say(f"  data and logs in {settings.home.absolute()}")
    say("  Ctrl-C stops everything; Enter shows this again")


def _write_facts(running: RunningSystem) -> None:
    """``system.json`` tells other terminals what runs here; it is there only while the system is up."""
    facts = {
        "pid": os.getpid(),
        "space": running.settings.space,
        "bootstrap": running.bootstrap,
        "programs": {program.name: list(program.ready_urls) for program in running.programs},
    }
    path = running.settings.home.absolute() / "system.json"
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    temporary.rename(path)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock; a kill releases it. The programs do not inherit it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "system.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"a system runs already in {home}; stop it or set WARDLINE_HOME") from None
        yield


def _must_be_free(port: int, setting: str) -> None:
    if not is_free(port):
        raise CannotStart(f"port {port} is in use: stop what uses it or set {setting} to another port")


def _raise_stopped(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
