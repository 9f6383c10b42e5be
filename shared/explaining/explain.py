"""A decision explained: as one JSON object (the command line's contract) and in words for a duty officer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.contracts.assessment import Assessment, Rung, SituationFound
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import Measure, MeasureStatus
from shared.explaining.in_words import sections
from shared.explaining.said import Language, Said, local
from shared.explaining.telling import Telling
from shared.explaining.wording_of_care import FIRST_STATUS

NO_PLACE_ASKED = "没有载入安置场所登记 / no register of places was given"


def iso_time(at_ms: int | None) -> str | None:
    """A moment as people of the county read it: ISO 8601 in Asia/Shanghai, to the second."""
    if at_ms is None:
        return None
    return local(at_ms).isoformat(timespec="seconds")


def role_of(rung: Rung) -> str:
    """Who stands on a rung when no registry was given."""
    return f"{rung.role}/{rung.area_digits}"


def explain_json(  # noqa: PLR0913 - what needs the registry is given one by one
    assessment: Assessment,
    *,
    file: str = "",
    child: int = 0,
    custody: CustodyFacts | None = None,
    status: MeasureStatus | None = None,
    place: str | None = None,
    place_reason: str = NO_PLACE_ASKED,
    ranking: Sequence[Mapping[str, Any]] = (),
    who: Callable[[Rung], str] = role_of,
) -> dict[str, Any]:
    """One child's decision. What needs the registry (place, ranking, contacts) comes as arguments.

    `ranking` holds `{place, fit, why}`; `who` names the contacts of a rung.
    """
    held_by = custody or CustodyFacts()
    return {
        "file": file,
        "child": child,
        "level": assessment.level.value,
        "situations": [
            {
                "code": item.code,
                "rule": item.source.rule,
                "basis": item.source.basis.value,
                "citation": item.source.citation,
                "facts": _facts(item),
            }
            for item in assessment.situations
        ],
        "nearly": [{"rule": item.rule, "missing": list(item.missing)} for item in assessment.nearly],
        "clocks": [
            {
                "id": item.id,
                "clock_type": item.clock_type.value,
                "due_at": iso_time(item.due_at_ms),
                "basis": item.source.basis.value,
                "citation": item.source.citation,
            }
            for item in assessment.clocks
        ],
        "departments": [
            {
                "code": item.code.value,
                "rule": item.source.rule,
                "at": iso_time(item.at_ms),
                "disclosure": [field.value for field in item.disclosure],
            }
            for item in assessment.departments
        ],
        "not_told": [{"who": item.who, "why": item.why} for item in assessment.not_told],
        "ladder": [
            {
                "department": item.department.value,
                "step": item.step.value,
                "at": iso_time(item.at_ms),
                "who": who(item),
            }
            for item in assessment.rungs
        ],
        "custody": {"holder": held_by.holder.value, "since": iso_time(held_by.since_ms)},
        "guardianship": _guardianship(assessment, status, place, place_reason, ranking),
        "revocation": {
            "examine": assessment.revocation.examine,
            "ground": assessment.revocation.ground.value if assessment.revocation.ground else None,
            "remind_at": iso_time(assessment.revocation.remind_at_ms),
        },
        "instructions": [item.model_dump() for item in assessment.instructions],
        "why": [*assessment.why, *(f"rule failed and counts as met: {rule}" for rule in assessment.rules_failed)],
        "policy": assessment.policy,
    }


def _facts(item: SituationFound) -> dict[str, Any]:
    known = {name: list(value) if isinstance(value, tuple) else value for name, value in item.facts.items()}
    return known | dict.fromkeys(item.unknown)


def _guardianship(
    assessment: Assessment,
    status: MeasureStatus | None,
    place: str | None,
    place_reason: str,
    ranking: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    measure = assessment.measure
    needs_place = measure.measure in (Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP)
    return {
        "measure": measure.measure.value,
        "status": (status or FIRST_STATUS[measure.measure]).value,
        "organ": measure.organ.value if measure.organ else None,
        "ground": measure.ground,
        "citation": measure.source.citation,
        "place": place if needs_place else None,
        "place_reason": place_reason if needs_place else measure.why,
        "ranking": [dict(entry) for entry in ranking],
    }


def explain_words(telling: Telling, language: Language = "zh") -> list[str]:
    """The decision in short lines that a duty officer can read aloud; it names nobody."""
    return [line.in_language(language) for line in explain_lines(telling)]


def explain_lines(telling: Telling) -> list[Said]:
    """The same, in both languages at once: a heading, then its lines, set in."""
    lines: list[Said] = []
    for section in sections(telling):
        lines.append(section.title)
        lines += [Said(f"  {line.zh}", f"  {line.en}") for line in section.lines]
    return lines
