"""Sealing identity and free text: a fresh key per report, wrapped to two public keys. Who seals cannot open.

AEAD is XChaCha20-Poly1305 (libsodium through PyNaCl); a key is wrapped by an anonymous sealed box (X25519).
Source in law: PIPL 28 and 51 (children's data: encryption, least privilege), PIPL 47
(erasure: destroy the wrapped key).
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import nacl.bindings
import nacl.exceptions
import nacl.public
import nacl.secret
import nacl.utils

from shared.contracts.reports import SealedPart, VaultEntry
from shared.contracts.wire import canonical

PADDING_BYTES = 256
"""Sealed texts are padded to a multiple of this, so that a length does not tell one short narrative from another."""
PLAINTEXT_BYTES_MAX = 299_000
"""What still fits the contract's Base64 bound with padding, nonce and tag."""


class CannotOpen(Exception):
    """A sealed text that this key does not open, or that was altered. The message never carries content."""


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """The two X25519 public keys (32 bytes each) to which every report key is wrapped."""

    custodian: bytes
    recovery: bytes


@dataclass(frozen=True, slots=True)
class OpeningProof:
    """What a proof found, without a word of what was sealed.

    `sealed_id_holds`: the id is the hash of the ciphertext. `plaintext_sha256` is of what both keys opened;
    `failures` is empty when the proof holds.
    """

    sealed_id: str
    report_id: str
    sealed_id_holds: bool
    custodian_opens: bool
    recovery_opens: bool
    plaintext_bytes: int | None
    plaintext_sha256: str | None
    failures: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every key that was given opened the same text."""
        return not self.failures


def key_id(purpose: str, public_key: bytes) -> str:
    """The id of a public key: its purpose and the first 16 hexadecimal digits of its SHA-256."""
    return f"{purpose}-{hashlib.sha256(public_key).hexdigest()[:16]}"


def associated_data(*, report_id: str, space: str, county: str) -> bytes:
    """What the ciphertext is bound to, so that no sealed part can be moved to another report, space or county."""
    return canonical({"county": county, "report_id": report_id, "space": space})


def seal(
    plaintext: bytes, *, report_id: str, space: str, county: str, keys: SealingKeys, sealed_at_ms: int
) -> tuple[SealedPart, VaultEntry]:
    """The sealed part for the report, and the vault entry that must be acknowledged before the report.

    ValueError when the text is longer than PLAINTEXT_BYTES_MAX.
    """
    if len(plaintext) > PLAINTEXT_BYTES_MAX:
        raise ValueError("too long to be sealed")
    data_key = nacl.utils.random(nacl.secret.Aead.KEY_SIZE)
    padded = nacl.bindings.sodium_pad(plaintext, PADDING_BYTES)
    aad = associated_data(report_id=report_id, space=space, county=county)
    ciphertext = bytes(nacl.secret.Aead(data_key).encrypt(padded, aad))
    encoded = base64.b64encode(ciphertext).decode()
    sealed_id = hashlib.sha256(ciphertext).hexdigest()
    entry = VaultEntry(
        sealed_id=sealed_id,
        report_id=report_id,
        space=space,
        county=county,
        custodian_key_id=key_id("custodian", keys.custodian),
        recovery_key_id=key_id("recovery", keys.recovery),
        wrapped_for_custodian=seal_to(keys.custodian, data_key),
        wrapped_for_recovery=seal_to(keys.recovery, data_key),
        ciphertext=encoded,
        sealed_at_ms=sealed_at_ms,
    )
    return SealedPart(sealed_id=sealed_id, ciphertext=encoded), entry


def open_with(private_key: bytes, wrapped: str, ciphertext: str, aad: bytes) -> bytes:
    """The plaintext, by an X25519 private key (32 bytes) to which the report's key was wrapped; else CannotOpen."""
    data_key = open_sealed(private_key, wrapped)
    try:
        padded = nacl.secret.Aead(data_key).decrypt(base64.b64decode(ciphertext, validate=True), aad)
        return nacl.bindings.sodium_unpad(padded, PADDING_BYTES)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise CannotOpen("altered, or sealed for another report, space or county") from None


def rewrapped(private_key: bytes, wrapped: str, public_key: bytes) -> str:
    """The data key that `private_key` opens, wrapped to another X25519 public key; else CannotOpen."""
    return seal_to(public_key, open_sealed(private_key, wrapped))


def seal_to(public_key: bytes, plaintext: bytes) -> str:
    """Base64 of an anonymous sealed box to an X25519 public key (32 bytes)."""
    box = nacl.public.SealedBox(nacl.public.PublicKey(public_key))
    return base64.b64encode(bytes(box.encrypt(plaintext))).decode()


def open_sealed(private_key: bytes, sealed: str) -> bytes:
    """What `seal_to` sealed. CannotOpen when the key is another or the text was altered."""
    try:
        box = nacl.public.SealedBox(nacl.public.PrivateKey(private_key))
        return bytes(box.decrypt(base64.b64decode(sealed, validate=True)))
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise CannotOpen("the key does not open this box") from None


def prove_opening(entry: VaultEntry, private_keys: Mapping[str, bytes]) -> OpeningProof:
    """Open one vault entry with each key given ("custodian", "recovery") and compare. Never tells what it read.

    KeyError for another name, ValueError without any key.
    """
    if not private_keys:
        raise ValueError("no key to prove")
    wrapped = {"custodian": entry.wrapped_for_custodian, "recovery": entry.wrapped_for_recovery}
    aad = associated_data(report_id=entry.report_id, space=entry.space, county=entry.county)
    opened: dict[str, bytes] = {}
    failures: list[str] = []
    for name, private_key in sorted(private_keys.items()):
        try:
            opened[name] = open_with(private_key, wrapped[name], entry.ciphertext, aad)
        except CannotOpen as error:
            failures.append(f"{name}: {error}")
    sealed_id_holds = _ciphertext_sha256(entry.ciphertext) == entry.sealed_id
    if not sealed_id_holds:
        failures.append("sealed_id is not the hash of the ciphertext")
    if len(set(opened.values())) > 1:
        failures.append("the keys opened different texts")
    text = next(iter(opened.values()), None)
    return OpeningProof(
        sealed_id=entry.sealed_id,
        report_id=entry.report_id,
        sealed_id_holds=sealed_id_holds,
        custodian_opens="custodian" in opened,
        recovery_opens="recovery" in opened,
        plaintext_bytes=None if text is None else len(text),
        plaintext_sha256=None if text is None else hashlib.sha256(text).hexdigest(),
        failures=tuple(failures),
    )


def _ciphertext_sha256(ciphertext: str) -> str | None:
    try:
        return hashlib.sha256(base64.b64decode(ciphertext, validate=True)).hexdigest()
    except ValueError:
        return None
