"""The measure to propose (MPL 92-93; Civil Code 31(3), 34(4)) and whether revocation is to be examined (CC 36)."""

from shared.contracts.assessment import ClockDue, MeasureDue, RevocationDue
from shared.contracts.vocabulary import Measure, PlacementType, RevocationGround

from services.triage.core import unassessed
from services.triage.core.policy.evaluation import Evaluation
from services.triage.core.policy.model import MeasureRow, Rows, Situation

STRENGTH = {Measure.NONE: 0, Measure.RETURN_TO_ABLE_GUARDIAN: 1, Measure.TEMP_CARE: 2, Measure.TEMP_GUARDIANSHIP: 3}
"""Of the measures that hold the strongest is proposed; so no further harmful fact can weaken it."""
DECISION_CLOCK = "DECISION"
REVOCATION_CLOCK = "REVOCATION_REMINDER"
NOT_EXAMINED = RevocationDue(examine=False)
GROUND_ORDER = (RevocationGround.SERIOUS_HARM, RevocationGround.NEGLECT_OR_UNABLE, RevocationGround.OTHER_SERIOUS)


def measure(case: Evaluation, law: Rows, clocks: tuple[ClockDue, ...], situations: tuple[Situation, ...]) -> MeasureDue:
    """The strongest measure whose row holds; a row marked final ends the choice (a child who has died).

    Where none is in force nothing is proposed, and the case says so.
    """
    holding = case.holding(law.measures)
    if not holding:
        return unassessed.MEASURE
    final = [row for row in holding if row.final]
    row = final[0] if final else max(holding, key=lambda row: STRENGTH[row.measure])
    decide_by = [clock.due_at_ms for clock in clocks if clock.id == DECISION_CLOCK]
    return MeasureDue(
        measure=row.measure,
        organ=row.organ,
        ground=_ground(row, situations),
        placement_order=_placement_order(case, law, row),
        decide_by_ms=decide_by[0] if decide_by and row.measure is not Measure.NONE else None,
        why=f"{row.title_zh} / {row.title_en}",
        source=row.source,
    )


def _ground(row: MeasureRow, situations: tuple[Situation, ...]) -> str | None:
    """The row's first ground that was found, else the gravest situation's code."""
    if row.measure is Measure.NONE:
        return None
    codes = [situation.code for situation in situations]
    for ground in row.grounds:
        if ground in codes:
            return ground
    return codes[0] if codes else None


def _placement_order(case: Evaluation, law: Rows, row: MeasureRow) -> tuple[PlacementType, ...]:
    order = list(row.placement_order)
    for change in case.holding(law.placements):
        order = [kind for kind in order if kind not in change.drop]
        for first, second in zip(change.first, change.first[1:], strict=False):
            _put_before(order, first, second)
    return tuple(order)


def _put_before(order: list[PlacementType], first: PlacementType, second: PlacementType) -> None:
    if first in order and second in order and order.index(first) > order.index(second):
        order.remove(first)
        order.insert(order.index(second), first)


def revocation(situations: tuple[Situation, ...], clocks: tuple[ClockDue, ...]) -> RevocationDue:
    """Examined whenever a situation could meet a limb of CC 36(1); with the reminder, since the law sets no limit."""
    grounds = {situation.revocation: situation for situation in reversed(situations) if situation.revocation}
    for ground in GROUND_ORDER:
        if ground in grounds:
            remind = [clock.due_at_ms for clock in clocks if clock.id == REVOCATION_CLOCK]
            return RevocationDue(
                examine=True, ground=ground, remind_at_ms=remind[0] if remind else None, source=grounds[ground].source
            )
    return NOT_EXAMINED
