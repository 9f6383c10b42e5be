"""Intake on a real broker: what it answers 202 to is there, through kills, a broker that is away, and late starts."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.alerts import Feedback, FeedbackStep
from shared.contracts.reports import InstitutionRegistered, MatchTokens
from shared.contracts.topics import FEEDBACK, INSTITUTIONS, REPORTS, VAULT_IN
from shared.contracts.vocabulary import FeedbackStatus, InstitutionType
from shared.contracts.wire import partition_of
from shared.runtime.sealing import open_sealed, prove_opening
from tests.support.intake import IntakeProcess, IntakeWorld

KEY = "0123456789abcdef"
API_KEY = "made-up-test-key"
WAIT_SECONDS_MAX = 60.0


def filing(number: int = 0, area: str = "520327102203") -> dict[str, Any]:
    child = {
        "name": "PLANTED-NAME-1",
        "id_number": "990000201703040000",
        "address": "PLANTED-ADDRESS-1",
        "area_code": area,
        "concerns": ["UNCARED"],
    }
    return {"children": [child], "narrative": f"PLANTED-WORDS-{number}", "reporter": {"phone": "000-0000-0001"}}


def file(intake: IntakeProcess, body: object, **headers: str) -> dict[str, Any]:
    answer = httpx.post(f"{intake.url}/v1/reports", json=body, headers=headers, timeout=30)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


@pytest.fixture
def world(broker: EmbeddedBroker, space: str, tmp_path: Path) -> IntakeWorld:
    return IntakeWorld.create(tmp_path, broker.bootstrap, space)


@pytest.fixture
def intake(world: IntakeWorld) -> Iterator[IntakeProcess]:
    intake = world.process()
    intake.start()
    yield intake
    intake.stop()


def test_an_accepted_report_stands_in_its_countys_book_after_its_vault_entry(
    world: IntakeWorld, intake: IntakeProcess
) -> None:
    answer = file(intake, filing())
    assert answer["durability"] == "broker"
    (report,), (vault,) = world.read(REPORTS), world.read(VAULT_IN)
    assert vault.timestamp <= report.timestamp
    assert report.key == vault.key == b"520327"
    assert report.partition == vault.partition == partition_of("520327", world.space.books)
    assert json.loads(report.value)["report_id"] == answer["report_id"] == json.loads(vault.value)["report_id"]
    for planted in (b"PLANTED", b"990000", b"000-0000", b"520327102203"):
        assert planted not in report.value + vault.value + b"".join(value for _, value in report.headers)


def test_the_largest_report_fits_the_broker(world: IntakeWorld, intake: IntakeProcess) -> None:
    children = [{"concerns": ["UNCARED"], "id_number": f"99000020170304{number:04d}"} for number in range(20)]
    body = json.dumps({"children": children, "narrative": ""})
    body = body[:-2] + "x" * (256 * 1024 - len(body)) + body[-2:]
    answer = httpx.post(f"{intake.url}/v1/reports", content=body, timeout=30)
    assert (answer.status_code, answer.json()["durability"]) == (202, "broker")
    assert len(world.reports()[0].facts.children) == 20


def test_the_custodians_key_and_the_recovery_key_open_what_was_filed(world: IntakeWorld, intake: IntakeProcess) -> None:
    file(intake, filing())
    (entry,) = world.vault_entries()
    keys = {name: world.space.secret(name) for name in ("custodian", "recovery")}
    proof = prove_opening(entry, keys)
    assert proof.holds
    (report,) = world.reports()
    assert report.sealed is not None
    assert report.sealed.ciphertext == entry.ciphertext
    assert report.match_tokens is not None
    tokens = MatchTokens.model_validate_json(open_sealed(world.space.secret("triage-match"), report.match_tokens))
    assert tokens.children[0].by_id_number


def test_intake_runs_with_keys_that_open_nothing(world: IntakeWorld) -> None:
    mine = {"receipt"} | {name for name, _ in world.space.secrets_current("match")}
    for folder in ("keys", "offline"):
        for path in (world.space.directory / folder).iterdir():
            if path.name not in mine:
                path.unlink()
    intake = world.process()
    intake.start()
    try:
        assert file(intake, filing())["durability"] == "broker"
    finally:
        assert intake.stop() == 0


def test_an_institution_is_known_by_its_key_and_a_wrong_key_loses_nothing(
    world: IntakeWorld, intake: IntakeProcess
) -> None:
    registered = InstitutionRegistered(
        id="520327-school-017",
        institution_type=InstitutionType.PRIMARY_SCHOOL,
        area_code="520327102",
        api_key_sha256=hashlib.sha256(API_KEY.encode()).hexdigest(),
    )
    world.publish(INSTITUTIONS, registered.id, registered)
    claim = {"narrative": "x", "institution": {"type": "HOSPITAL", "area_code": "110101"}}
    until(
        lambda: (
            "KEY_UNKNOWN"
            not in {
                warning["code"]
                for warning in file(intake, {**claim, "at": time.monotonic()}, **{"X-API-Key": API_KEY})["warnings"]
            }
        )
    )
    known = file(intake, claim, **{"Authorization": f"Bearer {API_KEY}", "Idempotency-Key": KEY})
    wrong = file(intake, claim, **{"Authorization": "Bearer another-test-key", "Idempotency-Key": KEY})
    by_id = {report.report_id: report for report in world.reports()}
    institution = by_id[known["report_id"]].facts.institution
    assert (institution.id, institution.type, institution.authenticated) == (
        "520327-school-017",
        InstitutionType.PRIMARY_SCHOOL,
        True,
    )
    assert known["receipt"].startswith("520327-")
    assert not by_id[wrong["report_id"]].facts.institution.authenticated
    assert "KEY_UNKNOWN" in {warning["code"] for warning in wrong["warnings"]}


def test_the_receipts_page_shows_what_notify_published(world: IntakeWorld, intake: IntakeProcess) -> None:
    answer = file(intake, filing())
    assert httpx.get(answer["status_url"]).json()["status"] == "NOT_VISIBLE_YET"
    step = FeedbackStep(status=FeedbackStatus.ACCEPTED, at_ms=1_795_219_200_000)
    feedback = Feedback(
        report_id=answer["report_id"],
        receipt=answer["receipt"],
        status=FeedbackStatus.ACCEPTED,
        history=(step,),
        updated_at_ms=1_795_219_200_000,
    )
    world.publish(FEEDBACK, answer["report_id"], feedback)
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while (shown := httpx.get(answer["status_url"]).json())["status"] == "NOT_VISIBLE_YET":
        assert time.monotonic() < deadline
        time.sleep(2.1)  # look-ups of one address are limited to 30 a minute
    assert shown["history"] == [{"status": "ACCEPTED", "at": "2026-11-21T08:00+08:00"}]
    page = httpx.get(answer["status_url"], headers={"Accept": "text/html", "Accept-Language": "zh"}).text
    assert "已受理" in page


def test_a_resend_after_a_kill_finds_its_receipt_and_its_report_id(world: IntakeWorld, intake: IntakeProcess) -> None:
    first = file(intake, filing(), **{"Idempotency-Key": KEY})
    intake.kill()
    intake.start()
    again = file(intake, filing(), **{"Idempotency-Key": KEY})
    other = file(intake, filing(1), **{"Idempotency-Key": KEY})
    assert (again["receipt"], again["report_id"]) == (first["receipt"], first["report_id"])
    assert other["receipt"] == first["receipt"]
    reports = world.reports()
    assert [report.report_id for report in reports] == [first["report_id"]] * 2 + [other["report_id"]]
    assert {report.receipt for report in reports} == {first["receipt"]}
    assert len({partition.partition for partition in world.read(REPORTS)}) == 1


def test_while_the_broker_is_away_every_report_is_taken_and_arrives_once_it_is_back(
    world: IntakeWorld, intake: IntakeProcess, broker: EmbeddedBroker
) -> None:
    assert file(intake, filing())["durability"] == "broker"
    broker.kill()
    try:
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda number: file(intake, filing(number)), range(1, 101)))
        assert {answer["durability"] for answer in answers} == {"spool"}
        intake.kill()
        intake.start()
        with ThreadPoolExecutor(20) as pool:
            answers += list(pool.map(lambda number: file(intake, filing(number)), range(101, 201)))
        metrics = httpx.get(f"http://127.0.0.1:{intake.metrics_port}/metrics").text
        assert "wardline_intake_spool_depth" in metrics
    finally:
        broker.restart()
    accepted = {answer["report_id"] for answer in answers}
    assert len(accepted) == 200
    until(lambda: accepted <= {report.report_id for report in world.reports()})
    entries = {entry.report_id for entry in world.vault_entries()}
    assert accepted <= entries
    until(lambda: file(intake, filing(int(time.monotonic() * 1000)))["durability"] == "broker")


def test_while_the_broker_is_frozen_reports_go_to_the_spool_and_then_out_in_order(
    world: IntakeWorld, intake: IntakeProcess, broker: EmbeddedBroker
) -> None:
    assert file(intake, filing())["durability"] == "broker"
    broker.pause()
    try:
        with ThreadPoolExecutor(10) as pool:
            at_first = list(pool.map(lambda number: file(intake, filing(number)), range(1, 11)))
        assert {answer["durability"] for answer in at_first} == {"spool"}
        frozen_until = time.monotonic() + 15  # beyond the delivery timeout, after which the client alone never recovers
        spooled, number = [], 10
        while time.monotonic() < frozen_until:
            number += 1
            started = time.monotonic()
            answer = file(intake, filing(number))
            assert time.monotonic() - started < 2, "nobody waits for a broker that is known to be away"
            assert answer["durability"] == "spool"
            spooled.append(answer["report_id"])
            time.sleep(0.1)
    finally:
        broker.resume()
    accepted = {answer["report_id"] for answer in at_first} | set(spooled)
    until(lambda: accepted <= {report.report_id for report in world.reports()})
    first_seen = list(dict.fromkeys(report.report_id for report in world.reports()))
    assert [report_id for report_id in first_seen if report_id in spooled] == spooled
    assert accepted <= {entry.report_id for entry in world.vault_entries()}
    until(lambda: file(intake, filing(int(time.monotonic() * 1000)))["durability"] == "broker")


def test_from_the_spool_too_every_vault_entry_is_there_before_its_report(
    world: IntakeWorld, intake: IntakeProcess, broker: EmbeddedBroker
) -> None:
    broker.kill()
    try:
        accepted = {file(intake, filing(number))["report_id"] for number in range(20)}
    finally:
        broker.restart()
    until(lambda: accepted <= {report.report_id for report in world.reports()})
    first_seen: dict[str, int] = {}
    for record in world.read(VAULT_IN):
        first_seen.setdefault(json.loads(record.value)["report_id"], record.timestamp)
    for record in world.read(REPORTS):
        assert first_seen[json.loads(record.value)["report_id"]] <= record.timestamp


def test_it_starts_and_takes_reports_before_the_broker_does(own_broker: EmbeddedBroker, tmp_path: Path) -> None:
    world = IntakeWorld.create(tmp_path, own_broker.bootstrap, "late")
    own_broker.stop()
    intake = world.process(WARDLINE_INTAKE_START_SECONDS_MAX="0.5")
    intake.start()
    try:
        answer = file(intake, filing())
        assert answer["durability"] == "spool"
        own_broker.restart()
        until(lambda: [report.report_id for report in world.reports()] == [answer["report_id"]])
    finally:
        intake.stop()


@pytest.mark.usefixtures("intake")
def test_two_processes_have_a_spool_each_and_one_sends_what_the_other_left(
    world: IntakeWorld, broker: EmbeddedBroker
) -> None:
    second = world.process(WARDLINE_INTAKE_BROKER_SECONDS_MAX="0.5")
    second.start()
    broker.kill()
    try:
        left = file(second, filing(7))
        assert left["durability"] == "spool"
        second.kill()
    finally:
        second.stop()
        broker.restart()
    until(lambda: left["report_id"] in {report.report_id for report in world.reports()})


def test_logs_and_metrics_hold_nothing_of_what_was_filed(intake: IntakeProcess) -> None:
    httpx.post(f"{intake.url}/v1/reports", content=b'{"narrative": "PLANTED-WORDS-9"')
    httpx.get(f"{intake.url}/v1/receipts/PLANTED-NAME-9")
    answer = file(intake, filing())
    metrics = httpx.get(f"http://127.0.0.1:{intake.metrics_port}/metrics").text
    assert 'wardline_intake_reports_total{durability="broker",outcome="accepted"} 1.0' in metrics
    seen = intake.log.read_text() + metrics
    for planted in ("PLANTED", "990000", "000-0000", "520327102203", answer["receipt"]):
        assert planted not in seen
