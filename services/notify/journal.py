"""A local memory that spares repetitions after a restart. It is never the truth: that is the fold of the case-log.

It holds, for each alert that is not settled yet, the verdict that was reached (so that a restart publishes it instead
of sending again), and how far feedback and dead letters are published. Lose it, and messages of alerts that triage has
not settled go out once more. It is bound to the space's genesis, and locked: one notify for each space and directory.
"""

import asyncio
import fcntl
import os
from collections.abc import Collection, Iterable
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from services.notify.core.plan import Verdict
from shared.runtime.logging import get_logger

LINES_BEFORE_REWRITE = 10_000

_log = get_logger("notify.journal")


class AlreadyRunning(Exception):
    """Another notify of this space works in this directory."""


class _Line(BaseModel):
    """One line: the space's genesis (first), a verdict, or the last `seq` published of each book."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["SPACE", "VERDICT", "PUBLISHED"]
    genesis: str | None = None
    alert_id: str | None = None
    verdict: Verdict | None = None
    published: dict[int, int] | None = None


class Journal:
    """Appends durably, what came together with one flush, off the loop; `verdicts` and `published` are what it says."""

    def __init__(self, path: Path, genesis_sha256: str) -> None:
        self._path = path
        self._genesis = genesis_sha256
        self._lock: BinaryIO | None = None
        self._file: RawIOBase | None = None
        self._lines = 0
        self._is_torn = False
        self._unwritten: list[_Line] = []
        self._writing = asyncio.Lock()
        self.verdicts: dict[str, Verdict] = {}
        self.published: dict[int, int] = {}

    def open(self) -> None:
        """Lock and read. Raises AlreadyRunning; OSError when the directory cannot be made or locked.

        A disk that takes nothing (it may be full) costs repetitions and must not keep notify from starting.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self._path.with_suffix(".lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise AlreadyRunning(f"{self._path} is in use") from error
        self._read()
        try:
            self._rewrite(self._whole())
        except OSError as error:
            self._is_torn = True
            _log.error("journal_unwritable", errno=error.errno)

    async def record_verdict(self, alert_id: str, verdict: Verdict) -> None:
        """Remember a verdict before its outcome is published. Raises OSError when the disk does not take it."""
        self.verdicts[alert_id] = verdict
        await self._append(_Line(kind="VERDICT", alert_id=alert_id, verdict=verdict))

    async def record_published(self, published: dict[int, int]) -> None:
        """Remember up to which `seq` of each book feedback and dead letters are on the broker. Raises OSError."""
        self.published = dict(published)
        await self._append(_Line(kind="PUBLISHED", published=self.published))

    def keep_only(self, pending: Collection[str]) -> None:
        """Forget verdicts of alerts that are not pending any more; they leave the file when it is next rewritten."""
        for alert_id in [alert_id for alert_id in self.verdicts if alert_id not in pending]:
            del self.verdicts[alert_id]

    def close(self) -> None:
        """Unlock."""
        for file in (self._file, self._lock):
            if file is not None:
                file.close()
        self._file = self._lock = None

    def _read(self) -> None:
        """A torn last line (a crash while writing) ends the reading; another space's journal is not ours."""
        if not self._path.exists():
            return
        for raw in self._path.read_bytes().splitlines():
            try:
                line = _Line.model_validate_json(raw)
            except ValidationError:
                return
            if line.kind == "SPACE" and line.genesis != self._genesis:
                return
            if line.alert_id is not None and line.verdict is not None:
                self.verdicts[line.alert_id] = line.verdict
            if line.published is not None:
                self.published = line.published

    async def _append(self, line: _Line) -> None:
        """Whoever comes first writes for all who wait; the rest find their line written."""
        self._unwritten.append(line)
        async with self._writing:
            lines, self._unwritten = self._unwritten, []
            if not lines:
                return
            try:
                if self._is_torn or self._lines + len(lines) > LINES_BEFORE_REWRITE + len(self.verdicts):
                    await asyncio.to_thread(self._rewrite, self._whole())
                else:
                    await asyncio.to_thread(self._write, lines)
            except OSError:
                # What stands in the file may end in half a line, behind which nothing would be read again.
                self._is_torn = True
                self._unwritten = lines + self._unwritten
                raise

    def _whole(self) -> list[_Line]:
        return [
            _Line(kind="SPACE", genesis=self._genesis),
            _Line(kind="PUBLISHED", published=self.published),
            *(_Line(kind="VERDICT", alert_id=each, verdict=verdict) for each, verdict in self.verdicts.items()),
        ]

    def _rewrite(self, lines: list[_Line]) -> None:
        """Put a whole new file in the place of the old one, which stays as it is when that fails."""
        partial = self._path.with_suffix(".partial")
        file = partial.open("wb", buffering=0)
        try:
            _write_durably(file, lines)
            partial.replace(self._path)
        except OSError:
            file.close()
            raise
        if self._file is not None:
            self._file.close()
        self._file, self._lines, self._is_torn = file, len(lines), False

    def _write(self, lines: list[_Line]) -> None:
        if self._file is None:
            raise RuntimeError("the journal is not open")
        _write_durably(self._file, lines)
        self._lines += len(lines)


def _write_durably(file: RawIOBase, lines: Iterable[_Line]) -> None:
    """Unbuffered, so that nothing of a failed write comes again behind the next one."""
    data = memoryview(b"".join(_bytes(line) for line in lines))
    while data:
        data = data[file.write(data) or 0 :]
    os.fsync(file.fileno())


def _bytes(line: _Line) -> bytes:
    return line.model_dump_json(exclude_none=True).encode() + b"\n"
