"""Books made in memory: fixed keys, a genesis, drafts, and a pen that chains and signs them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nacl.signing import SigningKey

from shared.contracts.chain import Draft, GenesisTaken, Head, Taken, Valid, build, open_head, take
from shared.contracts.commands import key_id
from shared.contracts.records import Genesis

SPACE = "drill"
COUNTY, OTHER_COUNTY = "520327", "330106"
REPORTS_TOPIC_ID, COMMANDS_TOPIC_ID = "made-up-reports-topic-1", "made-up-commands-topic1"
CREATED_AT_MS = 1_795_219_200_000
"""2026-11-21 08:00 in Shanghai."""
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Signer:
    """A key whose seed is one byte repeated: nobody can mistake it for a secret."""

    key: SigningKey

    @classmethod
    def of(cls, seed: int) -> "Signer":
        return cls(SigningKey(bytes([seed]) * 32))

    @property
    def public(self) -> str:
        return bytes(self.key.verify_key).hex()

    @property
    def kid(self) -> str:
        return key_id(bytes(self.key.verify_key))

    def sign(self, body: bytes) -> bytes:
        return self.key.sign(body).signature


WRITER, NEXT_WRITER, OPERATOR, DESK, STRANGER = (Signer.of(seed) for seed in range(1, 6))


def genesis(**changes: Any) -> Genesis:  # noqa: ANN401 - any of its fields
    """The genesis of a space with one writer, one operator and one desk."""
    fields: dict[str, Any] = {
        "type": "Genesis",
        "v": 1,
        "space": SPACE,
        "books": 2,
        "created_at_ms": CREATED_AT_MS,
        "clock_rate": 1.0,
        "writers": {WRITER.kid: WRITER.public},
        "operators": {OPERATOR.kid: OPERATOR.public},
        "desks": {DESK.kid: DESK.public},
        "policy": "policy-of-a-test",
        "policy_texts": {"rules.yaml": "rules: []\n"},
        "former_heads": (),
    }
    return Genesis(**(fields | changes))


def started(line: Genesis | None = None, book: int = 0) -> Head:
    """The head of a book that holds nothing but its genesis line."""
    line = line or genesis()
    head, taken = take(open_head(line, book), line.line(), 0)
    assert isinstance(taken, GenesisTaken)
    return head


def from_input(topic: str, offset: int, topic_id: str = REPORTS_TOPIC_ID) -> Mapping[str, Any]:
    """The cause of a decision on one input."""
    return {"topic": topic, "topic_id": topic_id, "offset": offset, "sha256": f"{offset:064x}"}


def from_deadline(deadline: str, due_at_ms: int) -> Mapping[str, Any]:
    """The cause of a decision because time has passed."""
    return {"deadline": deadline, "due_at_ms": due_at_ms}


def epoch(topic: str, next_offset: int, topic_id: str = REPORTS_TOPIC_ID) -> Mapping[str, Any]:
    """The cause of an operator's record that sets an input anew."""
    return {"epoch": {"topic": topic, "topic_id": topic_id, "next": next_offset}}


def draft(cause: Mapping[str, Any], **changes: Any) -> Draft:  # noqa: ANN401 - any of its fields
    """A decision of the made-up county, one minute after the space began."""
    fields: dict[str, Any] = {
        "county": COUNTY,
        "cause": cause,
        "arrived_at_ms": CREATED_AT_MS + MINUTE_MS,
        "decided_at_ms": CREATED_AT_MS + MINUTE_MS,
        "policy": "policy-of-a-test",
        "engine": "engine-1",
    }
    return Draft(**(fields | changes))


@dataclass(slots=True)
class Pen:
    """Writes one book: keeps its head and its lines."""

    head: Head = field(default_factory=started)
    lines: list[bytes] = field(default_factory=lambda: [genesis().line()])

    def write(self, decision: Draft, signer: Signer = WRITER) -> bytes:
        self.head, raw = build(self.head, decision, signer.kid, signer.sign)
        self.lines.append(raw)
        return raw


def read(lines: Iterable[bytes | None], line: Genesis | None = None, book: int = 0) -> tuple[Head, list[Taken]]:
    """A book read from its first offset on: the head after it, and what each offset held."""
    head, takens = open_head(line or genesis(), book), []
    for offset, raw in enumerate(lines):
        head, taken = take(head, raw, offset)
        takens.append(taken)
    return head, takens


def valid_records(takens: Iterable[Taken]) -> list[bytes]:
    """The exact bytes of the records that count."""
    return [taken.raw for taken in takens if isinstance(taken, Valid)]
