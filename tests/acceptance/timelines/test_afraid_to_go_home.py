"""An injured girl does not dare to go home; her father is alleged. What becomes of her depends on the mother."""

from shared.contracts.vocabulary import CloseReason, Holder, Measure
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import girl_afraid_to_go_home
from tests.acceptance.timelines.orders import assess, brought_to, close, seen, sign_guardianship
from tests.acceptance.timelines.rungs import SCHOOL, VILLAGE, at_filing, others
from tests.acceptance.timelines.tale import Tale, between

RETURN = Measure.RETURN_TO_ABLE_GUARDIAN


def filed_and_answered(*, mother_lives_with_him: bool | None) -> Tale:
    """What is the same whatever is known of the mother."""
    tale = Tale("2026-11-24")
    told_first = at_filing("girl", SCHOOL, "health", "education", "procuratorate", "womens-fed", with_village=False)
    tale.at("16:10").report("girl", girl_afraid_to_go_home(mother_lives_with_him=mother_lives_with_him))
    tale.want(between("16:10", "16:11"), told_first)
    tale.never("girl", VILLAGE)
    tale.at("16:11").find(
        "girl", level="S1", situations={"TG-6", "MR-4", "LB-3"}, withheld={"FATHER", "VILLAGE"}, custody="SCHOOL"
    )
    tale.at("16:15").send_somebody("girl", "ca-duty-1", *others(told_first))
    tale.at("17:30").order("officer-1", "girl", seen(tale, "17:20"))
    return tale


def girl_whose_mother_may_live_with_him(*, mother_lives_with_him: bool | None) -> Tale:
    tale = filed_and_answered(mother_lives_with_him=mother_lives_with_him)
    tale.at("16:11").find("girl", measure="TEMP_GUARDIANSHIP PROPOSED", place="foster-1")
    tale.at("17:40").order("signatory-1", "girl", sign_guardianship(RETURN), refused="OTHER_MEASURE")
    tale.at("17:45").order("signatory-1", "girl", sign_guardianship())
    tale.at("18:30").order("officer-1", "girl", brought_to(tale, "18:20", Holder.FOSTER, "foster-1"))
    tale.at("18:31").find("girl", measure="TEMP_GUARDIANSHIP ASSIGNED", custody="FOSTER", met={"SEEN", "DECISION"})
    tale.until("day 3 16:10")
    return tale


def test_the_mother_lives_with_him(county: CountyInMemory) -> None:
    county.lives(girl_whose_mother_may_live_with_him(mother_lives_with_him=True))


def test_nobody_knows_where_the_mother_lives_and_that_counts_as_with_him(county: CountyInMemory) -> None:
    county.lives(girl_whose_mother_may_live_with_him(mother_lives_with_him=None))


def test_the_mother_is_known_to_live_elsewhere(county: CountyInMemory) -> None:
    tale = filed_and_answered(mother_lives_with_him=False)
    tale.at("16:11").find("girl", measure="RETURN_TO_ABLE_GUARDIAN PROPOSED", place=None)

    # It takes effect only after an officer has spoken to her.
    tale.at("17:40").order("signatory-1", "girl", sign_guardianship(RETURN), refused="NOT_ASSESSED")
    tale.at("18:00").order("officer-1", "girl", assess(able=True, safe=True))
    tale.at("18:05").find("girl", running={"DECISION"}, measure="RETURN_TO_ABLE_GUARDIAN PROPOSED")
    tale.at("18:10").order("signatory-1", "girl", sign_guardianship(RETURN))
    tale.at("19:00").order("officer-1", "girl", brought_to(tale, "18:50", Holder.GUARDIAN))
    tale.at("19:01").find(
        "girl", measure="RETURN_TO_ABLE_GUARDIAN ASSIGNED", custody="GUARDIAN", running={"FOLLOW_UP_VISIT"}
    )
    tale.until("day 3 16:10")
    county.lives(tale)


def test_the_mother_is_found_elsewhere_only_later(county: CountyInMemory) -> None:
    """Unknown counts as living with him; a case is closed on a named officer's assessment alone."""
    tale = filed_and_answered(mother_lives_with_him=None)
    tale.at("17:45").order("officer-1", "girl", close(CloseReason.RETURNED_ASSESSED), refused="NO_SAFE_CUSTODY")
    tale.at("17:50").find("girl", open=True, measure="TEMP_GUARDIANSHIP PROPOSED", place="foster-1")
    tale.until("day 2 16:00")
    county.lives(tale)
