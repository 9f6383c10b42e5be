"""Nobody answers: every ladder climbs to its top and goes round there, at the stated interval."""

from shared.contracts import commands as asked
from shared.contracts.vocabulary import CloseReason, Department, Holder
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned, dropped_out
from tests.acceptance.timelines.orders import assess, brought_to, close, seen, sign_guardianship
from tests.acceptance.timelines.rungs import (
    SCHOOL,
    at_filing,
    because,
    bureau_leader,
    command_centre,
    duty,
    e1,
    e2,
    e3,
    e4,
    e5,
    filing_unit,
    others,
    supervisor,
    township_head,
    village,
)
from tests.acceptance.timelines.tale import Expected, Tale, between

DUTY_HOURS = range(8, 20)


def head(case: str, department: str) -> Expected:
    return Expected(case, f"{department}-head", "D2")


def leader(case: str, department: str) -> Expected:
    return Expected(case, f"{department}-leader", "D3")


def written_report(case: str) -> asked.ReportOutcome:
    """The school's written report has come (MPL 28(2))."""
    return asked.ReportOutcome(case=case, department=Department.EDUCATION, outcome="WRITTEN_REPORT")


def test_civil_affairs_are_silent_for_two_days_at_the_highest_level(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("23:30").order("police-clerk-1", "child", seen(tale, "23:20"))

    tale.want(between("22:55", "22:56"), e2("child"))
    tale.want(between("23:10", "23:11"), e3("child"))
    tale.want(between("day 2 00:40", "day 2 00:41"), e4("child"))
    tale.want(between("day 2 22:40", "day 2 22:41"), e5("child"))
    tale.want_every("30m", between("day 2 23:10", "day 3 08:00"), e5("child"))

    # The answer to the school is due by the evening of the next working day, and the decision within 24 hours.
    tale.want(between("day 2 20:00", "day 2 20:01"), because("BREACH.FEEDBACK_INTERIM", e3("child")))
    tale.want(between("day 2 22:40", "day 2 22:41"), because("BREACH.DECISION", e3("child")))
    tale.want(between("day 2 23:10", "day 2 23:11"), because("BREACH.DECISION", e4("child")))
    # Four hours at the pace of the ladder, then with growing pauses; the ladder itself rings on.
    tale.want_every("30m", between("day 2 23:40", "day 3 02:45"), because("BREACH.DECISION", e5("child")))
    tale.want(between("day 3 03:40", "day 3 03:41"), because("BREACH.DECISION", e5("child")))
    tale.want(between("day 3 05:40", "day 3 05:41"), because("BREACH.DECISION", e5("child")))

    # One signature and one officer end all of it.
    tale.at("day 3 08:05").order("signatory-1", "child", sign_guardianship())
    tale.at("day 3 08:06").send_somebody("child", "ca-province")
    tale.until("day 4 22:00")
    county.lives(tale)


def test_nobody_at_all_answers_for_three_hours(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), at_filing("child", SCHOOL, "education", "procuratorate"))
    education, procuratorate = "education", "procuratorate"

    tale.want(between("22:55", "22:56"), e2("child"), command_centre("child"), township_head("child"))
    tale.want(between("22:55", "22:56"), head("child", education), head("child", procuratorate))
    tale.want(between("23:10", "23:11"), e3("child"))
    tale.want_every("30m", between("23:10", "day 2 01:40"), leader("child", education), leader("child", procuratorate))
    tale.want_every("30m", between("23:10", "day 2 01:40"), village("child"), filing_unit("child", SCHOOL))
    tale.want_every("30m", between("23:25", "day 2 01:40"), township_head("child"))
    tale.want(between("day 2 00:40", "day 2 00:41"), e4("child"))
    tale.want_every("30m", between("day 2 00:40", "day 2 01:40"), bureau_leader("child"))

    # Two hours, and no official has seen the child in person.
    tale.want(between("day 2 00:40", "day 2 00:41"), because("BREACH.SEEN", e3("child")))
    tale.want(between("day 2 01:10", "day 2 01:11"), because("BREACH.SEEN", e4("child")))
    tale.want(between("day 2 01:40", "day 2 01:41"), because("BREACH.SEEN", e5("child")))
    tale.until("day 2 01:50")
    county.lives(tale)


def test_an_s3_is_silent_at_night_and_climbs_by_day(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = [
        *e1("pupil"), *duty("pupil", "education"), supervisor("pupil"), village("pupil"), filing_unit("pupil", SCHOOL)
    ]  # fmt: skip
    tale.at("16:30").report("pupil", dropped_out())
    tale.want(between("16:30", "16:31"), told_first)
    tale.at("16:31").find("pupil", level="S3", situations={"ED-1"}, measure="NONE")
    tale.at("16:40").send_somebody("pupil", *others(told_first))

    # Four hours of duty are 3 h 30 of this day and half an hour of the next.
    tale.want(between("day 2 08:30", "day 2 08:31"), e2("pupil"))
    tale.want(between("day 2 16:30", "day 2 16:31"), e3("pupil"))
    tale.want(between("day 2 20:00", "day 2 20:00"), because("BREACH.FEEDBACK_INTERIM", e3("pupil")))
    tale.want(between("day 3 20:00", "day 3 20:00"), because("BREACH.FEEDBACK_INTERIM", e4("pupil")))
    tale.want(between("day 4 16:30", "day 4 16:31"), e4("pupil"), because("BREACH.SEEN", e3("pupil")))
    tale.at("day 4 17:00").send_somebody("pupil", "ca-prefecture")
    tale.at("day 4 17:05").order("officer-1", "pupil", seen(tale, "day 4 16:50"))
    tale.at("day 4 17:10").order("education-clerk-1", "pupil", written_report)

    # Seven days for the decision and for the answer to the school end at midnight: nobody is woken for that.
    tale.want(between("day 9 08:00", "day 9 08:01"), because("BREACH.DECISION", e3("pupil")))
    tale.want(between("day 9 08:00", "day 9 08:01"), because("BREACH.FEEDBACK", e3("pupil")))
    tale.at("day 9 09:00").order("officer-1", "pupil", assess(able=True, safe=True))
    tale.at("day 9 09:05").order("officer-1", "pupil", brought_to(tale, "day 9 09:00", Holder.GUARDIAN))
    tale.at("day 9 09:10").order("officer-1", "pupil", close(CloseReason.RETURNED_ASSESSED))
    tale.at("day 9 09:11").find("pupil", open=False)
    tale.until("day 20 12:00")
    county.lives(tale)


def test_the_top_rung_of_an_s3_repeats_once_a_day_in_duty_hours(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = [
        *e1("pupil"), *duty("pupil", "education"), supervisor("pupil"), village("pupil"), filing_unit("pupil", SCHOOL)
    ]  # fmt: skip
    tale.at("22:30").report("pupil", dropped_out())
    tale.want(between("day 2 08:00", "day 2 08:01"), told_first)
    tale.at("day 2 08:20").accept("pupil", "ca-duty-1")
    tale.at("day 2 08:40").send_somebody("pupil", "ca-duty-1", SCHOOL, *others(told_first[2:4]))
    tale.want(between("day 2 12:00", "day 2 12:01"), head("pupil", "education"))
    tale.want_every("1d", between("day 3 08:00", "day 4 12:00"), leader("pupil", "education"))
    tale.at("day 4 09:00").order("officer-1", "pupil", seen(tale, "day 4 08:50"))
    tale.at("day 4 09:10").order("education-clerk-1", "pupil", written_report)
    tale.until("day 4 23:59")
    county.lives(tale)
    assert {told.at_ms // 3_600_000 % 24 + 8 for told in county.journal.told} <= set(DUTY_HOURS)
