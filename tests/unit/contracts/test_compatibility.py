"""The checker of backward compatibility, with a change of each kind."""

import copy
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model

from ops.contracts.compatibility import breaks
from ops.contracts.schemas import schema_of
from shared.contracts.base import Message
from shared.contracts.catalogue import SCHEMA_MODELS


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Inner(Message):
    size: Annotated[int, Field(ge=1, le=9)]
    note: str | None = None


class Left(Message):
    type: Literal["Left"] = "Left"
    depth: int


class Right(Message):
    type: Literal["Right"] = "Right"


class Old(Message):
    type: Literal["Old"] = "Old"
    id: Annotated[str, Field(min_length=1, max_length=9, pattern="^[a-z]+$")]
    colour: Colour = Colour.RED
    count: int | None = None
    inner: Inner
    inners: Annotated[tuple[Inner, ...], Field(max_length=5)] = ()
    texts: dict[str, Annotated[str, Field(max_length=20)]] = Field(default_factory=dict)
    choice: Annotated[Left | Right, Field(discriminator="type")]
    kept: Inner = Inner(size=1)


OLD = schema_of(Old)
Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> list[str]:
    new: dict[str, Any] = copy.deepcopy(dict(OLD))
    change(new)
    return breaks(OLD, new)


def inner_of(schema: dict[str, Any]) -> dict[str, Any]:
    return schema["$defs"]["Inner"]  # type: ignore[no-any-return]


BREAKS: dict[str, tuple[Change, str]] = {
    "a field is removed": (lambda s: s["properties"].pop("count"), "count: field removed"),
    "a nested field is removed": (lambda s: inner_of(s)["properties"].pop("note"), "inner.note: field removed"),
    "an optional field becomes required": (
        lambda s: s["required"].append("count"),
        "count: optional field became required",
    ),
    "a nested optional field becomes required": (
        lambda s: inner_of(s)["required"].append("note"),
        "inner.note: optional field became required",
    ),
    "a new field is required": (
        lambda s: (s["properties"].update(extra={"type": "string"}), s["required"].append("extra")),
        "extra: new field is required",
    ),
    "an enum is narrowed": (
        lambda s: s["$defs"]["Colour"]["enum"].remove("BLUE"),
        "colour: enum narrowed, no longer BLUE",
    ),
    "a free text becomes an enum": (
        lambda s: inner_of(s)["properties"]["note"]["anyOf"][0].update(enum=["A"]),
        "inner.note: narrowed to the values A",
    ),
    "null is no longer allowed": (
        lambda s: s["properties"]["count"].update(anyOf=[{"type": "integer"}]),
        "count: type narrowed, no longer null",
    ),
    "a type is changed": (
        lambda s: s["properties"]["id"].update(type="integer"),
        "id: type narrowed, no longer string",
    ),
    "a number becomes an integer": (
        lambda s: inner_of(s)["properties"]["size"].update(type="string"),
        "inner.size: type narrowed, no longer integer",
    ),
    "the discriminator is renamed": (
        lambda s: s["properties"]["type"].update(const="New", default="New"),
        "type: constant renamed from Old",
    ),
    "the discriminator of a choice is renamed": (
        lambda s: s["$defs"]["Left"]["properties"]["type"].update(const="Links"),
        "choice: Left is no longer one of the choices (removed, or its discriminator renamed)",
    ),
    "a choice is removed": (
        lambda s: s["properties"]["choice"].update(oneOf=[{"$ref": "#/$defs/Left"}]),
        "choice: Right is no longer one of the choices (removed, or its discriminator renamed)",
    ),
    "a field of a choice is removed": (
        lambda s: (s["$defs"]["Left"]["properties"].pop("depth"), s["$defs"]["Left"].pop("required")),
        "choice.depth: field removed",
    ),
    "a lower bound is raised": (
        lambda s: inner_of(s)["properties"]["size"].update(minimum=2),
        "inner.size: minimum raised to 2",
    ),
    "an upper bound is lowered": (
        lambda s: inner_of(s)["properties"]["size"].update(maximum=8),
        "inner.size: maximum lowered to 8",
    ),
    "a text is shortened": (lambda s: s["properties"]["id"].update(maxLength=8), "id: maxLength lowered to 8"),
    "a bound appears": (lambda s: s["properties"]["inners"].update(minItems=1), "inners: minItems raised to 1"),
    "a list is shortened": (lambda s: s["properties"]["inners"].update(maxItems=4), "inners: maxItems lowered to 4"),
    "a pattern is changed": (
        lambda s: s["properties"]["id"].update(pattern="^[a-f]+$"),
        "id: pattern changed to ^[a-f]+$",
    ),
    "a dictionary's values are narrowed": (
        lambda s: s["properties"]["texts"]["additionalProperties"].update(maxLength=2),
        "texts{}: maxLength lowered to 2",
    ),
    "unknown fields are refused": (
        lambda s: s.update(additionalProperties=False),
        "the message: unknown fields are no longer allowed",
    ),
    "a default is changed": (
        lambda s: s["properties"]["colour"].update(default="BLUE"),
        "colour: default changed, so an absent field would mean something else",
    ),
    "a nested default is changed": (
        lambda s: s["properties"]["kept"]["default"].update(size=2),
        "kept: default changed, so an absent field would mean something else",
    ),
}

BEARABLE: dict[str, Change] = {
    "nothing": lambda s: s,
    "a new optional field": lambda s: s["properties"].update(extra={"type": "string", "default": "x"}),
    "a new nested optional field": lambda s: inner_of(s)["properties"].update(extra={"type": "string"}),
    "a new enum value": lambda s: s["$defs"]["Colour"]["enum"].append("GREEN"),
    "a new choice": lambda s: (
        s["$defs"].update(Middle={"type": "object", "properties": {"type": {"const": "Middle"}}, "title": "Middle"}),
        s["properties"]["choice"]["oneOf"].append({"$ref": "#/$defs/Middle"}),
    ),
    "a required field becomes optional": lambda s: s["required"].remove("inner"),
    "null is allowed": lambda s: s["properties"].update(id={"anyOf": [s["properties"]["id"], {"type": "null"}]}),
    "an integer becomes a number": lambda s: inner_of(s)["properties"]["size"].update(type="number"),
    "a bound is widened": lambda s: s["properties"]["id"].update(maxLength=10),
    "a bound is dropped": lambda s: s["properties"]["id"].pop("maxLength"),
    "a pattern is dropped": lambda s: s["properties"]["id"].pop("pattern"),
    "an enum becomes free text": lambda s: s["$defs"]["Colour"].pop("enum"),
    "a nested default gains a field": lambda s: s["properties"]["kept"]["default"].update(extra=1),
    "a description": lambda s: s.update(description="other words", title="Other"),
    "a model's class is renamed": lambda s: (
        s["$defs"].update(Renamed=s["$defs"].pop("Inner") | {"title": "Renamed"}),
        s["properties"].update(
            inner={"$ref": "#/$defs/Renamed"},
            inners=s["properties"]["inners"] | {"items": {"$ref": "#/$defs/Renamed"}},
            kept=s["properties"]["kept"] | {"$ref": "#/$defs/Renamed"},
        ),
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_told_with_its_place(name: str) -> None:
    change, sentence = BREAKS[name]
    assert sentence in changed(change)


@pytest.mark.parametrize("name", BEARABLE)
def test_what_widens_passes(name: str) -> None:
    assert changed(BEARABLE[name]) == []


@pytest.mark.parametrize("name", SCHEMA_MODELS)
def test_every_contract_is_compatible_with_itself(name: str) -> None:
    schema = schema_of(SCHEMA_MODELS[name])
    assert breaks(schema, schema) == []


def with_one_more(model: type[Message]) -> type[Message]:
    return create_model(model.__name__, __base__=model, of_next_year=(str | None, None))


def test_real_models_with_an_optional_field_more_are_compatible_and_the_way_back_is_not() -> None:
    for model in SCHEMA_MODELS.values():
        wider = with_one_more(model)
        assert breaks(schema_of(model), schema_of(wider)) == []
        assert breaks(schema_of(wider), schema_of(model)) == ["of_next_year: field removed"]


def test_a_recursive_model_is_compared_once() -> None:
    tree: dict[str, Any] = {
        "$defs": {
            "Tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/Tree"}, "name": {"type": "string"}}}
        },
        "$ref": "#/$defs/Tree",
    }
    other = copy.deepcopy(tree)
    other["$defs"]["Tree"]["properties"].pop("name")
    assert breaks(tree, tree) == []
    assert breaks(tree, other) == ["name: field removed"]
