"""Civil affairs answer and the police do not: one department's word never silences another's ladder."""

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned
from tests.acceptance.timelines.orders import dispatch, seen
from tests.acceptance.timelines.rungs import (
    SCHOOL,
    STATION,
    at_filing,
    bureau_leader,
    command_centre,
    others,
)
from tests.acceptance.timelines.tale import Tale, between


def civil_affairs_answer_and_the_police_do_not() -> Tale:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *(contact for contact in others(told_first) if contact != STATION))
    tale.at("22:45").accept("child", "ca-duty-1")
    tale.at("22:50").order("officer-1", "child", dispatch())

    # Nothing more for civil affairs; the police climb: command after 15 minutes, the leader after two hours.
    tale.want(between("22:55", "22:56"), command_centre("child"))
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))
    tale.at("23:31").find("child", sent={"CIVIL_AFFAIRS"}, not_accepted={"POLICE"})
    tale.want(between("day 2 00:40", "day 2 00:41"), bureau_leader("child"))
    tale.want(between("day 2 01:10", "day 2 01:11"), bureau_leader("child"))

    # The leader takes it over and sends somebody: silence.
    tale.at("day 2 01:20").send_somebody("child", "police-leader")
    tale.until("day 2 02:20")
    return tale


def test_the_police_ladder_climbs_while_civil_affairs_are_at_work(county: CountyInMemory) -> None:
    tale = civil_affairs_answer_and_the_police_do_not()
    tale.until("day 2 19:00")
    county.lives(tale)


def test_a_department_that_declines_hands_on_at_once(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("10:00").report("child", abandoned())
    tale.want(between("10:00", "10:01"), told_first)
    tale.at("10:02").send_somebody(
        "child", "ca-duty-1", *(contact for contact in others(told_first) if contact != STATION)
    )
    tale.at("10:05").decline("child", STATION)
    tale.want(between("10:05", "10:06"), command_centre("child").because("DECLINED"))
    tale.at("10:20").send_somebody("child", "police-command")
    tale.at("11:00").order("officer-1", "child", seen(tale, "10:50"))
    tale.until("day 2 09:00")
    county.lives(tale)
