"""Following the case-log: valid records become rows, a batch and its checkpoints in one transaction.

The chain is read from its beginning at every start, since only the whole chain says which records are valid; records
whose rows stand are passed over, and the one at the checkpoint must be the very one that was projected. A book whose
log is another is halted with an alarm, and the other books go on.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kafka.errors import KafkaError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from services.desk import checkpoints
from services.desk.announcing import Announcer
from services.desk.checkpoints import Checkpoint, CheckpointMoved
from services.desk.core.changes import Batch
from services.desk.core.entries import Entry
from services.desk.core.freshness import BookFreshness, Freshness, seconds_behind
from services.desk.core.projection import project_record
from services.desk.database import writing
from services.desk.writing import empty, write
from shared.contracts.wire import sha256_hex
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader, LogWentBackwards, Read
from shared.runtime.logging import get_logger
from shared.runtime.metrics import DeskMetrics
from shared.runtime.space import Space

POLL_SECONDS = 0.25
BATCH_RECORDS_MAX = 500
LOOK_SECONDS = 0.5
"""How often the log's end and the checkpoints in the database are looked at."""
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 10.0
CHECKPOINT_DIFFERS = "CHECKPOINT_DIFFERS"
LOG_WENT_BACKWARDS = "LOG_WENT_BACKWARDS"
OTHER_GENESIS = "OTHER_GENESIS"

_log = get_logger("desk.projecting")


@dataclass
class Projecting:
    """Owns the reader. One thread calls `run`, or `step` again and again; `freshness` may be read by any."""

    connection: Connection
    space: Space
    engine: Engine
    metrics: DeskMetrics
    batch_records_max: int = BATCH_RECORDS_MAX
    announcer: Announcer = field(default_factory=Announcer)
    """Told after each batch that is written."""
    freshness: Freshness = field(default_factory=Freshness)
    _reader: LedgerReader = field(init=False)
    _checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    _unmatched: set[int] = field(default_factory=set)
    _pending: list[Read] = field(default_factory=list)
    _looked_at: float = 0.0

    def __post_init__(self) -> None:
        self._reader = LedgerReader(self.connection, self.space)

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop. A broker or a database that is away is waited for."""
        pause = PAUSE_SECONDS_MIN
        try:
            while not stop.is_set():
                try:
                    self.step()
                    pause = PAUSE_SECONDS_MIN
                except (KafkaError, OSError, OperationalError) as error:
                    _log.warning("projection_waits", error=type(error).__name__, again_in_seconds=pause)
                    self._reader.close()
                    self._tell()
                    stop.wait(pause)
                    pause = min(pause * 2, PAUSE_SECONDS_MAX)
        finally:
            self._reader.close()

    def run_until_level(self, told: Callable[[int], None], seconds_max: float) -> int:
        """Follow until every book is level with the log; how many records were projected.

        `told` hears the number now and then. Raises TimeoutError, and what the broker or the database raises.
        """
        until = time.monotonic() + seconds_max
        total = 0
        while not self.is_level():
            if time.monotonic() > until:
                raise TimeoutError(f"not level within {seconds_max:.0f} s")
            done = self.step()
            total += done
            if done:
                told(total)
        self._reader.close()
        return total

    def is_level(self) -> bool:
        """Whether every book that is followed held all that stood in the log when that was last looked at."""
        books = self.freshness.books
        return bool(books) and all(book.behind == 0 or book.halted is not None for book in books.values())

    def step(self) -> int:
        """Read what comes within a moment and write its rows; how many records were projected."""
        if not self._checkpoints:
            self._begin()
        done = self._write_pending()
        try:
            reads = self._reader.poll(POLL_SECONDS)
        except LogWentBackwards:
            self._halt(self._reader.gone(), LOG_WENT_BACKWARDS)
            return done
        self._pending += reads
        done += self._write_pending()
        if not reads or time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._look()
        return done

    def _begin(self) -> None:
        """Where the database stands. Nothing of a book has been read again yet, so its checkpoint is not matched."""
        genesis = sha256_hex(self.space.genesis.line())
        with writing(self.engine) as connection:
            self._checkpoints = checkpoints.begin(connection, genesis, self._reader.books)
        self._unmatched = {book for book, known in self._checkpoints.items() if known.seq > 0}
        others = [book for book, known in self._checkpoints.items() if known.seq == 0 and known.sha256 != genesis]
        self._halt(tuple(others), OTHER_GENESIS)
        self._tell()

    def _write_pending(self) -> int:
        """Write what was read, a batch at a time. What could not be written stays for the next try."""
        done = 0
        while self._pending:
            reads, rest = self._pending[: self.batch_records_max], self._pending[self.batch_records_max :]
            new = [read for read in reads if self._is_new(read)]
            if new:
                try:
                    self._write(new)
                except CheckpointMoved as moved:
                    self.metrics.moved.inc()
                    _log.warning("checkpoint_moved", book=moved.book)
                    if not self._adopt():
                        return done
                    continue
                done += len(new)
            self._pending = rest
        return done

    def _is_new(self, read: Read) -> bool:
        """Whether the record's rows are to be written: it follows the checkpoint, and that is of this very chain."""
        known = self._checkpoints[read.book]
        if known.halted is not None:
            return False
        if read.offset >= known.next_offset:
            if read.book in self._unmatched:
                self._halt((read.book,), CHECKPOINT_DIFFERS)
                return False
            return True
        if read.valid.fields["seq"] == known.seq:
            if read.valid.sha256 == known.sha256:
                self._unmatched.discard(read.book)
            else:
                self._halt((read.book,), CHECKPOINT_DIFFERS)
        return False

    def _write(self, reads: list[Read]) -> None:
        batch, after, unreadable = Batch(), {}, 0
        for read in reads:
            entry = entry_of(read)
            projected = project_record(entry)
            batch.add(projected.changes)
            unreadable += len(projected.unreadable)
            after[entry.book] = Checkpoint(
                entry.book, entry.offset + 1, entry.seq, entry.sha256, entry.decided_at_ms
            )  # fmt: skip
            for kind in projected.unreadable:
                _log.error("event_unreadable", book=entry.book, seq=entry.seq, kind=kind)
        with self.metrics.write_seconds.time(), writing(self.engine) as connection:
            checkpoints.move(connection, self._checkpoints, after.values())
            write(connection, batch)
        self._checkpoints |= after
        self.announcer.tell({read.valid.fields["county"] for read in reads})
        self.metrics.projected.inc(len(reads))
        self.metrics.unreadable.inc(unreadable)

    def _look(self) -> None:
        """Compare with the log's end, and with the checkpoints as they stand in the database."""
        self._looked_at = time.monotonic()
        with self.engine.connect() as connection:
            standing = checkpoints.read(connection)
        if any(standing.get(book) != known for book, known in self._checkpoints.items()):
            self._adopt()
            return
        asked_at_wall_ms = wall_ms()
        behind = self._reader.behind()
        level = {book for book, number in behind.items() if number == 0}
        self._halt(tuple(level & self._unmatched), LOG_WENT_BACKWARDS)
        before = self.freshness.books
        self.freshness = Freshness(
            {
                book: BookFreshness(
                    behind=behind.get(book),
                    level_at_wall_ms=asked_at_wall_ms
                    if book in level
                    else before.get(book, BookFreshness()).level_at_wall_ms,
                    decided_at_ms=known.decided_at_ms,
                    halted=known.halted,
                )
                for book, known in self._checkpoints.items()
            }
        )
        self._tell()

    def _adopt(self) -> bool:
        """Go on from where the database stands now; whether what was read and not written is still of use.

        Somebody else ahead of this process is followed. A checkpoint behind it, or none, needs the log from its start.
        """
        mine = self._checkpoints
        with self.engine.connect() as connection:
            standing = checkpoints.read(connection)
        if all(
            (there := standing.get(book)) is not None and there.next_offset >= known.next_offset
            for book, known in mine.items()
        ):
            self._unmatched |= {book for book, known in mine.items() if standing[book].next_offset > known.next_offset}
            self._checkpoints = {book: standing[book] for book in mine}
            return True
        self._reader.close()
        self._reader = LedgerReader(self.connection, self.space)
        self._checkpoints, self._pending, self._unmatched = {}, [], set()
        self.freshness = Freshness()
        return False

    def _halt(self, books: tuple[int, ...], reason: str) -> None:
        """Follow these books no more, and say so where a person looks."""
        for book in books:
            self._checkpoints[book] = replace(self._checkpoints[book], halted=reason)
            self._unmatched.discard(book)
            _log.critical("book_halted", book=book, reason=reason)
            with writing(self.engine) as connection:
                checkpoints.halt(connection, book, reason)
        if left := tuple(book for book in books if book in self._reader.books):
            self._reader.leave(left)
        self._tell()

    def _tell(self) -> None:
        now_wall_ms = wall_ms()
        for book, fresh in self.freshness.books.items():
            self.metrics.records_behind.labels(str(book)).set(fresh.behind or 0)
            age = seconds_behind(fresh, now_wall_ms)
            if age is not None:
                self.metrics.seconds_behind.labels(str(book)).set(age)
        self.metrics.halted_books.set(sum(known.halted is not None for known in self._checkpoints.values()))
        self.metrics.void_records.set(sum(head.void for head in self._reader.heads.values()))


def rebuild(projecting: Projecting, told: Callable[[int], None], seconds_max: float) -> int:
    """Forget every row that was made from the case-log and make them all anew; how many records there were."""
    with writing(projecting.engine) as connection:
        checkpoints.forget(connection)
        empty(connection)
    return projecting.run_until_level(told, seconds_max)


def entry_of(read: Read) -> Entry:
    """A valid record as the projection takes it."""
    fields = read.valid.fields
    return Entry(
        book=read.book,
        seq=fields["seq"],
        offset=read.offset,
        sha256=read.valid.sha256,
        county=fields["county"],
        arrived_at_ms=fields["arrived_at_ms"],
        decided_at_ms=fields["decided_at_ms"],
        policy=fields["policy"],
        events=fields["events"],
        opened=[(each["id"], each["due_at_ms"]) for each in fields["opened"]],
        closed=fields["closed"],
    )
