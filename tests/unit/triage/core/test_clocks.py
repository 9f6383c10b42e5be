"""Clock arithmetic: Civil Code 200-204, duty hours, the official calendar and years it does not know."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.core.clocks import Unit, calendar_known, due_at_ms, is_working_day, next_duty_moment
from shared.contracts.vocabulary import ClockType

SHANGHAI = timezone(timedelta(hours=8))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp() * 1000)


def due(kind: ClockType, start: str, amount: int, unit: Unit) -> str:
    moment = due_at_ms(kind, at(start), amount, unit)
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
        # The festival of 2027 is not published in the package: weekends alone, and the clock's source says so.
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


def test_a_year_without_an_official_calendar_has_weekends_only() -> None:
    assert not calendar_known(2031)
    assert is_working_day(date(2031, 10, 1))
    assert not is_working_day(date(2031, 10, 4))


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
