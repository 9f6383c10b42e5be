"""The desk's projection on a real broker: killed in mid-batch it goes on, and gives what a rebuild gives."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, select, update

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.ports import free_ports
from services.desk import checkpoints
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.projecting import (
    CHECKPOINT_DIFFERS,
    LOG_WENT_BACKWARDS,
    OTHER_GENESIS,
    Projecting,
    rebuild,
)
from services.desk.tables import CASES, CHECKPOINTS, READ_MODEL, USERS
from services.desk.writing import empty
from shared.contracts.topics import CASE_LOG
from shared.runtime.connection import Connection
from shared.runtime.metrics import DeskMetrics
from tests.support.broker import PROJECT
from tests.support.broker_space import BrokerSpace
from tests.support.lived_book import LivedBook, lived_book
from tests.support.postgres import postgres

LEVEL_SECONDS_MAX = 90.0
JUNK = b"not a record"


@pytest.fixture
def filled(broker: EmbeddedBroker, space: str, tmp_path: Path) -> tuple[BrokerSpace, LivedBook]:
    """A space whose first book holds a county's life, with junk in between, and whose second is empty but begun."""
    at = BrokerSpace.create(broker.bootstrap, tmp_path / "home", space)
    lived = lived_book(at.space).live(40)
    half = len(lived.writer.entries) // 2
    at.publish(CASE_LOG, 0, [*lived.writer.entries[:half], JUNK, *lived.writer.entries[half:]])
    at.publish(CASE_LOG, 1, [at.space.genesis.line()])
    return at, lived


def projecting_of(at: BrokerSpace, engine: Engine, **options: Any) -> Projecting:  # noqa: ANN401 - its own fields
    return Projecting(Connection(at.bootstrap), at.space, engine, DeskMetrics(CollectorRegistry()), **options)


@contextmanager
def database(at: BrokerSpace, address: str | None = None, name: str = "") -> Iterator[Engine]:
    engine = open_engine(url_of(address, at.home / name, at.space.name))
    migrate(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the read model."""
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in READ_MODEL.tables.items()
        }


def until(condition: Any, process: "subprocess.Popen[bytes]") -> None:  # noqa: ANN401 - a question
    deadline = time.monotonic() + LEVEL_SECONDS_MAX
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


@contextmanager
def a_desk(at: BrokerSpace) -> Iterator["subprocess.Popen[bytes]"]:
    """`python -m services.desk`, killed at the end if nobody has."""
    port, metrics_port = free_ports(2)
    environment = os.environ | {
        "WARDLINE_KAFKA": at.bootstrap,
        "WARDLINE_SPACE": at.space.name,
        "WARDLINE_HOME": str(at.home),
        "WARDLINE_DESK_PORT": str(port),
        "WARDLINE_DESK_METRICS_PORT": str(metrics_port),
    }
    with (at.home / "desk.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.desk"], cwd=PROJECT, env=environment, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(30)


def seq_of(engine: Engine, book: int = 0) -> int:
    with engine.connect() as connection:
        found = connection.execute(select(CHECKPOINTS.c.seq).where(CHECKPOINTS.c.book == book)).scalar()
    return int(found or 0)


def test_killed_in_mid_batch_it_goes_on_and_equals_a_rebuild(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    last = lived.writer.head.link.seq
    with database(at) as engine:
        for part in (0.0, 0.3, 0.6):
            with a_desk(at) as process:
                until(lambda part=part: seq_of(engine) > last * part, process)
                process.send_signal(signal.SIGKILL)
                process.wait(30)
            with engine.connect() as connection:
                kept = checkpoints.read(connection)[0]
                newest = connection.execute(select(READ_MODEL.tables["timeline"].c.seq)).scalars()
                assert max(newest, default=0) <= kept.seq, "rows and checkpoint are one transaction"
        with a_desk(at) as process:
            until(lambda: seq_of(engine) == last, process)
        resumed = contents(engine)
    with database(at, name="elsewhere") as other:
        assert rebuild(projecting_of(at, other), lambda _: None, LEVEL_SECONDS_MAX) == last
        assert contents(other) == resumed


def test_two_that_project_into_one_database_write_each_record_once(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    last = lived.writer.head.link.seq
    with database(at) as engine, database(at, name="elsewhere") as alone:
        slow, quick = projecting_of(at, engine, batch_records_max=20), projecting_of(at, engine)
        slow._begin()
        while not slow._pending:
            slow._pending = slow._reader.poll(1.0)
        assert quick.run_until_level(lambda _: None, LEVEL_SECONDS_MAX) == last
        assert slow.run_until_level(lambda _: None, LEVEL_SECONDS_MAX) == 0, "what it had read was written already"
        assert slow.metrics.moved._value.get() == 1
        projecting_of(at, alone).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        assert contents(engine) == contents(alone)


def test_a_desk_that_runs_follows_a_rebuild(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    last = lived.writer.head.link.seq
    with database(at) as engine:
        running = projecting_of(at, engine)
        running.run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        before = contents(engine)
        with writing(engine) as connection:
            checkpoints.forget(connection)
            empty(connection)
        running.step()
        assert not running.is_level(), "it has noticed, and says so on every page"
        assert running.run_until_level(lambda _: None, LEVEL_SECONDS_MAX) == last
        assert contents(engine) == before


def test_a_checkpoint_that_is_not_of_this_chain_halts_its_book_alone(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    with database(at) as engine:
        projecting_of(at, engine).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        with writing(engine) as connection:
            connection.execute(update(CHECKPOINTS).where(CHECKPOINTS.c.book == 0).values(sha256="0" * 64))
        again = projecting_of(at, engine)
        again.run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        assert halted(engine) == {0: CHECKPOINT_DIFFERS, 1: None}
        assert again.metrics.halted_books._value.get() == 1
        assert again.freshness.books[1].halted is None
        rebuild(projecting_of(at, engine), lambda _: None, LEVEL_SECONDS_MAX)
        assert halted(engine) == {0: None, 1: None}
        assert seq_of(engine) == lived.writer.head.link.seq


def test_a_log_that_is_shorter_than_what_was_read_halts_its_book(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    with database(at) as engine:
        projecting_of(at, engine).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        at.replace_topic(CASE_LOG, lived.writer.entries[:20])
        at.publish(CASE_LOG, 1, [at.space.genesis.line()])
        projecting_of(at, engine).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        assert halted(engine) == {0: LOG_WENT_BACKWARDS, 1: None}


def test_rows_of_another_genesis_are_not_gone_on_from(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, _ = filled
    with database(at) as engine:
        with writing(engine) as connection:
            checkpoints.begin(connection, "f" * 64, [0, 1])
        projecting = projecting_of(at, engine)
        projecting.step()
        assert halted(engine) == {0: OTHER_GENESIS, 1: OTHER_GENESIS}
        projecting._reader.close()


def test_postgresql_holds_the_same_rows(filled: tuple[BrokerSpace, LivedBook], tmp_path: Path) -> None:
    at, lived = filled
    with postgres(tmp_path / "postgres") as address, database(at, address) as engine, database(at) as sqlite:
        assert engine.dialect.name == "postgresql"
        projecting_of(at, engine, batch_records_max=50).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        projecting_of(at, sqlite).run_until_level(lambda _: None, LEVEL_SECONDS_MAX)
        assert contents(engine) == contents(sqlite)
        assert rebuild(projecting_of(at, engine), lambda _: None, LEVEL_SECONDS_MAX) == lived.writer.head.link.seq


def test_the_command_line_rebuilds_and_adds_nobody_without_the_ledger(filled: tuple[BrokerSpace, LivedBook]) -> None:
    at, lived = filled
    assert at.run_json("desk", "rebuild") == [{"records": lived.writer.head.link.seq}]
    with database(at) as engine, engine.connect() as connection:
        assert connection.execute(select(CASES.c.case_id)).first() is not None
        refused = at.run("user", "add", "officer-9", "--role", "OFFICER", "--area", "520327", "--wait", "0.1")
        assert refused.exit_code == 4, "no triage runs: nobody has decided"
        assert connection.execute(select(USERS.c.account)).all() == []


def halted(engine: Engine) -> dict[int, str | None]:
    with engine.connect() as connection:
        return {book: known.halted for book, known in checkpoints.read(connection).items()}
