"""Signed heads for a second party: C2SP checkpoints as signed notes, one note for each book.

Form: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note. The tree of a book is a chain, so the root
is the SHA-256 of the record of that number, and the size is its seq.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from shared.contracts.commands import key_id
from wardline.verification.chain_check import ChainCheck
from wardline.verification.findings import Fault, FaultCode

ED25519 = b"\x01"
SIGNATURE_LINE = re.compile(r"^— (\S+) ([A-Za-z0-9+/=]+)$")
NOTE = re.compile(r"(?P<text>(?:[^\n—][^\n]*\n)+)\n(?P<signatures>(?:— [^\n]+\n)+)")
ORIGIN = re.compile(r"^wardline/([a-z0-9-]+)/book-([0-9]+)$")


class NotACheckpoint(ValueError):
    """The file does not hold checkpoints of this form."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one book: after `size` records the last one's SHA-256 is `sha256`. `signed_by`: key ids that hold."""

    space: str
    book: int
    size: int
    sha256: str
    signed_by: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """The note's first line."""
        return f"wardline/{self.space}/book-{self.book}"

    def text(self) -> str:
        """The signed text."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(bytes.fromhex(self.sha256)).decode()}\n"


def signed_note(checkpoint: Checkpoint, secret: bytes) -> str:
    """The note with one Ed25519 signature; the signer's name is the origin's space and the key's id."""
    signing = SigningKey(secret)
    public = bytes(signing.verify_key)
    name = f"wardline/{checkpoint.space}/{key_id(public)}"
    text = checkpoint.text()
    signature = signing.sign(text.encode()).signature
    return f"{text}\n— {name} {base64.b64encode(_note_key_id(name, public) + signature).decode()}\n"


def read_notes(content: str, space: str, keys: Mapping[str, str]) -> list[Checkpoint]:
    """The checkpoints of a file of notes, in the file's order. `keys`: key id to Ed25519 public key (hexadecimal).

    Raises NotACheckpoint for text of another form or another space.
    """
    notes = list(NOTE.finditer(content if content.endswith("\n") else content + "\n"))
    if not notes:
        raise NotACheckpoint("no signed note in it")
    return [_read(note.group("text"), note.group("signatures").splitlines(), space, keys) for note in notes]


def check_heads(check: ChainCheck, kept: Iterable[Checkpoint]) -> list[Fault]:
    """The book must pass through every head that was kept elsewhere; the first one that it does not, located."""
    agreed = 0
    for head in sorted((each for each in kept if each.book == check.book), key=lambda each: each.size):
        if not head.signed_by:
            detail = f"the kept head of seq {head.size} is not signed by an operator of this space"
            return [Fault(check.book, FaultCode.HEAD_UNSIGNED, detail, None, head.size)]
        check.findings.heads_checked += 1
        found = check.hash_at(head.size)
        if found == head.sha256:
            agreed = head.size
            continue
        forked = _fork(check, head)
        if found is None and forked is None:
            last = check.head.link.seq
            detail = f"the book ends at seq {last}; the head kept elsewhere is seq {head.size}"
            return [Fault(check.book, FaultCode.HEAD_NOT_REACHED, detail, check.head.offset, last + 1)]
        first = forked or agreed + 1
        exact = "" if forked or agreed + 1 == head.size else f" (the first difference is between seq {first} and it)"
        detail = f"the record of seq {head.size} is not the one whose head was kept elsewhere{exact}"
        return [Fault(check.book, FaultCode.HEAD_DIFFERS, detail, check.offset_at(first), first)]
    return []


def _fork(check: ChainCheck, head: Checkpoint) -> int | None:
    """Where the kept head's line leaves the chain, when its records still stand in the log as void bytes."""
    sha256, seq = head.sha256, head.size
    while check.hash_at(seq) != sha256:
        branch = check.branches.get(sha256)
        if branch is None or branch.seq != seq:
            return None
        sha256, seq = branch.prev, seq - 1
    return seq + 1


def _read(text: str, signatures: list[str], space: str, keys: Mapping[str, str]) -> Checkpoint:
    lines = text.splitlines()
    origin = ORIGIN.match(lines[0]) if lines else None
    try:
        if origin is None or origin.group(1) != space:
            raise NotACheckpoint(f"not a head of the space '{space}': {lines[0] if lines else ''}")
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error) as error:
        raise NotACheckpoint(f"not a checkpoint: {error}") from None
    signed_by = tuple(
        kid for kid, public in keys.items() if any(_holds(text, line, bytes.fromhex(public)) for line in signatures)
    )
    return Checkpoint(space, int(origin.group(2)), size, root.hex(), signed_by)


def _holds(text: str, line: str, public: bytes) -> bool:
    matched = SIGNATURE_LINE.match(line)
    if matched is None:
        return False
    try:
        raw = base64.b64decode(matched.group(2), validate=True)
        if raw[:4] != _note_key_id(matched.group(1), public):
            return False
        VerifyKey(public).verify(text.encode(), raw[4:])
    except (binascii.Error, BadSignatureError, ValueError):
        return False
    return True


def _note_key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
