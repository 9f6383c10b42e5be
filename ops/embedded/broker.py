"""One Apache Kafka node (KRaft) on loopback.

``python -m ops.embedded.broker --home DIR --port PORT`` runs one in the foreground until Ctrl-C.
"""

import argparse
import base64
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO

from ops.embedded.failures import CannotStart
from ops.embedded.jars import check_java, default_cache, ensure_jars
from ops.embedded.ports import free_ports, is_free
from ops.embedded.properties import HEAP_OPTIONS, as_text, node_properties
from ops.leash import leashed
from ops.security.scram import SaslSettings

START_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 30.0
LOG_OPTIONS = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSSXXX",
)
API_VERSIONS_REQUEST = bytes.fromhex("0000000a 0012 0000 57415244 ffff")
"""Length 10, ApiVersions version 0, correlation id "WARD", no client id: the one request that needs no login."""
API_VERSIONS_OK = bytes.fromhex("57415244 0000")
"""The beginning of its answer behind the length: the same correlation id, no error."""
ANSWER_BYTES = 4 + len(API_VERSIONS_OK)


class EmbeddedBroker:
    """A broker with its data under ``home``; the data stays when it stops, so the next start goes on from there.

    ``prepare`` and ``command`` are for a supervisor that runs the process itself; ``start``, ``wait_ready``, ``stop``,
    ``kill``, ``pause`` and ``resume`` run it from here. Whatever runs from here dies with this process.
    """

    def __init__(
        self,
        home: Path,
        port: int,
        controller_port: int,
        sasl: SaslSettings | None = None,
        *,
        jars: Path | None = None,
    ) -> None:
        """Name the places; nothing is touched before ``prepare``. ``jars``: a cache shared by several homes."""
        self.home = home.absolute()
        self.port = port
        self.controller_port = controller_port
        self.sasl = sasl
        self.jars = (jars or default_cache(self.home)).absolute()
        self.directory = self.home / "kafka"
        self.log_file = self.home / "logs" / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The bootstrap servers for clients: ``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id while the broker runs from here."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def prepare(self, *, say: Callable[[str], None] = print) -> None:
        """Fetch the jars if need be, write ``server.properties`` and format the storage the first time only."""
        ensure_jars(self.jars, say=say)
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        properties = node_properties(
            port=self.port, controller_port=self.controller_port, data_directory=str(self.directory / "data")
        )
        if self.sasl is not None:
            properties |= self.sasl.broker_properties()
        _write_private(self._properties_file, as_text(properties))
        if not (self.directory / "data" / "meta.properties").exists():
            self._format()

    def command(self) -> list[str]:
        """The command line of the prepared broker."""
        return [*self._java(), *HEAP_OPTIONS, "kafka.Kafka", str(self._properties_file)]

    def start(self) -> None:
        """Prepare and start the process; ``wait_ready`` says when it answers."""
        if self.pid is not None:
            raise CannotStart(f"the broker on port {self.port} runs already")
        for port in (self.port, self.controller_port):
            if not is_free(port):
                raise CannotStart(f"port {port} is in use by another program")
        self.prepare()
        self._log = self.log_file.open("ab")
        self._process = subprocess.Popen(
            leashed(self.command(), parent_pid=os.getpid(), at_parent_death=signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=self.directory,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to handle: the broker stops last
            umask=0o077,
        )

    def wait_ready(self, timeout_seconds: float = START_SECONDS_MAX) -> None:
        """Return when the broker answers requests; CannotStart with its last lines when it ends or takes too long."""
        deadline = time.monotonic() + timeout_seconds
        while not answers(self.port):
            if self.pid is None:
                raise CannotStart(f"the broker ended while starting:\n{self.last_lines()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"the broker did not answer within {timeout_seconds:.0f} s:\n{self.last_lines()}")
            time.sleep(0.1)

    def stop(self, timeout_seconds: float = STOP_SECONDS_MAX) -> None:
        """Stop it cleanly, or kill it when that takes longer; a broker that does not run is left alone."""
        self._end(signal.SIGTERM, timeout_seconds)

    def kill(self) -> None:
        """Kill it as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL, STOP_SECONDS_MAX)

    def restart(self, timeout_seconds: float = START_SECONDS_MAX) -> None:
        """Stop it if it runs, start it on the same ports and data, wait until it answers."""
        self.stop()
        self.start()
        self.wait_ready(timeout_seconds)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen broker go on."""
        self._signal(signal.SIGCONT)

    def last_lines(self, count: int = 15) -> str:
        """The end of the broker's log."""
        if not self.log_file.exists():
            return "(no log)"
        return "\n".join(self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])

    @property
    def _properties_file(self) -> Path:
        return self.directory / "server.properties"

    def _java(self) -> list[str]:
        class_path = ":".join(str(jar) for jar in sorted(self.jars.glob("*.jar")))
        return [check_java(), *LOG_OPTIONS, "-cp", class_path]

    def _format(self) -> None:
        cluster_id = "w" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii")[:21]
        arguments = ["format", "-t", cluster_id, "-c", str(self._properties_file)]
        if self.sasl is not None:
            arguments += self.sasl.format_arguments()
        # An argument file, since a command line, and so a password in it, is visible to every user of the machine.
        argument_file = self.directory / "format.arguments"
        lines = [_quoted(each) for each in ("kafka.tools.StorageTool", *arguments)]
        _write_private(argument_file, "\n".join(lines) + "\n")
        try:
            done = subprocess.run(
                [*self._java(), "-XX:TieredStopAtLevel=1", f"@{argument_file}"],
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=START_SECONDS_MAX,
                check=False,
            )
        finally:
            argument_file.unlink()
        if done.returncode != 0:
            output = f"{done.stdout}{done.stderr}"[-2000:]
            raise CannotStart(f"the broker's storage could not be formatted:\n{output}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            raise CannotStart(f"the broker on port {self.port} does not run from here")
        self._process.send_signal(number)

    def _end(self, number: signal.Signals, timeout_seconds: float) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.send_signal(signal.SIGCONT)  # a paused process would keep the request to stop waiting
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS_MAX)
        self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None


def answers(port: int, *, timeout_seconds: float = 1.0) -> bool:
    """Whether a Kafka broker on loopback answers requests: it does once it has registered and read its metadata.

    Asked in twenty bytes instead of by a client library, which would need a login here and tries for seconds.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout_seconds) as connection:
            connection.sendall(API_VERSIONS_REQUEST)
            answer = b""
            while len(answer) < ANSWER_BYTES:
                part = connection.recv(64)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer[4:ANSWER_BYTES] == API_VERSIONS_OK


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, also while it is being written."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _quoted(argument: str) -> str:
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main() -> int:
    """Run one broker in the foreground until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="Run one Kafka broker for development, until Ctrl-C.")
    parser.add_argument("--home", type=Path, required=True, help="where its data and log go")
    parser.add_argument("--port", type=int, default=9092, help="where clients connect (default 9092; 0: a free one)")
    parser.add_argument("--jars", type=Path, default=default_cache(Path("var")), help="the cache of jars")
    options = parser.parse_args()
    free = free_ports(2)
    broker = EmbeddedBroker(options.home, options.port or free[0], free[1], jars=options.jars)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        broker.start()
        broker.wait_ready()
        print(f"broker on {broker.bootstrap}, log in {broker.log_file}, pid {broker.pid}; Ctrl-C stops it", flush=True)
        while broker.pid is not None:
            time.sleep(0.5)
    except CannotStart as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        broker.stop()
    print(f"the broker ended:\n{broker.last_lines()}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
