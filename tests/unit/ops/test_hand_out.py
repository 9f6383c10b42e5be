"""Each service gets its own keys of a space, and no others."""

from pathlib import Path

import pytest

from ops.containers.hand_out import KEYS, hand_out

EVERY_KEY = (
    "triage-writer",
    "operator",
    "operator-2",
    "desk",
    "custodian",
    "triage-match",
    "receipt",
    "answer-link",
    "task-link",
    "match-record",
    "match-2026",
)
NEVER_AT_INTAKE = {"custodian", "triage-match", "recovery", "operator", "operator-2", "desk", "triage-writer"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    space = tmp_path / "operator" / "spaces" / "demo"
    for folder in ("keys", "public", "offline"):
        (space / folder).mkdir(parents=True)
    (space / "genesis.json").write_text("{}")
    (space / "public" / "custodian").write_text("public")
    (space / "offline" / "recovery").write_text("secret")
    for key in EVERY_KEY:
        (space / "keys" / key).touch(mode=0o600)
        (space / "keys" / key).write_text(f"secret of {key}")
    return tmp_path / "operator"


@pytest.mark.parametrize("service", KEYS)
def test_a_service_has_its_keys_the_genesis_and_the_public_keys(home: Path, tmp_path: Path, service: str) -> None:
    names = hand_out(home, "demo", service, tmp_path / service)
    found = {
        path.relative_to(tmp_path / service / "spaces" / "demo").as_posix()
        for path in tmp_path.glob(f"{service}/spaces/demo/**/*")
        if path.is_file()
    }
    assert found == {"genesis.json", "public/custodian", *(f"keys/{name}" for name in names)}
    for name in names:
        path = tmp_path / service / "spaces" / "demo" / "keys" / name
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_text() == f"secret of {name}"


def test_intake_gets_nothing_that_opens_an_identity_or_signs(home: Path, tmp_path: Path) -> None:
    names = hand_out(home, "demo", "intake", tmp_path / "intake")
    assert set(names) == {"receipt", "match-2026"}
    assert NEVER_AT_INTAKE.isdisjoint(names)


def test_no_two_services_share_a_key(home: Path, tmp_path: Path) -> None:
    handed = [name for service in KEYS for name in hand_out(home, "demo", service, tmp_path / service)]
    assert len(handed) == len(set(handed))


def test_handing_out_again_brings_a_new_year_s_key(home: Path, tmp_path: Path) -> None:
    hand_out(home, "demo", "intake", tmp_path / "intake")
    (home / "spaces" / "demo" / "keys" / "match-2027").write_text("new")
    assert "match-2027" in hand_out(home, "demo", "intake", tmp_path / "intake")


@pytest.mark.parametrize("space", ["../etc", "DEMO", ""])
def test_a_space_s_name_cannot_lead_elsewhere(home: Path, tmp_path: Path, space: str) -> None:
    with pytest.raises(ValueError, match="space"):
        hand_out(home, space, "intake", tmp_path / "intake")
