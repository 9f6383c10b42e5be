"""What is sealed opens with the custodian's key and with the recovery key, and with nothing else."""

import base64

import pytest
from nacl.public import PrivateKey

from shared.contracts.reports import VaultEntry
from shared.runtime.sealing import (
    PLAINTEXT_BYTES_MAX,
    CannotOpen,
    SealingKeys,
    associated_data,
    open_sealed,
    open_with,
    prove_opening,
    seal,
    seal_to,
)

CUSTODIAN, RECOVERY, STRANGER = PrivateKey.generate(), PrivateKey.generate(), PrivateKey.generate()
KEYS = SealingKeys(custodian=bytes(CUSTODIAN.public_key), recovery=bytes(RECOVERY.public_key))
TEXT = "PLANTED-WORDS-1 测试".encode()
AAD = associated_data(report_id="r1", space="test", county="520327")


def sealed_entry(text: bytes = TEXT) -> VaultEntry:
    part, entry = seal(text, report_id="r1", space="test", county="520327", keys=KEYS, sealed_at_ms=1)
    assert part.ciphertext == entry.ciphertext
    assert part.sealed_id == entry.sealed_id
    return entry


def test_either_key_opens_what_was_sealed() -> None:
    entry = sealed_entry()
    assert open_with(bytes(CUSTODIAN), entry.wrapped_for_custodian, entry.ciphertext, AAD) == TEXT
    assert open_with(bytes(RECOVERY), entry.wrapped_for_recovery, entry.ciphertext, AAD) == TEXT


@pytest.mark.parametrize("field", ["report_id", "space", "county"])
def test_a_sealed_part_cannot_be_moved_to_another_report_space_or_county(field: str) -> None:
    entry = sealed_entry()
    other = {"report_id": "r1", "space": "test", "county": "520327"} | {field: "other"}
    with pytest.raises(CannotOpen):
        open_with(bytes(CUSTODIAN), entry.wrapped_for_custodian, entry.ciphertext, associated_data(**other))


def test_a_stranger_and_an_altered_text_open_nothing() -> None:
    entry = sealed_entry()
    with pytest.raises(CannotOpen):
        open_with(bytes(STRANGER), entry.wrapped_for_custodian, entry.ciphertext, AAD)
    altered = bytearray(base64.b64decode(entry.ciphertext))
    altered[40] ^= 1
    with pytest.raises(CannotOpen):
        open_with(bytes(CUSTODIAN), entry.wrapped_for_custodian, base64.b64encode(altered).decode(), AAD)
    with pytest.raises(CannotOpen):
        open_sealed(bytes(CUSTODIAN), "no base64 at all")


def test_every_report_has_a_fresh_key_and_short_texts_have_one_length() -> None:
    first, second, other = sealed_entry(), sealed_entry(), sealed_entry(b"short")
    assert first.ciphertext != second.ciphertext
    assert first.wrapped_for_custodian != second.wrapped_for_custodian
    assert len(first.ciphertext) == len(other.ciphertext)


def test_the_largest_text_fits_and_a_larger_one_is_refused() -> None:
    entry = sealed_entry(b"x" * PLAINTEXT_BYTES_MAX)
    assert len(open_with(bytes(CUSTODIAN), entry.wrapped_for_custodian, entry.ciphertext, AAD)) == PLAINTEXT_BYTES_MAX
    with pytest.raises(ValueError, match="too long"):
        sealed_entry(b"x" * (PLAINTEXT_BYTES_MAX + 1))


def test_a_sealed_box_opens_for_its_owner_alone() -> None:
    box = seal_to(bytes(CUSTODIAN.public_key), TEXT)
    assert open_sealed(bytes(CUSTODIAN), box) == TEXT
    with pytest.raises(CannotOpen):
        open_sealed(bytes(RECOVERY), box)


def test_the_proof_holds_for_both_keys_and_never_shows_the_text() -> None:
    proof = prove_opening(sealed_entry(), {"custodian": bytes(CUSTODIAN), "recovery": bytes(RECOVERY)})
    assert proof.holds
    assert (proof.custodian_opens, proof.recovery_opens, proof.sealed_id_holds) == (True, True, True)
    assert proof.plaintext_bytes == len(TEXT)
    assert "PLANTED" not in repr(proof)


def test_the_proof_names_what_fails() -> None:
    wrong = prove_opening(sealed_entry(), {"custodian": bytes(STRANGER), "recovery": bytes(RECOVERY)})
    assert not wrong.holds
    assert (wrong.custodian_opens, wrong.recovery_opens) == (False, True)
    moved = prove_opening(sealed_entry().model_copy(update={"county": "110101"}), {"custodian": bytes(CUSTODIAN)})
    assert not moved.holds
    renamed = prove_opening(sealed_entry().model_copy(update={"sealed_id": "0" * 64}), {"recovery": bytes(RECOVERY)})
    assert renamed.failures == ("sealed_id is not the hash of the ciphertext",)


def test_a_proof_needs_a_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        prove_opening(sealed_entry(), {})
