"""Whoever forges a county's word is found: every message is held against the record that it names."""

from shared.contracts.chain import Valid
from shared.contracts.crossings import Crossing, CrossingReceived, CrossingSent, OfferWithdrawn
from shared.contracts.topics import CROSSINGS
from shared.contracts.wire import encode
from wardline.verification.chain_check import Entry
from wardline.verification.crossings_check import Said, check_crossings
from wardline.verification.findings import BookFindings, FaultCode
from wardline.verification.inputs import InputLog

BODY = OfferWithdrawn(offer="c.0~TRANSFER~9", reason="MISTAKE", sender_open=True)
SENT = CrossingSent(
    crossing="520327~CROSS~OfferWithdrawn~3",
    county="520327",
    to_county="520328",
    body=BODY,
    deadline="520327~CROSS~OfferWithdrawn~3",
    due_at_ms=1_795_482_660_000,
)
RECEIVED = CrossingReceived(
    crossing_id="1-4-0",
    crossing="520328~CROSS~OfferMade~1",
    county="520327",
    from_county="520328",
    body="OfferMade",
)
TRUE = Crossing(
    space="demo",
    county="520328",
    from_county="520327",
    book=3,
    seq=7,
    index=0,
    crossing=SENT.crossing,
    decided_at_ms=1_795_482_600_000,
    body=BODY,
)


def faults(*values: bytes) -> list[FaultCode]:
    fields = {"space": "demo", "book": 3, "seq": 7, "decided_at_ms": 1_795_482_600_000}
    said = Said()
    said.read(Valid(fields, b"", "", 0), (SENT, RECEIVED))
    assert set(said.hashes) == {"3-7-0", "3-7-1"}
    log = InputLog(CROSSINGS.name, "id", 0, len(values))
    for offset, value in enumerate(values):
        log.add(Entry(offset, value))
    findings = BookFindings(5)
    check_crossings(findings, {CROSSINGS.name: log}, said.hashes)
    return [fault.code for fault in findings.faults]


def test_what_a_record_says_may_be_said_as_often_as_needed() -> None:
    assert faults(encode(TRUE), encode(TRUE)) == []


def test_what_no_record_says_or_says_otherwise_is_a_fault() -> None:
    invented = TRUE.model_copy(update={"seq": 8})
    altered = TRUE.model_copy(update={"body": BODY.model_copy(update={"sender_open": False})})
    assert faults(encode(invented), encode(altered), encode(TRUE)) == [FaultCode.NOT_SAID] * 2


def test_bytes_that_are_no_message_are_no_forgery() -> None:
    assert faults(b"\xff\xfe", b"{}") == []
