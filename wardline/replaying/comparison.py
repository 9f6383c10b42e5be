"""The differences between two decisions on the same report, each with the rule and citation that makes it.

Pure. Nothing is left out: what no kind names shows as WORDING, so that no difference at all means equal decisions
but for the policy's own id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from services.triage.core.state import BookState
from shared.contracts.assessment import Assessment, Source
from shared.contracts.base import Message
from shared.contracts.events import CaseAssessed
from wardline.replaying.outcome import Outcome, outcomes_of

Value = TypeVar("Value")


class Kind(StrEnum):
    """What differs, the weightiest first."""

    UNDECIDABLE = "UNDECIDABLE"
    LEVEL = "LEVEL"
    DEPARTMENTS = "DEPARTMENTS"
    NOT_TOLD = "NOT_TOLD"
    DISCLOSURE = "DISCLOSURE"
    LADDER = "LADDER"
    CLOCKS = "CLOCKS"
    MEASURE = "MEASURE"
    PLACE = "PLACE"
    REVOCATION = "REVOCATION"
    SITUATIONS = "SITUATIONS"
    INSTRUCTIONS = "INSTRUCTIONS"
    WORDING = "WORDING"
    """The same outcome by another rule, citation, sentence or weight."""


class Difference(NamedTuple):
    """One thing that differs. `subject`: the department, clock or step; `source`: of `after`, else of `before`.

    `before`, `after`: codes, or a time in Unix milliseconds; None where there is nothing on that side.
    """

    kind: Kind
    subject: str
    before: str | int | None
    after: str | int | None
    source: Source | None


Part = tuple[str | int, Source | None]
"""How one side stands, and why."""


def compare(
    before: BookState, then: Sequence[Message], now: Sequence[Message]
) -> tuple[dict[str, list[Difference]], dict[str, Outcome], dict[str, Outcome]]:
    """The differences by case between the events recorded `then` and those decided `now`, and both sides' outcomes."""
    old, new = outcomes_of(before, then), outcomes_of(before, now)
    found: dict[str, list[Difference]] = {}
    for case_id in dict.fromkeys((*old, *new)):
        differences = list(differing(old.get(case_id) or _none(case_id), new.get(case_id) or _none(case_id)))
        if not differences and _of_case(then, case_id) != _of_case(now, case_id):
            differences = [Difference(Kind.WORDING, "", None, None, None)]
        if differences:
            found[case_id] = differences
    return found, old, new


def differing(old: Outcome, new: Outcome) -> Iterator[Difference]:
    """The differences of one case, in the order of `Kind`."""
    if old.undecidable != new.undecidable:
        yield Difference(Kind.UNDECIDABLE, "", old.undecidable, new.undecidable, None)
    if old.level is not new.level:
        yield Difference(Kind.LEVEL, "", old.level, new.level, new.level_source or old.level_source)
    for kind, parts in _ASSESSED:
        yield from _parts(kind, *((parts(each.assessment) if each.assessment else {}) for each in (old, new)))
        if kind is Kind.LADDER:
            yield from _parts(Kind.CLOCKS, _clocks(old), _clocks(new))
        elif kind is Kind.MEASURE:
            yield from _place(old, new)


def _parts(kind: Kind, old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[Difference]:
    for subject in dict.fromkeys((*old, *new)):
        before, after = old.get(subject), new.get(subject)
        if kind is Kind.DISCLOSURE and (before is None or after is None):
            continue  # told or not is DEPARTMENTS
        if (before and before[0]) != (after and after[0]):
            source = after[1] if after else before[1] if before else None
            yield Difference(kind, subject, before[0] if before else None, after[0] if after else None, source)


def _place(old: Outcome, new: Outcome) -> Iterator[Difference]:
    before, after = (each.place_id or each.place_reason for each in (old, new))
    if before != after:
        source = next((each.proposed.source for each in (new, old) if each.proposed is not None), None)
        yield Difference(Kind.PLACE, "", before, after, source)


def _departments(assessment: Assessment) -> dict[str, Part]:
    return {due.code.value: (due.at_ms, due.source) for due in assessment.departments}


def _not_told(assessment: Assessment) -> dict[str, Part]:
    return {entry.who: ("WITHHELD", entry.source) for entry in assessment.not_told}


def _disclosure(assessment: Assessment) -> dict[str, Part]:
    return {
        due.code.value: (" ".join(sorted(field.value for field in due.disclosure)), due.source)
        for due in assessment.departments
    }


def _ladder(assessment: Assessment) -> dict[str, Part]:
    """Every rung's time by whose ladder, step, who and role; and the ladder's own intervals (milliseconds)."""
    times = assessment.ladder_times
    rungs: dict[str, Part] = {
        f"{rung.ladder.value} {rung.step.value} {rung.department.value} {rung.role} {rung.area_digits}": (
            rung.at_ms,
            rung.source,
        )
        for rung in assessment.rungs
    }
    return rungs | {
        "ACKNOWLEDGEMENT_EXPIRES": (_minutes(times.acknowledgement_expires_ms), times.source),
        "REPEAT": (_minutes(times.repeat_ms), times.source),
        "HOURS": ("DUTY_HOURS" if times.duty_hours_only else "HOURS_24x7", times.source),
    }


def _minutes(span_ms: int) -> str:
    return f"{span_ms / 60_000:g} min"


def _clocks(outcome: Outcome) -> dict[str, Part]:
    return {name: (clock.due_at_ms, clock.source) for name, clock in outcome.clocks.items()}


def _measure(assessment: Assessment) -> dict[str, Part]:
    due = assessment.measure
    said = [due.measure.value, due.organ.value if due.organ else "", due.ground or ""]
    order = ">".join(kind.value for kind in due.placement_order)
    parts: dict[str, Part] = {"": (" ".join(each for each in said if each), due.source)}
    if order:
        parts["PLACEMENT_ORDER"] = (order, due.source)
    if due.decide_by_ms is not None:
        parts["DECIDE_BY"] = (due.decide_by_ms, due.source)
    return parts


def _revocation(assessment: Assessment) -> dict[str, Part]:
    due = assessment.revocation
    if not due.examine:
        return {}
    parts: dict[str, Part] = {"EXAMINE": (due.ground.value if due.ground else "", due.source)}
    if due.remind_at_ms is not None:
        parts["REMIND_AT"] = (due.remind_at_ms, due.source)
    return parts


def _situations(assessment: Assessment) -> dict[str, Part]:
    return {found.code: (found.level.value, found.source) for found in assessment.situations}


def _instructions(assessment: Assessment) -> dict[str, Part]:
    return {f"{each.to} {each.code}": (each.zh, None) for each in assessment.instructions}


_ASSESSED: tuple[tuple[Kind, Callable[[Assessment], Mapping[str, Part]]], ...] = (
    (Kind.DEPARTMENTS, _departments),
    (Kind.NOT_TOLD, _not_told),
    (Kind.DISCLOSURE, _disclosure),
    (Kind.LADDER, _ladder),
    (Kind.MEASURE, _measure),
    (Kind.REVOCATION, _revocation),
    (Kind.SITUATIONS, _situations),
    (Kind.INSTRUCTIONS, _instructions),
)


def _none(case_id: str) -> Outcome:
    return Outcome(case_id)


def _of_case(events: Sequence[Message], case_id: str) -> list[Message]:
    """The events of one case without the policy's id, which differs whenever a text differs."""
    return [
        event
        if not isinstance(event, CaseAssessed)
        else event.model_copy(update={"assessment": event.assessment.model_copy(update={"policy": ""})})
        for event in events
        if getattr(event, "case", None) == case_id
    ]
