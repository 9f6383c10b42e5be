"""The spool: where reports wait, already sealed, while the broker does not answer.

An append-only file of frames (`services.intake.frames`), one file for each process, locked. An append returns
after fsync. What is drained is remembered in a position file beside it; after a crash the tail that was not yet
remembered is sent again (at-least-once: triage knows a report by its id).
"""

import asyncio
import contextlib
import fcntl
import os
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

import crc32c

from services.intake.frames import (
    FRAME_BYTES_MAX,
    Frame,
    FrameDamaged,
    claimed_at,
    frame_at,
    frame_of,
    next_frame,
    records_of,
)
from shared.runtime.logging import get_logger
from shared.runtime.producer import OutgoingRecord

SPOOLS_MAX = 64
PEEK_BYTES_MAX = 16 * 1024 * 1024

_log = get_logger("intake.spool")


class SpoolRefused(Exception):
    """The spool cannot take it: full, or the disk failed. Nothing was promised; tell the filer to try later."""


class Spool:
    """One process's spool file. Not thread-safe: it belongs to one event loop."""

    def __init__(self, path: Path, descriptor: int, bytes_max: int) -> None:
        """Use `Spool.open_first` or `Spool.adopt`."""
        self.path = path
        self._descriptor = descriptor
        self._bytes_max = bytes_max
        self._position_path = path.with_suffix(".position")
        self._frames: deque[Frame] = deque()
        self._end = 0
        self._drained = 0
        self._waiting: list[tuple[bytes, int, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()
        self._broken = False
        self.damaged_frames = 0
        self._recover()

    @classmethod
    def open_first(cls, directory: Path, bytes_max: int) -> "Spool":
        """Lock the first spool file that no other process has. SpoolRefused when there is none."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(SPOOLS_MAX):
            path = directory / f"spool-{number}.log"
            descriptor = _locked(path, create=True)
            if descriptor is not None:
                return cls(path, descriptor, bytes_max)
        raise SpoolRefused("every spool is taken by another process")

    @classmethod
    def adopt(cls, directory: Path, bytes_max: int) -> "list[Spool]":
        """Lock spools with something in them whose process is gone, so that their reports are not left behind."""
        found = []
        for path in sorted(directory.glob("spool-*.log")):
            if path.stat().st_size == 0:
                continue
            descriptor = _locked(path, create=False)
            if descriptor is not None:
                spool = cls(path, descriptor, bytes_max)
                if spool.depth:
                    found.append(spool)
                else:
                    spool.close()
        return found

    @property
    def depth(self) -> int:
        """Reports that wait, those included that are being written just now."""
        return len(self._frames) + len(self._waiting)

    @property
    def usable(self) -> bool:
        """Whether an append has a chance."""
        return not self._broken and self._end < self._bytes_max

    def age_seconds(self) -> float:
        """How long the oldest report has waited."""
        return max(0.0, time.time() - self._frames[0].at_seconds) if self._frames else 0.0

    async def append(self, records: Iterable[OutgoingRecord]) -> None:
        """Write one report's records and return when they are on the disk. SpoolRefused otherwise."""
        frame = frame_of(records, int(time.time()))
        waiting_bytes = sum(len(each[0]) for each in self._waiting)
        if not self.usable or self._end + waiting_bytes + len(frame) > self._bytes_max:
            raise SpoolRefused("the spool is full or its disk failed")
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, int(time.time()), written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting(), name="spool-writer")
        await asyncio.shield(written)

    async def wait_for_frames(self) -> None:
        """Return when something waits on the disk."""
        while not self._frames:
            self._grown.clear()
            await self._grown.wait()

    def peek(self, count_max: int) -> list[tuple[Frame, tuple[OutgoingRecord, ...]]]:
        """The oldest reports, in order: at least one if there is one, at most PEEK_BYTES_MAX.

        FrameDamaged when the disk has altered the oldest: `set_aside` passes it over.
        """
        found: list[tuple[Frame, tuple[OutgoingRecord, ...]]] = []
        left = PEEK_BYTES_MAX
        for index in range(min(count_max, len(self._frames))):
            frame = self._frames[index]
            left -= frame.end - frame.start
            if found and left < 0:
                break
            try:
                found.append((frame, records_of(self._descriptor, frame)))
            except FrameDamaged:
                if not found:
                    raise
                break
        return found

    def advance(self, frame: Frame) -> None:
        """Everything up to this frame stands on the broker. The file is emptied when nothing is left.

        A disk that fails here costs repetitions after a crash and no report: it is logged and nothing is raised.
        """
        while self._frames and self._frames[0].end <= frame.end:
            self._frames.popleft()
        self._drained = frame.end
        try:
            if not self._frames and not self._waiting and (self._writer is None or self._writer.done()):
                self._forget_position()  # one that outlives the frames it skipped would lose the next ones
                os.ftruncate(self._descriptor, 0)
                self._end = self._drained = 0
            else:
                self._remember(self._drained)
        except OSError as error:
            _log.error("spool_position_not_written", errno=error.errno)

    def set_aside(self, frame: Frame) -> None:
        """Pass over a damaged frame: its bytes are kept beside, counted, and those behind it are not held up."""
        self._keep_damaged(frame.start, frame.end, self._end)
        self.advance(frame)

    def close(self) -> None:
        """Unlock. What waits stays on the disk."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    async def _write_waiting(self) -> None:
        """Write and fsync all that came together, once (group commit)."""
        while self._waiting:
            batch = list(self._waiting)
            start = self._end
            data = b"".join(frame for frame, _, _ in batch)
            try:
                await asyncio.to_thread(_write_durably, self._descriptor, data, start)
            except OSError as error:
                _log.error("spool_write_failed", errno=error.errno)
                self._give_back(start)
                failure: SpoolRefused | None = SpoolRefused("the disk failed")
            else:
                failure = None
                self._end = start + len(data)
            del self._waiting[: len(batch)]
            position = start
            for frame, at_seconds, written in batch:
                if failure is None:
                    self._frames.append(Frame(position, position + len(frame), at_seconds))
                    position += len(frame)
                if not written.done():
                    written.set_exception(failure) if failure else written.set_result(None)
            self._grown.set()

    def _give_back(self, start: int) -> None:
        """After a failed write: cut the torn frames off. After a failed fsync nothing that follows can be trusted."""
        try:
            os.ftruncate(self._descriptor, start)
            os.fsync(self._descriptor)
        except OSError:
            self._broken = True

    def _recover(self) -> None:
        """Find the frames that wait: skip what was drained, step over damage, cut a torn tail."""
        size = os.fstat(self._descriptor).st_size
        drained = position = self._remembered(size)
        while position < size:
            frame = frame_at(self._descriptor, position, size)
            if frame is None:
                following = next_frame(self._descriptor, position + 1, size)
                self._keep_damaged(position, size if following is None else following, size)
                if following is None:
                    os.ftruncate(self._descriptor, position)
                    break
                position = following
                continue
            self._frames.append(frame)
            position = frame.end
        self._end, self._drained = position, drained
        if self._frames:
            _log.warning("spool_found", depth=len(self._frames), file=self.path.name)

    def _keep_damaged(self, start: int, end: int, size: int) -> None:
        """Keep (sealed) bytes that are no frame beside the spool, once; count them unless they were promised to nobody.

        A frame that was not written to its end was promised to nobody; one that has its length may have been.
        """
        torn = end == size and claimed_at(self._descriptor, start, size) is None
        data = os.pread(self._descriptor, min(end - start, FRAME_BYTES_MAX), start)
        kept = self.path.with_suffix(f".{'tail' if torn else 'damaged'}-{start}-{crc32c.crc32c(data):08x}")
        if kept.exists():
            return
        if torn:
            _log.warning("spool_tail_cut", bytes=end - start, file=self.path.name)
        else:
            self.damaged_frames += 1
            _log.error("spool_damaged", bytes=end - start, file=self.path.name)
        try:
            kept.write_bytes(data)
        except OSError as error:
            _log.error("spool_damage_not_kept", errno=error.errno)

    def _remembered(self, size: int) -> int:
        """Up to where the file was drained; 0 (send all of it again) for a position that cannot be."""
        try:
            position = int(self._position_path.read_text())
        except (OSError, ValueError):
            return 0
        can_be = position == size or (0 <= position < size and frame_at(self._descriptor, position, size) is not None)
        return position if can_be else 0

    def _remember(self, position: int) -> None:
        partial = self._position_path.with_suffix(".partial")
        partial.write_text(str(position))
        partial.replace(self._position_path)

    def _forget_position(self) -> None:
        """Durably, and without writing: the disk may be full, of this very spool."""
        self._position_path.unlink(missing_ok=True)
        _sync_directory(self.path.parent)


def _locked(path: Path, *, create: bool) -> int | None:
    """An open and exclusively locked descriptor, or None when another process has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    _sync_directory(path.parent)
    return descriptor


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _write_durably(descriptor: int, data: bytes, start: int) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(descriptor, data[written:], start + written)
    os.fsync(descriptor)
