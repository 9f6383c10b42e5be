"""From the bytes of a body to a plain tree of JSON values, losing nothing and failing only by `Refused`."""

import json
from dataclasses import dataclass

from services.intake.core import refused

DEPTH_MAX = 32
DIGITS_MAX = 15
"""Numbers with more digits are kept as text: they mean nothing here and must not change on their way."""
REPEATED_MARK = "#"

Tree = dict[str, object]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A filing as JSON. `repeated`: some object had a name twice (the earlier values stand under `name#1`, …)."""

    tree: Tree
    repeated: bool


def parse_filing(body: bytes) -> Parsed:
    """Parse a body. Raises Refused: 400 for broken UTF-8, broken or too deep JSON, 422 for what is not an object."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused.bad_text() from None
    pairs = _Pairs()
    decoder = json.JSONDecoder(
        object_pairs_hook=pairs, parse_int=_whole, parse_float=_fraction, parse_constant=str, strict=False
    )
    try:
        value: object = decoder.decode(text)
    except RecursionError:
        raise refused.too_deep() from None
    except ValueError:
        raise refused.bad_json() from None
    value = _bounded(value, DEPTH_MAX)
    if not isinstance(value, dict):
        raise refused.not_an_object()
    return Parsed(value, pairs.repeated)


class _Pairs:
    """Builds objects; a repeated name keeps its last value, and the earlier ones beside it."""

    def __init__(self) -> None:
        self.repeated = False

    def __call__(self, pairs: list[tuple[str, object]]) -> Tree:
        tree = dict(pairs)
        if len(tree) == len(pairs):
            return tree
        self.repeated = True
        counts: dict[str, int] = {}
        built: Tree = {}
        for name, value in pairs:
            if name in built:
                counts[name] = counts.get(name, 0) + 1
                built[f"{name}{REPEATED_MARK}{counts[name]}"] = built[name]
            built[name] = value
        return built


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= DIGITS_MAX else text


def _fraction(text: str) -> float | str:
    return text if len(text) > DIGITS_MAX or "e" in text.lower() else float(text)


def _bounded(value: object, depth: int) -> object:
    """The value with unpaired surrogates replaced. Refused when it nests deeper than `depth`."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        case dict():
            if depth == 0:
                raise refused.too_deep()
            return {str(_bounded(name, depth)): _bounded(item, depth - 1) for name, item in value.items()}
        case list():
            if depth == 0:
                raise refused.too_deep()
            return [_bounded(item, depth - 1) for item in value]
        case _:
            return value
