"""A local row that takes the place of a wider one of its id may only be stronger: the two rows are compared."""

from collections.abc import Iterator, Mapping
from typing import Final

from shared.contracts.vocabulary import Level

from services.triage.core.clocks import due_at_ms
from services.triage.core.policy.conditions import ALWAYS_TRUE, Condition, FactTest, Joined
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.model import (
    Amount,
    Clock,
    DepartmentRow,
    Ladder,
    LadderTiming,
    MeasureRow,
    Raise,
    Row,
    Rows,
    Situation,
    Withholding,
)

A_MONDAY_MS: Final = 1_795_395_600_000
"""2026-11-23, 09:00 in Shanghai: only to compare two lengths of time of different kinds."""
COORDINATOR: Final = "COORDINATOR"
"""Its rung tells the body that the area has named (MPL 9 as amended)."""


def weaker_local_rows(rows: Rows) -> Iterator[tuple[Row, str]]:
    """The local rows that are weaker than the row of the next wider area whose place they take, with the reason."""
    versions: dict[str, list[Row]] = {}
    for row in rows.every():
        versions.setdefault(row.id, []).append(row)
    for row in rows.every():
        for wide in _next_wider(row, versions[row.id]):
            whose = f"the row of area {wide.area}" if wide.area else "a national row"
            if type(row) is not type(wide):
                yield row, f"takes the place of {whose} of another kind"
            elif reason := _weaker(row, wide):
                yield row, f"takes the place of {whose} and {reason}"


def _next_wider(row: Row, versions: list[Row]) -> list[Row]:
    """The rows of one id that would hold where and while this one does, if it were not there."""
    wider = [
        other
        for other in versions
        if len(other.area) < len(row.area)
        and row.area.startswith(other.area)
        and (row.valid_to is None or other.valid_from <= row.valid_to)
        and (other.valid_to is None or row.valid_from <= other.valid_to)
    ]
    longest = max((len(other.area) for other in wider), default=0)
    return [other for other in wider if len(other.area) == longest]


def _weaker(row: Row, wide: Row) -> str | None:
    """Why a local row is weaker than a national one of its kind; None when it is not."""
    match row, wide:
        case Clock(), Clock():
            return _weaker_clock(row, wide)
        case Situation(), Situation():
            return _weaker_situation(row, wide)
        case Raise(), Raise():
            less = row.steps < wide.steps or _urgency(row.at_least) < _urgency(wide.at_least)
            return "raises less" if less or not _no_narrower(row.when, wide.when) else None
        case Ladder(), Ladder():
            same = (row.step, row.ladder, row.always) == (wide.step, wide.ladder, wide.always)
            who = row.department is wide.department or wide.role == COORDINATOR
            kept = same and who and _no_narrower(row.when, wide.when) and not _later(row.after, wide.after)
            return None if kept else "tells later, or others"
        case LadderTiming(), LadderTiming():
            return "lets an acknowledgement hold longer" if _later(row.expires, wide.expires) else None
        case MeasureRow(), MeasureRow():
            kept = STRENGTH[row.measure] >= STRENGTH[wide.measure] and row.final <= wide.final
            return None if kept and _no_narrower(row.when, wide.when) else "proposes a weaker measure"
        case Withholding(), Withholding():
            same_who = (row.department, row.person) == (wide.department, wide.person)
            return None if same_who and _no_narrower(row.when, wide.when) else "leaves out fewer, or others"
        case DepartmentRow(), DepartmentRow():
            kept = row.department is wide.department and set(row.disclosure) <= set(wide.disclosure)
            return None if kept else "shows more"
        case _:
            return None


def _weaker_clock(row: Clock, wide: Clock) -> str | None:
    if (row.clock, row.start_event) != (wide.clock, wide.start_event):
        return "is another clock"
    if not _no_narrower(row.when, wide.when):
        return "runs in fewer cases"
    return "ends later" if _later(row.amounts, wide.amounts) or row.rolls_over > wide.rolls_over else None


def _weaker_situation(row: Situation, wide: Situation) -> str | None:
    if row.code != wide.code:
        return "is another situation"
    if not _no_narrower(row.when, wide.when):
        return "is found in fewer cases"
    gravest, least = (max(_urgency(each.level) for each in one.levels) for one in (row, wide))
    if gravest < least or _always(row) < _always(wide):
        return "is of a lower level"
    told = {each.department for each in row.recipients if each.when is ALWAYS_TRUE}
    wanted = {each.department for each in wide.recipients if each.when is ALWAYS_TRUE}
    return None if wanted <= told else "tells fewer departments"


def _always(row: Situation) -> int:
    return max(_urgency(each.level) for each in row.levels if each.when is ALWAYS_TRUE)


def _urgency(level: Level | None) -> int:
    return -1 if level is None else level.urgency


def _later(row: Mapping[Level, Amount], wide: Mapping[Level, Amount]) -> bool:
    return any(level not in row or _span_ms(row[level]) > _span_ms(amount) for level, amount in wide.items())


def _span_ms(amount: Amount) -> int:
    return due_at_ms(amount.clock_type, A_MONDAY_MS, amount.amount, amount.unit) if amount.amount else A_MONDAY_MS


def _no_narrower(row: Condition, wide: Condition) -> bool:
    """Whether a condition holds at least where another does: it has none, is the same, or has it as an alternative."""
    if row is ALWAYS_TRUE or _same(row, wide):
        return True
    return isinstance(row, Joined) and not row.conjunction and any(_no_narrower(part, wide) for part in row.parts)


def _same(one: Condition, other: Condition) -> bool:
    if isinstance(one, FactTest) and isinstance(other, FactTest):
        return (one.expression, one.unknown_as) == (other.expression, other.unknown_as)
    if not isinstance(one, Joined) or not isinstance(other, Joined) or one.conjunction != other.conjunction:
        return False
    return len(one.parts) == len(other.parts) and all(map(_same, one.parts, other.parts))
