"""Whether a policy decides every case on a day: what must be in force nationally and in every area that a row names.

`gaps_on` is asked before a policy is approved; `incomplete` by the check of a policy, for the days to come.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.model import Row
from services.triage.core.policy.policy import Policy, rows_in_force

HORIZON_YEARS: Final = 5
LEVELS: Final = (Level.S1, Level.S2, Level.S3, Level.S4)
CLOCKS_NEEDED: Final = ("SEEN", "DECISION", "FIRST_REVIEW", "FEEDBACK_INTERIM", "FEEDBACK")
"""Clocks that every filed case has at every level, whatever its facts."""
OFFICERS_STEPS: Final = (LadderStep.E1, LadderStep.E2, LadderStep.E3, LadderStep.E4, LadderStep.E5)
DAYS_REPORTED_MAX: Final = 3


def gaps_on(policy: Policy, day: date) -> tuple[str, ...]:
    """What is missing of a policy on a day, in any area; empty when it decides every case. Pure."""
    areas = sorted({row.area for row in policy.rows.every()} | {""})
    return tuple(
        f"{gap} is in force on {day}{f' in area {area}' if area else ''}"
        for area in areas
        for gap in _gaps(policy, day, area)
    )


def incomplete(policy: Policy, since: date) -> Iterator[str]:
    """The gaps from `since` on for five years, on the days when rows begin or end and once a year."""
    for count, day in enumerate(_days_with_gaps(policy, since)):
        if count >= DAYS_REPORTED_MAX:
            return
        yield from gaps_on(policy, day)


def _days_with_gaps(policy: Policy, since: date) -> Iterator[date]:
    return (day for day in days_of(policy, since) if gaps_on(policy, day))


def days_of(policy: Policy, since: date) -> list[date]:
    """The days from `since` on for five years on which the law may change: rows begin or end, and once a year."""
    return _days(policy.rows.every(), since)


def _days(rows: tuple[Row, ...], since: date) -> list[date]:
    last = _years_after(since, HORIZON_YEARS)
    days = {_years_after(since, years) for years in range(HORIZON_YEARS + 1)}
    for row in rows:
        days.add(row.valid_from)
        if row.valid_to is not None and row.valid_to < date.max:
            days |= {row.valid_to, row.valid_to + timedelta(days=1)}
    return sorted(day for day in days if since <= day <= last)


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; 1 March where that year has no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _gaps(policy: Policy, day: date, area: str) -> Iterator[str]:
    law = rows_in_force(policy.rows, day, area)
    if not law.situations:
        yield "no situation"
    if not any(row.fallback for row in law.situations):
        yield "no situation for what no other row finds"
    if not any(row.when is ALWAYS_TRUE for row in law.measures):
        yield "no measure without a condition"
    if len(law.timings) != 1:
        yield "no timing of the ladders" if not law.timings else "more than one timing of the ladders"
    for timing in law.timings:
        yield from (f"no expiry of acknowledgements at {level}" for level in LEVELS if level not in timing.expires)
    disclosed = [row.department for row in law.departments]
    yield from (f"no disclosure to {department}" for department in Department if department not in disclosed)
    for name in CLOCKS_NEEDED:
        have = {
            level
            for row in law.clocks
            if row.clock == name and row.start_event == "FILED" and row.when is ALWAYS_TRUE
            for level in row.amounts
        }
        yield from (f"no clock {name} at {level}" for level in LEVELS if level not in have)
    for step in OFFICERS_STEPS:
        served = {
            level
            for row in law.ladders
            if row.step is step and row.department is Department.CIVIL_AFFAIRS and row.always
            if row.when is ALWAYS_TRUE
            for level in row.after
        }
        yield from (f"no rung {step} of civil affairs at {level}" for level in LEVELS if level not in served)
    for department in (Department.POLICE, None):
        served = {
            level
            for row in law.ladders
            if row.department is department and row.step is LadderStep.D1 and row.when is ALWAYS_TRUE
            for level in row.after
        }
        who = "police" if department else "the other departments"
        yield from (f"no rung D1 of {who} at {level}" for level in LEVELS if level not in served)
