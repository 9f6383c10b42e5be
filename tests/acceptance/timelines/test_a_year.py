"""A temporary guardianship lasts: reminders after 270 and 330 days, a breach after 365; it never ends by itself."""

from shared.contracts import commands as asked
from shared.contracts.registry import Place, RotaShift
from shared.contracts.vocabulary import Holder
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import orphaned
from tests.acceptance.timelines.orders import brought_to, dispatch, registered, seen, sign_guardianship
from tests.acceptance.timelines.rungs import SCHOOL, at_filing, because, e3, e4, e5, others
from tests.acceptance.timelines.tale import Body, Tale, between


def test_a_guardianship_is_reminded_of_after_270_330_and_365_days(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL)
    tale.at("10:00").report("child", orphaned())
    tale.want(between("10:00", "10:01"), told_first)
    tale.at("10:03").send_somebody("child", *others(told_first))
    tale.at("10:05").order("officer-1", "child", dispatch())
    tale.at("11:00").order("officer-1", "child", seen(tale, "10:50"))
    tale.at("12:00").order("officer-1", "child", brought_to(tale, "11:50", Holder.FOSTER, "foster-1"))
    tale.at("15:00").order("signatory-1", "child", sign_guardianship())
    for day in range(6, 372, 6):
        tale.at(f"day {day} 10:00").order("officer-1", "child", seen(tale, f"day {day} 09:50"))
        tale.at(f"day {day} 10:10").order("officer-1", "child", the_child_is_well)
    # Both parents are dead: there is nothing to revoke, nobody is reminded of it and nobody has to say so.
    tale.at("day 3 11:00").order("officer-1", "child", no_revocation, refused="NOTHING_TO_EXAMINE")

    # 270 days, a design value, end on a Saturday: told on Sunday when duty begins.
    tale.want(between("2027-08-22 08:00", "2027-08-22 08:01"), because("BREACH.GUARDIANSHIP_WARNING", e3("child")))
    tale.at("2027-08-22 10:00").order("head-1", "child", the_child_is_well)
    # 330 days: nobody reviews it on the day, so it climbs once more.
    tale.want(
        between("2027-10-21 08:00", "2027-10-21 08:01"), because("BREACH.GUARDIANSHIP_FINAL_WARNING", e3("child"))
    )
    tale.want(
        between("2027-10-22 08:00", "2027-10-22 08:01"), because("BREACH.GUARDIANSHIP_FINAL_WARNING", e4("child"))
    )
    tale.at("2027-10-22 10:00").order("head-1", "child", the_child_is_well)
    tale.at("2027-11-20 09:00").order("operator", "child", the_licence_is_renewed(tale))

    # 365 days: only a decision ends the breach. Until then the guardianship and the place stay.
    tale.want(between("2027-11-25 08:00", "2027-11-25 08:01"), because("BREACH.GUARDIANSHIP_LIMIT", e3("child")))
    tale.want(between("2027-11-26 08:00", "2027-11-26 08:01"), because("BREACH.GUARDIANSHIP_LIMIT", e4("child")))
    tale.want_every(
        "1d", between("2027-11-27 08:00", "2027-11-29 08:00"), because("BREACH.GUARDIANSHIP_LIMIT", e5("child"))
    )
    tale.at("2027-11-29 08:30").order("head-1", "child", the_child_is_well)
    tale.at("2027-11-29 08:31").find(
        "child", breached={"GUARDIANSHIP_LIMIT"}, measure="TEMP_GUARDIANSHIP ASSIGNED", place="foster-1"
    )
    tale.at("2027-11-29 09:00").order("officer-1", "child", half_a_year_more, refused="ROLE")
    tale.at("2027-11-29 09:05").order("signatory-1", "child", half_a_year_more, refused="NOT_ON_ROTA")
    tale.at("2027-11-29 09:10").order("operator", "child", the_rota_is_renewed(tale))
    tale.at("2027-11-29 09:15").order("signatory-1", "child", half_a_year_more)
    tale.until("2027-12-04 07:00")
    county.lives(tale)


def half_a_year_more(case: str) -> asked.ExtendGuardianship:
    return asked.ExtendGuardianship(case=case, reason="KIN_STILL_ASSESSED", days=180)


def the_licence_is_renewed(tale: Tale) -> Body:
    place = registered(tale, asked.SetPlace, "place", "foster-1")
    assert isinstance(place, Place)
    until_ms = tale.moment_ms("2028-11-24 00:00")
    return lambda _: asked.SetPlace(place=place.model_copy(update={"licence_until_ms": until_ms}))


def the_rota_is_renewed(tale: Tale) -> Body:
    shift = registered(tale, asked.SetShift, "shift", "signatory")
    assert isinstance(shift, RotaShift)
    until_ms = tale.moment_ms("2028-05-31 00:00")
    return lambda _: asked.SetShift(shift=shift.model_copy(update={"until_ms": until_ms}))


def the_child_is_well(case: str) -> asked.RecordAssessment:
    return asked.RecordAssessment(case=case, subject="CHILD")


def no_revocation(case: str) -> asked.RecordNoRevocation:
    return asked.RecordNoRevocation(case=case, reason="BOTH_PARENTS_DEAD", rest_days=180)
