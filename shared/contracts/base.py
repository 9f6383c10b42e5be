"""The base of every message model, and the types that many of them use."""

import functools
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    """A frozen message. Unknown fields are ignored, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_enum_values=False, ser_json_inf_nan="null")


Copied = TypeVar("Copied", bound=Message)


def copied(message: Copied, **changes: Any) -> Copied:  # noqa: ANN401 - one of many types
    """A copy with some fields changed and not checked again: for a moment or a number that is right by its making."""
    copy = _new(type(message))
    _set_fields(copy, message.__dict__ | changes)
    _set_names(copy, message.__pydantic_fields_set__)
    _set_extra(copy, None)
    _set_private(copy, None)
    return copy


def made(kind: type[Copied], fields: dict[str, Any]) -> Copied:
    """A message whose fields are right by their making, and not checked again: a third of the constructor's time.

    Every field without a default must be given. Whoever uses it checks what no type holds (an id's length, a bound).
    """
    message = _new(kind)
    defaults, names = defaults_of(kind)
    _set_fields(message, defaults | fields)
    _set_names(message, names)
    _set_extra(message, None)
    _set_private(message, None)
    return message


def whole(kind: type[Copied], fields: dict[str, Any]) -> Copied:
    """Likewise, where every field is given, also its type: half the time of `made`. Takes the fields over."""
    message = _new(kind)
    _set_fields(message, fields)
    _set_names(message, defaults_of(kind)[1])
    _set_extra(message, None)
    _set_private(message, None)
    return message


@functools.lru_cache(maxsize=256)
def defaults_of(kind: type[Message]) -> tuple[dict[str, Any], set[str]]:
    """The defaults of a kind of message, none of which can be changed, and the names of all of its fields."""
    fields = kind.model_fields
    defaults = {name: field.get_default(call_default_factory=True) for name, field in fields.items()}
    return {name: value for name, value in defaults.items() if not fields[name].is_required()}, set(fields)


_new = object.__new__
_set_fields = BaseModel.__dict__["__dict__"].__set__
_set_names = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__
"""The slots of a model, set directly: half the time of `object.__setattr__`, which a frozen model asks for else."""


class Cited(Message):
    """A small message that a policy makes once and that stands in thousands of others: its JSON is remembered."""


MOMENT_MAX_MS = 32_503_680_000_000
"""The year 3000."""
UnixMilliseconds = Annotated[int, Field(ge=0, le=MOMENT_MAX_MS, description="Unix time in milliseconds, UTC.")]
CountyCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="6-digit county code (GB/T 2260).")]
AreaCode = Annotated[
    str, Field(pattern=r"^[0-9]{6,12}$", description="Area code prefix, 6 to 12 digits (county … village).")
]
TownshipCode = Annotated[
    str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$", description="9-digit township code, or the county's 6 digits.")
]
ReasonCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,60}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Lower-case hexadecimal SHA-256.")]
IDENTIFIER_LENGTH_MAX = 120
Identifier = Annotated[str, Field(min_length=1, max_length=IDENTIFIER_LENGTH_MAX, pattern=r"^[A-Za-z0-9._:~@-]+$")]
Base64 = Annotated[str, Field(max_length=400_000, pattern=r"^[A-Za-z0-9+/=]*$")]
