"""A toddler is fit for discharge and nobody fetches him; the mother's telephone is dead."""

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import toddler_left_in_hospital
from tests.acceptance.timelines.orders import seen, sign_guardianship
from tests.acceptance.timelines.rungs import HOSPITAL, at_filing, because, e2, e3, others
from tests.acceptance.timelines.tale import Tale, between


def a_toddler_left_in_hospital() -> Tale:
    tale = Tale("2026-11-24")
    told_first = at_filing("toddler", HOSPITAL, "health", "procuratorate")
    tale.at("22:40").report("toddler", toddler_left_in_hospital())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:42").find(
        "toddler",
        level="S1",
        situations={"TG-2", "TG-4", "MR-6"},
        custody="HOSPITAL",
        measure="TEMP_GUARDIANSHIP PROPOSED",
        place="welfare-1",
    )

    # Everybody else answers; the first officer of civil affairs does not.
    tale.at("22:44").send_somebody("toddler", *others(told_first))
    tale.want(between("22:55", "22:56"), e2("toddler"))
    tale.at("22:58").accept("toddler", "ca-duty-2")
    tale.at("23:15").send_somebody("toddler", "ca-duty-2")
    tale.at("23:40").order("officer-2", "toddler", seen(tale, "23:35"))
    tale.at("23:50").order("signatory-1", "toddler", sign_guardianship(heard=False))
    tale.at("23:55").find("toddler", measure="TEMP_GUARDIANSHIP ASSIGNED", custody="HOSPITAL", met={"SEEN", "DECISION"})

    # He is still there: a child whom nobody fetches has a daily clock.
    tale.want(between("day 2 23:40", "day 2 23:41"), because("BREACH.HOSPITAL_DAILY", e3("toddler")))
    tale.at("day 2 23:50").order("officer-2", "toddler", seen(tale, "day 2 23:45"))
    tale.until("day 3 22:00")
    return tale


def test_a_toddler_left_in_hospital_whose_guardian_cannot_be_reached(county: CountyInMemory) -> None:
    county.lives(a_toddler_left_in_hospital())
