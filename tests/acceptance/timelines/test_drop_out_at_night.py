"""A boarding school files a drop-out at 02:40: it wakes nobody."""

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import dropped_out
from tests.acceptance.timelines.orders import dispatch, seen
from tests.acceptance.timelines.rungs import SCHOOL, STATION, duty, e1, filing_unit, others, supervisor, village
from tests.acceptance.timelines.tale import Tale, between


def test_a_drop_out_filed_at_night_is_told_at_eight(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    at_eight = [
        *e1("pupil"), *duty("pupil", "education"), supervisor("pupil"), village("pupil"), filing_unit("pupil", SCHOOL)
    ]  # fmt: skip
    tale.at("02:40").report("pupil", dropped_out())
    tale.never("pupil", STATION)
    tale.at("02:41").find("pupil", level="S3", open=True)
    tale.want(between("08:00", "08:01"), at_eight)
    tale.at("08:30").send_somebody("pupil", *others(at_eight))
    tale.at("08:40").order("officer-1", "pupil", dispatch())
    tale.at("15:00").order("officer-1", "pupil", seen(tale, "14:30"))
    tale.until("day 3 12:00")
    county.lives(tale)
