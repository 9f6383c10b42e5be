"""The same child in two counties: both are told, nothing joins, and an index learns nothing but tokens and numbers."""

from services.triage.core.across import index_of, is_index
from services.triage.core.invariants import check
from shared.contracts.alerts import AlertRequested
from shared.contracts.base import Message
from shared.contracts.crossings import ChildMetElsewhere, ChildrenFiled, OfferTransfer, TokensIndexed
from shared.contracts.wire import sha256_hex
from tests.support.triage_core import MINUTE, child, of, refusal
from tests.support.two_counties import OTHER, CountyBook, TwoCounties, accept, offered

TOKEN = "3f" * 32
ANOTHER = "a1" * 32
CHILD = child("PHYSICAL_ABUSE", age=6)


def events(book: CountyBook) -> list[Message]:
    return [event for event, _ in book.log]


def two() -> TwoCounties:
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    return world


def meet(world: TwoCounties) -> None:
    """A minute goes by, and everything arrives, twice over."""
    for _ in range(2):
        world.passes(2 * MINUTE)
        world.deliver()


def test_both_counties_are_told_once_and_nothing_joins() -> None:
    world = two()
    world.home.file(CHILD, report_id="r1", id_tokens=(TOKEN,), tokens=(ANOTHER,))
    meet(world)
    world.away.file(CHILD, report_id="b1", county=OTHER, id_tokens=(TOKEN,), tokens=(ANOTHER,))
    meet(world)
    for book, case, other in ((world.home, "r1.0", (OTHER, "b1.0")), (world.away, "b1.0", ("520327", "r1.0"))):
        (told,) = of(events(book), ChildMetElsewhere)
        assert (told.case, told.other_county, told.other_case) == (case, *other)
        assert book.case(case).elsewhere == (other,)
        alerts = [alert for alert in of(events(book), AlertRequested) if alert.reason == "SAME_CHILD_ELSEWHERE"]
        assert [alert.case for alert in alerts] == [case]
        assert book.case(case).linked == ()
        assert check(book.state) == []


def test_one_county_does_not_meet_itself_and_strangers_do_not_meet() -> None:
    world = two()
    world.home.file(CHILD, report_id="r1", id_tokens=(TOKEN,))
    world.home.file(CHILD, report_id="r2", id_tokens=(TOKEN,))
    world.away.file(CHILD, report_id="b1", county=OTHER, id_tokens=(ANOTHER,))
    meet(world)
    assert of(events(world.home), ChildMetElsewhere) == of(events(world.away), ChildMetElsewhere) == []


def test_what_a_minute_brings_is_sent_at_once_and_an_index_gets_only_its_tokens() -> None:
    world = two()
    tokens = [sha256_hex(str(number).encode()) for number in range(40)]
    for number, token in enumerate(tokens):
        world.home.file(CHILD, report_id=f"r{number}", id_tokens=(token,))
    assert not world.home.sent
    world.home.passes(2 * MINUTE)
    firsts = {each.crossing_id: each for each in world.home.sent}
    assert 1 < len(firsts) <= 16
    for message in firsts.values():
        assert is_index(message.county)
        assert isinstance(message.body, ChildrenFiled)
        assert {index_of(entry.token) for entry in message.body.entries} == {message.county}
    world.deliver()
    found = [entry.token for said in of(events(world.index), TokensIndexed) for entry in said.entries]
    assert sorted(found) == sorted(tokens)
    assert not world.home.state.county("520327").outbox


def test_a_case_that_went_over_does_not_meet_itself() -> None:
    world = offered(CHILD)
    world.home.file(CHILD, report_id="r7", id_tokens=(TOKEN,), receipt=world.home.case("r1.0").receipt)
    meet(world)
    accept(world)
    world.deliver()
    world.away.file(CHILD, report_id="b1", county=OTHER, id_tokens=(TOKEN,))
    meet(world)
    assert of(events(world.away), ChildMetElsewhere) == of(events(world.home), ChildMetElsewhere) == []


def test_no_case_is_offered_to_an_index() -> None:
    world = two()
    world.home.file(CHILD, report_id="r1")
    body = OfferTransfer(case="r1.0", to_county=index_of(TOKEN), reason="CHILD_MOVED")
    assert refusal(world.home.says(body)) == "NOT_A_COUNTY"
