"""The interim answer to the reporter is the receipt's page: its clock is met when the page shows it, and not before."""

from services.triage.core.clocks_of_case import start
from services.triage.core.decision import Draft
from services.triage.core.evolve import evolve
from shared.contracts import commands as asked
from shared.contracts.alerts import FeedbackDue
from shared.contracts.assessment import ClockDue, Source
from shared.contracts.events import ClockMet
from shared.contracts.vocabulary import Basis, ClockType, Department, FeedbackStatus
from tests.support.triage_core import COUNTY, HOUR, CoreWorld, child, of

CLOCK = "FEEDBACK_INTERIM"


def world_with_the_clock() -> CoreWorld:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    draft = Draft(world.state, COUNTY, world.policy, world.now_ms, world.now_ms)
    source = Source(rule="r", basis=Basis.STATUTE, citation="MPL 11(3)")
    due_ms = world.now_ms + 24 * HOUR
    start(draft, "r.0", ClockDue(id=CLOCK, clock_type=ClockType.WORKING_DAYS, start_at_ms=world.now_ms,
                                 due_at_ms=due_ms, source=source))  # fmt: skip
    for event in draft.events:
        world.state = evolve(world.state, event, world.now_ms)
        world.log.append((event, world.now_ms))
    world.pending.update({each.deadline_id: each.due_at_ms for each in draft.decision().opened})
    return world


def test_an_acknowledgement_shows_accepted_on_the_page_and_the_record_says_that_this_is_the_answer() -> None:
    decision = world_with_the_clock().order("officer", asked.Acknowledge(case="r.0"))
    assert [e.status for e in of(decision, FeedbackDue)] == [FeedbackStatus.ACCEPTED]
    assert CLOCK in {e.clock for e in of(decision, ClockMet)}
    assert any(CLOCK in sentence and "receipt's page" in sentence for sentence in decision.why)


def test_another_department_is_not_the_answer() -> None:
    world = world_with_the_clock()
    decision = world.order("police", asked.Acknowledge(case="r.0", department=Department.POLICE))
    assert of(decision, FeedbackDue) == []
    assert of(decision, ClockMet) == []
