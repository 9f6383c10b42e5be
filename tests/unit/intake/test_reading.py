"""A filing is read leniently: what is not understood becomes unknown, with a warning that does not repeat it."""

import json
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.core.fields import CHINA, HOUR_MS
from services.intake.core.notices import NoticeCode
from services.intake.core.parsing import Parsed, parse_filing
from services.intake.core.reading import Reading, read_filing
from services.intake.core.refused import Refused
from services.intake.core.splitting import facts_of_filing
from shared.contracts.reports import InstitutionFacts, ReportFacts
from shared.contracts.vocabulary import (
    Concern,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Relation,
    Sex,
    Wishes,
)

NOW_MS = int(datetime(2026, 11, 21, 9, 30, tzinfo=CHINA).timestamp() * 1000)
PLANTED = "PLANTED-VALUE-1"

SAMPLE: dict[str, object] = {
    "discovered_at": "2026-11-21T08:10:00+08:00",
    "institution": {"id": "520327-school-017", "type": "PRIMARY_SCHOOL", "area_code": "520327102000"},
    "reporter": {"name": "PLANTED-NAME-1", "role": "head teacher", "phone": "000-0000-0001"},
    "children": [
        {
            "name": "PLANTED-NAME-2",
            "id_number": "990000199001010000",
            "birth_date": "2017-03-04",
            "address": "PLANTED-ADDRESS-1",
            "sex": "F",
            "age_years": 9,
            "age_months": None,
            "area_code": "520327102203",
            "left_behind": True,
            "attends_school": False,
            "wishes": "UNKNOWN",
            "concerns": ["GUARDIAN_UNREACHABLE", "UNCARED"],
            "injury": "NONE",
        }
    ],
    "siblings_not_listed": 0,
    "guardians": [{"relation": "MOTHER", "status": ["MISSING"], "since": "2026-03-01", "name": "PLANTED-NAME-3"}],
    "carer": {"relation": "GRANDPARENT", "status": ["SERIOUSLY_ILL"], "written_entrustment": False},
    "custody_now": {"holder": "SCHOOL", "since": "2026-11-21T08:00:00+08:00"},
    "safety": {"alone_now": None, "missing_now": False, "since": "2026-11-01"},
    "history": {"earlier_reports": None},
    "alleged_person": {"relation": "FATHER", "office": None, "name": "PLANTED-NAME-4"},
    "implicated": [{"unit_type": "VILLAGE_COMMITTEE", "unit_id": None, "area_code": "520327102203"}],
    "actions_taken": {"police_called": None, "police_reference": "PLANTED-ALARM-1"},
    "narrative": "PLANTED-WORDS-1",
}


def read(tree: Mapping[str, object], institution: InstitutionFacts | None = None) -> Reading:
    return read_filing(parse_filing(json.dumps(tree).encode()), now_ms=NOW_MS, institution=institution)


def notices(reading: Reading) -> set[str]:
    return {notice.coded() for notice in reading.notices}


def test_the_filing_of_the_interface_is_read_without_a_warning() -> None:
    reading = read(SAMPLE)
    child = reading.facts.children[0]
    assert not reading.notices
    assert reading.county == "520327"
    assert (child.sex, child.age_years, child.area_code) == (Sex.F, 9, "520327102")
    assert child.concerns == (Concern.GUARDIAN_UNREACHABLE, Concern.UNCARED)
    assert child.injury is Injury.NONE
    assert reading.facts.guardians[0].relation is Relation.MOTHER
    assert reading.facts.guardians[0].status == (GuardianStatus.MISSING,)
    assert reading.facts.custody_now.holder is Holder.SCHOOL
    assert reading.facts.implicated[0].area_code == "520327102"


def test_nothing_that_identifies_stands_in_the_facts() -> None:
    facts = read(SAMPLE).facts.model_dump_json()
    assert "PLANTED" not in facts
    assert "990000" not in facts
    assert "000-0000" not in facts
    assert "520327102203" not in facts


def test_times_in_clear_are_cut_to_the_hour() -> None:
    discovered = read(SAMPLE).facts.discovered_at_ms
    assert discovered is not None
    assert discovered % HOUR_MS == 0
    assert discovered <= NOW_MS


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"children": []},
        {"children": [{}]},
        {"children": [{"concerns": []}]},
        {"children": None, "narrative": None},
        {"narrative": "   "},
        {"narrative": []},
        {"safety": {"alone_now": True}},
    ],
)
def test_a_filing_without_concern_and_narrative_is_empty(tree: dict[str, object]) -> None:
    assert read(tree).empty


@pytest.mark.parametrize(
    "tree",
    [{"narrative": "x"}, {"narrative": 5}, {"children": [{"concerns": ["UNCARED"]}]}, {"children": {"concerns": "x"}}],
)
def test_one_concern_or_one_word_is_enough(tree: dict[str, object]) -> None:
    assert not read(tree).empty


def test_a_narrative_alone_is_about_one_child() -> None:
    reading = read({"narrative": "x"})
    assert reading.facts.children == ()
    assert facts_of_filing(reading).children[0].concerns == (Concern.OTHER,)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("age_years", PLANTED, "children[0].age_years:NOT_UNDERSTOOD"),
        ("age_years", 300, "children[0].age_years:OUT_OF_RANGE"),
        ("age_years", -1, "children[0].age_years:OUT_OF_RANGE"),
        ("age_years", True, "children[0].age_years:NOT_UNDERSTOOD"),
        ("sex", PLANTED, "children[0].sex:UNKNOWN_CODE"),
        ("sex", {"a": PLANTED}, "children[0].sex:NOT_UNDERSTOOD"),
        ("disability", PLANTED, "children[0].disability:NOT_UNDERSTOOD"),
        ("injury", PLANTED, "children[0].injury:UNKNOWN_CODE"),
        ("wishes", 7, "children[0].wishes:NOT_UNDERSTOOD"),
        ("area_code", PLANTED, "children[0].area_code:WRONG_AREA"),
        ("area_code", "990000", "children[0].area_code:WRONG_AREA"),
        ("area_code", "5203271", "children[0].area_code:WRONG_AREA"),
        ("area_code", "５２０３２７", "children[0].area_code:WRONG_AREA"),
        ("birth_date", "2999-01-01", "children[0].birth_date:ABSURD_DATE"),
        ("birth_date", PLANTED, "children[0].birth_date:NOT_UNDERSTOOD"),
        (PLANTED, PLANTED, "children[0]:UNKNOWN_FIELDS"),
    ],
)
def test_what_is_not_understood_becomes_unknown_with_a_warning(path: str, value: object, expected: str) -> None:
    reading = read({"children": [{"concerns": ["UNCARED"], path: value}]})
    assert expected in notices(reading)
    assert PLANTED not in repr(reading.notices)
    child = reading.facts.children[0]
    assert (child.age_years, child.sex, child.disability, child.area_code) == (None, None, None, None)
    assert (child.injury, child.wishes) == (Injury.UNKNOWN, Wishes.UNKNOWN)


def test_an_unknown_concern_becomes_other_and_an_unknown_status_unknown() -> None:
    reading = read(
        {"children": [{"concerns": [PLANTED, "uncared", PLANTED, 5]}], "guardians": [{"status": [PLANTED, "ABLE"]}]}
    )
    assert reading.facts.children[0].concerns == (Concern.OTHER, Concern.UNCARED)
    assert reading.facts.guardians[0].status == (GuardianStatus.UNKNOWN, GuardianStatus.ABLE)
    assert "children[0].concerns:UNKNOWN_CODE" in notices(reading)
    assert "guardians[0].status:UNKNOWN_CODE" in notices(reading)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-21T08:10:00+08:00", datetime(2026, 11, 21, 8, tzinfo=CHINA)),
        ("2026-11-21T08:10:00", datetime(2026, 11, 21, 8, tzinfo=CHINA)),
        ("2026-11-21T00:10:00Z", datetime(2026, 11, 21, 8, tzinfo=CHINA)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=CHINA)),
        ("2026/11/1", datetime(2026, 11, 1, tzinfo=CHINA)),
        ("2026年11月1日", datetime(2026, 11, 1, tzinfo=CHINA)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=CHINA)),
        ("2025", datetime(2025, 1, 1, tzinfo=CHINA)),
        ("2026-11-21T23:00:00+08:00", datetime(2026, 11, 21, 9, tzinfo=CHINA)),
        ("2999-01-01", None),
        ("1066-10-14", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("2026-02-30", None),
        ("yesterday", None),
        (1763683200000, None),
        (["2026-11-01"], None),
    ],
)
def test_dates_are_read_as_people_write_them_and_absurd_ones_become_unknown(
    value: object, expected: datetime | None
) -> None:
    reading = read({"narrative": "x", "safety": {"since": value}})
    assert reading.facts.safety.since_ms == (None if expected is None else int(expected.timestamp() * 1000))
    assert bool(reading.notices) == (expected is None) or NoticeCode.NO_PLACE in {n.code for n in reading.notices}
    assert any(notice.field == "safety.since" for notice in reading.notices) == (expected is None)


@pytest.mark.parametrize(
    ("child", "years", "months"),
    [
        ({"birth_date": "2017-03-04"}, 9, None),
        ({"birth_date": "2017-11-22"}, 8, None),
        ({"birth_date": "2025-10-21"}, 1, 13),
        ({"birth_date": "2026-11-21"}, 0, 0),
        ({"id_number": "990000201703040000"}, 9, None),
        ({"id_number": "99000020170304000"}, None, None),
        ({"age_months": 7}, 0, 7),
        ({"age_years": 0, "age_months": 7}, 0, 7),
        ({"age_years": 1, "age_months": 3}, 1, 15),
        ({"age_months": 40}, 3, None),
        ({"age_years": "9"}, 9, None),
        ({"age_years": 9.5}, 9, None),
        ({"age_years": 10, "birth_date": "2017-03-04"}, 9, None),
        ({"age_years": 15, "birth_date": "2024-03-04"}, 2, None),
        ({"age_years": 3, "birth_date": "2012-03-04"}, 3, None),
    ],
)
def test_age_comes_from_the_birth_date_where_it_is_missing_or_too_high(
    child: dict[str, object], years: int | None, months: int | None
) -> None:
    found = read({"children": [{"concerns": ["UNCARED"], **child}]}).facts.children[0]
    assert (found.age_years, found.age_months) == (years, months)


def test_words_for_yes_and_no_are_understood() -> None:
    safety = read(
        {"narrative": "x", "safety": {"alone_now": "true", "missing_now": "否", "afraid_to_go_home": 1}}
    ).facts.safety
    assert (safety.alone_now, safety.missing_now, safety.afraid_to_go_home) == (True, False, True)


def test_children_beyond_the_limit_are_counted_as_siblings() -> None:
    reading = read({"children": [{"concerns": ["UNCARED"]}] * 23, "siblings_not_listed": 1})
    assert len(reading.facts.children) == 20
    assert reading.facts.siblings_not_listed == 4
    assert "children:TOO_MANY" in notices(reading)


def test_the_county_is_the_childs_else_the_institutions_else_none() -> None:
    child = {"concerns": ["UNCARED"], "area_code": "520327102203"}
    institution = {"area_code": "110101001000"}
    assert read({"children": [child], "institution": institution}).county == "520327"
    assert read({"narrative": "x", "institution": institution}).county == "110101"
    unknown = read({"narrative": "x"})
    assert unknown.county is None
    assert "children:NO_PLACE" in notices(unknown)


def test_a_county_that_nobody_stands_by_for_is_never_given_a_filing() -> None:
    served = frozenset({"520327", "110101"})

    def reading(child_area: str | None, institution_area: str | None = None) -> Reading:
        tree = {
            "children": [{"concerns": ["ABANDONED"], "area_code": child_area}],
            "institution": {"area_code": institution_area},
        }
        return read_filing(parse_filing(json.dumps(tree).encode()), now_ms=NOW_MS, served=served)

    assert (reading("520327102").county, notices(reading("520327102"))) == ("520327", set())
    mistyped = reading("529327102")
    assert (mistyped.county, notices(mistyped)) == (None, {"children:NOT_SERVED"})
    assert mistyped.facts.children[0].area_code == "529327102"
    assert reading("529327102", "110101001").county == "110101"
    assert "children:NOT_SERVED" in notices(reading("529327102", "110101001"))
    assert notices(reading("520327102", "999999001")) == {"institution.area_code:WRONG_AREA"}
    assert reading(None, "529327001").county is None
    assert "children:NOT_SERVED" in notices(reading(None, "529327001"))
    assert "children:NO_PLACE" in notices(reading(None))


def test_a_proved_institution_replaces_the_claim() -> None:
    proved = InstitutionFacts(
        id="520327-hospital-001", type=InstitutionType.HOSPITAL, area_code="520327", authenticated=True
    )
    reading = read(SAMPLE, proved)
    assert reading.facts.institution == proved
    assert "institution:CLAIM_OVERRIDDEN" in notices(reading)


def test_a_claimed_id_that_could_be_a_name_or_a_number_stays_sealed() -> None:
    reading = read({"narrative": "x", "institution": {"id": "PLANTED-NAME-1"}, "implicated": [{"unit_id": "000-0000"}]})
    assert reading.facts.institution.id is None
    assert reading.facts.implicated[0].unit_id is None
    assert {"institution.id:KEPT_SEALED", "implicated[0].unit_id:KEPT_SEALED"} <= notices(reading)


def test_an_addition_may_be_one_fact_alone() -> None:
    assert not read({"safety": {"alone_now": True}}).says_nothing
    assert not read({"narrative": "x"}).says_nothing
    assert read({"safety": {"alone_now": None}, "reporter": {}}).says_nothing


def test_warnings_are_bounded() -> None:
    tree = {"narrative": "x", "guardians": [{"relation": 1, "status": [2], "since": 3, "lives_with_alleged": []}] * 20}
    reading = read(tree)
    assert len(reading.notices) == 50
    assert reading.notices[-1].code is NoticeCode.MORE_NOTICES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    [*SAMPLE, "name", "concerns", "area_code", "since", "status", "relation", "age_years", "birth_date", "id", "type"]
)
FILINGS = st.dictionaries(
    NAMES,
    JSON | st.lists(st.dictionaries(NAMES, JSON, max_size=5), max_size=3) | st.dictionaries(NAMES, JSON),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(tree=FILINGS)
def test_any_json_object_is_read_or_refused_and_never_an_error(tree: dict[str, object]) -> None:
    try:
        parsed = parse_filing(json.dumps(tree).encode())
    except Refused:
        return
    reading = read_filing(parsed, now_ms=NOW_MS)
    facts = facts_of_filing(reading)
    assert ReportFacts.model_validate_json(facts.model_dump_json()) == facts
    assert all(notice.field.isascii() for notice in reading.notices)


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parsed = parse_filing(body)
    except Refused:
        return
    assert isinstance(parsed, Parsed)
