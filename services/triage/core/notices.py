"""Ids of notices: alerts that stand on no ladder, so that no answer to them silences one."""

from typing import Final

from shared.contracts.ids import NOTICE_DOMICILE, NOTICE_DUTY, NOTICE_PLACE, notice_kind

DOMICILE: Final = NOTICE_DOMICILE
PLACE: Final = NOTICE_PLACE
DUTY: Final = NOTICE_DUTY
kind_of = notice_kind


def notice_id(case_id: str, kind: str, step: str, number: int) -> str:
    """The id of a notice: like an alert's, with its kind where a department would stand."""
    return f"{case_id}~{kind}~{step}~{number}"
