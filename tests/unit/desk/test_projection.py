"""The rows of the read model say what the fold of triage knows."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, select

from services.desk.core.changes import KEYS, Batch, Kind, change, drop, first, put
from services.desk.core.entries import Entry
from services.desk.core.projection import PROJECTORS, project, project_record
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.tables import CASES, CHECKPOINTS, CLOCKS, DEADLINES, HOLDS, LADDERS, OWN, READ_MODEL, VERDICTS
from services.desk.writing import empty, write
from shared.contracts.events import read_event
from tests.support.desk_world import reads_of, write_reads
from tests.support.lived_book import LivedBook

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "examples"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(url_of(None, tmp_path, "test"))
    migrate(engine)
    yield engine
    engine.dispose()


def entry(*events: Mapping[str, Any], seq: int = 1) -> Entry:
    fields: dict[str, Any] = {
        "book": 0, "seq": seq, "offset": seq, "sha256": "0" * 64, "county": "520327", "arrived_at_ms": 5,
        "decided_at_ms": 6, "policy": "p", "events": events,
    }  # fmt: skip
    return Entry(**fields)


def rows(engine: Engine, table: str, **where: object) -> list[dict[str, Any]]:
    found = READ_MODEL.tables[table]
    with engine.connect() as connection:
        statement = select(found).where(*(found.c[name] == value for name, value in where.items()))
        return [dict(row) for row in connection.execute(statement).mappings()]


def test_the_names_of_rows_are_the_primary_keys_of_the_tables() -> None:
    keys = {name: tuple(column.name for column in table.primary_key) for name, table in READ_MODEL.tables.items()}
    assert keys == {**KEYS, CHECKPOINTS.name: ("book",)}


def test_the_migrations_make_exactly_the_declared_tables(engine: Engine) -> None:
    declared = MetaData()
    for table in (*READ_MODEL.sorted_tables, *OWN.sorted_tables):
        table.to_metadata(declared)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), declared) == []


@pytest.mark.parametrize("kind", sorted(PROJECTORS))
def test_every_example_of_an_event_becomes_rows(kind: str, engine: Engine) -> None:
    example = json.loads((EXAMPLES / f"{kind}.json").read_text(encoding="utf-8"))
    projected = project_record(entry(example))
    assert projected.unreadable == ()
    batch = Batch()
    batch.add(projected.changes)
    with writing(engine) as connection:
        write(connection, batch)
    assert projected.changes or example.get("reason") in {"UNSIGNED", "REPEATED"}


def test_an_event_that_lacks_what_its_rows_need_is_counted_and_the_others_stand() -> None:
    projected = project_record(
        entry({"type": "LevelSet", "case": "c"}, {"type": "StateChanged", "case": "c", "state": "X"})
    )
    assert projected.unreadable == ("LevelSet",)
    assert change("cases", "c", state="X") in projected.changes


def test_an_event_of_a_newer_release_stands_in_the_timeline() -> None:
    [line] = project({"type": "SomethingNew", "case": "c", "what": 1}, entry(), 0)
    assert (line.table, line.values["kind"], line.values["case_id"]) == ("timeline", "SomethingNew", "c")


def test_changes_of_a_batch_become_one_for_each_row() -> None:
    batch = Batch()
    batch.add([
        put("deadlines", "d", case_id="c"), change("deadlines", "d", due_at_ms=2), drop("deadlines", "e"),
        put("deadlines", "e", case_id="c"), drop("deadlines", "f"), change("deadlines", "f", due_at_ms=3),
        first("verdicts", "v", 0, accepted=True), first("verdicts", "v", 0, accepted=False),
    ])  # fmt: skip
    deadlines = batch.rows["deadlines"]
    assert (deadlines["d",].kind, deadlines["d",].values) == (Kind.PUT, {"case_id": "c", "due_at_ms": 2})
    assert (deadlines["e",].kind, deadlines["e",].dropped) == (Kind.PUT, True)
    assert deadlines["f",].kind is Kind.DROP
    assert batch.rows["verdicts"]["v", 0].values == {"accepted": True}


def test_the_first_verdict_on_a_command_stands_and_a_forged_one_is_none(engine: Engine) -> None:
    def told(kind: str, **more: object) -> dict[str, object]:
        return {"type": kind, "command_id": "c1", "command": "Dispatch", "case": None, **more}

    for seq, event in enumerate([
        told("CommandRefused", reason="UNSIGNED"), told("CommandAccepted"), told("CommandRefused", reason="ROLE"),
    ]):  # fmt: skip
        batch = Batch()
        batch.add(project_record(entry(event, seq=seq)).changes)
        with writing(engine) as connection:
            write(connection, batch)
    assert [(row["accepted"], row["seq"]) for row in rows(engine, VERDICTS.name)] == [(True, 1)]


@pytest.mark.parametrize("batch_records", [1, 7, 500])
def test_the_rows_of_a_lived_book_are_what_triage_knows(lived: LivedBook, engine: Engine, batch_records: int) -> None:
    reads = reads_of(lived.writer.space, lived.writer.entries)
    for start in range(0, len(reads), batch_records):
        with writing(engine) as connection:
            write_reads(connection, reads[start : start + batch_records])
    county = lived.state.counties["520327"]
    stand = {row["case_id"]: row for row in rows(engine, CASES.name)}
    assert {name for name, row in stand.items() if row["is_open"]} == set(county.cases)
    assert {name for name, row in stand.items() if not row["is_open"]} == set(county.stubs)
    assert len(county.cases) > 10
    assert county.stubs
    for name, case in county.cases.items():
        row = stand[name]
        ends = {clock.deadline: clock.due_at_ms for clock in case.clocks.values() if not clock.breaches}
        soonest = min((ends.get(key, each.due_at_ms), key) for key, each in case.deadlines.items())
        assert (row["next_due_at_ms"], row["next_deadline"]) == soonest
        assert (row["state"], row["level"]) == (case.state, case.level)
        assert (row["holder"], row["area"], row["place_id"]) == (
            case.custody.holder if case.custody else None, case.area, case.hold,
        )  # fmt: skip
        clocks = {row["clock"]: row["state"] for row in rows(engine, CLOCKS.name, case_id=name)}
        running = {key for key, state in clocks.items() if state in {"RUNNING", "BREACHED"}}
        assert running == {key for key, clock in case.clocks.items() if not clock.met}
        assert row["breached"] == sum(clock.breaches > 0 and not clock.met for clock in case.clocks.values())
        for ladder in rows(engine, LADDERS.name, case_id=name):
            known = case.ladders[ladder["department"]]
            assert ladder["state"] != "DISPATCHED" or known.dispatched
            assert ladder["by"] == known.acknowledged_by
    pending = {row["deadline"]: row["due_at_ms"] for row in rows(engine, DEADLINES.name)}
    running_clocks = [
        clock
        for each in lived.state.counties.values()
        for owner in (*each.cases.values(), *each.duties.values())
        for clock in owner.clocks.values()
    ]
    ends = {clock.deadline: clock.due_at_ms for clock in running_clocks if not clock.breaches}
    assert pending == {name: ends.get(name, due_ms) for name, due_ms in lived.pending.items()}
    held = {(row["place_id"], row["case_id"]) for row in rows(engine, HOLDS.name)}
    assert held == {(place, case) for place, cases in county.holds.items() for case in cases}
    for line in rows(engine, "timeline"):
        if line["kind"] != "CaseAssessed":
            assert read_event(json.loads(line["facts"])).type == line["kind"]


def test_emptying_forgets_the_case_log_and_keeps_what_is_the_desk_s_own(lived: LivedBook, engine: Engine) -> None:
    with writing(engine) as connection:
        write_reads(connection, reads_of(lived.writer.space, lived.writer.entries)[:40])
        connection.execute(OWN.tables["users"].insert().values(
            account="a", county="520327", password_hash="x", created_wall_ms=1, active=True))  # fmt: skip
        empty(connection)
    assert not any(rows(engine, name) for name in KEYS)
    with engine.connect() as connection:
        assert connection.execute(select(OWN.tables["users"].c.account)).scalars().all() == ["a"]
