"""Notify on a real broker: from a requested alert to a message and its outcome, with restarts and answers between."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.ports import free_ports
from services.notify.app import serve
from services.notify.settings import NotifySettings
from shared.contracts.alerts import AlertRequested, ChannelKind
from shared.contracts.events import ContactSet
from shared.contracts.registry import Channel, Contact
from shared.contracts.vocabulary import Department, LadderStep, Level
from shared.contracts.wire import partition_of
from shared.runtime.connection import Connection
from shared.runtime.space import Space
from tests.support.notify_world import (
    BOOKS,
    CaseLog,
    SettlingTriage,
    new_space,
)

COUNTY = "520327"


def contact(contact_id: str, *channels: tuple[ChannelKind, str], county: str = COUNTY) -> ContactSet:
    return ContactSet(
        contact=Contact(
            contact_id=contact_id,
            county=county,
            department=Department.POLICE,
            role="DUTY",
            area_prefix=county,
            channels=tuple(Channel(kind=kind, address=address) for kind, address in channels),
        )
    )


def alert(
    space: Space, number: int, *contact_ids: str, level: Level = Level.S2, county: str = COUNTY
) -> AlertRequested:
    now_ms = space.clock().now_ms()
    return AlertRequested(
        alert_id=f"case{number}.0-POLICE-D1-0",
        case=f"case{number}.0",
        county=county,
        department=Department.POLICE,
        step=LadderStep.D1,
        level=level,
        act_by_ms=now_ms + 900_000,
        requested_at_ms=now_ms,
        contact_ids=contact_ids,
    )


async def until(condition: Callable[[], Any], timeout_seconds: float = 40.0) -> Any:  # noqa: ANN401 - what the condition found
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {timeout_seconds} s")


@asynccontextmanager
async def notify(home: Path, broker: EmbeddedBroker, space: Space, **settings: Any) -> AsyncIterator[str]:  # noqa: ANN401 - any field
    """The whole service in this process; gives the answer page's address."""
    answer_port, metrics_port = free_ports(2)
    stop = asyncio.Event()
    chosen = NotifySettings(
        space=space.name,
        home=home,
        answer_port=answer_port,
        notify_metrics_port=metrics_port,
        notify_pause_seconds=0.05,
        **settings,
    )
    task = asyncio.create_task(serve(chosen, Connection(broker.bootstrap), stop))
    try:
        yield f"http://127.0.0.1:{answer_port}"
        assert not task.done(), task.exception()
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


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


async def test_a_requested_alert_becomes_a_file_and_a_settled_outcome(
    broker: EmbeddedBroker, world: tuple[Space, CaseLog], triage: SettlingTriage, tmp_path: Path
) -> None:
    space, log = world
    log.append(COUNTY, contact("c-1", (ChannelKind.SMS, "000-0000-0001")))
    log.append(COUNTY, alert(space, 1, "c-1"), topic="reports")
    async with notify(tmp_path, broker, space):
        await until(lambda: triage.settled)
    (message,) = outbox(tmp_path, space)
    assert message["case"] == "case1.0"
    assert message["mark"].startswith("【演练")
    assert "000-0000-0001" not in json.dumps(message)
    (outcome,) = triage.settled.values()
    assert (outcome["result"], outcome["channel"], outcome["county"]) == ("SENT", "FILE", COUNTY)
    ((key, partition, _),) = triage._tail.seen
    assert (key, partition) == (COUNTY, partition_of(COUNTY, BOOKS))
