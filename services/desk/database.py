"""Opening the database: SQLite in WAL mode under WARDLINE_HOME unless a URL names another (PostgreSQL)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Dialect, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS: Final = Path(__file__).with_name("migrations")
BUSY_SECONDS_MAX: Final = 15.0
POOL_SIZE: Final = 20
MIGRATION_LOCK: Final = 0x7761_7264
"""A number that nobody else takes for PostgreSQL's advisory lock: two that start at once migrate one by one."""


class DatabaseAway(Exception):
    """The database does not answer, or cannot be opened: a person must look."""


def url_of(database: str | None, home: Path, space: str) -> str:
    """The database's address: the one that is set, else a file of the space under `home`."""
    if database:
        url = make_url(database)
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False) if (
            url.drivername == "postgresql"
        ) else database  # fmt: skip
    return f"sqlite:///{(home / 'desk' / space / 'desk.db').absolute()}"


def open_engine(url: str) -> Engine:
    """An engine; nothing is connected yet. A file's directory is made, for its owner alone."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=POOL_SIZE, pool_pre_ping=True)
    if parsed.database:
        directory = Path(parsed.database).parent
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        parsed, pool_size=POOL_SIZE, connect_args={"timeout": BUSY_SECONDS_MAX, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Readers do not wait for the writer; what is committed survives the process, and all of it stays in order."""
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that reads first and then writes could be refused in the middle."""
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; rolled back by whatever is raised."""
    with engine.execution_options(is_writing=True).begin() as connection:
        yield connection


def insert_of(dialect: Dialect, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT in the database's own words, which know ON CONFLICT."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


def migrate(engine: Engine) -> None:
    """Bring the tables to this release. Safe for several processes at once. Raises DatabaseAway."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("path_separator", "os")
    try:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except OperationalError as error:
        raise DatabaseAway(f"the desk's database cannot be opened: {_reason(error)}") from None


def _reason(error: OperationalError) -> str:
    """The driver's own words, without the statement and its values."""
    cause: Any = error.orig
    return str(cause).splitlines()[0] if cause is not None else "no reason given"
