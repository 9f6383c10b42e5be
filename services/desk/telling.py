"""A case's life and law in words for a page: from coded facts, when the page is shown, never before."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from services.desk.reading import CaseFile, Row
from shared.contracts.assessment import Assessment
from shared.contracts.events import read_event
from shared.explaining import words as codes
from shared.explaining.citations import cited
from shared.explaining.fact_words import CONCERNS
from shared.explaining.in_words import Section, sections
from shared.explaining.said import Said, together
from shared.explaining.telling import Telling
from shared.narration.telling import tell
from shared.narration.words import Line, level, word

ASSESSED = "CaseAssessed"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One record of the ledger that says something of the case."""

    at_ms: int
    book: int
    seq: int
    lines: Sequence[Line]


def chapters(timeline: Sequence[Row]) -> list[Chapter]:
    """The case's life, a chapter for each record, the newest first."""
    found: dict[tuple[int, int], list[Line]] = {}
    at: dict[tuple[int, int], int] = {}
    for row in timeline:
        record = (row["book"], row["seq"])
        at[record] = row["at_ms"]
        found.setdefault(record, []).extend(lines_of(row["kind"], row["facts"]))
    made = [Chapter(at[record], *record, lines) for record, lines in found.items() if lines]
    return made[::-1]


def lines_of(kind: str, facts: str) -> list[Line]:
    """An event in words; one that this release does not know is named, so that nobody thinks that nothing was."""
    raw = orjson.loads(facts)
    if kind == ASSESSED:
        return [_assessed(raw["assessment"])]
    try:
        return tell(read_event(raw))
    except ValidationError:
        return [word({}, kind)]


def _assessed(assessment: dict[str, object]) -> Line:
    """The whole explanation has its own place on the page; a line of the timeline names what was found."""
    grave = level(str(assessment["level"]))
    situations = assessment["situations"]
    met = list(situations) if isinstance(situations, list) else []
    zh = "；".join(f"{each['title_zh']}（{cited(each['source']['citation']).zh}）" for each in met) or "没有认定情形"
    en = "; ".join(f"{each['title_en']} ({cited(each['source']['citation']).en})" for each in met) or "none"
    return Line(f"按法律评估为 {grave.zh}：{zh}", f"assessed by the law as {grave.en}; situations: {en}")


def explanation(file: CaseFile) -> tuple[Section, ...]:
    """Why this level, who is told and who is not, and what is done first; empty while nothing was decided."""
    if file.assessment is None:
        return ()
    return sections(Telling(Assessment.model_validate_json(file.assessment)))


def child_words(facts: str) -> Said:
    """The child in a few words: age, sex, what was seen. Never more than the report's codes."""
    children = orjson.loads(facts).get("children") or [{}]
    child = children[0]
    parts: list[Said] = []
    if (years := child.get("age_years")) is not None:
        parts.append(Said(f"{years} 岁", f"{years} years"))
    elif (months := child.get("age_months")) is not None:
        parts.append(Said(f"{months} 个月", f"{months} months"))
    else:
        parts.append(Said("年龄不明", "age unknown"))
    sex = {"F": Said("女", "girl"), "M": Said("男", "boy")}.get(child.get("sex"))
    if sex is not None:
        parts.append(sex)
    parts += [Said(*CONCERNS[code]) for code in child.get("concerns", ()) if code in CONCERNS]
    return together(parts)


def holder_words(holder: str | None) -> Said:
    """Who has the child, in a word."""
    if holder is None or holder == "UNKNOWN":
        return Said("不清楚", "not known")
    return Said(*word(codes.HOLDERS, holder))
