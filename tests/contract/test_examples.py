"""Golden examples: one message of each type, and a whole ledger whose hashes are pinned."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import VerifyKey

from ops.contracts.generate import CONTRACTS
from ops.contracts.schemas import file_name
from shared.contracts.base import Message
from shared.contracts.catalogue import COMMAND_BODIES, EVENTS, SCHEMA_MODELS
from shared.contracts.chain import GenesisTaken, Position, Valid, open_head, take
from shared.contracts.commands import Command
from shared.contracts.events import read_event
from shared.contracts.ids import normal_receipt
from shared.contracts.records import Genesis, Record
from shared.contracts.wire import canonical, encode, sha256_hex
from tests.support.ledgers import DESK, NEXT_WRITER

EXAMPLES = CONTRACTS / "examples"
MODELS: dict[Path, type[Message]] = {
    **{EXAMPLES / file_name(name): model for name, model in SCHEMA_MODELS.items()},
    **{EXAMPLES / "commands" / file_name(name): model for name, model in COMMAND_BODIES.items()},
}
LEDGER = EXAMPLES / "ledger.v1.jsonl"
LEDGER_SHA256 = (
    "c076946857d065378ac49c2922f16124a91b03bb0661d1768970ae2450755c09",
    "965befd1749cd699b6ddb84e355f7b701e2bbe4d925da82b745456c5105b68ff",
    "fc31c97f822d3f3e4c4ef3a80cd220f22d68999e017a590c03c39963a03a6bcd",
    "7d0c30b2d4ae0f8e339d5e09defd4f2ff2a280b98dc371567ffbd19492307d3e",
    "f4a3b1cc32663e252e75956bdb9008bae7cc42d7b5e5bab18a127076a0c3ddff",
    "72c95336c2ecd19c9a0725f0f9b30bbd147c0c385d9059f40608c4b12ce6d259",
    "5dfec4a07c55467a2e76374ac5c1d023856b4945f3be4965dc320304990a63c6",
    "6e341c97372bf81544067cad6d2e543e2daeb161d98dbe060fee3ae8c4e72919",
    "8c1d90719704891f35d2d0422bdc6deb0e2021a0f03dcab14e7fd38e047bfbc8",
)
"""The genesis line and eight records, as version 1 wrote them. Never change or delete: old books look like this."""


def test_every_type_has_its_example_and_every_example_its_type() -> None:
    assert {path for path in MODELS if not path.exists()} == set()
    assert set(EXAMPLES.rglob("*.json")) - set(MODELS) == set()


@pytest.mark.parametrize("path", sorted(MODELS), ids=lambda path: path.stem)
def test_the_quick_encoding_gives_the_bytes_of_a_dump(path: Path) -> None:
    message = MODELS[path].model_validate_json(path.read_bytes())
    assert encode(message) == canonical(message.model_dump(mode="json", exclude_none=True))
    assert encode(message) == encode(MODELS[path].model_validate_json(path.read_bytes())), "a remembered part differs"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_an_example_parses_and_encodes_to_equal_bytes(path: Path) -> None:
    message = MODELS[path].model_validate_json(path.read_bytes())
    assert encode(message) == canonical(json.loads(path.read_text()))
    assert MODELS[path].model_validate_json(encode(message)) == message


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_an_example_is_frozen(path: Path) -> None:
    message = MODELS[path].model_validate_json(path.read_bytes())
    with pytest.raises(ValueError, match="frozen"):
        message.type = "Other"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [*MODELS, LEDGER], ids=lambda path: path.stem)
def test_no_example_holds_a_number_that_could_be_somebodys(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])", text), "a mobile number"
    assert not re.search(r"(?<![0-9a-f])[1-9][0-9]{16}[0-9Xx](?![0-9a-f])", text), "an ID number"


@pytest.mark.parametrize("name", [name for name in SCHEMA_MODELS if "receipt" in SCHEMA_MODELS[name].model_fields])
def test_receipts_in_examples_are_receipts(name: str) -> None:
    receipt = json.loads((EXAMPLES / file_name(name)).read_text())["receipt"]
    assert normal_receipt(receipt) == receipt


def test_the_signed_command_still_verifies() -> None:
    """A new field with a default would change what old commands signed: then this fails, and replay would too."""
    command = Command.model_validate_json((EXAMPLES / "Command.json").read_bytes())
    assert command.kid == DESK.kid
    VerifyKey(bytes.fromhex(DESK.public)).verify(command.signing_bytes(), bytes.fromhex(command.sig))


# The golden ledger


def lines() -> list[bytes]:
    return LEDGER.read_bytes().splitlines()


def test_the_golden_ledger_is_as_it_was_written() -> None:
    assert tuple(sha256_hex(line) for line in lines()) == LEDGER_SHA256


def test_the_golden_ledger_is_valid_to_its_head() -> None:
    genesis_line, *records = lines()
    genesis = Genesis.model_validate_json(genesis_line)
    assert genesis.line() == genesis_line, "old spaces would lose their trust anchor"
    head, taken = take(open_head(genesis, 0), genesis_line, 0)
    assert isinstance(taken, GenesisTaken)
    for offset, raw in enumerate(records, start=1):
        head, taken = take(head, raw, offset)
        assert isinstance(taken, Valid), taken
    assert head.link.seq == len(records)
    assert head.link.sha256 == LEDGER_SHA256[-1]
    assert dict(head.positions) == {
        "commands": Position("made-up-commands-topic1", 3),
        "reports": Position("made-up-reports-topic-2", 6),
    }
    assert set(head.writers) == {NEXT_WRITER.kid}
    assert {county: link.seq for county, link in head.counties.items()} == {"520327": 7, "330106": 1}
    assert len(head.pending) == 4


def _kept(old: Any, new: Any) -> bool:  # noqa: ANN401 - parsed JSON
    """Whether everything that was said is still said; models may have gained fields."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and _kept(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_kept(*pair) for pair in zip(old, new, strict=True))
    return bool(old == new)


def test_every_record_of_the_golden_ledger_is_read_whole() -> None:
    seen = set()
    for raw in lines()[1:]:
        fields = json.loads(raw)
        assert _kept(fields, json.loads(encode(Record.model_validate_json(raw))))
        for event in fields["events"]:
            assert _kept(event, json.loads(encode(read_event(event))))
            seen.add(event["type"])
    assert {"CaseOpened", "CaseAssessed", "AlertRequested", "MeasureProposed", "PlaceSet"} <= seen <= set(EVENTS)
