"""What the receipt's page tells a reporter fits what was filed, and promises nothing that only people can keep."""

import json
from typing import Any

import pytest

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from wardline.explaining import Explainer
from wardline.filings import FiledText

AT_MS = 1_795_000_000_000
TEXTS = load_policy_texts()
EXPLAINER = Explainer.with_registry(parse_policy(TEXTS), TEXTS, AT_MS, None)
WITH_THE_CHILD = {"KEEP-CHILD", "NO-QUESTIONING"}
BEATEN: dict[str, Any] = {
    "children": [{"concerns": ["PHYSICAL_ABUSE"], "area_code": "520327102", "age_years": 6, "injury": "SERIOUS"}]
}


def told(filing: dict[str, Any]) -> dict[str, str]:
    [explained] = EXPLAINER.explain(FiledText("filing.json", json.dumps(filing).encode())).children
    return {each["code"]: each["en"] for each in explained.facts["instructions"] if each["to"] == "REPORTER"}


def test_who_may_be_with_the_child_keeps_the_child_and_does_not_question() -> None:
    assert set(told(BEATEN)) >= WITH_THE_CHILD


@pytest.mark.parametrize(
    "change",
    [
        {"safety": {"missing_now": True}},
        {"children": [{"concerns": ["MISSING"], "area_code": "520327102", "age_years": 6}]},
        {"children": [{"concerns": ["PHYSICAL_ABUSE"], "area_code": "520327102", "age_years": 6, "injury": "DEATH"}]},
        {"institution": {"type": "CHILD"}},
    ],
    ids=["missing now", "missing", "dead", "filed by the child"],
)
def test_nobody_keeps_or_questions_a_child_who_is_not_there(change: dict[str, Any]) -> None:
    assert not set(told(BEATEN | change)) & WITH_THE_CHILD


def test_a_missing_child_who_was_found_is_kept_by_whoever_has_it() -> None:
    """A hotel that files MISSING has the child before it; so has somebody of whom the filing says who holds it."""
    missing = {"children": [{"concerns": ["MISSING"], "area_code": "520327102", "age_years": 15, "injury": "NONE"}]}
    assert set(told(missing | {"institution": {"type": "HOTEL"}})) >= WITH_THE_CHILD
    assert set(told(missing | {"custody_now": {"holder": "OTHER"}})) >= WITH_THE_CHILD
    assert not set(told(missing | {"custody_now": {"holder": "NOBODY"}})) & WITH_THE_CHILD


def test_a_deadline_is_told_as_one_and_not_as_a_promise() -> None:
    said = (row.instruction for row in parse_policy(TEXTS).rows.instructions)
    words = " ".join(each.en for each in said if each.to == "REPORTER")
    assert "Deadline of the officers: the child must be seen in person within two hours" in words
    assert "Somebody will" not in words
