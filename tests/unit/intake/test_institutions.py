"""An institution is who its key says; the copy beside the spool serves a start without the broker."""

import hashlib
from pathlib import Path

from services.intake.institutions import Institutions
from shared.contracts.reports import InstitutionRegistered
from shared.contracts.vocabulary import InstitutionType
from shared.contracts.wire import encode


def registered(key: str, *, active: bool = True) -> tuple[str, bytes]:
    message = InstitutionRegistered(
        id="520327-school-017",
        institution_type=InstitutionType.PRIMARY_SCHOOL,
        area_code="520327102",
        callback_number="000-0000-0002",
        api_key_sha256=hashlib.sha256(key.encode()).hexdigest(),
        active=active,
    )
    return message.id, encode(message)


def test_a_key_names_its_institution_and_another_nobody() -> None:
    institutions = Institutions()
    institutions.apply([registered("first-test-key")])
    found = institutions.authenticate("first-test-key")
    assert found is not None
    assert (found.id, found.type, found.authenticated) == ("520327-school-017", InstitutionType.PRIMARY_SCHOOL, True)
    for wrong in (None, "", "short", "another-test-key", "键" * 10, "x" * 300):
        assert institutions.authenticate(wrong) is None


def test_a_new_key_ends_the_old_one_and_a_withdrawal_ends_all() -> None:
    institutions = Institutions()
    institutions.apply([registered("first-test-key"), registered("second-test-key")])
    assert institutions.authenticate("first-test-key") is None
    assert institutions.authenticate("second-test-key") is not None
    institutions.apply([registered("second-test-key", active=False)])
    assert institutions.authenticate("second-test-key") is None
    institutions.apply([registered("second-test-key"), ("520327-school-017", None)])
    assert len(institutions) == 0


def test_what_cannot_be_read_is_passed_over() -> None:
    institutions = Institutions()
    institutions.apply([("x", b"junk"), registered("first-test-key")])
    assert len(institutions) == 1


def test_the_copy_serves_the_next_start_and_holds_no_number(tmp_path: Path) -> None:
    path = tmp_path / "institutions.json"
    Institutions(path).apply([registered("first-test-key")])
    assert b"000-0000" not in path.read_bytes()
    assert Institutions(path).authenticate("first-test-key") is not None
    path.write_bytes(b"[{")
    assert Institutions(path).authenticate("first-test-key") is None
