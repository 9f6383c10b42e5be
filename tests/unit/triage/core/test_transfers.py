"""A case crosses to another county: offered, accepted in writing, refused, taken back; and what goes wrong."""

import pytest

from services.triage.core.invariants import check
from services.triage.core.state import OfferStatus
from shared.auditing.audit import Audit
from shared.auditing.marks import marks_of
from shared.auditing.observations import Window
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.crossings import (
    AcceptTransfer,
    CrossingReceived,
    OfferTransfer,
    RefuseTransfer,
    TransferAnswered,
    WithdrawTransfer,
)
from shared.contracts.events import CaseClosed, CaseOpened, ClockBreached, ClockStarted
from shared.contracts.identity import DestroyIdentity, ErasureGround, IdentityPart, OpenIdentity, OpeningPurpose
from shared.contracts.vocabulary import CaseState, CloseReason, Holder, Level, Role
from tests.support.triage_core import DAY, HOUR, MINUTE, child, custody, of, refusal, told
from tests.support.two_counties import OTHER, TwoCounties, accept, offered

ABUSED = child("PHYSICAL_ABUSE", age=6)


def test_the_offer_changes_nothing_in_the_sending_county_but_a_clock_for_the_answer() -> None:
    world = TwoCounties()
    world.home.serve()
    world.home.file(ABUSED, report_id="r1")
    before = world.home.case("r1.0")
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    after = world.home.case("r1.0")
    assert after.ladders == before.ladders
    assert after.state is before.state
    assert set(after.clocks) - set(before.clocks) == {"TRANSFER_ANSWER"}
    assert {name: after.clocks[name] for name in before.clocks} == dict(before.clocks)


def test_the_receiving_county_has_an_item_with_a_ladder_and_is_not_responsible() -> None:
    world = offered(ABUSED)
    item = world.item()
    assert item.state is CaseState.OFFERED
    assert item.level is world.home.case("r1.0").level
    assert not item.clocks
    assert {ladder.value for ladder in item.ladders} == {"CIVIL_AFFAIRS"}
    told_there = [event for event, _ in world.away.log if isinstance(event, AlertRequested)]
    assert [(alert.department.value, alert.step.value) for alert in told_there] == [("CIVIL_AFFAIRS", "E1")]
    for body in (asked.Dispatch(case=item.case), asked.CloseCase(case=item.case, reason="SUPPORT_COMPLETED")):
        assert refusal(world.away.says(body)) == "OFFERED_ONLY"


def test_a_case_that_another_county_offers_is_no_filing_of_this_one_in_the_figures() -> None:
    world = offered(ABUSED)
    audits = []
    for book in world.books():
        audit = Audit(Window(0, world.home.now_ms + DAY, ""))
        for number, (event, at_ms) in enumerate(book.log):
            fields = {"county": book.county, "book": 0, "seq": number + 1, "decided_at_ms": at_ms}
            record = fields | {"events": [event.model_dump(mode="json", exclude_none=True)]}
            for mark in marks_of(record):
                audit.take(mark)
        audits.append(audit)
    assert [len(life.filings) for audit in audits for life in audit.lives.values()] == [1, 0]


def test_an_offer_that_nobody_answers_climbs_to_the_prefecture_and_in_the_sending_county_too() -> None:
    world = offered(ABUSED)
    world.away.says(asked.Acknowledge(case=world.item().case))
    later = world.away.passes(3 * HOUR)
    assert ("CIVIL_AFFAIRS", "E4") in told(later)
    later_on = world.away.passes(2 * DAY)
    assert len([1 for each in told(later_on) if each[1] == "E5"]) > 5, "the top rung is repeated"
    breaches = [event.clock for event in of(world.home.passes(3 * HOUR), ClockBreached)]
    assert "TRANSFER_ANSWER" in breaches
    assert world.home.case("r1.0").transfer is not None


def test_accepted_in_writing_the_case_goes_over_and_closes_as_transferred() -> None:
    world = offered(ABUSED, custody_now=custody(Holder.SCHOOL))
    world.passes(20 * MINUTE)
    before = world.home.case("r1.0")
    accept(world)
    taken = world.item()
    assert world.home.case("r1.0").transfer is not None, "the sender is responsible until it has recorded it"
    assert taken.incoming is not None
    assert taken.incoming.status is OfferStatus.ACCEPTED
    world.deliver()
    assert world.home.state.case("r1.0") is None
    stub = world.home.state.stub("r1.0")
    assert stub is not None
    assert stub.reason is CloseReason.TRANSFERRED
    after = world.item()
    assert after.incoming is not None
    assert after.incoming.status is OfferStatus.SETTLED
    assert (after.facts, after.level, after.receipt) == (before.facts, before.level, before.receipt)
    for name, clock in before.clocks.items():
        if name != "TRANSFER_ANSWER":
            assert after.clocks[name].due_at_ms <= clock.due_at_ms, name
    assert not world.home.state.county("520327").outbox
    assert not world.away.state.county(OTHER).outbox


def test_a_clock_that_ran_out_over_there_is_told_here_no_later() -> None:
    world = offered(ABUSED)
    world.passes(5 * HOUR)
    seen = world.home.case("r1.0").clocks["SEEN"]
    assert seen.breaches > 0
    pending = world.home.case("r1.0").deadlines[seen.deadline or ""].due_at_ms
    accept(world)
    here = world.item().clocks["SEEN"]
    assert here.due_at_ms == seen.due_at_ms
    assert world.item().deadlines[here.deadline or ""].due_at_ms <= pending


def test_what_was_met_is_not_begun_again() -> None:
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    world.home.file(ABUSED, report_id="r1")
    world.home.says(asked.RecordChildSeen(case="r1.0", seen_at_ms=world.home.now_ms))
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    world.deliver()
    accept(world)
    assert world.item().clocks["SEEN"].met
    assert world.item().seen_at_ms == world.home.case("r1.0").seen_at_ms


def test_what_happens_between_offer_and_acceptance_joins_the_case() -> None:
    world = offered(ABUSED)
    accept(world)
    world.home.file(
        child("SEXUAL_ABUSE", age=6, injury="SERIOUS"), report_id="r2", receipt=world.home.case("r1.0").receipt
    )
    world.home.says(asked.RecordChildSeen(case="r1.0", seen_at_ms=world.home.now_ms))
    there = world.home.case("r1.0")
    world.deliver()
    here = world.item()
    assert "SEXUAL_ABUSE" in {each.value for each in here.facts.children[0].concerns}
    assert here.level is Level.S1
    assert here.seen_at_ms == there.seen_at_ms
    assert here.clocks["SEEN"].met


def test_refused_with_a_reason_the_case_stays_and_the_officers_are_told() -> None:
    world = offered(ABUSED)
    item = world.item().case
    world.away.says(RefuseTransfer(case=item, reason="CHILD_NOT_HERE"))
    world.deliver()
    assert world.away.state.case(item) is None
    assert world.home.case("r1.0").transfer is None
    assert world.home.case("r1.0").clocks["TRANSFER_ANSWER"].met
    answers = [event for event, _ in world.home.log if isinstance(event, AlertRequested)]
    assert answers[-1].reason == "TRANSFER_REFUSED"
    assert refusal(world.away.says(asked.ReopenCase(case=item, reason="MISTAKE"))) == "OFFER_OVER"
    assert refusal(world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="AGAIN"))) is None
    world.deliver()
    assert world.item().case != item, "another offer is another item"


def test_an_offer_taken_back_ends_the_item() -> None:
    world = offered(ABUSED)
    item = world.item().case
    world.home.says(WithdrawTransfer(case="r1.0", reason="MISTAKE"))
    world.deliver()
    assert world.away.state.case(item) is None
    assert world.home.case("r1.0").transfer is None
    assert world.home.case("r1.0").deadlines


def test_both_act_at_once_and_nobody_is_forgotten() -> None:
    world = offered(ABUSED)
    accept(world)
    world.home.says(WithdrawTransfer(case="r1.0", reason="MISTAKE"))
    world.deliver()
    assert world.home.case("r1.0").transfer is None
    taken = world.item()
    assert taken.incoming is not None
    assert taken.incoming.status is OfferStatus.VOID
    assert of([event for event, _ in world.home.log], TransferAnswered)[-1].effect is False
    assert refusal(world.away.says(asked.CloseCase(case=taken.case, reason="OFFER_ENDED"))) is None
    assert world.home.case("r1.0").deadlines


def test_the_sender_closes_meanwhile_and_the_other_county_has_the_only_case() -> None:
    world = offered(ABUSED)
    accept(world)
    died = asked.RecordChildSeen(case="r1.0", seen_at_ms=world.home.now_ms, dead=True)
    world.home.says(died, "supervisor", Role.SUPERVISOR)
    world.home.says(asked.CloseCase(case="r1.0", reason="DIED"))
    world.deliver()
    taken = world.item()
    assert taken.incoming is not None
    assert taken.incoming.status is OfferStatus.CLOSED_THERE
    assert refusal(world.away.says(asked.CloseCase(case=taken.case, reason="OFFER_ENDED"))) == "NOT_OFFERED"


def test_the_only_way_to_transferred_is_an_acceptance() -> None:
    world = offered(ABUSED)
    assert refusal(world.home.says(asked.CloseCase(case="r1.0", reason="TRANSFERRED"))) == "NOT_ACCEPTED_THERE"


def test_two_answers_of_the_other_county_are_one() -> None:
    world = offered(ABUSED)
    item = world.item().case
    accept(world)
    assert refusal(world.away.says(RefuseTransfer(case=item, reason="CHILD_NOT_HERE"))) == "NOT_OFFERED"
    assert refusal(world.away.says(AcceptTransfer(case=item, reference="2026-18"))) == "NOT_OFFERED"


def test_a_message_that_comes_twice_has_an_effect_once_and_is_receipted_twice() -> None:
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    world.home.file(ABUSED, report_id="r1")
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    (message,) = world.home.sent
    first, second = world.away.hears(message), world.away.hears(message)
    assert of(first, CaseOpened)
    assert [type(event).__name__ for event in second.events] == ["CrossingReceived"]
    assert of(second, CrossingReceived)[0].again
    assert [each.body.type for each in world.away.sent] == ["Receipt", "Receipt"]


def test_an_offer_that_is_lost_is_said_again_until_its_receipt_comes_and_the_officer_is_told() -> None:
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    world.home.file(ABUSED, report_id="r1")
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    (lost,) = world.home.sent
    world.home.sent.clear()
    later = world.home.passes(20 * MINUTE)
    assert [each.crossing_id for each in world.home.sent] == [lost.crossing_id] * 4
    assert "OFFER_NOT_DELIVERED" in [alert.reason for alert in of(later, AlertRequested)]
    world.deliver()
    assert not world.home.state.county("520327").outbox
    world.home.passes(DAY)
    assert not world.home.sent


def test_withdrawn_before_it_came_it_never_opens() -> None:
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    world.home.file(ABUSED, report_id="r1")
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    world.home.says(WithdrawTransfer(case="r1.0", reason="MISTAKE"))
    world.home.sent.reverse()
    world.deliver()
    assert not of([event for event, _ in world.away.log], CaseOpened)
    assert check(world.away.state) == []


def test_a_filing_about_the_child_in_the_receiving_county_does_not_join_what_is_only_offered() -> None:
    world = offered(ABUSED)
    item = world.item().case
    world.away.file(ABUSED, report_id="b1", county=OTHER, receipt=world.item().receipt)
    assert world.away.case("b1.0").case != item
    assert world.item().state is CaseState.OFFERED


@pytest.mark.parametrize("to_county", ["520327", "000000"])
def test_an_offer_names_another_county(to_county: str) -> None:
    world = TwoCounties()
    world.home.serve()
    world.home.file(ABUSED, report_id="r1")
    body = OfferTransfer(case="r1.0", to_county=to_county, reason="CHILD_MOVED")
    assert refusal(world.home.says(body)) == "NOT_A_COUNTY"


def test_an_identity_is_not_opened_before_the_case_is_accepted_nor_destroyed_where_it_is_no_more() -> None:
    world = offered(ABUSED)
    opening = OpenIdentity(
        case=world.item().case, parts=(IdentityPart.CHILD,), reason="VISIT", purpose=OpeningPurpose.GO_TO_CHILD
    )
    assert refusal(world.away.says(opening)) == "OFFERED_ONLY"
    accept(world)
    world.deliver()
    assert refusal(world.away.says(opening)) is None
    order = DestroyIdentity(case="r1.0", ground=ErasureGround.RETENTION_OVER, reference="2030-1")
    assert refusal(world.home.says(order, "supervisor", Role.SUPERVISOR)) == "CASE_ELSEWHERE"


def test_clocks_begin_in_the_other_county_as_they_began_here() -> None:
    world = offered(ABUSED)
    world.passes(30 * MINUTE)
    decision = accept(world)
    started = {event.clock: event for event in of(decision, ClockStarted)}
    for name, clock in world.home.case("r1.0").clocks.items():
        if name != "TRANSFER_ANSWER":
            assert (started[name].start_at_ms, started[name].due_at_ms) == (clock.start_at_ms, clock.due_at_ms)


def test_a_case_that_came_may_go_on_to_a_third_county_or_back() -> None:
    world = offered(ABUSED)
    accept(world)
    again = OfferTransfer(case=world.item().case, to_county="520327", reason="CHILD_BACK")
    assert refusal(world.away.says(again)) == "NOT_SETTLED"
    world.deliver()
    assert refusal(world.away.says(again)) is None
    world.deliver()
    back = [case for case in world.home.state.county("520327").cases.values() if case.incoming is not None]
    assert [case.state for case in back] == [CaseState.OFFERED]
    world.home.says(AcceptTransfer(case=back[0].case, reference="2026-20"))
    world.deliver()
    assert world.away.state.case(world.item().case if world.away.state.county(OTHER).cases else "") is None
    closed = of([event for event, _ in world.away.log], CaseClosed)
    assert [event.reason for event in closed] == [CloseReason.TRANSFERRED]
