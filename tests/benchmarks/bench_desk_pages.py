"""The desk's pages over a large read model: how long board and case page take, and when a change is on an open board.

`python -m tests.benchmarks.bench_desk_pages [--cases 100000] [--open 5000]` lives a county through filings under the
shipped policy, copies their rows until there are so many cases, and asks the real application over HTTP, one request
after the other. Every open case lies in the one county that the officer sees, which is the worst that a board meets.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import ColumnElement, Connection, String, Table, func, insert, literal, select, update

from services.desk.database import writing
from services.desk.tables import CASES, READ_MODEL
from shared.contracts.vocabulary import Role
from tests.support.desk_world import DeskWorld, desk_world, reads_of, write_reads
from tests.support.ledger_writing import new_space
from tests.support.lived_book import lived_book
from tests.support.triage_core import COUNTY

GOAL_MS = 100.0
GOAL_LIVE_MS = 1000.0
NAMED_BY_CASE = frozenset({"deadline", "alert_id", "case_id", "other_case_id"})
"""Columns that begin with the id of a case."""
REQUESTS = 200


def copy_rows(connection: Connection, tables: list[Table], prefix: str, seq_after: int) -> None:
    """All rows of the original cases once more, under other ids and later records."""
    for table in tables:
        columns: list[ColumnElement[Any]] = []
        for column in table.c:
            if column.name in NAMED_BY_CASE:
                columns.append((literal(prefix, String) + column).label(column.name))
            elif column.name == "seq":
                columns.append((column + seq_after).label(column.name))
            else:
                columns.append(column)
        of_originals = table.c.case_id.not_like("copy%")
        connection.execute(insert(table).from_select(list(table.c.keys()), select(*columns).where(of_originals)))


def grow(world: DeskWorld, cases: int, are_open: int) -> dict[str, int]:
    """Copy the lived county until there are `cases`, `are_open` of them open; how many rows each table then has."""
    tables = [table for table in READ_MODEL.sorted_tables if "case_id" in table.c and table.name != "verdicts"]
    with world.engine.connect() as connection:
        originals = connection.execute(select(func.count()).select_from(CASES)).scalar_one()
        last = max(
            connection.execute(select(func.max(table.c.seq))).scalar() or 0 for table in tables if "seq" in table.c
        )
    for number in range(1, cases // originals):
        with writing(world.engine) as connection:
            copy_rows(connection, tables, f"copy{number}-", number * (last + 1))
    with writing(world.engine) as connection:
        chosen = select(CASES.c.case_id).order_by(func.random()).limit(are_open)
        kept = {row[0] for row in connection.execute(chosen)}
        connection.execute(update(CASES).values(is_open=False, next_due_at_ms=None))
        now = world.desk.clock.now_ms()
        for number, case in enumerate(sorted(kept)):
            due = now + (number * 7919 % 600 - 60) * 60_000
            connection.execute(update(CASES).where(CASES.c.case_id == case).values(is_open=True, next_due_at_ms=due))
    with world.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def percentiles(ask: Callable[[], httpx.Response]) -> dict[str, float]:
    """Milliseconds of requests, one after the other; each must be answered by 200."""
    taken = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == httpx.codes.OK, answer.status_code
    ordered = sorted(taken)
    return {"p50_ms": statistics.median(ordered), "p95_ms": ordered[int(len(ordered) * 0.95)], "max_ms": ordered[-1]}


def live(world: DeskWorld, client: httpx.Client, case: str) -> float:
    """Milliseconds from a committed change to the board's answer that shows it, asked for when the stream says so."""
    heard = threading.Event()
    ready = threading.Event()

    def listen() -> None:
        with client.stream("GET", "/board/live") as stream:
            seen = 0
            for line in stream.iter_lines():
                if line == "event: changed":
                    seen += 1
                    (ready if seen == 1 else heard).set()
                    if seen > 1:
                        return

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    assert ready.wait(20), "the stream did not begin"
    with writing(world.engine) as connection:
        due = world.desk.clock.now_ms() - 10 * 24 * 3_600_000
        changed = {"receipt": "changed-now", "level": "S1", "urgency": 4, "next_due_at_ms": due}
        connection.execute(update(CASES).where(CASES.c.case_id == case).values(**changed))
    started = time.perf_counter()
    world.projecting.announcer.tell({COUNTY})
    assert heard.wait(20), "the change was not told"
    assert "changed-now" in client.get("/board").text
    taken = (time.perf_counter() - started) * 1000
    listening.join(5)
    return taken


def measure(home: Path, cases: int, are_open: int) -> dict[str, object]:
    """Every figure."""
    space = new_space(home)
    lived = lived_book(space).live(120)
    with desk_world(home, space) as world:
        with writing(world.engine) as connection:
            write_reads(connection, reads_of(space, lived.writer.entries))
        rows = grow(world, cases, are_open)
        with world.engine.connect() as connection:
            names = list(connection.execute(select(CASES.c.case_id).where(CASES.c.is_open)).scalars())
        chance = random.Random(7)
        world.account("officer-1", Role.OFFICER)
        with world.logged_in("officer-1") as client:
            boards = percentiles(lambda: client.get(f"/board?page={chance.randrange(20)}"))
            filtered = percentiles(lambda: client.get(f"/board?level={chance.choice(['S1', 'S2', 'S3'])}"))
            pages = percentiles(lambda: client.get(f"/cases/{chance.choice(names)}"))
            lived_ms = live(world, client, names[0])
    return {"rows": rows, "board": boards, "filtered": filtered, "case": pages, "live_ms": lived_ms}


def main() -> None:
    """Print the figures, and whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--open", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home), options.cases, options.open)
    print(json.dumps(figures, default=str, indent=1))
    for name in ("board", "filtered", "case"):
        of_page = figures[name]
        assert isinstance(of_page, dict)
        print(f"{name}: {of_page['p95_ms']:.0f} ms at the 95th percentile (goal {GOAL_MS:.0f})")
    print(f"a change on an open board after {figures['live_ms']:.0f} ms (goal {GOAL_LIVE_MS:.0f})")


if __name__ == "__main__":
    main()
