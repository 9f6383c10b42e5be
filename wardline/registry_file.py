"""The registry as a YAML file: counties with contacts, accounts, shifts and places, and institutions.

Times may be relative: `from: now` is the start of today in Asia/Shanghai, `for: 30d` and `licence_for: 365d` lengths.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from shared.contracts.commands import CommandBody, SetAccount, SetArea, SetContact, SetPlace, SetShift
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Account, AreaFacts, Contact, Place, RotaShift
from shared.contracts.reports import InstitutionRegistered
from shared.runtime.clock import SpaceClock
from wardline.body_options import moment_ms
from wardline.workplace import SHANGHAI

LENGTH: Final = re.compile(r"^([0-9]+)([mhd])$")
UNIT_MS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


class RegistryInvalid(ValueError):
    """The file cannot be used: which part, and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to register: its event's type, its name within the county, and the command's body."""

    event: str
    county: str
    name: str
    content: Mapping[str, Any]
    body: CommandBody


@dataclass(frozen=True, slots=True)
class RegistryFile:
    """What the file says, with relative times resolved. `api_keys`: keys in clear by institution (samples only)."""

    entries: tuple[Entry, ...]
    institutions: tuple[InstitutionRegistered, ...]
    api_keys: Mapping[str, str]


def read_registry(path: Path, clock: SpaceClock) -> RegistryFile:
    """Read the file. Raises RegistryInvalid."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RegistryInvalid(f"{path}: {error}") from None
    if not isinstance(content, dict):
        raise RegistryInvalid(f"{path}: not a registry")
    today_ms = _start_of_day_ms(clock.now_ms())
    entries: list[Entry] = []
    for county in content.get("counties", []):
        entries += _county(county, today_ms, clock)
    institutions, api_keys = [], {}
    for raw in content.get("institutions", []):
        fields = dict(raw)
        if "api_key" in fields:
            key = str(fields.pop("api_key"))
            api_keys[str(fields["id"])] = key
            fields["api_key_sha256"] = hashlib.sha256(key.encode()).hexdigest()
        institutions.append(_checked(InstitutionRegistered, fields, f"institution {fields.get('id')}"))
    return RegistryFile(tuple(entries), tuple(institutions), api_keys)


def areas_of(path: Path) -> list[dict[str, str]]:
    """The counties and townships of a registry file by code and name, as intake's form offers them.

    The county of filings without a place is none that anybody could choose. Raises RegistryInvalid.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RegistryInvalid(f"{path}: {error}") from None
    found = []
    for county in content.get("counties", []):
        code, area = str(county["county"]), county.get("area", {})
        if code == COUNTY_UNKNOWN:
            continue
        found.append({"code": code, "zh": str(area.get("title_zh", code)), "en": str(area.get("title_en", code))})
        found += [{name: str(each[name]) for name in ("code", "zh", "en")} for each in county.get("townships", [])]
    return found


def accounts_of(content: RegistryFile) -> list[Account]:
    """The accounts that a registry file names, in its order."""
    return [entry.body.account for entry in content.entries if isinstance(entry.body, SetAccount)]


def _county(content: Mapping[str, Any], today_ms: int, clock: SpaceClock) -> list[Entry]:
    county = str(content.get("county", ""))
    entries = []
    if area := content.get("area"):
        facts = _checked(AreaFacts, {"county": county, **area}, f"area of {county}")
        entries.append(Entry("AreaSet", county, county, facts.model_dump(mode="json"), SetArea(area=facts)))
    for raw in content.get("contacts", []):
        contact = _checked(Contact, {"county": county, **raw}, f"contact {raw.get('contact_id')}")
        entries.append(
            Entry(
                "ContactSet", county, contact.contact_id, contact.model_dump(mode="json"), SetContact(contact=contact)
            )
        )
    for raw in content.get("accounts", []):
        account = _checked(Account, {"county": county, **raw}, f"account {raw.get('account')}")
        entries.append(
            Entry("AccountSet", county, account.account, account.model_dump(mode="json"), SetAccount(account=account))
        )
    for raw in content.get("places", []):
        fields = {"county": county, **raw}
        if "licence_for" in fields:
            fields["licence_until_ms"] = today_ms + _length_ms(fields.pop("licence_for"))
        place = _checked(Place, fields, f"place {raw.get('place_id')}")
        entries.append(Entry("PlaceSet", county, place.place_id, place.model_dump(mode="json"), SetPlace(place=place)))
    for raw in content.get("shifts", []):
        shift = _shift(county, raw, today_ms, clock)
        entries.append(Entry("ShiftSet", county, shift.shift_id, shift.model_dump(mode="json"), SetShift(shift=shift)))
    return entries


def _shift(county: str, raw: Mapping[str, Any], today_ms: int, clock: SpaceClock) -> RotaShift:
    fields = {"county": county, **raw}
    name = f"shift {raw.get('shift_id')}"
    try:
        if "from" in fields:
            start = str(fields.pop("from"))
            fields["from_ms"] = today_ms if start == "now" else moment_ms(start, clock)
        if "for" in fields:
            fields["until_ms"] = int(fields["from_ms"]) + _length_ms(fields.pop("for"))
        elif "until" in fields:
            fields["until_ms"] = moment_ms(str(fields.pop("until")), clock)
    except (KeyError, ValueError) as error:
        raise RegistryInvalid(f"{name}: {error}") from None
    shift: RotaShift = _checked(RotaShift, fields, name)
    return shift


def _length_ms(text: object) -> int:
    matched = LENGTH.match(str(text))
    if matched is None:
        raise RegistryInvalid(f"'{text}' is no length: write 30m, 12h or 30d")
    return int(matched.group(1)) * UNIT_MS[matched.group(2)]


def _start_of_day_ms(now_ms: int) -> int:
    """The start of the day, so that loading the file twice on a day asks for the same thing."""
    now = datetime.fromtimestamp(now_ms / 1000, SHANGHAI)
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _checked(model: type[Any], fields: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - one of the models
    known = set(model.model_fields)
    if unknown := set(fields) - known:
        raise RegistryInvalid(f"{name}: unknown field {', '.join(sorted(unknown))}")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise RegistryInvalid(f"{name}: {faults}") from None
