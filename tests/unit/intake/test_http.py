"""The HTTP interface, in this process and without a broker: every report goes to the spool and is answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.intake.spool import Spool
from shared.contracts.reports import ReportFiled, VaultEntry
from shared.runtime.sealing import associated_data, open_with
from shared.runtime.space import Space
from tests.support.intake import space_at, without_broker

FILING = {
    "children": [{"name": "PLANTED-NAME-1", "concerns": ["UNCARED"], "area_code": "520327102203", "age_years": 9}],
    "narrative": "PLANTED-WORDS-1",
}
KEY = {"Idempotency-Key": "0123456789abcdef"}


async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
            yield client


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async for client in client_of(without_broker(tmp_path)):
        yield client


def read_spool(home: Path) -> list[tuple[VaultEntry, ReportFiled]]:
    """A copy is read, so that the living spool is left alone."""
    copy = home / "copy"
    target = copy / "spaces" / "test" / "intake"
    target.mkdir(parents=True, exist_ok=True)
    for path in (home / "spaces" / "test" / "intake").glob("spool-*.log"):
        (target / path.name).write_bytes(path.read_bytes())
    spools = Spool.adopt(target, 1)
    found = []
    for spool in spools:
        for _, (vault, report) in spool.peek(10_000):
            found.append((VaultEntry.model_validate_json(vault.value), ReportFiled.model_validate_json(report.value)))
        spool.close()
    return found


def spool_bytes(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("spool-*.log"))


async def file(client: httpx.AsyncClient, filing: object, **headers: str) -> dict[str, Any]:
    answer = await client.post("/v1/reports", json=filing, headers=headers)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_report_is_answered_with_receipt_danger_first_and_its_address(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/reports", json=FILING)
    body = answer.json()
    assert answer.status_code == 202
    assert body["durability"] == "spool"
    assert body["receipt"].startswith("520327-")
    assert body["instructions"][0]["code"] == "DANGER_CALL_110_120"
    assert body["status_url"] == answer.headers["location"] == f"http://intake/v1/receipts/{body['receipt']}"


async def test_what_is_spooled_is_sealed_and_opens_for_the_custodian(tmp_path: Path, client: httpx.AsyncClient) -> None:
    await file(client, FILING)
    raw = spool_bytes(tmp_path)
    assert b"PLANTED" not in raw
    assert b"520327102203" not in raw
    ((vault, report),) = read_spool(tmp_path)
    space: Space = space_at(tmp_path)
    aad = associated_data(report_id=report.report_id, space="test", county="520327")
    text = open_with(space.secret("custodian"), vault.wrapped_for_custodian, vault.ciphertext, aad)
    assert json.loads(text)["filing"] == FILING
    assert report.sealed is not None
    assert report.sealed.ciphertext == vault.ciphertext
    assert report.match_tokens is None
    assert report.facts.children[0].area_code == "520327102"


async def test_the_same_report_again_has_one_receipt_and_is_published_once(
    tmp_path: Path, client: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(file(client, FILING, **KEY) for _ in range(20)))
    again = await file(client, FILING, **KEY)
    assert {answer["report_id"] for answer in answers} == {again["report_id"]}
    assert {answer["receipt"] for answer in answers} == {again["receipt"]}
    assert len(read_spool(tmp_path)) == 1


async def test_the_same_key_with_other_content_is_a_supplement(tmp_path: Path, client: httpx.AsyncClient) -> None:
    first = await file(client, FILING, **KEY)
    second = await file(client, {**FILING, "narrative": "PLANTED-WORDS-2"}, **KEY)
    assert first["receipt"] == second["receipt"]
    assert first["report_id"] != second["report_id"]
    reports = [report for _, report in read_spool(tmp_path)]
    assert [report.adds_to for report in reports] == [None, first["report_id"]]


async def test_a_supplement_that_names_another_county_stays_in_the_first_ones_book(
    tmp_path: Path, client: httpx.AsyncClient
) -> None:
    first = await file(client, FILING, **KEY)
    elsewhere = {"children": [{"concerns": ["UNCARED"], "area_code": "110101001001"}]}
    second = await file(client, elsewhere, **KEY)
    assert first["receipt"] == second["receipt"]
    assert [report.county for _, report in read_spool(tmp_path)] == ["520327", "520327"]


async def test_ids_survive_a_restart(tmp_path: Path) -> None:
    before = [await file(client, FILING, **KEY) async for client in client_of(without_broker(tmp_path))]
    after = [await file(client, FILING, **KEY) async for client in client_of(without_broker(tmp_path))]
    assert before[0]["receipt"] == after[0]["receipt"]
    assert before[0]["report_id"] == after[0]["report_id"]
    assert [report.report_id for _, report in read_spool(tmp_path)] == [before[0]["report_id"]] * 2


async def test_without_a_key_the_same_content_counts_once_and_the_filer_is_told(client: httpx.AsyncClient) -> None:
    first, second = await file(client, FILING), await file(client, FILING)
    assert first["receipt"] == second["receipt"]
    assert [warning["code"] for warning in second["warnings"]] == ["SAME_CONTENT"]


async def test_an_addition_joins_the_receipts_book(tmp_path: Path, client: httpx.AsyncClient) -> None:
    receipt = (await file(client, FILING))["receipt"]
    typed = receipt.lower().replace("-", " ")
    answer = await client.post(f"/v1/receipts/{typed}/additions", json={"safety": {"alone_now": True}})
    assert answer.status_code == 202
    assert answer.json()["receipt"] == receipt
    addition = read_spool(tmp_path)[1][1]
    assert (addition.receipt, addition.county, addition.facts.children) == (receipt, "520327", ())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/receipts/nonsense/additions", 404, "MALFORMED_RECEIPT"),
        ("/v1/receipts/520327-AAAAA-AAAAA-AAAAA/additions", 404, "MALFORMED_RECEIPT"),
    ],
)
async def test_an_addition_to_no_receipt_is_refused(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await client.post(path, json={"narrative": "x"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "NOT_JSON"),
        (b"\xff", {}, 400, "NOT_UTF_8"),
        (b"[]", {}, 422, "NOT_AN_OBJECT"),
        (b"{}", {}, 422, "EMPTY_FILING"),
        (b'{"narrative": "' + b"x" * 262_144 + b'"}', {}, 413, "TOO_LARGE"),
        (b'{"narrative": "x"}', {"Content-Encoding": "gzip"}, 415, "ENCODED_BODY"),
        (b'{"narrative": "x"}', {"Idempotency-Key": "a b"}, 400, "BAD_IDEMPOTENCY_KEY"),
    ],
)
async def test_what_cannot_be_taken_is_refused_as_a_problem_document(
    client: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/v1/reports", content=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert problem["detail_zh"]


async def test_a_body_of_the_largest_size_is_taken(tmp_path: Path, client: httpx.AsyncClient) -> None:
    frame = len('{"narrative": ""}')
    body = b'{"narrative": "' + b"x" * (262_144 - frame) + b'"}'
    assert len(body) == 262_144
    assert (await client.post("/v1/reports", content=body)).status_code == 202
    assert len(read_spool(tmp_path)) == 1


async def test_a_body_without_a_stated_length_is_limited_too(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 100_000

    answer = await client.post("/v1/reports", content=chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


async def test_a_body_that_does_not_arrive_is_given_up(tmp_path: Path) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    async for client in client_of(without_broker(tmp_path, body_seconds_max=0.05)):
        answer = await client.post("/v1/reports", content=silent())
        assert (answer.status_code, answer.json()["code"]) == (408, "TOO_SLOW")


async def test_above_the_in_flight_limit_filers_are_told_when_to_come_back(tmp_path: Path) -> None:
    async for client in client_of(without_broker(tmp_path, in_flight_max=2)):
        answers = await asyncio.gather(
            *(client.post("/v1/reports", json={"narrative": f"x{number}"}) for number in range(30))
        )
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {202, 503}
        refused = next(answer for answer in answers if answer.status_code == 503)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["code"] == "BUSY"
        assert len(read_spool(tmp_path)) == statuses.count(202)


async def test_a_wrong_key_loses_no_report(tmp_path: Path, client: httpx.AsyncClient) -> None:
    answer = await file(client, FILING, Authorization="Bearer unknown-test-key")
    assert [warning["code"] for warning in answer["warnings"]] == ["KEY_UNKNOWN"]
    report = read_spool(tmp_path)[0][1]
    assert not report.facts.institution.authenticated
    assert report.warnings == ("institution:KEY_UNKNOWN",)


async def test_a_receipt_is_looked_up_as_json_or_as_a_page(client: httpx.AsyncClient) -> None:
    receipt = (await file(client, FILING))["receipt"]
    found = await client.get(f"/v1/receipts/{receipt}")
    assert found.json()["status"] == "NOT_VISIBLE_YET"
    page = await client.get(f"/v1/receipts/{receipt}", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert receipt in page.text
    assert (await client.get("/v1/receipts/nonsense")).json()["code"] == "MALFORMED_RECEIPT"


async def test_look_ups_are_limited(tmp_path: Path) -> None:
    async for client in client_of(without_broker(tmp_path, lookups_per_minute=3)):
        answers = [await client.get("/v1/receipts/nonsense") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
        assert int(answers[-1].headers["retry-after"]) > 0


async def test_health_readiness_and_unknown_addresses(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200
    missing = await client.get("/nothing/here")
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")
    wrong = await client.delete("/v1/reports")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


async def test_a_mistyped_county_goes_to_the_rota_of_filings_without_a_place(tmp_path: Path) -> None:
    areas = tmp_path / "areas.json"
    areas.write_text('[{"code": "520327", "zh": "测试县", "en": "Test County"}]', encoding="utf-8")
    mistyped = {"children": [{"concerns": ["ABANDONED"], "area_code": "529327"}]}
    async for client in client_of(without_broker(tmp_path, areas=areas)):
        assert (await file(client, FILING))["receipt"].startswith("520327-")
        filed = await file(client, mistyped)
        assert filed["receipt"].startswith("000000-")
        assert [warning["code"] for warning in filed["warnings"]] == ["NOT_SERVED"]
        answer = await client.post(f"/v1/receipts/{filed['receipt']}/additions", json={**mistyped, "narrative": "more"})
        assert answer.json()["warnings"] == []
    assert [report.county for _, report in read_spool(tmp_path)] == ["520327", "000000", "000000"]
