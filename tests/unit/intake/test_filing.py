"""One report's way, with a producer that the test steers: a filer who hangs up, two at once, nobody who takes it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from nacl.public import PrivateKey
from prometheus_client import CollectorRegistry

from services.intake.core.identity import Filer
from services.intake.core.parsing import Parsed
from services.intake.core.refused import Refused
from services.intake.feedback import FeedbackBook
from services.intake.filing import Filing, IntakeKeys
from services.intake.institutions import Institutions
from services.intake.publishing import Publisher
from services.intake.spool import Spool
from shared.contracts.reports import MatchTokens, ReportFiled
from shared.contracts.vocabulary import Durability
from shared.contracts.wire import partition_of
from shared.runtime.clock import SpaceClock
from shared.runtime.metrics import IntakeMetrics
from shared.runtime.producer import Producer
from shared.runtime.sealing import SealingKeys, open_sealed
from tests.unit.intake.stand_ins import SteeredProducer, until

BOOKS = 12
TRIAGE = PrivateKey.generate()
FILER = Filer(None, "127.0.0.9")
KEY = "0123456789abcdef"
PARSED = Parsed(
    {
        "children": [{"concerns": ["UNCARED"], "area_code": "520327102203", "id_number": "990000201703040000"}],
        "narrative": "PLANTED-WORDS-1",
    },
    repeated=False,
)


@pytest.fixture
def producer() -> SteeredProducer:
    return SteeredProducer()


@pytest.fixture
async def filing(tmp_path: Path, producer: SteeredProducer) -> AsyncIterator[Filing]:
    publisher = Publisher(
        cast("Producer", producer),
        Spool.open_first(tmp_path, 1_000_000),
        IntakeMetrics(CollectorRegistry()),
        broker_seconds_max=0.05,
        spool_alarm_seconds=60,
        adopt=list,
    )
    publics = [bytes(PrivateKey.generate().public_key) for _ in range(2)]
    yield Filing(
        space="test",
        books=BOOKS,
        keys=IntakeKeys(
            receipt=b"r" * 32,
            match=(("match-2026", b"m" * 32),),
            triage_match=bytes(TRIAGE.public_key),
            sealing=SealingKeys(custodian=publics[0], recovery=publics[1]),
        ),
        clock=SpaceClock(),
        wall_ms=lambda: 1_795_219_200_000,
        publisher=publisher,
        institutions=Institutions(),
        feedback=FeedbackBook(),
    )
    await publisher.close()


async def test_records_stand_in_the_countys_book_with_its_key_and_cloud_event_headers(
    filing: Filing, producer: SteeredProducer
) -> None:
    accepted = await filing.file(PARSED, FILER, KEY)
    vault, report = producer.acknowledged
    assert (vault.topic, report.topic) == ("wardline.test.vault-in", "wardline.test.reports")
    assert {vault.partition, report.partition} == {partition_of("520327", BOOKS)}
    assert {vault.key, report.key} == {b"520327"}
    assert dict(report.headers)["ce_type"] == b"wardline.ReportFiled"
    assert dict(report.headers)["ce_id"] == accepted.report_id.encode()
    assert json.loads(vault.value)["sealed_id"] == json.loads(report.value)["sealed"]["sealed_id"]
    assert b"PLANTED" not in vault.value + report.value


async def test_match_tokens_open_for_triage_alone(filing: Filing, producer: SteeredProducer) -> None:
    await filing.file(PARSED, FILER, KEY)
    report = ReportFiled.model_validate_json(producer.acknowledged[1].value)
    assert report.match_tokens is not None
    tokens = MatchTokens.model_validate_json(open_sealed(bytes(TRIAGE), report.match_tokens))
    assert len(tokens.children) == len(report.facts.children)
    assert tokens.children[0].by_id_number[0].startswith("match-2026:")


async def test_a_filer_who_hangs_up_does_not_stop_the_report(filing: Filing, producer: SteeredProducer) -> None:
    producer.answer = "silence"
    waiting = asyncio.create_task(filing.file(PARSED, FILER, KEY))
    await until(lambda: producer.asked == 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await filing.finish()
    again = await filing.file(PARSED, FILER, KEY)
    assert (again.resent, again.durability) == (True, Durability.SPOOL)


async def test_the_same_report_twice_at_once_is_sent_once(filing: Filing, producer: SteeredProducer) -> None:
    first, second = await asyncio.gather(filing.file(PARSED, FILER, KEY), filing.file(PARSED, FILER, KEY))
    assert (first.report_id, first.receipt) == (second.report_id, second.receipt)
    assert (first.resent, second.resent) == (False, True)
    assert len(producer.acknowledged) == 2


async def test_what_neither_broker_nor_spool_took_is_refused_and_not_remembered(
    filing: Filing, producer: SteeredProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    producer.answer = "fail"
    monkeypatch.setattr(filing._publisher._spool, "_bytes_max", 0)
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            await filing.file(PARSED, FILER, KEY)
        assert (refusal.value.status, refusal.value.retry_after_seconds) == (503, 5)
    producer.answer = "acknowledge"
    assert not (await filing.file(PARSED, FILER, KEY)).resent
