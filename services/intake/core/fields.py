"""Lenient readers of single fields: a value that is not understood becomes unknown, with a notice."""

import re
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import TypeVar

from services.intake.core.notices import NoticeCode, Notices
from services.intake.core.parsing import Tree

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai, without summer time since 1991: what a date or time without an offset means."""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MIN = 1990
"""Nothing that still matters to a child began earlier."""
UNDEFINED_MAX = 20
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
"""The first two digits of every area code (GB/T 2260)."""

_UNKNOWN_WORDS = frozenset(("", "unknown", "null", "none given", "n/a", "未知", "不详", "不清楚"))
_TRUE_WORDS = frozenset(("true", "yes", "y", "1", "是", "有"))
_FALSE_WORDS = frozenset(("false", "no", "n", "0", "否", "无", "没有"))
_SEX_WORDS = {"女": "F", "男": "M", "FEMALE": "F", "MALE": "M", "GIRL": "F", "BOY": "M"}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2}))?(?:[-/.月](\d{1,2})日?)?月?年?")
_AREA = re.compile(r"\d{6}|\d{9}|\d{12}")
_ID_BIRTH = re.compile(r"\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dXx]")

Code = TypeVar("Code", bound=StrEnum)


class Fields:
    """One object of a filing: every reader names the field, so that what nobody reads can be told."""

    def __init__(self, tree: Tree, path: str, notices: Notices, now_ms: int) -> None:
        self._tree = tree
        self._path = path
        self._notices = notices
        self._now_ms = now_ms
        self._known: set[str] = set()

    def path(self, name: str) -> str:
        """The path of a field, e.g. `children[0].sex`."""
        return f"{self._path}.{name}" if self._path else name

    def note(self, name: str, code: NoticeCode) -> None:
        """Add a notice to a field."""
        self._notices.add(self.path(name), code)

    def raw(self, name: str) -> object:
        """The value as filed, or None when absent, null, empty or a word for unknown."""
        self._known.add(name)
        value = self._tree.get(name)
        if isinstance(value, str) and value.strip().lower() in _UNKNOWN_WORDS:
            return None
        return value

    def sealed(self, *names: str) -> None:
        """Fields that exist and are read by nobody here: they go into the sealed part alone."""
        self._known.update(names)

    def text(self, name: str) -> str | None:
        """Text for the sealed part or for a keyed hash, of whatever type it was filed in; None when there is none."""
        value = self.raw(name)
        if value is None or value in ([], {}):
            return None
        return value.strip() if isinstance(value, str) else str(value)

    def flag(self, name: str) -> bool | None:
        """True, false or unknown; words for yes and no are understood."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower() if isinstance(value, str | int) else ""
        if word in _TRUE_WORDS or word in _FALSE_WORDS:
            return word in _TRUE_WORDS
        self.note(name, NoticeCode.NOT_UNDERSTOOD)
        return None

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number between two bounds (inclusive); digits in text are understood."""
        value = self.raw(name)
        if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", value):
            value = int(value)
        if isinstance(value, float):
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(name, NoticeCode.NOT_UNDERSTOOD)
            return None
        if not low <= value <= high:
            self.note(name, NoticeCode.OUT_OF_RANGE)
            return None
        return value

    def code(self, name: str, codes: type[Code]) -> Code | None:
        """One code of a vocabulary."""
        value = self.raw(name)
        if value is None:
            return None
        found = _code(value, codes)
        if found is None:
            self.note(name, NoticeCode.UNKNOWN_CODE if isinstance(value, str) else NoticeCode.NOT_UNDERSTOOD)
        return found

    def codes(self, name: str, codes: type[Code], fallback: Code) -> tuple[Code, ...]:
        """Several codes, each once, in the order filed; what is not a code becomes `fallback`."""
        value = self.raw(name)
        if value is None or value in ([], {}):
            return ()
        found: dict[Code, None] = {}
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            code = _code(item, codes)
            if code is None:
                self.note(name, NoticeCode.UNKNOWN_CODE if isinstance(item, str) else NoticeCode.NOT_UNDERSTOOD)
            found[fallback if code is None else code] = None
        return tuple(found)

    def area(self, name: str) -> str | None:
        """An area code of 6, 9 or 12 digits of a province that exists, as filed (a village's 12 digits identify)."""
        value = self.raw(name)
        if value is None:
            return None
        digits = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if digits.isascii() and _AREA.fullmatch(digits) and digits[:2] in PROVINCES:
            return digits
        if not digits or digits.strip("0"):
            self.note(name, NoticeCode.WRONG_AREA)
        return None

    def moment(self, name: str) -> int | None:
        """A date or time as Unix milliseconds, down to the hour; the exact one is in the sealed part."""
        value = self.raw(name)
        if value is None:
            return None
        moment = _moment(value) if isinstance(value, str) else None
        if moment is None:
            self.note(name, NoticeCode.NOT_UNDERSTOOD)
            return None
        if moment.year < YEAR_MIN:
            self.note(name, NoticeCode.ABSURD_DATE)
            return None
        unix_ms = int(moment.timestamp() * 1000)
        if unix_ms > self._now_ms + DAY_MS:
            self.note(name, NoticeCode.ABSURD_DATE)
            return None
        unix_ms = min(unix_ms, self._now_ms)
        return unix_ms - unix_ms % HOUR_MS

    def birth_date(self, name: str) -> date | None:
        """A day of birth, not in the future and not over 120 years ago; never leaves intake in clear."""
        value = self.raw(name)
        if value is None:
            return None
        moment = _moment(value) if isinstance(value, str) else None
        if moment is None:
            self.note(name, NoticeCode.NOT_UNDERSTOOD)
            return None
        today = day_of(self._now_ms)
        if not today.year - 120 <= moment.year or moment.date() > today:
            self.note(name, NoticeCode.ABSURD_DATE)
            return None
        return moment.date()

    def object(self, name: str) -> "Fields | None":
        """A nested object."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            if value != []:
                self.note(name, NoticeCode.NOT_UNDERSTOOD)
            return None
        return Fields(value, self.path(name), self._notices, self._now_ms)

    def objects(self, name: str, count_max: int) -> "tuple[tuple[Fields, ...], int]":
        """A list of objects (one alone is understood), at most `count_max`, and how many more there were."""
        value = self.raw(name)
        if value is None or value in ([], {}):
            return (), 0
        if not isinstance(value, list | dict):
            self.note(name, NoticeCode.NOT_UNDERSTOOD)
            return (), 0
        items = value if isinstance(value, list) else [value]
        kept = [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]
        if len(kept) < sum(item is not None for item in items):
            self.note(name, NoticeCode.NOT_UNDERSTOOD)
        if len(kept) > count_max:
            self.note(name, NoticeCode.TOO_MANY)
        path = self.path(name)
        found = (Fields(item, f"{path}[{index}]", self._notices, self._now_ms) for index, item in kept[:count_max])
        return tuple(found), max(0, len(kept) - count_max)

    def done(self) -> None:
        """Called when everything was read: tells that there were fields which nobody knows (never their names)."""
        unknown = tuple(name for name in self._tree if name not in self._known)
        if unknown:
            self._notices.add(self._path, NoticeCode.UNKNOWN_FIELDS)
            self._notices.undefined[self._path or "report"] = unknown[:UNDEFINED_MAX]


def day_of(unix_ms: int) -> date:
    """The day in China."""
    return datetime.fromtimestamp(unix_ms / 1000, CHINA).date()


def birth_of_id_number(id_number: str | None) -> date | None:
    """The day of birth that stands in an 18-digit ID number (GB 11643), or None."""
    match = _ID_BIRTH.fullmatch(id_number.strip()) if id_number else None
    return _day(*(int(part) for part in match.groups())) if match else None


def age_on(day: date, birth: date) -> tuple[int, int]:
    """Whole years and whole months of life on a day (not before birth)."""
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    return months // 12, months


def _code(value: object, codes: type[Code]) -> Code | None:
    if not isinstance(value, str):
        return None
    word = re.sub(r"[\s-]+", "_", value.strip().upper())
    return codes.__members__.get(_SEX_WORDS.get(word, word))


def _moment(text: str) -> datetime | None:
    """A moment from ISO 8601, or from a day, month or year written in the ways of forms."""
    text = text.strip()
    if len(text) > 40:  # noqa: PLR2004 - longer than any way to write a moment
        return None
    match = _DATE.fullmatch(text)
    if match:
        year, month, day = (int(part or 1) for part in match.groups())
        found = _day(year, month, day)
        return datetime(found.year, found.month, found.day, tzinfo=CHINA) if found else None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
