"""JSON Schemas (2020-12) of the models, as readers apply them."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.base import Message
from shared.contracts.catalogue import discriminator_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = 1
"""The version of every contract; a change that an old reader cannot bear gets a new type instead."""


def schema_of(model: type[Message]) -> Mapping[str, Any]:
    """The JSON Schema of a model. Unknown fields are allowed: an older reader survives a newer writer."""
    name = discriminator_of(model)
    return {"$schema": DIALECT, "$id": f"urn:wardline:schema:{name}:v{VERSION}", **model.model_json_schema()}


def file_name(message_type: str) -> str:
    """The file of the schema as the code has it now."""
    return f"{message_type}.json"


def released_file_name(message_type: str) -> str:
    """The file of the schema as it was released."""
    return f"{message_type}.v{VERSION}.json"
