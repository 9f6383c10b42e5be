"""Click options from the models of commands: nothing about a command is written twice.

A time field `…_ms` becomes an option without the unit that takes ISO 8601, `now`, or milliseconds. A nested model is
JSON, or `@FILE` with JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from shared.contracts.base import Message
from shared.runtime.clock import SpaceClock
from wardline.workplace import SHANGHAI

MILLISECONDS = "_ms"


class TimeOption(click.ParamType):
    """A moment: ISO 8601 (Asia/Shanghai unless it says otherwise), `now`, or Unix milliseconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Check the form; the space's clock resolves it later."""
        try:
            moment_ms(str(value), SpaceClock())
        except ValueError:
            self.fail(f"{value!r} is no time: ISO 8601, 'now' or Unix milliseconds", param, ctx)
        return str(value)


def moment_ms(text: str, clock: SpaceClock) -> int:
    """A moment as Unix milliseconds; `now` is the space's. Raises ValueError."""
    if text == "now":
        return clock.now_ms()
    if text.isdigit():
        return int(text)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class BodyField:
    """One field of a command's body as an option."""

    name: str
    option: str
    kind: click.ParamType | type
    required: bool
    is_time: bool = False
    is_json: bool = False
    help: str = ""

    def as_option(self) -> click.Option:
        """The click option."""
        is_flag = self.kind is bool
        declaration = f"--{self.option}/--no-{self.option}" if is_flag else f"--{self.option}"
        return click.Option(
            [declaration, self.name],
            type=None if is_flag else self.kind,
            required=self.required,
            default=None,
            help=self.help,
            multiple=False,
        )


def fields_of(model: type[Message]) -> list[BodyField]:
    """The fields of a command's body but its discriminator, as options."""
    return [_field(name, info) for name, info in model.model_fields.items() if name != "type"]


def body_from(model: type[Message], fields: list[BodyField], given: Mapping[str, Any], clock: SpaceClock) -> Message:
    """The body from the options that were given. Raises click.UsageError with what is wrong with which option."""
    values: dict[str, Any] = {}
    for each in fields:
        value = given.get(each.name)
        if value is None:
            continue
        values[each.name] = moment_ms(value, clock) if each.is_time else _json(value) if each.is_json else value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        options = {each.name: each.option for each in fields}
        faults = "; ".join(_fault(options, each["loc"], each["msg"], each["type"]) for each in error.errors())
        raise click.UsageError(faults) from None


def _fault(options: Mapping[str, str], loc: tuple[int | str, ...], message: str, kind: str) -> str:
    """What is wrong with an option, by the name under which it was given; inside JSON, with the field's path."""
    first, *inside = (str(part) for part in loc) if loc else ("",)
    where = f"--{options[first]}" if first in options else first
    path = f" ({'.'.join(inside)})" if inside else ""
    if kind == "missing":
        return f"{where}{path} 必填 / is required"
    return f"{where}{path}: {message.removeprefix('Value error, ')}".removeprefix(": ")


def _field(name: str, info: FieldInfo) -> BodyField:
    kind = _plain(info.annotation)
    option = name.removesuffix(MILLISECONDS) if name.endswith(MILLISECONDS) else name
    option = option.replace("_", "-")
    required = info.is_required()
    if name.endswith(MILLISECONDS):
        return BodyField(name, option, TimeOption(), required, is_time=True, help="ISO 8601, 'now' or milliseconds")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        choice = click.Choice([each.value for each in kind])
        return BodyField(name, option, choice, required, help=info.description or "")
    if get_origin(kind) is Literal:
        return BodyField(name, option, click.Choice([str(each) for each in get_args(kind)]), required)
    if kind in {bool, int, str}:
        return BodyField(name, option, kind, required, help=info.description or "")
    return BodyField(name, option, str, required, is_json=True, help="JSON, or @FILE with JSON")


def _plain(annotation: Any) -> Any:  # noqa: ANN401 - a type expression
    """The type within Annotated[…] and … | None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, UnionType}:
            inner = [each for each in get_args(annotation) if each is not type(None)]
            if len(inner) != 1:
                return annotation
            annotation = inner[0]
        else:
            return annotation


def _json(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text)
    except (OSError, json.JSONDecodeError) as error:
        raise click.UsageError(f"not JSON: {error}") from None
