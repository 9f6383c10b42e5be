"""Notify on a real broker: from a requested alert to a message and its outcome, with restarts and answers between."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.embedded.broker import EmbeddedBroker
from services.notify.journal import AlreadyRunning
from shared.contracts.alerts import ChannelKind, FeedbackDue, Instruction
from shared.contracts.topics import DEAD_LETTER_NOTIFY, FEEDBACK, OUTCOMES
from shared.contracts.vocabulary import FeedbackStatus
from shared.contracts.wire import partition_of
from shared.runtime.ledger_reader import LogWentBackwards
from shared.runtime.space import Space
from tests.support.notify_service import notify, run_notify, until, until_response
from tests.support.notify_world import (
    BOOKS,
    COUNTY,
    CaseLog,
    SettlingTriage,
    TopicTail,
    alert,
    contact,
    new_space,
)

COUNTIES = ("520327", "110101", "440305", "310115", "000000", "653201")
SMS = (ChannelKind.SMS, "000-0000-0001")


@pytest.fixture
def world(broker: EmbeddedBroker, space: str, tmp_path: Path) -> Iterator[tuple[Space, CaseLog]]:
    made = new_space(tmp_path, broker.bootstrap, space)
    log = CaseLog(broker.bootstrap, made)
    yield made, log
    log.close()


@pytest.fixture
def triage(broker: EmbeddedBroker, world: tuple[Space, CaseLog]) -> Iterator[SettlingTriage]:
    triage = SettlingTriage(broker.bootstrap, *world)
    yield triage
    triage.close()


def outbox(home: Path, space: Space) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in (home / "outbox" / space.name).glob("m-*.json")]


def due(report_id: str, status: FeedbackStatus, at_ms: int) -> FeedbackDue:
    instruction = Instruction(to="REPORTER", code="KEEP_WITH_YOU", zh="请陪伴", en="keep with you")
    return FeedbackDue(
        report_id=report_id,
        receipt="520327-AAAAA-AAAAA-AAAAA",
        status=status,
        instructions=(instruction,) if status is FeedbackStatus.RECEIVED else (),
        at_ms=at_ms,
    )


async def test_a_requested_alert_becomes_a_file_and_a_settled_outcome(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], triage: SettlingTriage, tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, contact("c-1", SMS))
    log.append(COUNTY, alert(space, 1, "c-1"), topic="reports")
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: triage.settled)
    (message,) = outbox(tmp_path, space)
    assert message["case"] == "case1.0"
    assert message["mark"].startswith("【演练")
    assert "000-0000-0001" not in json.dumps(message)
    (outcome,) = triage.settled.values()
    assert (outcome["result"], outcome["channel"], outcome["county"]) == ("SENT", "FILE", COUNTY)
    ((key, partition, _),) = triage._tail.seen
    assert (key, partition) == (COUNTY, partition_of(COUNTY, BOOKS))


async def test_a_restart_skips_what_is_settled_and_sends_what_came_meanwhile(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], triage: SettlingTriage, tmp_path: Path
) -> None:
    space, log = world
    for county in COUNTIES:
        log.append(county, contact(f"c-{county}", SMS, county=county))
    for number in range(30):
        county = COUNTIES[number % len(COUNTIES)]
        log.append(county, alert(space, number, f"c-{county}", county=county))
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: len(triage.settled) == 30)
    written = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "outbox" / space.name).iterdir()}
    for number in range(30, 40):
        log.append(COUNTY, alert(space, number, f"c-{COUNTY}"))
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: len(triage.settled) == 40)
    assert len(outbox(tmp_path, space)) == 40
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "outbox" / space.name).iterdir()}
    assert {name: after[name] for name in written} == written
    assert len([each for each in triage.outcomes if each["type"] == "AlertSettled"]) == 40


async def test_without_triage_a_restart_repeats_no_message_and_the_outcome_is_the_same(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, contact("c-1", SMS))
    log.append(COUNTY, alert(space, 1, "c-1"))
    tail = TopicTail(broker.bootstrap, space, OUTCOMES)
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: tail.read() or tail.seen)
    (path,) = (tmp_path / "outbox" / space.name).iterdir()
    written_ns = path.stat().st_mtime_ns
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: (tail.read(), len(tail.seen) == 2)[1])
    assert path.stat().st_mtime_ns == written_ns
    assert len({value["outcome_id"] for _, _, value in tail.seen}) == 1
    tail.close()


async def test_an_answer_by_link_reaches_triage_and_shows_on_the_page(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], triage: SettlingTriage, tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, contact("c-1", SMS))
    log.append(COUNTY, alert(space, 1, "c-1"))
    async with notify(tmp_path, broker.bootstrap, space.name) as address, httpx.AsyncClient() as client:
        await until(lambda: triage.settled)
        (message,) = outbox(tmp_path, space)
        link = message["link"]
        assert link.startswith(f"{address}/a/")
        shown = await client.get(link)
        assert (shown.status_code, "case1.0" in shown.text) == (200, True)
        assert (await client.post(link, data={"answer": "ACKNOWLEDGE"})).status_code == 202
        assert (await client.post(link, data={"answer": "DISPATCH"})).status_code == 202
        answers = await until(
            lambda: (found := [each for each in triage.outcomes if each["type"] == "AnswerGiven"])[1:] and found
        )
        assert [each["answer"] for each in answers] == ["ACKNOWLEDGE", "DISPATCH"]

        await until_response(lambda: client.get(link), lambda response: "clocks of the law go on" in response.text)
        assert (await client.post(link, data={"answer": "DISPATCH"})).status_code == 200
        assert (await client.get(link[:-3] + "AAA")).status_code == 404


async def test_feedback_is_one_page_a_report_with_its_history_and_a_restart_publishes_nothing_again(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], tmp_path: Path
) -> None:
    space, log = world
    tail = TopicTail(broker.bootstrap, space, FEEDBACK)
    letters = TopicTail(broker.bootstrap, space, DEAD_LETTER_NOTIFY)
    log.append(COUNTY, due("r-1", FeedbackStatus.RECEIVED, 1000))
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: tail.read() or tail.seen)
        log.append(COUNTY, due("r-1", FeedbackStatus.ACCEPTED, 2000), {"type": "FeedbackDue", "report_id": 7})
        await until(lambda: (tail.read(), len(tail.seen) == 2)[1])
        await until(lambda: letters.read() or letters.seen)
        published = f'"published":{{"{partition_of(COUNTY, BOOKS)}":2}}'
        journal = tmp_path / "notify" / space.name / "journal.jsonl"
        await until(lambda: published in journal.read_text())
    async with notify(tmp_path, broker.bootstrap, space.name):
        log.append("110101", due("r-2", FeedbackStatus.RECEIVED, 3000))
        await until(lambda: (tail.read(), len(tail.seen) >= 3)[1])
    tail.read(1.0)
    letters.read(1.0)
    assert [(key, value["status"]) for key, _, value in tail.seen] == [
        ("r-1", "RECEIVED"),
        ("r-1", "ACCEPTED"),
        ("r-2", "RECEIVED"),
    ]
    page = tail.seen[1][2]
    assert [step["at_ms"] for step in page["history"]] == [1000, 2000]
    assert [each["code"] for each in page["instructions"]] == ["KEEP_WITH_YOU"]
    assert tail.seen[1][1] == partition_of("r-1", BOOKS)
    ((key, _, letter),) = letters.seen
    assert (key, letter["topic"], letter["reason"]) == (COUNTY, "case-log", "UNREADABLE_FeedbackDue")
    tail.close()
    letters.close()


async def test_only_valid_records_are_believed(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], triage: SettlingTriage, tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, contact("c-1", SMS))
    heads, offsets = dict(log._heads), dict(log._offsets)
    forged = log.chained(COUNTY, alert(space, 665, "c-1")).replace(b"case665", b"case666")
    log._heads, log._offsets = heads, offsets
    book = partition_of(COUNTY, BOOKS)
    for raw in (b"junk", b"\xff\x00", b"{}", b"[]", b'{"type":"Record"}', b"x" * 100_000):
        log.write(book, raw)
    log.write(book, forged)
    repeated = log.chained(COUNTY, alert(space, 1, "c-1"))
    log.write(book, repeated)
    log.write(book, repeated)
    log.append(COUNTY, alert(space, 2, "c-1"), {"type": "NobodyKnows", "name": "PLANTED-NAME-1"})
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: len(triage.settled) == 2)
    assert {message["case"] for message in outbox(tmp_path, space)} == {"case1.0", "case2.0"}


async def test_a_second_notify_of_the_space_is_refused(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], tmp_path: Path
) -> None:
    space, _ = world
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until((tmp_path / "notify" / space.name / "journal.jsonl").exists)
        with pytest.raises(AlreadyRunning):
            await run_notify(tmp_path, broker.bootstrap, space.name)


async def test_a_case_log_that_is_shorter_than_before_stops_notify(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, due("r-1", FeedbackStatus.RECEIVED, 1000))
    journal = tmp_path / "notify" / space.name / "journal.jsonl"
    async with notify(tmp_path, broker.bootstrap, space.name):
        await until(lambda: journal.exists() and b'"published":{"' in journal.read_bytes())
    book = partition_of(COUNTY, BOOKS)
    journal.write_bytes(journal.read_bytes().replace(f'"{book}":1'.encode(), f'"{book}":9'.encode()))
    with pytest.raises(LogWentBackwards):
        await run_notify(tmp_path, broker.bootstrap, space.name)
