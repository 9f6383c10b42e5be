"""The AsyncAPI 3 document of a space: channels, who sends and receives on them, and the messages."""

from collections.abc import Mapping
from typing import Any

from ops.contracts.schemas import file_name
from shared.contracts.base import Message
from shared.contracts.catalogue import MESSAGES, discriminator_of, models_on
from shared.contracts.ids import SPACE_PATTERN
from shared.contracts.topics import BOOKS_DEFAULT, CASE_LOG, TOPICS, Topic
from shared.contracts.wire import CONTENT_TYPE, SOURCE_PREFIX, headers

ASYNCAPI_VERSION = "3.0.0"
KAFKA_BINDING = "0.5.0"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
ANY_SPACE = "any"

RECEIVE, SEND = "receive", "send"


def document() -> Mapping[str, Any]:
    """The whole document, ready to be written as JSON beside the `schemas` directory."""
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {
            "title": "Wardline",
            "version": "1.0.0",
            "description": (
                "The topics of a Wardline space. Services meet here only. Values are canonical JSON; headers follow the"
                " Kafka binding of CloudEvents. Partitions are murmur2 of the key modulo the space's books."
            ),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{principal}-{action}-{topic.name}": _operation(action, topic, principal)
            for topic in TOPICS
            for action, principals in ((SEND, topic.writers), (RECEIVE, topic.readers))
            for principal in principals
        },
        "components": {
            "messages": {name: _message(model) for name, model in MESSAGES.items()},
            "schemas": {"CloudEventsHeaders": _cloud_events_headers()},
            "parameters": {
                "space": {
                    "description": f"The space's name ({SPACE_PATTERN.pattern}); only `live` reaches the outside.",
                    "examples": ["live", "demo"],
                }
            },
        },
    }


def _channel(topic: Topic) -> Mapping[str, Any]:
    config = topic.config()
    partitions: Mapping[str, int] = {} if topic.per_book else {"partitions": 1}
    return {
        "address": topic.full_name(ANY_SPACE).replace(f".{ANY_SPACE}.", ".{space}.", 1),
        "title": topic.name,
        "description": _channel_text(topic),
        "parameters": {"space": {"$ref": "#/components/parameters/space"}},
        "messages": {
            message_type: {"$ref": f"#/components/messages/{message_type}"} for message_type in topic.message_types
        },
        "bindings": {
            "kafka": {
                **partitions,
                "topicConfiguration": {
                    "cleanup.policy": [config["cleanup.policy"]],
                    "retention.ms": int(config["retention.ms"]),
                    "retention.bytes": int(config["retention.bytes"]),
                    "max.message.bytes": int(config["max.message.bytes"]),
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _channel_text(topic: Topic) -> str:
    partitions = f"one partition for each book ({BOOKS_DEFAULT} by default)" if topic.per_book else "one partition"
    kept = "the last value of each key" if topic.compacted else _retention_text(topic)
    text = f"Key: {topic.key}; {partitions}; keeps {kept}."
    if topic is CASE_LOG:
        text += " The genesis line stands first in every partition; records are valid only as the hash chain says."
    if not topic.message_types:
        text += " Reserved: nothing is written here yet."
    return text


def _retention_text(topic: Topic) -> str:
    return "everything, for ever" if topic.retention_ms < 0 else f"{topic.retention_ms} ms"


def _operation(action: str, topic: Topic, principal: str) -> Mapping[str, Any]:
    verb = "writes" if action == SEND else "reads"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "title": f"{principal} {verb} {topic.name}",
        "tags": [{"name": principal}],
        "messages": [
            {"$ref": f"#/channels/{topic.name}/messages/{discriminator_of(each)}"} for each in models_on(topic)
        ],
    }


def _message(model: type[Message]) -> Mapping[str, Any]:
    name = discriminator_of(model)
    [event_type] = [value for key, value in _headers(name) if key == "ce_type"]
    return {
        "name": name,
        "title": name,
        "summary": (model.__doc__ or "").split("\n\n")[0].replace("\n", " ").strip(),
        "contentType": CONTENT_TYPE.decode(),
        "headers": {
            "type": "object",
            "allOf": [
                {"$ref": "#/components/schemas/CloudEventsHeaders"},
                {"properties": {"ce_type": {"const": event_type.decode()}}},
            ],
        },
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{file_name(name)}"}},
    }


def _cloud_events_headers() -> Mapping[str, Any]:
    texts: Mapping[str, Mapping[str, Any]] = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"description": "The message's own id.", "minLength": 1},
        "ce_source": {"description": "Space and service.", "pattern": f"^{SOURCE_PREFIX}[^/]+/[^/]+$"},
        "ce_type": {"description": "`wardline.` and the message's type.", "pattern": r"^wardline\.[A-Za-z]+$"},
        "ce_time": {"description": "RFC 3339, UTC.", "format": "date-time"},
        "content-type": {"const": CONTENT_TYPE.decode()},
    }
    names = [name for name, _ in _headers("Any")]
    return {
        "type": "object",
        "description": "CloudEvents 1.0, binary content mode of the Kafka binding; every header is UTF-8 text.",
        "properties": {name: {"type": "string", **texts[name]} for name in names},
        "required": names,
    }


def _headers(message_type: str) -> list[tuple[str, bytes]]:
    """What the wire format makes, so that the document cannot tell another story."""
    return headers(service="service", message_type=message_type, message_id="id", at_iso="time", space="space")
