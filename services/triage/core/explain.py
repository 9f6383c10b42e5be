"""A decision explained: as one JSON object (the command line's contract) and in words for a duty officer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from shared.contracts.assessment import Assessment, Rung, SituationFound
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import Basis, LadderStep, Measure, MeasureStatus

from services.triage.core.policy.facts import CATALOGUE, RESULT_FACTS
from services.triage.core.words import (
    CLOCKS,
    DEPARTMENTS,
    GROUNDS,
    LEVELS,
    MEASURES,
    PEOPLE,
    ROLES,
    STATUSES,
    Language,
    say,
)

SHANGHAI = timezone(timedelta(hours=8))
NO_PLACE_ASKED = "没有载入安置场所登记 / no register of places was given"
FIRST_STEPS = frozenset({LadderStep.E0, LadderStep.E1, LadderStep.D1})
BASIS_WORDS = {
    Basis.STATUTE: ("法律", "law"),
    Basis.LOCAL: ("地方规定", "local rule"),
    Basis.DESIGN: ("设计值", "design"),
}
FIRST_STATUS = {
    Measure.TEMP_GUARDIANSHIP: MeasureStatus.PROPOSED,
    Measure.RETURN_TO_ABLE_GUARDIAN: MeasureStatus.PROPOSED,
    Measure.TEMP_CARE: MeasureStatus.IN_EFFECT,
    Measure.NONE: MeasureStatus.NONE,
}
"""The status of a measure in the moment of the decision (temporary care takes effect at once: CC 34(4))."""


def iso_time(at_ms: int | None) -> str | None:
    """A moment as people of the county read it: ISO 8601 in Asia/Shanghai, to the second."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(SHANGHAI).isoformat(timespec="seconds")


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


def explain_words(assessment: Assessment, language: Language = "zh") -> list[str]:
    """The decision in short lines that a duty officer can read aloud; it names nobody."""
    chinese = language == "zh"
    level = f"{assessment.level.value} {say(LEVELS, assessment.level.value, language)}"
    lines = [f"等级：{level}。" if chinese else f"Level: {level}."]
    lines += [_situation_words(item, language) for item in assessment.situations]
    for item in assessment.raises:
        lines.append(
            f"由 {item.before.value} 升为 {item.after.value}：{item.source.citation}（{item.source.rule}）。"
            if chinese
            else f"Raised from {item.before.value} to {item.after.value}: {item.source.rule} ({item.source.citation})."
        )
    lines += _recipient_words(assessment, language)
    lines += _measure_words(assessment, language)
    for clock in assessment.clocks:
        word, due = say(CLOCKS, clock.id, language), _time_words(clock.due_at_ms)
        basis = BASIS_WORDS[clock.source.basis][0 if chinese else 1]
        lines.append(f"时限：{due} 前{word}（{basis}）。" if chinese else f"By {due}: {word} ({basis}).")
    for near in assessment.nearly:
        missing = "、".join(_fact_words(n, language) for n in near.missing) if chinese else ", ".join(
            _fact_words(n, language) for n in near.missing
        )  # fmt: skip
        lines.append(
            f"差一点符合 {near.code}：缺 {missing}。" if chinese else f"Nearly {near.code}: missing {missing}."
        )
    for rule in assessment.rules_failed:
        lines.append(f"规则 {rule} 无法计算，按已符合处理。" if chinese else f"Rule {rule} failed and counts as met.")
    lines.append(f"政策版本：{assessment.policy}。" if chinese else f"Policy: {assessment.policy}.")
    return lines


def _fact_words(name: str, language: Language) -> str:
    fact = CATALOGUE.get(name) or RESULT_FACTS[name]
    return fact.zh if language == "zh" else fact.en


def _time_words(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _situation_words(item: SituationFound, language: Language) -> str:
    unknown = [_fact_words(name, language) for name in item.unknown]
    if language == "zh":
        assumed = f"；尚不清楚、按从严处理：{'、'.join(unknown)}" if unknown else ""
        return f"符合 {item.code}：{item.title_zh}。依据：{item.source.citation}{assumed}。"
    assumed = f"; not known and taken strictly: {', '.join(unknown)}" if unknown else ""
    return f"{item.code} is met: {item.title_en}. Source: {item.source.citation}{assumed}."


def _recipient_words(assessment: Assessment, language: Language) -> list[str]:
    chinese = language == "zh"
    lines = []
    for due in assessment.departments:
        name, at = say(DEPARTMENTS, due.code.value, language), _time_words(due.at_ms)
        lines.append(
            f"告知{name}：{at}（{due.source.rule}）。" if chinese else f"Tell {name} at {at} ({due.source.rule})."
        )
    for at_ms, names in _climbing(assessment, language).items():
        at = _time_words(at_ms)
        lines.append(
            f"{at} 仍无人受理：告知{'、'.join(names)}。"
            if chinese
            else f"If nobody accepts by {at}: tell {', '.join(names)}."
        )
    for left in assessment.not_told:
        name = say(PEOPLE, left.who, language) if left.who in PEOPLE else say(DEPARTMENTS, left.who, language)
        zh, _, en = left.why.partition(" / ")
        lines.append(f"不告知{name}：{zh}。" if chinese else f"Not told: {name} ({en}).")
    return lines


def _climbing(assessment: Assessment, language: Language) -> dict[int, list[str]]:
    """The later rungs by their time: step, department and role in words."""
    later: dict[int, list[str]] = {}
    for rung in assessment.rungs:
        if rung.step not in FIRST_STEPS:
            parts = (say(DEPARTMENTS, rung.department.value, language), say(ROLES, rung.role, language))
            names = "".join(parts) if language == "zh" else " ".join(parts)
            later.setdefault(rung.at_ms, []).append(f"{names} ({rung.step.value})")
    return later


def _measure_words(assessment: Assessment, language: Language) -> list[str]:
    chinese, measure = language == "zh", assessment.measure
    name = say(MEASURES, measure.measure.value, language)
    status = say(STATUSES, FIRST_STATUS[measure.measure].value, language)
    zh, _, en = measure.why.partition(" / ")
    ground = f"{measure.ground} " if measure.ground else ""
    lines = [
        f"监护安排：{name}（{status}）。{zh}。依据：{ground}{measure.source.citation}。"
        if chinese
        else f"Care: {name} ({status}). {en}. Source: {ground}{measure.source.citation}."
    ]
    if assessment.revocation.examine and assessment.revocation.ground:
        ground_words = say(GROUNDS, assessment.revocation.ground.value, language)
        lines.append(
            f"应审查是否申请撤销监护人资格：{ground_words}。"
            if chinese
            else f"Revocation is to be examined: {ground_words}."
        )
    return lines
