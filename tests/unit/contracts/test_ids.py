"""Receipts, areas, spaces and derived ids."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.ids import (
    COUNTY_UNKNOWN,
    RECEIPT_ALPHABET,
    RECEIPT_PATTERN,
    case_id,
    check_space,
    county_of,
    keyed_id,
    normal_receipt,
    receipt_of,
    township_of,
)

KEY = b"a key of a test"
receipts = st.builds(receipt_of, st.just(KEY), st.from_regex(r"\A[0-9]{6}\Z"), st.text(min_size=1, max_size=40))


def _signs(receipt: str) -> list[str]:
    return list(receipt.replace("-", ""))


@given(receipts)
def test_a_receipt_is_well_formed_and_reads_back_as_itself(receipt: str) -> None:
    assert RECEIPT_PATTERN.fullmatch(receipt)
    assert normal_receipt(receipt) == receipt


@given(receipts)
def test_one_wrong_sign_is_always_found(receipt: str) -> None:
    signs = _signs(receipt)
    for position, sign in enumerate(signs):
        for wrong in "0123456789" if position < 6 else RECEIPT_ALPHABET:
            if wrong != sign:
                assert normal_receipt("".join([*signs[:position], wrong, *signs[position + 1 :]])) is None


@given(receipts)
def test_two_swapped_neighbours_are_always_found(receipt: str) -> None:
    signs = _signs(receipt)
    for position in range(len(signs) - 1):
        first, second = signs[position : position + 2]
        if first != second:
            swapped = [*signs[:position], second, first, *signs[position + 2 :]]
            assert normal_receipt("".join(swapped)) is None


@given(receipts, st.randoms(use_true_random=False))
def test_case_spaces_and_hyphens_are_free(receipt: str, random: Random) -> None:
    typed = "".join(
        random.choice(["", " ", "-", "\t"]) + random.choice([sign, sign.lower()]) for sign in _signs(receipt)
    )
    assert normal_receipt(f" {typed}\n") == receipt


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_receipt_or_none(text: str) -> None:
    receipt = normal_receipt(text)
    assert receipt is None or RECEIPT_PATTERN.fullmatch(receipt)


@pytest.mark.parametrize("text", ["", "520327", "520327-AAAAA-AAAAA-AAAA", "５２０３２７-AAAAA-AAAAA-AAAAA", "x" * 21])
def test_what_is_no_receipt_is_none(text: str) -> None:
    assert normal_receipt(text) is None


def test_a_receipt_depends_on_key_county_and_report() -> None:
    made = {
        receipt_of(KEY, "520327", "r1"),
        receipt_of(b"other", "520327", "r1"),
        receipt_of(KEY, "520328", "r1"),
        receipt_of(KEY, "520327", "r2"),
    }
    assert len(made) == 4
    assert receipt_of(KEY, "520327", "r1") in made


@pytest.mark.parametrize(
    ("area", "county", "township"),
    [
        ("520327", "520327", "520327"),
        ("520327102", "520327", "520327102"),
        ("520327102203", "520327", "520327102"),
        ("5203271", "520327", None),
        ("52032", None, None),
        ("5203271022031", None, None),
        ("52032x", None, None),
        ("520327\n", None, None),
        ("５２０３２７", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_county_and_township_of_an_area(area: str | None, county: str | None, township: str | None) -> None:
    assert county_of(area) == county
    assert township_of(area) == township


@given(st.from_regex(r"\A[0-9]{12}\Z"))
def test_a_villages_code_never_passes(area: str) -> None:
    township = township_of(area)
    assert township is not None
    assert len(township) == 9


def test_the_unknown_county_is_a_county() -> None:
    assert county_of(COUNTY_UNKNOWN) == COUNTY_UNKNOWN


@pytest.mark.parametrize("space", ["live", "demo", "drill-2026-11", "a", "a" * 40])
def test_a_well_formed_space_passes(space: str) -> None:
    assert check_space(space) == space


@pytest.mark.parametrize("space", ["", "Live", "-a", "a.b", "a/b", "a" * 41, "demo\n", "demo ", "演练"])
def test_a_malformed_space_is_refused_without_being_repeated(space: str) -> None:
    with pytest.raises(ValueError, match="a space is lower-case") as caught:
        check_space(space)
    assert not space or space == "-a" or space not in str(caught.value)


def test_keyed_ids_are_equal_for_equal_parts_and_do_not_run_together() -> None:
    assert keyed_id(KEY, "a", "b") == keyed_id(KEY, "a", "b")
    assert (
        len({keyed_id(KEY, "a", "b"), keyed_id(KEY, "ab"), keyed_id(KEY, "b", "a"), keyed_id(b"other", "a", "b")}) == 4
    )
    assert len(keyed_id(KEY, "a")) == 32


def test_case_ids_differ_by_child_and_stay_short() -> None:
    assert case_id("r1", 0) == "r1.0"
    assert len({case_id("r1", 0), case_id("r1", 1), case_id("x" * 119, 0), case_id("y" * 119, 0)}) == 4
    assert len(case_id("x" * 120, 19)) < 60
