"""The life of one case, folded from its marks: what came first, which clocks ran, who was told, what looks odd."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.auditing.observations import (
    UNKNOWN_LEVEL,
    Access,
    CareEnd,
    Climb,
    Doubt,
    Filing,
    Interval,
    Overriding,
)
from shared.auditing.spells import Spells

OFFICERS: Final = "CIVIL_AFFAIRS"
POLICE: Final = "POLICE"
ACCEPT: Final = "ACCEPT"
"""The duty officer's time to accept: not a clock of the law's table, but the time until the second rung is told."""
SCREENED: Final = "S0"
TEMPORARY: Final = "TEMP_GUARDIANSHIP"
URGENCY: Final[Mapping[str, int]] = {"S0": 0, "S4": 1, "S3": 2, "S2": 3, "S1": 4}
RESPONSE_CLOCKS: Final = frozenset({ACCEPT, "SEEN", "DECISION", "FIRST_REVIEW", "FEEDBACK_INTERIM", "FEEDBACK"})
"""Clocks of the response to a report. Limits of care run for months: closing in their last fifth is no doubt."""


@dataclass(slots=True)
class Task:
    """One department's part of a case: when it was first told, what became of the alerts, its first answer."""

    told_ms: int
    delivered: bool = False
    failed: bool = False
    accepted_ms: int | None = None
    declined_ms: int | None = None
    outcome_ms: int | None = None


@dataclass(slots=True)
class Glass:
    """An opening by one officer alone: its review's clock, what the review found, and when."""

    opened_ms: int
    clock: str
    finding: str | None = None
    reviewed_ms: int | None = None


@dataclass(slots=True)
class Life:
    """One case until the window's end."""

    case: str
    county: str
    area: str
    report_id: str
    opened_ms: int
    arrived_ms: int
    level: str = UNKNOWN_LEVEL
    is_open: bool = True
    is_undecidable: bool = False
    linked: tuple[str, ...] = ()
    spells: Spells = field(default_factory=Spells)
    firsts: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    alerts: dict[str, tuple[str, bool]] = field(default_factory=dict)
    organ: str | None = None
    care_since_ms: int | None = None
    screened_ms: int | None = None
    filings: list[Filing] = field(default_factory=list)
    closed_ms: list[int] = field(default_factory=list)
    reopened_ms: list[int] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    climbs: dict[tuple[str, str], Climb] = field(default_factory=dict)
    overridings: list[Overriding] = field(default_factory=list)
    care_ends: list[CareEnd] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    glasses: dict[str, Glass] = field(default_factory=dict)
    accepted_ms: int | None = None
    outliving: frozenset[str] = frozenset()
    record: tuple[int, int] = (-1, -1)
    before: tuple[tuple[str, int, int], ...] = ()
    eased: list[tuple[str, int]] = field(default_factory=list)

    def begin_record(self, record: tuple[int, int]) -> None:
        """The marks that come now are of this record: what was eased before is settled, what runs now is kept."""
        if record != self.record:
            self.settle()
            self.record = record
            self.before = tuple(
                (spell.clock, spell.start_ms, spell.due_ms)
                for spell in self.spells.last.values()
                if spell.runs and spell.ran_out_ms is None and spell.clock in RESPONSE_CLOCKS
            )

    def first(self, name: str, happened_ms: int, at_ms: int, since_ms: int | None = None) -> None:
        """What came first of its kind, and how long after the case's arrival."""
        if name not in self.firsts:
            self.firsts[name] = happened_ms
            since = self.arrived_ms if since_ms is None else since_ms
            self.intervals.append(Interval(at_ms, name, self.level, max(0, happened_ms - since)))

    def settle(self) -> None:
        """The record is over: what eased the case is known beside what the same record met."""
        for how, at_ms in self.eased:
            for clock, start_ms, due_ms in self.before:
                is_last_fifth = start_ms + (due_ms - start_ms) * 4 // 5 <= at_ms < due_ms
                outlives = how != "LOWERED_LATE" and clock in self.outliving
                if is_last_fifth and not outlives and self.spells.last[clock].met_ms is None:
                    self.doubts.append(Doubt(at_ms, how, self.case, clock, start_ms, due_ms))
            if how != "LOWERED_LATE":
                self.spells.closed(self.record, self.outliving)
        self.eased.clear()
