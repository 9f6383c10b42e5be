"""From YAML texts to a `Policy`. Whatever is not understood is refused with file, row and reason."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from services.triage.core.policy import rows as read
from services.triage.core.policy.model import PolicyInvalid, Row, Rows
from services.triage.core.policy.policy import Policy
from services.triage.core.policy.row_reader import RowReader

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


def parse_policy(texts: Mapping[str, str]) -> Policy:
    """The policy of a set of YAML files (file name -> text). Pure. Raises PolicyInvalid."""
    collected: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    name = ""
    for file in sorted(texts):
        content = _load(file, texts[file])
        for key, value in content.items():
            if key == "policy" and file == POLICY_FILE:
                name = _name(file, value)
            elif key in KINDS and isinstance(value, list):
                collected[key].extend(_rows(file, key, value))
            else:
                raise PolicyInvalid(file, str(key), "not a known table of rows")
    if not name:
        raise PolicyInvalid(POLICY_FILE, "policy", "the policy has no name")
    parsed = Rows(**{kind: tuple(found) for kind, found in collected.items()})  # type: ignore[arg-type]
    _no_overlap(parsed)
    for needed in ("situations", "ladders", "timings", "departments", "measures", "clocks"):
        if not getattr(parsed, needed):
            raise PolicyInvalid(POLICY_FILE, needed, "a policy without such rows decides nothing")
    return Policy(f"{name}@{texts_digest(texts)[:12]}", parsed)


def texts_digest(texts: Mapping[str, str]) -> str:
    """SHA-256 of the texts with their names, line ends and trailing space made equal."""
    digest = hashlib.sha256()
    for file in sorted(texts):
        lines = [line.rstrip() for line in texts[file].splitlines()]
        digest.update("\n".join([f"--- {file}", *lines, ""]).encode())
    return digest.hexdigest()


def _load(file: str, text: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PolicyInvalid(file, f"line {mark.line + 1}" if mark else "text", "not YAML") from error
    if not isinstance(content, dict):
        raise PolicyInvalid(file, "text", "not a table of rows")
    return content


def _name(file: str, value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH_MAX or not name.replace("-", "").isalnum():
        raise PolicyInvalid(file, "policy", "name must be letters, digits and hyphens")
    return name


def _rows(file: str, kind: str, values: list[object]) -> list[Row]:
    return [KINDS[kind](RowReader(file, value)) for value in values]


def _no_overlap(parsed: Rows) -> None:
    """Two rows of one id must not be law at the same time in one area; a narrower area's row replaces a wider's."""
    seen: dict[str, list[Row]] = {}
    for row in parsed.every():
        for other in seen.setdefault(row.id, []):
            apart = (other.valid_to and other.valid_to < row.valid_from) or (
                row.valid_to and row.valid_to < other.valid_from
            )
            if not apart and row.area == other.area:
                raise PolicyInvalid(row.file, row.id, "another row of this id is law at the same time")
        seen[row.id].append(row)
