"""The custodian's journal: every opening stands here, on the disk, before anything is shown.

Lines of JSON, each with the SHA-256 of the line before it, so that a line cannot be taken out unseen. No identity.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any

from shared.contracts.wire import canonical, sha256_hex

BEGINNING = "0" * 64


class JournalDamaged(Exception):
    """A line is not the one that followed the line before it: a person must look."""


class Journal:
    """One file, one process. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Opens and checks what is there. Raises JournalDamaged; an unfinished last line of a crash is cut off."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path, self._lock = path, threading.Lock()
        self._last = self._check()
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append(self, entry: dict[str, Any]) -> None:
        """Write and fsync. Raises OSError: then nothing may be shown."""
        with self._lock:
            line = canonical({"prev": self._last, **entry})
            written = os.write(self._descriptor, line + b"\n")
            if written != len(line) + 1:
                raise OSError("the journal's disk took a part of a line only")
            os.fsync(self._descriptor)
            self._last = sha256_hex(line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _check(self) -> str:
        if not self._path.exists():
            return BEGINNING
        raw = self._path.read_bytes()
        if raw and not raw.endswith(b"\n"):
            raw = raw[: raw.rfind(b"\n") + 1]
            with self._path.open("r+b") as handle:
                handle.truncate(len(raw))
        last = BEGINNING
        for line in raw.splitlines():
            if json.loads(line).get("prev") != last:
                raise JournalDamaged("the custodian's journal is not whole: its lines do not follow each other")
            last = sha256_hex(line)
        return last
