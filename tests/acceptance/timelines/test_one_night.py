"""The three of them on one night, with one free bed and one officer."""

from shared.contracts import commands as asked
from shared.contracts.vocabulary import Holder, Relation
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import (
    girl_afraid_to_go_home,
    siblings_alone_for_three_weeks,
    toddler_left_in_hospital,
)
from tests.acceptance.timelines.orders import brought_to, only_place
from tests.acceptance.timelines.rungs import (
    HOSPITAL,
    SCHOOL,
    VILLAGE,
    VILLAGE_COMMITTEE,
    at_filing,
    because,
    e1,
    e2,
    e3,
    others,
)
from tests.acceptance.timelines.tale import Tale, between


def test_one_free_bed_one_officer_and_nobody_is_forgotten(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    only_place(tale, "rescue-1")

    # The child in hospital comes first and does not take the only bed.
    hospital = at_filing("toddler", HOSPITAL, "health", "procuratorate")
    tale.at("21:00").report("toddler", toddler_left_in_hospital())
    tale.want(between("21:00", "21:01"), hospital)
    tale.at("21:03").send_somebody("toddler", *others(hospital))
    tale.at("21:05").accept("toddler", "ca-duty-1")
    tale.at("21:06").find("toddler", level="S1", place=None, measure="TEMP_GUARDIANSHIP PROPOSED")

    # The girl gets it.
    school = at_filing("girl", SCHOOL, "health", "education", "procuratorate", "womens-fed", with_village=False)
    tale.at("21:10").report("girl", girl_afraid_to_go_home(mother_lives_with_him=None))
    tale.want(between("21:10", "21:11"), school)
    tale.never("girl", VILLAGE)
    tale.at("21:11").find("girl", level="S1", place="rescue-1")
    tale.at("21:13").send_somebody("girl", *others(school))

    # The same officer takes her over, too, and has sent nobody for either: the second officer hears of both at once.
    tale.at("21:15").accept("girl", "ca-duty-1")
    tale.want(between("21:15", "21:16"), because("TWO_UNDISPATCHED", [*e2("toddler"), *e2("girl")]))

    # Two more children, alone at home; there is no bed left.
    tale.at("21:20").report(("brother", "sister"), siblings_alone_for_three_weeks())
    for name in ("brother", "sister"):
        committee = at_filing(name, VILLAGE_COMMITTEE, "education", "procuratorate")
        tale.want(between("21:20", "21:21"), committee)
        tale.at("21:21").find(name, level="S1", place=None, custody="NOBODY")
        tale.at("21:23").send_somebody(name, *others(committee))

    # The girl's aunt is checked and willing: kin come first, and the bed is free. It goes to a child who is alone at
    # home, not to the one in hospital.
    tale.at("21:30").order("officer-2", "girl", the_aunt)
    tale.want(between("21:30", "21:31"), because("PLACE_FOUND", [*e1("girl"), *e1("brother")]))
    tale.at("21:31").order("officer-2", "girl", brought_to(tale, "21:30", Holder.KIN, "aunt"))
    tale.at("21:32").find("girl", place="aunt", custody="KIN")
    tale.at("21:32").find("brother", place="rescue-1")
    tale.at("21:32").find("sister", place=None)
    tale.at("21:32").find("toddler", place=None)

    # Nobody is forgotten: what was accepted and not followed by anybody lapses, and every ladder climbs.
    tale.want(between("21:35", "21:36"), because("ACKNOWLEDGEMENT_LAPSED", e2("toddler")), e2("brother"), e2("sister"))
    tale.at("21:40").send_somebody("girl", "ca-duty-1")
    tale.want(between("21:50", "21:51"), e3("toddler"), e3("brother"), e3("sister"))
    for name in ("toddler", "brother", "sister"):
        tale.at("21:55").send_somebody(name, "ca-duty-2")
    tale.until("22:55")
    county.lives(tale)


def the_aunt(case: str) -> asked.AddKinCandidate:
    return asked.AddKinCandidate(
        case=case,
        candidate_id="aunt",
        relation=Relation.AUNT_UNCLE,
        willing=True,
        checked=True,
        disqualified=False,
        household_of_alleged=False,
    )
