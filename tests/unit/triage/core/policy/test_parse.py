"""Policy texts that cannot be used are refused with file, row and reason."""

import pytest

from services.triage.core.policy import PolicyInvalid, parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import CaseFacts
from shared.contracts.reports import ReportFacts

TEXTS = load_policy_texts()
FILE = "60-design-situations.yaml"
AT_MS = 1_795_315_200_000


def changed(old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[FILE]
    return TEXTS | {FILE: TEXTS[FILE].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("'NO_HUKOU' in concerns", "'NO_HUKOU' in", "not CEL"),
        ("'NO_HUKOU' in concerns", "alone_now && under_8", "exactly one fact"),
        ("'NO_HUKOU' in concerns", "wind_speed", "is not a fact"),
        ("'NO_HUKOU' in concerns", "concerns.size()", "does not give true or false"),
        ("'NO_HUKOU' in concerns", "concerns > 3", "does not give true or false"),
        ("'NO_HUKOU' in concerns", "'TG-1' in situations", "not known yet"),
        ("unknown_as: false", "unknown_as: perhaps", "unknown_as true or false"),
        ("basis: DESIGN", "basis: OPINION", "is not a Basis"),
        ("level: S1", "level: S9", "is not a Level"),
        ("valid_from: 1970-01-01", "valid_from: soon", "must be dates"),
        ('area: ""', "area: north", "prefix"),
        ("    citation:", "    quotation:", "citation is missing"),
        ("added: [HEALTH]", "added: [MINISTRY]", "is not a Department"),
        ("    levels:", "    surprise: 1\n    levels:", "not understood: surprise"),
        ("  - id: DS-2", "  - id: DS-1", "at the same time"),
    ],
)
def test_a_row_that_is_not_understood_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(changed(old, new))
    assert reason in caught.value.reason
    assert caught.value.file == FILE
    assert caught.value.row


def test_text_that_is_not_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(PolicyInvalid, match="line 2"):
        parse_policy(TEXTS | {FILE: "situations:\n\t- id: x"})


def test_a_policy_without_rows_is_refused() -> None:
    with pytest.raises(PolicyInvalid):
        parse_policy({"policy.yaml": "policy: {name: empty}"})


def test_the_id_changes_with_any_row_and_not_with_trailing_space() -> None:
    first = parse_policy(TEXTS).policy_id
    assert parse_policy(changed("level: S4", "level: S3")).policy_id != first
    assert parse_policy({file: text.replace("\n", "  \n") for file, text in TEXTS.items()}).policy_id == first
    assert first.startswith("2026-11-first@")


def test_a_local_row_holds_in_its_area_alone() -> None:
    policy = parse_policy(TEXTS)
    for area, expected in (("310101001", True), ("520327102", False)):
        case = CaseFacts(report=ReportFacts.model_validate({"children": [{"area_code": area}]}), filed_at_ms=AT_MS)
        clocks = policy.clocks_after("MEASURE_ASSIGNED", case, policy.assess(case, AT_MS).level, AT_MS)
        assert ("GUARDIANSHIP_LIMIT_LOCAL" in {clock.id for clock in clocks}) is expected


def test_a_row_is_law_from_its_first_to_its_last_day() -> None:
    policy = parse_policy(
        changed("valid_to: null", "valid_to: 2026-11-22")
    )  # the first row is DS-1, children left alone
    case = CaseFacts(
        report=ReportFacts.model_validate({"children": [{"age_years": 5, "concerns": ["LEFT_ALONE"]}]}),
        filed_at_ms=AT_MS,
    )
    found = [
        "DS-1" in {item.code for item in policy.assess(case, at_ms).situations}
        for at_ms in (1_795_362_000_000 - 36 * 3_600_000, 1_795_362_000_000 + 86_400_000)
    ]
    assert found == [True, False]


def test_a_rule_that_cannot_be_evaluated_counts_as_met_and_is_reported() -> None:
    """Only a fault of the evaluator itself gets here: the parser tries every test on its fact's type."""
    policy = parse_policy(changed("'NO_HUKOU' in concerns", "1 / (concerns.size() - 2) == 5"))
    report = ReportFacts.model_validate({"children": [{"concerns": ["DROPOUT", "OTHER"], "injury": "NONE"}]})
    decision = policy.assess(CaseFacts(report=report, filed_at_ms=AT_MS), AT_MS)
    assert decision.rules_failed == ("DS-6",)
    assert "DS-6" in {item.code for item in decision.situations}
