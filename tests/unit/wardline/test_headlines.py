"""What the terminal shows of a case: important events, each once; no outcomes of alerts, nothing long overdue."""

from shared.contracts import alerts, events
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, Holder, LadderStep, Level
from wardline.narration.headlines import LATE_MS, Headlines

CASE = "c.0"
RECEIPT = "520327-AAAAA-AAAAA-AAAAA"
AT_MS = 1_795_000_000_000


def opened(child: int = 0) -> events.CaseOpened:
    return events.CaseOpened(
        case=CASE,
        county="520327",
        report_id="r",
        receipt=RECEIPT,
        child=child,
        facts=ReportFacts(),
        filed_at_ms=AT_MS,
        arrived_at_ms=AT_MS,
    )


def level(now: Level, before: Level | None = None) -> events.LevelSet:
    return events.LevelSet(case=CASE, level=now, before=before, by="POLICY", reason="ASSESSED")


def alert(department: Department) -> alerts.AlertRequested:
    return alerts.AlertRequested(
        alert_id=f"a-{department}",
        case=CASE,
        county="520327",
        department=department,
        step=LadderStep.D1,
        level=Level.S1,
        act_by_ms=AT_MS,
        requested_at_ms=AT_MS,
        contact_ids=("someone",),
    )


def rung(*, repeat: int = 0, reason: str = "DUE", lateness_ms: int = 0) -> events.RungReached:
    return events.RungReached(
        case=CASE,
        department=Department.POLICE,
        step=LadderStep.D2,
        repeat=repeat,
        contacts=("police-2",),
        staffed=True,
        reason=reason,
        lateness_ms=lateness_ms,
    )


def said(headlines: Headlines, *record: Message) -> list[str]:
    return [line.en for line in headlines.of_record(CASE, record)]


def test_a_case_is_opened_and_its_first_alerts_are_one_line() -> None:
    headlines = Headlines()
    first = (opened(), level(Level.S2), alert(Department.POLICE), alert(Department.HEALTH))
    assert said(headlines, *first) == ["case opened: S2 grave, 24 hours", "alerted: police, health department"]
    assert headlines.name(CASE) == RECEIPT
    assert said(headlines, alert(Department.EDUCATION)) == []
    assert said(headlines, level(Level.S1, Level.S2))[0].startswith("level S2 → S1")


def test_the_second_child_of_a_report_is_told_from_the_first() -> None:
    headlines = Headlines()
    said(headlines, opened(1))
    assert headlines.name(CASE) == f"{RECEIPT} #2"


def test_a_ladder_that_climbs_is_said_and_its_repetitions_are_not() -> None:
    headlines = Headlines()
    assert said(headlines, rung()) == ["ladder climbed: told police, rung 2: police-2"]
    assert said(headlines, rung(repeat=1)) == []
    assert said(headlines, rung(reason="ASSESSED")) == []


def test_what_passed_while_nobody_decided_is_counted_and_not_told() -> None:
    headlines = Headlines()
    breach = events.ClockBreached(case=CASE, clock="SEEN", due_at_ms=AT_MS, lateness_ms=LATE_MS + 1)
    assert said(headlines, breach, rung(lateness_ms=LATE_MS + 1)) == []
    assert headlines.late == 2
    in_time = breach.model_copy(update={"lateness_ms": 5})
    assert said(headlines, in_time) == ["BREACH: see the child in person"]


def test_outcomes_of_alerts_and_custody_are_left_to_the_case_itself() -> None:
    outcome = alerts.OutcomeRecorded(alert_id="a", case=CASE, result="SENT")
    custody = events.CustodySet(case=CASE, holder=Holder.SCHOOL, by="REPORT")
    assert said(Headlines(), outcome, custody) == []
