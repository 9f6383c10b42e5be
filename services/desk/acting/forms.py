"""A form of an action: how it is shown, and how what was typed becomes a command's body and its id.

The id of a form is made when it is shown. The command's id is made of it and of all that was typed, so that a form
that is pressed twice, or sent again by a browser, is one command, and a form that was changed in between is another.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from services.desk.acting.fields import Choice, Field, Kind, Wrong, value_of
from services.desk.acting.table import Action
from services.desk.core.guard import Principal
from services.desk.views import Tongue
from shared.contracts.base import Message
from shared.contracts.vocabulary import Department
from shared.explaining.said import Said

FORM_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,40}")
NEW: Final = "NEW"
"""The choice of a candidate who is not recorded yet; the id is made from the command's."""
YES_NO: Final = (
    Choice("unknown", Said("不清楚", "not known")),
    Choice("yes", Said("是", "yes")),
    Choice("no", Said("否", "no")),
)
NOT_TOGETHER: Final = Said("填写不完整或互相不合", "what was filled in does not go together")

Sources = Mapping[str, tuple[Choice, ...]]
Typed = Mapping[str, Sequence[str]]


class BadForm(Exception):
    """The form was not made by this desk."""


class Unfit(Exception):
    """What was typed makes no command: what is wrong with which field (None: with the whole)."""

    def __init__(self, wrongs: Sequence[tuple[Field | None, Said]]) -> None:
        super().__init__("unfit")
        self.wrongs = wrongs


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: the command's id and body, and the free text that is sealed before it is sent."""

    command_id: str
    body: Message
    note: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a form leads: the path before the action's name, and what the body holds without being typed."""

    path: str
    case_id: str
    department: Department | None = None


def choices_of(asked: Field, sources: Sources) -> tuple[Choice, ...]:
    """The choices of a field, its own or the case's."""
    if asked.kind is Kind.YES_NO:
        return YES_NO
    return sources.get(asked.source, ()) if asked.source else asked.choices


def read(
    action: Action, who: Principal, target: Target, typed: Typed, sources: Sources, now_ms: int, note_key: bytes
) -> Asked:
    """What the form asks for. Raises BadForm, or Unfit with all that is wrong.

    `note_key` hashes free text where it makes part of the command's id, which everybody can read.
    """
    form_id = _first(typed, "form")
    if not FORM_ID.fullmatch(form_id):
        raise BadForm
    digest = _digest(action, who, target, typed, note_key)
    note: dict[str, str] = {}
    values: dict[str, Any] = {"case": target.case_id}
    if action.of_department and target.department is not None:
        values["department"] = target.department
    wrongs: list[tuple[Field | None, Said]] = []
    for each in action.asked:
        try:
            value = value_of(each, typed.get(each.name, ()), choices_of(each, sources), now_ms)
        except Wrong as wrong:
            wrongs.append((wrong.field, wrong.why))
            continue
        if each.source == "candidates" and value == NEW:
            value = f"kin-{digest}"
        if each.kind is Kind.NOTE:
            note |= {each.name: value} if value else {}
        elif value is not None:
            values[each.name] = value
    if wrongs:
        raise Unfit(wrongs)
    try:
        body = action.command.model_validate(values)
    except ValidationError as error:
        by_name = {each.name: each for each in action.asked}
        raise Unfit([(by_name.get(str(at["loc"][0])) if at["loc"] else None, NOT_TOGETHER) for at in error.errors()]) from None  # fmt: skip  # noqa: E501 - one thought
    return Asked(f"desk-{form_id}-{digest}", body, note)


def _first(typed: Typed, name: str) -> str:
    values = typed.get(name, ())
    return values[0] if values else ""


def _digest(action: Action, who: Principal, target: Target, typed: Typed, note_key: bytes) -> str:
    """Of who asks for what, as it was typed: an empty moment stays empty, though it is another one each time."""
    parts = [who.account, action.route.value, target.case_id, target.department or ""]
    for each in action.asked:
        texts = sorted(text.strip() for text in typed.get(each.name, ()))
        if each.kind is Kind.NOTE:
            texts = [hmac.new(note_key, text.encode(), hashlib.sha256).hexdigest() for text in texts if text]
        parts += [each.name, *texts]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was typed before and what was wrong with it, when a form is shown again."""

    typed: Typed = field(default_factory=dict)
    wrongs: Sequence[tuple[Field | None, Said]] = ()


def view(
    action: Action, target: Target, sources: Sources, tongue: Tongue, since: int, shown: Shown | None = None
) -> dict[str, Any]:
    """A form for the templates. `since`: the last record that the page shows, so that the answer can tell what came."""
    shown = shown or Shown()
    form_id = _first(shown.typed, "form") or secrets.token_urlsafe(16)
    wrong = {each.name: tongue.pick(why) for each, why in shown.wrongs if each is not None}
    return {
        "route": action.route.value,
        "url": f"{target.path}/{action.route.value}",
        "form_id": form_id,
        "since": since,
        "title": tongue.pick(action.title),
        "hint": tongue.pick(action.hint) if action.hint else "",
        "missing": [],
        "wrong": [tongue.pick(why) for each, why in shown.wrongs if each is None],
        "fields": [
            _field(each, choices_of(each, sources), shown.typed.get(each.name), wrong.get(each.name, ""), tongue)
            for each in action.asked
        ],
    }


def _field(
    asked: Field, choices: Sequence[Choice], typed: Sequence[str] | None, wrong: str, tongue: Tongue
) -> dict[str, Any]:
    chosen = list(typed) if typed is not None else _preset(asked, choices)
    return {
        "name": asked.name,
        "kind": asked.kind.value,
        "label": tongue.pick(asked.label),
        "hint": tongue.pick(asked.hint) if asked.hint else "",
        "needed": asked.needed and asked.kind is not Kind.NOW,
        "choices": [
            {"code": choice.code, "said": tongue.pick(choice.said), "chosen": choice.code in chosen}
            for choice in choices
        ],
        "value": chosen[0] if chosen else "",
        "has_blank": not chosen or not asked.needed,
        "least": asked.least,
        "most": asked.most,
        "wrong": wrong,
    }


def _preset(asked: Field, choices: Sequence[Choice]) -> list[str]:
    if asked.kind is Kind.YES_NO:
        return ["unknown"]
    if asked.preset:
        return [asked.preset]
    if asked.kind is Kind.CHOICE and asked.source and asked.needed and len(choices) == 1:
        return [choices[0].code]
    return []
