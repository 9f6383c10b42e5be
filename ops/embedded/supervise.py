"""Supervision by supervisord: it starts the programs, starts again what dies, keeps their logs and stops them all."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from supervisor.xmlrpc import SupervisorTransport

from ops.embedded.failures import CannotStart
from ops.embedded.programs import Program
from ops.leash import UNKNOWN_PARENT, leashed

SOCKET_PATH_BYTES_MAX = 100
"""A unix socket's path must fit into 108 bytes, of which supervisord uses some for a temporary name."""
START_RETRIES = 1_000
"""A program that cannot start is tried again this often, each time a second later, before it counts as failed."""
LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_BACKUPS = 5
ANSWER_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 75.0


class SupervisorGone(CannotStart):
    """supervisord does not answer: it has not started yet, or it was killed, and its programs with it."""


@dataclass(frozen=True)
class ProcessState:
    """One program as supervisord sees it: ``state`` is its word (RUNNING, BACKOFF, FATAL, …), ``pid`` 0 when down."""

    name: str
    state: str
    pid: int
    description: str


class Supervision:
    """A running supervisord with its programs; leaving the ``with`` block stops all of them.

    The programs do not start by themselves: ``start`` says when. If this process is killed, supervisord is told by the
    kernel and stops everything in order; if supervisord is killed, the kernel kills the programs.
    Enter it from the main thread (see ``ops.leash``).
    """

    def __init__(self, home: Path, programs: Sequence[Program]) -> None:
        """``programs`` in the order of starting; they are stopped in the opposite order."""
        self._home = home.absolute()
        self._programs = tuple(programs)
        self._directory = self._home / "supervisor"
        self._configuration = self._directory / "supervisord.conf"
        self._socket_home: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of supervisord."""
        if self._process is None:
            raise CannotStart("the supervisor does not run")
        return self._process.pid

    def __enter__(self) -> Self:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._home / "logs").mkdir(parents=True, exist_ok=True, mode=0o700)
        self._socket = self._directory / "control.sock"
        if len(os.fsencode(self._socket)) > SOCKET_PATH_BYTES_MAX:
            self._socket_home = tempfile.TemporaryDirectory(prefix="wardline-")
            self._socket = Path(self._socket_home.name) / "control.sock"
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(self._as_configuration(), encoding="utf-8")
        argv = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self._configuration)]
        self._process = subprocess.Popen(
            leashed(argv, parent_pid=os.getpid(), at_parent_death=signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C at the terminal reaches the caller alone, who stops things in order
            umask=0o077,  # logs and data are the owner's; supervisord itself sets this only when it is a daemon
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def start(self, name: str) -> None:
        """Start one program; supervisord keeps it running from here on. It may not have got far when this returns."""
        self._call("startProcess", name, False)  # noqa: FBT003 - the remote interface has no names

    def restart(self, name: str) -> None:
        """Stop one program with SIGTERM, wait for its end, and start it again."""
        self._call("stopProcess", name)
        self.start(name)

    def processes(self) -> dict[str, ProcessState]:
        """Every program's present state, by name."""
        return {
            each["name"]: ProcessState(each["name"], each["statename"], each["pid"], each["description"])
            for each in self._call("getAllProcessInfo")
        }

    def log_file(self, name: str) -> Path:
        """Where a program's output goes."""
        return self._home / "logs" / f"{name}.log"

    def last_lines(self, name: str, count: int = 15) -> str:
        """The end of a program's output."""
        path = self.log_file(name)
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        return "\n".join(f"  {line}" for line in lines[-count:])

    def _call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - XML-RPC is untyped
        transport = SupervisorTransport(None, None, serverurl=f"unix://{self._socket}")
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except OSError as failure:
            raise SupervisorGone(f"the supervisor does not answer ({failure.strerror})") from failure
        finally:
            transport.close()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        while True:
            with contextlib.suppress(SupervisorGone, xmlrpc.client.Error):
                self._call("getState")
                return
            if self._process is not None and self._process.poll() is not None:
                raise CannotStart(f"the supervisor ended:\n{self.last_lines('supervisord')}")
            if time.monotonic() > deadline:
                raise CannotStart(f"the supervisor does not answer:\n{self.last_lines('supervisord')}")
            time.sleep(0.05)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()  # and with it, by their leashes, whatever it still runs
                self._process.wait()
            self._process = None
        if self._socket_home is not None:
            self._socket_home.cleanup()
            self._socket_home = None

    def _as_configuration(self) -> str:
        sections = [
            "[supervisord]",
            f"logfile={_plain(str(self.log_file('supervisord')))}",
            f"logfile_maxbytes={LOG_BYTES_MAX}",
            f"logfile_backups={LOG_BACKUPS}",
            f"pidfile={_plain(str(self._directory / 'supervisord.pid'))}",
            "nodaemon=true",
            "[unix_http_server]",
            f"file={_plain(str(self._socket))}",
            "chmod=0600",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        ]
        for priority, program in enumerate(self._programs, start=1):
            sections += self._section(program, priority)
        return "\n".join(sections) + "\n"

    def _section(self, program: Program, priority: int) -> list[str]:
        argv = leashed(list(program.argv), parent_pid=UNKNOWN_PARENT, at_parent_death=signal.SIGKILL)
        environment = ",".join(f'{name}="{_plain(value)}"' for name, value in program.env.items())
        return [
            f"[program:{program.name}]",
            f"command={' '.join(shlex.quote(_plain(argument)) for argument in argv)}",
            f"environment={environment}",
            f"priority={priority}",
            "autostart=false",
            "autorestart=true",
            "startsecs=2",
            f"startretries={START_RETRIES}",
            "stopsignal=TERM",
            f"stopwaitsecs={program.stop_seconds_max}",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={_plain(str(self.log_file(program.name)))}",
            f"stdout_logfile_maxbytes={LOG_BYTES_MAX}",
            f"stdout_logfile_backups={LOG_BACKUPS}",
        ]


def _plain(text: str) -> str:
    """``text`` for supervisord's configuration, which reads % as a variable and cannot quote quotes or line breaks."""
    if any(mark in text for mark in ('"', "'", "\n", "\r", " ;")):
        raise CannotStart(
            "a path or setting holds a quotation mark, a line break or ' ;': the supervisor cannot take it"
        )
    return text.replace("%", "%%")
