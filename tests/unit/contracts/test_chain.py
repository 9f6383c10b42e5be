"""The ledger's chain: what is valid, and every reason for which bytes are void."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.chain import (
    GenesisTaken,
    Head,
    Position,
    Taken,
    Valid,
    Void,
    VoidReason,
    build,
    open_head,
    signature_holds,
    split_signature,
    take,
)
from shared.contracts.records import RECORD_BYTES_MAX
from shared.contracts.wire import canonical, sha256_hex
from tests.support.ledgers import (
    CREATED_AT_MS,
    MINUTE_MS,
    NEXT_WRITER,
    OPERATOR,
    OTHER_COUNTY,
    REPORTS_TOPIC_ID,
    STRANGER,
    WRITER,
    Pen,
    Signer,
    draft,
    epoch,
    from_deadline,
    from_input,
    genesis,
    read,
    started,
    valid_records,
)

DUE_AT_MS = CREATED_AT_MS + 10 * MINUTE_MS


def a_book() -> Pen:
    """Two inputs decided, one deadline pending, two counties."""
    pen = Pen()
    pen.write(
        draft(
            from_input("reports", 0),
            opened=(("case-1:SEEN:1", DUE_AT_MS),),
            events=({"type": "ReportRepeated", "report_id": "r1"},),
        )
    )
    pen.write(draft(from_input("reports", 1), county=OTHER_COUNTY, why=("第二个县",)))
    return pen


def altered(raw: bytes, changes: Mapping[str, Any], signer: Signer = WRITER) -> bytes:
    """The record with other fields, signed again: what somebody with a key could write."""
    fields = {name: value for name, value in json.loads(raw).items() if name != "sig"} | dict(changes)
    body = canonical({name: value for name, value in fields.items() if value is not ...})
    return body[:-1] + b',"sig":"' + signer.sign(body).hex().encode() + b'"}'


def next_record(head: Head, **changes: Any) -> bytes:  # noqa: ANN401 - any field of a draft
    return build(head, draft(from_input("reports", 2), **changes), WRITER.kid, WRITER.sign)[1]


def reason_of(taken: Taken) -> VoidReason:
    assert isinstance(taken, Void)
    return taken.reason


def test_a_book_reads_back_as_it_was_written() -> None:
    pen = a_book()
    head, takens = read(pen.lines)
    assert isinstance(takens[0], GenesisTaken)
    assert valid_records(takens) == pen.lines[1:]
    assert head == pen.head
    assert head.offset == 3
    assert head.void == 0
    assert head.link.seq == 2
    assert head.link.sha256 == sha256_hex(pen.lines[2])
    assert head.positions["reports"] == Position(REPORTS_TOPIC_ID, 2)
    assert dict(head.pending) == {"case-1:SEEN:1": DUE_AT_MS}


def test_the_first_record_is_chained_to_the_genesis_line() -> None:
    fields = json.loads(a_book().lines[1])
    assert fields["seq"] == fields["county_seq"] == 1
    assert fields["prev"] == fields["county_prev"] == sha256_hex(genesis().line())


def test_a_genesis_line_does_not_change_when_a_later_version_has_more_fields() -> None:
    old = {name: value for name, value in json.loads(genesis().line()).items() if name != "former_heads"}
    assert type(genesis()).model_validate(old).line() == canonical(old)


# What is void, and why


def _first_of_another_space(head: Head) -> bytes:
    return altered(next_record(head), {"space": "other"})


VOID: dict[str, tuple[VoidReason, Callable[[Pen], bytes | None]]] = {
    "a tombstone": (VoidReason.UNREADABLE, lambda _: None),
    "nothing": (VoidReason.UNREADABLE, lambda _: b""),
    "no JSON": (VoidReason.UNREADABLE, lambda _: b"\xff\xfe{"),
    "an array": (VoidReason.UNREADABLE, lambda _: b"[]"),
    "deep nesting": (VoidReason.UNREADABLE, lambda _: b"[" * 100_000),
    "a field is missing": (VoidReason.UNREADABLE, lambda pen: altered(next_record(pen.head), {"why": ...})),
    "a number that is a truth value": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"book": False}),
    ),
    "a number beyond 64 bits": (
        VoidReason.UNREADABLE,
        lambda pen: next_record(pen.head).replace(b'"seq":3', b'"seq":36893488147419103232'),
    ),
    "a due time that is no number": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"opened": [{"id": "x", "due_at_ms": "soon"}]}),
    ),
    "an opened deadline without id": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"opened": [{"due_at_ms": 1}]}),
    ),
    "a closed deadline that is no text": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"closed": [[]]}),
    ),
    "an event that is no object": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"events": ["x"]}),
    ),
    "a cause of no kind": (VoidReason.UNREADABLE, lambda pen: altered(next_record(pen.head), {"cause": {}})),
    "a cause of two kinds": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"cause": {**from_input("reports", 2), **from_deadline("x", 1)}}),
    ),
    "a cause whose hash is no hash": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"cause": {**from_input("reports", 2), "sha256": "0x" + "0" * 62}}),
    ),
    "an epoch before the first offset": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"cause": epoch("reports", -1)}, OPERATOR),
    ),
    "keys of no shape": (VoidReason.UNREADABLE, lambda pen: altered(next_record(pen.head), {"keys": {"add": []}})),
    "too many bytes": (
        VoidReason.TOO_LARGE,
        lambda pen: altered(next_record(pen.head), {"why": ["x" * RECORD_BYTES_MAX]}),
    ),
    "another space": (VoidReason.FOREIGN_BOOK, lambda pen: _first_of_another_space(pen.head)),
    "another book": (VoidReason.FOREIGN_BOOK, lambda pen: altered(next_record(pen.head), {"book": 1})),
    "the genesis line again": (VoidReason.STALE, lambda pen: pen.lines[0]),
    "a record again": (VoidReason.STALE, lambda pen: pen.lines[1]),
    "the last record again": (VoidReason.STALE, lambda pen: pen.lines[-1]),
    "a number left out": (VoidReason.AHEAD, lambda pen: altered(next_record(pen.head), {"seq": 4})),
    "another predecessor": (VoidReason.PREVIOUS, lambda pen: altered(next_record(pen.head), {"prev": "0" * 64})),
    "a county's number left out": (VoidReason.COUNTY, lambda pen: altered(next_record(pen.head), {"county_seq": 3})),
    "another predecessor in the county": (
        VoidReason.COUNTY,
        lambda pen: altered(next_record(pen.head), {"county_prev": pen.head.link.sha256}),
    ),
    "an input left out": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_input("reports", 3)}),
    ),
    "an input decided again": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_input("reports", 1)}),
    ),
    "an input of a topic made anew": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_input("reports", 2, "another-topic-id")}),
    ),
    "a first input that is not the first": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_input("outcomes", 1)}),
    ),
    "a deadline that nobody opened": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_deadline("x", 1), "closed": ["x"]}),
    ),
    "a deadline at another time": (
        VoidReason.CAUSE,
        lambda pen: altered(
            next_record(pen.head), {"cause": from_deadline("case-1:SEEN:1", DUE_AT_MS + 1), "closed": ["case-1:SEEN:1"]}
        ),
    ),
    "a deadline that stays open though it fired": (
        VoidReason.CAUSE,
        lambda pen: altered(next_record(pen.head), {"cause": from_deadline("case-1:SEEN:1", DUE_AT_MS)}),
    ),
    "closing what is not open": (VoidReason.DEADLINES, lambda pen: altered(next_record(pen.head), {"closed": ["x"]})),
    "closing twice": (
        VoidReason.DEADLINES,
        lambda pen: altered(next_record(pen.head), {"closed": ["case-1:SEEN:1", "case-1:SEEN:1"]}),
    ),
    "opening what is open": (
        VoidReason.DEADLINES,
        lambda pen: altered(next_record(pen.head), {"opened": [{"id": "case-1:SEEN:1", "due_at_ms": 1}]}),
    ),
    "opening twice": (
        VoidReason.DEADLINES,
        lambda pen: altered(next_record(pen.head), {"opened": [{"id": "x", "due_at_ms": 1}] * 2}),
    ),
    "a key that nobody anchored": (
        VoidReason.KEY,
        lambda pen: altered(next_record(pen.head), {"kid": STRANGER.kid}, STRANGER),
    ),
    "an operator deciding": (
        VoidReason.KEY,
        lambda pen: altered(next_record(pen.head), {"kid": OPERATOR.kid}, OPERATOR),
    ),
    "a writer setting an input anew": (
        VoidReason.KEY,
        lambda pen: altered(next_record(pen.head), {"cause": epoch("reports", 0)}),
    ),
    "an operator doing more than setting an input anew": (
        VoidReason.CAUSE,
        lambda pen: altered(
            next_record(pen.head),
            {"cause": epoch("reports", 0), "kid": OPERATOR.kid, "events": [{"type": "CaseClosed"}]},
            OPERATOR,
        ),
    ),
    "a decision before the one before it": (
        VoidReason.TIME,
        lambda pen: altered(next_record(pen.head), {"decided_at_ms": pen.head.decided_at_ms - 1}),
    ),
    "a county that is no code": (
        VoidReason.UNREADABLE,
        lambda pen: altered(next_record(pen.head), {"county": "somewhere"}),
    ),
    "a known key id for another key": (
        VoidReason.KEY,
        lambda pen: altered(next_record(pen.head), {"keys": {"add": {WRITER.kid: STRANGER.public}, "retire": []}}),
    ),
    "a book without a writer": (
        VoidReason.KEY,
        lambda pen: altered(next_record(pen.head), {"keys": {"add": {}, "retire": [WRITER.kid]}}),
    ),
    "a signature by another key": (VoidReason.SIGNATURE, lambda pen: altered(next_record(pen.head), {}, STRANGER)),
    "a signature in capitals": (
        VoidReason.SIGNATURE,
        lambda pen: (raw := next_record(pen.head))[:-130] + raw[-130:-2].upper() + b'"}',
    ),
    "fields after the signature": (
        VoidReason.SIGNATURE,
        lambda pen: next_record(pen.head)[:-1] + b',"x":1}',
    ),
    "no signature": (VoidReason.SIGNATURE, lambda pen: next_record(pen.head)[:-130] + b'"}'),
}


@pytest.mark.parametrize("name", VOID)
def test_void(name: str) -> None:
    reason, make = VOID[name]
    pen = a_book()
    head, taken = take(pen.head, make(pen), 3)
    assert reason_of(taken) is reason
    assert head == replace(pen.head, offset=4, void=1)


def test_a_second_record_after_a_void_one_still_counts() -> None:
    pen = a_book()
    raw = next_record(pen.head)
    head, takens = read([pen.lines[0], b"junk", *pen.lines[1:], None, pen.lines[1], raw])
    assert valid_records(takens) == [*pen.lines[1:], raw]
    assert head.void == 3
    assert head.offset == 7


@pytest.mark.parametrize("first", [b"junk", None, b"{}", genesis(space="other").line(), genesis(books=3).line()])
def test_nothing_counts_before_the_genesis_line(first: bytes | None) -> None:
    pen = a_book()
    _, takens = read([first, *pen.lines[1:]])
    assert {reason_of(taken) for taken in takens} == {VoidReason.GENESIS}
    head, takens = read([first, *pen.lines])
    assert reason_of(takens[0]) is VoidReason.GENESIS
    assert head.link == pen.head.link


def test_every_reason_is_reached() -> None:
    assert {reason for reason, _ in VOID.values()} | {VoidReason.GENESIS} == set(VoidReason)


# Tampering


def test_no_flipped_bit_of_a_record_leaves_it_valid() -> None:
    pen = a_book()
    raw = next_record(pen.head, opened=(("case-2:SEEN:1", DUE_AT_MS),), why=("照料",))
    assert isinstance(take(pen.head, raw, 3)[1], Valid)
    for place in range(len(raw)):
        for bit in range(8):
            flipped = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
            assert isinstance(take(pen.head, flipped, 3)[1], Void), (place, bit)


def test_no_cut_and_no_insertion_leaves_a_record_valid() -> None:
    pen = a_book()
    raw = next_record(pen.head)
    for place in range(len(raw)):
        for changed in (raw[:place], raw[:place] + raw[place + 1 :], raw[:place] + b" " + raw[place:]):
            assert isinstance(take(pen.head, changed, 3)[1], Void), place
    assert isinstance(take(pen.head, raw + b"\n", 3)[1], Void)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_record_dropped_or_altered_voids_all_that_follow(place: int) -> None:
    pen = a_book()
    pen.write(draft(from_input("reports", 2)))
    dropped = [*pen.lines[:place], *pen.lines[place + 1 :]]
    assert valid_records(read(dropped)[1]) == pen.lines[1:place]
    signed_again = [*pen.lines[:place], altered(pen.lines[place], {"why": ["other"]}), *pen.lines[place + 1 :]]
    assert len(valid_records(read(signed_again)[1])) == place


def test_reordered_records_count_only_as_far_as_they_chain() -> None:
    pen = a_book()
    _, takens = read([pen.lines[0], pen.lines[2], pen.lines[1]])
    assert reason_of(takens[1]) is VoidReason.AHEAD
    assert valid_records(takens) == [pen.lines[1]]


# The fence


def test_the_first_valid_record_wins_and_the_fork_of_a_stale_owner_is_void() -> None:
    pen = a_book()
    before = pen.head
    winner = pen.write(draft(from_input("reports", 2), why=("new owner",)))
    fork = Pen(before, [])
    late = [fork.write(draft(from_input("reports", offset), why=("old owner",))) for offset in (2, 3, 4)]
    head, takens = read([*pen.lines, *late])
    assert valid_records(takens)[-1] == winner
    assert [reason_of(taken) for taken in takens[-3:]] == [VoidReason.STALE, VoidReason.PREVIOUS, VoidReason.AHEAD]
    assert head.link == pen.head.link


def test_books_and_spaces_do_not_read_each_other() -> None:
    pen = a_book()
    _, takens = read([genesis().line(), *pen.lines[1:]], book=1)
    assert reason_of(takens[1]) is VoidReason.FOREIGN_BOOK
    twin = genesis(created_at_ms=CREATED_AT_MS + 1)  # a space made anew under the same name, with the same keys
    _, takens = read([twin.line(), *pen.lines[1:]], twin)
    assert reason_of(takens[1]) is VoidReason.PREVIOUS


# Keys and epochs


def test_a_writers_key_is_rotated_by_a_record() -> None:
    pen = a_book()
    change = {"add": {NEXT_WRITER.kid: NEXT_WRITER.public}, "retire": [WRITER.kid]}
    pen.write(draft(from_input("commands", 0), keys=change))
    pen.write(draft(from_input("reports", 2)), NEXT_WRITER)
    assert valid_records(read(pen.lines)[1]) == pen.lines[1:]
    forged = altered(pen.lines[-1], {"kid": WRITER.kid})
    assert reason_of(read([*pen.lines[:-1], forged])[1][-1]) is VoidReason.KEY


def test_the_rotating_record_itself_needs_the_old_key() -> None:
    pen = a_book()
    change = {"add": {STRANGER.kid: STRANGER.public}, "retire": []}
    forged = altered(next_record(pen.head), {"keys": change, "kid": STRANGER.kid}, STRANGER)
    assert reason_of(take(pen.head, forged, 3)[1]) is VoidReason.KEY


@pytest.mark.parametrize("public_key", ["not hexadecimal", "00", "A" * 64])
def test_a_key_of_no_shape_is_never_taken(public_key: str) -> None:
    pen = a_book()
    raw = altered(next_record(pen.head), {"keys": {"add": {"odd": public_key}, "retire": []}})
    assert reason_of(take(pen.head, raw, 3)[1]) is VoidReason.UNREADABLE


def test_an_epoch_record_by_an_operator_sets_an_input_anew() -> None:
    pen = a_book()
    pen.write(draft(epoch("reports", 7, "made-anew")), OPERATOR)
    assert pen.head.positions["reports"] == Position("made-anew", 7)
    pen.write(draft(from_input("reports", 7, "made-anew")))
    assert valid_records(read(pen.lines)[1]) == pen.lines[1:]
    with pytest.raises(ValueError, match="CAUSE"):
        pen.write(draft(from_input("reports", 8, REPORTS_TOPIC_ID)))


# Deadlines


def test_a_deadline_fires_once() -> None:
    pen = a_book()
    fired = draft(from_deadline("case-1:SEEN:1", DUE_AT_MS), closed=("case-1:SEEN:1",), decided_at_ms=DUE_AT_MS + 1)
    pen.write(fired)
    assert dict(pen.head.pending) == {}
    with pytest.raises(ValueError, match="CAUSE"):
        pen.write(fired)


def test_a_deadline_that_was_closed_may_be_opened_again_by_a_later_record() -> None:
    pen = a_book()
    pen.write(draft(from_input("reports", 2), closed=("case-1:SEEN:1",)))
    pen.write(draft(from_input("reports", 3), opened=(("case-1:SEEN:1", DUE_AT_MS + 1),)))
    assert dict(pen.head.pending) == {"case-1:SEEN:1": DUE_AT_MS + 1}
    with pytest.raises(ValueError, match="DEADLINES"):
        pen.write(draft(from_input("reports", 4), closed=("case-1:SEEN:1",), opened=(("case-1:SEEN:1", 1),)))


def test_time_of_decision_never_goes_back_in_the_head() -> None:
    pen = a_book()
    pen.write(draft(from_input("reports", 2), decided_at_ms=DUE_AT_MS))
    assert pen.head.decided_at_ms == DUE_AT_MS
    with pytest.raises(ValueError, match="TIME"):
        pen.write(draft(from_input("reports", 3), decided_at_ms=DUE_AT_MS - 1))
    pen.write(draft(from_input("reports", 3), decided_at_ms=DUE_AT_MS))
    assert pen.head.decided_at_ms == DUE_AT_MS


def test_a_deadline_never_fires_before_it_is_due() -> None:
    pen = a_book()
    pen.write(draft(from_input("reports", 2), opened=(("soon", DUE_AT_MS),)))
    early = draft(from_deadline("soon", DUE_AT_MS), closed=("soon",), decided_at_ms=DUE_AT_MS - 1)
    with pytest.raises(ValueError, match="TIME"):
        pen.write(early)
    pen.write(replace(early, decided_at_ms=DUE_AT_MS))
    assert "soon" not in pen.head.pending


# Building

BAD_DRAFTS: dict[str, dict[str, Any]] = {
    "a cause of no kind": {"cause": {"topic": "reports"}},
    "an input left out": {"cause": from_input("reports", 9)},
    "an epoch by a writer": {"cause": epoch("reports", 0)},
    "an unknown deadline": {"cause": from_deadline("x", 1), "closed": ("x",)},
    "a due time in fractions": {"opened": (("x", 1.5),)},
    "an event that is no object": {"events": ("x",)},
    "keys of no shape": {"keys": {"add": {}}},
    "a record that is too large": {"why": ("x" * RECORD_BYTES_MAX,)},
}


@pytest.mark.parametrize("name", BAD_DRAFTS)
def test_a_draft_that_readers_would_void_is_never_built(name: str) -> None:
    with pytest.raises(ValueError, match=r"draft|record"):
        build(a_book().head, draft(**{"cause": from_input("reports", 2), **BAD_DRAFTS[name]}), WRITER.kid, WRITER.sign)


def test_a_retired_key_builds_nothing() -> None:
    with pytest.raises(ValueError, match="may not sign"):
        build(a_book().head, draft(from_input("reports", 2)), STRANGER.kid, STRANGER.sign)


def test_what_build_expects_is_what_take_finds() -> None:
    head = a_book().head
    built, raw = build(head, draft(from_input("reports", 2), opened=(("x", 1),)), WRITER.kid, WRITER.sign)
    taken, valid = take(head, raw, head.offset)
    assert taken == built
    assert isinstance(valid, Valid)
    assert valid.raw == raw
    assert valid.sha256 == built.link.sha256


# Signatures


def test_the_signature_covers_the_exact_bytes_before_it() -> None:
    raw = a_book().lines[1]
    parts = split_signature(raw)
    assert parts is not None
    body, signature = parts
    assert json.loads(body) == {name: value for name, value in json.loads(raw).items() if name != "sig"}
    assert signature == json.loads(raw)["sig"]
    assert signature_holds(raw, WRITER.public)
    assert not signature_holds(raw, NEXT_WRITER.public)


@pytest.mark.parametrize("raw", [b"", b'"}', b"{}", b"x" * 500, b"x" * 500 + b'"}'])
def test_bytes_without_a_signature_hold_none(raw: bytes) -> None:
    assert split_signature(raw) is None
    assert not signature_holds(raw, WRITER.public)


# One county's file


def county_file_holds(lines: list[bytes], genesis_line: bytes) -> bool:
    """Whether the records of one county, handed out without the rest of the book, are whole and in order."""
    previous = sha256_hex(genesis_line)
    for number, raw in enumerate(lines, start=1):
        fields = json.loads(raw)
        if (fields["county_seq"], fields["county_prev"]) != (number, previous) or not signature_holds(
            raw, WRITER.public
        ):
            return False
        previous = sha256_hex(raw)
    return True


def test_one_countys_records_verify_without_the_others() -> None:
    pen = Pen()
    for offset in range(9):
        pen.write(draft(from_input("reports", offset), county=(OTHER_COUNTY, "520327")[offset % 2], why=(str(offset),)))
    line, file = pen.lines[0], [raw for raw in pen.lines[1:] if json.loads(raw)["county"] == OTHER_COUNTY]
    assert len(file) == 5
    assert county_file_holds(file, line)
    assert pen.head.counties[OTHER_COUNTY].seq == 5
    assert pen.head.counties[OTHER_COUNTY].sha256 == sha256_hex(file[-1])
    for place in range(5):
        assert not county_file_holds(
            [*file[:place], file[place].replace(b'"why":["', b'"why":["x'), *file[place + 1 :]], line
        )
    for place in range(4):
        assert not county_file_holds([*file[:place], *file[place + 1 :]], line)
        assert not county_file_holds([*file[:place], file[place + 1], file[place], *file[place + 2 :]], line)


def test_an_unwritten_book_stands_at_its_genesis() -> None:
    head = open_head(genesis(), 0)
    assert not head.started
    assert started().started
    assert started().link == head.link
    assert started().writers[WRITER.kid] == WRITER.public
