"""Figures of handmade histories, computed by hand."""

from shared.auditing.figures import figures
from shared.auditing.lists import breaches, silent_institutions
from shared.auditing.measuring import percentile
from shared.auditing.observations import DAY_MS
from shared.auditing.tables import Cell, Table
from tests.support.audited import (
    MINUTE,
    History,
    accepted,
    alert,
    clock,
    closed,
    event,
    met,
    ms,
    opened,
    override,
    ran_out,
    reopened,
    rung,
    second_rung,
    sent,
)

DAY = DAY_MS / MINUTE


def table(history: History, code: str, until: float = 10_000, since: float = 0) -> Table:
    [found] = [each for each in figures(history.audit(until, since)) if each.code == code]
    return found


def rows(
    history: History, code: str, until: float = 10_000, since: float = 0
) -> dict[tuple[Cell, ...], tuple[Cell, ...]]:
    found = table(history, code, until, since)
    keys = len(found.keys)
    return {row[:keys]: row[keys:] for row in found.rows}


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([4, 1, 2, 3], 0.5) == 2
    assert percentile(list(range(1, 11)), 0.9) == 9
    assert percentile([7], 0.9) == 7
    assert percentile([], 0.5) is None


def test_a_clock_counts_once_in_time_or_run_out_and_late_when_it_was_met_after_all() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "SEEN", 0, 100), *opened("b", 0), clock("b", "SEEN", 0, 100))
        .at(0, *opened("c", 0, level="S1"), clock("c", "SEEN", 0, 100))
        .at(40, met("a", "SEEN", 40))
        .at(100, ran_out("b", "SEEN", 100))
        .at(100, ran_out("c", "SEEN", 100))
        .at(160, ran_out("c", "SEEN", 160, repeat=1))
        .at(250, met("b", "SEEN", 240))
    )
    assert rows(history, "clocks") == {
        ("SEEN", "S1"): (1, 0, 1, 0, 0, None, None),
        ("SEEN", "S2"): (2, 1, 1, 1, 2, 40.0, 240.0),
        ("SEEN", "ALL"): (3, 1, 2, 1, 2, 40.0, 240.0),
    }
    assert rows(history, "clocks", until=200)["SEEN", "S2"] == (2, 1, 1, 0, 1, 40.0, 40.0)
    assert rows(history, "clocks", since=200) == {
        ("SEEN", "S2"): (0, 0, 0, 1, 1, 240.0, 240.0),
        ("SEEN", "ALL"): (0, 0, 0, 1, 1, 240.0, 240.0),
    }


def test_breaches_tell_their_story() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "SEEN", 0, 100), *opened("b", 0, level="S1"), clock("b", "DECISION", 0, 90))
        .at(90, ran_out("b", "DECISION", 90))
        .at(100, ran_out("a", "SEEN", 100))
        .at(130, met("a", "SEEN", 125))
    )
    found = breaches(history.audit(200))
    assert [(each.case, each.clock, each.level) for each in found] == [("b", "DECISION", "S1"), ("a", "SEEN", "S2")]
    assert found[0].met_ms is None
    assert found[0].late_ms == 110 * MINUTE
    assert (found[1].since_ms, found[1].due_ms, found[1].met_ms) == (ms(0), ms(100), ms(125))
    assert found[1].late_ms == 25 * MINUTE
    assert breaches(history.audit(200, 101)) == []


def test_a_clock_set_anew_is_one_spell_and_a_recurring_one_begins_again() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "SEEN", 0, 500), clock("a", "DAILY", 0, 100))
        .at(50, event("ClockCancelled", "a", clock="SEEN", reason="SOONER"), clock("a", "SEEN", 50, 200))
        .at(90, met("a", "DAILY", 90), clock("a", "DAILY", 90, 190))
        .at(150, met("a", "SEEN", 150), met("a", "DAILY", 150))
    )
    found = rows(history, "clocks")
    assert found["SEEN", "ALL"] == (1, 1, 0, 0, 1, 150.0, 150.0)
    assert found["DAILY", "ALL"] == (2, 2, 0, 0, 2, 60.0, 90.0)


def test_a_case_that_was_closed_and_opened_again_is_one_spell() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "SEEN", 0, 1000))
        .at(100, event("ClockCancelled", "a", clock="SEEN", reason="CLOSED"), closed("a", 100))
        .at(700, reopened("a", 700), clock("a", "SEEN", 700, 1700))
        .at(900, met("a", "SEEN", 900))
    )
    assert rows(history, "clocks")["SEEN", "ALL"] == (1, 1, 0, 0, 1, 900.0, 900.0)
    assert rows(history, "cases")["ALL",] == (1, 1, 1, 0, 1)


def test_the_duty_officer_s_time_ends_when_the_second_rung_is_told() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), second_rung("a", 60), *opened("b", 0), second_rung("b", 60), rung("a", "E1"))
        .at(20, accepted("a", 20))
        .at(60, rung("b", "E2"))
        .at(75, accepted("b", 75))
    )
    assert rows(history, "clocks")["ACCEPT", "S2"] == (2, 1, 1, 1, 2, 20.0, 75.0)
    assert rows(history, "escalations") == {
        ("CIVIL_AFFAIRS", "E2", "S2"): (1, 1, 0),
        ("CIVIL_AFFAIRS", "E2", "ALL"): (1, 1, 0),
    }


def test_a_rung_counts_once_for_a_case_and_whether_anybody_was_there() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), rung("a", "D2", "HEALTH", staffed=False), rung("a", "D3", "HEALTH", staffed=False))
        .at(9, rung("a", "D3", "HEALTH", staffed=True))
    )
    found = rows(history, "escalations")
    assert found["HEALTH", "D2", "ALL"] == (1, 0, 1)
    assert found["HEALTH", "D3", "ALL"] == (1, 1, 0)


def test_intervals_run_from_arrival_to_the_first_of_each() -> None:
    history = (
        History()
        .at(10, *opened("a", 10, discovered=-110), clock("a", "DECISION", 10, 5000), alert("a", "POLICE"))
        .at(11, sent("a", "POLICE", "FAILED"))
        .at(13, sent("a", "POLICE"))
        .at(30, accepted("a", 30))
        .at(40, accepted("a", 40))
        .at(90, event("ChildSeen", "a", by="x", seen_at_ms=ms(70), recorded_at_ms=ms(90)))
        .at(310, met("a", "DECISION", 310))
    )
    assert {key[0]: row for key, row in rows(history, "intervals").items() if key[1] == "ALL"} == {
        "DISCOVERED_TO_FILED": (1, 120.0, 120.0),
        "RECEIVED_TO_ACCEPTED": (1, 20.0, 20.0),
        "RECEIVED_TO_POLICE": (1, 3.0, 3.0),
        "RECEIVED_TO_SEEN": (1, 60.0, 60.0),
        "RECEIVED_TO_DECISION": (1, 300.0, 300.0),
    }
    steps = {key[0]: row for key, row in rows(history, "reached", until=80).items() if key[1] == "ALL"}
    assert steps["RECEIVED_TO_ACCEPTED"] == (1, 1, 0, 1.0)
    assert steps["RECEIVED_TO_SEEN"] == (1, 0, 1, 0.0)


def test_overrides_by_direction_and_where_screened_cases_were_sent() -> None:
    history = (
        History()
        .at(0, *opened("a", 0, level="S3"), alert("a", "CIVIL_AFFAIRS"), alert("a", "EDUCATION"))
        .at(0, *opened("b", 0, level="S3"), alert("b", "CIVIL_AFFAIRS"), *opened("c", 0, level="S3"))
        .at(5, override("a", "S3", "S0", "SCHOOL_MATTER"))
        .at(6, override("b", "S3", "S0", "SCHOOL_MATTER"))
        .at(7, override("c", "S3", "S1"))
    )
    assert rows(history, "overrides") == {
        ("DOWN", "S3", "S0", "SCHOOL_MATTER"): (2,),
        ("UP", "S3", "S1", "VISITED"): (1,),
    }
    assert rows(history, "screened_out") == {
        ("SCREENED_OUT",): (2, 0.667),
        ("EDUCATION",): (1, 0.5),
        ("NOBODY",): (1, 0.5),
    }


def test_guardianships_by_organ_age_and_end() -> None:
    history = History()
    for case, organ in (("a", "CIVIL_AFFAIRS"), ("b", "CIVIL_AFFAIRS"), ("c", "VILLAGE_COMMITTEE")):
        history.at(
            0,
            *opened(case, 0),
            event("MeasureProposed", case, measure="TEMP_GUARDIANSHIP", status="PROPOSED", organ=organ),
        )
    for case, day in (("a", 0), ("b", 60), ("c", 1)):
        history.at(
            day * DAY,
            event("MeasureSigned", case, measure="TEMP_GUARDIANSHIP", status="ASSIGNED", at_ms=ms(day * DAY)),
        )
    history.at(200 * DAY, event("MeasureEnded", "b", measure="TEMP_GUARDIANSHIP", reason="KIN_TOOK_OVER", by="s"))
    found = rows(history, "guardianships", until=331 * DAY)
    assert found["CIVIL_AFFAIRS",] == (1, 0, 0, 1, 0, 331.0, 331.0, 1, 140.0, 140.0)
    assert found["VILLAGE_COMMITTEE",] == (1, 0, 1, 0, 0, 330.0, 330.0, 0, None, None)
    assert found["ALL",] == (2, 0, 1, 1, 0, 330.0, 331.0, 1, 140.0, 140.0)
    assert rows(history, "guardianship_ends", until=331 * DAY) == {("KIN_TOOK_OVER",): (1,), ("ALL",): (1,)}
    assert rows(history, "guardianship_ends", until=331 * DAY, since=201 * DAY) == {}


def test_a_report_within_ninety_days_after_closing_is_counted_but_not_a_sibling_of_the_same_report() -> None:
    history = (
        History()
        .at(0, *opened("old", 0), *opened("older", 0))
        .at(1, closed("older", 1))
        .at(20 * DAY, closed("old", 20 * DAY))
        .at(100 * DAY, *opened("new", 100 * DAY, linked=("old",)))
        .at(101 * DAY, *opened("late", 101 * DAY, linked=("older",)))
    )
    assert rows(history, "cases", until=102 * DAY)["ALL",] == (4, 2, 0, 1, 2)


def test_departments_own_tasks_and_what_became_of_them() -> None:
    history = (
        History()
        .at(0, *opened("a", 0), alert("a", "POLICE"), alert("a", "VILLAGE", ladder="CIVIL_AFFAIRS"))
        .at(0, *opened("b", 0), alert("b", "POLICE"), *opened("c", 0), alert("c", "POLICE"))
        .at(1, sent("a", "POLICE"))
        .at(2, sent("b", "POLICE"))
        .at(3, sent("c", "POLICE", "FAILED"))
        .at(12, accepted("a", 12, "POLICE"))
        .at(30, event("DepartmentDeclined", "b", department="POLICE", by="x", reason="WRONG_AREA"))
        .at(50, event("DepartmentReported", "a", department="POLICE", by="x", outcome="CASE_FILED"))
    )
    of_police = (3, 2, 1, 2, 1, 1, 1, 1, 12.0, 30.0)
    assert rows(history, "departments") == {("POLICE",): of_police, ("ALL",): of_police}


def test_institutions_that_were_silent_in_the_window_are_counted_and_named() -> None:
    history = (
        History()
        .at(0, *opened("a", 0, institution="school-1"), *opened("b", 0, institution="clinic-1", kind="CLINIC"))
        .at(200, *opened("c", 200, institution="school-1"), *opened("d", 200, kind="PUBLIC"))
    )
    found = rows(history, "institutions", since=100)
    assert found["PRIMARY_SCHOOL",] == (1, 1, 0, 1)
    assert found["CLINIC",] == (1, 0, 1, 0)
    assert found["PUBLIC",] == (0, 0, 0, 1)
    assert found["ALL",] == (2, 1, 1, 2)
    assert silent_institutions(history.audit(10_000, 100)) == [("clinic-1", "CLINIC")]


def test_only_the_area_and_only_what_was_decided_before_the_end() -> None:
    history = History().at(0, *opened("a", 0, area="520327100"), *opened("b", 0)).at(10, *opened("c", 10))
    [cases, *_] = figures(history.audit(5, 0, "520327102"))
    assert cases.rows == (("S2", 1, 0, 0, 0, 1), ("ALL", 1, 0, 0, 0, 1))
    [cases, *_] = figures(history.audit(11, 0, "5203"))
    assert cases.cell(("ALL",), "opened") == 3


def test_a_mark_that_lacks_what_it_must_have_is_counted_and_the_others_stand() -> None:
    history = History().at(0, *opened("a", 0), event("ClockMet", "a"), clock("a", "SEEN", 0, 5))
    audit = history.audit(10)
    assert audit.unreadable == 1
    assert audit.lives["a"].spells.last["SEEN"].due_ms == ms(5)


def opening(case: str, basis: str, minutes: float, purpose: str = "DANGER") -> dict[str, object]:
    name = f"{case}-{basis}-{minutes}"
    more = {"clock": f"BREAK_GLASS_REVIEW.{name}"} if basis == "BREAK_GLASS" else {}
    return event("IdentityOpened", case, opening=name, basis=basis, purpose=purpose, at_ms=ms(minutes), **more)


def test_openings_by_right_and_the_reviews_of_those_by_one_officer_alone() -> None:
    first = "a-BREAK_GLASS-1"
    history = (
        History()
        .at(0, *opened("a", 0))
        .at(1, opening("a", "BREAK_GLASS", 1), clock("a", f"BREAK_GLASS_REVIEW.{first}", 1, 100))
        .at(2, opening("a", "BREAK_GLASS", 2), clock("a", "BREAK_GLASS_REVIEW.a-BREAK_GLASS-2", 2, 100))
        .at(3, opening("a", "OFFICER", 3, "GO_TO_CHILD"))
        .at(100, ran_out("a", f"BREAK_GLASS_REVIEW.{first}", 100))
        .at(110, event("BreakGlassReviewed", "a", opening=first, finding="JUSTIFIED", at_ms=ms(110)))
        .at(120, event("IdentityDestroyed", "a", ground="COURT_ORDER"))
    )
    assert rows(history, "access") == {
        ("BREAK_GLASS", "DANGER"): (2,),
        ("OFFICER", "GO_TO_CHILD"): (1,),
        ("DESTROYED", "COURT_ORDER"): (1,),
    }
    assert rows(history, "break_glass") == {("ALL",): (2, 1, 0, 1, 1)}
    assert rows(history, "clocks")["BREAK_GLASS_REVIEW", "ALL"] == (1, 0, 1, 0, 0, None, None)


def test_a_duty_outlives_its_case_and_one_that_recurs_runs_again() -> None:
    def duty(how: str, minutes: float, **more: int) -> dict[str, object]:
        return event("DutyRecorded", "a", clock="FOLLOW_UP_VISIT", how=how, at_ms=ms(minutes), **more)

    history = (
        History()
        .at(0, *opened("a", 0), clock("a", "FOLLOW_UP_VISIT", 0, 100))
        .at(50, {**closed("a", 50), "open_clocks": ["FOLLOW_UP_VISIT"]})
        .at(100, ran_out("a", "FOLLOW_UP_VISIT", 100))
        .at(130, duty("DONE", 130, next_due_at_ms=ms(230)))
        .at(200, duty("DONE", 200, next_due_at_ms=ms(300)))
        .at(250, duty("HANDED_OVER", 250))
    )
    assert rows(history, "clocks")["FOLLOW_UP_VISIT", "ALL"] == (2, 1, 1, 1, 2, 70.0, 130.0)
