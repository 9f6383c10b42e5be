"""Writing a batch of row changes: few statements, many rows, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Connection,
    Dialect,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler

from services.desk.core.changes import KEYS, Batch, Key, Kind, RowChange
from services.desk.database import insert_of
from services.desk.tables import CASES, CHECKPOINTS, CLOCKS, DEADLINES, READ_MODEL


def write(connection: Connection, batch: Batch) -> None:
    """Write the rows, then what is derived from them."""
    for name, rows in batch.rows.items():
        _write_table(connection, READ_MODEL.tables[name], rows)
    _derive(connection, batch)


def empty(connection: Connection) -> None:
    """Forget everything that was made from the case-log; the desk's own tables stay."""
    for table in READ_MODEL.sorted_tables:
        if table is not CHECKPOINTS:
            connection.execute(delete(table))


def _write_table(connection: Connection, table: Table, rows: Mapping[Key, RowChange]) -> None:
    dialect, names = connection.dialect, KEYS[table.name]
    dropped = [key for key, row in rows.items() if row.dropped]
    if dropped:
        _many(
            connection,
            _statement(dialect, table, Kind.DROP, ()),
            [dict(zip(names, key, strict=True)) for key in dropped],
        )
    for (kind, columns), some in _alike(rows).items():
        of_rows = [row.values | dict(zip(names, key, strict=True)) for key, row in some]
        _many(connection, _statement(dialect, table, kind, columns), of_rows)


def _alike(rows: Mapping[Key, RowChange]) -> dict[tuple[Kind, tuple[str, ...]], list[tuple[Key, RowChange]]]:
    """Rows that one statement writes together: the same kind of change of the same columns."""
    found: dict[tuple[Kind, tuple[str, ...]], list[tuple[Key, RowChange]]] = {}
    for key, row in rows.items():
        if row.kind is not Kind.DROP:
            found.setdefault((row.kind, tuple(row.values)), []).append((key, row))
    return found


class Statement(NamedTuple):
    """A statement's text in the database's own words, and the names of the values in the order of its places."""

    text: str
    places: tuple[str, ...]


def _many(connection: Connection, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
    """Run it for each row. SQLAlchemy makes the text; binding each value through it costs more than storing them."""
    in_order = itemgetter(*statement.places)
    if len(statement.places) == 1:
        connection.exec_driver_sql(statement.text, [(in_order(row),) for row in rows])
    else:
        connection.exec_driver_sql(statement.text, [in_order(row) for row in rows])


@lru_cache(maxsize=512)
def _statement(dialect: Dialect, table: Table, kind: Kind, columns: tuple[str, ...]) -> Statement:
    names = KEYS[table.name]
    is_named = [table.c[name] == bindparam(name) for name in names]
    if kind is Kind.DROP:
        return _positional(dialect, delete(table).where(*is_named))
    if kind is Kind.SET:
        # A parameter must not be called like a column that is set: the row's name never is.
        return _positional(dialect, update(table).where(*is_named).values(dict.fromkeys(columns)))
    made = insert_of(dialect, table).values({name: bindparam(name) for name in (*names, *columns)})
    if kind is Kind.FIRST or not columns:
        return _positional(dialect, made.on_conflict_do_nothing(index_elements=list(names)))
    changed = {name: made.excluded[name] for name in columns}
    return _positional(dialect, made.on_conflict_do_update(index_elements=list(names), set_=changed))


def _positional(dialect: Dialect, statement: ClauseElement) -> Statement:
    kind = cast("type[DefaultDialect]", type(dialect))
    compiled = statement.compile(dialect=kind(paramstyle="qmark" if dialect.name == "sqlite" else "format"))
    return Statement(str(compiled), tuple(cast("SQLCompiler", compiled).positiontup or ()))


def _derive(connection: Connection, batch: Batch) -> None:
    """What the board sorts by, for every case whose deadlines or clocks may have changed."""
    cases = sorted(_touched(batch))
    if not cases:
        return
    _many(connection, _next_due(connection.dialect), [{"this_case": case} for case in cases])


def _touched(batch: Batch) -> Iterable[str]:
    found = {str(key[0]) for key in batch.rows.get("clocks", {})}
    found |= {str(key[0]).split("~", 1)[0] for key in batch.rows.get("deadlines", {})}
    return found


@lru_cache(maxsize=4)
def _next_due(dialect: Dialect) -> Statement:
    this_case: BindParameter[str] = bindparam("this_case")
    of_case = DEADLINES.c.case_id == this_case
    due_at_ms = select(func.min(DEADLINES.c.due_at_ms)).where(of_case).scalar_subquery()
    soonest = select(func.min(DEADLINES.c.deadline)).where(of_case, DEADLINES.c.due_at_ms == due_at_ms)
    run_out = select(func.count()).where(CLOCKS.c.case_id == this_case, CLOCKS.c.state == literal_column("'BREACHED'"))
    return _positional(
        dialect,
        update(CASES)
        .where(CASES.c.case_id == this_case)
        .values(
            next_due_at_ms=due_at_ms,
            next_deadline=soonest.scalar_subquery(),
            breached=run_out.scalar_subquery(),
        ),
    )
