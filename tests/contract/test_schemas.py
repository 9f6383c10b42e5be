"""The checked-in JSON Schemas: fresh, valid, compatible with what was released, and of one mind with the models."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from ops.contracts.generate import CONTRACTS, Layout, broken_releases, generated, main, release, rendered, stale, write
from ops.contracts.schemas import DIALECT, file_name, schema_of
from shared.contracts.catalogue import EVENTS, MESSAGES, SCHEMA_MODELS
from shared.contracts.records import Record

every_type = pytest.mark.parametrize("name", SCHEMA_MODELS)
MUST_BE_RELEASED = {"ReportFiled", "AlertSettled", "AnswerGiven", "Genesis", "VaultEntry", "Feedback", "DeadLetter"}


def example(name: str) -> dict[str, Any]:
    message: dict[str, Any] = json.loads((CONTRACTS / "examples" / file_name(name)).read_text())
    return message


def test_what_is_generated_is_fresh() -> None:
    assert stale(Layout()) == []


def test_no_released_schema_is_broken() -> None:
    assert broken_releases(Layout()) == []


def test_stable_contracts_are_released() -> None:
    assert {path.name.partition(".")[0] for path in Layout().released.glob("*.json")} >= MUST_BE_RELEASED


@every_type
def test_a_schema_is_a_schema_and_takes_its_example(name: str) -> None:
    schema = json.loads((CONTRACTS / "schemas" / file_name(name)).read_text())
    assert schema["$schema"] == DIALECT
    assert schema["$id"] == f"urn:wardline:schema:{name}:v1"
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(example(name))


@every_type
def test_schema_and_model_refuse_the_same(name: str) -> None:
    """Without a required field, or with a field of another kind, neither reads the example."""
    schema, model, good = schema_of(SCHEMA_MODELS[name]), SCHEMA_MODELS[name], example(name)
    broken = [{key: value for key, value in good.items() if key != gone} for gone in schema.get("required", ())]
    broken += [
        good | {key: {"not": ["this"]}}
        for key in schema["properties"]
        if schema["properties"][key].get("type") == "string"
    ]
    assert broken
    for message in broken:
        assert not Draft202012Validator(schema).is_valid(message)
        with pytest.raises(ValidationError):
            model.model_validate(message)


@every_type
def test_a_newer_writers_field_is_borne(name: str) -> None:
    message = example(name) | {"a_field_of_next_year": {"x": 1}}
    Draft202012Validator(schema_of(SCHEMA_MODELS[name])).validate(message)
    SCHEMA_MODELS[name].model_validate(message)


def test_every_event_is_part_of_the_records_schema() -> None:
    choices = schema_of(Record)["properties"]["events"]["items"]["discriminator"]["mapping"]
    assert set(choices) == set(EVENTS)
    assert not set(EVENTS) & set(MESSAGES)


# The generator, in a directory of its own


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    write(made)
    return made


def test_generating_twice_writes_nothing_the_second_time(layout: Layout) -> None:
    assert stale(layout) == []
    assert write(layout) == []
    assert main(["--check"], layout) == 0


def test_a_stale_or_missing_or_orphaned_file_fails_the_check(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    (layout.schemas / "Feedback.json").write_text("{}")
    (layout.schemas / "DeadLetter.json").unlink()
    (layout.schemas / "Nobody.json").write_text("{}")
    layout.asyncapi.write_text("{}")
    assert main(["--check"], layout) == 1
    told = capsys.readouterr().err
    for name in (
        "schemas/Feedback.json is stale",
        "schemas/DeadLetter.json is stale",
        "schemas/Nobody.json",
        "asyncapi.json",
    ):
        assert name in told
    assert not (layout.schemas / "DeadLetter.json").exists()


def test_an_example_gets_the_default_of_a_new_field(layout: Layout) -> None:
    path = layout.examples / "Feedback.json"
    path.parent.mkdir()
    path.write_text(json.dumps({name: value for name, value in example("Feedback").items() if name != "history"}))
    assert generated(layout)[path] != path.read_text()
    write(layout)
    assert json.loads(path.read_text())["history"] == []


def test_releasing_freezes_and_refuses_a_break(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--release", "Feedback", "DeadLetter"], layout) == 0
    frozen = layout.released / "Feedback.v1.json"
    assert json.loads(frozen.read_text()) == schema_of(SCHEMA_MODELS["Feedback"])
    older = json.loads(frozen.read_text())
    older["properties"]["shown_until_ms"] = {"type": "integer"}
    frozen.write_text(rendered(older))
    assert main(["--release", "all"], layout) == 1
    assert "Feedback: shown_until_ms: field removed" in capsys.readouterr().err
    assert json.loads(frozen.read_text()) == older
    assert not (layout.released / "Record.v1.json").exists()


def test_a_released_type_may_not_disappear(layout: Layout) -> None:
    assert release(layout, ["Feedback"]) == []
    (layout.released / "Feedback.v1.json").rename(layout.released / "Gone.v1.json")
    assert broken_releases(layout) == ["Gone: a released message type is gone; records that hold it could not be read"]


def test_an_unknown_type_is_not_released(layout: Layout) -> None:
    assert release(layout, ["Nobody"]) == ["Nobody: no such message type"]
