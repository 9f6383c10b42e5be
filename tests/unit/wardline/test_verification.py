"""Every way of tampering with a book is located, on the bytes alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from nacl.signing import SigningKey

from shared.contracts import chain
from shared.contracts.commands import key_id
from shared.contracts.wire import sha256_hex
from shared.runtime.space import Space
from tests.support.ledger_writing import COUNTY, TOPIC_IDS, BookWriter, new_space
from wardline.verification.chain_check import Entry
from wardline.verification.checkpoints import Checkpoint, NotACheckpoint, read_notes, signed_note
from wardline.verification.findings import BookFindings, FaultCode, VoidKind
from wardline.verification.inputs import InputLog
from wardline.verification.verifying import BookCheck

RECORDS = 8


@pytest.fixture
def space(tmp_path: Path) -> Space:
    return new_space(tmp_path)


def written(space: Space, records: int = RECORDS) -> BookWriter:
    writer = BookWriter(space)
    for _ in range(records):
        writer.decide_report()
    return writer


def inputs_of(writer: BookWriter) -> dict[str, InputLog]:
    logs = {name: InputLog(name, topic_id) for name, topic_id in TOPIC_IDS.items()}
    reports = logs["reports"]
    for offset, (value, appended) in enumerate(writer.inputs):
        reports.add(Entry(offset, value, appended))
    reports.end = len(writer.inputs)
    return logs


def verified(writer: BookWriter, entries: list[bytes] | None = None, kept: tuple[Checkpoint, ...] = ()) -> BookFindings:
    check = BookCheck(writer.space, writer.book)
    for offset, raw in enumerate(writer.entries if entries is None else entries):
        check.read(Entry(offset, raw))
    return check.finish(inputs_of(writer), kept)


def head_of(writer: BookWriter, seq: int) -> Checkpoint:
    return Checkpoint(writer.space.name, writer.book, seq, sha256_hex(writer.entries[seq]), ("operator",))


def test_an_untouched_book_has_no_fault(space: Space) -> None:
    findings = verified(written(space))
    assert findings.faults == []
    assert (findings.records, findings.inputs, findings.undecided) == (RECORDS, {"reports": RECORDS}, 0)


def flipped(entries: list[bytes]) -> list[bytes]:
    return [*entries[:4], entries[4].replace(b'"report_id":"r3"', b'"report_id":"r9"'), *entries[5:]]


def dropped(entries: list[bytes]) -> list[bytes]:
    return entries[:4] + entries[5:]


def dropped_two(entries: list[bytes]) -> list[bytes]:
    return entries[:4] + entries[6:]


def reordered(entries: list[bytes]) -> list[bytes]:
    return [*entries[:4], entries[5], entries[4], *entries[6:]]


def emptied(entries: list[bytes]) -> list[bytes]:
    return [*entries[:4], b"", *entries[5:]]


@pytest.mark.parametrize(
    ("tamper", "code", "seq", "offset"),
    [
        (flipped, FaultCode.ALTERED, 4, 4),
        (dropped, FaultCode.MISSING, 4, 4),
        (dropped_two, FaultCode.MISSING, 4, 4),
        (reordered, FaultCode.REORDERED, 4, 4),
        (emptied, FaultCode.ALTERED, 4, 4),
    ],
)
def test_what_was_done_to_a_record_is_located_without_any_kept_head(
    space: Space, tamper: Callable[[list[bytes]], list[bytes]], code: FaultCode, seq: int, offset: int
) -> None:
    writer = written(space)
    fault = verified(writer, tamper(writer.entries)).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq, fault.offset) == (code, seq, offset)


@pytest.mark.parametrize("at", range(1, RECORDS + 1))
def test_a_flipped_byte_anywhere_in_any_record_is_located(space: Space, at: int) -> None:
    writer = written(space)
    raw = writer.entries[at]
    for position in range(0, len(raw), 37):
        entries = list(writer.entries)
        entries[at] = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        fault = verified(writer, entries, (head_of(writer, RECORDS),)).first_fault()
        assert fault is not None
        assert fault.seq == at


def test_a_cut_tail_shows_as_undecided_inputs_and_by_the_kept_head(space: Space) -> None:
    writer = written(space)
    without = verified(writer, writer.entries[:-2])
    assert [fault.code for fault in without.faults] == [FaultCode.UNDECIDED]
    assert without.undecided == 2
    fault = verified(writer, writer.entries[:-2], (head_of(writer, RECORDS),)).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq) == (FaultCode.HEAD_NOT_REACHED, RECORDS - 1)


def test_junk_and_forgeries_are_listed_and_are_no_fault(space: Space, tmp_path: Path) -> None:
    writer = written(space)
    other = written(new_space(tmp_path / "other"))
    forged = orjson.loads(writer.entries[5])
    forged["county_seq"] += 7
    foreign = other.entries[3]
    entries = [*writer.entries[:5], b"junk", orjson.dumps(forged), foreign, *writer.entries[5:]]
    findings = verified(writer, entries, (head_of(writer, RECORDS),))
    assert findings.faults == []
    assert findings.voids[VoidKind.JUNK] == 1
    assert findings.voids[VoidKind.FORGED] == 2
    assert [void.offset for void in findings.voids_listed] == [5, 6, 7]


def test_an_old_owner_s_fenced_batch_is_stale_and_harmless(space: Space) -> None:
    writer = written(space, 3)
    old = BookWriter(space)
    old.head, old.entries, old.inputs = writer.head, list(writer.entries), list(writer.inputs)
    writer.decide_report()
    for _ in range(3):
        old.decide_report(decided_at_ms=space.genesis.created_at_ms + 99)
    findings = verified(writer, writer.entries + old.entries[4:])
    assert findings.faults == []
    assert findings.voids[VoidKind.STALE] == 3


def test_a_book_hashed_anew_with_the_writer_s_key_is_found_by_the_kept_head_alone(space: Space) -> None:
    writer = written(space)
    rewritten = BookWriter(space)
    for number in range(RECORDS):
        rewritten.decide_report(why=("another reason",) if number == 4 else ())
    assert verified(rewritten).faults == []
    fault = verified(rewritten, kept=(head_of(writer, RECORDS),)).first_fault()
    assert fault is not None
    assert fault.code is FaultCode.HEAD_DIFFERS


def test_more_kept_heads_locate_a_rewritten_record_more_closely(space: Space) -> None:
    writer = written(space)
    rewritten = BookWriter(space)
    for number in range(RECORDS):
        rewritten.decide_report(why=("another reason",) if number == 4 else ())
    kept = tuple(head_of(writer, seq) for seq in range(1, RECORDS + 1))
    fault = verified(rewritten, kept=kept).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq, fault.offset) == (FaultCode.HEAD_DIFFERS, 5, 5)


def test_a_record_inserted_with_the_writer_s_key_is_located_by_what_it_pushed_aside(space: Space) -> None:
    writer = written(space)
    other = BookWriter(space)
    for _ in range(4):
        other.decide_report()
    inserted = other.decide_report(why=("inserted",))
    entries = [*writer.entries[:5], inserted, *writer.entries[5:]]
    fault = verified(writer, entries, (head_of(writer, RECORDS),)).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq, fault.offset) == (FaultCode.HEAD_DIFFERS, 5, 5)


def test_another_genesis_is_located_at_the_first_byte(space: Space) -> None:
    writer = written(space)
    fault = verified(writer, [b"{}", *writer.entries[1:]]).first_fault()
    assert fault is not None
    assert (fault.code, fault.offset, fault.seq) == (FaultCode.GENESIS, 0, 0)


def test_other_bytes_at_a_decided_offset_are_a_fault_of_that_record(space: Space) -> None:
    writer = written(space)
    writer.inputs[2] = (b"{}", writer.inputs[2][1])
    fault = verified(writer).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq) == (FaultCode.INPUT_CHANGED, 3)


def test_what_an_operator_gave_up_is_counted_and_no_fault(space: Space) -> None:
    writer = written(space)
    epoch = {"epoch": {"topic": "reports", "topic_id": TOPIC_IDS["reports"], "next": RECORDS}}
    now_ms = writer.head.decided_at_ms
    writer.chain(chain.Draft(COUNTY, epoch, now_ms, now_ms, "none@0", "operator", why=("x",)), key="operator")
    writer.inputs[2] = (b"{}", writer.inputs[2][1])
    findings = verified(writer)
    assert findings.faults == []
    assert (findings.epochs, findings.given_up_by_operator) == (1, 1)


def test_an_arrival_that_is_not_the_append_time_is_a_fault(space: Space) -> None:
    writer = written(space)
    writer.decide_report(arrived_at_ms=writer.head.decided_at_ms + 5_000)
    fault = verified(writer).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq) == (FaultCode.ARRIVAL, RECORDS + 1)


def test_a_signed_record_against_the_rules_is_listed_and_its_input_is_undecided(space: Space) -> None:
    writer = written(space, 1)
    before = replace(writer.head, decided_at_ms=0)
    [_, first] = writer.entries
    writer.head = before
    writer.decide_report(decided_at_ms=orjson.loads(first)["decided_at_ms"] - 1)
    findings = verified(writer)
    assert findings.voids[VoidKind.INVALID] == 1
    assert [void.reason for void in findings.voids_listed] == ["TIME"]
    assert [fault.code for fault in findings.faults] == [FaultCode.UNDECIDED]


def test_a_report_that_its_record_does_not_answer_is_a_fault(space: Space) -> None:
    writer = written(space)
    writer.decide_report(events=())
    fault = verified(writer).first_fault()
    assert fault is not None
    assert (fault.code, fault.seq) == (FaultCode.NOTHING_CAME_OF_IT, RECORDS + 1)


def test_notes_are_read_back_with_who_signed_them_and_a_changed_one_is_signed_by_nobody(space: Space) -> None:
    writer = written(space)
    head = replace(head_of(writer, 3), signed_by=())
    later = replace(head_of(writer, 7), signed_by=())
    notes = "\n".join(signed_note(each, space.secret("operator")) for each in (head, later))
    operator = key_id(bytes(SigningKey(space.secret("operator")).verify_key))
    assert read_notes(notes, space.name, space.genesis.operators) == [
        replace(head, signed_by=(operator,)),
        replace(later, signed_by=(operator,)),
    ]
    altered = read_notes(notes.replace("\n3\n", "\n4\n"), space.name, space.genesis.operators)
    assert [each.signed_by for each in altered] == [(), (operator,)]
    with pytest.raises(NotACheckpoint):
        read_notes(notes, "another", space.genesis.operators)


def test_a_kept_head_that_nobody_signed_is_a_fault(space: Space) -> None:
    writer = written(space)
    fault = verified(writer, kept=(replace(head_of(writer, 3), signed_by=()),)).first_fault()
    assert fault is not None
    assert fault.code is FaultCode.HEAD_UNSIGNED
