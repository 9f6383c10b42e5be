"""A report goes to the broker or to the spool, in order, the vault entry first; it is never nowhere."""

import errno
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from services.intake import publishing
from services.intake.frames import HEADER, Frame
from services.intake.publishing import DRAIN_BATCH, Publisher, Steps
from services.intake.spool import Spool
from shared.contracts.vocabulary import Durability
from shared.runtime.metrics import IntakeMetrics
from shared.runtime.producer import OutgoingRecord, Producer
from tests.unit.intake.stand_ins import SteeredProducer, until

BYTES_MAX = 1024 * 1024


def report(number: int) -> Callable[[Durability], Steps]:
    def steps(durability: Durability) -> Steps:
        return [
            OutgoingRecord("vault-in", 0, b"520327", b"vault %d" % number),
            OutgoingRecord("reports", 0, b"520327", b"%s %d" % (durability.value.encode(), number)),
        ]

    return steps


@pytest.fixture
def producer() -> SteeredProducer:
    return SteeredProducer()


@pytest.fixture
async def publisher(tmp_path: Path, producer: SteeredProducer) -> AsyncIterator[Publisher]:
    publisher = Publisher(
        cast("Producer", producer),
        Spool.open_first(tmp_path, BYTES_MAX),
        IntakeMetrics(CollectorRegistry()),
        broker_seconds_max=0.05,
        spool_alarm_seconds=60,
        adopt=lambda: Spool.adopt(tmp_path, BYTES_MAX),
    )
    yield publisher
    await publisher.close()


def kept_bytes(directory: Path) -> list[int]:
    return [path.stat().st_size for path in directory.glob("spool-0.damaged-*")]


def values(producer: SteeredProducer) -> list[bytes]:
    return [record.value for record in producer.acknowledged]


async def test_the_vault_entry_is_acknowledged_before_the_report(
    publisher: Publisher, producer: SteeredProducer
) -> None:
    assert await publisher.accept(report(1)) is Durability.BROKER
    assert values(producer) == [b"vault 1", b"broker 1"]


@pytest.mark.parametrize("answer", ["fail", "silence"])
async def test_a_broker_that_fails_or_keeps_silent_leaves_the_report_in_the_spool(
    publisher: Publisher, producer: SteeredProducer, answer: str
) -> None:
    producer.answer = answer
    assert await publisher.accept(report(1)) is Durability.SPOOL
    producer.answer = "acknowledge"
    publisher.start()
    await until(lambda: values(producer) == [b"vault 1", b"spool 1"])


async def test_a_report_whose_vault_entry_alone_got_through_is_spooled_whole(
    publisher: Publisher, producer: SteeredProducer
) -> None:
    producer.fail_after = 1
    assert await publisher.accept(report(1)) is Durability.SPOOL
    producer.fail_after = None
    publisher.start()
    await until(lambda: values(producer) == [b"vault 1", b"vault 1", b"spool 1"])


async def test_while_the_spool_is_not_empty_all_pass_through_it_in_order(
    publisher: Publisher, producer: SteeredProducer
) -> None:
    producer.ready = False
    assert await publisher.accept(report(1)) is Durability.SPOOL
    producer.ready = True
    assert await publisher.accept(report(2)) is Durability.SPOOL
    publisher.start()
    await until(lambda: len(producer.acknowledged) == 4)
    assert [value for value in values(producer) if value.startswith(b"spool")] == [b"spool 1", b"spool 2"]
    await until(lambda: publisher.spool_path.stat().st_size == 0)
    assert await publisher.accept(report(3)) is Durability.BROKER


async def test_from_the_spool_too_no_report_overtakes_its_vault_entry(
    publisher: Publisher, producer: SteeredProducer
) -> None:
    producer.ready = False
    for number in range(30):
        await publisher.accept(report(number))
    producer.fail_after = 17
    publisher.start()
    await until(lambda: len(producer.acknowledged) == 17)
    assert not [value for value in values(producer) if value.startswith(b"spool")]
    producer.fail_after = None
    await until(lambda: b"spool 29" in values(producer))
    found = values(producer)
    assert all(found.index(b"vault %d" % n) < found.index(b"spool %d" % n) for n in range(30))


async def test_a_report_that_waits_too_long_is_an_alarm(
    publisher: Publisher, producer: SteeredProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    producer.ready = False
    producer.answer = "fail"
    await publisher.accept(report(1))
    monkeypatch.setattr(Spool, "age_seconds", lambda _: 61.0)
    publisher.start()
    await until(lambda: publisher._metrics.spool_alarm._value.get() == 1)
    assert publisher._metrics.spool_depth._value.get() == 1


async def test_what_a_dead_process_left_behind_is_sent(
    publisher: Publisher, producer: SteeredProducer, tmp_path: Path
) -> None:
    other = Spool.open_first(tmp_path, BYTES_MAX)
    await other.append(report(5)(Durability.SPOOL))
    other.close()
    publisher.start()
    await until(lambda: values(producer) == [b"vault 5", b"spool 5"])


async def test_a_disk_that_takes_no_position_neither_strands_what_waits_nor_refuses_what_comes(
    publisher: Publisher, producer: SteeredProducer, tmp_path: Path
) -> None:
    (tmp_path / "spool-0.partial").mkdir()  # every try to write the position fails now, as on a full disk
    producer.ready = False
    for number in range(DRAIN_BATCH + 1):  # more than one batch: the position is written between them
        await publisher.accept(report(number))
    producer.ready = True
    publisher.start()
    await until(lambda: b"spool %d" % DRAIN_BATCH in values(producer))
    await until(lambda: publisher.spool_path.stat().st_size == 0)
    assert await publisher.accept(report(200)) is Durability.BROKER


async def test_a_spool_that_cannot_be_read_for_a_while_is_drained_when_it_can(
    publisher: Publisher, producer: SteeredProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    real = Spool.peek

    def peek(spool: Spool, count_max: int) -> list[tuple[Frame, tuple[OutgoingRecord, ...]]]:
        tries.append(count_max)
        if len(tries) == 1:
            raise OSError(errno.EIO, "")
        return real(spool, count_max)

    monkeypatch.setattr(Spool, "peek", peek)
    monkeypatch.setattr(publishing, "PAUSE_SECONDS_MAX", 0.01)
    producer.ready = False
    await publisher.accept(report(1))
    publisher.start()
    await until(lambda: values(producer) == [b"vault 1", b"spool 1"])


async def test_a_frame_that_the_disk_alters_while_it_waits_does_not_hold_up_the_others(
    publisher: Publisher, producer: SteeredProducer, tmp_path: Path
) -> None:
    producer.ready = False
    for number in range(3):
        await publisher.accept(report(number))
    second = publisher._spool.peek(3)[1][0]
    with publisher.spool_path.open("r+b") as file:
        file.seek(second.start + HEADER.size + 3)
        file.write(b"\x00\x01")
    producer.ready = True
    publisher.start()
    await until(lambda: values(producer) == [b"vault 0", b"spool 0", b"vault 2", b"spool 2"])
    assert publisher._metrics.spool_damaged._value.get() == 1
    assert kept_bytes(tmp_path) == [second.end - second.start]
