"""Bytes become a tree or a refusal; nothing else, and nothing is lost on the way."""

import pytest

from services.intake.core.parsing import DEPTH_MAX, parse_filing
from services.intake.core.refused import Refused


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "NOT_JSON"),
        (b"{", 400, "NOT_JSON"),
        (b'{"a": 1} trailing', 400, "NOT_JSON"),
        (b"\xff\xfe{}", 400, "NOT_UTF_8"),
        ("{}".encode("utf-16"), 400, "NOT_UTF_8"),
        (b"[]", 422, "NOT_AN_OBJECT"),
        (b"null", 422, "NOT_AN_OBJECT"),
        (b'"text"', 422, "NOT_AN_OBJECT"),
        (b"7", 422, "NOT_AN_OBJECT"),
        (b"[" * 100_000, 400, "TOO_DEEP"),
        (b'{"a":' * (DEPTH_MAX + 1) + b"1" + b"}" * (DEPTH_MAX + 1), 400, "TOO_DEEP"),
    ],
)
def test_what_is_no_json_object_is_refused_with_a_code(body: bytes, status: int, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_filing(body)
    assert (refusal.value.status, refusal.value.code) == (status, code)


def test_numbers_that_json_has_no_room_for_are_kept_as_they_were_written() -> None:
    tree = parse_filing(b'{"a": NaN, "b": -Infinity, "c": 1e999, "d": 123456789012345678901234567890, "e": 1.5}').tree
    assert tree == {"a": "NaN", "b": "-Infinity", "c": "1e999", "d": "123456789012345678901234567890", "e": 1.5}


def test_a_number_of_ten_thousand_digits_does_not_stop_the_reader() -> None:
    assert parse_filing(b'{"a": ' + b"9" * 10_000 + b"}").tree == {"a": "9" * 10_000}


def test_a_field_that_stands_twice_keeps_every_value() -> None:
    parsed = parse_filing(b'{"a": 1, "a": 2, "a": 3, "b": 4}')
    assert parsed.repeated
    assert parsed.tree == {"a": 3, "a#1": 1, "a#2": 2, "b": 4}


def test_an_unpaired_surrogate_becomes_text_that_can_be_written() -> None:
    tree = parse_filing(b'{"a\\ud800": "b\\udfff"}').tree
    assert tree == {"a?": "b?"}


def test_a_byte_order_mark_and_control_signs_in_text_are_read() -> None:
    assert parse_filing(b'\xef\xbb\xbf{"a": "x\ny"}').tree == {"a": "x\ny"}
