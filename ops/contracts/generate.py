"""Write what follows from the contracts: `python -m ops.contracts.generate [--check] [--release TYPE …]`.

Without options: the schemas, the examples in canonical form (a new field gets its default) and the AsyncAPI document.
`--check` writes nothing and fails when a file is stale or a schema no longer reads what its released one allowed.
`--release` freezes the current schema of the named types (`all`: of every type) as the one to be compatible with;
it refuses a change that is not. A contract that was frozen too early is taken back by deleting its file, by hand.
`--asyncapi-schema` checks the document against AsyncAPI's own JSON Schema (in the npm package `@asyncapi/specs`).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from ops.contracts import asyncapi
from ops.contracts.compatibility import breaks
from ops.contracts.schemas import file_name, released_file_name, schema_of
from shared.contracts.catalogue import COMMAND_BODIES, SCHEMA_MODELS
from shared.contracts.wire import encode

CONTRACTS = Path(__file__).parents[2] / "shared" / "contracts"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the generated files of a contracts directory lie."""

    contracts: Path = CONTRACTS

    @property
    def schemas(self) -> Path:
        """The schemas as the code has them."""
        return self.contracts / "schemas"

    @property
    def released(self) -> Path:
        """The schemas that stay readable for ever."""
        return self.schemas / "released"

    @property
    def examples(self) -> Path:
        """One example of each message; those of commands' bodies in `commands/`."""
        return self.contracts / "examples"

    @property
    def asyncapi(self) -> Path:
        """The AsyncAPI document."""
        return self.contracts / "asyncapi.json"


def rendered(value: object) -> str:
    """JSON for people and for comparison line by line."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def generated(layout: Layout) -> Mapping[Path, str]:
    """Every generated file and what should stand in it. Raises pydantic.ValidationError for a broken example."""
    files = {layout.schemas / file_name(name): rendered(schema_of(model)) for name, model in SCHEMA_MODELS.items()}
    files[layout.asyncapi] = rendered(asyncapi.document())
    for folder, models in ((layout.examples, SCHEMA_MODELS), (layout.examples / "commands", COMMAND_BODIES)):
        for name, model in models.items():
            path = folder / file_name(name)
            if path.exists():
                files[path] = rendered(json.loads(encode(model.model_validate_json(path.read_bytes()))))
    return files


def stale(layout: Layout) -> list[str]:
    """What differs from what the code would generate, a sentence each; also files of types that are gone."""
    files = generated(layout)
    faults = [
        f"{path.relative_to(layout.contracts)} is stale: run `python -m ops.contracts.generate`"
        for path, text in files.items()
        if not path.exists() or path.read_text() != text
    ]
    known = {path.name for path in files if path.parent == layout.schemas}
    faults += [
        f"schemas/{path.name} belongs to no message type"
        for path in layout.schemas.glob("*.json")
        if path.name not in known
    ]
    return faults


def broken_releases(layout: Layout) -> list[str]:
    """Every break of a released schema, a sentence each."""
    return list(_broken(layout, {name: schema_of(model) for name, model in SCHEMA_MODELS.items()}))


def _broken(layout: Layout, current: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for path in sorted(layout.released.glob("*.json")):
        name = path.name.partition(".")[0]
        if name not in current:
            yield f"{name}: a released message type is gone; records that hold it could not be read"
            continue
        yield from (f"{name}: {fault}" for fault in breaks(json.loads(path.read_text()), current[name]))


def write(layout: Layout) -> list[Path]:
    """Write what is stale; returns what was written."""
    written = []
    for path, text in generated(layout).items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            written.append(path)
    return written


def release(layout: Layout, names: Sequence[str]) -> list[str]:
    """Freeze the current schemas of these types, unless one breaks what is frozen; returns the breaks."""
    layout.released.mkdir(parents=True, exist_ok=True)
    chosen = tuple(SCHEMA_MODELS) if "all" in names else names
    if unknown := [name for name in chosen if name not in SCHEMA_MODELS]:
        return [f"{name}: no such message type" for name in unknown]
    current = {name: schema_of(SCHEMA_MODELS[name]) for name in chosen}
    if faults := [fault for fault in broken_releases(layout) if fault.partition(":")[0] in chosen]:
        return faults
    for name, schema in current.items():
        (layout.released / released_file_name(name)).write_text(rendered(schema))
    return []


def main(arguments: Sequence[str] | None = None, layout: Layout | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.contracts.generate", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is stale or broken")
    parser.add_argument("--release", nargs="+", metavar="TYPE", default=(), help="freeze the schemas of these types")
    parser.add_argument("--asyncapi-schema", type=Path, metavar="FILE", help="AsyncAPI's own schema, version 3.0.0")
    options = parser.parse_args(arguments)
    layout = layout or Layout()
    if not options.check:
        for path in write(layout):
            print(f"wrote {path.relative_to(layout.contracts)}")
    faults = release(layout, options.release) if options.release else []
    faults += [*stale(layout), *broken_releases(layout)]
    if options.asyncapi_schema:
        validator = Draft7Validator(json.loads(options.asyncapi_schema.read_text()))
        faults += [f"asyncapi.json: {error.message}" for error in validator.iter_errors(asyncapi.document())]
    for fault in dict.fromkeys(faults):
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
