"""What a case page shows of acting: the actions that come next, the others by group, and what became of the last."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from services.desk.acting import forms, next_steps
from services.desk.acting.forms import Shown, Sources, Target
from services.desk.acting.giving import Verdict
from services.desk.acting.sources import duties_of, is_assessed, joined_of, sources_of
from services.desk.acting.table import BY_ROUTE, CASE_ACTIONS, GROUPS, Action
from services.desk.core.guard import Principal, Route
from services.desk.reading import CaseFile
from services.desk.telling import chapters
from services.desk.views import Tongue
from shared.narration import words
from shared.narration.refusals import COMMANDS, REFUSALS
from shared.narration.words import word

MEANWHILE_MAX: Final = 12
ACTIVE: Final = frozenset({"PROPOSED", "ASSIGNED", "IN_EFFECT"})


def newest_of(file: CaseFile) -> int:
    """The number of the last record that tells of the case."""
    return int(file.timeline[-1]["seq"]) if file.timeline else 0


def target_of(file: CaseFile) -> Target:
    """Where the forms of a case lead."""
    case_id = file.case["case_id"]
    return Target(f"/cases/{case_id}", case_id)


def offered(action: Action, who: Principal, file: CaseFile) -> bool:
    """Whether a form of it makes sense now."""
    if not who.may(action.route) or action.on_closed == bool(file.case["is_open"]):
        return False
    status = file.measure["status"] if file.measure is not None else None
    match action.route:
        case Route.REDECIDE:
            return bool(file.case["is_undecidable"])
        case Route.TAKE_OVER:
            return file.case["officer"] not in {None, who.account}
        case Route.DUTY:
            return bool(duties_of(file))
        case Route.SEPARATE:
            return bool(joined_of(file))
        case Route.SIGN | Route.REFUSE:
            return status == "PROPOSED"
        case Route.END:
            return status in ACTIVE
        case Route.EXTEND:
            return status == "ASSIGNED"
        case Route.DOCUMENT:
            return file.measure is not None and status == "ASSIGNED" and file.measure["document_number"] is None
    return True


def acting_view(connection: Connection, who: Principal, file: CaseFile, tongue: Tongue) -> dict[str, Any]:
    """The forms of a case page: `next`, and `groups` of the others. Empty for who may not act."""
    actions = [action for action in CASE_ACTIONS if offered(action, who, file)]
    if not actions:
        return {"next": [], "groups": [], "papers": []}
    sources = sources_of(connection, file)
    granted = frozenset(action.route for action in actions)
    routes = next_steps.next_routes(file.case, file.clocks, file.ladders, file.measure, granted)
    first = [BY_ROUTE[route] for route in routes]
    return {
        "next": [_form(action, file, sources, tongue) for action in first],
        "groups": [
            {"title": tongue.pick(title), "forms": [_form(action, file, sources, tongue) for action in of_group]}
            for group, title in GROUPS.items()
            if (of_group := [action for action in actions if action.group is group and action not in first])
        ],
        "papers": [
            f"{tongue.pick(words.clock(row['clock']))} ({tongue.at(row['due_at_ms'])})"
            for row in next_steps.papers(file.clocks)
        ],
    }


def missing(file: CaseFile, tongue: Tongue) -> list[str]:
    """What the record lacks before the case may be closed, for most reasons."""
    found = next_steps.missing_for_closing(file.case, file.measure, assessed=is_assessed(file))
    return [tongue.pick(each) for each in found]


def _form(action: Action, file: CaseFile, sources: Sources, tongue: Tongue) -> dict[str, Any]:
    shown = forms.view(action, target_of(file), sources, tongue, newest_of(file), Shown())
    return shown | {"missing": missing(file, tongue)} if action.route is Route.CLOSE else shown


def answer_view(verdict: Verdict, meanwhile: Sequence[str], tongue: Tongue) -> dict[str, Any]:
    """What became of a command, and what else was recorded since the page on which it was pressed."""
    return {
        "is_accepted": verdict.accepted,
        "what": tongue.pick(word(COMMANDS, verdict.command)),
        "reason": "" if verdict.accepted else tongue.pick(word(REFUSALS, verdict.reason)),
        "at": tongue.at(verdict.at_ms),
        "book": verdict.book,
        "seq": verdict.seq,
        "meanwhile": meanwhile,
    }


def meanwhile(file: CaseFile, since: int, own: int, tongue: Tongue) -> Sequence[str]:
    """Lines of the case's records after `since`, but for the command's own."""
    rows = [row for row in file.timeline if row["seq"] > since and row["seq"] != own]
    lines = [f"{tongue.at(chapter.at_ms)} {tongue.pick(line)}" for chapter in chapters(rows) for line in chapter.lines]
    return lines[:MEANWHILE_MAX]
