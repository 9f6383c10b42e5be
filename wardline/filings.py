"""Filings in files: a JSON object, a JSON array of them, or one object a line (.jsonl)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from shared.contracts.wire import canonical, sha256_hex


@dataclass(frozen=True, slots=True)
class FiledText:
    """One filing as bytes; `name` says where it stands, and never what it says."""

    name: str
    body: bytes

    @property
    def institution_id(self) -> str | None:
        """The institution that the filing claims to be from."""
        try:
            institution = json.loads(self.body).get("institution") or {}
            claimed = institution.get("id")
        except (ValueError, AttributeError):
            return None
        return claimed if isinstance(claimed, str) else None

    def idempotency_key(self, salt: str = "") -> str:
        """Derived from the content, so that filing a file twice is filing once."""
        return f"file-{sha256_hex(salt.encode() + self.body)[:32]}"


def read_filings(paths: tuple[Path, ...]) -> Iterator[FiledText]:
    """The filings of files, in order. What is not JSON stays as it is: intake (or explain) says what is wrong."""
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise click.FileError(str(path), error.strerror or "cannot be read") from None
        if path.suffix == ".jsonl":
            lines = [line for line in content.splitlines() if line.strip()]
            for number, line in enumerate(lines, start=1):
                yield FiledText(f"{path.name}:{number}" if len(lines) > 1 else path.name, line)
            continue
        parts = _array(content)
        if parts is None:
            yield FiledText(path.name, content)
        else:
            for number, part in enumerate(parts, start=1):
                yield FiledText(f"{path.name}:{number}", canonical(part))


def _array(content: bytes) -> list[object] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, list) else None
