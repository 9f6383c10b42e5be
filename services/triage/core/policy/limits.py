"""The latest that any policy may let a clock end or a rung come: data for `guarding`.

The law's own numbers (DVL 28, 30; MPL 23, 114) are exact. All others are design: about twice the shipped policy's, so
that a county may be slower for a reason, and never by weeks.
"""

from collections.abc import Mapping
from typing import Final

from shared.contracts.vocabulary import ClockType, Department, LadderStep, Level

from services.triage.core.clocks import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from services.triage.core.policy.model import DEPARTMENT_ACCEPTED, Amount

Limit = Mapping[Level, Amount]
S1, S2, S3, S4 = Level.S1, Level.S2, Level.S3, Level.S4


def _hours(amount: int) -> Amount:
    return Amount(ClockType.HOURS_24x7, amount, Unit.HOUR)


def _days(amount: int) -> Amount:
    return Amount(ClockType.CALENDAR_DAYS, amount, Unit.DAY)


def _working(amount: int) -> Amount:
    return Amount(ClockType.WORKING_DAYS, amount, Unit.DAY)


def _months(amount: int) -> Amount:
    return Amount(ClockType.CALENDAR_DAYS, amount, Unit.MONTH)


def _all(amount: Amount) -> Limit:
    return dict.fromkeys((S1, S2, S3, S4), amount)


FILED: Final[dict[str, Limit]] = {
    "SEEN": {S1: _hours(4), S2: _hours(48), S3: _days(7), S4: _working(20)},
    "DECISION": {S1: _hours(48), S2: _days(7), S3: _days(15), S4: _working(30)},
    "FIRST_REVIEW": {S1: _days(7), S2: _days(14), S3: _days(30), S4: _days(60)},
    "FEEDBACK_INTERIM": _all(_working(3)),
    "FEEDBACK": _all(_days(15)),
    "REVOCATION_REMINDER": _all(_days(60)),
    "HOSPITAL_DAILY": _all(_hours(24)),
    "WEEKLY_CONTACT": _all(Amount(ClockType.RECURRING, 7, Unit.DAY)),
    "DROPOUT_WRITTEN_REPORT": _all(_working(5)),
}
"""Clocks of the filing, where they run."""
AFTER: Final[dict[str, dict[str, Limit]]] = {
    "MEASURE_ASSIGNED": {
        "GUARDIANSHIP_WARNING": _all(_days(300)),
        "GUARDIANSHIP_FINAL_WARNING": _all(_days(360)),
        "GUARDIANSHIP_LIMIT": _all(_months(12)),
    },
    "MEASURE_REFUSED": {"DECISION_AFTER_REFUSAL": {S1: _hours(8), S2: _hours(48), S3: _days(7), S4: _working(6)}},
    "CARE_STARTED": {"CARE_REVIEW": {S1: _days(7), S2: _days(14), S3: _days(30), S4: _days(60)}},
    "PLACED": {"PLACEMENT_RECHECK": {S1: _days(7), S2: _days(14), S3: _days(30), S4: _days(60)}},
    "PLACED_WITH_KIN": {"KIN_RECHECK": _all(_days(3))},
    "RETURNED": {"FOLLOW_UP_VISIT": {S1: _days(14), S2: _days(14), S3: _days(30), S4: _days(60)}},
    "DOMICILE_ELSEWHERE": {"DOMICILE_NOTICE": {S1: _hours(48), S2: _hours(96), S3: _working(6), S4: _working(6)}},
    "REVOCATION_FILED": {"REVOCATION_RESULT": _all(_days(60))},
    "SUGGESTION_ISSUED": {"SUGGESTION_REPLY": _all(_months(1))},
    "PROTECTION_ORDER_APPLIED": {"COURT_DECISION": _all(_hours(72))},
    "PROTECTION_ORDER_APPLIED_URGENT": {"COURT_DECISION": _all(_hours(24))},
    "PROTECTION_ORDER_GRANTED": {
        "PROTECTION_ORDER_RENEWAL": _all(_months(6)),
        "PROTECTION_ORDER_ENDS": _all(_months(6)),
    },
    **{
        f"{DEPARTMENT_ACCEPTED}.{each.value}": {
            "OUTCOME": {S1: _hours(48), S2: _days(7), S3: _days(15), S4: _working(30)}
        }
        for each in Department
        if each not in {Department.CIVIL_AFFAIRS, Department.FILING_UNIT}
    },
}
"""Clocks that later events start, in every county."""
_E1, _E2, _E3, _E4, _E5 = LadderStep.E1, LadderStep.E2, LadderStep.E3, LadderStep.E4, LadderStep.E5
RUNGS_MS: Final[dict[Level, dict[LadderStep, int]]] = {
    S1: {_E1: 0, _E2: 30 * MINUTE_MS, _E3: HOUR_MS, _E4: 4 * HOUR_MS, _E5: 2 * DAY_MS},
    S2: {_E1: 0, _E2: 2 * HOUR_MS, _E3: 8 * HOUR_MS, _E4: 2 * DAY_MS, _E5: 7 * DAY_MS},
    S3: {_E1: DAY_MS, _E2: 2 * DAY_MS, _E3: 4 * DAY_MS, _E4: 8 * DAY_MS, _E5: 16 * DAY_MS},
    S4: {_E1: 12 * DAY_MS, _E2: 14 * DAY_MS, _E3: 18 * DAY_MS, _E4: 30 * DAY_MS, _E5: 50 * DAY_MS},
}
"""How long after the filing each rung of civil affairs comes at the latest (S4: over a long holiday)."""
