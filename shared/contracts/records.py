"""The ledger's record and genesis as messages. `chain.py` says which records are valid."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import CountyCode, Identifier, Message, Sha256, UnixMilliseconds
from shared.contracts.events import Event
from shared.contracts.wire import canonical

RECORD_VERSION = 1
RECORD_BYTES_MAX = 512 * 1024
OPENED_MAX = 400


class InputCause(Message):
    """Decided because of one input: its topic (short name), the topic's id on the broker, offset and hash."""

    topic: Identifier
    topic_id: Annotated[str, Field(max_length=64)]
    offset: Annotated[int, Field(ge=0)]
    sha256: Sha256


class DeadlineCause(Message):
    """Decided because a deadline that an earlier record opened has passed."""

    deadline: Identifier
    due_at_ms: UnixMilliseconds


class EpochPosition(Message):
    """Where an input topic goes on after an operator looked: its id and next offset."""

    topic: Identifier
    topic_id: Annotated[str, Field(max_length=64)]
    next: Annotated[int, Field(ge=0)]


class EpochCause(Message):
    """An operator set an input's position anew (`wardline books resume`); signed by an operator's key."""

    epoch: EpochPosition


class OpenedDeadline(Message):
    """A deadline that this decision opened."""

    id: Identifier
    due_at_ms: UnixMilliseconds


class KeyChange(Message):
    """Writers' keys that become valid or retire with this record."""

    add: dict[str, Sha256]
    retire: tuple[Identifier, ...] = ()


class Record(Message):
    """One decision of one book, whole."""

    v: Literal[1] = 1
    type: Literal["Record"] = "Record"
    space: Identifier
    book: Annotated[int, Field(ge=0)]
    seq: Annotated[int, Field(ge=1)]
    prev: Sha256
    county: CountyCode
    county_seq: Annotated[int, Field(ge=1)]
    county_prev: Sha256
    cause: InputCause | DeadlineCause | EpochCause
    arrived_at_ms: UnixMilliseconds
    decided_at_ms: UnixMilliseconds
    policy: Identifier
    engine: Identifier
    opened: Annotated[tuple[OpenedDeadline, ...], Field(max_length=OPENED_MAX)] = ()
    closed: tuple[Identifier, ...] = ()
    events: tuple[Event, ...] = ()
    why: tuple[str, ...] = ()
    keys: KeyChange | None = None
    kid: Identifier
    sig: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class Genesis(Message):
    """The first line of every book of a space: the trust anchor.

    `writers`, `operators`, `desks`: key id to hexadecimal Ed25519 public key. `clock_rate`: how much faster than
    the wall the space's clock runs since `created_at_ms` (1 in `live`). `policy_texts` is the first policy.
    """

    type: Literal["Genesis"] = "Genesis"
    v: Literal[1] = 1
    space: Identifier
    books: Annotated[int, Field(ge=1, le=1000)]
    created_at_ms: UnixMilliseconds
    clock_rate: Annotated[float, Field(gt=0, le=100_000)] = 1.0
    writers: dict[str, Sha256]
    operators: dict[str, Sha256]
    desks: dict[str, Sha256]
    policy: Identifier
    policy_texts: dict[str, str]
    former_heads: tuple[str, ...] = ()

    def line(self) -> bytes:
        """The exact bytes of the line, as they stand first in every book.

        Only what was set: a field that a later version adds must not change the line of a space that exists.
        """
        return canonical({"type": self.type, "v": self.v} | self.model_dump(mode="json", exclude_unset=True))
