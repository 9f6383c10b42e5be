"""A rung on which nobody stands is skipped at once; where no rung has anybody, somebody else is told instead."""

from tests.acceptance.timelines.county_in_memory import CountyInMemory
from tests.acceptance.timelines.filings import abandoned
from tests.acceptance.timelines.orders import nobody_at, seen
from tests.acceptance.timelines.rungs import SCHOOL, STATION, at_filing, e1, e3, e4, others
from tests.acceptance.timelines.tale import Expected, Tale, between

CIVIL_AFFAIRS = ("ca-duty-1", "ca-duty-2", "rescue-head", "ca-head", "wcwc-coordinator", "ca-prefecture", "ca-province")
OF_CIVIL_AFFAIRS = ("ca-duty-1", "ca-duty-2", "ca-head", "ca-prefecture", "ca-province", "signatory-duty")


def test_nobody_stands_on_the_second_rung(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    nobody_at(tale, "ca-duty-2", "rescue-head")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("23:10").order("police-clerk-1", "child", seen(tale, "23:05"))

    # At 22:55 the third rung is told in its place; the fourth not sooner than its own time.
    tale.want(between("22:55", "22:56"), e3("child"))
    tale.want(between("day 2 00:40", "day 2 00:41"), e4("child"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_nobody_stands_on_the_first_rung(county: CountyInMemory) -> None:
    tale = Tale("2026-11-24")
    nobody_at(tale, "ca-duty-1")
    told_first = at_filing("child", SCHOOL, "education", "procuratorate")
    second = [Expected("child", "ca-duty-2", "E2"), Expected("child", "rescue-head", "E2")]
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), [each for each in told_first if each not in e1("child")], second)
    tale.at("22:43").send_somebody("child", *others(told_first), "ca-duty-2")
    tale.at("23:10").order("police-clerk-1", "child", seen(tale, "23:05"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_nobody_stands_on_any_rung_of_the_police(county: CountyInMemory) -> None:
    """No station of this township, no centre, no leader: the county's other station is told in their place."""
    tale = Tale("2026-11-24")
    nobody_at(tale, STATION, "police-command", "police-leader")
    told_first = [each for each in at_filing("child", SCHOOL, "education", "procuratorate") if each.contact != STATION]
    neighbours = Expected("child", "police-520327100-station", "D3").because("NO_RUNG_STAFFED")
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first, neighbours)
    tale.at("22:43").send_somebody("child", "ca-duty-1", *others(told_first))
    tale.want_every("30m", between("23:10", "23:45"), neighbours)
    tale.at("23:45").send_somebody("child", "police-520327100-station")
    tale.at("23:50").order("officer-1", "child", seen(tale, "23:45"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_no_police_at_all_are_registered(county: CountyInMemory) -> None:
    """Every office of the county's civil affairs is told once in their place: they have the case."""
    tale = Tale("2026-11-24")
    nobody_at(tale, STATION, "police-520327100-station", "police-command", "police-leader")
    told_first = [each for each in at_filing("child", SCHOOL, "education", "procuratorate") if each.contact != STATION]
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    civil_affairs = [Expected("child", name, "D3").because("NO_RUNG_STAFFED") for name in OF_CIVIL_AFFAIRS]
    tale.want(between("22:40", "22:41"), civil_affairs)
    tale.at("22:43").send_somebody("child", "ca-duty-1", *others(told_first))
    tale.at("23:00").order("officer-1", "child", seen(tale, "22:55"))
    tale.until("day 2 06:00")
    county.lives(tale)


def test_nobody_stands_on_any_rung_of_civil_affairs(county: CountyInMemory) -> None:
    """The desk for filings without a place is told at once, and again and again."""
    tale = Tale("2026-11-24")
    nobody_at(tale, *CIVIL_AFFAIRS, "procuratorate-duty", "signatory-duty")
    expected = at_filing("child", SCHOOL, "education")
    told_first = [
        *(each for each in expected if each not in e1("child")),
        Expected("child", "procuratorate-head", "D2"),
    ]
    desk = [
        Expected("child", name, "E5").because("FALLBACK_DESK")
        for name in ("unknown-duty-1", "unknown-duty-2", "unknown-head")
    ]
    tale.at("22:40").report("child", abandoned())
    tale.want(between("22:40", "22:41"), told_first)
    tale.want_every("30m", between("22:40", "day 2 00:10"), desk)
    tale.at("22:43").send_somebody("child", *others(told_first))
    tale.at("23:00").order("police-clerk-1", "child", seen(tale, "22:55"))
    tale.at("day 2 00:20").send_somebody("child", "unknown-duty-1")
    tale.until("day 2 06:00")
    county.lives(tale)
