"""An input that was cut or made anew, a case-log that became shorter: the book halts, the others go on, nothing is
skipped silently, and an operator's epoch record lets the book go on."""

import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.topics import CASE_LOG, COMMANDS, REPORTS
from shared.runtime.space import Space
from tests.support.broker_space import BrokerSpace
from tests.support.fault_world import (
    counties_of_each_book,
    cut_start,
    faults_of,
    in_space,
    logged,
    metric,
    progress,
    verified,
    wait_decided,
    wait_for,
)
from tests.support.triage_world import Feeder, Worker, make_report, new_space, workers
from tests.support.trouble import troubled
from wardline.verification.findings import FaultCode

BOOKS = 4
HALTED = "wardline_triage_halted_books"


@pytest.fixture
def world(broker: EmbeddedBroker, space: str, tmp_path: Path) -> "World":
    made = new_space(tmp_path, broker.bootstrap, space, books=BOOKS)
    return World(broker.bootstrap, made, tmp_path)


class World:
    """A space with one county in each book, and what was filed in it."""

    def __init__(self, bootstrap: str, space: Space, home: Path) -> None:
        self.bootstrap = bootstrap
        self.space = space
        self.home = home
        self.feeder = Feeder(bootstrap, space)
        self.tools: BrokerSpace = in_space(bootstrap, space, home)
        self.counties = [codes[0] for codes in counties_of_each_book(BOOKS)]
        self.filed = 0

    def file(self, count: int, books: Sequence[int] = range(BOOKS)) -> None:
        """Reports in each of these books."""
        chance = random.Random(self.filed)
        for _ in range(count):
            for book in books:
                self.filed += 1
                now_ms = self.space.clock().now_ms()
                self.feeder.report(make_report(self.space.name, self.counties[book], self.filed, chance, now_ms))
        self.feeder.flush()

    def decided(self, books: Sequence[int] = range(BOOKS)) -> None:
        """Wait until these books have decided everything."""
        wait_decided(self.bootstrap, self.space, books)

    def reports_known(self, book: int) -> set[str]:
        """The reports of which a case came in this book."""
        with progress(self.bootstrap, self.space) as seen:
            return {event["report_id"] for at, event in seen.events("CaseOpened") if at == book}

    def faults(self) -> list[str]:
        return faults_of(verified(self.bootstrap, self.space))


@contextmanager
def one_worker(world: World) -> Iterator[Worker]:
    """A worker that is started again when it ends, as a supervisor does (it ends when a topic is gone)."""
    with workers(1, world.bootstrap, world.space, world.home) as crew, troubled(random.Random(1), crew):
        yield crew[0]


def halted(worker: Worker, *reasons: str, books: int = 1) -> None:
    """Wait until so many books stand still, for one of these reasons."""
    wait_for(lambda: metric(worker, HALTED) == books, f"{books} halted books")
    assert {line["reason"] for line in logged(worker, "book_halted")} <= set(reasons)


def resumed(worker: Worker) -> None:
    wait_for(lambda: metric(worker, HALTED) == 0, "no book to stand still any more")


def test_an_input_that_was_cut_at_the_start_halts_its_book_alone_until_the_operator_gives_up_what_is_gone(
    world: World,
) -> None:
    with workers(1, world.bootstrap, world.space, world.home) as (worker,):
        world.file(3)
        world.decided()
        worker.stop()
        world.file(4, [1])  # acknowledged, and gone before anybody decided them
        cut_start(world.bootstrap, world.space, REPORTS, 1, 5)
        worker.start()
        halted(worker, "INPUT_START_MOVED")
        world.file(3)
        world.decided([0, 2, 3])
        shown = world.tools.run("books", "resume", "1")
        assert "skips 2 inputs (offsets 3 to 4), which are gone" in shown.output
        assert world.tools.run("books", "list").output.count("reports") == 1
        with progress(world.bootstrap, world.space) as seen:
            assert seen.undecided()[1] == 7, "nothing of a halted book may be decided"
        before = world.faults()
        assert any(FaultCode.UNDECIDED in line and "book 1" in line for line in before)
        assert any(FaultCode.INPUT_GONE in line and "book 1" in line for line in before)
        assert all("book 1" in line for line in before)

        assert "goes on" in world.tools.run("books", "resume", "1", "--yes").output
        world.decided()
        resumed(worker)
        world.file(2)
        world.decided()
    found = verified(world.bootstrap, world.space)
    assert faults_of(found) == []
    assert [book.given_up_by_operator for book in found] == [0, 3, 0, 0]
    assert [book.epochs for book in found] == [0, 1, 0, 0]


def test_an_input_topic_that_was_made_anew_halts_every_book_that_had_decided_of_it_and_is_read_from_its_start(
    world: World,
) -> None:
    with one_worker(world) as worker:
        world.file(3, [0, 1, 2])
        world.decided()
        world.tools.replace_topic(REPORTS)
        world.feeder = Feeder(world.bootstrap, world.space)
        world.file(5)  # more than were decided: offsets alone would not tell
        halted(worker, "INPUT_REPLACED", "INPUT_CHANGED", books=3)  # whichever is seen first: its id, its bytes
        world.decided([3])
        assert {line.split(":")[1].strip() for line in world.faults()} >= {FaultCode.INPUT_REPLACED}

        for book in range(3):
            output = world.tools.run("books", "resume", str(book), "--yes").output
            assert "another topic stands there; goes back from 3 to 0; 3 inputs that stand there now" in output
        world.decided()
        resumed(worker)
        world.file(1)
        world.decided()
    for book in range(3):
        assert len(world.reports_known(book)) == 3 + 5 + 1, "every report of the new topic was decided"
    assert world.faults() == []


@pytest.mark.long
def test_an_input_that_is_empty_again_halts_the_books_that_had_decided_of_it(world: World) -> None:
    with one_worker(world) as worker:
        for county in world.counties[:2]:
            world.feeder.registry(county)
        world.feeder.flush()
        world.decided()
        worker.send_signal(signal.SIGSTOP)
        world.tools.replace_topic(COMMANDS)  # empty now, and decided of already
        worker.send_signal(signal.SIGCONT)
        halted(worker, "INPUT_REPLACED", books=2)
        world.file(2, [2, 3])
        world.decided([2, 3])
        for book in range(2):
            assert "goes on" in world.tools.run("books", "resume", str(book), "--yes").output
        world.file(2)
        world.decided()
        resumed(worker)
    assert world.faults() == []


def test_a_case_log_that_is_shorter_than_what_was_read_halts_the_book_until_the_operator_has_looked(
    world: World,
) -> None:
    with one_worker(world) as worker:
        world.file(6)
        world.decided()
        logs = {book: [value for value, _ in world.tools.read(CASE_LOG, book)] for book in range(BOOKS)}
        heads = world.home / "heads.txt"
        assert world.tools.run("heads", "--out", str(heads)).exit_code == 0
        worker.send_signal(signal.SIGSTOP)
        world.tools.replace_topic(CASE_LOG)
        for book, values in logs.items():
            world.tools.publish(CASE_LOG, book, values[:-2] if book == 2 else values)
        worker.send_signal(signal.SIGCONT)
        halted(worker, "LOG_WENT_BACKWARDS")
        world.file(2)
        world.decided([0, 1, 3])
        assert world.tools.run("verify", "--heads", str(heads)).exit_code == 1
        assert "HEAD_NOT_REACHED" in world.tools.run("verify", "--heads", str(heads)).output

        assert world.tools.run("books", "resume", "2", "--topic", "reports", "--yes").exit_code == 0
        world.decided()
        resumed(worker)
        assert logged(worker, "book_resumed", book=2)
    assert world.faults() == []
    assert world.tools.run("verify", "--heads", str(heads)).exit_code == 1, "heads kept elsewhere still tell of it"
