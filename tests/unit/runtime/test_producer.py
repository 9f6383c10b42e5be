"""The bridge fails fast while there is no broker, and never blocks the loop."""

import asyncio
import time

import crc32c
import pytest

from ops.embedded.ports import free_ports
from shared.runtime.connection import Connection
from shared.runtime.producer import OutgoingRecord, Producer, PublishFailed, check_crc32c

RECORD = OutgoingRecord("reports", 0, b"520327", b"{}")


def test_the_native_checksum_is_there() -> None:
    check_crc32c()


def test_a_wrong_checksum_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crc32c, "crc32c", lambda _: 0)
    with pytest.raises(RuntimeError, match="wrong checksum"):
        check_crc32c()


async def test_without_a_broker_it_is_not_ready_and_fails_at_once() -> None:
    producer = Producer(Connection(f"127.0.0.1:{free_ports(1)[0]}"), client_id="test", topics=["reports"])
    producer.start()
    assert not await producer.wait_ready(0.2)
    started = time.perf_counter()
    with pytest.raises(PublishFailed, match="NOT_CONNECTED"):
        await producer.publish(RECORD)
    assert time.perf_counter() - started < 0.5
    started = time.perf_counter()
    await producer.close()
    assert time.perf_counter() - started < 2


async def test_the_loop_runs_on_while_it_connects() -> None:
    producer = Producer(Connection(f"127.0.0.1:{free_ports(1)[0]}"), client_id="test", topics=["reports"])
    producer.start()
    ticks = 0
    async with asyncio.timeout(2):
        while ticks < 20:
            await asyncio.sleep(0.01)
            ticks += 1
    await producer.close()
