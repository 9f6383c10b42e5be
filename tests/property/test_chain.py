"""Invariants of the chain under arbitrary bytes and arbitrary books."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.chain import Head, Valid, Void, VoidReason, take
from shared.contracts.wire import canonical
from tests.support.ledgers import (
    COUNTY,
    OPERATOR,
    OTHER_COUNTY,
    WRITER,
    Pen,
    draft,
    epoch,
    from_deadline,
    from_input,
    genesis,
    read,
    started,
    valid_records,
)

json_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(json.loads(Pen().write(draft(from_input("reports", 0)))))


@st.composite
def books(draw: st.DrawFn) -> Pen:
    """A book of a few records: inputs, deadlines that fire, deadlines opened and closed, epochs."""
    pen = Pen()
    for number in range(draw(st.integers(1, 8))):
        county = draw(st.sampled_from((COUNTY, OTHER_COUNTY, "000000")))
        pending = sorted(pen.head.pending.items())
        opened = tuple((f"d{number}.{each}", draw(st.integers(0, 2**40))) for each in range(draw(st.integers(0, 3))))
        why = (draw(st.text(st.characters(codec="utf-8"), max_size=10)),)
        kind = draw(st.sampled_from(("reports", "commands", "outcomes", "deadline", "epoch")))
        if kind == "epoch":
            pen.write(draft(epoch("reports", draw(st.integers(0, 9))), county=county, why=why), OPERATOR)
        elif kind == "deadline" and pending:
            deadline, due_at_ms = draw(st.sampled_from(pending))
            pen.write(
                draft(from_deadline(deadline, due_at_ms), county=county, closed=(deadline,), opened=opened, why=why)
            )
        else:
            topic = "reports" if kind == "deadline" else kind
            position = pen.head.positions.get(topic)
            closed = (
                tuple(draw(st.lists(st.sampled_from([name for name, _ in pending]), unique=True))) if pending else ()
            )
            cause = from_input(topic, position.next if position else 0)
            pen.write(draft(cause, county=county, opened=opened, closed=closed, why=why))
    return pen


@given(books())
def test_a_book_reads_back_whole_and_gives_the_head_of_its_writer(pen: Pen) -> None:
    head, takens = read(pen.lines)
    assert valid_records(takens) == pen.lines[1:]
    assert head == pen.head
    assert head.link.seq == len(pen.lines) - 1
    assert sum(link.seq for link in head.counties.values()) == head.link.seq


@given(books(), st.data())
def test_junk_between_records_changes_nothing_but_the_count_of_void(pen: Pen, data: st.DataObject) -> None:
    junk = st.none() | st.binary(max_size=50) | st.sampled_from(pen.lines)
    lines: list[bytes | None] = []
    inserted = 0
    for place, raw in enumerate(pen.lines):
        earlier = [each for each in data.draw(st.lists(junk, max_size=2)) if each not in pen.lines[place:]]
        lines += [*earlier, raw]
        inserted += len(earlier)
    head, takens = read(lines)
    assert valid_records(takens) == pen.lines[1:]
    assert head.link == pen.head.link
    assert head.pending == pen.head.pending
    assert head.void == inserted


@given(books(), st.data())
def test_any_change_of_any_record_is_void_and_everything_after_it(pen: Pen, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(pen.lines) - 1))
    raw = pen.lines[place]
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))]) + raw[at + 1 :]
    _, takens = read([*pen.lines[:place], changed, *pen.lines[place + 1 :]])
    assert valid_records(takens) == pen.lines[1:place]


@given(books(), st.integers(0, 10))
def test_a_cut_tail_is_an_earlier_head(pen: Pen, kept: int) -> None:
    head, takens = read(pen.lines[: kept + 1])
    assert valid_records(takens) == pen.lines[1 : kept + 1]
    assert head.link.seq == min(kept, len(pen.lines) - 1)


@given(books(), st.binary(max_size=400) | json_values.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_are_void_and_never_raise(pen: Pen, raw: bytes) -> None:
    for head in (pen.head, started()):
        after, taken = take(head, raw, head.offset)
        assert isinstance(taken, Void)
        assert after.link == head.link
        assert after.void == head.void + 1


def _signed(head: Head, changes: dict[str, Any]) -> bytes:
    """A record that the writer itself signed, with arbitrary fields."""
    fork = Pen(head, [])
    position = head.positions.get("reports")
    cause = from_input("reports", position.next if position else 0, position.topic_id if position else "any")
    fields = json.loads(fork.write(draft(cause)))
    del fields["sig"]
    body = json.dumps(fields | changes, sort_keys=True, separators=(",", ":")).encode()
    return body[:-1] + b',"sig":"' + WRITER.sign(body).hex().encode() + b'"}'


@given(books(), st.dictionaries(st.sampled_from([*FIELDS, "keys", "other"]), json_values, min_size=1, max_size=3))
def test_arbitrary_fields_under_a_good_signature_never_raise(pen: Pen, changes: dict[str, Any]) -> None:
    raw = _signed(pen.head, changes)
    after, taken = take(pen.head, raw, pen.head.offset)
    assert isinstance(taken, Valid | Void)
    assert after.link.seq == pen.head.link.seq + isinstance(taken, Valid)
    take(after, raw, after.offset)


@given(books(), st.data())
def test_of_two_forks_the_first_in_the_log_wins(pen: Pen, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pen.lines) - 1))
    head, _ = read(pen.lines[: at + 1])
    fork = Pen(head, [])
    position = head.positions.get("outcomes")
    fork.write(draft(from_input("outcomes", position.next if position else 0), why=("an old owner",)))
    after, takens = read([*pen.lines, *fork.lines])
    if at == len(pen.lines) - 1:
        assert after.link == fork.head.link
    else:
        assert isinstance(takens[-1], Void)
        assert takens[-1].reason in {VoidReason.STALE, VoidReason.PREVIOUS}
        assert after.link == pen.head.link


@given(st.binary(max_size=200))
def test_a_genesis_is_the_exact_line_or_nothing(raw: bytes) -> None:
    _, takens = read([raw])
    assert isinstance(takens[0], Void)
    assert takens[0].reason is VoidReason.GENESIS
    assert canonical(json.loads(genesis().line())) == genesis().line()
