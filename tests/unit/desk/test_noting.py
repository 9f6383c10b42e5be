"""What an officer types in words is sealed and acknowledged before the command that names it, and stands nowhere."""

import html
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.contracts.commands import Command
from shared.contracts.ids import note_of
from shared.contracts.reports import VaultEntry
from shared.contracts.topics import COMMANDS, VAULT_IN
from shared.runtime.sealing import associated_data, open_with
from tests.support.desk_world import DeskWorld, press
from tests.support.lived_book import LivedBook
from tests.unit.desk.test_acting import a_case

NOTE, NAME, CONTACT = "PLANTED-NOTE-5", "PLANTED-NAME-5", "000-0000-0005"
CALL = {"party": "FAMILY", "outcome": "NO_ANSWER", "note": NOTE}
KIN = {"candidate_id": "NEW", "relation": "AUNT_UNCLE", "name": NAME, "contact": CONTACT}


@pytest.fixture
def acting(world: DeskWorld, lived: LivedBook) -> DeskWorld:
    world.broker.run(lived, world.engine, world.projecting.announcer)
    return world


@pytest.fixture
def officer(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.logged_in(acting.login("officer")) as client:
        yield client


def sealed(world: DeskWorld) -> list[VaultEntry]:
    return [VaultEntry.model_validate_json(each.value) for each in world.broker.sent if VAULT_IN.name in each.topic]


def commands(world: DeskWorld) -> list[Command]:
    return [Command.model_validate_json(each.value) for each in world.broker.sent if COMMANDS.name in each.topic]


def opened(world: DeskWorld, entry: VaultEntry) -> str:
    bound = associated_data(report_id=entry.report_id, space=entry.space, county=entry.county)
    secret = world.space.secret("custodian")
    return open_with(secret, entry.wrapped_for_custodian, entry.ciphertext, bound).decode()


def test_a_note_is_sealed_before_the_command_that_names_it(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    assert press(officer, case, "call", **CALL).status_code == 303
    first, second = acting.broker.sent
    assert (VAULT_IN.name in first.topic, COMMANDS.name in second.topic) == (True, True)
    [entry], [command] = sealed(acting), commands(acting)
    assert command.body.sealed_id == entry.sealed_id  # type: ignore[union-attr]
    owner = note_of(entry.report_id)
    assert owner is not None
    assert owner[0] == case
    assert NOTE in opened(acting, entry)
    assert '"by":"officer"' in opened(acting, entry)


def test_a_relatives_name_and_number_are_sealed(acting: DeskWorld, officer: httpx.Client) -> None:
    assert press(officer, a_case(acting, "CLIMBING"), "kin", **KIN).status_code == 303
    [entry] = sealed(acting)
    text = opened(acting, entry)
    assert NAME in text
    assert CONTACT in text


def test_nothing_that_was_typed_stands_in_clear(
    acting: DeskWorld, officer: httpx.Client, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    case = a_case(acting, "CLIMBING")
    answers = [press(officer, case, "call", **CALL), press(officer, case, "kin", **KIN)]
    pages = [officer.get(answer.headers["location"]).text for answer in answers]
    said = capfd.readouterr()
    assert acting.broker.county is not None
    clear = [each.value + each.key + repr(each.headers).encode() for each in acting.broker.sent]
    clear += acting.broker.county.writer.entries
    clear += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    clear += [text.encode() for text in (*pages, said.out, said.err, *(a.headers["location"] for a in answers))]
    for planted in (NOTE, NAME, CONTACT):
        assert not any(planted.encode() in each for each in clear), planted


def test_a_form_without_words_seals_nothing(acting: DeskWorld, officer: httpx.Client) -> None:
    press(officer, a_case(acting, "CLIMBING"), "call", **(CALL | {"note": "  "}))
    assert sealed(acting) == []
    assert commands(acting)[0].body.sealed_id is None  # type: ignore[union-attr]


def test_a_note_that_the_broker_does_not_take_holds_the_command_back(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    acting.broker.failure = "TIMEOUT"
    answer = press(officer, case, "call", **CALL)
    assert answer.status_code == 503
    assert commands(acting) == []
    assert NOTE in html.unescape(answer.text), "what was typed is not lost"
    acting.broker.failure = None
    assert press(officer, case, "call", answer.text, **CALL).status_code == 303
    assert len(commands(acting)) == 1


def test_pressed_again_it_is_the_same_command_and_the_same_note(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    page = officer.get(f"/cases/{case}").text
    first, again = (press(officer, case, "call", page, **CALL) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert len(sealed(acting)) == 1
    other = press(officer, case, "call", page, **(CALL | {"note": "other"}))
    assert other.headers["location"] != first.headers["location"]
    assert len(sealed(acting)) == 2


def test_a_note_that_is_too_long_is_said_and_not_cut(acting: DeskWorld, officer: httpx.Client) -> None:
    answer = press(officer, a_case(acting, "CLIMBING"), "call", **(CALL | {"note": "x" * 2001}))
    assert answer.status_code == 422
    assert "too long" in answer.text
    assert acting.broker.sent == []
