"""A PostgreSQL server for tests: on a free port, in a directory of its own, stopped by its own process id."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ops.embedded.ports import free_ports

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
DEBIAN = Path("/usr/lib/postgresql")
UNPRIVILEGED = "postgres"
"""The server refuses to run as root; Debian's package makes this user."""


def program(name: str) -> str:
    """A server program of PostgreSQL; the test is skipped, and says what to install, where there is none."""
    found = shutil.which(name) or next((str(each) for each in sorted(DEBIAN.glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip("PostgreSQL's server is not on this machine: install the package postgresql to run this test")
    return found


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """The address of an empty database."""
    [port] = free_ports(1)
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    data = directory / "data"
    directory.mkdir(parents=True, exist_ok=True)
    if user is not None:
        for each in (directory, *directory.parents):
            if each == Path("/tmp"):  # noqa: S108 - what lies above is everybody's already
                break
            each.chmod(each.stat().st_mode | 0o011)
        shutil.chown(directory, user)
    made = [program("initdb"), "-D", str(data), "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, user=user, check=True, capture_output=True, cwd=directory)
    listening = [f"-p{port}", "-clisten_addresses=127.0.0.1", "-cunix_socket_directories=", "-cfsync=off"]
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            [program("postgres"), "-D", str(data), *listening], user=user, stdout=log, stderr=log, cwd=directory
        )
    try:
        _wait(server, f"postgresql://desk@127.0.0.1:{port}/postgres", directory / "log")
        yield f"postgresql://desk@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for clients
        server.wait(STOP_SECONDS_MAX)


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < until, log.read_text()[-2000:]
            time.sleep(0.05)
        else:
            return
