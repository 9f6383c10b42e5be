"""Whether a new schema still reads everything that was written under an old one.

Messages stay for ever, so a change may add and widen, never remove or narrow. Each break is one sentence with the
path of the field, for the person who made the change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
ANY_TYPE = frozenset({"string", "integer", "number", "boolean", "object", "array", "null"})
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")

OTHER_RULES = ("pattern", "format", "uniqueItems", "propertyNames", "patternProperties", "prefixItems")
"""Rules of which it cannot be said which of two is wider: any change of theirs is a break."""


def breaks(old: Schema, new: Schema) -> list[str]:
    """Every way in which `new` would not read what `old` allowed; empty when it is backward compatible."""
    return _Comparison(old, new).run()


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two schema documents; references are resolved each in its own."""

    old: Schema
    new: Schema

    def run(self) -> list[str]:
        return list(dict.fromkeys(self._compare(self.old, self.new, "", frozenset())))

    def _compare(self, old: Schema, new: Schema, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        pair = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if all(pair):
            if pair in seen:  # a recursive model: this pair is being compared already
                return
            seen = seen | {pair}
        old, new = _resolved(self.old, old), _resolved(self.new, new)
        old_branches, new_branches = _branches(old), _branches(new)
        if len(old_branches) == 1 and len(new_branches) == 1:
            yield from self._compare_one(old, new, path, seen)
            return
        for branch in old_branches:
            yield from self._best(branch, new_branches, path, seen)

    def _best(
        self, old: Schema, candidates: tuple[Schema, ...], path: str, seen: frozenset[tuple[str, str]]
    ) -> Iterator[str]:
        """The breaks against the branch of the new union that fits best: none when one branch takes everything."""
        name = _branch_name(self.old, old)
        named = [each for each in candidates if _branch_name(self.new, each) == name]
        fewest = min([list(self._compare(old, each, path, seen)) for each in named or candidates], key=len)
        if fewest and not named and "properties" not in _resolved(self.old, old):
            yield f"{path or 'the message'}: type narrowed, no longer {name}"
        elif fewest and not named:
            where = path or "the message"
            yield f"{where}: {name} is no longer one of the choices (removed, or its discriminator renamed)"
        else:
            yield from fewest

    def _compare_one(self, old: Schema, new: Schema, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        where = path or "the message"
        if lost := _types(old) - _types(new) - ({"integer"} if "number" in _types(new) else set()):
            yield f"{where}: type narrowed, no longer {' or '.join(sorted(lost))}"
            return
        yield from _value_breaks(old, new, where)
        yield from self._object_breaks(old, new, path, seen)
        if "items" in new:
            yield from self._compare(old.get("items", {}), new["items"], f"{path}[]", seen)
        if isinstance(new.get("additionalProperties"), Mapping):
            inner = old.get("additionalProperties", {})
            inner = inner if isinstance(inner, Mapping) else {}
            yield from self._compare(inner, new["additionalProperties"], f"{path}{{}}", seen)
        elif new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            yield f"{where}: unknown fields are no longer allowed"

    def _object_breaks(self, old: Schema, new: Schema, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            here = f"{path}.{name}" if path else name
            if name not in after:
                yield f"{here}: field removed"
                continue
            yield from self._compare(schema, after[name], here, seen)
            if "default" in schema and not _default_kept(schema["default"], after[name].get("default", _ABSENT)):
                yield f"{here}: default changed, so an absent field would mean something else"
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                here = f"{path}.{name}" if path else name
                kind = "optional field became required" if name in before else "new field is required"
                yield f"{here}: {kind}"


_ABSENT = object()


def _value_breaks(old: Schema, new: Schema, where: str) -> Iterator[str]:
    allowed, still = _values(old), _values(new)
    if still is not None:
        lost = [str(value) for value in allowed or () if value not in still]
        if allowed is None:
            yield f"{where}: narrowed to the values {', '.join(str(value) for value in still)}"
        elif lost and "const" in old:
            yield f"{where}: constant renamed from {lost[0]}"
        elif lost:
            yield f"{where}: enum narrowed, no longer {', '.join(lost)}"
    for bound in LOWER_BOUNDS:
        if bound in new and (bound not in old or new[bound] > old[bound]):
            yield f"{where}: {bound} raised to {new[bound]}"
    for bound in UPPER_BOUNDS:
        if bound in new and (bound not in old or new[bound] < old[bound]):
            yield f"{where}: {bound} lowered to {new[bound]}"
    for rule in OTHER_RULES:
        if new.get(rule) and new[rule] != old.get(rule):
            yield f"{where}: {rule} changed to {new[rule]}"


def _resolved(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        _, _, name = str(schema["$ref"]).rpartition("/")
        schema = document["$defs"][name]
    return schema


def _branches(schema: Schema) -> tuple[Schema, ...]:
    return tuple(schema.get("anyOf") or schema.get("oneOf") or (schema,))


def _branch_name(document: Schema, schema: Schema) -> str:
    """What a branch of a union is recognised by: its discriminator, its model's name, or its types."""
    schema = _resolved(document, schema)
    constant = schema.get("properties", {}).get("type", {}).get("const")
    return str(constant or schema.get("title") or "/".join(sorted(_types(schema))))


def _types(schema: Schema) -> frozenset[str]:
    kind = schema.get("type")
    if kind is None:
        return ANY_TYPE
    return frozenset([kind] if isinstance(kind, str) else kind)


def _values(schema: Schema) -> tuple[Any, ...] | None:
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema["enum"]) if "enum" in schema else None


def _default_kept(old: object, new: object) -> bool:
    """Whether a default still says the same; a nested default may gain fields."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return all(name in new and _default_kept(value, new[name]) for name, value in old.items())
    return type(old) is type(new) and old == new
