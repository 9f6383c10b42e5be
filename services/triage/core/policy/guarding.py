"""Whether a policy decides the guarded cases as every policy must: today, and whenever and wherever its rows change.

Pure. A law is tried once, on the first day and in the first area where it is in force.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from shared.contracts.assessment import Assessment, CaseFacts, PriorFacts
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, LadderStep, Level, Measure

from services.triage.core.clocks import DAY_MS, EPOCH, HOUR_MS, MINUTE_MS, SHANGHAI_OFFSET_MS, due_at_ms, shanghai_date
from services.triage.core.policy.guards import GUARDS, KEPT, Guard
from services.triage.core.policy.limits import AFTER, FILED, RUNGS_MS, Limit
from services.triage.core.policy.local_rows import COORDINATOR
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import Rows
from services.triage.core.policy.policy import Policy, rows_in_force

CLIMB: Final = (LadderStep.D1, LadderStep.D2, LadderStep.D3)
CLIMBED: Final = frozenset({Department.POLICE, Department.HEALTH, Department.EDUCATION, Department.PROCURATORATE})
"""Departments whose own ladders climb to the top."""
HOURS: Final = ((10, 0), (2, 40))
"""By day and at night, in Shanghai: a law may be no weaker while its officers sleep."""
COUNTY_DIGITS: Final = 6
ANY_AREA: Final = "520327"
DECIDED: Final = (Level.S1, Level.S2, Level.S3, Level.S4)


class Broken(NamedTuple):
    """A guarded case, and how a policy decides it otherwise than every policy must; with the day and the area."""

    guard: str
    reason: str


def broken_guards(policy: Policy, days: Iterable[date]) -> Iterator[Broken]:
    """What a policy decides too weakly, too gravely or too late, or tells to somebody who may not hear of it."""
    said: set[tuple[str, str]] = set()
    for day, area in _laws(policy.rows, days):
        for hour, minute in HOURS:
            at_ms = ((day - EPOCH).days * 24 + hour) * HOUR_MS + minute * MINUTE_MS - SHANGHAI_OFFSET_MS
            where = f"on {day} at {hour:02}:{minute:02}{f' in area {area}' if area != ANY_AREA else ''}"
            for guard, reason in _broken_at(policy, area, at_ms):
                if (guard, reason) not in said:
                    said.add((guard, reason))
                    yield Broken(guard, f"{where}: {reason}")


def _broken_at(policy: Policy, area: str, at_ms: int) -> Iterator[tuple[str, str]]:
    for guard in GUARDS:
        yield from ((guard.id, reason) for reason in _broken(policy, guard, area, at_ms))
    yield from (("clocks", reason) for reason in _late_after(policy, area, at_ms))
    law = rows_in_force(policy.rows, shanghai_date(at_ms), area)
    yield from (("rules", f"{rule} is not in force") for rule in KEPT if all(rule != row.id for row in law.raises))


def _laws(rows: Rows, days: Iterable[date]) -> Iterator[tuple[date, str]]:
    """A day and an area for each law of a policy: that of the country, and those of the areas that a row names."""
    tried: set[int] = set()
    areas = [ANY_AREA, *sorted({row.area for row in rows.every() if row.area})]
    for day in days:
        for area in areas:
            code = area + "0101"[: max(0, COUNTY_DIGITS - len(area))]
            law = rows_in_force(rows, day, code)
            if id(law) not in tried:
                tried.add(id(law))
                yield day, code


def _broken(policy: Policy, guard: Guard, area: str, at_ms: int) -> Iterator[str]:
    decision = policy.assess(_case(guard, area, at_ms), at_ms)
    told = {due.code for due in decision.departments}
    codes = {item.code for item in decision.situations}
    yield from _weight(guard, decision)
    yield from (f"{code} is not found" for code in guard.found if code not in codes)
    yield from (f"{department} is not told" for department in guard.told if department not in told)
    yield from _left_out(guard, decision)
    said = {each.code for each in decision.instructions}
    yield from (f"{code} is said" for code in guard.unsaid if code in said)
    yield from (f"{code} is not said" for code in guard.said if code not in said)
    places = {kind.value for kind in decision.measure.placement_order}
    yield from (f"{kind} is proposed as a place" for kind in guard.no_places if kind in places)
    if not any(each.to == "REPORTER" and "110" in each.zh for each in decision.instructions):
        yield "the reporter is not told to call 110 in danger"
    due = {clock.id: clock.due_at_ms for clock in decision.clocks}
    for name in guard.clocks:
        if name not in due:
            yield f"clock {name} does not start"
    yield from _late(FILED, due, decision.level, at_ms)
    yield from _late_rungs(decision, at_ms)


def _weight(guard: Guard, decision: Assessment) -> Iterator[str]:
    level, measure = decision.level, decision.measure.measure
    if level.urgency < guard.level.urgency:
        yield f"it is {level} and must be {guard.level} at least"
    if guard.most is not None and level.urgency > guard.most.urgency:
        yield f"it is {level} and may be {guard.most} at most"
    if STRENGTH[measure] < STRENGTH[guard.measure]:
        yield f"the measure is {measure} and must be {guard.measure} at least"
    if guard.measure_most is not None and STRENGTH[measure] > STRENGTH[guard.measure_most]:
        yield f"the measure is {measure} and may be {guard.measure_most} at most"
    if guard.measure is not Measure.RETURN_TO_ABLE_GUARDIAN and measure is Measure.RETURN_TO_ABLE_GUARDIAN:
        yield "the child is returned, and nobody there is known to be fit for it"


def _left_out(guard: Guard, decision: Assessment) -> Iterator[str]:
    """Who must stand among those not told, and is told by no rung either."""
    left_out = {entry.who for entry in decision.not_told}
    told = {due.code.value for due in decision.departments} | {rung.department.value for rung in decision.rungs}
    yield from (f"{who} is not left out" for who in guard.left_out if who not in left_out)
    yield from (f"{who} is told" for who in guard.left_out if who in told)


def _late(limits: dict[str, Limit], due: dict[str, int], level: Level, at_ms: int) -> Iterator[str]:
    for name, limit in limits.items():
        amount = limit.get(level)
        if name in due and amount is not None:
            latest_ms = due_at_ms(amount.clock_type, at_ms, amount.amount, amount.unit, rolls_over=True)
            if not at_ms < due[name] <= latest_ms:
                yield f"clock {name} at {level} does not end within {amount.amount} {amount.unit.value}"


def _late_after(policy: Policy, area: str, at_ms: int) -> Iterator[str]:
    """Clocks of later events that do not start, or end too late."""
    case = _case(GUARDS[0], area, at_ms)
    for event, limits in AFTER.items():
        for level in DECIDED:
            due = {clock.id: clock.due_at_ms for clock in policy.clocks_after(event, case, level, at_ms)}
            yield from (f"clock {name} does not start after {event}" for name in limits if name not in due)
            yield from _late(limits, due, level, at_ms)


def _late_rungs(decision: Assessment, at_ms: int) -> Iterator[str]:
    """The rungs of civil affairs come in time; the police, where they are told, at once."""
    reached: dict[LadderStep, int] = {}
    for rung in decision.rungs:
        if rung.department is Department.CIVIL_AFFAIRS and rung.ladder is Department.CIVIL_AFFAIRS:
            reached.setdefault(rung.step, rung.at_ms)
    for step, latest_ms in RUNGS_MS[decision.level].items():
        if reached.get(step, at_ms + latest_ms + 1) > at_ms + latest_ms:
            yield f"rung {step} of civil affairs comes too late at {decision.level}, or not at all"
    called = [rung.at_ms for rung in decision.rungs if rung.department is Department.POLICE]
    silent = {entry.who for entry in decision.not_told}
    served = {rung.department.value for rung in decision.rungs if rung.ladder is Department.CIVIL_AFFAIRS}
    also = {Department.RESCUE_INST.value, Department.PROCURATORATE.value} - silent
    yield from (f"{who} is on no rung of civil affairs" for who in sorted(also - served))
    if not any(rung.role == COORDINATOR for rung in decision.rungs):
        yield "no rung is that of the coordinating body"
    steps: dict[Department, set[LadderStep]] = {}
    for rung in decision.rungs:
        steps.setdefault(rung.ladder, set()).add(rung.step)
    for due in decision.departments:
        if due.code in CLIMBED and len(steps.get(due.code, ())) < len(CLIMB):
            yield f"the ladder of {due.code} has no head and no leader"
    told = any(due.code is Department.POLICE for due in decision.departments)
    if told and min(called, default=at_ms + 1) > at_ms:
        yield f"the police are not told at once at {decision.level}"
    latest_ms = RUNGS_MS[decision.level][LadderStep.E3]
    if decision.ladder_times.acknowledgement_expires_ms > latest_ms or (
        decision.ladder_times.duty_hours_only and decision.level in (Level.S1, Level.S2)
    ):
        yield f"an acknowledgement holds too long at {decision.level}, or waits for duty hours"


def _case(guard: Guard, area: str, at_ms: int) -> CaseFacts:
    """The guarded case in an area at a moment; `since: -200` is two hundred days before it."""
    facts = _dated(guard.facts, at_ms)
    children = [{"area_code": area, **child} for child in facts["children"]]
    institution = {"area_code": area, **facts["institution"]}
    report = ReportFacts.model_validate({**facts, "children": children, "institution": institution})
    prior = PriorFacts.model_validate(guard.prior or {})
    return CaseFacts(report=report, prior=prior, filed_at_ms=at_ms)


def _dated(value: Any, at_ms: int) -> Any:  # noqa: ANN401 - the shape of a report
    if isinstance(value, list):
        return [_dated(item, at_ms) for item in value]
    if not isinstance(value, dict) or isinstance(value, Message):
        return value
    return {
        ("since_ms" if key == "since" else key): (at_ms + item * DAY_MS if key == "since" else _dated(item, at_ms))
        for key, item in value.items()
    }
