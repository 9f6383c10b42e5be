"""From the form's fields to a filing in the shape of the interface. The same reader takes it from there."""

import re
from collections.abc import Mapping

from services.intake.core.parsing import Tree
from services.intake.core.wording import SAFETY_QUESTIONS

AGE = re.compile(r"(?:(?P<digits>[0-9]{1,2})|(?P<chinese>[零一二两三四五六七八九十]{1,2}))\s*(?:周?岁)?")
CHINESE_AGES = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九",
                "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七")  # fmt: skip
"""Each at its number of years; whoever is older is no child."""
Filed = Mapping[str, list[str]]


def filing_of_form(filed: Filed) -> Tree:
    """The filing; what was left empty is absent."""
    child = {
        "name": _one(filed, "child_name"),
        "age_years": _age(_one(filed, "age_years")),
        "sex": _one(filed, "sex"),
        "area_code": _one(filed, "area_code") or _one(filed, "county"),
        "address": _one(filed, "address"),
        "concerns": _all(filed, "concern"),
        "injury": _one(filed, "injury"),
    }
    parents = _all(filed, "parent_status")
    return _without_empty(
        {
            "institution": _without_empty({"type": _one(filed, "filer_type")}),
            "reporter": _without_empty({"name": _one(filed, "reporter_name"), "phone": _one(filed, "reporter_phone")}),
            "children": [filled] if (filled := _without_empty(child)) else None,
            "siblings_not_listed": _one(filed, "siblings"),
            "guardians": [{"status": parents}] if parents else None,
            "custody_now": _without_empty({"holder": _one(filed, "holder")}),
            "safety": _without_empty({name: _one(filed, name) for name in SAFETY_QUESTIONS}),
            "actions_taken": _without_empty(
                {"police_called": _one(filed, "police_called"), "police_reference": _one(filed, "police_reference")}
            ),
            "narrative": _one(filed, "narrative"),
            "channel": _one(filed, "channel"),
        }
    )


def addition_of_form(filed: Filed) -> Tree:
    """An addition in words, and where the child is now (of several children: the first of the report)."""
    place = _one(filed, "county")
    return _without_empty(
        {"narrative": _one(filed, "narrative"), "children": [{"area_code": place}] if place else None}
    )


def _age(typed: str | None) -> str | None:
    """An age as people type it (`7岁`, `七周岁`) in digits; anything else as it is, for the reader to judge."""
    found = AGE.fullmatch(typed) if typed else None
    if found is None:
        return typed
    if found["digits"]:
        return found["digits"]
    number = found["chinese"].replace("两", "二")
    return str(CHINESE_AGES.index(number)) if number in CHINESE_AGES else typed


def _one(filed: Filed, name: str) -> str | None:
    return next((value.strip() for value in filed.get(name, ()) if value.strip()), None)


def _all(filed: Filed, name: str) -> list[str]:
    return [value.strip() for value in filed.get(name, ()) if value.strip()]


def _without_empty(tree: Mapping[str, object]) -> Tree:
    return {name: value for name, value in tree.items() if value not in (None, "", [], {})}
