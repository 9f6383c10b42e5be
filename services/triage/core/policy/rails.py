"""What no row of any policy may say, whatever the examples hold: who may see what, who is left out, who is told.

Pure. Each reason names the row; the tables are the least that the law or, where it is silent, the design allows.
"""

from collections.abc import Iterator
from typing import Final

from shared.contracts.vocabulary import (
    Department,
    DisclosureField,
    LadderStep,
    Level,
    Measure,
    Organ,
    PlacementType,
    RevocationGround,
)

from services.triage.core.policy.conditions import ALWAYS_TRUE
from services.triage.core.policy.demands import demands, demands_fact, tests_of
from services.triage.core.policy.local_rows import weaker_local_rows
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import (
    Clock,
    DepartmentRow,
    Ladder,
    LadderTiming,
    MeasureRow,
    PlacementChange,
    Row,
    Rows,
    Situation,
    Withholding,
)

D, F = Department, DisclosureField
S1, S2, S3, S4 = Level.S1, Level.S2, Level.S3, Level.S4

MAY_SEE: Final[dict[Department, frozenset[DisclosureField]]] = {
    D.POLICE: frozenset(F) - {F.REPORTER_PHONE},
    D.CIVIL_AFFAIRS: frozenset(F),
    D.HEALTH: frozenset({F.NAME, F.AGE, F.INJURY, F.TASK, F.CODES}),
    D.TOWNSHIP: frozenset({F.NAME, F.PLACE, F.TASK}),
    D.VILLAGE: frozenset({F.NAME, F.PLACE, F.TASK}),
    D.EDUCATION: frozenset({F.NAME, F.SCHOOL, F.TASK}),
    D.RESCUE_INST: frozenset({F.NAME, F.AGE, F.INJURY, F.TASK}),
    D.FILING_UNIT: frozenset({F.TASK}),
}
"""The most that a department may see (MPL 103: no more than necessary; the fields are design)."""
OTHERS_MAY_SEE: Final = frozenset({F.CODES, F.TASK})
MUST_SEE: Final = {
    D.POLICE: frozenset({F.NAME, F.EXACT_PLACE, F.ALLEGED_PERSON, F.THREAT, F.INJURY}),
    D.CIVIL_AFFAIRS: frozenset({F.NAME, F.AGE, F.EXACT_PLACE, F.ALLEGED_PERSON, F.THREAT, F.INJURY}),
    D.HEALTH: frozenset({F.NAME, F.AGE, F.INJURY}),
    D.TOWNSHIP: frozenset({F.NAME, F.PLACE, F.TASK}),
    D.VILLAGE: frozenset({F.NAME, F.PLACE, F.TASK}),
    D.EDUCATION: frozenset({F.NAME, F.SCHOOL, F.TASK}),
}
"""Who must find the child, protect it or treat it."""
NEVER_LEFT_OUT: Final = frozenset({D.POLICE, D.CIVIL_AFFAIRS})
HOMES: Final = (PlacementType.KIN, PlacementType.FOSTER)
INSTITUTIONS: Final = frozenset({PlacementType.RESCUE_INST, PlacementType.WELFARE_INST})
COMMITTEES: Final = {Organ.VILLAGE_COMMITTEE: "VILLAGE_COMMITTEE", Organ.RESIDENT_COMMITTEE: "RESIDENT_COMMITTEE"}
"""Committees that may keep a child whom they have already (CC 34(4)), and the kind of unit that must have filed."""
COMMITTEE_NEEDS: Final = (
    "holder == 'VILLAGE'", "!filing_unit_implicated", "!alleged_office", "!sibling_harmed", "!returnable_guardian",
)  # fmt: skip
HARMED: Final = (
    "MR-1", "MR-2", "MR-3", "MR-4", "MR-5", "MR-7", "TG-5", "TG-6", "LB-3", "DS-7", "DS-12", "DS-13", "HT-1",
)  # fmt: skip
"""Situations of harm, where the neighbours are neither told nor asked to care."""
NEAR_DIGITS, COUNTY_DIGITS = 9, 6
HIGHER_DIGITS: Final = {LadderStep.E4: 4, LadderStep.E5: 2}
LIMBS: Final = {
    RevocationGround.SERIOUS_HARM: "一", RevocationGround.NEGLECT_OR_UNABLE: "二", RevocationGround.OTHER_SERIOUS: "三",
}  # fmt: skip
"""Items of CC 36(1)."""
TIME_OF_DAY: Final = "night_now"

_CIVIL, _POLICE = frozenset({D.CIVIL_AFFAIRS}), frozenset({D.POLICE})
_SCHOOLS = frozenset({D.POLICE, D.EDUCATION})
SITUATIONS: Final[dict[str, tuple[Level, Level, frozenset[Department]]]] = {
    "TG-1": (S1, S1, _CIVIL), "TG-2": (S2, S2, _CIVIL), "TG-3": (S1, S2, _CIVIL), "TG-4": (S1, S2, _CIVIL),
    "TG-5": (S1, S1, _CIVIL), "TG-6": (S1, S1, _CIVIL | _POLICE), "TG-7": (S3, S3, _CIVIL),
    "LB-1": (S1, S2, _POLICE), "LB-2": (S2, S3, _POLICE), "LB-3": (S1, S1, _POLICE), "LB-4": (S1, S2, _POLICE),
    **{f"MR-{number}": (S1, S1, _POLICE) for number in range(1, 10)},
    "EN-1": (S3, S3, _CIVIL), "ED-1": (S3, S3, frozenset({D.EDUCATION})), "ED-2": (S1, S2, _SCHOOLS),
    "ED-3": (S1, S1, _SCHOOLS), "EM-1": (S1, S1, _CIVIL), "RV-1": (S4, S4, _CIVIL | {D.PROCURATORATE}),
    "DS-1": (S1, S3, _CIVIL | _POLICE), "DS-7": (S1, S1, _POLICE), "DS-10": (S2, S2, _CIVIL | _POLICE),
}  # fmt: skip
"""By code: the gravest choice at least, the choice without a condition at least (design), and who is always told: whom
the text names (for RV-1 and DS design). That each is found is for the guarded cases."""


def broken_rails(rows: Rows) -> Iterator[tuple[Row, str]]:
    """The rows that go against a rail, with the reason."""
    for row in rows.every():
        if any(test.fact == TIME_OF_DAY for test in tests_of(row)):
            yield row, "the law is the same by day and at night"
        if isinstance(row, Situation):
            yield from ((row, reason) for reason in _situation(row))
        elif isinstance(row, DepartmentRow):
            yield from ((row, reason) for reason in _disclosure(row))
        elif isinstance(row, Withholding):
            yield from ((row, reason) for reason in _withholding(row, rows))
        elif isinstance(row, MeasureRow):
            yield from ((row, reason) for reason in _measure(row))
        elif isinstance(row, PlacementChange):
            yield from ((row, reason) for reason in _placement(row))
        elif isinstance(row, Ladder):
            yield from ((row, reason) for reason in _rung(row))
        elif isinstance(row, LadderTiming):
            yield from ((row, reason) for reason in _timing(row))
        elif isinstance(row, Clock) and any(amount.amount <= 0 for amount in row.amounts.values()):
            yield row, "a clock ends when it begins"
    yield from weaker_local_rows(rows)


def _situation(row: Situation) -> Iterator[str]:
    if row.revocation is not None and f"第三十六条第一款第{LIMBS[row.revocation]}项" not in row.source.citation:
        yield f"{row.revocation} is another item of CC 36(1) than the one that it cites"
    if row.code not in SITUATIONS:
        return
    gravest, least, told = SITUATIONS[row.code]
    if max(choice.level.urgency for choice in row.levels) < gravest.urgency:
        yield f"{row.code} must be {gravest} at its gravest"
    if max(choice.level.urgency for choice in row.levels if choice.when is ALWAYS_TRUE) < least.urgency:
        yield f"{row.code} must be {least} at least"
    have = {recipient.department for recipient in row.recipients if recipient.when is ALWAYS_TRUE}
    yield from (f"{row.code} must always tell {department}" for department in sorted(told - have))


def _disclosure(row: DepartmentRow) -> Iterator[str]:
    seen = frozenset(row.disclosure)
    if excess := sorted(seen - MAY_SEE.get(row.department, OTHERS_MAY_SEE)):
        yield f"{row.department} may not see {', '.join(excess)}"
    if lacking := sorted(MUST_SEE.get(row.department, frozenset()) - seen):
        yield f"{row.department} must see {', '.join(lacking)}"


def _withholding(row: Withholding, rows: Rows) -> Iterator[str]:
    """A department that is left out has a stand-in that is told of every case (0086)."""
    if row.department is None:
        return
    if row.department in NEVER_LEFT_OUT:
        yield f"{row.department} is never left out"
    elif row.stand_in is None:
        yield f"{row.department} is left out, and nobody acts in its place"
    elif not _always_told(row.stand_in, rows):
        yield f"{row.stand_in} acts in the place of {row.department} and is not told of every case"
    elif row.stand_in not in NEVER_LEFT_OUT and not any(
        other.department is row.stand_in and other.stand_in in NEVER_LEFT_OUT for other in rows.withholdings
    ):
        yield f"{row.stand_in} can be left out, too, and civil affairs or the police do not act in its place"


def _always_told(department: Department, rows: Rows) -> bool:
    return any(
        row.department is department and row.always and row.when is ALWAYS_TRUE and not row.area
        for row in rows.ladders
        if row.step in (LadderStep.E0, LadderStep.E1)
    )


def _measure(row: MeasureRow) -> Iterator[str]:
    if row.measure is Measure.RETURN_TO_ABLE_GUARDIAN and not demands(row.when, "returnable_guardian"):
        yield "a child is returned to nobody but a guardian known to be fit for it: all of [returnable_guardian ...]"
    if row.final and not demands(row.when, "injury == 'DEATH'"):
        yield "only a death ends the search for a measure"
    if STRENGTH[row.measure] <= STRENGTH[Measure.RETURN_TO_ABLE_GUARDIAN]:
        return
    if row.measure is Measure.TEMP_GUARDIANSHIP and row.organ is not Organ.CIVIL_AFFAIRS:
        yield "temporary guardianship is for civil affairs (MPL 92)"
    if row.organ is not None and row.organ is not Organ.CIVIL_AFFAIRS:
        yield from _committee(row, row.organ)
    order = row.placement_order
    homes = [order.index(kind) for kind in HOMES if kind in order]
    others = [order.index(kind) for kind in INSTITUTIONS if kind in order]
    if len(homes) < len(HOMES) or len(others) < len(INSTITUTIONS) or homes != sorted(homes) or homes[-1] > min(others):
        yield "places are in the order of MPL 93: relatives, foster families, then institutions"


def _committee(row: MeasureRow, organ: Organ) -> Iterator[str]:
    """A committee keeps a child whom it has, whom nobody is said to have harmed and who can go to no guardian."""
    if organ not in COMMITTEES:
        yield f"{organ} arranges no care (CC 34)"
        return
    needs = (f"reporter_type == '{COMMITTEES[organ]}'", *COMMITTEE_NEEDS)
    lacking = [each for each in needs if not demands(row.when, each, unknown_too=True)]
    kept_out = [test.expression for test in tests_of(row) if test.expression.startswith("!situations.exists(")]
    listed = max(
        (each for each in kept_out if demands(row.when, each, unknown_too=True)),
        key=lambda each: sum(f"'{code}'" in each for code in HARMED),
        default="",
    )
    lacking += [f"no {code}" for code in HARMED if f"'{code}'" not in listed]
    yield from (f"a committee keeps a child only under this condition, too: {each}" for each in lacking)


def _rung(row: Ladder) -> Iterator[str]:
    """Each rung is answered for by the office of its step: station and township, county, prefecture, province."""
    near = row.department in (D.TOWNSHIP, D.VILLAGE) or (row.department is D.POLICE and row.step is LadderStep.D1)
    higher = HIGHER_DIGITS.get(row.step, COUNTY_DIGITS) if row.department is D.CIVIL_AFFAIRS else COUNTY_DIGITS
    digits = NEAR_DIGITS if near else higher
    if row.area_digits != digits:
        yield f"the area of {row.department} at {row.step} has {digits} digits"


def _placement(row: PlacementChange) -> Iterator[str]:
    if set(row.drop) & set(HOMES):
        yield "relatives and foster families are not struck from the order of MPL 93"
    if set(row.drop) & INSTITUTIONS and not demands_fact(row.when, "implicated_types"):
        yield "an institution is struck from the order only where a unit of its kind is implicated"
    if set(row.drop) >= INSTITUTIONS:
        yield "leaves no institution"
    moved = [kind in INSTITUTIONS for kind in row.first if kind in INSTITUTIONS or kind in HOMES]
    if moved != sorted(moved):
        yield "an institution is not put before relatives and foster families (MPL 93)"


def _timing(row: LadderTiming) -> Iterator[str]:
    if row.duty_hours_levels & {S1, S2}:
        yield "S1 and S2 run round the clock"
    if D.POLICE not in row.round_the_clock:
        yield "the police serve round the clock"
