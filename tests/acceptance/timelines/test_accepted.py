"""What is accepted is not done: it lapses without somebody who is sent, and new facts break through it."""

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned, dropped_out, injured_in_hospital
from tests.acceptance.timelines.orders import seen
from tests.acceptance.timelines.rungs import (
    SCHOOL,
    STATION,
    SUPERVISOR,
    VILLAGE,
    at_filing,
    because,
    command_centre,
    duty,
    e1,
    e2,
    e3,
    filing_unit,
    others,
    station,
    supervisor,
    village,
)
from tests.acceptance.timelines.tale import Tale, between


def accepted_and_nobody_sent() -> Tale:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned(8))
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *(contact for contact in others(told_first) if contact != STATION))
    tale.at("22:45").accept("child", "ca-duty-1", STATION)

    # Half an hour without anybody sent: both ladders go on at the next rung.
    tale.want(between("23:15", "23:16"), because("ACKNOWLEDGEMENT_LAPSED", e2("child")))
    tale.want(between("23:15", "23:16"), command_centre("child").because("ACKNOWLEDGEMENT_LAPSED"))
    tale.at("23:20").send_somebody("child", "ca-duty-2", "police-command")
    tale.until("23:40")
    return tale


def test_accepted_and_nobody_sent_lapses_and_climbs(county: CountyInMemory) -> None:
    tale = accepted_and_nobody_sent()
    tale.at("23:50").order("officer-2", "child", seen(tale, "23:45"))
    tale.until("day 2 19:00")
    county.lives(tale)


def test_accepted_again_and_again_still_lapses_and_climbs(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("23:00").order("police-clerk-1", "child", seen(tale, "22:55"))
    tale.at("22:45").accept("child", "ca-duty-1")
    tale.want(between("23:15", "23:16"), because("ACKNOWLEDGEMENT_LAPSED", e2("child")))
    tale.at("23:16").accept("child", "ca-duty-2")
    tale.want(between("23:46", "23:47"), because("ACKNOWLEDGEMENT_LAPSED", e3("child")))
    tale.at("23:50").send_somebody("child", "ca-head")
    tale.until("day 2 19:00")
    county.lives(tale)


def test_more_facts_break_through_what_was_accepted(county: CountyInMemory) -> None:
    """The doctor adds a serious injury: who has accepted is told again, who is on the way learns of it, and health."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("10:00").report("child", abandoned())
    tale.want(between("10:00", "10:01"), told_first)
    tale.at("10:03").send_somebody("child", *others(told_first))
    tale.at("10:05").accept("child", "ca-duty-1")

    tale.at("10:10").add("child", {"children": [{"injury": "SERIOUS"}]})
    again = [*e1("child"), station("child"), supervisor("child"), filing_unit("child", SCHOOL)]
    also = duty("child", "education", "procuratorate", "health")
    tale.want(between("10:10", "10:11"), because("NEW_FACTS", [*again, *also]))
    tale.at("10:11").find("child", situations={"MR-5"}, withheld={"VILLAGE"}, not_accepted={"CIVIL_AFFAIRS"})
    tale.at("10:12").send_somebody("child", "health-duty")

    # The officer does not answer this time.
    tale.want(between("10:25", "10:26"), e2("child"))
    tale.at("10:30").send_somebody("child", "ca-duty-2")
    tale.at("11:00").order("officer-2", "child", seen(tale, "10:50"))
    tale.until("day 2 09:00")
    county.lives(tale)


def test_more_facts_raise_the_level_and_every_ladder_begins_anew(county: CountyInMemory) -> None:
    """By day a pupil has dropped out; at night the school learns that she is beaten: an S1, and not the village's."""
    tale = Tale("2026-11-24")
    by_day = [
        *e1("pupil"), *duty("pupil", "education"), supervisor("pupil"), village("pupil"), filing_unit("pupil", SCHOOL)
    ]  # fmt: skip
    tale.at("16:30").report("pupil", dropped_out())
    tale.want(between("16:30", "16:31"), by_day)
    tale.at("16:35").send_somebody("pupil", "ca-duty-1", SCHOOL, SUPERVISOR, VILLAGE, "education-duty")

    tale.at("23:10").add("pupil", {"children": [{"concerns": ["PHYSICAL_ABUSE"], "injury": "SERIOUS"}]})
    known = [*e1("pupil"), *duty("pupil", "education"), supervisor("pupil"), filing_unit("pupil", SCHOOL)]
    new = [station("pupil"), *duty("pupil", "health", "procuratorate", "womens-fed")]
    tale.want(between("23:10", "23:11"), because("LEVEL_RAISED", known), new)
    tale.at("23:11").find("pupil", level="S1", withheld={"VILLAGE"})
    tale.at("23:12").send_somebody("pupil", *others([*known, *new]))
    tale.want(between("23:25", "23:26"), e2("pupil"))
    tale.at("23:30").send_somebody("pupil", "ca-duty-2")
    tale.at("day 2 00:30").order("officer-2", "pupil", seen(tale, "day 2 00:25"))
    tale.until("day 2 19:00")
    county.lives(tale)


def test_another_institution_reports_the_same_child_and_breaks_through_what_was_accepted(
    county: CountyInMemory,
) -> None:
    """The school filed her as abandoned; the hospital, which knows nothing of that, files that she was beaten."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("10:00").report("child", abandoned())
    tale.want(between("10:00", "10:01"), told_first)
    tale.at("10:03").send_somebody("child", *others(told_first))
    tale.at("10:05").accept("child", "ca-duty-1")

    # One child, one case: everybody learns of it there, the women's federation and health for the first time.
    tale.at("10:10").report("girl in hospital", injured_in_hospital(5, 6))
    again = [*e1("child"), station("child"), supervisor("child"), filing_unit("child", SCHOOL)]
    also = duty("child", "education", "procuratorate", "health", "womens-fed")
    tale.want(between("10:10", "10:11"), because("NEW_FACTS", [*again, *also]))
    for name in ("child", "girl in hospital"):
        tale.at("10:11").find(
            name, level="S1", situations={"MR-6", "MR-4", "LB-3"}, withheld={"VILLAGE"}, custody="HOSPITAL"
        )
    tale.at("10:12").send_somebody("child", "ca-duty-1", "health-duty", "womens-fed-duty")
    tale.at("11:00").order("officer-1", "child", seen(tale, "10:50"))
    tale.until("day 2 09:00")
    county.lives(tale)
