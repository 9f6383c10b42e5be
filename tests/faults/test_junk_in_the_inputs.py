"""Bytes on the inputs that are no message: a report becomes a case for a human, the rest is recorded, nothing stops.

More than five such reports a minute halt their book alone, until an operator says that a person has looked.
"""

import base64
import random
from pathlib import Path

import orjson
import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.alerts import DeadLetter
from shared.contracts.topics import COMMANDS, CROSSINGS, DEAD_LETTER_TRIAGE, INPUT_TOPICS, OUTCOMES, REPORTS, Topic
from shared.contracts.wire import encode
from shared.runtime.space import Space
from tests.support.fault_world import (
    counties_of_each_book,
    faults_of,
    in_space,
    metric,
    progress,
    throw,
    verified,
    wait_decided,
    wait_for,
)
from tests.support.triage_world import Feeder, make_report, new_space, workers

BOOKS = 4
COUNTIES = [codes[0] for codes in counties_of_each_book(BOOKS)]
HUGE_BYTES = 1024 * 1024
PLANTED = "PLANTED-NAME-1"


def report(space: Space, book: int, number: int) -> bytes:
    return encode(make_report(space.name, COUNTIES[book], number, random.Random(number), space.clock().now_ms()))


def no_messages(space: Space, book: int) -> list[bytes | None]:
    """What is not a message of this book's topic, by whatever went wrong."""
    good = orjson.loads(report(space, book, 900))
    elsewhere = orjson.loads(report(space, (book + 1) % BOOKS, 901))
    return [
        None,
        b"",
        b"\xff\xfe\x00\x80",
        f"a name in clear: {PLANTED}".encode(),
        orjson.dumps(good)[:-40],
        b"[" * 200_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        orjson.dumps({"type": "NobodyKnows", "space": space.name}),
        orjson.dumps([1, 2, 3]),
        orjson.dumps({"type": good["type"], "note": "x" * (HUGE_BYTES - 10_000)}),
        orjson.dumps({**good, "space": "elsewhere"}),
        orjson.dumps(elsewhere),
        orjson.dumps({**good, "county": "nowhere"}),
        orjson.dumps({**good, "filed_at_ms": -1}),
        orjson.dumps(good).replace(b'"filed_at_ms":', b'"filed_at_ms":1e400,"x":'),
        orjson.dumps({**good, "report_id": "y" * 5000}),
    ]


def dead_letters(broker: EmbeddedBroker, space: Space, home: Path, book: int) -> dict[tuple[str, int], DeadLetter]:
    values = in_space(broker.bootstrap, space, home).read(DEAD_LETTER_TRIAGE, book)
    letters = [DeadLetter.model_validate_json(value) for value, _ in values]
    return {(letter.topic, letter.offset): letter for letter in letters}


def test_what_is_no_message_becomes_a_case_or_a_line_for_the_operator_and_stops_nobody(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=BOOKS)
    feeder = Feeder(broker.bootstrap, world)
    thrown: dict[tuple[Topic, int], list[bytes | None]] = {}
    for book in range(BOOKS):
        bad = no_messages(world, book)
        thrown[REPORTS, book] = bad[book::BOOKS]  # four in a book: one more and one more again would be borne
        thrown[COMMANDS, book] = thrown[OUTCOMES, book] = thrown[CROSSINGS, book] = bad
    with workers(1, broker.bootstrap, world, tmp_path) as (worker,):
        for county in COUNTIES:
            feeder.registry(county)
        feeder.flush()
        wait_decided(broker.bootstrap, world)
        starts = {key: _end(broker, world, tmp_path, *key) for key in thrown}
        for (topic, book), values in thrown.items():
            throw(broker.bootstrap, world, topic, book, values)
        for number in range(40):
            throw(broker.bootstrap, world, REPORTS, number % BOOKS, [report(world, number % BOOKS, number)])
        wait_decided(broker.bootstrap, world)
        assert metric(worker, "wardline_triage_halted_books") in {None, 0}
        assert worker.process is not None
        assert worker.process.poll() is None
    assert PLANTED not in worker.log.read_text()
    for book in range(BOOKS):
        letters = dead_letters(broker, world, tmp_path, book)
        for topic in INPUT_TOPICS:
            for index, value in enumerate(thrown[topic, book]):
                letter = letters[topic.name, starts[topic, book] + index]
                assert base64.b64decode(letter.value) == (value or b"")
        assert len(letters) == sum(len(thrown[topic, book]) for topic in INPUT_TOPICS)
    with progress(broker.bootstrap, world) as seen:
        assert len(seen.events("CaseOpened")) >= 40
        assert len(seen.events("CaseUndecidable")) == sum(len(thrown[REPORTS, book]) for book in range(BOOKS))
        lines = [(book, event["topic"]) for book, event in seen.events("InputUndecidable")]
        for book in range(BOOKS):
            for topic in (COMMANDS, OUTCOMES, CROSSINGS):
                assert lines.count((book, topic.name)) == len(thrown[topic, book])
    assert faults_of(verified(broker.bootstrap, world)) == []


@pytest.mark.parametrize("killed", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_storm_of_undecidable_reports_halts_its_book_until_a_person_has_looked(
    killed: bool,  # noqa: FBT001 - a case: the worker dies before the operator's word
    broker: EmbeddedBroker,
    space: str,
    tmp_path: Path,
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=BOOKS)
    tools = in_space(broker.bootstrap, world, tmp_path)
    with workers(1, broker.bootstrap, world, tmp_path) as (worker,):
        for book in range(BOOKS):
            throw(broker.bootstrap, world, REPORTS, book, [report(world, book, 1)])
        wait_decided(broker.bootstrap, world)
        throw(broker.bootstrap, world, REPORTS, 1, [b"junk %d" % number for number in range(20)])
        wait_for(lambda: metric(worker, "wardline_triage_halted_books") == 1, "the book to halt")
        for book in range(BOOKS):
            throw(broker.bootstrap, world, REPORTS, book, [report(world, book, 2)])
        wait_decided(broker.bootstrap, world, [0, 2, 3])
        with progress(broker.bootstrap, world) as seen:
            assert seen.undecided()[1] == 21 - len([1 for book, _ in seen.events("CaseUndecidable") if book == 1])
            assert len(seen.events("CaseUndecidable")) <= 5
        if killed:
            worker.kill()
        assert "goes on" in tools.run("books", "resume", "1", "--topic", "reports", "--yes").output
        if killed:
            worker.start()
        wait_decided(broker.bootstrap, world)
        wait_for(lambda: metric(worker, "wardline_triage_halted_books") in {None, 0}, "no halted book")
    with progress(broker.bootstrap, world) as seen:
        assert len([1 for book, _ in seen.events("CaseUndecidable") if book == 1]) == 20
        assert {event["report_id"] for _, event in seen.events("CaseOpened")} == {
            f"{county}-r{number}" for county in COUNTIES for number in (1, 2)
        }
    assert faults_of(verified(broker.bootstrap, world)) == []


def _end(broker: EmbeddedBroker, space: Space, home: Path, topic: Topic, book: int) -> int:
    return len(in_space(broker.bootstrap, space, home).read(topic, book))
