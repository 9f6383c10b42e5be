"""The registry of a county: who is on duty, who may sign, which places exist, how offices are reached.

It lives in the case-log like everything else (set by commands), and holds office and duty numbers by role, not people.
An `account` is a pseudonymous id; the name behind it is kept by the desk.
"""

from typing import Annotated

from pydantic import Field

from shared.contracts.alerts import ChannelKind
from shared.contracts.base import AreaCode, CountyCode, Identifier, Message, UnixMilliseconds
from shared.contracts.vocabulary import Department, PlacementType, Relation, Role, Sex

AreaPrefix = Annotated[str, Field(pattern=r"^[0-9]{0,12}$", description="Area prefix; empty is the whole country.")]


class Channel(Message):
    """One way to reach an office."""

    kind: ChannelKind
    address: Annotated[str, Field(min_length=1, max_length=200)]


class Contact(Message):
    """An office or duty number: `role` staffs the ladder rung of that role in `area_prefix`."""

    contact_id: Identifier
    county: CountyCode
    department: Department
    role: Identifier
    area_prefix: AreaPrefix
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=6)]
    callback_number: Annotated[str, Field(max_length=40)] | None = None
    active: bool = True


class RotaShift(Message):
    """An officer or signatory on duty from `from_ms` until `until_ms`; `contact_id` is how the duty is reached."""

    shift_id: Identifier
    county: CountyCode
    account: Identifier
    rung: Annotated[str, Field(pattern=r"^(E1|E2|E3|SIGNATORY)$")]
    contact_id: Identifier
    from_ms: UnixMilliseconds
    until_ms: UnixMilliseconds


class Place(Message):
    """A place for a child (MPL 93). `capacity` counts children; ages inclusive; `sexes` empty means any.

    `household_of` are relations whose household this is (never the alleged person's); `licence_until_ms` None
    means that no licence is needed (kin).
    """

    place_id: Identifier
    county: CountyCode
    type: PlacementType
    capacity: Annotated[int, Field(ge=0, le=500)]
    age_years_min: Annotated[int, Field(ge=0, le=18)] = 0
    age_years_max: Annotated[int, Field(ge=0, le=18)] = 17
    sexes: tuple[Sex, ...] = ()
    accepts_disability: bool = False
    licence_until_ms: UnixMilliseconds | None = None
    only_case: Identifier | None = None
    household_of: Annotated[tuple[Relation, ...], Field(max_length=14)] = ()
    contact_id: Identifier | None = None
    active: bool = True


class Account(Message):
    """Somebody who may act, by pseudonymous id, bound to an area prefix and, for clerks, a department."""

    account: Identifier
    county: CountyCode
    role: Role
    area_prefix: AreaPrefix
    department: Department | None = None
    active: bool = True


class AreaFacts(Message):
    """What is configured for the county: its coordinating body (MPL 9 as amended 2024) and names for the page."""

    county: CountyCode
    coordinating_body: Department = Department.WCWC_OFFICE
    title_zh: Annotated[str, Field(max_length=60)] = ""
    title_en: Annotated[str, Field(max_length=80)] = ""
    area_codes: tuple[AreaCode, ...] = ()
