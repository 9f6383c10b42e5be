"""A decision explained: the fixed JSON shape, and words that are plain and name nobody."""

import json
from collections.abc import Sequence

import pytest

from services.triage.core.explain import explain_json, explain_words
from services.triage.core.policy import parse_policy
from services.triage.core.words import Language
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.reports import CustodyFacts, ReportFacts
from shared.contracts.vocabulary import Holder

AT_MS = 1_795_315_200_000
KEYS = [
    "file", "child", "level", "situations", "nearly", "clocks", "departments", "not_told", "ladder", "custody",
    "guardianship", "revocation", "instructions", "why", "policy",
]  # fmt: skip


@pytest.fixture(scope="module")
def decision() -> Assessment:
    report = ReportFacts.model_validate(
        {
            "children": [{"age_years": 10, "sex": "F", "concerns": ["PHYSICAL_ABUSE"], "injury": "MINOR"}],
            "guardians": [{"relation": "FATHER", "status": ["ABUSIVE"]}, {"relation": "MOTHER", "status": ["ABLE"]}],
        }
    )
    return parse_policy(load_policy_texts()).assess(CaseFacts(report=report, filed_at_ms=AT_MS), AT_MS)


def test_the_json_has_the_fixed_shape(decision: Assessment) -> None:
    custody = CustodyFacts(holder=Holder.SCHOOL, since_ms=AT_MS)
    ranking = [{"place": "P-1", "fit": False, "why": "FULL"}]
    shown = json.loads(json.dumps(explain_json(decision, file="a.json", child=0, custody=custody, ranking=ranking)))
    assert list(shown) == KEYS
    assert shown["custody"] == {"holder": "SCHOOL", "since": "2026-11-22T10:40:00+08:00"}
    assert set(shown["guardianship"]) == {
        "measure", "status", "organ", "ground", "citation", "place", "place_reason", "ranking",
    }  # fmt: skip
    assert shown["guardianship"]["measure"] == "TEMP_GUARDIANSHIP"
    assert shown["guardianship"]["status"] == "PROPOSED"
    assert shown["guardianship"]["place_reason"]
    assert shown["guardianship"]["ranking"] == ranking
    for key, parts in {
        "situations": {"code", "rule", "basis", "citation", "facts"},
        "clocks": {"id", "clock_type", "due_at", "basis", "citation"},
        "departments": {"code", "rule", "at", "disclosure"},
        "not_told": {"who", "why"},
        "ladder": {"department", "step", "at", "who"},
        "instructions": {"to", "code", "zh", "en"},
    }.items():
        assert shown[key], key
        assert all(set(entry) == parts for entry in shown[key]), key


def test_the_father_and_the_village_are_not_told(decision: Assessment) -> None:
    assert {entry["who"] for entry in explain_json(decision)["not_told"]} == {"FATHER", "VILLAGE"}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["等级：S1", "符合 TG-6", "告知公安机关", "不告知父亲", "临时监护", "时限："]),
        (
            "en",
            ["Level: S1", "TG-6 is met", "Tell police", "Not told: the father", "temporary guardianship", "By 2026-"],
        ),
    ],
)
def test_the_words_say_level_law_recipients_measure_and_times(
    decision: Assessment, language: Language, expected: Sequence[str]
) -> None:
    text = "\n".join(explain_words(decision, language))
    for words in expected:
        assert words in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_is_short_enough_to_be_read_aloud(decision: Assessment, language: Language) -> None:
    assert all(len(line) <= 400 for line in explain_words(decision, language))
