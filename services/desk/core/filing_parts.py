"""The parts of a filing as it was sealed: only what a grant names is taken out of it.

A filing is kept as it was sent, so that any value may have any shape; what is no text is shown as JSON. Where who
reported is not granted, their name and telephone number are blacked out of every other part, the narrative too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.contracts.identity import OF_REPORTER, IdentityPart

NOTE: Final = "note"
"""What a sealed note begins with, where a filing has `filing`."""
OF_NOTE: Final = ("by", "command", "note", "name", "contact")
VALUE_LENGTH_MAX: Final = 20_000
BLACK: Final = "▮▮▮"
BLACKED_LENGTH_MIN: Final = 2
Shown = dict[str, list[tuple[str, str]]]
"""Part to its lines: the field's name and what was written there."""
_OF_CHILD: Final = {
    IdentityPart.NAME: ("name",),
    IdentityPart.CHILD: ("name", "id_number", "birth_date"),
    IdentityPart.PLACE: ("address", "area_code"),
}
_PERSON: Final = ("relation", "name", "id_number", "phone", "whereabouts", "address")


def parts_of(document: bytes, child: int | None, parts: Sequence[IdentityPart], reporters: Sequence[str] = ()) -> Shown:
    """What these parts say of a child: its place in the filing, or None for every child.

    `reporters`: what names a reporter in the case's filings; an officer's note is blacked out by it, too.
    ValueError for a document that cannot be read.
    """
    whole = json.loads(document)
    if isinstance(whole, dict) and isinstance(whole.get(NOTE), dict):
        return _note(whole[NOTE], parts, () if OF_REPORTER & set(parts) else reporters)
    filing = whole.get("filing") if isinstance(whole, dict) else None
    if not isinstance(filing, dict):
        return {IdentityPart.NARRATIVE.value: [("text", _text(whole))]} if IdentityPart.NARRATIVE in parts else {}
    shown = {part.value: list(_lines(filing, child, part)) for part in parts}
    if not OF_REPORTER & set(parts):
        hidden = _of_reporter(filing)
        shown = {part: [(name, _blacked(text, hidden)) for name, text in lines] for part, lines in shown.items()}
    return {part: lines for part, lines in shown.items() if lines}


def reporters_in(document: bytes) -> list[str]:
    """What names who reported in a filing; nothing for a note. ValueError for a document that cannot be read."""
    whole = json.loads(document)
    filing = whole.get("filing") if isinstance(whole, dict) else None
    return _of_reporter(filing) if isinstance(filing, dict) else []


def _note(note: Mapping[str, Any], parts: Sequence[IdentityPart], hidden: Sequence[str]) -> Shown:
    if IdentityPart.NOTES not in parts:
        return {}
    lines = [(name, _blacked(text, hidden)) for name, text in _fields(note, OF_NOTE)]
    return {IdentityPart.NOTES.value: lines} if lines else {}


def _lines(filing: Mapping[str, Any], child: int | None, part: IdentityPart) -> Iterator[tuple[str, str]]:
    if part in _OF_CHILD:
        for each in _children(filing, child):
            yield from _fields(each, _OF_CHILD[part])
        return
    match part:
        case IdentityPart.GUARDIANS:
            for person in _several(filing.get("guardians")):
                yield from _fields(person, _PERSON)
            yield from _fields(filing.get("carer"), _PERSON)
        case IdentityPart.ALLEGED_PERSON:
            for person in (filing.get("alleged_person"), *_several(filing.get("others_alleged"))):
                yield from _fields(person, _PERSON)
        case IdentityPart.REPORTER:
            yield from _fields(filing.get("reporter"), ("name", "role", "phone"))
        case IdentityPart.REPORTER_PHONE:
            yield from _fields(filing.get("reporter"), ("phone",))
        case IdentityPart.NARRATIVE:
            yield from _fields(filing, ("narrative",))
            yield from _fields(filing.get("actions_taken"), ("police_reference",))


def _children(filing: Mapping[str, Any], child: int | None) -> list[Any]:
    children = _several(filing.get("children"))
    return children if child is None else children[child : child + 1]


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - whatever was sent
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _fields(value: Any, names: Sequence[str]) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever was sent
    """The named fields; a value that is no object is shown whole, since nobody knows what it says."""
    if isinstance(value, dict):
        yield from ((name, _text(value[name])) for name in names if value.get(name) not in (None, "", [], {}))
    elif value not in (None, "", []):
        yield "text", _text(value)


def _text(value: Any) -> str:  # noqa: ANN401 - whatever was sent
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:VALUE_LENGTH_MAX]


def _of_reporter(filing: Mapping[str, Any]) -> list[str]:
    reporter = filing.get("reporter")
    if not isinstance(reporter, dict):
        return []
    said = [reporter.get("name"), reporter.get("phone")]
    return [each.strip() for each in said if isinstance(each, str) and len(each.strip()) >= BLACKED_LENGTH_MIN]


def _blacked(text: str, hidden: Sequence[str]) -> str:
    for each in hidden:
        text = text.replace(each, BLACK)
    return text
