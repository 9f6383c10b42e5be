"""Clock arithmetic: when an amount of time that starts at a moment has run out.

Source in law: Civil Code arts. 200-204 (days exclude the first day; hours run from the stated moment; a month without
the matching day ends on its last day; a last day on a statutory holiday moves to the day after it; where there are
business hours, the last day ends with them). "Statutory holiday" (法定休假日, art. 203) is read as every official day
of rest, weekends too, as make-up days move them: a last Saturday moves to Monday, a make-up working day does not. It
moves only a period that a law gives for an act (`rolls_over` of a policy's row): not one that this policy sets, nor
how long an order or a measure is in force, and never hours, which run round the clock. Legal days are those of
Asia/Shanghai, which has had one offset (UTC+8) since 1991; moments are Unix milliseconds.
"""

import calendar
import functools
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar
from shared.contracts.vocabulary import ClockType

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SHANGHAI_OFFSET_MS = 8 * HOUR_MS
EPOCH = date(1970, 1, 1)
SATURDAY = 6
DUTY_OPENS_HOUR = 8
DUTY_CLOSES_HOUR = 20
DUTY_DAY_MS = (DUTY_CLOSES_HOUR - DUTY_OPENS_HOUR) * HOUR_MS
CALENDAR_YEARS = range(min(chinese_calendar.constants.holidays).year, max(chinese_calendar.constants.holidays).year + 1)
"""Years of which the package knows the State Council's holiday and make-up days."""


FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays of fixed date, known for every year before its calendar is published.

Source: 全国年节及纪念日放假办法 art. 2, as amended in November 2024. The Spring Festival, Qingming, Dragon Boat and
Mid-Autumn days follow another calendar and are known from the notice of the year alone.
"""


class Unit(StrEnum):
    """What an amount counts."""

    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"


_RUNNING = frozenset({ClockType.HOURS_24x7, ClockType.RECURRING})
_UNIT_MS = {Unit.MINUTE: MINUTE_MS, Unit.HOUR: HOUR_MS, Unit.DAY: DAY_MS}


def calendar_known(year: int) -> bool:
    """Whether the official calendar of `year` is known.

    If not, only weekends and FIXED_HOLIDAYS are days off: clocks end no later than by the official calendar, except for
    the few working weekends that it may announce.
    """
    return year in CALENDAR_YEARS


@functools.lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether `day` is a working day by the official calendar; before it is published, see `calendar_known`."""
    if calendar_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.isoweekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS


def shanghai_date(at_ms: int) -> date:
    """The legal day of a moment."""
    return _date((at_ms + SHANGHAI_OFFSET_MS) // DAY_MS)


@functools.lru_cache(maxsize=4096)
def _date(days: int) -> date:
    return EPOCH + timedelta(days=days)


def shanghai_hour(at_ms: int) -> int:
    """The hour of the legal day, 0-23."""
    return ((at_ms + SHANGHAI_OFFSET_MS) % DAY_MS) // HOUR_MS


def start_of_day_ms(day: date) -> int:
    """00:00 of a legal day."""
    return (day - EPOCH).days * DAY_MS - SHANGHAI_OFFSET_MS


def next_duty_moment(at_ms: int) -> int:
    """`at_ms` itself between 08:00 and 20:00, else the next 08:00 (duty runs every day of the week)."""
    opens = at_ms - (at_ms + SHANGHAI_OFFSET_MS) % DAY_MS + DUTY_OPENS_HOUR * HOUR_MS
    if at_ms < opens:
        return opens
    return at_ms if at_ms < opens + DUTY_DAY_MS else opens + DAY_MS


def due_at_ms(clock_type: ClockType, start_ms: int, amount: int, unit: Unit, *, rolls_over: bool = False) -> int:
    """The moment at which `amount` units of `clock_type` that start at `start_ms` have run out.

    DUTY_HOURS counts only 08:00-20:00; CALENDAR_DAYS and WORKING_DAYS take DAY (CALENDAR_DAYS also MONTH);
    RECURRING gives the end of its first period. `rolls_over`: CALENDAR_DAYS whose last day is a day of rest end with
    the next working day (art. 203). Raises ValueError for a unit that the clock cannot count.
    """
    if clock_type in _RUNNING and unit in _UNIT_MS:
        return start_ms + amount * _UNIT_MS[unit]
    if clock_type is ClockType.DUTY_HOURS and unit in (Unit.MINUTE, Unit.HOUR):
        return _after_duty(start_ms, amount * _UNIT_MS[unit])
    if clock_type is ClockType.WORKING_DAYS and unit is Unit.DAY:
        return _after_working_days(start_ms, amount)
    if clock_type is ClockType.CALENDAR_DAYS and unit in (Unit.DAY, Unit.MONTH):
        return _end_of_days(shanghai_date(start_ms), amount, unit, rolls_over=rolls_over)
    raise ValueError(f"a {clock_type} clock does not count {unit}")


def _after_duty(start_ms: int, span_ms: int) -> int:
    moment = next_duty_moment(start_ms)
    closes = start_of_day_ms(shanghai_date(moment)) + DUTY_CLOSES_HOUR * HOUR_MS
    left_today = closes - moment
    if span_ms <= left_today:
        return moment + span_ms
    whole_days, rest = divmod(span_ms - left_today, DUTY_DAY_MS)
    if rest == 0:
        return closes + whole_days * DAY_MS
    return closes + (whole_days + 1) * DAY_MS - DUTY_DAY_MS + rest


def _after_working_days(start_ms: int, amount: int) -> int:
    return _end_of_working_days(shanghai_date(start_ms), amount)


@functools.lru_cache(maxsize=4096)
def _end_of_working_days(day: date, left: int) -> int:
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return start_of_day_ms(day) + DUTY_CLOSES_HOUR * HOUR_MS


@functools.lru_cache(maxsize=4096)
def _end_of_days(first: date, amount: int, unit: Unit, *, rolls_over: bool) -> int:
    day = first + timedelta(days=amount) if unit is Unit.DAY else _plus_months(first, amount)
    while rolls_over and not is_working_day(day):
        day += timedelta(days=1)
    return start_of_day_ms(day) + DAY_MS


def _plus_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
