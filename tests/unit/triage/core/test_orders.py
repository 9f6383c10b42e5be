"""Protection orders and suggestions: the clocks of court and units, started by what was recorded."""

import pytest

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.events import ClockBreached, ClockCancelled, ClockMet, ClockStarted, CommandRefused
from shared.contracts.vocabulary import Basis, Department
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, of

POLICY = parse_policy(load_policy_texts())
MONTH_LATER = T0 + 30 * DAY + 23 * HOUR
"""The month after T0's day ends with 2026-12-24 in Shanghai; who must act learns of it when duty begins, at 08:00."""


def filed() -> CoreWorld:
    world = CoreWorld(policy=POLICY).staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r")
    return world


def order(stage: str, *, urgent: bool = False, ends_at_ms: int | None = None) -> asked.RecordProtectionOrder:
    return asked.RecordProtectionOrder.model_validate(
        {"case": "r.0", "stage": stage, "urgent": urgent, "ends_at_ms": ends_at_ms}
    )


def suggestion(unit: Department, stage: str = "ISSUED") -> asked.RecordSuggestion:
    return asked.RecordSuggestion.model_validate(
        {"case": "r.0", "unit": unit, "issued_by": Department.PROCURATORATE, "stage": stage}
    )


@pytest.mark.parametrize(("urgent", "hours"), [(False, 72), (True, 24)])
def test_the_court_decides_on_a_protection_order_in_72_or_24_hours(*, urgent: bool, hours: int) -> None:
    [started] = of(filed().order("officer", order("APPLIED", urgent=urgent)), ClockStarted)
    assert (started.clock, started.due_at_ms - T0) == ("COURT_DECISION", hours * HOUR)
    assert (started.source.basis, "第二十八条" in started.source.citation) == (Basis.STATUTE, True)


def test_the_courts_decision_meets_its_clock_and_an_order_has_an_end_and_a_reminder() -> None:
    world = filed()
    world.order("officer", order("APPLIED"))
    decision = world.order("officer", order("GRANTED"))
    assert [event.clock for event in of(decision, ClockMet)] == ["COURT_DECISION"]
    assert [event.clock for event in of(decision, ClockStarted)] == [
        "PROTECTION_ORDER_RENEWAL", "PROTECTION_ORDER_ENDS"
    ]  # fmt: skip


def test_an_order_that_states_its_end_ends_then_and_a_renewal_takes_its_place() -> None:
    world = filed()
    ends = T0 + 60 * DAY
    world.order("officer", order("GRANTED", ends_at_ms=ends))
    assert world.case("r.0").clocks["PROTECTION_ORDER_ENDS"].due_at_ms == ends
    assert world.case("r.0").clocks["PROTECTION_ORDER_RENEWAL"].due_at_ms < ends
    decision = world.order("officer", order("GRANTED", ends_at_ms=T0 + 150 * DAY))
    assert [event.clock for event in of(decision, ClockCancelled)] == ["PROTECTION_ORDER_ENDS"]
    assert world.case("r.0").clocks["PROTECTION_ORDER_ENDS"].due_at_ms == T0 + 150 * DAY


def test_a_refused_order_has_no_end() -> None:
    world = filed()
    world.order("officer", order("APPLIED"))
    assert of(world.order("officer", order("REFUSED")), ClockStarted) == []
    assert "PROTECTION_ORDER_ENDS" not in world.case("r.0").clocks


def test_an_order_that_is_not_granted_has_no_end_and_an_end_lies_ahead() -> None:
    world = filed()
    refusals = [
        of(world.order("officer", order("APPLIED", ends_at_ms=T0 + DAY)), CommandRefused)[0].reason,
        of(world.order("officer", order("GRANTED", ends_at_ms=T0 - DAY)), CommandRefused)[0].reason,
    ]
    assert refusals == ["NO_ORDER", "IN_PAST"]


def test_a_unit_answers_a_suggestion_within_a_calendar_month() -> None:
    world = filed()
    [started] = of(world.order("officer", suggestion(Department.EDUCATION)), ClockStarted)
    assert (started.clock, started.due_at_ms) == ("SUGGESTION_REPLY.EDUCATION", MONTH_LATER - 8 * HOUR)
    assert started.source.basis is Basis.STATUTE
    look = asked.RecordAssessment(case="r.0", subject="CHILD")
    assert "SUGGESTION_REPLY.EDUCATION" not in {event.clock for event in of(world.order("officer", look), ClockMet)}
    decision = world.order("officer", suggestion(Department.EDUCATION, "ANSWERED"))
    assert [event.clock for event in of(decision, ClockMet)] == ["SUGGESTION_REPLY.EDUCATION"]


def test_two_units_have_a_clock_each_and_nobody_answers_what_was_not_asked() -> None:
    world = filed()
    world.order("officer", suggestion(Department.EDUCATION))
    world.order("officer", suggestion(Department.HEALTH))
    assert {"SUGGESTION_REPLY.EDUCATION", "SUGGESTION_REPLY.HEALTH"} <= set(world.case("r.0").clocks)
    refused = of(world.order("officer", suggestion(Department.HRSS, "ANSWERED")), CommandRefused)
    assert refused[0].reason == "NO_SUGGESTION"


def test_a_clerk_records_only_what_its_department_sent_or_got() -> None:
    refused = of(filed().order("police", suggestion(Department.EDUCATION)), CommandRefused)
    assert refused[0].reason == "DEPARTMENT"
    assert of(filed().order("police", order("APPLIED")), CommandRefused) == []


def test_an_unanswered_suggestion_is_a_breach_that_a_review_does_not_meet() -> None:
    world = filed()
    world.order("officer", suggestion(Department.EDUCATION))
    breached = {event.clock for event in world.passes(32 * DAY) if isinstance(event, ClockBreached)}
    assert "SUGGESTION_REPLY.EDUCATION" in breached
    look = asked.RecordAssessment(case="r.0", subject="CHILD")
    assert "SUGGESTION_REPLY.EDUCATION" not in {event.clock for event in of(world.order("officer", look), ClockMet)}
