"""The base of every message model, and the types that many of them use."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    """A frozen message. Unknown fields are ignored, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_enum_values=False, ser_json_inf_nan="null")


Copied = TypeVar("Copied", bound=Message)


def copied(message: Copied, **changes: Any) -> Copied:  # noqa: ANN401 - one of many types
    """A copy with some fields changed and not checked again: for a moment or a number that is right by its making."""
    copy = object.__new__(type(message))
    _set(copy, "__dict__", message.__dict__ | changes)
    _set(copy, "__pydantic_fields_set__", message.__pydantic_fields_set__)
    _set(copy, "__pydantic_extra__", None)
    _set(copy, "__pydantic_private__", None)
    return copy


_set = object.__setattr__


class Cited(Message):
    """A small message that a policy makes once and that stands in thousands of others: its JSON is remembered."""


UnixMilliseconds = Annotated[int, Field(ge=0, le=32_503_680_000_000, description="Unix time in milliseconds, UTC.")]
CountyCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="6-digit county code (GB/T 2260).")]
AreaCode = Annotated[
    str, Field(pattern=r"^[0-9]{6,12}$", description="Area code prefix, 6 to 12 digits (county … village).")
]
TownshipCode = Annotated[
    str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$", description="9-digit township code, or the county's 6 digits.")
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Lower-case hexadecimal SHA-256.")]
Identifier = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9._:~@-]+$")]
Base64 = Annotated[str, Field(max_length=400_000, pattern=r"^[A-Za-z0-9+/=]*$")]
