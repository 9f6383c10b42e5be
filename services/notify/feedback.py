"""Feedback to reporters (MPL 11(3)): the page of each receipt, published compacted under its report id.

What is published is always the newest page of a report, so repeats and restarts do no harm; how far the case-log is
published stands in the journal and moves only after the broker has acknowledged. Dead letters go the same way.
"""

import asyncio

from services.notify.core.pending import Entry, Folded, Pending, Unreadable
from services.notify.dead_letters import publish_dead_letter
from services.notify.journal import Journal
from services.notify.publishing import Publishing
from shared.contracts.alerts import Feedback
from shared.contracts.topics import FEEDBACK
from shared.runtime.logging import get_logger
from shared.runtime.metrics import NotifyMetrics
from shared.runtime.producer import PublishFailed

WAITING_MAX = 5_000
"""Above this the reader waits for the publisher."""
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 15.0

_log = get_logger("notify.feedback")


class FeedbackPublisher:
    """`take` notes what an entry of the case-log asks for; `run` publishes until it is cancelled."""

    def __init__(self, publishing: Publishing, journal: Journal, metrics: NotifyMetrics) -> None:
        self._publishing = publishing
        self._journal = journal
        self._metrics = metrics
        self._state = Pending()
        self._due: set[str] = set()
        self._letters: list[tuple[Entry, Unreadable]] = []
        self._wake = asyncio.Event()
        self._flushed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Pages and dead letters that are not on the broker yet."""
        return len(self._due) + len(self._letters)

    async def room(self) -> None:
        """Wait while more than `WAITING_MAX` are waiting."""
        while self.waiting > WAITING_MAX:
            self._flushed.clear()
            await self._flushed.wait()

    def take(self, entry: Entry, folded: Folded) -> None:
        """Note what is due, unless it was published before a restart."""
        self._state = folded.state
        if folded.repeated or entry.seq <= self._journal.published.get(entry.book, -1):
            return
        if folded.feedback or folded.unreadable:
            self._due.update(folded.feedback)
            self._letters.extend((entry, each) for each in folded.unreadable)
            self._metrics.unreadable.inc(len(folded.unreadable))
            self._wake.set()

    async def run(self) -> None:
        """Publish what is due, again and again with growing pauses while the broker is away, until cancelled."""
        pause = PAUSE_SECONDS_MIN
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
                self._flushed.set()
                pause = PAUSE_SECONDS_MIN
            except PublishFailed as error:
                _log.warning("feedback_unpublished", code=error.code, waiting=self.waiting)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                self._wake.set()

    async def _flush(self) -> None:
        """Publish what was due when it began; what was not acknowledged stays due. Raises PublishFailed."""
        state, due, letters = self._state, self._due, self._letters
        self._due, self._letters = set(), []
        pages = [page for report_id in due if (page := state.feedback.get(report_id)) is not None]
        results = await asyncio.gather(
            *(self._page(page) for page in pages),
            *(publish_dead_letter(self._publishing, entry, each) for entry, each in letters),
            return_exceptions=True,
        )
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            self._due |= due
            self._letters = letters + self._letters
            raise failures[0]
        try:
            await self._journal.record_published(dict(state.folded))
        except OSError as error:
            _log.error("journal_unwritable", errno=error.errno)

    async def _page(self, page: Feedback) -> None:
        await self._publishing.publish(FEEDBACK, page.report_id, page, f"{page.report_id}.{page.updated_at_ms}")
