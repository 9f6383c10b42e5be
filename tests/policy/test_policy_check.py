"""`wardline policy check` finds each fault: one broken policy for each."""

from collections.abc import Callable

import pytest

from services.triage.core.clocks_of_case import MET_BY, OF_MEASURE, REVIEWED_AFTER
from services.triage.core.policy import PolicyInvalid, parse_policy
from services.triage.core.policy.check import check_policy
from services.triage.core.policy.examples import parse_examples
from services.triage.core.policy.model import CLOCK_NAMES
from services.triage.policy_files import load_example_texts, load_policy_texts

TEXTS = load_policy_texts()
EXAMPLES = load_example_texts()
SITUATIONS = "10-temporary-guardianship.yaml"
DESIGN = "60-design-situations.yaml"
CLOCKS = "71-clocks.yaml"
LADDERS = "73-ladders.yaml"
MEASURES = "74-measures.yaml"
WITHHELD = "75-withholdings.yaml"
INSTRUCTIONS = "76-instructions.yaml"
LOCAL = "80-local.yaml"


def row_of(text: str, row: str) -> tuple[int, int]:
    """Where the text of a row begins and ends."""
    start = text.index(f"  - id: {row}\n")
    end = text.find("\n  - id: ", start + 1)
    return start, len(text) if end < 0 else end


def broken(file: str, row: str, old: str, new: str) -> dict[str, str]:
    """The shipped policy with one row changed."""
    text = TEXTS[file]
    start, end = row_of(text, row)
    assert old in text[start:end], f"{row} does not say {old}"
    return TEXTS | {file: text[:start] + text[start:end].replace(old, new, 1) + text[end:]}


def problems(texts: dict[str, str], examples: dict[str, str] | None = None) -> set[tuple[str, str]]:
    checked = check_policy(parse_policy(texts), parse_examples(EXAMPLES if examples is None else examples))
    return {(problem.row, problem.reason) for problem in checked}


FAULTS = [
    (SITUATIONS, "TG-2", "zh: 监护人下落不明且无其他人可以担任监护人", "zh: whereabouts",
     "has no title in both languages"),
    (SITUATIONS, "TG-2", "valid_to: null", "valid_to: 2021-01-01", "ends before it begins"),
    (SITUATIONS, "TG-2", "未成年人保护法第九十二条第二项", "某市办法第一条", "cites no text that is known here"),
    (SITUATIONS, "TG-2", "valid_from: 2021-06-01", "valid_from: 2012-06-01",
     "is older than the text that it cites (2021-06-01)"),
    (SITUATIONS, "TG-2", "未成年人保护法第九十二条第二项", "民政部令第84号", "cites as law what is not verified"),
    (SITUATIONS, "TG-2", "未成年人保护法第九十二条第二项", "强制报告意见（试行）第十一条",
     "cites as law what is not verified"),
    (SITUATIONS, "TG-2", "监护人下落不明且", "监护人下落不明满三十天且",
     "its title gives a length of time that is not in the text that it cites"),
    (DESIGN, "DS-4", "设计值；", "", "is design and does not say so"),
    (CLOCKS, "C-SEEN", "    basis: DESIGN\n    citation: 设计值（法律用语：立即、及时）\n    valid_from: 1970-01-01",
     "    basis: STATUTE\n    citation: 未成年人保护法第十一条\n    valid_from: 2021-06-01",
     "2 HOUR is not in the text that it cites"),
    (CLOCKS, "SUG-1-REPLY", "amount: 1, unit: MONTH", "amount: 2, unit: MONTH",
     "2 MONTH is not in the text that it cites"),
    (CLOCKS, "RV-2-COURT", "amount: 72", "amount: 48", "48 HOUR is not in the text that it cites"),
    (CLOCKS, "TGX-1-LIMIT-SH", 'area: "31"', 'area: ""', "is local law without an area"),
    (CLOCKS, "C-SEEN", "clock: SEEN", "clock: GLIMPSED", "GLIMPSED is no clock that anything meets"),
    (LADDERS, "LADDER-E1", "    basis: DESIGN\n    citation: 设计值",
     "    basis: STATUTE\n    citation: 未成年人保护法第十一条", "is older than the text that it cites (2021-06-01)"),
    (MEASURES, "M-GUARDIANSHIP-NO-GUARDIAN", "    organ: CIVIL_AFFAIRS\n", "",
     "takes a child into care and names no organ"),
    (MEASURES, "M-GUARDIANSHIP-NO-GUARDIAN", "    placement_order: [KIN, FOSTER, RESCUE_INST, WELFARE_INST]", "",
     "takes a child into care and names no kind of place"),
    (MEASURES, "M-GUARDIANSHIP-NO-GUARDIAN", "TG-4, TG-2", "TG-4, TG-22", "TG-22 is no situation of the policy"),
    (WITHHELD, "W-VILLAGE", "'MR-7', 'TG-5'", "'MR-77', 'TG-5'", "MR-77 is no code of situations"),
    (INSTRUCTIONS, "VISIT-S3", "level == 'S3'", "level == 'S33'", "S33 is no code of level"),
    (DESIGN, "DS-4", "added: [HRSS, CIVIL_AFFAIRS, POLICE, EDUCATION]", "added: []", "tells nobody"),
    (DESIGN, "DS-4", "CHILD_LABOUR' in concerns\", unknown_as: false",
     "CHILD_LABOUR' in concerns\", unknown_as: true", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "row", "old", "new", "reason"), [fault for fault in FAULTS if fault[4]], ids=lambda value: str(value)[:28]
)
def test_a_fault_of_a_row_is_found(file: str, row: str, old: str, new: str, reason: str) -> None:
    assert (row, reason) in problems(broken(file, row, old, new))


def test_lists_are_never_unknown_so_what_they_count_as_does_not_matter() -> None:
    file, row, old, new, _ = FAULTS[-1]
    assert problems(broken(file, row, old, new)) == set()


@pytest.mark.parametrize(
    ("file", "row", "old", "new"),
    [
        (SITUATIONS, "TG-5", "'CRIME_INSTIGATED' in concerns", "concerns.size() > 40"),
        ("70-raises.yaml", "R-CONSENT", "test: treatment_awaits_consent", "test: lasting_days > 90000"),
        (CLOCKS, "C-WEEKLY-CONTACT", "'EN-2' in situations", "situations.size() > 60"),
        (MEASURES, "M-CARE-UNEXPLAINED", "'INJURY_UNEXPLAINED' in concerns", "concerns.size() > 40"),
        (MEASURES, "PL-WELFARE-IMPLICATED", "'WELFARE_INST' in implicated_types", "implicated_types.size() > 40"),
        (WITHHELD, "W-FILING-UNIT-IMPLICATED", "filing_unit_implicated", "age_years > 40"),
        (INSTRUCTIONS, "CIVIL-DOMICILE", "domicile_elsewhere", "age_years > 40"),
        (LADDERS, "FB-1-RECEIPT", "reporter_is_unit", "age_years > 40"),
        (LOCAL, "SH-76-ABSENT", 'area: "31"', 'area: "44"'),
        (LOCAL, "BJ-53-HANDLE", 'area: "11"', 'area: "44"'),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_rule_of_any_kind_that_no_example_meets_is_found(file: str, row: str, old: str, new: str) -> None:
    assert (row, "no example meets it") in problems(broken(file, row, old, new))


@pytest.mark.parametrize(
    ("file", "row", "old", "new"),
    [
        (SITUATIONS, "TG-7", "'OTHER' in concerns", "concerns.size() >= 0"),
        ("70-raises.yaml", "R-CONSENT", "test: treatment_awaits_consent", "test: situations.size() >= 0"),
        (CLOCKS, "C-WEEKLY-CONTACT", "'EN-2' in situations", "situations.size() >= 0"),
        (WITHHELD, "W-VILLAGE-IMPLICATED",
         "test: village_implicated", "test: implicated_types.size() >= 0"),
        (INSTRUCTIONS, "VISIT-S3", "level == 'S3'", "level != ''"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_rule_of_any_kind_that_no_example_misses_is_found(file: str, row: str, old: str, new: str) -> None:
    assert (row, "no example misses it") in problems(broken(file, row, old, new))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("COURT_DECISION: 2026-02-03T10:10:00+08:00", "COURT_DECISION: 2026-02-04T10:10:00+08:00",
         "after PROTECTION_ORDER_APPLIED, clock COURT_DECISION is not due at 2026-02-04T10:10:00+08:00: it is due"),
        ("{TRACING_FINDING_LOCAL: 2026", "{WEEKLY_CONTACT: 2026",
         "clock WEEKLY_CONTACT is not due at 2026-11-30T00:00:00+08:00: it does not start"),
        ("SUGGESTION_REPLY: 2026-03-01", "SUGGESTION_REPLY: 2026-02-28",
         "after SUGGESTION_ISSUED, clock SUGGESTION_REPLY"),
        ("instructions: [BJ-53-HANDLE", "instructions: [SH-79-RETURN", "SH-79-RETURN is missing from instructions"),
        ("id: beijing-drop-out", "id: shanghai-drop-out", "two examples have this id"),
    ],
)  # fmt: skip
def test_an_example_that_does_not_hold_or_is_there_twice_is_found(old: str, new: str, reason: str) -> None:
    file = "local-and-later.yaml"
    assert old in EXAMPLES[file]
    found = problems(TEXTS, EXAMPLES | {file: EXAMPLES[file].replace(old, new)})
    assert any(each.startswith(reason) for _, each in found), found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: broken(SITUATIONS, "TG-2", "citation: 未成年人保护法第九十二条第二项", "citation: ''"),
         "citation is missing"),
        (lambda: broken(SITUATIONS, "TG-2", "{level: S2}", "{level: S0}"), "S0 is a named officer's decision"),
        (lambda: broken(SITUATIONS, "TG-2", "named: [CIVIL_AFFAIRS]", "named: [CIVIL_AFAIRS]"), "is not a Department"),
        (lambda: broken(LADDERS, "LADDER-E1", "role: DUTY_1", "role: DUTY_9"), "is not a contact role"),
        (lambda: broken(CLOCKS, "C-SEEN", "start_event: FILED", "start_event: DREAMT"), "is not a start event"),
        (lambda: broken(WITHHELD, "W-ALLEGED", "ALLEGED_PERSON", "NEIGHBOURHOOD"), "nobody who can be left out"),
        (lambda: broken("50-revocation.yaml", "RV-1-OTHER", "OTHER_SERIOUS", "SERIOUS"), "is not a RevocationGround"),
        (lambda: broken(DESIGN, "DS-5", "id: DS-5", "id: DS-4"), "another row of this id is law at the same time"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(change: Callable[[], dict[str, str]], reason: str) -> None:
    with pytest.raises(PolicyInvalid, match=reason):
        parse_policy(change())


def test_the_clocks_that_a_policy_may_start_are_those_that_something_meets() -> None:
    assert set(MET_BY) | OF_MEASURE | REVIEWED_AFTER >= CLOCK_NAMES


def test_local_rules_hold_in_their_area_alone() -> None:
    policy = parse_policy(TEXTS)
    for example in parse_examples(EXAMPLES):
        local = {row.source.rule for row in policy.assess(example.case, example.at_ms).situations}
        area = example.case.report.children[0].area_code or ""
        assert area.startswith("31") or not {"SH-76-ABSENT", "SH-76-IMPROPER"} & local


EXAMPLE_FILE = "local-and-later.yaml"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("concerns: [WANDERING]", "concerns: [WANDERINGG]",
         "report.children.0.concerns.0: 'WANDERINGG' is not one of ABANDONED, UNCARED"),
        ("age_years: 10, concerns: [WANDERING]", "age: 6, concerns: [WANDERING]",
         "report.children.0.age is no field: one of sex, age_years"),
        ("      situations: [TG-1]", "      told: [POLIZEI]\n      situations: [TG-1]",
         "expect.told: 'POLIZEI' is not one of CIVIL_AFFAIRS, POLICE"),
        ("TRACING_FINDING_LOCAL: 2026-11-30", "TRACING_FINDING: 2026-11-30",
         "expect.clocks: 'TRACING_FINDING' is not one of CARE_REVIEW"),
        ("at: 2026-05-29T10:10:00+08:00", "at: 2026-05-29T10:10:00", "has no zone"),
        ("at: 2026-05-29T10:10:00+08:00", "at: 2026-05-29", "at is a time with its zone"),
        ("TRACING_FINDING_LOCAL: 2026-11-30T00:00:00+08:00", "TRACING_FINDING_LOCAL: 2026-11-30T00:00:00", "no zone"),
    ],
)  # fmt: skip
def test_an_example_that_cannot_be_read_says_which_field_and_what_may_stand_there(
    old: str, new: str, reason: str
) -> None:
    assert old in EXAMPLES[EXAMPLE_FILE]
    with pytest.raises(PolicyInvalid) as caught:
        parse_examples(EXAMPLES | {EXAMPLE_FILE: EXAMPLES[EXAMPLE_FILE].replace(old, new, 1)})
    assert (caught.value.file, caught.value.row) == (EXAMPLE_FILE, "shanghai-wandering")
    assert reason in caught.value.reason


def test_every_fault_is_told_of_all_rows_and_files() -> None:
    texts = broken(CLOCKS, "C-SEEN", "start_event: FILED", "start_event: DREAMT")
    texts[SITUATIONS] = TEXTS[SITUATIONS].replace("named: [CIVIL_AFFAIRS]", "named: [CIVIL_AFAIRS]", 2)
    texts[LOCAL] = "situations:\n  - {id: x\n"
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(texts)
    found = [(fault.file, fault.row) for fault in caught.value.faults]
    assert found == [(SITUATIONS, "TG-1"), (SITUATIONS, "TG-2"), (CLOCKS, "C-SEEN"), (LOCAL, "line 3")]
    first, _, clock, yaml = caught.value.faults
    assert "'CIVIL_AFAIRS' is not a Department: one of CIVIL_AFFAIRS, POLICE" in first.reason
    assert "one of CARE_STARTED, CLOSED" in clock.reason
    assert "column 1" in yaml.reason


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(PolicyInvalid, match=r"a policy needs clocks: no file has them.*71-clocks\.yaml"):
        parse_policy({file: text for file, text in TEXTS.items() if file != CLOCKS})


def test_a_field_of_another_shape_is_a_fault_of_its_row() -> None:
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(broken(LADDERS, "LADDER-E1", "area_digits: 6", "area_digits: [6]"))
    assert caught.value.row == "LADDER-E1"


def test_a_situation_behind_the_last_resort_is_found() -> None:
    texts = {("00-first.yaml" if file == "90-nothing-found.yaml" else file): text for file, text in TEXTS.items()}
    assert ("TG-1", "stands behind GEN-0, which is taken when nothing before it was found") in problems(texts)
    assert not [row for row, reason in problems(TEXTS) if "stands behind" in reason]


def test_the_last_resort_is_not_taken_beside_a_dispute_or_a_local_situation() -> None:
    policy = parse_policy(TEXTS)
    for example in parse_examples(EXAMPLES):
        found = {row.code for row in policy.assess(example.case, example.at_ms).situations}
        assert found
        assert "GEN-0" not in found or found == {"GEN-0"}
