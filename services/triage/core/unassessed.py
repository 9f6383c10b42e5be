"""Ladders that need no policy: for a report that could not be decided, and for a department told by an officer.

Every number is a design default (basis DESIGN), the same as the severest level's in the first policy.
"""

from shared.contracts.assessment import LadderTimes, Rung, Source
from shared.contracts.vocabulary import Basis, Department, LadderStep

from services.triage.core.clocks import HOUR_MS, MINUTE_MS

SOURCE = Source(rule="core.without-policy", basis=Basis.DESIGN, citation="design: no ladder of the policy applies")
TIMES = LadderTimes(
    acknowledgement_expires_ms=30 * MINUTE_MS, repeat_ms=30 * MINUTE_MS, duty_hours_only=False, source=SOURCE
)

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
