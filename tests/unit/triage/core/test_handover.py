"""Change of shift: what cannot wait is taken over by the next officer, or it lapses and whoever is on duty is told."""

from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import AcknowledgementExpired, HandoverDue, HandoverRested, TakenOver
from shared.contracts.vocabulary import Department
from tests.support.triage_core import DAY, HOUR, MINUTE, T0, CoreWorld, child, of, refusal, told

CIVIL = Department.CIVIL_AFFAIRS
END = T0 + 20 * MINUTE
GRACE = 30 * MINUTE


def on_shift(until_ms: int = END, concern: str = "ABANDONED") -> CoreWorld:
    """One S1 of a county whose officer's shift ends soon."""
    world = CoreWorld().staff()
    world.shift("officer", "E1", T0 - HOUR, until_ms)
    world.file(child(concern), report_id="r")
    return world


def holder(world: CoreWorld) -> str | None:
    return world.case("r.0").ladders[CIVIL].acknowledged_by


def test_accepted_and_not_sent_is_taken_over_half_an_hour_after_the_shift_at_the_latest() -> None:
    world = on_shift(T0 + 5 * MINUTE)
    due = of(world.order("officer", asked.Acknowledge(case="r.0")), HandoverDue)
    assert [(each.by, each.due_at_ms) for each in due] == [("officer", T0 + 5 * MINUTE + GRACE)]


def test_who_was_sent_to_a_child_nobody_has_seen_goes_off_duty_and_whoever_is_on_duty_is_told() -> None:
    world = on_shift()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.shift("officer2", "E1", END, END + 8 * HOUR)
    events = world.until(END + GRACE)
    assert [each.reason for each in of(events, AcknowledgementExpired)] == ["SHIFT_ENDED"]
    assert ("CIVIL_AFFAIRS", "E1") in told(events)
    assert holder(world) is None
    alert = [each for each in of(events, AlertRequested) if each.department is CIVIL][-1]
    assert (alert.step, alert.reason) == ("E1", "SHIFT_ENDED")
    assert ("CIVIL_AFFAIRS", "E2") in told(world.until(END + GRACE + 15 * MINUTE)), "and the ladder climbs from there"


def test_the_next_officer_takes_over_and_nothing_lapses() -> None:
    world = on_shift()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.shift("officer2", "E1", END - MINUTE, END + 8 * HOUR)
    world.until(END)
    decision = world.order("officer2", asked.TakeOver(case="r.0"))
    assert [(each.by, each.before) for each in of(decision, TakenOver)] == [("officer2", "officer")]
    assert [each.due_at_ms for each in of(decision, HandoverDue)] == [END + 8 * HOUR + GRACE]
    assert holder(world) == "officer2"
    assert world.case("r.0").ladders[CIVIL].dispatched
    assert of(world.until(END + 2 * HOUR), AcknowledgementExpired) == []


def test_who_takes_over_off_the_rota_keeps_the_time_that_stood() -> None:
    world = on_shift()
    world.order("officer", asked.Dispatch(case="r.0"))
    decision = world.order("officer2", asked.TakeOver(case="r.0"))
    assert [(each.by, each.due_at_ms) for each in of(decision, HandoverDue)] == [("officer2", END + GRACE)]
    assert [each.reason for each in of(world.until(END + GRACE), AcknowledgementExpired)] == ["SHIFT_ENDED"]


def test_to_take_over_gives_no_more_time_to_send_somebody() -> None:
    world = on_shift()
    world.order("officer", asked.Acknowledge(case="r.0"))
    world.until(T0 + 25 * MINUTE)
    world.order("officer2", asked.TakeOver(case="r.0"))
    expired = of(world.until(T0 + 31 * MINUTE), AcknowledgementExpired)
    assert [each.reason for each in expired] == ["NO_DISPATCH"]


def test_shifts_that_follow_on_each_other_are_one() -> None:
    world = CoreWorld().staff()
    world.shift("officer", "E1", T0 - HOUR, END)
    world.shift("officer", "E2", END, END + 2 * HOUR)
    world.file(child("ABANDONED"), report_id="r")
    due = of(world.order("officer", asked.Dispatch(case="r.0")), HandoverDue)
    assert [each.due_at_ms for each in due] == [END + 2 * HOUR + GRACE]


def test_a_shift_that_was_added_meanwhile_is_waited_for() -> None:
    world = on_shift()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.shift("officer", "E2", END, END + 3 * HOUR)
    events = world.until(END + GRACE)
    assert of(events, AcknowledgementExpired) == []
    assert [each.due_at_ms for each in of(events, HandoverDue)] == [END + 3 * HOUR + GRACE]


def test_a_child_that_was_seen_waits_for_the_officers_next_shift() -> None:
    world = on_shift()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    events = world.until(END + GRACE)
    assert of(events, AcknowledgementExpired) == []
    assert len(of(events, HandoverRested)) == 1
    assert holder(world) == "officer"


def test_who_is_on_no_rota_has_no_end_of_shift() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    assert of(world.order("officer", asked.Dispatch(case="r.0")), HandoverDue) == []


def test_an_answer_by_link_belongs_to_the_officer_who_has_the_phones_shift() -> None:
    world = on_shift(T0 + 10 * MINUTE)
    alert = next(e for e, _ in world.log if isinstance(e, AlertRequested) and (e.department, e.step) == (CIVIL, "E1"))
    due = of(world.answer(alert), HandoverDue)
    assert [each.due_at_ms for each in due] == [T0 + 10 * MINUTE + GRACE]


def test_what_nobody_has_or_one_has_oneself_is_not_taken_over() -> None:
    world = on_shift()
    assert refusal(world.order("officer2", asked.TakeOver(case="r.0"))) == "IN_NOBODYS_HAND"
    world.order("officer", asked.Acknowledge(case="r.0"))
    assert refusal(world.order("officer", asked.TakeOver(case="r.0"))) == "YOURS_ALREADY"
    assert refusal(world.order("police", asked.TakeOver(case="r.0"))) == "ROLE"
    hers = asked.TakeOver(case="r.0", department=Department.EDUCATION)
    assert refusal(world.order("officer2", hers)) in {"NOT_TOLD", "DEPARTMENT"}


def test_a_case_that_closes_leaves_no_change_of_shift_behind() -> None:
    world = on_shift(T0 + 3 * DAY)
    world.order("officer", asked.Dispatch(case="r.0"))
    world.safe_return("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason="RETURNED_ASSESSED"))
    assert not [name for name in world.pending if "~SHIFT~" in name]
    assert of(world.until(T0 + 4 * DAY), HandoverRested) == []
