"""The hash-chained ledger: one record is one decision, and the chain is the concurrency control.

Everything here is pure: a `Head` (what a book's valid records add up to) takes the bytes of the next record and says
whether they are valid or void. Validity needs neither `decide` nor `evolve`. The first valid record wins, which is
the fence against an old owner that wakes up; void bytes are counted by every reader and never raise.

On the wire a record is canonical JSON with the signature as its last field, so that the signed bytes are the exact
bytes before it. Hashes are SHA-256 of the exact bytes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import orjson
from immutables import Map
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from shared.contracts.base import Message
from shared.contracts.ids import COUNTY_PATTERN
from shared.contracts.records import RECORD_BYTES_MAX, RECORD_VERSION, Genesis
from shared.contracts.wire import canonical, sha256_hex

SIGNATURE_PREFIX: Final = b',"sig":"'
SIGNATURE_HEX_LENGTH: Final = 128
SIGNATURE_HEX: Final = re.compile(rf"[0-9a-f]{{{SIGNATURE_HEX_LENGTH}}}")
"""Lower case only: a signature that may be written in two ways would give one record two hashes."""
SIGNATURE_FIELD_LENGTH: Final = len(SIGNATURE_PREFIX) + SIGNATURE_HEX_LENGTH + len(b'"}')
SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")


class VoidReason(StrEnum):
    """Why bytes in the log are not part of the chain."""

    UNREADABLE = "UNREADABLE"
    TOO_LARGE = "TOO_LARGE"
    GENESIS = "GENESIS"
    FOREIGN_BOOK = "FOREIGN_BOOK"
    STALE = "STALE"
    AHEAD = "AHEAD"
    PREVIOUS = "PREVIOUS"
    COUNTY = "COUNTY"
    CAUSE = "CAUSE"
    TIME = "TIME"
    DEADLINES = "DEADLINES"
    KEY = "KEY"
    SIGNATURE = "SIGNATURE"


@dataclass(frozen=True, slots=True)
class Position:
    """How far one input topic of the book is decided: the topic's id and the next offset."""

    topic_id: str
    next: int


@dataclass(frozen=True, slots=True)
class Link:
    """The last link of a chain: its number and hash."""

    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """What the valid records of one book add up to.

    `offset` is the next offset of the case-log to read; `pending` maps deadline ids to their due time (ms);
    `positions` maps short input-topic names to how far they are decided.
    """

    space: str
    book: int
    genesis: bytes
    genesis_sha256: str
    link: Link
    started: bool = False
    counties: Map[str, Link] = field(default_factory=Map)
    positions: Map[str, Position] = field(default_factory=Map)
    pending: Map[str, int] = field(default_factory=Map)
    writers: Map[str, str] = field(default_factory=Map)
    operators: Map[str, str] = field(default_factory=Map)
    decided_at_ms: int = 0
    offset: int = 0
    void: int = 0


@dataclass(frozen=True, slots=True)
class Valid:
    """A record that extends the chain: its fields as JSON, the exact bytes, their hash and offset."""

    fields: Mapping[str, Any]
    raw: bytes
    sha256: str
    offset: int


@dataclass(frozen=True, slots=True)
class GenesisTaken:
    """The genesis line, first in the book."""

    offset: int


@dataclass(frozen=True, slots=True)
class Void:
    """Bytes that are not part of the chain, and why."""

    reason: VoidReason
    offset: int
    seq: int | None = None


Taken = Valid | GenesisTaken | Void


def open_head(genesis: Genesis, book: int) -> Head:
    """The head of a book in which nothing has been written yet."""
    line = genesis.line()
    return Head(
        space=genesis.space,
        book=book,
        genesis=line,
        genesis_sha256=sha256_hex(line),
        link=Link(0, sha256_hex(line)),
        writers=Map(genesis.writers),
        operators=Map(genesis.operators),
        decided_at_ms=genesis.created_at_ms,
    )


def take(head: Head, raw: bytes | None, offset: int) -> tuple[Head, Taken]:
    """Read the bytes at `offset`: the head after them, and whether they were valid. Never raises."""
    if not head.started:
        if raw == head.genesis:
            return replace(head, started=True, offset=offset + 1), GenesisTaken(offset)
        return _void(head, Void(VoidReason.GENESIS, offset))
    if raw is None or raw == head.genesis:
        return _void(head, Void(VoidReason.UNREADABLE if raw is None else VoidReason.STALE, offset))
    if len(raw) > RECORD_BYTES_MAX:
        return _void(head, Void(VoidReason.TOO_LARGE, offset))
    fields = _parse(raw)
    if fields is None:
        return _void(head, Void(VoidReason.UNREADABLE, offset))
    reason = _fault(head, fields) or _signature_fault(head, fields, raw)
    if reason is not None:
        return _void(head, Void(reason, offset, fields["seq"]))
    digest = sha256_hex(raw)
    return advance(head, fields, digest, offset), Valid(fields, raw, digest, offset)


def advance(head: Head, fields: Mapping[str, Any], digest: str, offset: int) -> Head:
    """The head after a record that is known to be valid (checked by `take`, or just built on this head)."""
    counties = head.counties.set(fields["county"], Link(fields["county_seq"], digest))
    positions = head.positions
    cause = fields["cause"]
    if "topic" in cause:
        positions = positions.set(cause["topic"], Position(cause["topic_id"], cause["offset"] + 1))
    elif "epoch" in cause:
        epoch = cause["epoch"]
        positions = positions.set(epoch["topic"], Position(epoch["topic_id"], epoch["next"]))
    pending = head.pending
    if fields["closed"] or fields["opened"]:
        with pending.mutate() as changed:
            for deadline in fields["closed"]:
                del changed[deadline]
            for opened in fields["opened"]:
                changed[opened["id"]] = opened["due_at_ms"]
            pending = changed.finish()
    writers = head.writers
    if keys := fields.get("keys"):
        for kid, public_key in keys["add"].items():
            writers = writers.set(kid, public_key)
        for kid in keys["retire"]:
            writers = writers.delete(kid) if kid in writers else writers
    return replace(
        head,
        link=Link(fields["seq"], digest),
        counties=counties,
        positions=positions,
        pending=pending,
        writers=writers,
        decided_at_ms=max(head.decided_at_ms, fields["decided_at_ms"]),
        offset=offset + 1,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that is not chained yet. `cause` is one of the cause objects of `records.py` as JSON."""

    county: str
    cause: Mapping[str, Any]
    arrived_at_ms: int
    decided_at_ms: int
    policy: str
    engine: str
    opened: tuple[tuple[str, int], ...] = ()
    closed: tuple[str, ...] = ()
    events: Sequence[Mapping[str, Any] | Message] = ()
    why: tuple[str, ...] = ()
    keys: Mapping[str, Any] | None = None


def build(head: Head, draft: Draft, kid: str, sign: Callable[[bytes], bytes]) -> tuple[Head, bytes]:
    """Chain and sign a draft on `head`: the head after it (offset counted on) and the record's exact bytes.

    Raises ValueError when the draft would not be valid: a defect of the caller, never written.
    """
    county = head.counties.get(draft.county)
    fields: dict[str, Any] = {
        "v": RECORD_VERSION,
        "type": "Record",
        "space": head.space,
        "book": head.book,
        "seq": head.link.seq + 1,
        "prev": head.link.sha256,
        "county": draft.county,
        "county_seq": county.seq + 1 if county else 1,
        "county_prev": county.sha256 if county else head.genesis_sha256,
        "cause": draft.cause,
        "arrived_at_ms": draft.arrived_at_ms,
        "decided_at_ms": draft.decided_at_ms,
        "policy": draft.policy,
        "engine": draft.engine,
        "opened": [{"id": deadline, "due_at_ms": due_at_ms} for deadline, due_at_ms in draft.opened],
        "closed": list(draft.closed),
        "events": list(draft.events),
        "why": list(draft.why),
        "kid": kid,
    }
    if draft.keys is not None:
        fields["keys"] = draft.keys
    if kid not in _signers(head, draft.cause):
        raise ValueError(f"the key {kid} may not sign this record on its head")
    seen = [{} if isinstance(event, Message) else event for event in draft.events]
    if not _shaped(fields | {"events": seen, "sig": ""}):
        raise ValueError("a draft that readers could not read")
    fault = _fault(head, fields)
    if fault is not None:
        raise ValueError(f"a draft that is not valid on its head: {fault}")
    body = canonical(fields)
    raw = body[:-1] + SIGNATURE_PREFIX + sign(body).hex().encode() + b'"}'
    if len(raw) > RECORD_BYTES_MAX:
        raise ValueError(f"a record of {len(raw)} bytes is over the limit of {RECORD_BYTES_MAX}")
    return advance(head, fields, sha256_hex(raw), head.offset), raw


def split_signature(raw: bytes) -> tuple[bytes, str] | None:
    """The signed bytes of a record and its signature (hexadecimal), or None when it does not end in one."""
    if len(raw) <= SIGNATURE_FIELD_LENGTH or not raw.endswith(b'"}'):
        return None
    start = len(raw) - SIGNATURE_FIELD_LENGTH
    if raw[start : start + len(SIGNATURE_PREFIX)] != SIGNATURE_PREFIX:
        return None
    return raw[:start] + b"}", raw[start + len(SIGNATURE_PREFIX) : -2].decode("ascii", "replace")


def signature_holds(raw: bytes, public_key_hex: str) -> bool:
    """Whether the record's bytes are signed by this key."""
    parts = split_signature(raw)
    if parts is None or not SIGNATURE_HEX.fullmatch(parts[1]):
        return False
    try:
        VerifyKey(bytes.fromhex(public_key_hex)).verify(parts[0], bytes.fromhex(parts[1]))
    except (BadSignatureError, ValueError):
        return False
    return True


def _void(head: Head, void: Void) -> tuple[Head, Void]:
    return replace(head, offset=void.offset + 1, void=head.void + 1), void


_TYPES: Final[Mapping[str, type]] = {
    "v": int,
    "space": str,
    "book": int,
    "seq": int,
    "prev": str,
    "county": str,
    "county_seq": int,
    "county_prev": str,
    "cause": dict,
    "arrived_at_ms": int,
    "decided_at_ms": int,
    "policy": str,
    "engine": str,
    "opened": list,
    "closed": list,
    "events": list,
    "why": list,
    "kid": str,
    "sig": str,
}


def _parse(raw: bytes) -> Mapping[str, Any] | None:
    """The record's fields when the bytes are a JSON object with the chain's fields in their types."""
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) and _shaped(fields) else None


def _shaped(fields: Mapping[str, Any]) -> bool:
    """Whether an object has the chain's fields in their types."""
    if any(type(fields.get(name)) is not kind for name, kind in _TYPES.items()):
        return False
    if COUNTY_PATTERN.fullmatch(fields["county"]) is None:
        return False
    if not all(
        isinstance(opened, dict) and type(opened.get("id")) is str and type(opened.get("due_at_ms")) is int
        for opened in fields["opened"]
    ):
        return False
    if not all(type(closed) is str for closed in fields["closed"]):
        return False
    if not all(isinstance(event, dict) for event in fields["events"]):
        return False
    return _cause_shape(fields["cause"]) and _keys_shape(fields.get("keys"))


def _cause_shape(cause: Mapping[str, Any]) -> bool:
    shapes: tuple[Mapping[str, type], ...] = (
        {"topic": str, "topic_id": str, "offset": int, "sha256": str},
        {"deadline": str, "due_at_ms": int},
    )
    if set(cause) == {"epoch"}:
        epoch = cause["epoch"]
        shape: Mapping[str, type] = {"topic": str, "topic_id": str, "next": int}
        return isinstance(epoch, dict) and _has_shape(epoch, shape) and epoch["next"] >= 0
    if not any(_has_shape(cause, shape) for shape in shapes):
        return False
    return "sha256" not in cause or SHA256_HEX.fullmatch(cause["sha256"]) is not None


def _has_shape(value: Mapping[str, Any], shape: Mapping[str, type]) -> bool:
    return set(value) == set(shape) and all(type(value[name]) is kind for name, kind in shape.items())


def _keys_shape(keys: Any) -> bool:  # noqa: ANN401 - parsed JSON
    if keys is None:
        return True
    return (
        isinstance(keys, dict)
        and set(keys) == {"add", "retire"}
        and isinstance(keys["add"], dict)
        and isinstance(keys["retire"], list)
        and all(type(value) is str for value in keys["retire"])
        and all(type(value) is str and SHA256_HEX.fullmatch(value) for value in keys["add"].values())
    )


def _fault(head: Head, fields: Mapping[str, Any]) -> VoidReason | None:
    return _chain_fault(head, fields) or _cause_fault(head, fields) or _keys_fault(head, fields)


def _chain_fault(head: Head, fields: Mapping[str, Any]) -> VoidReason | None:
    if fields["space"] != head.space or fields["book"] != head.book:
        return VoidReason.FOREIGN_BOOK
    if fields["seq"] <= head.link.seq:
        return VoidReason.STALE
    if fields["seq"] > head.link.seq + 1:
        return VoidReason.AHEAD
    if fields["prev"] != head.link.sha256:
        return VoidReason.PREVIOUS
    county = head.counties.get(fields["county"]) or Link(0, head.genesis_sha256)
    if fields["county_seq"] != county.seq + 1 or fields["county_prev"] != county.sha256:
        return VoidReason.COUNTY
    return VoidReason.TIME if fields["decided_at_ms"] < head.decided_at_ms else None


def _cause_fault(head: Head, fields: Mapping[str, Any]) -> VoidReason | None:
    cause, closed, opened = fields["cause"], fields["closed"], fields["opened"]
    if "topic" in cause:
        position = head.positions.get(cause["topic"])
        if position is None:
            if cause["offset"] != 0:
                return VoidReason.CAUSE
        elif (position.topic_id, position.next) != (cause["topic_id"], cause["offset"]):
            return VoidReason.CAUSE
    elif "deadline" in cause:
        if head.pending.get(cause["deadline"]) != cause["due_at_ms"] or cause["deadline"] not in closed:
            return VoidReason.CAUSE
        if fields["decided_at_ms"] < cause["due_at_ms"]:
            return VoidReason.TIME
    elif fields["events"] or opened or closed or fields.get("keys"):
        return VoidReason.CAUSE  # an operator sets a position anew and can do nothing else
    opened_ids = {each["id"] for each in opened}
    if (
        len(opened_ids) != len(opened)
        or len(set(closed)) != len(closed)
        or any(each not in head.pending for each in closed)
        or any(each in head.pending for each in opened_ids)
    ):
        return VoidReason.DEADLINES
    return None


def _keys_fault(head: Head, fields: Mapping[str, Any]) -> VoidReason | None:
    """A key id is never given to another key, and a book is never left without a writer."""
    keys = fields.get("keys")
    if not keys:
        return None
    if any(head.writers.get(kid, public_key) != public_key for kid, public_key in keys["add"].items()):
        return VoidReason.KEY
    left = (set(head.writers) | set(keys["add"])) - set(keys["retire"])
    return None if left else VoidReason.KEY


def _signers(head: Head, cause: Mapping[str, Any]) -> Mapping[str, str]:
    """Who may sign a record of this cause: operators an epoch record, writers everything else."""
    return head.operators if "epoch" in cause else head.writers


def _signature_fault(head: Head, fields: Mapping[str, Any], raw: bytes) -> VoidReason | None:
    public_key = _signers(head, fields["cause"]).get(fields["kid"])
    if public_key is None:
        return VoidReason.KEY
    return None if signature_holds(raw, public_key) else VoidReason.SIGNATURE
