"""What the command line needs to know of the case-log: where a case lives, who may act, what became of a command."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from shared.contracts.base import Message
from shared.contracts.registry import Account, AreaFacts, Contact, Place, RotaShift
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader, Read
from shared.runtime.space import Space

POLL_SECONDS = 0.2
FORGED = "UNSIGNED"
"""A forged command's refusal does not use up the id of the true one; the first verdict on that stands."""


@dataclass(frozen=True, slots=True)
class CaseAt:
    """Where a case lives."""

    case: str
    county: str
    receipt: str
    report_id: str
    book: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a command in one book: accepted, or refused with a reason."""

    command_id: str
    book: int
    accepted: bool
    reason: str = ""
    detail: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """What stands in the registry under a name, and the record that set it."""

    content: Mapping[str, Any]
    seq: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A policy that waits for the second person in a book."""

    policy: str
    by: str
    approver: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Activated:
    """A policy that two people made the one in force in a book, with its text."""

    policy: str
    texts: Mapping[str, str]
    by: str
    approved_by: str
    since_ms: int


REGISTRY_EVENTS: Final = {
    "AreaSet": ("area", "county"),
    "ContactSet": ("contact", "contact_id"),
    "ShiftSet": ("shift", "shift_id"),
    "PlaceSet": ("place", "place_id"),
    "AccountSet": ("account", "account"),
}
"""Which part of a registry event holds the entry, and which of its fields is its name."""
REGISTRY_MODELS: Final[Mapping[str, type[Message]]] = {
    "AreaSet": AreaFacts,
    "ContactSet": Contact,
    "ShiftSet": RotaShift,
    "PlaceSet": Place,
    "AccountSet": Account,
}


@dataclass(slots=True)
class CaseLog:
    """Follows every book and keeps an index. Use it as a context manager; `refresh` reads what is new."""

    connection: Connection
    space: Space
    cases: dict[str, CaseAt] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    verdicts: dict[tuple[str, int], Verdict] = field(default_factory=dict)
    registered: dict[tuple[str, str, str, int], Registered] = field(default_factory=dict)
    """By event, county, name and book: the desk of county 000000 stands in every book."""
    policies: dict[int, str] = field(default_factory=dict)
    activated: dict[int, Activated] = field(default_factory=dict)
    """The last activation of each book; none for the policy that the space began with."""
    policy_seqs: dict[int, int] = field(default_factory=dict)
    """The record of each book that said the last word on its policy: proposed it or made it active."""
    proposals: dict[int, Proposed] = field(default_factory=dict)
    joined: dict[str, set[str]] = field(default_factory=dict)
    """By receipt or report id of another filing: the cases that took it up."""
    reader: LedgerReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = LedgerReader(self.connection, self.space)

    def __enter__(self) -> Self:
        self.reader.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()

    def refresh(self) -> list[Read]:
        """Read everything up to where the log ends now."""
        reads = list(self.reader.read_to_end())
        for read in reads:
            self._note(read)
        return reads

    def follow(self, timeout_seconds: float = POLL_SECONDS) -> list[Read]:
        """Whatever comes within the time."""
        reads = self.reader.poll(timeout_seconds)
        for read in reads:
            self._note(read)
        return reads

    def wait_for(
        self, reached: Callable[[], bool], seconds: float, told: Callable[[list[Read]], None] | None = None
    ) -> bool:
        """Follow the log until something is reached, or the time is over; `told` hears every record that comes."""
        until = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > until:
                return False
            reads = self.follow()
            if told is not None:
                told(reads)
        return True

    def find(self, case_or_receipt: str) -> list[CaseAt]:
        """The cases of this id, receipt, or report id."""
        if case_or_receipt in self.cases:
            return [self.cases[case_or_receipt]]
        named = case_or_receipt.upper().replace(" ", "")
        joined = self.joined.get(named, set()) | self.joined.get(case_or_receipt, set())
        return [
            at
            for at in self.cases.values()
            if named == at.receipt.upper() or case_or_receipt == at.report_id or at.case in joined
        ]

    def decided(self, sent: Iterable[tuple[str, int]]) -> bool:
        """Whether every one of these commands (id, book) has its verdict."""
        return all(key in self.verdicts for key in sent)

    def _note(self, read: Read) -> None:
        for event in read.valid.fields["events"]:
            kind = event.get("type")
            if kind in {"CaseOpened", "CaseUndecidable"}:
                self.cases[event["case"]] = CaseAt(
                    event["case"], event["county"], event.get("receipt") or "", event["report_id"], read.book
                )
            elif kind in REGISTRY_EVENTS:
                self._register(kind, event, read)
            elif kind == "ReportJoined" and event.get("matched_by"):
                for name in (event["receipt"].upper(), event["report_id"]):
                    self.joined.setdefault(name, set()).add(event["case"])
            elif kind == "ReportSeparated":
                for name in (event["receipt"].upper(), *event["report_ids"]):
                    self.joined.get(name, set()).discard(event["case"])
            elif kind == "PolicyProposed":
                self.proposals[read.book] = Proposed(
                    event["policy"], event["by"], event["approver"], event["expires_at_ms"]
                )
                self.policy_seqs[read.book] = read.valid.fields["seq"]
            elif kind == "PolicyActivated":
                self.policies[read.book] = event["policy"]
                self.activated[read.book] = Activated(
                    event["policy"],
                    event["texts"],
                    event["by"],
                    event["approved_by"],
                    read.valid.fields["decided_at_ms"],
                )
                self.proposals.pop(read.book, None)
                self.policy_seqs[read.book] = read.valid.fields["seq"]
            elif kind in {"CommandAccepted", "CommandRefused"}:
                key = (event["command_id"], read.book)
                verdict = Verdict(
                    event["command_id"],
                    read.book,
                    kind == "CommandAccepted",
                    event.get("reason", ""),
                    event.get("detail", ""),
                    read.valid.fields["seq"],
                )
                known = self.verdicts.get(key)
                if known is None or known.reason == FORGED:
                    self.verdicts[key] = verdict

    def _register(self, kind: str, event: Mapping[str, Any], read: Read) -> None:
        part, name = REGISTRY_EVENTS[kind]
        entry = REGISTRY_MODELS[kind].model_validate(event[part])
        content = entry.model_dump(mode="json")
        entry_of = (kind, content["county"], content[name], read.book)
        self.registered[entry_of] = Registered(content, read.valid.fields["seq"])
        if isinstance(entry, Account):
            self.accounts[entry.account] = entry
