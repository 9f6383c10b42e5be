"""A brother and a sister have been alone for three weeks; the village's director for children reports it."""

from shared.contracts.vocabulary import Holder
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import siblings_alone_for_three_weeks
from tests.acceptance.timelines.orders import brought_to, seen, sign_guardianship
from tests.acceptance.timelines.rungs import VILLAGE_COMMITTEE, at_filing, e2, others
from tests.acceptance.timelines.tale import Tale, between

BOTH = ("brother", "sister")


def test_two_siblings_alone_for_three_weeks_stay_together(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    tale.at("09:00").report(BOTH, siblings_alone_for_three_weeks())
    for name in BOTH:
        told_first = at_filing(name, VILLAGE_COMMITTEE, "education", "procuratorate")
        tale.want(between("09:00", "09:01"), told_first)
        tale.at("09:01").find(
            name,
            level="S1",
            situations={"TG-2", "LB-1", "MR-6"},
            custody="NOBODY",
            measure="TEMP_GUARDIANSHIP PROPOSED",
            place="rescue-1",
        )
        tale.at("09:05").send_somebody(name, *others(told_first))

        # Nobody of civil affairs answers for a quarter of an hour; then one officer takes both and sends somebody.
        tale.want(between("09:15", "09:16"), e2(name))
        tale.at("09:20").accept(name, "ca-duty-2")
        tale.at("09:30").send_somebody(name, "ca-duty-2")
        tale.at("10:30").order("officer-2", name, seen(tale, "10:20"))
        tale.at("11:00").order("officer-2", name, brought_to(tale, "10:50", Holder.RESCUE_INST, "rescue-1"))
        tale.at("14:00").order("signatory-1", name, sign_guardianship())
        tale.at("14:01").find(name, measure="TEMP_GUARDIANSHIP ASSIGNED", custody="RESCUE_INST", place="rescue-1")
    tale.until("day 3 09:00")
    county.lives(tale)
