"""What no row of any policy may say, whatever the examples hold: who may see what, who is left out, who is told.

Pure. Each reason names the row; the tables are the least that the law or, where it is silent, the design allows.
"""

from collections.abc import Iterator
from typing import Final

from shared.contracts.vocabulary import Department, DisclosureField, LadderStep, Level, Measure, Organ, PlacementType

from services.triage.core.policy.conditions import ALWAYS_TRUE, Condition, FactTest, Joined
from services.triage.core.policy.local_rows import weaker_local_rows
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import (
    Clock,
    DepartmentRow,
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
MUST_SEE: Final = {D.POLICE: frozenset({F.NAME, F.EXACT_PLACE}), D.CIVIL_AFFAIRS: frozenset({F.NAME, F.EXACT_PLACE})}
"""Who must find the child."""
NEVER_LEFT_OUT: Final = frozenset({D.POLICE, D.CIVIL_AFFAIRS})
HOMES: Final = (PlacementType.KIN, PlacementType.FOSTER)
INSTITUTIONS: Final = frozenset({PlacementType.RESCUE_INST, PlacementType.WELFARE_INST})

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
        elif isinstance(row, LadderTiming):
            yield from ((row, reason) for reason in _timing(row))
        elif isinstance(row, Clock) and any(amount.amount <= 0 for amount in row.amounts.values()):
            yield row, "a clock ends when it begins"
    yield from weaker_local_rows(rows)


def _situation(row: Situation) -> Iterator[str]:
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
    if row.measure is Measure.RETURN_TO_ABLE_GUARDIAN and not _demands(row.when, "returnable_guardian"):
        yield "a child is returned to nobody but a guardian known to be fit for it: all of [returnable_guardian ...]"
    if row.final and not _demands(row.when, "injury == 'DEATH'"):
        yield "only a death ends the search for a measure"
    if STRENGTH[row.measure] <= STRENGTH[Measure.RETURN_TO_ABLE_GUARDIAN]:
        return
    if row.measure is Measure.TEMP_GUARDIANSHIP and row.organ is not Organ.CIVIL_AFFAIRS:
        yield "temporary guardianship is for civil affairs (MPL 92)"
    order = row.placement_order
    homes = [order.index(kind) for kind in HOMES if kind in order]
    others = [order.index(kind) for kind in INSTITUTIONS if kind in order]
    if len(homes) < len(HOMES) or not others or homes != sorted(homes) or homes[-1] > min(others):
        yield "places are in the order of MPL 93: relatives, foster families, then institutions"


def _placement(row: PlacementChange) -> Iterator[str]:
    if set(row.drop) & set(HOMES):
        yield "relatives and foster families are not struck from the order of MPL 93"
    moved = [kind in INSTITUTIONS for kind in row.first if kind in INSTITUTIONS or kind in HOMES]
    if moved != sorted(moved):
        yield "an institution is not put before relatives and foster families (MPL 93)"


def _demands(when: Condition, expression: str) -> bool:
    """Whether a condition holds only where a test is known to be true."""
    if isinstance(when, FactTest):
        return when.expression == expression and not when.unknown_as
    if not isinstance(when, Joined) or not when.parts:
        return False
    demanded = [_demands(part, expression) for part in when.parts]
    return any(demanded) if when.conjunction else all(demanded)


def _timing(row: LadderTiming) -> Iterator[str]:
    if row.duty_hours_levels & {S1, S2}:
        yield "S1 and S2 run round the clock"
    if D.POLICE not in row.round_the_clock:
        yield "the police serve round the clock"
