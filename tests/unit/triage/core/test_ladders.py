"""Ladders climb, skip, repeat, and never fall silent; one department never silences another."""

from itertools import pairwise

from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AlertWithdrawn, AnswerCode, FeedbackDue
from shared.contracts.events import (
    AcknowledgementExpired,
    AnswerRecorded,
    ClockBreached,
    DepartmentAcknowledged,
    DepartmentDispatched,
    RungReached,
    RungScheduled,
)
from shared.contracts.vocabulary import CaseState, Department, FeedbackStatus, Holder, LadderStep, Level
from tests.support.triage_core import COUNTY, DAY, HOUR, MINUTE, T0, CoreWorld, child, contact, of, refusal, told

CIVIL = Department.CIVIL_AFFAIRS
POLICE = Department.POLICE


def filed(**more: object) -> CoreWorld:
    world = CoreWorld().staff(**more)  # type: ignore[arg-type]
    world.file(child("ABANDONED"), report_id="r")
    return world


def alert_of(world: CoreWorld, department: str, step: str) -> AlertRequested:
    return [e for e, _ in world.log if isinstance(e, AlertRequested) and (e.department, e.step) == (department, step)][
        -1
    ]


def test_nobody_answers_and_both_ladders_climb_by_the_table() -> None:
    world = filed()
    assert told(world.until(T0 + 14 * MINUTE)) == []
    assert set(told(world.until(T0 + 15 * MINUTE))) == {("CIVIL_AFFAIRS", "E2"), ("POLICE", "D2")}
    assert set(told(world.until(T0 + 30 * MINUTE))) == {("CIVIL_AFFAIRS", "E3")}
    later = told(world.until(T0 + 119 * MINUTE))
    assert later == []
    assert {("CIVIL_AFFAIRS", "E4"), ("POLICE", "D3")} <= set(told(world.until(T0 + 2 * HOUR)))


def test_the_top_rung_repeats_until_somebody_acts() -> None:
    world = filed()
    events = world.until(T0 + 27 * HOUR)
    repeats = [e.repeat for e in of(events, RungReached) if e.step is LadderStep.E5]
    assert repeats == list(range(len(repeats)))
    assert len(repeats) == 7


def test_an_acknowledgement_silences_its_own_department_alone_and_is_told_to_the_reporter() -> None:
    world = filed()
    decision = world.order("officer", asked.Acknowledge(case="r.0"))
    assert world.case("r.0").state is CaseState.ACKNOWLEDGED
    assert [e.status for e in of(decision, FeedbackDue)] == [FeedbackStatus.ACCEPTED]
    assert {alert.alert_id.split("~")[1] for alert in of(decision, AlertWithdrawn)} == {"CIVIL_AFFAIRS"}
    events = world.until(T0 + 20 * MINUTE)
    assert told(events) == [("POLICE", "D2")]


def test_an_acknowledgement_without_dispatch_lapses_and_the_ladder_goes_on() -> None:
    world = filed()
    world.until(T0 + 10 * MINUTE)
    world.order("officer", asked.Acknowledge(case="r.0"))
    events = world.until(T0 + 40 * MINUTE)
    assert [e.department for e in of(events, AcknowledgementExpired)] == [CIVIL]
    assert ("CIVIL_AFFAIRS", "E2") in told(events)
    assert world.case("r.0").state is CaseState.TRIAGED
    assert ("CIVIL_AFFAIRS", "E3") in told(world.until(T0 + 55 * MINUTE))


def test_a_dispatch_quiets_the_ladder_but_not_the_clocks() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.order("police", asked.Dispatch(case="r.0", department=POLICE))
    assert world.case("r.0").state is CaseState.DISPATCHED
    events = world.until(T0 + 3 * HOUR)
    assert of(events, RungReached) == []
    assert next(e.clock for e in of(events, ClockBreached)) == "SEEN"
    assert ("CIVIL_AFFAIRS", "E3") in told(events)


def test_a_breach_climbs_and_is_repeated_until_the_child_is_seen() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    events = world.until(T0 + 3 * HOUR)
    assert [(e.clock, e.repeat) for e in of(events, ClockBreached)] == [("SEEN", 0), ("SEEN", 1), ("SEEN", 2)]
    steps = [step for department, step in told(events) if department == "CIVIL_AFFAIRS"]
    assert steps == ["E3", "E4", "E5"]
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    assert "SEEN" not in {e.clock for e in of(world.until(T0 + 6 * HOUR), ClockBreached)}


def test_unstaffed_rungs_are_skipped_at_once() -> None:
    world = CoreWorld().staff(without=("DUTY_1", "DUTY_2"))
    decision = world.file(child("ABANDONED"), report_id="r")
    assert ("CIVIL_AFFAIRS", "E3") in told(decision)
    skipped = [(e.step.value, e.staffed) for e in of(decision, RungReached) if e.department is CIVIL]
    assert skipped == [("E0", True), ("E1", False), ("E2", False), ("E3", True)]


def test_a_county_without_anybody_goes_on_repeating_and_is_told_as_soon_as_somebody_is_there() -> None:
    world = CoreWorld()
    world.file(child("ABANDONED"), report_id="r")
    events = world.until(T0 + 2 * HOUR)
    assert told(events) == []
    assert len([e for e in of(events, RungScheduled) if e.department is CIVIL]) == 12
    decision = world.order("operator", asked.SetContact(contact=contact("CIVIL_AFFAIRS", "DUTY_1")))
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)


def test_a_department_without_any_staffed_rung_falls_to_whoever_can_be_reached() -> None:
    world = CoreWorld().staff(without=("STATION", "COMMAND", "LEADER"))
    decision = world.file(child("ABANDONED"), report_id="r")
    fallen = [e for e in of(decision, AlertRequested) if e.ladder is POLICE]
    assert [(e.department, e.reason) for e in fallen] == [(CIVIL, "NO_RUNG_STAFFED")]


def test_a_failed_alert_climbs_at_once_and_a_repetition_of_the_outcome_has_no_effect() -> None:
    world = filed()
    alert = alert_of(world, "CIVIL_AFFAIRS", "E1")
    decision = world.settle(alert, AlertResult.FAILED)
    assert told(decision) == [("CIVIL_AFFAIRS", "E2")]
    assert world.settle(alert, AlertResult.FAILED).events == ()


def test_a_failed_alert_of_a_rung_that_is_past_or_acknowledged_does_not_climb() -> None:
    world = filed()
    alert = alert_of(world, "CIVIL_AFFAIRS", "E1")
    world.until(T0 + 15 * MINUTE)
    assert told(world.settle(alert, AlertResult.FAILED)) == []
    world.order("police", asked.Acknowledge(case="r.0", department=POLICE))
    assert told(world.settle(alert_of(world, "POLICE", "D1"), AlertResult.FAILED)) == []


def test_declining_tells_the_next_rung_and_the_top_repeats() -> None:
    world = filed()
    decline = asked.Decline(case="r.0", department=POLICE, reason="NOT_COMPETENT")
    assert told(world.order("police", decline)) == [("POLICE", "D2")]
    assert told(world.order("police", decline)) == [("POLICE", "D3")]
    assert told(world.order("police", decline)) == []
    assert ("POLICE", "D3") in told(world.passes(31 * MINUTE))


def test_a_department_that_sent_somebody_may_hand_back_and_the_ladder_goes_on_at_the_next_rung() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.passes(MINUTE)
    decision = world.order("officer", asked.Decline(case="r.0", department=CIVIL, reason="UNABLE"))
    assert told(decision) == [("CIVIL_AFFAIRS", "E2")]
    assert of(decision, FeedbackDue) == [], "what the reporter was told stays told"
    assert world.case("r.0").state is CaseState.TRIAGED
    assert any("had sent somebody and hands it back" in sentence for sentence in decision.why)
    again = world.order("officer2", asked.Acknowledge(case="r.0"))
    assert of(again, FeedbackDue) == []


def test_handing_back_at_the_top_tells_the_top_at_once() -> None:
    world = filed()
    world.until(T0 + 25 * HOUR)
    world.order("officer", asked.Dispatch(case="r.0"))
    decision = world.order("officer", asked.Decline(case="r.0", department=CIVIL, reason="UNABLE"))
    assert told(decision) == [("CIVIL_AFFAIRS", "E5")]


def test_the_reporters_page_never_goes_backwards_whoever_hands_back_or_lets_it_lapse() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    world.order("police", asked.Acknowledge(case="r.0", department=POLICE))
    decision = world.order("officer", asked.Decline(case="r.0", department=CIVIL, reason="UNABLE"))
    assert of(decision, FeedbackDue) == []
    assert world.case("r.0").state is CaseState.ACKNOWLEDGED
    assert of(world.passes(31 * MINUTE), FeedbackDue) == [], "a lapsed acknowledgement un-tells nothing"
    assert world.case("r.0").state is CaseState.TRIAGED
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=world.now_ms))
    pages = [event.status for event, _ in world.log if isinstance(event, FeedbackDue)]
    assert pages == [FeedbackStatus.RECEIVED, FeedbackStatus.ACCEPTED, FeedbackStatus.PROTECTED]


def test_answers_by_link_have_the_same_effect_as_commands() -> None:
    world = filed()
    decision = world.answer(alert_of(world, "POLICE", "D1"))
    (acknowledged,) = of(decision, DepartmentAcknowledged)
    assert (acknowledged.department, acknowledged.by) == (POLICE, "contact:police-station")
    assert of(world.answer(alert_of(world, "POLICE", "D1"), AnswerCode.DISPATCH), DepartmentDispatched)
    decision = world.answer(alert_of(world, "CIVIL_AFFAIRS", "E1"), AnswerCode.DECLINE)
    assert told(decision) == [("CIVIL_AFFAIRS", "E2")]


def test_the_village_that_was_told_on_the_way_cannot_silence_civil_affairs() -> None:
    world = filed()
    decision = world.answer(alert_of(world, "VILLAGE", "E0"))
    assert of(decision, AnswerRecorded)
    assert of(decision, DepartmentAcknowledged) == []
    assert ("CIVIL_AFFAIRS", "E2") in told(world.until(T0 + 15 * MINUTE))


def test_an_answer_for_an_alert_that_was_never_asked_has_no_effect() -> None:
    world = filed()
    forged = alert_of(world, "POLICE", "D1").model_copy(update={"alert_id": "another~POLICE~D1~1"})
    assert of(world.answer(forged), DepartmentAcknowledged) == []


def test_two_undispatched_s1_on_one_officer_go_to_e2_at_once() -> None:
    world = filed()
    world.file(child("ABANDONED"), report_id="q")
    world.order("officer", asked.Acknowledge(case="r.0"))
    decision = world.order("officer", asked.Acknowledge(case="q.0"))
    both = [(e.case, e.step.value, e.reason) for e in of(decision, AlertRequested)]
    assert sorted(both) == [("q.0", "E2", "TWO_UNDISPATCHED"), ("r.0", "E2", "TWO_UNDISPATCHED")]
    world.file(child("ABANDONED"), report_id="p")
    assert of(world.order("officer2", asked.Acknowledge(case="p.0")), AlertRequested) == []


def test_an_answer_by_link_and_a_command_of_the_officer_on_duty_are_one_officers() -> None:
    world = filed()
    world.shift("officer", "E1")
    world.file(child("ABANDONED"), report_id="q")
    world.answer(alert_of(world, "CIVIL_AFFAIRS", "E1"))
    assert world.case("q.0").ladders[CIVIL].acknowledged_by == "contact:civil_affairs-duty_1"
    decision = world.order("officer", asked.Acknowledge(case="r.0"))
    both = [(e.case, e.step.value, e.reason) for e in of(decision, AlertRequested)]
    assert sorted(both) == [("q.0", "E2", "TWO_UNDISPATCHED"), ("r.0", "E2", "TWO_UNDISPATCHED")]
    world.file(child("ABANDONED"), report_id="p")
    assert of(world.order("officer2", asked.Acknowledge(case="p.0")), AlertRequested) == [], "another officer"


def test_new_facts_break_through_an_acknowledgement() -> None:
    world = filed()
    world.order("officer", asked.Acknowledge(case="r.0"))
    decision = world.file(child("ABANDONED", "SEXUAL_ABUSE"), report_id="r-2", receipt=f"{COUNTY}-r")
    assert [e.reason for e in of(decision, AcknowledgementExpired)] == ["NEW_FACTS"]
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)


def test_a_raised_level_starts_every_ladder_anew_even_after_a_dispatch() -> None:
    world = CoreWorld().staff()
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="r", receipt="x")
    world.order("officer", asked.Dispatch(case="r.0"))
    world.passes(HOUR)
    decision = world.file(child("ABANDONED"), report_id="r-2", receipt="x")
    assert world.case("r.0").level is Level.S1
    assert {("CIVIL_AFFAIRS", "E1"), ("POLICE", "D1")} <= set(told(decision))
    assert not world.case("r.0").ladders[CIVIL].dispatched


def test_an_officer_on_the_rota_is_told_besides_the_desk() -> None:
    world = CoreWorld().staff()
    world.order("operator", asked.SetContact(contact=contact("CIVIL_AFFAIRS", "NIGHT")))
    shift = asked.SetShift.model_validate(
        {
            "shift": {
                "shift_id": "s1", "county": COUNTY, "account": "officer", "rung": "E1",
                "contact_id": "civil_affairs-night", "from_ms": T0, "until_ms": T0 + DAY,
            }
        }
    )  # fmt: skip
    world.order("operator", shift)
    decision = world.file(child("ABANDONED"))
    (alert,) = [e for e in of(decision, AlertRequested) if e.step is LadderStep.E1]
    assert alert.contact_ids == ("civil_affairs-night", "civil_affairs-duty_1")
    world.now_ms = T0 + 2 * DAY
    decision = world.file(child("ABANDONED"))
    (alert,) = [e for e in of(decision, AlertRequested) if e.step is LadderStep.E1]
    assert alert.contact_ids == ("civil_affairs-duty_1",)


def test_an_implicated_contact_is_never_told() -> None:
    world = CoreWorld().staff()
    decision = world.file(
        child("ABANDONED"), implicated=[{"unit_type": "VILLAGE_COMMITTEE", "unit_id": "village-village_director"}]
    )
    assert all("village-village_director" not in alert.contact_ids for alert in of(decision, AlertRequested))


def test_a_late_deadline_says_so_and_still_gives_time_to_act() -> None:
    world = filed()
    world.now_ms = T0 + 3 * HOUR
    events = world.until(T0 + 3 * HOUR)
    (second,) = [e for e in of(events, RungReached) if e.step is LadderStep.E2]
    assert second.lateness_ms == 3 * HOUR - 15 * MINUTE
    assert all(alert.act_by_ms >= world.now_ms for alert in of(events, AlertRequested))


def test_nobody_is_woken_for_a_drop_out() -> None:
    night = T0 + 17 * HOUR + 40 * MINUTE
    world = CoreWorld().staff()
    world.now_ms = night
    world.file(child("DROPOUT"), report_id="r")
    world.order("officer", asked.Acknowledge(case="r.0"))
    (ack,) = [e for e, _ in world.log if isinstance(e, DepartmentAcknowledged)]
    assert ack.expires_at_ms == night + DAY + 5 * HOUR + 20 * MINUTE


def test_answers_of_departments_are_refused_with_a_reason() -> None:
    world = filed()
    assert refusal(world.order("police", asked.Acknowledge(case="r.0"))) == "DEPARTMENT"
    assert refusal(world.order("township", asked.Acknowledge(case="r.0", department=Department.TOWNSHIP))) == "NOT_TOLD"
    world.order("officer", asked.Acknowledge(case="r.0"))
    assert refusal(world.order("officer", asked.Acknowledge(case="r.0"))) == "ALREADY_ACKNOWLEDGED"
    world.order("officer", asked.Dispatch(case="r.0"))
    assert refusal(world.order("officer", asked.Dispatch(case="r.0"))) == "ALREADY_DISPATCHED"


def test_an_officer_tells_one_more_department() -> None:
    world = CoreWorld().staff()
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="r")
    decision = world.order("officer", asked.TellDepartment(case="r.0", department=POLICE, reason="RISK"))
    assert told(decision) == [("POLICE", "D1")]
    assert len(world.case("r.0").ladders[POLICE].steps) == 3
    again = world.order("officer", asked.TellDepartment(case="r.0", department=POLICE, reason="RISK"))
    assert refusal(again) == "ALREADY_TOLD"
    world.order("police", asked.ReportOutcome(case="r.0", department=POLICE, outcome="TRACED"))
    assert world.case("r.0").ladders[POLICE].dispatched


def test_a_breach_that_nobody_answers_grows_rarer_and_is_never_silent_for_more_than_a_day() -> None:
    world = filed()
    world.order("officer", asked.Dispatch(case="r.0"))
    events = world.until(T0 + 30 * DAY)
    repeats = [e for e in of(events, ClockBreached) if e.clock == "SEEN"]
    pauses = [after.due_at_ms - before.due_at_ms for before, after in pairwise(repeats)]
    assert pauses[:8] == [30 * MINUTE] * 8
    assert pauses == sorted(pauses)
    assert max(pauses) == DAY
    assert 35 <= len(repeats) <= 45
    asked_for = [e for e in of(events, AlertRequested) if e.reason == "BREACH.SEEN"]
    assert asked_for[-1].step is LadderStep.E5
    assert world.now_ms - asked_for[-1].requested_at_ms <= DAY
