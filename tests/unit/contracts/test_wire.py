"""Bytes on the wire."""

import json
import struct

import pytest
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafka_python_murmur2

from shared.contracts.reports import ReportFacts
from shared.contracts.wire import canonical, encode, headers, murmur2, partition_of, sha256_hex

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=200))
def test_murmur2_is_that_of_both_clients(key: bytes) -> None:
    ours = murmur2(key)
    assert ours == kafka_python_murmur2(key) & 0xFFFFFFFF
    assert ours == aiokafka_murmur2(key) & 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "signed"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536), (b"abc", 479470107)],
)
def test_murmur2_gives_the_numbers_of_kafkas_own_tests(key: bytes, signed: int) -> None:
    assert struct.unpack(">i", murmur2(key).to_bytes(4, "big"))[0] == signed


@given(st.text(max_size=20), st.integers(1, 1000))
def test_a_key_has_one_partition_among_those_there_are(key: str, partitions: int) -> None:
    partition = partition_of(key, partitions)
    assert 0 <= partition < partitions
    assert partition == (kafka_python_murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def test_partitions_of_counties_are_pinned() -> None:
    """A change here would send a county's reports to a book that does not know its cases."""
    pinned = {"000000": 9, "110101": 8, "330106": 11, "520327": 2}
    assert {county: partition_of(county, 12) for county in pinned} == pinned


@given(json_values)
def test_canonical_json_is_stable_and_says_the_same(value: object) -> None:
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(json.loads(data)) == data
    assert b"\n" not in data


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": {"d": 2, "c": "汉"}}) == '{"a":{"c":"汉","d":2},"b":1}'.encode()
    assert canonical({"a": {"c": "汉", "d": 2}, "b": 1}) == canonical({"b": 1, "a": {"d": 2, "c": "汉"}})


def test_what_is_unknown_is_left_out_and_reads_back_as_unknown() -> None:
    data = encode(ReportFacts())
    assert b"null" not in data
    assert ReportFacts.model_validate_json(data) == ReportFacts()


def test_headers_are_cloudevents_in_kafkas_binary_mode() -> None:
    made = headers(
        service="intake", message_type="ReportFiled", message_id="id-1", at_iso="2026-11-21T00:00:00Z", space="demo"
    )
    assert dict(made) == {
        "ce_specversion": b"1.0",
        "ce_id": b"id-1",
        "ce_source": b"/wardline/demo/intake",
        "ce_type": b"wardline.ReportFiled",
        "ce_time": b"2026-11-21T00:00:00Z",
        "content-type": b"application/json",
    }
    assert len(made) == len(dict(made))


def test_the_hash_is_sha256_in_lower_case() -> None:
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
