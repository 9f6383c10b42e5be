"""Services that end in the middle of a stream of filings, and a broker that is away: nothing lost, nothing twice."""

import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.embedded.broker import EmbeddedBroker
from tests.support.whole_system import SERVICES, Receipt, WholeSystem, until, whole_system

COUNTIES = ("520327", "440106", "110101")
FILINGS_PER_SECOND = 4.0
"""Of each of two institutions."""
CALM_SECONDS = 1.0
AWAY_SECONDS = 30.0
AWAY_FILINGS = 200


def filing(number: int, county: str) -> dict[str, Any]:
    """One child in danger; the same number is the same filing."""
    chance = random.Random(number)
    child = {
        "name": f"PLANTED-NAME-{number}",
        "sex": chance.choice(["F", "M"]),
        "age_years": chance.randint(1, 16),
        "area_code": f"{county}102",
        "concerns": [chance.choice(["PHYSICAL_ABUSE", "UNCARED", "GUARDIAN_UNREACHABLE", "WANDERING"])],
        "injury": chance.choice(["NONE", "MINOR", "SERIOUS"]),
    }
    return {"children": [child], "custody_now": {"holder": "SCHOOL"}, "narrative": f"PLANTED-WORDS-{number}"}


@dataclass
class Stream:
    """Institutions that file one report after the other, with a key for each, and send again what was not answered."""

    system: WholeSystem
    answered: dict[int, Receipt] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """File until told to end."""
        while not self._ended.wait(1 / FILINGS_PER_SECOND):
            with self._lock:
                number = next(self._numbers)
            receipt = self.system.file_patiently(filing(number, COUNTIES[number % 3]), f"stream-key-{number:08d}")
            self.answered[number] = receipt

    def end(self) -> None:
        """No more filings."""
        self._ended.set()


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    with whole_system(broker, tmp_path_factory.mktemp("restarts"), name) as system:
        system.feed_registry(COUNTIES)
        yield system


def every_filing_is_decided_once_and_its_first_alert_is_out(system: WholeSystem, receipts: list[Receipt]) -> None:
    wanted = {receipt.report_id for receipt in receipts}
    assert len(wanted) == len(receipts)

    def cases() -> dict[str, str]:
        opened = [each for each in system.find("CaseOpened") if each["report_id"] in wanted]
        assert max(Counter(each["report_id"] for each in opened).values(), default=0) <= 1
        return {each["report_id"]: each["case"] for each in opened}

    until(lambda: set(cases()) == wanted, what=f"{len(wanted)} filings are decided")
    mine = set(cases().values())
    until(lambda: mine <= {message["case"] for message in system.outbox()}, what="every case's first alert")
    system.verify()


def test_each_service_is_stopped_and_killed_amid_a_stream_of_filings(system: WholeSystem) -> None:
    stream = Stream(system)
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(stream.run) for _ in range(2)]
        try:
            for name in SERVICES:
                for number, code in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
                    time.sleep(CALM_SECONDS)  # filings go on meanwhile
                    service = system.services[name]
                    before = len(stream.answered)
                    assert service.restart(number) == code, f"{name} by {number.name}"
                    service.wait_ready()
                    until(lambda before=before: len(stream.answered) > before + 3, what="filings go on")  # type: ignore[misc]
        finally:
            stream.end()
        for each in running:
            each.result()
    receipts = [stream.answered[number] for number in sorted(stream.answered)]
    assert len(receipts) > 40
    every_filing_is_decided_once_and_its_first_alert_is_out(system, receipts)


def test_two_hundred_filings_while_the_broker_is_away_are_all_taken_and_all_decided(
    system: WholeSystem, broker: EmbeddedBroker
) -> None:
    before = system.file(filing(900_000, COUNTIES[0]))
    system.case_of(before.report_id)
    broker.kill()
    away_since = time.monotonic()
    try:
        with ThreadPoolExecutor(8) as pool:
            receipts = list(
                pool.map(lambda number: system.file(filing(number, COUNTIES[number % 3])), range(910_000, 910_200))
            )
        assert len(receipts) == AWAY_FILINGS
        assert {receipt.durability for receipt in receipts} == {"spool"}
        time.sleep(max(0.0, away_since + AWAY_SECONDS - time.monotonic()))  # the absence itself is the test
    finally:
        broker.restart()
    every_filing_is_decided_once_and_its_first_alert_is_out(system, receipts)
    until(
        lambda: system.file(filing(time.monotonic_ns() % 10**9, COUNTIES[0])).durability == "broker",
        what="filings go to the broker again",
    )
