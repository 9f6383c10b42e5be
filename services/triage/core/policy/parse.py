"""From YAML texts to a `Policy`. Whatever is not understood is refused with file, row and reason."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from services.triage.core.policy import rows as read
from services.triage.core.policy.model import PolicyInvalid, Row, Rows, refuse_all
from services.triage.core.policy.policy import Policy
from services.triage.core.policy.row_reader import RowReader, one_of

KINDS: dict[str, Callable[[RowReader], Row]] = {
    "situations": read.situation,
    "raises": read.raise_row,
    "clocks": read.clock,
    "ladders": read.ladder,
    "timings": read.timing,
    "departments": read.department,
    "measures": read.measure,
    "placements": read.placement,
    "withholdings": read.withholding,
    "instructions": read.instruction,
}
"""Top-level keys of the files: each holds a list of rows of that kind."""
POLICY_FILE = "policy.yaml"
NAME_LENGTH_MAX = 60
NEEDED = {
    "situations": "10-temporary-guardianship.yaml",
    "clocks": "71-clocks.yaml",
    "departments": "72-departments.yaml",
    "ladders": "73-ladders.yaml",
    "timings": "73-ladders.yaml",
    "measures": "74-measures.yaml",
}
"""Tables without which nothing is decided, and the file that has them in the shipped policy."""


def parse_policy(texts: Mapping[str, str]) -> Policy:
    """The policy of a set of YAML files (file name -> text). Pure.

    Raises PolicyInvalid with every fault that was found.
    """
    collected: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    named: set[str] = set()
    faults: list[PolicyInvalid] = []
    name = ""
    for file in sorted(texts):
        try:
            content = load_yaml(file, texts[file])
        except PolicyInvalid as fault:
            faults.append(fault)
            continue
        for key, value in content.items():
            named.add(key)
            try:
                if key == "policy" and file == POLICY_FILE:
                    name = _name(file, value)
                elif key in KINDS and isinstance(value, list):
                    _rows(file, key, value, collected[key], faults)
                else:
                    raise PolicyInvalid(file, str(key), f"not a known table of rows: {one_of(KINDS)}")  # noqa: TRY301 - collected with the others
            except PolicyInvalid as fault:
                faults.append(fault)
    parsed = Rows(**{kind: tuple(found) for kind, found in collected.items()})  # type: ignore[arg-type]
    if "policy" not in named:
        faults.append(PolicyInvalid(POLICY_FILE, "policy", f"the policy has no name: {POLICY_FILE} gives it"))
    faults += _overlaps(parsed)
    faults += [
        PolicyInvalid(POLICY_FILE, needed, f"a policy needs {needed}: no file has them (the shipped policy's: {usual})")
        for needed, usual in NEEDED.items()
        if needed not in named or (not collected[needed] and not faults)
    ]
    refuse_all(faults)
    return Policy(f"{name}@{texts_digest(texts)[:12]}", parsed)


def texts_digest(texts: Mapping[str, str]) -> str:
    """SHA-256 of the texts with their names, line ends and trailing space made equal."""
    digest = hashlib.sha256()
    for file in sorted(texts):
        lines = [line.rstrip() for line in texts[file].splitlines()]
        digest.update("\n".join([f"--- {file}", *lines, ""]).encode())
    return digest.hexdigest()


def load_yaml(file: str, text: str) -> dict[str, Any]:
    """The mapping of a YAML text. Raises PolicyInvalid with line and column."""
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "text"
        column = f"column {mark.column + 1}: " if mark else ""
        said = f"{column}{getattr(error, 'problem', None) or error}"
        raise PolicyInvalid(file, where, f"not YAML: {said}") from error
    if not isinstance(content, dict):
        raise PolicyInvalid(file, "text", "not a table of rows")
    return content


def _name(file: str, value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH_MAX or not name.replace("-", "").isalnum():
        raise PolicyInvalid(file, "policy", "name must be letters, digits and hyphens")
    return name


def _rows(file: str, kind: str, values: list[object], into: list[Row], faults: list[PolicyInvalid]) -> None:
    """Every row that can be read, and the fault of every other."""
    for value in values:
        reader: RowReader | None = None
        try:
            reader = RowReader(file, value)
            into.append(KINDS[kind](reader))
        except PolicyInvalid as fault:
            faults.append(fault)
        except (AttributeError, KeyError, TypeError, ValueError):
            row = reader.id if reader else "?"
            faults.append(PolicyInvalid(file, row, f"a field has not the shape that {kind} have: compare another row"))


def _overlaps(parsed: Rows) -> Iterator[PolicyInvalid]:
    """Two rows of one id must not be law at the same time in one area; a narrower area's row replaces a wider's."""
    seen: dict[str, list[Row]] = {}
    for row in parsed.every():
        for other in seen.setdefault(row.id, []):
            apart = (other.valid_to and other.valid_to < row.valid_from) or (
                row.valid_to and row.valid_to < other.valid_from
            )
            if not apart and row.area == other.area:
                yield PolicyInvalid(row.file, row.id, "another row of this id is law at the same time")
        seen[row.id].append(row)
