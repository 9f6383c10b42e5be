"""What needs no policy: for what could not be decided, whom an officer tells, and where no row is in force.

Every number is a design default (basis DESIGN), the same as the severest level's in the first policy.
"""

from shared.contracts.assessment import ClockDue, LadderTimes, MeasureDue, Rung, Source
from shared.contracts.vocabulary import Basis, ClockType, Department, LadderStep, Level, Measure

from services.triage.core.clocks import HOUR_MS, MINUTE_MS

SOURCE = Source(rule="core.without-policy", basis=Basis.DESIGN, citation="design: no ladder of the policy applies")
TIMES = LadderTimes(
    acknowledgement_expires_ms=30 * MINUTE_MS, repeat_ms=30 * MINUTE_MS, duty_hours_only=False, source=SOURCE
)

LEVEL = Level.S1
"""Where no situation is in force nothing says that a case may wait."""
MEASURE = MeasureDue(
    measure=Measure.NONE,
    why="没有生效的监护安排规则，由经办人决定 / no row of measures is in force, an officer decides",
    source=SOURCE,
)
_CLOCKS = (("SEEN", 2), ("DECISION", 24), ("FIRST_REVIEW", 72))
"""In hours."""
CLOCKS = frozenset(clock for clock, _ in _CLOCKS)

_OFFICERS = (
    (LadderStep.E1, 0, "DUTY_1", 6),
    (LadderStep.E2, 15 * MINUTE_MS, "DUTY_2", 6),
    (LadderStep.E3, 30 * MINUTE_MS, "HEAD", 6),
    (LadderStep.E4, 2 * HOUR_MS, "PREFECTURE", 4),
    (LadderStep.E5, 24 * HOUR_MS, "PROVINCE", 2),
)
_POLICE = (
    (LadderStep.D1, 0, "STATION", 9),
    (LadderStep.D2, 15 * MINUTE_MS, "COMMAND", 6),
    (LadderStep.D3, 2 * HOUR_MS, "LEADER", 6),
)
_OTHERS = (
    (LadderStep.D1, 0, "DUTY", 9),
    (LadderStep.D2, HOUR_MS, "HEAD", 6),
    (LadderStep.D3, 4 * HOUR_MS, "LEADER", 6),
)
_VILLAGE = ((LadderStep.D1, 0, "TOWNSHIP_SUPERVISOR", 9), (LadderStep.D2, HOUR_MS, "DUTY", 9))
"""The village is reached through the township's supervisor: its own code is sealed."""


def clocks(at_ms: int) -> tuple[ClockDue, ...]:
    """The clocks of the officers for a case filed at `at_ms`."""
    return tuple(
        ClockDue(
            id=clock,
            clock_type=ClockType.HOURS_24x7,
            start_at_ms=at_ms,
            due_at_ms=at_ms + hours * HOUR_MS,
            source=SOURCE,
        )
        for clock, hours in _CLOCKS
    )


def rungs(department: Department, at_ms: int) -> tuple[Rung, ...]:
    """A ladder for `department` that begins at `at_ms`."""
    told = Department.TOWNSHIP if department is Department.VILLAGE else department
    rows = {
        Department.CIVIL_AFFAIRS: _OFFICERS,
        Department.POLICE: _POLICE,
        Department.VILLAGE: _VILLAGE,
    }.get(department, _OTHERS)
    return tuple(
        Rung(
            department=told,
            ladder=department,
            step=step,
            at_ms=at_ms + after_ms,
            role=role,
            area_digits=digits,
            source=SOURCE,
        )
        for step, after_ms, role, digits in rows
    )
