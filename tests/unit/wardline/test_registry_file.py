"""The registry file: relative times, one refusal for each mistake, and the sample that everybody starts with."""

from datetime import datetime
from pathlib import Path

import pytest

from shared.contracts.registry import RotaShift
from shared.runtime.clock import SpaceClock
from wardline import samples
from wardline.commands.registry import _command_id
from wardline.registry_file import RegistryInvalid, read_registry
from wardline.workplace import SHANGHAI

NOON_MS = int(datetime(2026, 11, 23, 12, tzinfo=SHANGHAI).timestamp() * 1000)
MIDNIGHT_MS = NOON_MS - 12 * 3_600_000
DAY_MS = 86_400_000


def clock(now_ms: int = NOON_MS) -> SpaceClock:
    return SpaceClock(wall=lambda: now_ms)


def shifts(path: Path, now_ms: int = NOON_MS) -> list[RotaShift]:
    return [entry.body.shift for entry in read_registry(path, clock(now_ms)).entries if entry.event == "ShiftSet"]  # type: ignore[union-attr]


def test_the_sample_is_a_registry_with_a_rota_for_the_unknown_county_and_hashed_keys() -> None:
    content = read_registry(samples.REGISTRY, clock())
    assert {entry.county for entry in content.entries} == {"520327", "000000"}
    assert set(content.api_keys) == {institution.id for institution in content.institutions}
    assert not any(key in str(content.institutions) for key in content.api_keys.values())


def test_relative_times_begin_at_midnight_so_that_two_loads_of_a_day_ask_for_the_same() -> None:
    [first, *_] = shifts(samples.REGISTRY)
    assert (first.from_ms, first.until_ms) == (MIDNIGHT_MS, MIDNIGHT_MS + 180 * DAY_MS)
    assert shifts(samples.REGISTRY, NOON_MS + 3_600_000) == shifts(samples.REGISTRY)
    assert shifts(samples.REGISTRY, NOON_MS + DAY_MS) != shifts(samples.REGISTRY)


def test_a_change_back_is_another_command_and_a_retry_is_the_same() -> None:
    entry = read_registry(samples.REGISTRY, clock()).entries[0]
    assert _command_id(entry, 0) == _command_id(entry, 0)
    assert _command_id(entry, 0) != _command_id(entry, 7)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("counties: [{county: '520327', places: [{place_id: p, type: FOSTER}]}]", "capacity"),
        ("counties: [{county: '520327', places: [{place_id: p, type: FOSTER, capacity: 1, colour: red}]}]", "colour"),
        ("counties: [{county: '520327', shifts: [{shift_id: s, from: soon}]}]", "shift s"),
        ("counties: [{county: '52', area: {}}, {county: '52', accounts: [{account: a, role: OFFICER}]}]", "account a"),
        ("[]", "not a registry"),
        ("{", "while parsing"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryInvalid, match=says):
        read_registry(path, clock())
