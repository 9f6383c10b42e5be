"""Triage is dead for a quarter of an hour: nothing is lost, the order is kept, what is late says so. Notify, too."""

from shared.contracts.events import RungReached
from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned, toddler_left_in_hospital
from tests.acceptance.timelines.orders import dispatch, seen
from tests.acceptance.timelines.rungs import (
    HOSPITAL,
    SCHOOL,
    STATION,
    at_filing,
    command_centre,
    e1,
    e2,
    e3,
    filing_unit,
    others,
    township_head,
    village,
)
from tests.acceptance.timelines.tale import Expected, Tale, between

MINUTE_MS = 60_000


def test_rungs_that_were_due_meanwhile_are_told_late_and_say_so(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("22:50").triage_dies()
    tale.at("23:05").triage_is_back()

    # Due at 22:55, told ten minutes late; the next rung keeps its own time.
    tale.want(between("23:05", "23:05"), e2("child"))
    tale.want(between("23:10", "23:10"), e3("child"))
    tale.at("23:20").send_somebody("child", "ca-head")
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))
    tale.until("day 2 06:00")
    county.lives(tale)
    late = [told for told in county.journal.told if told.at_ms != told.due_ms]
    assert {(told.contact, (told.at_ms - told.due_ms) // MINUTE_MS) for told in late} == {
        ("ca-duty-2", 10),
        ("rescue-head", 10),
    }
    reached = [event for event, _ in county.world.log if isinstance(event, RungReached) and event.lateness_ms]
    assert [(event.step, event.lateness_ms) for event in reached] == [("E2", 10 * MINUTE_MS)]


def test_an_answer_that_came_meanwhile_counts_from_when_it_came(county: CountyInMemory) -> None:
    """At 22:52 the officer and at 22:54 the station answered: neither ladder climbs, though both rungs passed."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *(contact for contact in others(told_first) if contact != STATION))
    tale.at("22:50").triage_dies()
    tale.at("22:52").send_somebody("child", "ca-duty-1")
    tale.at("22:54").accept("child", STATION)
    tale.at("23:05").triage_is_back()
    tale.at("23:10").send_somebody("child", STATION)
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_an_answer_that_came_after_its_rung_does_not_undo_it(county: CountyInMemory) -> None:
    """The station answers at 22:58, three minutes after the command centre was due: the centre is told, late."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", "ca-duty-1", *(c for c in others(told_first) if c != STATION))
    tale.at("22:50").triage_dies()
    tale.at("22:58").send_somebody("child", STATION)
    tale.at("23:05").triage_is_back()
    tale.want(between("23:05", "23:05"), command_centre("child"))
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_a_filing_that_came_meanwhile_is_decided_and_its_clocks_run_from_its_arrival(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    tale.at("22:40").triage_dies()
    tale.at("22:42").report("child", abandoned())
    tale.at("22:50").report("toddler", toddler_left_in_hospital())
    tale.at("22:55").triage_is_back()
    school = at_filing("child", SCHOOL, "education", "procuratorate")
    hospital = at_filing("toddler", HOSPITAL, "health", "procuratorate")
    tale.want(between("22:55", "22:55"), school, hospital)
    tale.at("22:56").send_somebody("child", *others(school))
    tale.at("22:56").send_somebody("toddler", *others(hospital))

    # A quarter of an hour from 22:42 and from 22:50, not from when triage was back.
    tale.want(between("22:57", "22:57"), e2("child"))
    tale.want(between("23:05", "23:05"), e2("toddler"))
    tale.at("23:06").send_somebody("child", "ca-duty-2")
    tale.at("23:06").send_somebody("toddler", "ca-duty-2")
    for name in ("child", "toddler"):
        tale.at("23:30").order("officer-2", name, seen(tale, "23:25"))
    tale.until("day 2 06:00")
    county.lives(tale)
    first = [told.case for told in county.journal.told if told.contact == "ca-duty-1"]
    assert first == ["child", "toddler"], "decided in the order of arrival"


def test_notify_is_dead_and_one_departments_word_takes_back_its_own_alerts_alone(county: CountyInMemory) -> None:
    """The school telephoned the officer, who sends somebody before any message went out: the others are still told."""
    tale = Tale("2026-11-24")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:39").notify_dies()
    tale.at("22:40").report("child", abandoned())
    tale.at("22:45").order("officer-1", "child", dispatch())
    tale.at("22:50").notify_is_back()
    tale.want(between("22:50", "22:50"), [each for each in told_first if each not in e1("child")])
    tale.at("22:52").send_somebody("child", *others(told_first))
    tale.at("23:30").order("officer-1", "child", seen(tale, "23:25"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_notify_is_dead_for_an_hour_and_what_is_stale_is_not_sent_any_more(county: CountyInMemory) -> None:
    """The ladders climb meanwhile: whoever is next to act is told when notify is back, not who should have been."""
    tale = Tale("2026-11-24")
    tale.at("22:39").notify_dies()
    tale.at("22:40").report("child", abandoned())
    tale.at("23:41").notify_is_back()
    tale.never("child", "ca-duty-1", "ca-duty-2", STATION)
    tale.want(between("23:41", "23:41"), command_centre("child"), e3("child"))

    # What stood at its top was asked for twice meanwhile: the repetition alone is sent.
    leaders = [Expected("child", f"{department}-leader", "D3") for department in ("education", "procuratorate")]
    at_the_top = [*leaders, township_head("child"), village("child"), filing_unit("child", SCHOOL)]
    tale.want(between("23:41", "23:41"), at_the_top)
    tale.until("23:50")
    county.lives(tale)
