"""Accepted, somebody sent, and then nothing: what came of it is owed, and its clock climbs within and above."""

from shared.contracts import commands as asked
from shared.contracts.vocabulary import Department
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned
from tests.acceptance.timelines.orders import seen
from tests.acceptance.timelines.rungs import (
    SCHOOL,
    at_filing,
    because,
    bureau_leader,
    command_centre,
    e1,
    e3,
    others,
)
from tests.acceptance.timelines.tale import Tale, between

LATE = "BREACH.OUTCOME.POLICE"


def outcome(case: str) -> asked.ReportOutcome:
    """What came of the police's task."""
    return asked.ReportOutcome(case=case, department=Department.POLICE, outcome="CHILD_SAFE_SEEN", reference="DOC-9")


def test_the_police_send_somebody_and_say_nothing_until_they_are_asked_twice(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", "ca-duty-1", *others(told_first))
    tale.at("23:30").order("police-clerk-1", "child", seen(tale, "23:20"))

    # Twelve hours after they sent somebody: their next rung; four hours later the one above it and civil affairs.
    tale.want(between("day 2 10:43", "day 2 10:44"), command_centre("child").because(LATE))
    tale.want(between("day 2 14:43", "day 2 14:44"), bureau_leader("child").because(LATE))
    tale.want(between("day 2 14:43", "day 2 14:44"), because(LATE, e1("child")), because(LATE, e3("child")))
    tale.at("day 2 15:00").order("police-clerk-1", "child", outcome)
    tale.until("day 2 22:30")
    county.lives(tale)
