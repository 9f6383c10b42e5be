"""A tiny policy for tests of the core: levels by concern, the ladders and clocks of the design, nothing else."""

from dataclasses import dataclass

from services.triage.core.clocks import HOUR_MS, MINUTE_MS, Unit, due_at_ms
from shared.contracts.alerts import Instruction
from shared.contracts.assessment import (
    Assessment,
    CaseFacts,
    ClockDue,
    DepartmentDue,
    LadderTimes,
    MeasureDue,
    RevocationDue,
    Rung,
    SituationFound,
    Source,
)
from shared.contracts.vocabulary import (
    Basis,
    ClockType,
    Concern,
    Department,
    Injury,
    LadderStep,
    Level,
    Measure,
    Organ,
    PlacementType,
    graver,
    raised,
)

SOURCE = Source(rule="fake", basis=Basis.DESIGN, citation="a rule for tests")
ORDER = (
    PlacementType.KIN,
    PlacementType.FOSTER,
    PlacementType.RESCUE_INST,
    PlacementType.WELFARE_INST,
    PlacementType.VILLAGE_CARE,
)
S1 = frozenset({Concern.ABANDONED, Concern.PHYSICAL_ABUSE, Concern.SEXUAL_ABUSE, Concern.MISSING, Concern.TRAFFICKING})
S2 = frozenset({Concern.GUARDIAN_UNREACHABLE, Concern.EMERGENCY_GAP, Concern.GUARDIAN_REFUSES, Concern.LIVING_ALONE})
S3 = frozenset({Concern.DROPOUT, Concern.CARER_UNFIT, Concern.UNSEEN})
EXPIRES_MS = {
    Level.S1: 30 * MINUTE_MS,
    Level.S2: 4 * HOUR_MS,
    Level.S3: 24 * HOUR_MS,
    Level.S4: 72 * HOUR_MS,
    Level.S0: 72 * HOUR_MS,
}
RUNGS_MS = {
    LadderStep.E0: (0, 0, 0, 0),
    LadderStep.E1: (0, 0, 0, 0),
    LadderStep.E2: (15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS),
    LadderStep.E3: (30 * MINUTE_MS, 4 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS),
    LadderStep.E4: (2 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS, 240 * HOUR_MS),
    LadderStep.E5: (24 * HOUR_MS, 72 * HOUR_MS, 168 * HOUR_MS, 480 * HOUR_MS),
}
WHO = {
    LadderStep.E0: (Department.VILLAGE, "VILLAGE_DIRECTOR", 9),
    LadderStep.E1: (Department.CIVIL_AFFAIRS, "DUTY_1", 6),
    LadderStep.E2: (Department.CIVIL_AFFAIRS, "DUTY_2", 6),
    LadderStep.E3: (Department.CIVIL_AFFAIRS, "HEAD", 6),
    LadderStep.E4: (Department.CIVIL_AFFAIRS, "PREFECTURE", 4),
    LadderStep.E5: (Department.CIVIL_AFFAIRS, "PROVINCE", 2),
}
POLICE = (
    (LadderStep.D1, 0, "STATION", 9),
    (LadderStep.D2, 15 * MINUTE_MS, "COMMAND", 6),
    (LadderStep.D3, 2 * HOUR_MS, "LEADER", 6),
)
CLOCK_HOURS = {
    Level.S1: (2, 24, 72),
    Level.S2: (24, 72, 168),
    Level.S3: (72, 168, 336),
    Level.S4: (240, 360, 720),
    Level.S0: (240, 360, 720),
}


@dataclass(frozen=True)
class FakePolicy:
    """Stands for the policy engine. `fails_on`: a concern at which it raises."""

    fails_on: Concern | None = None

    def assess(self, facts: CaseFacts, at_ms: int) -> Assessment:
        """See the module."""
        child = facts.report.children[facts.child]
        concerns = set(child.concerns)
        if self.fails_on in concerns:
            raise ValueError("a rule cannot be evaluated")
        level = Level.S1 if concerns & S1 else Level.S2 if concerns & S2 else Level.S3 if concerns & S3 else Level.S4
        if facts.report.safety.alone_now:
            level = graver(level, Level.S1)
        if facts.prior.reports_90_days:
            level = raised(level)
        level = graver(level, facts.prior.floor_level or level)
        departments = [Department.CIVIL_AFFAIRS]
        if level is Level.S1:
            departments.insert(0, Department.POLICE)
        return Assessment(
            level=level,
            at_ms=at_ms,
            situations=(SituationFound(code="X-1", title_zh="测试", title_en="test", level=level, source=SOURCE),),
            departments=tuple(
                DepartmentDue(code=code, source=SOURCE, at_ms=at_ms, disclosure=()) for code in departments
            ),
            clocks=_clocks(level, at_ms),
            rungs=_rungs(level, departments, at_ms),
            ladder_times=LadderTimes(
                acknowledgement_expires_ms=EXPIRES_MS[level],
                repeat_ms=EXPIRES_MS[level],
                duty_hours_only=level in {Level.S3, Level.S4},
                source=SOURCE,
            ),
            measure=_measure(concerns, child.injury, at_ms),
            revocation=RevocationDue(examine=False),
            instructions=(Instruction(to="REPORTER", code="STAY", zh="请陪伴儿童", en="stay with the child"),),
            why=(f"level {level}",),
            policy="fake@1",
        )

    def clocks_after(self, event: str, facts: CaseFacts, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
        """One clock, when guardianship is assigned."""
        del facts, level
        if event != "MEASURE_ASSIGNED":
            return ()
        due = due_at_ms(ClockType.CALENDAR_DAYS, at_ms, 365, Unit.DAY)
        return (_clock("GUARDIANSHIP_LIMIT", at_ms, due, ClockType.CALENDAR_DAYS),)


def _clock(name: str, at_ms: int, due_ms: int, kind: ClockType = ClockType.HOURS_24x7) -> ClockDue:
    return ClockDue(id=name, clock_type=kind, start_at_ms=at_ms, due_at_ms=due_ms, source=SOURCE)


def _clocks(level: Level, at_ms: int) -> tuple[ClockDue, ...]:
    seen, decision, review = CLOCK_HOURS[level]
    return (
        _clock("SEEN", at_ms, at_ms + seen * HOUR_MS),
        _clock("DECISION", at_ms, at_ms + decision * HOUR_MS),
        _clock("FIRST_REVIEW", at_ms, at_ms + review * HOUR_MS),
        _clock("FEEDBACK", at_ms, at_ms + 168 * HOUR_MS),
    )


def _rungs(level: Level, departments: list[Department], at_ms: int) -> tuple[Rung, ...]:
    column = {Level.S1: 0, Level.S2: 1, Level.S3: 2}.get(level, 3)
    found = [
        Rung(
            department=told,
            ladder=Department.CIVIL_AFFAIRS,
            step=step,
            at_ms=at_ms + RUNGS_MS[step][column],
            role=role,
            area_digits=digits,
            source=SOURCE,
        )
        for step, (told, role, digits) in WHO.items()
    ]
    if Department.POLICE in departments:
        found += [
            Rung(
                department=Department.POLICE,
                ladder=Department.POLICE,
                step=step,
                at_ms=at_ms + after,
                role=role,
                area_digits=digits,
                source=SOURCE,
            )
            for step, after, role, digits in POLICE
        ]
    return tuple(found)


def _measure(concerns: set[Concern], injury: Injury, at_ms: int) -> MeasureDue:
    measure, organ = Measure.NONE, None
    if concerns & (S1 | {Concern.GUARDIAN_UNREACHABLE, Concern.GUARDIAN_REFUSES}):
        measure, organ = Measure.TEMP_GUARDIANSHIP, Organ.CIVIL_AFFAIRS
    elif Concern.EMERGENCY_GAP in concerns:
        measure, organ = Measure.TEMP_CARE, Organ.VILLAGE_COMMITTEE
    elif Concern.LEFT_ALONE in concerns:
        measure = Measure.RETURN_TO_ABLE_GUARDIAN
    if injury is Injury.DEATH:
        measure, organ = Measure.NONE, None
    placed = measure in {Measure.TEMP_GUARDIANSHIP, Measure.TEMP_CARE}
    return MeasureDue(
        measure=measure,
        organ=organ,
        ground="X-1" if placed else None,
        placement_order=ORDER if placed else (),
        decide_by_ms=at_ms + 24 * HOUR_MS if measure is Measure.TEMP_GUARDIANSHIP else None,
        why=f"measure {measure}",
        source=SOURCE,
    )
