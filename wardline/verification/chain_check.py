"""One book's bytes against the chain: what is valid, what is void and of which kind, and where the chain was broken.

Pure: it is given the bytes in the order of the log and trusts nobody but the genesis.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.contracts import chain
from shared.contracts.records import Genesis
from shared.contracts.wire import sha256_hex
from wardline.verification.findings import BookFindings, Fault, FaultCode, VoidFound, VoidKind


@dataclass(frozen=True, slots=True)
class Entry:
    """Bytes of a log: offset, value, the broker's append time (wall ms), and the key."""

    offset: int
    value: bytes | None
    appended_wall_ms: int = 0
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A record that is signed by a writer's key and not part of the chain."""

    seq: int
    prev: str
    offset: int
    kind: VoidKind


@dataclass(frozen=True, slots=True)
class Break:
    """The first signed record that lies ahead of the head without anything that it follows."""

    offset: int
    seq: int
    prev: str
    head_seq: int
    head_offset: int
    suspects: tuple[VoidFound, ...]


@dataclass(slots=True)
class ChainCheck:
    """Reads one book entry by entry; `finish` says where the chain was broken, if it was."""

    genesis: Genesis
    findings: BookFindings
    head: chain.Head = field(init=False)
    hashes: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    branches: dict[str, Branch] = field(default_factory=dict)
    _keys: dict[str, str] = field(init=False)
    _break: Break | None = None
    _suspects: list[VoidFound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = chain.open_head(self.genesis, self.findings.book)
        self._keys = {**self.genesis.operators, **self.genesis.writers}

    @property
    def book(self) -> int:
        """The book's number."""
        return self.findings.book

    def read(self, entry: Entry) -> chain.Valid | None:
        """Take the next bytes of the log: the record when it is valid. Never raises."""
        self.head, taken = chain.take(self.head, entry.value, entry.offset)
        if isinstance(taken, chain.Valid):
            self.hashes.append(taken.sha256)
            self.offsets.append(taken.offset)
            self._suspects.clear()
            self._keys.update((taken.fields.get("keys") or {"add": {}})["add"])
            return taken
        if isinstance(taken, chain.Void):
            self._void(entry, taken)
        return None

    def finish(self) -> None:
        """Note what the whole log shows: a missing genesis, a broken chain."""
        self.findings.records = len(self.hashes)
        self.findings.head_sha256 = self.head.link.sha256
        if not self.head.started and self.findings.voids_listed:
            first = self.findings.voids_listed[0]
            self.findings.add(
                Fault(self.book, FaultCode.GENESIS, "the log does not begin with this space's genesis", first.offset, 0)
            )
        elif self._break is not None:
            self.findings.add(self._located(self._break))

    def hash_at(self, seq: int) -> str | None:
        """The hash of the record with this number (0: the genesis), or None when the chain does not reach it."""
        if seq == 0:
            return self.head.genesis_sha256
        return self.hashes[seq - 1] if 0 < seq <= len(self.hashes) else None

    def offset_at(self, seq: int) -> int | None:
        """The offset of the record with this number."""
        return self.offsets[seq - 1] if 0 < seq <= len(self.offsets) else None

    def _void(self, entry: Entry, taken: chain.Void) -> None:
        fields = _object(entry.value)
        found = VoidFound(self.book, entry.offset, self._kind(entry, fields), str(taken.reason), taken.seq)
        self.findings.add_void(found)
        if found.kind in {VoidKind.STALE, VoidKind.INVALID}:
            return
        if found.kind is VoidKind.CUT_OFF and self._break is None and fields["seq"] > self.head.link.seq:
            head_offset = self.offset_at(self.head.link.seq) or 0
            self._break = Break(
                entry.offset, fields["seq"], fields["prev"], self.head.link.seq, head_offset, tuple(self._suspects)
            )
        self._suspects.append(found)

    def _kind(self, entry: Entry, fields: Mapping[str, Any]) -> VoidKind:
        if entry.value is None or not self._is_of_this_book(fields):
            return VoidKind.JUNK
        key = self._keys.get(fields.get("kid", ""))
        if key is None or not chain.signature_holds(entry.value, key):
            return VoidKind.FORGED
        seq, prev = fields["seq"], fields["prev"]
        before = self.branches.get(prev)
        if self.hash_at(seq - 1) == prev:
            kind = VoidKind.STALE if seq <= self.head.link.seq else VoidKind.INVALID
        else:
            kind = before.kind if before is not None and before.seq == seq - 1 else VoidKind.CUT_OFF
        self.branches[sha256_hex(entry.value)] = Branch(seq, prev, entry.offset, kind)
        return kind

    def _is_of_this_book(self, fields: Mapping[str, Any]) -> bool:
        return (
            fields.get("space") == self.genesis.space
            and fields.get("book") == self.book
            and type(fields.get("seq")) is int
            and type(fields.get("prev")) is str
            and type(fields.get("kid")) is str
        )

    def _located(self, broken: Break) -> Fault:
        """The place where the chain was broken, from the first record that hangs in the air."""
        expected = broken.head_seq + 1
        if self.hash_at(broken.seq - 1) == broken.prev:
            return Fault(
                self.book,
                FaultCode.REORDERED,
                f"the record of seq {broken.seq} stands at offset {broken.offset}, before the one that it follows",
                broken.offset,
                expected,
            )
        if broken.suspects:
            suspect = broken.suspects[0]
            return Fault(
                self.book,
                FaultCode.ALTERED,
                f"the bytes in the place of seq {expected} are not valid ({suspect.reason}); signed records follow",
                suspect.offset,
                expected,
            )
        last = broken.seq - 1
        which = f"seq {expected} is" if last == expected else f"seq {expected} to {last} are"
        return Fault(
            self.book,
            FaultCode.MISSING,
            f"{which} missing before the signed record of seq {broken.seq} at offset {broken.offset}",
            broken.head_offset + 1,
            expected,
        )


def _object(value: bytes | None) -> Mapping[str, Any]:
    """The JSON object of these bytes; empty when they are none."""
    if value is None:
        return {}
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
