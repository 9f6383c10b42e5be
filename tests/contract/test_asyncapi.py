"""The AsyncAPI document: the structure of version 3, whole references, and one story with topics and models."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ops.contracts.generate import Layout
from shared.contracts.catalogue import MESSAGES, discriminator_of, models_on
from shared.contracts.topics import TOPICS, Topic
from shared.contracts.wire import headers

DOCUMENT: dict[str, Any] = json.loads(Layout().asyncapi.read_text())
KEY = re.compile(r"[A-Za-z0-9_-]+")
CHANNEL = {
    "type": "object",
    "required": ["address", "messages", "parameters", "bindings"],
    "properties": {"address": {"type": "string"}},
}
STRUCTURE = {
    "type": "object",
    "required": ["asyncapi", "info", "channels", "operations", "components"],
    "additionalProperties": False,
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {"type": "object", "required": ["title", "version", "license"]},
        "defaultContentType": {"const": "application/json"},
        "channels": {"type": "object", "additionalProperties": CHANNEL},
        "operations": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["action", "channel"],
                "additionalProperties": False,
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": {"type": "object", "required": ["$ref"]},
                    "title": {"type": "string"},
                    "tags": {"type": "array", "uniqueItems": True},
                    "messages": {"type": "array", "items": {"type": "object", "required": ["$ref"]}},
                },
            },
        },
        "components": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "messages": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["name", "headers", "payload", "contentType", "summary"],
                        "properties": {"payload": {"type": "object", "required": ["schemaFormat", "schema"]}},
                    },
                },
                "schemas": {"type": "object"},
                "parameters": {"type": "object"},
            },
        },
    },
}
"""The part of AsyncAPI 3 that the document uses; the whole is AsyncAPI's own schema (`generate --asyncapi-schema`)."""


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolved(reference: str) -> Any:  # noqa: ANN401 - a node of the document
    """What a reference within the document points at. Raises KeyError when it points at nothing."""
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return resolved(node["$ref"]) if set(node) == {"$ref"} else node


def test_the_structure_is_that_of_version_3() -> None:
    Draft202012Validator(STRUCTURE).validate(DOCUMENT)
    for group in ("channels", "operations"):
        assert all(KEY.fullmatch(name) for name in DOCUMENT[group])


def test_every_reference_points_at_something() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        if reference.startswith("#/"):
            assert resolved(reference)
        else:
            assert (Layout().asyncapi.parent / Path(reference)).is_file(), reference


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_channel_says_what_its_topic_says(topic: Topic) -> None:
    channel = DOCUMENT["channels"][topic.name]
    assert channel["address"].replace("{space}", "demo") == topic.full_name("demo")
    assert set(channel["messages"]) == {discriminator_of(model) for model in models_on(topic)}
    told = channel["bindings"]["kafka"]["topicConfiguration"]
    for name, value in topic.config().items():
        if name in told:
            assert told[name] == ([value] if name == "cleanup.policy" else int(value))
    assert {"cleanup.policy", "retention.ms", "retention.bytes"} <= set(told)


def test_there_is_a_channel_for_each_topic_and_no_other() -> None:
    assert list(DOCUMENT["channels"]) == [topic.name for topic in TOPICS]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_operations_are_the_matrix_of_principals(topic: Topic) -> None:
    mine = {
        name: operation
        for name, operation in DOCUMENT["operations"].items()
        if operation["channel"]["$ref"] == f"#/channels/{topic.name}"
    }
    sends = {f"{writer}-send-{topic.name}" for writer in topic.writers}
    receives = {f"{reader}-receive-{topic.name}" for reader in topic.readers}
    assert set(mine) == sends | receives
    for name, operation in mine.items():
        assert operation["action"] == ("send" if name in sends else "receive")
        names = [each["$ref"].removeprefix(f"#/channels/{topic.name}/messages/") for each in operation["messages"]]
        assert names == list(topic.message_types)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_points_at_its_schema_and_takes_the_headers_that_are_written(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    assert message["payload"]["schema"]["$ref"] == f"./schemas/{name}.json"
    made = headers(
        service="triage", message_type=name, message_id="id-1", at_iso="2026-11-21T00:00:00.000Z", space="demo"
    )
    written = {key: value.decode() for key, value in made}
    common, own = message["headers"]["allOf"]
    schema = {"allOf": [resolved(common["$ref"]), own]}
    Draft202012Validator(schema).validate(written)
    for header in written:
        assert not Draft202012Validator(schema).is_valid(
            {key: value for key, value in written.items() if key != header}
        )
    assert not Draft202012Validator(schema).is_valid(written | {"ce_type": "wardline.Other"})


def test_every_message_is_sent_and_received_by_somebody() -> None:
    for action in ("send", "receive"):
        told = {
            reference.rpartition("/")[2]
            for operation in DOCUMENT["operations"].values()
            if operation["action"] == action
            for reference in references(operation["messages"])
        }
        assert told == set(MESSAGES)
