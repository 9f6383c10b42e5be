"""What a verification finds: faults, void bytes, and a summary of each book. Pure data."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

FAULTS_KEPT_MAX = 50
VOIDS_KEPT_MAX = 1000


class FaultCode(StrEnum):
    """What is wrong with a book."""

    GENESIS = "GENESIS"
    ALTERED = "ALTERED"
    MISSING = "MISSING"
    REORDERED = "REORDERED"
    HEAD_NOT_REACHED = "HEAD_NOT_REACHED"
    HEAD_DIFFERS = "HEAD_DIFFERS"
    HEAD_UNSIGNED = "HEAD_UNSIGNED"
    INPUT_CHANGED = "INPUT_CHANGED"
    INPUT_REPLACED = "INPUT_REPLACED"
    INPUT_GONE = "INPUT_GONE"
    UNDECIDED = "UNDECIDED"
    DECIDED_TWICE = "DECIDED_TWICE"
    NOTHING_CAME_OF_IT = "NOTHING_CAME_OF_IT"
    ARRIVAL = "ARRIVAL"
    EVENT_UNREADABLE = "EVENT_UNREADABLE"
    INVARIANT = "INVARIANT"
    NOT_DERIVED = "NOT_DERIVED"
    NOT_SAID = "NOT_SAID"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the book, where (offset of the case-log, seq of the chain) and what, in words."""

    book: int
    code: FaultCode
    detail: str
    offset: int | None = None
    seq: int | None = None

    def line(self) -> str:
        """The fault for people."""
        place = [f"book {self.book}"]
        if self.seq is not None:
            place.append(f"seq {self.seq}")
        if self.offset is not None:
            place.append(f"offset {self.offset}")
        return f"{', '.join(place)}: {self.code}: {self.detail}"


class VoidKind(StrEnum):
    """What void bytes are.

    STALE: signed by a writer's key on a former head of this chain: an old owner that woke up and was fenced (benign).
    INVALID: signed and next in line, but against the chain's rules (its cause, its time, its deadlines).
    CUT_OFF: signed by a writer's key, but no record that it follows stands in the log. FORGED: not signed by a key of
    this space. JUNK: not a record of this book at all.
    """

    STALE = "STALE"
    INVALID = "INVALID"
    CUT_OFF = "CUT_OFF"
    FORGED = "FORGED"
    JUNK = "JUNK"


@dataclass(frozen=True, slots=True)
class VoidFound:
    """Void bytes: where they stand, of what kind, and why the chain did not take them."""

    book: int
    offset: int
    kind: VoidKind
    reason: str
    seq: int | None = None


@dataclass(slots=True)
class BookFindings:
    """All that was found in one book. Faults beyond a bound are counted, not kept."""

    book: int
    records: int = 0
    head_sha256: str = ""
    inputs: dict[str, int] = field(default_factory=dict)
    undecided: int = 0
    deadlines_pending: int = 0
    cases_open: int = 0
    cases_opened: int = 0
    epochs: int = 0
    given_up_by_operator: int = 0
    rederived: int = 0
    heads_checked: int = 0
    voids: dict[VoidKind, int] = field(default_factory=lambda: dict.fromkeys(VoidKind, 0))
    voids_listed: list[VoidFound] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faults_count: int = 0

    def add(self, fault: Fault) -> None:
        """Note a fault."""
        self.faults_count += 1
        if len(self.faults) < FAULTS_KEPT_MAX:
            self.faults.append(fault)

    def add_void(self, void: VoidFound) -> None:
        """Note void bytes."""
        self.voids[void.kind] += 1
        if len(self.voids_listed) < VOIDS_KEPT_MAX:
            self.voids_listed.append(void)

    def first_fault(self) -> Fault | None:
        """The fault that stands first in the chain: of what is wrong, the place where to look."""
        chained = [fault for fault in self.faults if fault.seq is not None]
        if chained:
            return min(chained, key=lambda fault: fault.seq or 0)
        return self.faults[0] if self.faults else None

    def facts(self) -> dict[str, Any]:
        """The findings as JSON."""
        first = self.first_fault()
        facts = asdict(self)
        facts["first_fault"] = None if first is None else asdict(first)
        return facts


def ok(findings: Iterable[BookFindings]) -> bool:
    """Whether no book has a fault."""
    return all(not each.faults for each in findings)
