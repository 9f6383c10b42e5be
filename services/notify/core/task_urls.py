"""The address of an alert's task at the desk. Pure."""

from shared.contracts.task_links import Sign, TaskLink, sign_task_link
from shared.contracts.vocabulary import Department

from .links import AnswerLink

WITH_LOGINS = frozenset({Department.CIVIL_AFFAIRS, Department.FILING_UNIT})
"""Officers log in at the desk; who filed has no task there."""


def task_url(sign: Sign, space: str, desk_url: str, link: AnswerLink) -> str | None:
    """Where the task is; None where the department has none there: its own ladder alone makes a task."""
    of_ladder = link.alert_id.split("~")[1:2]
    if link.department in WITH_LOGINS or of_ladder != [link.department.value]:
        return None
    bound = TaskLink(
        alert_id=link.alert_id,
        case=link.case,
        county=link.county,
        department=link.department,
        expires_at_ms=link.expires_at_ms,
    )
    return f"{desk_url.rstrip('/')}/t/{sign_task_link(sign, space, bound)}"
