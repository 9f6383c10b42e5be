"""Ids of notices: alerts that stand on no ladder, so that no answer to them silences one."""

from typing import Final

DOMICILE: Final = "DOMICILE"
PLACE: Final = "PLACE"
DUTY: Final = "DUTY"
KINDS: Final = frozenset({DOMICILE, PLACE, DUTY})


def notice_id(case_id: str, kind: str, step: str, number: int) -> str:
    """The id of a notice: like an alert's, with its kind where a department would stand."""
    return f"{case_id}~{kind}~{step}~{number}"


def kind_of(alert_id: str) -> str | None:
    """The kind of a notice, or None for an alert of a ladder."""
    kind = alert_id.rsplit("~", 3)[1:2]
    return kind[0] if kind and kind[0] in KINDS else None
