"""The tales are worth something only if they fail: for whoever is told and not wanted, wanted and not told, or late."""

import pytest

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned
from tests.acceptance.timelines.orders import sign_guardianship
from tests.acceptance.timelines.rungs import SCHOOL, VILLAGE, at_filing, e1, e2, e3, others
from tests.acceptance.timelines.tale import Tale, between


@pytest.fixture
def tale() -> Tale:
    """A tale that holds."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.want(between("22:55", "22:56"), e2("child"))
    tale.until("23:00")
    return tale


def problems(county: CountyInMemory, tale: Tale) -> list[str]:
    """What is said against the tale, each with its Shanghai time."""
    with pytest.raises(AssertionError, match="against the tale") as failure:
        county.lives(tale)
    return [line for line in str(failure.value).splitlines() if ">>" in line]


def test_a_tale_that_says_everything_holds(county: CountyInMemory, tale: Tale) -> None:
    county.lives(tale)


def test_whoever_is_told_and_not_wanted_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.until("23:15")
    assert problems(county, tale) == [
        "2026-11-24 Tue 23:10:00 >> nobody wanted this: ca-head (CIVIL_AFFAIRS E3) of child S1: DUE",
        "2026-11-24 Tue 23:10:00 >> nobody wanted this: wcwc-coordinator (WCWC_OFFICE E3) of child S1: DUE",
    ]


def test_whoever_is_wanted_and_not_told_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.want(between("22:58", "22:59"), e3("child"))
    assert [line.split(">> ")[1].split(" (")[0] for line in problems(county, tale)] == [
        "wanted and not told: ca-head",
        "wanted and not told: wcwc-coordinator",
    ]


def test_one_message_meets_one_want(county: CountyInMemory, tale: Tale) -> None:
    tale.want(between("22:40", "22:41"), e1("child"))
    assert len(problems(county, tale)) == 1


def test_whoever_is_told_too_late_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.at("22:50").triage_dies()
    tale.at("22:58").triage_is_back()
    found = problems(county, tale)
    assert sum("wanted and not told" in line for line in found) == 2
    assert sum("nobody wanted this" in line and "180 s late" in line for line in found) == 2


def test_another_reason_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.at("22:57").decline("child", "ca-duty-2")
    tale.want(between("22:57", "22:58"), e3("child"))
    assert any("DECLINED" in line for line in problems(county, tale))


def test_whoever_must_never_be_told_fails_it_though_wanted(county: CountyInMemory, tale: Tale) -> None:
    tale.never("child", VILLAGE)
    assert problems(county, tale) == [
        f"2026-11-24 Tue 22:40:00 >> must never be told: {VILLAGE} (VILLAGE E0) of child S1: LADDER"
    ]


def test_a_case_that_stands_otherwise_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.at("22:50").find("child", level="S2", situations={"MR-1"}, not_running={"DECISION"})
    assert len(problems(county, tale)) == 3


def test_a_command_that_is_accepted_and_should_not_be_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.at("22:50").order("signatory-1", "child", sign_guardianship(), refused="NOT_ON_ROTA")
    assert problems(county, tale) == [
        "2026-11-24 Tue 22:50:00 >> signatory-1: SignGuardian wanted NOT_ON_ROTA, got None"
    ]


def test_an_answer_of_somebody_who_was_never_told_fails_it(county: CountyInMemory, tale: Tale) -> None:
    tale.at("22:50").accept("child", "police-leader")
    assert problems(county, tale) == ["2026-11-24 Tue 22:50:00 >> police-leader cannot answer: nobody told it of child"]


def test_a_failure_shows_the_timeline_with_times_and_reasons(county: CountyInMemory, tale: Tale) -> None:
    tale.until("23:15")
    with pytest.raises(AssertionError) as failure:
        county.lives(tale)
    text = str(failure.value)
    for line in (
        "what happened around 2026-11-24 Tue 23:10:00 (Asia/Shanghai)",
        "2026-11-24 Tue 22:40:00    child: reported",
        "2026-11-24 Tue 22:40:00    told    ca-duty-1 (CIVIL_AFFAIRS E1) of child S1: LADDER",
        "2026-11-24 Tue 22:43:00    education-duty answers DISPATCH about child",
        "2026-11-24 Tue 23:10:00    why     CIVIL_AFFAIRS: E3 is due, nobody has acknowledged",
    ):
        assert line in text
