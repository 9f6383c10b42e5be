"""The parts of a form: what each asks, in both languages, and how what was typed becomes a field of a command."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from shared.explaining.said import SHANGHAI, Said

LOOKS_LIKE_A_PERSON_S: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
"""An ID number or a mobile number, typed where a document's number belongs: neither may stand in the ledger."""
BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[\s._:~@-]+(?=\d)")
CODE: Final = re.compile(r"[A-Za-z0-9._:~@-]{1,120}")
TEXT_MAX: Final = 200
NOTE_LENGTH_MAX: Final = 2_000


class Kind(StrEnum):
    """How a field is asked and read.

    CHOICE: one of `choices`. YES_NO: yes, no, or not known. FLAG: a box. MANY: boxes, any number of them. NOW: a
    moment, the present one when it is left empty. MOMENT: a moment or none. NUMBER: a whole number. CODE: a number of
    a document, which may not look like a person's. NOTE: free text, which is sealed before the command is sent.
    """

    CHOICE = "CHOICE"
    YES_NO = "YES_NO"
    FLAG = "FLAG"
    MANY = "MANY"
    NOW = "NOW"
    MOMENT = "MOMENT"
    NUMBER = "NUMBER"
    CODE = "CODE"
    NOTE = "NOTE"


class Choice(NamedTuple):
    """A code and how it is said."""

    code: str
    said: Said


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `source`: where its choices come from when they are the case's own (see `forms`).

    `preset`: the code that is chosen already, or `+days` of a number. `least`, `most`: of a number.
    """

    name: str
    label: Said
    kind: Kind = Kind.CHOICE
    choices: tuple[Choice, ...] = ()
    source: str = ""
    needed: bool = True
    preset: str = ""
    hint: Said | None = None
    least: int = 1
    most: int = 180


class Wrong(Exception):
    """What was typed is no answer to the field; `why` says it to the person."""

    def __init__(self, field: Field, why: Said) -> None:
        super().__init__(field.name)
        self.field, self.why = field, why


MISSING: Final = Said("请填写", "it is missing")
NOT_A_CHOICE: Final = Said("请从列表中选择", "choose one of the list")
NOT_A_TIME: Final = Said("时间写法不对", "this is no time")
NOT_A_NUMBER: Final = Said("请填整数，且在范围内", "a whole number within the limits, please")
TOO_LONG: Final = Said("太长", "it is too long")
NOT_A_CODE: Final = Said("只能用字母、数字和 . _ : ~ @ - ，不能有空格", "letters, digits, . _ : ~ @ - and no spaces")
A_PERSON_S: Final = Said(
    "看起来像身份证号或手机号：个人信息不得写在这里",
    "it looks like an ID number or a mobile number: nothing personal may be written here",
)


def value_of(field: Field, typed: Sequence[str], choices: Sequence[Choice], now_ms: int) -> Any:  # noqa: ANN401
    """The value for the command's body; None where nothing was typed and nothing is needed. Raises Wrong."""
    if field.kind is Kind.NOTE:
        return _note(field, typed)
    text = typed[0].strip()[:TEXT_MAX] if typed else ""
    match field.kind:
        case Kind.FLAG:
            return text == "yes"
        case Kind.MANY:
            codes = {choice.code for choice in choices}
            if not set(typed) <= codes:
                raise Wrong(field, NOT_A_CHOICE)
            return sorted(set(typed))
        case Kind.NOW if not text:
            return now_ms
        case Kind.YES_NO if not text:
            return None
    if not text:
        if field.needed:
            raise Wrong(field, MISSING)
        return None
    return _READERS[field.kind](field, text, choices)


def _note(field: Field, typed: Sequence[str]) -> str | None:
    """Free text as it was typed; too long is not cut in silence."""
    text = typed[0].strip() if typed else ""
    if len(text) > field.most:
        raise Wrong(field, TOO_LONG)
    return text or None


def _choice(field: Field, text: str, choices: Sequence[Choice]) -> str:
    if text not in {choice.code for choice in choices}:
        raise Wrong(field, NOT_A_CHOICE)
    return text


def _yes_no(field: Field, text: str, _choices: Sequence[Choice]) -> bool | None:
    if text not in _YES_NO:
        raise Wrong(field, NOT_A_CHOICE)
    return _YES_NO[text]


def _moment(field: Field, text: str, _choices: Sequence[Choice]) -> int:
    """A browser's `datetime-local`, which knows no zone: on the clocks of the county."""
    try:
        at = datetime.fromisoformat(text)
        return int((at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Wrong(field, NOT_A_TIME) from None


def _number(field: Field, text: str, _choices: Sequence[Choice]) -> int:
    if not text.isascii() or not text.isdigit() or not field.least <= int(text[:9]) <= field.most:
        raise Wrong(field, NOT_A_NUMBER)
    return int(text)


def _code(field: Field, text: str, _choices: Sequence[Choice]) -> str:
    if LOOKS_LIKE_A_PERSON_S.search(BETWEEN_DIGITS.sub("", text)):
        raise Wrong(field, A_PERSON_S)
    if not CODE.fullmatch(text):
        raise Wrong(field, NOT_A_CODE)
    return text


_YES_NO: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None}
_READERS: Final = {
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.NOW: _moment,
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
    Kind.CODE: _code,
}
