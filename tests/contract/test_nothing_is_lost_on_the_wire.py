"""Records leave out what is None: every field that may be None must have None as its default."""

import inspect
from types import ModuleType
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.contracts import alerts, assessment, commands, events, records, registry, reports
from shared.contracts.base import Message

MODULES: tuple[ModuleType, ...] = (alerts, assessment, commands, events, records, registry, reports)
MODELS = sorted(
    {
        model
        for module in MODULES
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, Message) and model is not Message
    },
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_field_that_may_be_none_may_be_left_out(model: type[Message]) -> None:
    for name, field in model.model_fields.items():
        if not field.is_required():
            continue
        annotation: Any = field.annotation
        schema = TypeAdapter(annotation).json_schema()
        kinds = [part.get("type") for part in schema.get("anyOf", [schema])]
        assert "null" not in kinds, f"{model.__name__}.{name} is required and may be None"
