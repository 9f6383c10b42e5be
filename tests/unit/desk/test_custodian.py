"""What the custodian opens, keeps and destroys, without a broker: filings, grants, journal, epochs, commands."""

import json
import stat
from pathlib import Path

import pytest

from services.desk.core.filing_parts import parts_of, reporters_in
from services.desk.core.grants import Known, NotGranted
from services.desk.custodian.epochs import EpochKeys, epochs_in
from services.desk.custodian.journal import Journal, JournalDamaged
from services.desk.identity.alone import WaitingCommands
from shared.contracts.commands import Actor, Command
from shared.contracts.identity import BreakGlass
from shared.contracts.identity import IdentityPart as Part
from shared.contracts.ids import note_id
from shared.contracts.vocabulary import Role

CASE, COUNTY, NOW = "r.0", "520327", 1_795_482_000_000
HALF_AN_HOUR = 30 * 60_000
A, B = "a" * 64, "b" * 64


def document(**changes: object) -> bytes:
    filing = {
        "reporter": {"name": "PLANTED-REPORTER", "phone": "000-0000-0001"},
        "children": [
            {"name": "PLANTED-FIRST", "address": "PLANTED-STREET", "area_code": "520327102203"},
            {"name": "PLANTED-SECOND", "id_number": "PLANTED-ID"},
        ],
        "guardians": [{"relation": "MOTHER", "name": "PLANTED-MOTHER"}],
        "alleged_person": {"relation": "FATHER", "name": "PLANTED-FATHER"},
        "narrative": "PLANTED-STORY told by PLANTED-REPORTER, 000-0000-0001",
    }
    return json.dumps({"v": 1, "filing": filing | changes}).encode()


def words(shown: dict[str, list[tuple[str, str]]]) -> str:
    return json.dumps(shown, ensure_ascii=False)


def test_a_part_shows_its_child_and_nothing_of_the_others() -> None:
    shown = words(parts_of(document(), 1, (Part.CHILD, Part.PLACE)))
    assert "PLANTED-SECOND" in shown
    assert "PLANTED-ID" in shown
    for other in ("FIRST", "STREET", "REPORTER", "MOTHER", "FATHER", "STORY"):
        assert f"PLANTED-{other}" not in shown
    assert parts_of(document(), 0, (Part.NAME,)) == {"NAME": [("name", "PLANTED-FIRST")]}


def test_who_reported_is_blacked_out_of_every_part_that_does_not_name_them() -> None:
    story = words(parts_of(document(), 0, (Part.NARRATIVE,)))
    assert "PLANTED-STORY" in story
    assert "PLANTED-REPORTER" not in story
    assert "000-0000-0001" not in story
    assert "PLANTED-REPORTER" in words(parts_of(document(), 0, (Part.NARRATIVE, Part.REPORTER)))
    assert parts_of(document(), 0, (Part.REPORTER_PHONE,)) == {"REPORTER_PHONE": [("phone", "000-0000-0001")]}


@pytest.mark.parametrize(
    "changes",
    [
        {"children": "PLANTED-FIRST and a sister"},
        {"children": [["PLANTED-FIRST"]]},
        {"children": [{"name": {"family": "PLANTED-FIRST"}}]},
        {"children": [{"name": ["PLANTED-FIRST", None]}], "guardians": 7, "reporter": "somebody"},
    ],
)
def test_what_was_sent_in_another_shape_is_shown_all_the_same(changes: dict[str, object]) -> None:
    assert "PLANTED-FIRST" in words(parts_of(document(**changes), 0, (Part.CHILD, Part.GUARDIANS)))


@pytest.mark.parametrize("child", [None, 9])
def test_a_child_that_the_filing_does_not_have_shows_nobody_else(child: int | None) -> None:
    shown = words(parts_of(document(children=[]), child, (Part.CHILD, Part.PLACE)))
    assert "PLANTED" not in shown


def test_a_report_that_could_not_be_decided_is_opened_whole() -> None:
    shown = words(parts_of(document(), None, (Part.CHILD,)))
    assert "PLANTED-FIRST" in shown
    assert "PLANTED-SECOND" in shown
    undecidable: dict[str, object] = {"type": "CaseUndecidable", "case": "u.0", "county": COUNTY, "report_id": "u"}
    fold = known(undecidable)
    assert (fold.undecided_report("u.0"), fold.undecided_report(CASE), fold.undecided_report("none")) == ("u", "", "")
    assert alone(fold, case="u.0") == ""
    fold.take([{"type": "IdentityDestroyed", "case": "u.0"}], NOW)
    assert fold.is_destroyed(B, "u")


def known(*more: dict[str, object]) -> Known:
    fold = Known()
    events: list[dict[str, object]] = [
        {"type": "CaseOpened", "case": CASE, "county": COUNTY, "report_id": "r", "child": 0, "sealed_id": A},
        {"type": "CaseOpened", "case": "r.1", "county": COUNTY, "report_id": "r", "child": 1, "sealed_id": A},
        {"type": "LevelSet", "case": CASE, "level": "S1"},
        account("officer-a", "OFFICER"),
        *more,
    ]
    fold.take(events, NOW)
    return fold


def account(name: str, role: str, county: str = COUNTY, *, active: bool = True) -> dict[str, object]:
    content = {"account": name, "county": county, "role": role, "area_prefix": county, "active": active}
    return {"type": "AccountSet", "account": content}


def grant(**changes: object) -> dict[str, object]:
    event: dict[str, object] = {
        "type": "IdentityOpened",
        "case": CASE,
        "opening": "o",
        "basis": "OFFICER",
        "by": "officer-a",
        "parts": ["CHILD"],
        "until_ms": NOW + HALF_AN_HOUR,
    }
    return event | changes


def refusal(fold: Known, who: str = "officer-a", opening: str = "o", now_ms: int = NOW) -> str:
    with pytest.raises(NotGranted) as refused:
        fold.find(who, CASE, opening, now_ms)
    return refused.value.code


def test_a_grant_opens_to_its_account_until_it_ends_and_to_nobody_else() -> None:
    fold = known(grant())
    assert fold.find("officer-a", CASE, "o", NOW + HALF_AN_HOUR - 1).parts == (Part.CHILD,)
    assert refusal(fold, now_ms=NOW + HALF_AN_HOUR) == "EXPIRED"
    assert refusal(fold, who="officer-b") == "NOT_YOURS"
    assert refusal(fold, opening="another") == "NO_GRANT"
    assert refusal(known()) == "NO_GRANT"


def alone(fold: Known, who: str = "officer-a", role: str = "OFFICER", area: str = COUNTY, case: str = CASE) -> str:
    try:
        fold.check_alone({"account": who, "role": role, "area_prefix": area}, case)
    except NotGranted as refused:
        return refused.code
    return ""


def test_one_officer_alone_is_checked_as_triage_would() -> None:
    assert alone(known()) == ""
    assert alone(known(), who="nobody") == "UNKNOWN_ACCOUNT"
    assert alone(known(account("officer-a", "OFFICER", active=False))) == "UNKNOWN_ACCOUNT"
    assert alone(known(account("officer-a", "SIGNATORY")), role="SIGNATORY") == "ROLE"
    assert alone(known(), role="SUPERVISOR") == "ROLE"
    assert alone(known(), area="520328") == "ROLE"
    assert alone(known(), case="elsewhere.0") == "NO_SUCH_CASE"
    assert alone(known({"type": "LevelSet", "case": CASE, "level": "S3"})) == "NOT_IN_DANGER"
    assert alone(known({"type": "CaseClosed", "case": CASE})) == "NO_SUCH_CASE"
    assert alone(known(account("far", "OFFICER", "520328")), who="far", area="520328") == "UNKNOWN_ACCOUNT"
    desk: dict[str, object] = {
        "type": "AccountSet",
        "account": {"account": "d", "county": "000000", "role": "OFFICER", "area_prefix": ""},
    }
    assert alone(known(desk), who="d", area="") == "NOT_RESPONSIBLE"
    unserved = known(account("officer-a", "OFFICER", active=False), desk)
    assert alone(unserved, who="d", area="") == ""


def test_a_filing_about_two_children_is_destroyed_with_the_last_of_them() -> None:
    destroyed: dict[str, object] = {"type": "IdentityDestroyed", "case": CASE}
    fold = known(grant(), destroyed)
    assert not fold.is_destroyed(A, "r")
    assert fold.sealed_of(CASE) == {}
    assert fold.sealed_of("r.1") == {A: 1}
    assert refusal(fold) == "NO_GRANT"
    fold.take([destroyed | {"case": "r.1"}], NOW)
    assert fold.is_destroyed(A, "r")
    assert fold.is_destroyed(B, "r"), "the same report, sealed again"
    assert not fold.is_destroyed(B, "later")
    fold.take([{"type": "ReportJoined", "case": CASE, "report_id": "later", "sealed_id": B}], NOW)
    assert fold.sealed_of(CASE) == {B: 0}, "what is filed afterwards is another"


def noted(kind: str, sealed_id: str = B) -> dict[str, object]:
    return {"type": kind, "case": CASE, "command_id": "c", "sealed_id": sealed_id}


@pytest.mark.parametrize("kind", ["CommandAccepted", "CommandRefused"])
def test_a_note_belongs_to_its_case_whatever_became_of_its_command(kind: str) -> None:
    fold = known(noted(kind), {"type": "DisputeRecorded", "case": CASE, "sealed_id": B})
    assert fold.sealed_of(CASE) == {A: 0, B: None}
    assert fold.notes_of(CASE) == (B,)
    fold.take([{"type": "IdentityDestroyed", "case": CASE, "at_ms": NOW}], NOW)
    assert fold.sealed_of(CASE) == {}
    assert fold.is_destroyed(B, note_id(CASE, NOW - 1, "w"))
    assert not fold.is_destroyed(A, "r"), "the other child's filing stays"


def test_a_note_whose_command_nobody_decided_is_destroyed_with_its_case_and_a_later_one_is_not() -> None:
    fold = known({"type": "IdentityDestroyed", "case": CASE, "at_ms": NOW})
    assert fold.is_destroyed("f" * 64, note_id(CASE, NOW, "w"))
    assert not fold.is_destroyed("f" * 64, note_id(CASE, NOW + 1, "w"))
    assert not fold.is_destroyed("f" * 64, note_id("r.1", NOW, "w"))


def test_an_undecided_report_is_found_though_there_is_a_note() -> None:
    fold = known({"type": "CaseUndecidable", "case": "u.0", "county": COUNTY, "report_id": "u"})
    fold.take([noted("CommandAccepted") | {"case": "u.0"}], NOW)
    assert fold.undecided_report("u.0") == "u"
    assert fold.notes_of("u.0") == (B,)


def test_a_note_is_shown_as_the_part_of_notes_alone_without_who_reported() -> None:
    note = json.dumps({"note": {"by": "officer-a", "command": "OverrideLevel", "note": "PLANTED-NOTE PLANTED-R"}})
    assert parts_of(note.encode(), None, (Part.NARRATIVE, Part.CHILD, Part.PLACE)) == {}
    shown = words(parts_of(note.encode(), None, (Part.NOTES,), ["PLANTED-R"]))
    assert "PLANTED-NOTE" in shown
    assert "PLANTED-R" not in shown
    assert "PLANTED-R" in words(parts_of(note.encode(), None, (Part.NOTES, Part.REPORTER), ["PLANTED-R"]))
    assert reporters_in(document()) == ["PLANTED-REPORTER", "000-0000-0001"]
    assert parts_of(document(), 0, (Part.NOTES,)) == {}


def test_what_is_sealed_of_a_report_of_another_child_goes_with_it() -> None:
    joined: dict[str, object] = {"type": "ReportJoined", "case": CASE, "report_id": "s", "child": 1, "sealed_id": B}
    fold = known(joined)
    assert fold.sealed_of(CASE) == {A: 0, B: 1}
    new: dict[str, object] = {"type": "CaseOpened", "case": "s.1", "county": COUNTY, "child": 1, "sealed_id": B}
    gone: dict[str, object] = {"type": "ReportSeparated", "case": CASE, "opened": "s.1", "sealed_ids": [B]}
    fold.take([new, gone], NOW)
    assert fold.sealed_of(CASE) == {A: 0}
    assert fold.sealed_of("s.1") == {B: 1}
    fold.take([{"type": "IdentityDestroyed", "case": "s.1", "at_ms": NOW}], NOW)
    assert fold.is_destroyed(B, "another")


def test_the_journal_shows_that_a_line_was_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "custodian" / "openings.jsonl"
    journal = Journal(path)
    for number in range(3):
        journal.append({"number": number})
    journal.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open("ab") as handle:
        handle.write(b'{"unfinished')
    again = Journal(path)
    again.append({"number": 3})
    again.close()
    lines = path.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["number"] for line in lines] == [0, 1, 2, 3]
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    with pytest.raises(JournalDamaged):
        Journal(path)


def test_an_epoch_that_is_over_leaves_nothing_of_its_key(tmp_path: Path) -> None:
    keys = EpochKeys(tmp_path / "keys")
    first = keys.newest
    assert keys.older() == []
    second = keys.begin()
    assert (keys.newest, keys.older()) == (second, [first])
    with pytest.raises(ValueError, match="in use"):
        keys.destroy(second)
    keys.destroy(first)
    assert keys.secret(first.key_id) is None
    assert set(epochs_in(tmp_path / "keys")) == {second.key_id}
    left = b"".join(path.read_bytes() for path in (tmp_path / "keys").iterdir())
    assert first.secret.hex().encode() not in left
    (tmp_path / "keys" / "custodian-epoch-000003").write_text("half")
    again = EpochKeys(tmp_path / "keys")
    assert again.newest == second
    assert again.begin().number == 4, "a half-written key is never written over"


def command(number: int) -> Command:
    return Command(
        command_id=f"alone-{number}",
        space="test",
        county=COUNTY,
        actor=Actor(account="officer-a", role=Role.OFFICER, area_prefix=COUNTY),
        issued_at_ms=NOW,
        body=BreakGlass(case=CASE, reason="CHILD_IN_DANGER"),
        kid="desk",
        sig="0" * 128,
    )


def test_commands_that_no_broker_took_are_there_after_a_crash_until_they_are_sent(tmp_path: Path) -> None:
    path = tmp_path / "desk" / "waiting.jsonl"
    waiting = WaitingCommands(path)
    for number in (1, 2, 1):
        waiting.add(command(number))
    waiting.sent("alone-1")
    with path.open("ab") as handle:
        handle.write(b'{"command": {"unfinished')
    again = WaitingCommands(path)
    assert again.waiting == (command(2),)
    again.add(command(3))
    assert WaitingCommands(path).waiting == (command(2), command(3))
    again.sent("alone-2")
    again.sent("alone-3")
    assert WaitingCommands(path).waiting == ()
    assert not path.exists()
