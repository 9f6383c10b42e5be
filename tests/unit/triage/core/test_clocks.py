"""Clock arithmetic: Civil Code 200-204, duty hours, the official calendar and years it does not know."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.core.clocks import Unit, calendar_known, due_at_ms, is_working_day, next_duty_moment
from services.triage.core.policy import parse_policy
from services.triage.core.policy.model import PolicyInvalid
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import CaseFacts, ClockDue
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import ClockType, Level

SHANGHAI = timezone(timedelta(hours=8))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


def due(kind: ClockType, start: str, amount: int, unit: Unit) -> str:
    moment = due_at_ms(kind, at(start), amount, unit, rolls_over=True)
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("kind", "start", "amount", "unit", "expected"),
    [
        (ClockType.HOURS_24x7, "2026-11-21 23:50", 15, Unit.MINUTE, "2026-11-22 00:05"),
        (ClockType.HOURS_24x7, "2026-09-30 20:00", 72, Unit.HOUR, "2026-10-03 20:00"),
        (ClockType.DUTY_HOURS, "2026-11-21 02:40", 4, Unit.HOUR, "2026-11-21 12:00"),
        (ClockType.DUTY_HOURS, "2026-11-21 18:30", 4, Unit.HOUR, "2026-11-22 10:30"),
        (ClockType.DUTY_HOURS, "2026-11-21 16:00", 4, Unit.HOUR, "2026-11-21 20:00"),
        (ClockType.DUTY_HOURS, "2026-11-21 20:00", 12, Unit.HOUR, "2026-11-22 20:00"),
        (ClockType.DUTY_HOURS, "2026-11-21 10:00", 30, Unit.HOUR, "2026-11-23 16:00"),
        # The first day is not counted, the last ends at 24:00 (arts. 201, 203).
        (ClockType.CALENDAR_DAYS, "2026-11-16 10:00", 3, Unit.DAY, "2026-11-20 00:00"),
        # A last day on a Saturday moves to Monday (art. 203).
        (ClockType.CALENDAR_DAYS, "2026-11-18 10:00", 3, Unit.DAY, "2026-11-24 00:00"),
        # A last day in the National Day holiday (1 to 7 October 2026) moves behind it.
        (ClockType.CALENDAR_DAYS, "2026-09-28 10:00", 3, Unit.DAY, "2026-10-09 00:00"),
        # No matching day: the month's last day (art. 202).
        (ClockType.CALENDAR_DAYS, "2027-01-31 10:00", 1, Unit.MONTH, "2027-03-02 00:00"),
        (ClockType.CALENDAR_DAYS, "2026-10-31 10:00", 1, Unit.MONTH, "2026-12-01 00:00"),
        (ClockType.WORKING_DAYS, "2026-11-20 09:00", 1, Unit.DAY, "2026-11-23 20:00"),
        (ClockType.WORKING_DAYS, "2026-09-30 09:00", 1, Unit.DAY, "2026-10-08 20:00"),
        # The Spring Festival of 2026 (15 to 23 February) with its make-up Saturdays, 14 and 28 February.
        (ClockType.CALENDAR_DAYS, "2026-02-12 10:00", 3, Unit.DAY, "2026-02-25 00:00"),
        (ClockType.CALENDAR_DAYS, "2026-02-25 10:00", 3, Unit.DAY, "2026-03-01 00:00"),
        (ClockType.CALENDAR_DAYS, "2026-01-28 10:00", 1, Unit.MONTH, "2026-03-01 00:00"),
        (ClockType.WORKING_DAYS, "2026-02-13 10:00", 1, Unit.DAY, "2026-02-14 20:00"),
        (ClockType.WORKING_DAYS, "2026-02-14 10:00", 1, Unit.DAY, "2026-02-24 20:00"),
        (ClockType.WORKING_DAYS, "2026-02-11 10:00", 10, Unit.DAY, "2026-03-03 20:00"),
        # The festival of 2027 is not published in the package: its days count as working days, and the source says so.
        (ClockType.WORKING_DAYS, "2027-02-05 10:00", 1, Unit.DAY, "2027-02-08 20:00"),
        # Leap days.
        (ClockType.CALENDAR_DAYS, "2028-01-31 10:00", 1, Unit.MONTH, "2028-03-01 00:00"),
        (ClockType.CALENDAR_DAYS, "2028-02-29 10:00", 12, Unit.MONTH, "2029-03-01 00:00"),
        # A day begins at midnight in Shanghai, not in Greenwich.
        (ClockType.CALENDAR_DAYS, "2026-11-18 23:59", 1, Unit.DAY, "2026-11-20 00:00"),
        (ClockType.CALENDAR_DAYS, "2026-11-19 00:00", 1, Unit.DAY, "2026-11-21 00:00"),
        (ClockType.CALENDAR_DAYS, "2026-11-19 07:59", 1, Unit.DAY, "2026-11-21 00:00"),
        (ClockType.RECURRING, "2026-11-20 09:00", 7, Unit.DAY, "2026-11-27 09:00"),
    ],
)
def test_a_clock_runs_out_when_the_law_says(
    kind: ClockType, start: str, amount: int, unit: Unit, expected: str
) -> None:
    assert due(kind, start, amount, unit) == expected


def test_a_make_up_day_is_a_working_day_and_a_holiday_is_not() -> None:
    assert is_working_day(date(2026, 2, 14))  # a Saturday worked for the Spring Festival of 2026
    assert not is_working_day(date(2026, 10, 1))


def test_a_year_without_an_official_calendar_has_weekends_and_the_holidays_of_fixed_date() -> None:
    assert not calendar_known(2031)
    fixed = ["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]
    assert [day for day in fixed if is_working_day(date.fromisoformat(f"2031-{day}"))] == []
    assert is_working_day(date(2031, 1, 2))
    assert is_working_day(date(2031, 10, 6))
    assert not is_working_day(date(2031, 10, 4))
    assert due(ClockType.CALENDAR_DAYS, "2030-12-29 10:00", 3, Unit.DAY) == "2031-01-03 00:00"
    assert due(ClockType.WORKING_DAYS, "2031-04-30 10:00", 1, Unit.DAY) == "2031-05-05 20:00"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-02-08 10:00", 7, Unit.DAY, "2026-02-16 00:00"),  # within the Spring Festival
        ("2026-04-01 10:00", 6, Unit.MONTH, "2026-10-02 00:00"),  # a term that ends on National Day
        ("2026-11-18 10:00", 3, Unit.DAY, "2026-11-22 00:00"),  # a Saturday
    ],
)
def test_a_period_that_no_law_gives_for_an_act_ends_on_its_day(start: str, amount: int, unit: Unit, end: str) -> None:
    moment = due_at_ms(ClockType.CALENDAR_DAYS, at(start), amount, unit)
    assert moment == at(end)


def test_a_clock_that_cannot_count_a_unit_refuses() -> None:
    with pytest.raises(ValueError, match="does not count"):
        due_at_ms(ClockType.WORKING_DAYS, 0, 1, Unit.HOUR)


@given(start=st.integers(0, 4_000_000_000_000), hours=st.integers(0, 200))
def test_duty_clocks_end_in_duty_hours_and_never_before_a_plain_clock(start: int, hours: int) -> None:
    end = due_at_ms(ClockType.DUTY_HOURS, start, hours, Unit.HOUR)
    assert end >= start + hours * 3_600_000
    assert 8 <= (end / 3_600_000 + 8) % 24 <= 20


@given(start=st.integers(0, 4_000_000_000_000), amount=st.integers(1, 60), more=st.integers(0, 30))
def test_a_longer_clock_never_ends_before_a_shorter_one(start: int, amount: int, more: int) -> None:
    for kind in (ClockType.CALENDAR_DAYS, ClockType.WORKING_DAYS):
        assert due_at_ms(kind, start, amount, Unit.DAY) <= due_at_ms(kind, start, amount + more, Unit.DAY)


@given(start=st.integers(0, 4_000_000_000_000))
def test_the_next_duty_moment_is_on_duty_and_not_in_the_past(start: int) -> None:
    moment = next_duty_moment(start)
    assert moment >= start
    assert next_duty_moment(moment) == moment


SUGGESTED = "2026-09-01 10:00"


def clock_of(happened: str, start: str, level: Level = Level.S3) -> dict[str, ClockDue]:
    """The clocks that the shipped policy starts at a moment."""
    law = parse_policy(load_policy_texts())
    facts = CaseFacts(report=ReportFacts(), filed_at_ms=at(start))
    return {due.id: due for due in law.clocks_after(happened, facts, level, at(start))}


def test_only_a_period_of_a_law_for_an_act_moves_behind_a_holiday() -> None:
    assert clock_of("SUGGESTION_ISSUED", SUGGESTED)["SUGGESTION_REPLY"].due_at_ms == at("2026-10-09 00:00")
    assert clock_of("PROTECTION_ORDER_GRANTED", "2026-04-01 10:00")["PROTECTION_ORDER_ENDS"].due_at_ms == at(
        "2026-10-02 00:00"
    )
    assert clock_of("FILED", "2026-02-08 10:00")["DECISION"].due_at_ms == at("2026-02-16 00:00")


def test_a_clock_that_asks_for_days_of_rest_says_when_the_year_has_no_calendar_yet() -> None:
    assert "not yet published" in clock_of("SUGGESTION_ISSUED", "2031-09-01 10:00")["SUGGESTION_REPLY"].source.citation
    assert "not yet published" in clock_of("FILED", "2031-09-01 10:00")["FEEDBACK_INTERIM"].source.citation
    assert "not yet published" not in clock_of("FILED", "2031-09-01 10:00")["DECISION"].source.citation


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("basis: STATUTE", "basis: DESIGN", "not for a design value"),
        ("type: CALENDAR_DAYS, amount: 1, unit: MONTH", "type: HOURS_24x7, amount: 9, unit: HOUR", "calendar days"),
        ("rolls_over: true", "rolls_over: 1", "true or false"),
    ],
)
def test_a_row_that_must_not_roll_over_is_refused(field: str, value: str, reason: str) -> None:
    texts = load_policy_texts()
    text = texts["71-clocks.yaml"]
    begin = text.index("  - id: SUG-1-REPLY")
    end = text.index("  - id:", begin + 1)
    assert field in text[begin:end]
    changed = text[:begin] + text[begin:end].replace(field, value) + text[end:]
    with pytest.raises(PolicyInvalid, match=reason):
        parse_policy({**texts, "71-clocks.yaml": changed})
