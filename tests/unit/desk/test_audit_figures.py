"""The desk's figures, its gauges and `wardline audit` are one fold: computed both ways, they are equal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from services.desk.auditing import overdue_cases, read_audit, reviews_waiting
from services.desk.core.freshness import BookFreshness, Freshness
from services.desk.database import migrate, open_engine, url_of, writing
from services.desk.gauging import Gauging, cells
from services.desk.projecting import Projecting
from shared.auditing.audit import Audit
from shared.auditing.figures import figures, published
from shared.auditing.lists import breaches, doubts, silent_institutions
from shared.auditing.observations import DAY_MS, Window
from shared.auditing.samples import AMONG, sample
from shared.contracts import commands as asked
from shared.contracts import identity
from shared.contracts.events import CaseOpened
from shared.contracts.reports import InstitutionFacts
from shared.contracts.vocabulary import Holder, InstitutionType, Level
from shared.runtime.clock import SpaceClock
from shared.runtime.ledger_reader import Read
from shared.runtime.metrics import DeskMetrics
from tests.support.desk_world import NOWHERE, reads_of, write_reads
from tests.support.ledger_writing import new_space
from tests.support.lived_book import OTHER_TOWNSHIP, LivedBook, lived_book
from tests.support.triage_core import COUNTY, DAY, HOUR, MINUTE, child, of
from wardline.auditing.reading import fold_ledger


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> LivedBook:
    """Weeks in which cases are closed, opened again, screened out, reported again; and institutions fall silent."""
    made = lived_book(new_space(tmp_path_factory.mktemp("audited"))).live(12)
    names = sorted(made.state.cases)
    for name in names[:3]:
        made.order("officer", asked.OverrideLevel(case=name, level=Level.S0, reason="SCHOOL_MATTER"))
    school = InstitutionFacts(id="school-1", type=InstitutionType.MIDDLE_SCHOOL)
    made.file(child("UNCARED"), institution=school, discovered_at_ms=made.now_ms)
    made.passes(20 * HOUR)
    closed = made.file(child("LEFT_ALONE", area_code=OTHER_TOWNSHIP), tokens=("a" * 64,))
    name = of(closed, CaseOpened)[0].case
    made.order("officer", asked.Acknowledge(case=name))
    made.passes(MINUTE)
    made.order("officer", asked.Dispatch(case=name))
    made.order("officer", asked.RecordChildSeen(case=name, seen_at_ms=made.now_ms))
    made.order("officer", asked.RecordCustody(case=name, holder=Holder.FOSTER, since_ms=made.now_ms))
    made.order("officer", asked.CloseCase(case=name, reason="SUPPORT_COMPLETED"))
    made.passes(3 * HOUR)
    made.file(child("LEFT_ALONE", area_code=OTHER_TOWNSHIP), tokens=("a" * 64,))
    made.passes(DAY)
    return made


@pytest.fixture(scope="module")
def reads(book: LivedBook) -> list[Read]:
    return reads_of(book.writer.space, book.writer.entries)


@pytest.fixture(scope="module")
def engine(reads: list[Read], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(url_of(None, tmp_path_factory.mktemp("desk"), "drill"))
    migrate(engine)
    with writing(engine) as connection:
        write_reads(connection, reads)
    yield engine
    engine.dispose()


def windows(book: LivedBook) -> list[Window]:
    start, end = book.writer.space.genesis.created_at_ms, book.now_ms + 1
    return [
        Window(start, end), Window(start, end, COUNTY), Window(start, end, OTHER_TOWNSHIP), Window(start, end, "9"),
        Window(start, start + HOUR // 4), Window(end - DAY, end), Window(start + 21 * HOUR, end - HOUR, COUNTY[:4]),
        Window(end, end + DAY),
    ]  # fmt: skip


def everything(audit: Audit) -> list[object]:
    drawn = [sample(audit, "dice", 7, among) for among in AMONG]
    return [figures(audit), published(audit), breaches(audit), doubts(audit), silent_institutions(audit), drawn]


def test_the_rows_give_the_figures_of_the_ledger(book: LivedBook, reads: list[Read], engine: Engine) -> None:
    filled = set()
    for window in windows(book):
        of_ledger, _ = fold_ledger(reads, window)
        with engine.connect() as connection:
            of_rows = read_audit(connection, window)
        assert everything(of_rows) == everything(of_ledger), window
        assert of_ledger.unreadable == of_rows.unreadable == 0
        filled |= {table.code for table in figures(of_ledger) if table.rows}
    assert filled >= {
        "cases", "clocks", "intervals", "reached", "escalations", "overrides", "screened_out", "departments",
        "institutions",
    }  # fmt: skip


def test_the_lived_history_has_what_the_figures_speak_of(book: LivedBook, reads: list[Read]) -> None:
    audit, _ = fold_ledger(reads, windows(book)[0])
    by_code = {table.code: table for table in figures(audit)}
    assert by_code["cases"].cell(("ALL",), "opened") == len(book.state.cases)
    assert by_code["cases"].cell(("ALL",), "reported_again") == 1
    assert by_code["screened_out"].cell(("SCREENED_OUT",), "count") == 3
    assert by_code["institutions"].cell(("MIDDLE_SCHOOL",), "known") == 1
    kinds = {each.kind for each in doubts(audit)}
    assert {"FOUND_WHEN_FILED", "ACCEPTED_THEN_NOTHING"} <= kinds


def test_the_gauges_are_the_figures_of_a_window_that_anybody_can_ask_for(
    book: LivedBook, reads: list[Read], engine: Engine
) -> None:
    registry = CollectorRegistry()
    metrics = DeskMetrics(registry)
    space = book.writer.space
    projecting = Projecting(NOWHERE, space, engine, metrics)
    now_ms = book.now_ms + 2 * HOUR
    clock = SpaceClock(wall=lambda: now_ms)
    gauging = Gauging(engine, projecting, clock, metrics)

    gauging.look()
    assert registry.get_sample_value("wardline_audit_window_timestamp_seconds", {"edge": "to"}) == 0

    projecting.freshness = Freshness({0: BookFreshness(0, now_ms, now_ms)})
    gauging.look()
    edges = [
        registry.get_sample_value("wardline_audit_window_timestamp_seconds", {"edge": edge}) for edge in ("from", "to")
    ]
    assert all(edge is not None and edge % 3600 == 0 for edge in edges)
    from_ms, to_ms = (int((edge or 0) * 1000) for edge in edges)
    assert to_ms - from_ms == 30 * DAY_MS
    assert now_ms - HOUR - MINUTE < to_ms <= now_ms - MINUTE
    audit, _ = fold_ledger(reads, Window(from_ms, to_ms))
    wanted = cells(published(audit))
    shown = {
        (each.labels["table"], each.labels["row"], each.labels["column"]): each.value
        for family in registry.collect()
        if family.name == "wardline_audit_figure"
        for each in family.samples
    }
    assert shown == wanted
    assert len(shown) > 100
    with engine.connect() as connection:
        late = overdue_cases(connection, now_ms)
    assert sum(late.values()) > 0
    for level in Level:
        value = registry.get_sample_value("wardline_desk_overdue_cases", {"level": level.value})
        assert value == late.get(level.value, 0)


def test_an_opening_by_one_officer_alone_is_waited_for_until_it_is_reviewed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = lived_book(new_space(tmp_path_factory.mktemp("glass")))
    opened = book.file(child("PHYSICAL_ABUSE", age=5))
    name = of(opened, CaseOpened)[0].case
    engine = open_engine(url_of(None, tmp_path, "glass"))
    migrate(engine)

    def standing() -> tuple[int, int]:
        with writing(engine) as connection:
            write_reads(connection, reads_of(book.writer.space, book.writer.entries))
            return reviews_waiting(connection, book.now_ms)

    assert standing() == (0, 0)
    book.order("officer", identity.BreakGlass(case=name, reason="IN_DANGER"), command_id="glass-1")
    assert standing() == (1, 0)
    book.passes(8 * DAY)
    assert standing() == (0, 1)
    book.order("supervisor", identity.ReviewBreakGlass(case=name, opening="glass-1", finding="JUSTIFIED"))
    assert standing() == (0, 0)
    engine.dispose()
