"""A task in words: what to do and by when, and of the child only what the department's disclosure set names.

What a set names and this database does not hold (names, the exact place) is listed, with whom to call for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from services.desk.acting import forms
from services.desk.acting.fields import Choice
from services.desk.acting.forms import NEW, Sources, Target
from services.desk.acting.table import Action
from services.desk.acting.task_table import TASK_ACTIONS
from services.desk.core.guard import Principal, Route
from services.desk.inbox.reading import UNANSWERED, Inbox, Task
from services.desk.reading import Row
from services.desk.telling import lines_of
from services.desk.views import LADDER_STATES, Tongue, tail_of
from shared.contracts.assessment import Assessment
from shared.contracts.vocabulary import Department, DisclosureField
from shared.explaining import words as codes
from shared.explaining.fact_words import CONCERNS, FLAGS, INJURIES
from shared.explaining.said import Said, together
from shared.narration import words
from shared.narration.words import word

Facts = Mapping[str, Any]
THREATS: Final = {
    "alone_now": "alone_now",
    "alleged_person_has_access": "alleged_access",
    "afraid_to_go_home": "afraid_to_go_home",
    "missing_now": "missing_now",
    "needs_medical_care": "needs_medical_care",
}
"""What was filed of the child's safety, and the flag by which it is said."""
SOURCES: Final[Sources] = {"candidates": (Choice(NEW, Said("新的人选", "somebody new")),)}
NEXT: Final[Mapping[str, tuple[Route, ...]]] = {
    "CLIMBING": (Route.TASK_ACCEPT, Route.TASK_HAND_BACK),
    "LAPSED": (Route.TASK_ACCEPT, Route.TASK_SEND),
    "DECLINED": (Route.TASK_ACCEPT,),
    "ACKNOWLEDGED": (Route.TASK_SEND, Route.TASK_OUTCOME),
    "DISPATCHED": (Route.TASK_OUTCOME, Route.TASK_CHILD_SEEN),
}


def inbox_view(found: Inbox, tongue: Tongue) -> dict[str, Any]:
    """The list, with the share that waits for an answer and the oldest of it at the top."""
    oldest = found.oldest_at_ms
    return {
        "count": found.count,
        "unanswered": found.unanswered,
        "share": round(100 * found.unanswered / found.count) if found.count else 0,
        "oldest": f"{tongue.at(oldest)} ({tongue.span(tongue.now_ms - oldest)})" if oldest is not None else "",
        "tasks": [_row(row, tongue) for row in found.rows],
    }


def _row(row: Row, tongue: Tongue) -> dict[str, Any]:
    due_ms, owed_ms = row["task_due_at_ms"], row["outcome_due_at_ms"]
    late = due_ms is not None and due_ms < tongue.now_ms and row["outcome"] is None
    return {
        "row": row,
        "url": f"/tasks/{row['case_id']}/{row['department']}",
        "tail": tail_of(row["case_id"]),
        "department": tongue.pick(words.department(row["department"])),
        "standing": tongue.pick(word(LADDER_STATES, row["state"])),
        "outcome": tongue.pick(words.reason_words(row["outcome"])) if row["outcome"] else "",
        "due": tongue.at(due_ms) if due_ms is not None else "",
        "late": late,
        "outcome_due": tongue.at(owed_ms) if owed_ms is not None else "",
        "outcome_late": owed_ms is not None and owed_ms < tongue.now_ms,
        "unanswered": row["state"] in UNANSWERED and row["outcome"] is None,
    }


def target_of(task: Task) -> Target:
    """Where the forms of a task lead."""
    case_id, department = task.row["case_id"], task.row["department"]
    return Target(f"/tasks/{case_id}/{department}", case_id, Department(department))


def task_view(task: Task, who: Principal, tongue: Tongue) -> dict[str, Any]:
    """One task's page."""
    told, withheld = disclosed(task, tongue)
    actions = [action for action in TASK_ACTIONS if who.may(action.route) and _fits(action, who)]
    first = [action for route in NEXT.get(task.row["state"], ()) for action in actions if action.route is route]

    def form(action: Action) -> dict[str, Any]:
        return forms.view(action, target_of(task), SOURCES, tongue, task.newest_seq)

    return {
        **_row(task.row, tongue),
        "act_by": tongue.at(task.act_by_ms) if task.act_by_ms else "",
        "instructions": _instructions(task, tongue),
        "told": told,
        "withheld": tongue.pick(together(withheld)) if withheld else "",
        "callback": task.callback or "",
        "steps": [f"{tongue.at(step['at_ms'])} {tongue.pick(words.rung(step['step']))}" for step in task.steps],
        "answers": own_answers(task, tongue),
        "next": [form(action) for action in first],
        "others": [form(action) for action in actions if action not in first],
    }


def own_answers(task: Task, tongue: Tongue, since: int = 0) -> list[str]:
    """What this department has answered, and nothing of another's."""
    return [
        f"{tongue.at(row['at_ms'])} {tongue.pick(line)}"
        for row in task.answers
        if row["seq"] > since and orjson.loads(row["facts"]).get("department") == task.row["department"]
        for line in lines_of(row["kind"], row["facts"])
    ]


def _fits(action: Action, who: Principal) -> bool:
    return not action.departments or who.department in action.departments


def _instructions(task: Task, tongue: Tongue) -> list[str]:
    if task.assessment is None:
        return []
    given = Assessment.model_validate_json(task.assessment).instructions
    return [tongue.pick((each.zh, each.en)) for each in given if each.to == task.row["department"]]


def disclosed(task: Task, tongue: Tongue) -> tuple[list[tuple[str, str]], list[Said]]:
    """What the department's set lets it read here, and what it names that is not kept here."""
    allowed: tuple[DisclosureField, ...] = ()
    if task.assessment is not None:
        due = Assessment.model_validate_json(task.assessment).departments
        allowed = next((each.disclosure for each in due if each.code == task.row["department"]), ())
    facts = orjson.loads(task.row["facts"])
    told: list[tuple[str, str]] = []
    withheld: list[Said] = []
    for each in allowed:
        label = Said(*codes.DISCLOSURES[each])
        shown = Said(*codes.DISCLOSURES[SHOWN_AS.get(each, each)])
        if (teller := TELLERS.get(each)) is not None:
            told += [(tongue.pick(shown), said) for said in teller(facts, task.row, tongue)]
        if each in NOT_HERE:
            withheld.append(label)
    return told, withheld


def _child(facts: Facts) -> Facts:
    children = facts.get("children") or [{}]
    child: Facts = children[0]
    return child


def _age(facts: Facts, _row: Row, tongue: Tongue) -> list[str]:
    child = _child(facts)
    if (years := child.get("age_years")) is not None:
        return [tongue.pick((f"{years} 岁", f"{years} years"))]
    if (months := child.get("age_months")) is not None:
        return [tongue.pick((f"{months} 个月", f"{months} months"))]
    return [tongue.pick(("不明", "not known"))]


def _area(_facts: Facts, row: Row, tongue: Tongue) -> list[str]:
    return [tongue.area(row["area"])]


def _injury(facts: Facts, _row: Row, tongue: Tongue) -> list[str]:
    code = _child(facts).get("injury")
    return [tongue.pick(Said(*INJURIES[code])) if code in INJURIES else tongue.pick(("不明", "not known"))]


def _threat(facts: Facts, _row: Row, tongue: Tongue) -> list[str]:
    safety = facts.get("safety") or {}
    return [tongue.pick(FLAGS[flag][0]) for name, flag in THREATS.items() if safety.get(name) is True]


def _alleged(facts: Facts, _row: Row, tongue: Tongue) -> list[str]:
    relation = (facts.get("alleged_person") or {}).get("relation")
    return [tongue.pick(word(codes.PEOPLE, relation))] if relation else []


def _codes(facts: Facts, _row: Row, tongue: Tongue) -> list[str]:
    said = [Said(*CONCERNS[code]) for code in _child(facts).get("concerns", ()) if code in CONCERNS]
    return [tongue.pick(together(said))] if said else []


TELLERS: Final[Mapping[DisclosureField, Callable[[Facts, Row, Tongue], list[str]]]] = {
    DisclosureField.AGE: _age,
    DisclosureField.PLACE: _area,
    DisclosureField.EXACT_PLACE: _area,
    DisclosureField.INJURY: _injury,
    DisclosureField.THREAT: _threat,
    DisclosureField.ALLEGED_PERSON: _alleged,
    DisclosureField.CODES: _codes,
}
SHOWN_AS: Final = {DisclosureField.EXACT_PLACE: DisclosureField.PLACE}
"""The township's code is no exact place."""
NOT_HERE: Final = frozenset(
    {
        DisclosureField.NAME,
        DisclosureField.PLACE,
        DisclosureField.EXACT_PLACE,
        DisclosureField.ALLEGED_PERSON,
        DisclosureField.SCHOOL,
        DisclosureField.REPORTER_PHONE,
    }
)
"""Of these the desk holds at most a code; who they are is sealed."""
