"""Choices that are the case's own: registered places, relatives, departments not told, the measure, linked cases."""

from typing import Final

import orjson
from sqlalchemy import Connection, select

from services.desk.acting import choices
from services.desk.acting.fields import Choice
from services.desk.acting.forms import NEW, Sources
from services.desk.reading import CaseFile
from services.desk.tables import PLACES
from shared.explaining import words as codes
from shared.explaining.said import Said, local
from shared.narration import guardian_words, words
from shared.narration.words import word

PLACES_MAX: Final = 100
NOT_ASKED: Final = frozenset({"CIVIL_AFFAIRS"})


def sources_of(connection: Connection, file: CaseFile) -> Sources:
    """The choices of this case."""
    told = {row["department"] for row in file.ladders} | NOT_ASKED
    measure = file.measure["measure"] if file.measure is not None else None
    return {
        "places": _places(connection, file.case["book"], file.case["county"]),
        "candidates": _candidates(file),
        "untold": choices.only(choices.DEPARTMENTS, told),
        "measure": choices.of(codes.MEASURES, [measure] if measure in codes.MEASURES and measure != "NONE" else []),
        "duties": tuple(Choice(clock, Said(*words.clock(clock))) for clock in duties_of(file)),
        "levels": choices.only(choices.LEVELS, [file.case["level"] or ""]),
        "joined": tuple(
            Choice(report_id, Said(*[f"{receipt} {local(at_ms):%m-%d %H:%M}"] * 2))
            for report_id, (receipt, at_ms) in joined_of(file).items()
        ),
        "linked": tuple(
            Choice(row["case_id"], Said(*[f"{row['receipt']} #{row['child'] + 1}"] * 2))
            for row in file.linked
            if row["is_open"]
        ),
    }


def _places(connection: Connection, book: int, county: str) -> tuple[Choice, ...]:
    found = (
        select(PLACES.c.place_id, PLACES.c.type)
        .where(PLACES.c.book == book, PLACES.c.county == county, PLACES.c.active.is_(True))
        .order_by(PLACES.c.type, PLACES.c.place_id)
        .limit(PLACES_MAX)
    )
    kinds = [(place, word(codes.PLACEMENTS, kind)) for place, kind in connection.execute(found)]
    return tuple(Choice(place, Said(f"{place} {kind.zh}", f"{place}, {kind.en}")) for place, kind in kinds)


def candidates_of(file: CaseFile) -> dict[str, str]:
    """The relatives that are recorded: id to relation."""
    return {
        facts["candidate_id"]: facts["relation"]
        for row in file.timeline
        if row["kind"] == "KinCandidateAdded"
        for facts in [orjson.loads(row["facts"])]
    }


def duties_of(file: CaseFile) -> list[str]:
    """The duties that the last closing named; what became of each is triage's to know."""
    closings = [orjson.loads(row["facts"]) for row in file.timeline if row["kind"] == "CaseClosed"]
    return list(closings[-1].get("open_clocks") or ()) if closings else []


def joined_of(file: CaseFile) -> dict[str, tuple[str, int]]:
    """Other filings that joined and are not separated: report id to receipt, and when it joined."""
    found: dict[str, tuple[str, int]] = {}
    for row in file.timeline:
        if row["kind"] == "ReportJoined":
            facts = orjson.loads(row["facts"])
            if facts.get("matched_by"):
                found[facts["report_id"]] = (facts["receipt"], row["at_ms"])
        elif row["kind"] == "ReportSeparated":
            gone = orjson.loads(row["facts"])["receipt"]
            found = {name: entry for name, entry in found.items() if entry[0] != gone}
    return found


def _candidates(file: CaseFile) -> tuple[Choice, ...]:
    known = candidates_of(file).items()
    said = [(name, word(guardian_words.RELATIONS, relation)) for name, relation in known]
    new = Choice(NEW, Said("新的人选", "somebody new"))
    return (new, *(Choice(name, Said(f"{who.zh} {name}", f"{who.en} {name}")) for name, who in said))


def is_assessed(file: CaseFile) -> bool:
    """Whether the last assessment of a guardian says able, and safe to return."""
    told = [orjson.loads(row["facts"]) for row in file.timeline if row["kind"] == "AssessmentRecorded"]
    last = next((facts for facts in reversed(told) if facts.get("subject") in {"GUARDIAN", None}), None)
    return bool(last and last.get("guardian_able") and last.get("safe_to_return"))
