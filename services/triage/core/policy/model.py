"""The rows of a policy, as data. Every row is dated, cited and bound to an area; `parse.py` makes them from YAML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.contracts.alerts import Instruction
from shared.contracts.assessment import Source
from shared.contracts.vocabulary import (
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

from services.triage.core.clocks import Unit
from services.triage.core.policy.conditions import Condition

CONTACT_ROLES = frozenset(
    {
        "DUTY_1",
        "DUTY_2",
        "HEAD",
        "COORDINATOR",
        "PREFECTURE",
        "PROVINCE",
        "VILLAGE_DIRECTOR",
        "TOWNSHIP_SUPERVISOR",
        "STATION",
        "COMMAND",
        "LEADER",
        "DUTY",
        "CALLBACK",
    }
)
"""Roles of registry contacts that rungs may name. CALLBACK is the filing unit's own registered number."""

DEPARTMENT_ACCEPTED: Final = "DEPARTMENT_ACCEPTED"
"""A department took its task over or sent somebody: `DEPARTMENT_ACCEPTED.POLICE` is a row for the police alone, the
plain name one for every department that has none of its own."""

START_EVENTS = frozenset(
    {
        DEPARTMENT_ACCEPTED,
        *(
            f"{DEPARTMENT_ACCEPTED}.{each.value}"
            for each in Department
            if each not in {Department.CIVIL_AFFAIRS, Department.FILING_UNIT}
        ),
        "FILED",
        "MEASURE_ASSIGNED",
        "MEASURE_REFUSED",
        "CARE_STARTED",
        "PLACED",
        "PLACED_WITH_KIN",
        "RETURNED",
        "DOMICILE_ELSEWHERE",
        "REVOCATION_FILED",
        "CLOSED",
        "PROTECTION_ORDER_APPLIED",
        "PROTECTION_ORDER_APPLIED_URGENT",
        "PROTECTION_ORDER_GRANTED",
        "SUGGESTION_ISSUED",
    }
)

CLOCK_NAMES = frozenset(
    {
        "SEEN",
        "DECISION",
        "DECISION_AFTER_REFUSAL",
        "FIRST_REVIEW",
        "REVOCATION_REMINDER",
        "REVOCATION_RESULT",
        "FEEDBACK_INTERIM",
        "FEEDBACK",
        "DROPOUT_WRITTEN_REPORT",
        "DOMICILE_NOTICE",
        "HOSPITAL_DAILY",
        "WEEKLY_CONTACT",
        "PLACEMENT_RECHECK",
        "KIN_RECHECK",
        "FOLLOW_UP_VISIT",
        "FOLLOW_UP_VISIT_LOCAL",
        "CARE_REVIEW",
        "GUARDIANSHIP_WARNING",
        "GUARDIANSHIP_FINAL_WARNING",
        "GUARDIANSHIP_LIMIT",
        "GUARDIANSHIP_LIMIT_LOCAL",
        "TRACING_FINDING_LOCAL",
        "SUGGESTION_REPLY",
        "OUTCOME",
        "COURT_DECISION",
        "PROTECTION_ORDER_RENEWAL",
        "PROTECTION_ORDER_ENDS",
    }
)
"""Clocks that a row may start: the core knows what meets each of them, and a test holds the two together."""

WITHHELD_PERSONS = frozenset({"ALLEGED_PERSON", "ABUSIVE_GUARDIAN", "ABUSIVE_CARER", "IMPLICATED_UNIT"})
"""Persons and units, found in the report, that a withholding may name; never by name."""


class PolicyInvalid(Exception):
    """A policy text cannot be used: which file, which row, and why. `faults`: this one and every other that was found.

    Of each row the first fault is given, and of each file that is no YAML.
    """

    def __init__(self, file: str, row: str, reason: str, others: Iterable["PolicyInvalid"] = ()) -> None:
        super().__init__(f"{file}: {row}: {reason}")
        self.file, self.row, self.reason = file, row, reason
        self.faults: tuple[PolicyInvalid, ...] = (self, *others)


def refuse_all(faults: Sequence[PolicyInvalid]) -> None:
    """Raise the first of the faults, with all the others; nothing when there is none."""
    if faults:
        first = faults[0]
        raise PolicyInvalid(first.file, first.row, first.reason, faults[1:])


@dataclass(frozen=True, slots=True)
class Row:
    """What every row has. `area` is a code prefix, empty for the whole country; `valid_to` is the last day."""

    id: str
    file: str
    title_zh: str
    title_en: str
    source: Source
    valid_from: date
    valid_to: date | None
    area: str

    def active(self, day: date, area: str) -> bool:
        """Whether the row is law on a day in an area (a code of 6 to 12 digits, or empty when unknown)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to) and area.startswith(self.area)


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time and how it is counted."""

    clock_type: ClockType
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """The level of a situation when the condition holds; a situation takes its gravest choice that holds."""

    level: Level
    when: Condition


@dataclass(frozen=True, slots=True)
class Recipient:
    """A department that a situation tells. `named`: the text itself names it (else a design addition)."""

    department: Department
    named: bool
    when: Condition
    source: Source


@dataclass(frozen=True, slots=True)
class Situation(Row):
    """A situation of the law.

    `revocation`: the limb of CC 36(1) that it could meet.
    `fallback`: considered only when no situation before it was found.
    """

    code: str
    when: Condition
    levels: tuple[LevelChoice, ...]
    recipients: tuple[Recipient, ...]
    revocation: RevocationGround | None
    fallback: bool


@dataclass(frozen=True, slots=True)
class Raise(Row):
    """Raises the level by `steps`, or to `at_least`."""

    when: Condition
    steps: int
    at_least: Level | None


@dataclass(frozen=True, slots=True)
class Clock(Row):
    """A clock that starts with an event, with one amount per level.

    `only`: the levels at which it is meant to run, where a row says so; a row that says nothing must give all four.
    `rolls_over`: a period that a law gives for an act, in calendar days; a last day of rest moves it (CC 203).
    """

    clock: str
    start_event: str
    when: Condition
    amounts: Mapping[Level, Amount]
    only: frozenset[Level] | None = None
    rolls_over: bool = False


@dataclass(frozen=True, slots=True)
class Ladder(Row):
    """One rung. `department` None: every told department that has no ladder of its own.

    `ladder`: whose acknowledgement silences the rung (None: its department's own).
    `always`: fires whether or not a situation tells the department (the ladder of civil affairs).
    """

    department: Department | None
    ladder: Department | None
    step: LadderStep
    role: str
    area_digits: int
    when: Condition
    after: Mapping[Level, Amount]
    always: bool
    only: frozenset[Level] | None = None


@dataclass(frozen=True, slots=True)
class LadderTiming(Row):
    """How long an acknowledgement without dispatch holds, and how often top rungs repeat.

    At `duty_hours_levels` everybody waits for duty hours but the departments that are `round_the_clock`.
    """

    expires: Mapping[Level, Amount]
    duty_hours_levels: frozenset[Level]
    round_the_clock: frozenset[Department]


@dataclass(frozen=True, slots=True)
class DepartmentRow(Row):
    """What a department may see."""

    department: Department
    disclosure: tuple[DisclosureField, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow(Row):
    """A measure; of those that hold the strongest is taken, the first of equals, or one that is `final`.

    `grounds`: the first of these situations that was found is the ground.
    """

    when: Condition
    measure: Measure
    organ: Organ | None
    grounds: tuple[str, ...]
    placement_order: tuple[PlacementType, ...]
    final: bool


@dataclass(frozen=True, slots=True)
class PlacementChange(Row):
    """Moves a kind of place to the front of its group or drops it."""

    when: Condition
    drop: tuple[PlacementType, ...]
    first: tuple[PlacementType, ...]


@dataclass(frozen=True, slots=True)
class Withholding(Row):
    """Leaves a department out, or names a person who is not told.

    `stand_in`: who acts in the department's place; where that one is left out too, who stands in for it.
    """

    when: Condition
    department: Department | None
    person: str | None
    stand_in: Department | None = None


@dataclass(frozen=True, slots=True)
class InstructionRow(Row):
    """A sentence for the reporter or a department (told only if that department is)."""

    when: Condition
    instruction: Instruction


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows of a policy, by kind, in the order of the files. Compared by identity, so that it can key a cache."""

    situations: tuple[Situation, ...]
    raises: tuple[Raise, ...]
    clocks: tuple[Clock, ...]
    ladders: tuple[Ladder, ...]
    timings: tuple[LadderTiming, ...]
    departments: tuple[DepartmentRow, ...]
    measures: tuple[MeasureRow, ...]
    placements: tuple[PlacementChange, ...]
    withholdings: tuple[Withholding, ...]
    instructions: tuple[InstructionRow, ...]

    def every(self) -> tuple[Row, ...]:
        """Every row of every kind."""
        return (
            *self.situations,
            *self.raises,
            *self.clocks,
            *self.ladders,
            *self.timings,
            *self.departments,
            *self.measures,
            *self.placements,
            *self.withholdings,
            *self.instructions,
        )
