"""A department that took its task over owes an outcome: a clock that climbs within and above the department."""

from itertools import pairwise

from services.triage.core.invariants import check
from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AnswerCode
from shared.contracts.events import ClockBreached, ClockCancelled, ClockMet, ClockStarted
from shared.contracts.vocabulary import Basis, Department
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, contact, of

POLICY = parse_policy(load_policy_texts())
POLICE, LEAGUE = Department.POLICE, Department.YOUTH_LEAGUE
CLOCK = "OUTCOME.POLICE"


def filed() -> CoreWorld:
    """An S1, which civil affairs have in hand."""
    world = CoreWorld(policy=POLICY).staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r")
    world.order("officer", asked.Dispatch(case="r.0"))
    return world


def accepted() -> CoreWorld:
    world = filed()
    world.order("police", asked.Acknowledge(case="r.0", department=POLICE, reference="DOC-1"))
    return world


def told_of_it(events: list[object]) -> list[tuple[str, str]]:
    """Whom breaches of the clock tell: ladder or department, and step."""
    asked_for = [each for each in events if isinstance(each, AlertRequested) and each.reason == f"BREACH.{CLOCK}"]
    return [(each.department.value, each.step.value) for each in asked_for]


def outcome() -> asked.ReportOutcome:
    return asked.ReportOutcome(case="r.0", department=POLICE, outcome="CHILD_SAFE_SEEN", reference="DOC-2")


def test_acceptance_starts_the_clock_of_the_departments_own_row_and_sending_does_not_lengthen_it() -> None:
    world = filed()
    decision = world.order("police", asked.Acknowledge(case="r.0", department=POLICE))
    [started] = of(decision, ClockStarted)
    assert (started.clock, started.due_at_ms - T0) == (CLOCK, 12 * HOUR)
    assert (started.source.rule, started.source.basis, started.source.citation) == (
        "C-OUTCOME-POLICE", Basis.DESIGN, "设计值"
    )  # fmt: skip
    world.passes(20 * 60_000)
    assert of(world.order("police", asked.Dispatch(case="r.0", department=POLICE)), ClockStarted) == []
    assert world.case("r.0").clocks[CLOCK].due_at_ms == started.due_at_ms


def test_sending_somebody_at_once_starts_it_too_and_a_department_without_a_row_has_that_of_any() -> None:
    world = filed()
    sent = world.order("police", asked.Dispatch(case="r.0", department=POLICE))
    assert [each.clock for each in of(sent, ClockStarted)] == [CLOCK]
    world.order("operator", asked.SetContact(contact=contact("YOUTH_LEAGUE", "DUTY")))
    told = world.order("officer", asked.TellDepartment(case="r.0", department=LEAGUE, reason="RISK"))
    [started] = of(world.answer(of(told, AlertRequested)[0], AnswerCode.ACKNOWLEDGE), ClockStarted)
    assert (started.clock, started.source.rule, started.due_at_ms - T0) == ("OUTCOME.YOUTH_LEAGUE", "C-OUTCOME", DAY)


def test_civil_affairs_owe_no_outcome_to_themselves() -> None:
    world = CoreWorld(policy=POLICY).staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r")
    world.order("officer", asked.Acknowledge(case="r.0"))
    world.order("officer", asked.Dispatch(case="r.0"))
    assert not [name for name in world.case("r.0").clocks if name.startswith("OUTCOME")]


def test_the_departments_outcome_meets_it_and_nothing_else_does() -> None:
    world = accepted()
    world.sighted("r.0")
    assert not world.case("r.0").clocks[CLOCK].met
    assert [each.clock for each in of(world.order("police", outcome()), ClockMet)] == [CLOCK]
    assert told_of_it(list(world.until(T0 + 3 * DAY))) == []


def test_a_breach_tells_the_next_rung_and_from_the_second_those_above_the_department() -> None:
    world = accepted()
    world.order("operator", asked.SetContact(contact=contact("PROCURATORATE", "DUTY")))
    world.order("police", asked.Dispatch(case="r.0", department=POLICE))
    assert told_of_it(list(world.until(T0 + 12 * HOUR - 1))) == []
    assert told_of_it(list(world.until(T0 + 12 * HOUR))) == [("POLICE", "D2")]
    second = told_of_it(list(world.until(T0 + 16 * HOUR)))
    assert second[:3] == [("POLICE", "D3"), ("CIVIL_AFFAIRS", "E1"), ("CIVIL_AFFAIRS", "E3")]
    third = told_of_it(list(world.until(T0 + 24 * HOUR)))
    assert third[:3] == [("POLICE", "D3"), ("CIVIL_AFFAIRS", "E1"), ("CIVIL_AFFAIRS", "E4")]
    assert ("PROCURATORATE", "E4") in third


def test_its_breaches_grow_rarer_down_to_once_a_week_until_the_outcome_comes() -> None:
    world = accepted()
    world.order("police", asked.Dispatch(case="r.0", department=POLICE))
    breaches = [each for each in of(world.until(T0 + 30 * DAY), ClockBreached) if each.clock == CLOCK]
    pauses = [after.due_at_ms - before.due_at_ms for before, after in pairwise(breaches)]
    assert pauses[:6] == [4 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR, 64 * HOUR, 128 * HOUR]
    assert set(pauses[6:]) == {7 * DAY}
    assert len(breaches) > 8
    assert [each.clock for each in of(world.order("police", outcome()), ClockMet)] == [CLOCK]
    assert told_of_it(list(world.until(T0 + 45 * DAY))) == []


def test_handing_back_does_not_stop_it_nor_does_taking_over_again_begin_it_anew() -> None:
    world = accepted()
    due_ms = world.case("r.0").clocks[CLOCK].due_at_ms
    world.until(T0 + 20 * 60_000)
    world.order("police", asked.Decline(case="r.0", department=POLICE, reason="WRONG_AREA"))
    decision = world.order("police", asked.Acknowledge(case="r.0", department=POLICE))
    assert (of(decision, ClockStarted), of(decision, ClockCancelled)) == ([], [])
    assert world.case("r.0").clocks[CLOCK].due_at_ms == due_ms


def test_a_department_that_hands_back_without_having_taken_over_owes_none() -> None:
    world = filed()
    world.order("police", asked.Decline(case="r.0", department=POLICE, reason="WRONG_AREA"))
    assert CLOCK not in world.case("r.0").clocks


def test_it_ends_with_the_case_and_replay_gives_the_same_state() -> None:
    world = accepted()
    world.safe_return("r.0")
    decision = world.order("officer", asked.CloseCase(case="r.0", reason="RETURNED_ASSESSED"))
    assert world.state.case("r.0") is None
    assert CLOCK not in {name for event in decision.events for name in getattr(event, "open_clocks", ())}
    assert told_of_it(list(world.until(T0 + 5 * DAY))) == []
    assert world.replayed() == world.state
    assert check(world.state) == []


def test_those_above_hear_of_each_department_once_and_then_of_one_for_all() -> None:
    world = accepted()
    world.order("police", asked.Dispatch(case="r.0", department=POLICE))
    world.order("township", asked.Dispatch(case="r.0", department=Department.TOWNSHIP))
    events = of(world.until(T0 + 20 * DAY), AlertRequested)
    above = [each.reason for each in events if each.step.value == "E1" and each.reason.startswith("BREACH.OUTCOME")]
    assert above.count("BREACH.OUTCOME.TOWNSHIP") == 1
    assert above.count("BREACH.OUTCOME.POLICE") > 3
    world.order("police", outcome())
    later = of(world.until(T0 + 40 * DAY), AlertRequested)
    assert {each.reason for each in later if each.step.value == "E1" and "OUTCOME" in each.reason} == {
        "BREACH.OUTCOME.TOWNSHIP"
    }
