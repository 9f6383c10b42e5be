"""Following the case-log: valid records are folded, and what they ask for is handed to the sender and to feedback.

Nothing is sent before the log was once read to its end, so that settled alerts of the past stay settled.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kafka.errors import KafkaError

from services.notify.core.pending import Entry, Pending, fold
from services.notify.feedback import FeedbackPublisher
from services.notify.journal import Journal
from services.notify.sender import Sender
from shared.contracts.topics import REPORTS
from shared.runtime.ledger_reader import LedgerReader, LogWentBackwards, Read
from shared.runtime.logging import get_logger
from shared.runtime.metrics import NotifyMetrics

POLL_SECONDS = 0.25
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 10.0

_log = get_logger("notify.following")
T = TypeVar("T")


class Following:
    """Owns the reader (in a thread of its own, since it is not thread-safe) and the state."""

    def __init__(
        self,
        reader: LedgerReader,
        sender: Sender,
        feedback: FeedbackPublisher,
        journal: Journal,
        metrics: NotifyMetrics,
    ) -> None:
        self._reader = reader
        self._sender = sender
        self._feedback = feedback
        self._journal = journal
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="case-log")
        self.state = Pending()
        self.caught_up = False
        self.polled_at: float | None = None

    async def run(self) -> None:
        """Follow until cancelled. Raises LogWentBackwards, which a person must look at."""
        pause = PAUSE_SECONDS_MIN
        try:
            while True:
                try:
                    await self._follow_once()
                    pause = PAUSE_SECONDS_MIN
                except (KafkaError, OSError) as error:
                    _log.warning("case_log_unreachable", error=type(error).__name__, again_in_seconds=pause)
                    await self._in_thread(self._reader.close)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, PAUSE_SECONDS_MAX)
        finally:
            self._thread.submit(self._reader.close)
            self._thread.shutdown(wait=False)

    async def _follow_once(self) -> None:
        await self._feedback.room()
        for read in await self._in_thread(lambda: self._reader.poll(POLL_SECONDS)):
            self._take(entry_of(read))
        self._metrics.void_records.set(sum(head.void for head in self._reader.heads.values()))
        self._metrics.feedback_waiting.set(self._feedback.waiting)
        if not self.caught_up:
            self.caught_up = await self._in_thread(self._reader.caught_up)
            if self.caught_up:
                self._check_not_backwards()
                _log.info("case_log_read", pending=len(self.state.alerts), contacts=len(self.state.contacts))
        if self.caught_up:
            self._sender.take(self.state)
        self.polled_at = asyncio.get_running_loop().time()

    def _take(self, entry: Entry) -> None:
        folded = fold(self.state, entry)
        self.state = folded.state
        self._metrics.ignored.inc(folded.ignored)
        self._feedback.take(entry, folded)

    def _check_not_backwards(self) -> None:
        """What was published before a restart was read then: a shorter log is another log."""
        for book, seq in self._journal.published.items():
            if self.state.folded.get(book, 0) < seq:
                raise LogWentBackwards(f"book {book} ends before record {seq}, which was read earlier")

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def entry_of(read: Read) -> Entry:
    """A valid record as the fold takes it."""
    fields = read.valid.fields
    return Entry(
        book=read.book,
        seq=fields["seq"],
        offset=read.offset,
        county=fields["county"],
        decided_at_ms=fields["decided_at_ms"],
        arrived_at_ms=fields["arrived_at_ms"],
        events=tuple(fields["events"]),
        from_report=fields["cause"].get("topic") == REPORTS.name,
    )
