"""Filings in files: a JSON object, a JSON array of them, or one object a line (.jsonl); and folders of such files."""

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


SUFFIXES = (".json", ".jsonl")


def files_in(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files, and those of folders by name. Stops when a folder holds none."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(each for each in path.iterdir() if each.suffix in SUFFIXES and each.is_file())
        if not inside:
            raise click.ClickException(f"{path}: no {' or '.join(SUFFIXES)} file in this folder")
        found += inside
    return tuple(found)


def what_is_wrong(body: bytes) -> str | None:
    """Where a text stops being JSON, without repeating it; None when it is JSON."""
    try:
        json.loads(body)
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1}: not UTF-8"
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    except (ValueError, RecursionError):
        return None
    return None


def read_filings(paths: tuple[Path, ...]) -> Iterator[FiledText]:
    """The filings of files, in order. What is not JSON stays as it is: intake (or explain) says what is wrong.

    A file without any filing (`[]`, or no line) stops with one line and exit code 1, as a refused filing does.
    """
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise click.FileError(str(path), error.strerror or "cannot be read") from None
        if path.suffix == ".jsonl":
            lines = [line for line in content.splitlines() if line.strip()]
            if not lines:
                raise click.ClickException(f"{path.name}: there is no filing in it")
            for number, line in enumerate(lines, start=1):
                yield FiledText(f"{path.name}:{number}" if len(lines) > 1 else path.name, line)
            continue
        parts = _array(content)
        if parts is None:
            yield FiledText(path.name, content)
        elif not parts:
            raise click.ClickException(f"{path.name}: there is no filing in it (an empty list)")
        else:
            for number, part in enumerate(parts, start=1):
                yield FiledText(f"{path.name}:{number}", canonical(part))


def _array(content: bytes) -> list[object] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, list) else None
