"""What is said in both languages at once, and how times are said: in Asia/Shanghai, with date and weekday."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

SHANGHAI = timezone(timedelta(hours=8))
Language = Literal["zh", "en"]
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Said(NamedTuple):
    """One sentence, or a part of one, in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """What is said in one of them."""
        return self.zh if language == "zh" else self.en


def together(parts: Iterable[Said], comma_zh: str = "、", comma_en: str = ", ") -> Said:
    """The parts one after another."""
    kept = list(parts)
    return Said(comma_zh.join(part.zh for part in kept), comma_en.join(part.en for part in kept))


def capital(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def local(at_ms: int) -> datetime:
    """A moment (Unix ms) on the clocks of the county."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(SHANGHAI)


def moment(at_ms: int) -> Said:
    """A moment with year, weekday and zone, for where it stands alone."""
    said = dated(at_ms)
    return Said(f"北京时间 {said.zh}", f"{said.en} Beijing time")


def dated(at_ms: int) -> Said:
    """A moment with year and weekday."""
    at = local(at_ms)
    day = _day(at)
    return Said(f"{at.year} 年 {day.zh}{at:%H:%M}", f"{day.en} {at.year}, {at:%H:%M}")


def time_of(at_ms: int, seen_from_ms: int) -> Said:
    """A moment where the zone was said already: the year is said when it is another one than now's."""
    at = local(at_ms)
    return _with_year(at, seen_from_ms, f"{at:%H:%M}", f", {at:%H:%M}")


def until(at_ms: int, seen_from_ms: int) -> Said:
    """By when: a day that ends is the end of that day, not the first minute of the next."""
    at = local(at_ms)
    if (at.hour, at.minute) == (0, 0):
        ended = at - timedelta(minutes=1)
        last = _with_year(ended, seen_from_ms, "24:00", "")
        return Said(f"{last.zh} 前", f"by the end of {last.en}")
    by = time_of(at_ms, seen_from_ms)
    return Said(f"{by.zh} 前", f"by {by.en}")


def _day(at: datetime) -> Said:
    weekday = at.weekday()
    return Said(
        f"{at.month} 月 {at.day} 日（周{WEEKDAYS_ZH[weekday]}）",
        f"{WEEKDAYS_EN[weekday]} {at.day} {MONTHS_EN[at.month - 1]}",
    )


def _with_year(at: datetime, seen_from_ms: int, time_zh: str, time_en: str) -> Said:
    day, now = _day(at), local(seen_from_ms)
    if at.year == now.year:
        return Said(f"{day.zh}{time_zh}", f"{day.en}{time_en}")
    return Said(f"{at.year} 年 {day.zh}{time_zh}", f"{day.en} {at.year}{time_en}")
