"""Bytes on the wire: canonical JSON, CloudEvents headers, keys and partitions.

Partitions are computed here (murmur2 of the key, as Kafka's own clients do) and never left to a client's default.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import BaseModel

from shared.contracts.base import Cited, Message, defaults_of

CONTENT_TYPE = b"application/json"
SOURCE_PREFIX = "/wardline/"


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Canonical JSON: sorted keys, no spaces, UTF-8. Equal values give equal bytes.

    A message may stand anywhere in the value; its fields that are None are left out (absent and null mean the same).
    """
    return orjson.dumps(value, default=_fields, option=orjson.OPT_SORT_KEYS)


def beyond_defaults(message: BaseModel) -> bytes:
    """A message as canonical JSON without the fields that are as by default, at any depth."""
    return orjson.dumps(message, default=_beyond_defaults, option=orjson.OPT_SORT_KEYS)


def _beyond_defaults(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever orjson does not know
    if not isinstance(value, Message):
        raise TypeError(type(value).__name__)
    defaults, _ = defaults_of(type(value))
    return {
        name: field
        for name, field in value.__dict__.items()
        if field is not (default := defaults.get(name, defaults)) and field != default
    }


def encode(message: BaseModel) -> bytes:
    """A message as canonical JSON; fields that are None are left out (absent and null mean the same)."""
    return canonical(message)


_REMEMBERED: dict[int, tuple[Cited, orjson.Fragment]] = {}
"""The JSON of cited messages by identity; the message is held, so that no other can take its place."""
REMEMBERED_MAX = 4096


def _fields(value: Any) -> dict[str, Any] | orjson.Fragment:  # noqa: ANN401 - whatever orjson does not know
    """A message's fields for orjson: half the time of a dump by pydantic, and the same bytes."""
    if isinstance(value, Cited):
        known = _REMEMBERED.get(id(value))
        if known is None:
            if len(_REMEMBERED) >= REMEMBERED_MAX:
                _REMEMBERED.clear()
            known = value, orjson.Fragment(canonical(_present(value)))
            _REMEMBERED[id(value)] = known
        return known[1]
    if isinstance(value, BaseModel):
        return _present(value)
    raise TypeError(type(value).__name__)


def _present(message: BaseModel) -> dict[str, Any]:
    return {name: field for name, field in message.__dict__.items() if field is not None}


def sha256_hex(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def headers(*, service: str, message_type: str, message_id: str, at_iso: str, space: str) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0 headers in Kafka's binary content mode."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", message_id.encode()),
        ("ce_source", f"{SOURCE_PREFIX}{space}/{service}".encode()),
        ("ce_type", f"wardline.{message_type}".encode()),
        ("ce_time", at_iso.encode()),
        ("content-type", CONTENT_TYPE),
    ]


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key among so many: Kafka's murmur2, made positive, modulo."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """Kafka's murmur2 (seed 0x9747b28c) as an unsigned 32-bit number."""
    length = len(data)
    mix, mask = 0x5BD1E995, 0xFFFFFFFF
    digest = (0x9747B28C ^ length) & mask
    for start in range(0, length - length % 4, 4):
        word = int.from_bytes(data[start : start + 4], "little")
        word = (word * mix) & mask
        word ^= word >> 24
        word = (word * mix) & mask
        digest = ((digest * mix) & mask) ^ word
    tail: Sequence[int] = data[length - length % 4 :]
    if len(tail) > 2:  # noqa: PLR2004 - three bytes are left over
        digest ^= tail[2] << 16
    if len(tail) > 1:
        digest ^= tail[1] << 8
    if tail:
        digest = ((digest ^ tail[0]) * mix) & mask
    digest ^= digest >> 13
    digest = (digest * mix) & mask
    return digest ^ (digest >> 15)
