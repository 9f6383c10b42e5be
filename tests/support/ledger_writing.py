"""Writes valid books without any service, for tests of who reads and verifies them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from shared.contracts import chain
from shared.contracts.commands import key_id
from shared.contracts.events import ReportRepeated
from shared.contracts.wire import canonical, sha256_hex
from shared.runtime.space import Space, create_space

COUNTY = "990001"
TOPIC_IDS = {"reports": "id-reports", "commands": "id-commands", "outcomes": "id-outcomes"}


def new_space(home: Path, name: str = "drill", books: int = 1, clock_rate: float = 1.0) -> Space:
    """A space whose policy nobody asks for."""
    return create_space(home, name, policy="none@0", policy_texts={}, books=books, clock_rate=clock_rate, year=2026)


@dataclass
class BookWriter:
    """Chains and signs records on one book of a space, as an owner would."""

    space: Space
    book: int = 0
    topic_ids: Mapping[str, str] = field(default_factory=lambda: dict(TOPIC_IDS))
    head: chain.Head = field(init=False)
    entries: list[bytes] = field(init=False)
    inputs: list[tuple[bytes, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        genesis = self.space.genesis
        self.head, _ = chain.take(chain.open_head(genesis, self.book), genesis.line(), 0)
        self.entries = [genesis.line()]

    def report(self, number: int) -> bytes:
        """The bytes of an input; only its id matters here."""
        return canonical({"type": "ReportFiled", "report_id": f"r{number}"})

    def decide_report(self, appended_wall_ms: int | None = None, **changes: Any) -> bytes:  # noqa: ANN401 - fields of a draft
        """File one more report and decide it; the record's bytes."""
        number = len(self.inputs)
        value = self.report(number)
        appended = self.space.genesis.created_at_ms + number if appended_wall_ms is None else appended_wall_ms
        self.inputs.append((value, appended))
        arrived_at_ms = self.space.clock().from_wall_ms(appended)
        draft: dict[str, Any] = {
            "county": COUNTY,
            "cause": {
                "topic": "reports",
                "topic_id": self.topic_ids["reports"],
                "offset": number,
                "sha256": sha256_hex(value),
            },
            "arrived_at_ms": arrived_at_ms,
            "decided_at_ms": max(arrived_at_ms, self.head.decided_at_ms),
            "policy": "none@0",
            "engine": "test",
            "events": (ReportRepeated(report_id=f"r{number}").model_dump(mode="json"),),
        }
        return self.chain(chain.Draft(**(draft | changes)))

    def chain(self, draft: chain.Draft, key: str = "triage-writer") -> bytes:
        """Chain any draft with a key of the space."""
        signing = SigningKey(self.space.secret(key))
        kid = key_id(bytes(signing.verify_key))
        self.head, raw = chain.build(self.head, draft, kid, lambda body: bytes(signing.sign(body).signature))
        self.entries.append(raw)
        return raw
