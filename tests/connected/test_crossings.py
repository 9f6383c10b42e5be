"""A case crosses between two counties in different books, on a real broker, while triage is killed in the middle."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.base import Message
from shared.contracts.commands import Actor
from shared.contracts.crossings import AcceptTransfer, Crossing, OfferTransfer
from shared.contracts.reports import ChildFacts, InstitutionFacts, ReportFacts, ReportFiled
from shared.contracts.topics import CROSSINGS
from shared.contracts.vocabulary import Concern, InstitutionType, Role
from shared.contracts.wire import canonical, partition_of
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import Space
from tests.support.triage_world import Feeder, new_space, wait_until_decided, workers
from wardline.verification.verifying import Verifier

BOOKS = 12
HOME = "990001"
AWAY = next(f"9900{n:02d}" for n in range(2, 99) if partition_of(f"9900{n:02d}", BOOKS) != partition_of(HOME, BOOKS))
WITHIN_SECONDS = 90


class Watched:
    """The case-log of a space, read on and on: the events of each type, with their book and county."""

    def __init__(self, bootstrap: str, space: Space) -> None:
        self._reader = LedgerReader(Connection(bootstrap), space)
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def until(self, kind: str, where: Callable[[Mapping[str, Any]], bool] = bool, count: int = 1) -> Mapping[str, Any]:
        """The first event of this type that fits, once there are so many. Raises TimeoutError."""
        ends_at = time.monotonic() + WITHIN_SECONDS
        while True:
            for read in self._reader.read_to_end():
                fields = read.valid.fields
                self.events += [(fields["county"], event) for event in fields["events"]]
            found = [event for _, event in self.events if event["type"] == kind and where(event)]
            if len(found) >= count:
                return found[0]
            if time.monotonic() > ends_at:
                raise TimeoutError(f"no {kind}")
            time.sleep(0.1)

    def close(self) -> None:
        """Let go of the broker."""
        self._reader.close()


def order(feeder: Feeder, county: str, body: Message, command_id: str) -> None:
    """The county's officer gives a command."""
    officer = Actor(account="officer-1", role=Role.OFFICER, area_prefix=county)
    feeder.command(county, body, command_id, officer)
    feeder.flush()


def report(space: Space) -> ReportFiled:
    return ReportFiled(
        report_id="r1",
        receipt="r1-receipt",
        space=space.name,
        county=HOME,
        filed_at_ms=space.clock().now_ms(),
        facts=ReportFacts(
            institution=InstitutionFacts(type=InstitutionType.PRIMARY_SCHOOL, area_code=HOME),
            children=(ChildFacts(age_years=6, area_code=HOME, concerns=(Concern.PHYSICAL_ABUSE,)),),
        ),
    )


def crossings(bootstrap: str, space: Space) -> list[tuple[int, Crossing]]:
    """Everything that stands on the topic, with its partition."""
    consumer = KafkaConsumer(
        CROSSINGS.full_name(space.name),
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=4000,
    )
    try:
        return [(record.partition, Crossing.model_validate_json(record.value)) for record in consumer]
    finally:
        consumer.close(autocommit=False)


def test_a_case_goes_over_while_triage_is_killed_again_and_again(
    broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=BOOKS)
    feeder, watched = Feeder(broker.bootstrap, world), Watched(broker.bootstrap, world)
    with workers(2, broker.bootstrap, world, tmp_path) as crew:
        for county in (HOME, AWAY):
            feeder.registry(county)
        feeder.report(report(world))
        feeder.flush()
        watched.until("CaseOpened")
        order(feeder, HOME, OfferTransfer(case="r1.0", to_county=AWAY, reason="CHILD_MOVED"), "offer")
        watched.until("TransferOffered")
        for worker in crew:  # between the record and the message, or after it: both must do
            worker.kill()
            worker.start()
        received = watched.until("TransferReceived")
        assert watched.until("LadderStarted", lambda event: event["case"] == received["case"])["reason"] == "OFFERED"
        order(feeder, AWAY, AcceptTransfer(case=received["case"], reference="2026-17"), "accept")
        watched.until("TransferAccepted")
        for worker in crew:
            worker.kill()
            worker.start()
        closed = watched.until("CaseClosed")
        settled = watched.until("TransferSettled")
        watched.until("CrossingSettled", count=3)
        wait_until_decided(broker.bootstrap, world, WITHIN_SECONDS)
    watched.close()
    assert (closed["case"], closed["reason"]) == ("r1.0", "TRANSFERRED")
    assert settled["case"] == received["case"]
    of_type = [event["type"] for _, event in watched.events]
    assert of_type.count("TransferReceived") == of_type.count("TransferAccepted") == of_type.count("CaseClosed") == 1
    _check_road(broker.bootstrap, world, watched)
    consumer, admin = (
        KafkaConsumer(bootstrap_servers=broker.bootstrap),
        KafkaAdminClient(bootstrap_servers=broker.bootstrap),
    )
    try:
        found = Verifier(world, consumer, admin, rederive=True).verify()
    finally:
        consumer.close(autocommit=False)
        admin.close()
    assert [fault for book in found for fault in book.faults] == []


def _check_road(bootstrap: str, space: Space, watched: Watched) -> None:
    """Every message stands in its destination's book, and is what its event in the ledger says."""
    sent = {event["crossing"]: event for _, event in watched.events if event["type"] == "CrossingSent"}
    messages = crossings(bootstrap, space)
    assert {message.body.type for _, message in messages} == {"OfferMade", "OfferAnswered", "CaseHandedOver", "Receipt"}
    for partition, message in messages:
        assert partition == partition_of(message.county, BOOKS)
        if message.body.type != "Receipt":
            assert canonical(message.body) == canonical(sent[message.crossing]["body"])
    by_id: dict[str, set[bytes]] = {}
    for _, message in messages:
        by_id.setdefault(message.crossing_id, set()).add(canonical(message))
    assert all(len(each) == 1 for each in by_id.values()), "a repetition is the same bytes"
