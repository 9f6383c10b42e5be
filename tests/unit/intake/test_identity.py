"""Ids are derived: a retry finds its first try on any process, and nobody else's."""

import pytest

from services.intake.core.identity import Filer, SubmissionIds, addition_id, check_idempotency_key, ids_of, receipt_for
from services.intake.core.refused import Refused
from shared.contracts.ids import normal_receipt

SECRET = b"s" * 32
DAY_MS = 86_400_000
NOW_MS = 1_795_219_200_000
SCHOOL = Filer(api_key="key-of-a-school", address="127.0.0.1")
STRONG = "0123456789abcdef"


def ids(filer: Filer = SCHOOL, key: str | None = STRONG, tree: object = None, wall_ms: int = NOW_MS) -> SubmissionIds:
    return ids_of(SECRET, filer, key, tree or {"narrative": "x"}, wall_ms=wall_ms)


def test_the_same_key_and_content_have_the_same_ids_whenever_they_come() -> None:
    assert ids() == ids(wall_ms=NOW_MS + 40 * DAY_MS)


def test_the_same_key_with_other_content_is_the_same_filing_and_another_report() -> None:
    first, second = ids(), ids(tree={"narrative": "y"})
    assert first.filing_id == second.filing_id
    assert first.report_id != second.report_id


def test_the_order_of_fields_is_not_content() -> None:
    assert ids(tree={"a": 1, "b": 2}) == ids(tree={"b": 2, "a": 1})


def test_another_filer_with_the_same_key_is_another_filing() -> None:
    other = Filer(api_key="key-of-a-hospital", address="127.0.0.1")
    public = Filer(api_key=None, address="127.0.0.1")
    assert len({ids().filing_id, ids(other).filing_id, ids(public).filing_id}) == 3


def test_an_institution_keeps_its_ids_from_another_address() -> None:
    assert ids() == ids(Filer(api_key=SCHOOL.api_key, address="127.0.0.2"))


def test_a_short_key_of_the_public_counts_for_one_address_only() -> None:
    here, there = Filer(None, "127.0.0.1"), Filer(None, "127.0.0.2")
    assert ids(here, "1").filing_id != ids(there, "1").filing_id
    assert ids(here, STRONG).filing_id == ids(there, STRONG).filing_id


def test_without_a_key_the_same_content_counts_once_a_day() -> None:
    assert ids(key=None) == ids(key=None, wall_ms=NOW_MS + 1000)
    assert ids(key=None).derived_key
    assert ids(key=None).filing_id != ids(key=None, wall_ms=NOW_MS + DAY_MS).filing_id
    assert ids(key=None).filing_id != ids(key=None, tree={"narrative": "y"}).filing_id


def test_a_key_cannot_be_made_to_look_like_a_derived_one() -> None:
    assert ids(key=None).filing_id != ids(key="content:2026-11-21:0").filing_id


def test_a_receipt_is_well_formed_and_carries_the_county() -> None:
    receipt = receipt_for(SECRET, "520327", ids().filing_id)
    assert normal_receipt(receipt) == receipt
    assert receipt.startswith("520327-")


def test_an_addition_has_its_own_id_and_keeps_it() -> None:
    first = addition_id(SECRET, "r1", {"narrative": "x"})
    assert first == addition_id(SECRET, "r1", {"narrative": "x"})
    assert (
        len({first, addition_id(SECRET, "r2", {"narrative": "x"}), addition_id(SECRET, "r1", {"narrative": "y"})}) == 3
    )


@pytest.mark.parametrize("key", ["a b", "x" * 201, "键", "a\x00b"])
def test_an_unusable_key_is_refused(key: str) -> None:
    with pytest.raises(Refused, match="BAD_IDEMPOTENCY_KEY"):
        check_idempotency_key(key)


def test_an_empty_key_is_no_key() -> None:
    assert check_idempotency_key("") is None
    assert check_idempotency_key("  ") is None
    assert check_idempotency_key(None) is None
