"""What the law says of one child's case at one moment: the result of a policy, as it is recorded.

Pure data. Every part names the rule that gave it, its basis and its citation, so that a decision explains itself.
"""

from typing import Annotated

from pydantic import Field

from shared.contracts.alerts import Instruction
from shared.contracts.base import Cited, Identifier, Message, UnixMilliseconds
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import (
    Basis,
    ClockType,
    Department,
    DisclosureField,
    LadderStep,
    Level,
    Measure,
    Organ,
    PlacementType,
    RevocationGround,
)

NEARLY_MAX = 12
FactValue = str | int | bool | None | tuple[str, ...]


class Source(Cited):
    """Where a part of a decision comes from: rule id of the policy, basis, citation (article and text name)."""

    rule: Identifier
    basis: Basis
    citation: Annotated[str, Field(max_length=200)]


class SituationFound(Message):
    """A situation of the law that is met. `facts`: the facts used, by path."""

    code: Identifier
    title_zh: Annotated[str, Field(max_length=120)]
    title_en: Annotated[str, Field(max_length=160)]
    level: Level
    source: Source
    facts: dict[str, FactValue] = Field(default_factory=dict)
    unknown: tuple[str, ...] = ()


class NearlyFound(Message):
    """A rule that would have been met but for `missing` (facts that are unknown or differ)."""

    code: Identifier
    rule: Identifier
    missing: tuple[str, ...]


class LevelRaise(Message):
    """A rule that raised the level."""

    source: Source
    before: Level
    after: Level


class DepartmentDue(Message):
    """A department that must be told, by which rule, and what it may see. `at_ms` is when (now = at once)."""

    code: Department
    source: Source
    at_ms: UnixMilliseconds
    disclosure: tuple[DisclosureField, ...]


class NotTold(Message):
    """Somebody who is deliberately left out, and why."""

    who: Identifier
    why: Annotated[str, Field(max_length=200)]
    source: Source


class ClockDue(Message):
    """A clock. `id` is e.g. SEEN, DECISION, FIRST_REVIEW, FEEDBACK, REVOCATION_REMINDER; ladders have rungs instead."""

    id: Identifier
    clock_type: ClockType
    start_at_ms: UnixMilliseconds
    due_at_ms: UnixMilliseconds
    source: Source


class Rung(Message):
    """One rung: fires at `at_ms` unless `ladder`, the department whose ladder it is, has acknowledged.

    `department` is who is told: on the ladder of civil affairs also others (E0, E2-E4).
    """

    department: Department
    ladder: Department
    step: LadderStep
    at_ms: UnixMilliseconds
    role: Identifier
    area_digits: Annotated[int, Field(description="Digits of the case's area whose contacts staff it: 9, 6, 4, 2.")]
    source: Source


class LadderTimes(Message):
    """How long an acknowledgement without dispatch holds, and how often a top rung repeats, in milliseconds."""

    acknowledgement_expires_ms: Annotated[int, Field(gt=0)]
    repeat_ms: Annotated[int, Field(gt=0)]
    duty_hours_only: bool
    source: Source


class MeasureDue(Message):
    """The measure to propose. `ground` is the situation code; `decide_by_ms` the signatory's clock."""

    measure: Measure
    organ: Organ | None = None
    ground: Identifier | None = None
    placement_order: tuple[PlacementType, ...] = ()
    decide_by_ms: UnixMilliseconds | None = None
    why: Annotated[str, Field(max_length=300)]
    source: Source


class RevocationDue(Message):
    """Whether revocation is to be examined (CC 36), with the reminder."""

    examine: bool
    ground: RevocationGround | None = None
    remind_at_ms: UnixMilliseconds | None = None
    source: Source | None = None


class Override(Message):
    """A named officer's level, and what had been weighed when it was set.

    `situations`: rule to the level that it asked for; `raises`: rules that raised, or would have, to the level after.
    """

    level: Level
    situations: dict[str, Level] = Field(default_factory=dict)
    raises: dict[str, Level] = Field(default_factory=dict)


class PriorFacts(Message):
    """What the county's record knows besides the report; all default to nothing known.

    `returned_days`: how many days ago the child was last returned to a guardian, by the record. `dispute`: relatives
    dispute about the child's money, guardianship or care (CC 31), by an officer's record.
    """

    reports_90_days: Annotated[int, Field(ge=0, le=1000)] = 0
    floor_level: Level | None = None
    child_safe_in_custody: bool | None = None
    returned_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    dispute: bool | None = None
    override: Override | None = None


class CaseFacts(Message):
    """What a policy is given: the report's facts, which child, and the record."""

    report: ReportFacts
    child: Annotated[int, Field(ge=0, le=100)] = 0
    prior: PriorFacts = PriorFacts()
    filed_at_ms: UnixMilliseconds


class Assessment(Message):
    """Everything that the law says of one child's case at `at_ms`."""

    level: Level
    at_ms: UnixMilliseconds
    situations: tuple[SituationFound, ...]
    nearly: Annotated[tuple[NearlyFound, ...], Field(max_length=NEARLY_MAX)] = ()
    nearly_count: int = 0
    raises: tuple[LevelRaise, ...] = ()
    raises_held: dict[str, Level] | None = None
    """Rules that hold and would raise, but asked for nothing more than stood already: rule to least level."""
    departments: tuple[DepartmentDue, ...]
    not_told: tuple[NotTold, ...] = ()
    clocks: tuple[ClockDue, ...]
    rungs: tuple[Rung, ...]
    ladder_times: LadderTimes
    measure: MeasureDue
    revocation: RevocationDue
    instructions: tuple[Instruction, ...] = ()
    rules_failed: tuple[Identifier, ...] = ()
    why: tuple[str, ...]
    policy: Identifier
