"""The Faust worker: group membership, co-partitioned assignment, and batches handed to the owners of books.

Nothing that matters lives in Faust's offsets, tables or timers. `table_standby_replicas=1` selects the co-partitioning
assignor (with 0 and no tables one book gets several owners).
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import faust
from faust.types import TP

from services.triage.book_log import RawInput
from services.triage.owner import BookOwner
from services.triage.settings import Settings
from shared.contracts.topics import INPUT_TOPICS
from shared.runtime.logging import Logger

EXIT_PARTIAL_ASSIGNMENT = 3
EXIT_STALLED = 4
EXIT_OWNER_ENDED = 5
STOP_SECONDS_MAX = 8.0
REJOIN_SECONDS_MAX = 90.0


def exit_now(code: int) -> None:
    """End the process without cleaning up: what it holds is not to be trusted, and its supervisor starts another."""
    os._exit(code)


class Assignment:
    """Which books this worker owns, and their tasks.

    Owners that lost their book are kept: when it comes back they go on from their confirmed fold.
    """

    def __init__(
        self, space: str, new_owner: Callable[[int], BookOwner], log: Logger, end: Callable[[int], None]
    ) -> None:
        self._names = {topic.full_name(space): topic.name for topic in INPUT_TOPICS}
        self._new_owner = new_owner
        self._log = log
        self._end = end
        self._owners: dict[int, BookOwner] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._books: frozenset[int] = frozenset()
        self.revoked_at: float | None = None

    @property
    def running(self) -> tuple[BookOwner, ...]:
        """The owners whose tasks run."""
        return tuple(self._owners[book] for book in self._tasks)

    def owns(self, book: int) -> bool:
        """Whether the group has given this worker the book."""
        return book in self._books

    def offer(self, book: int, item: RawInput) -> None:
        """Hand an input to its book's owner; without one it is found again by the next owner."""
        owner = self._owners.get(book)
        if owner is not None and book in self._tasks:
            owner.offer(item)

    def short_name(self, topic: str) -> str:
        """The declared short name of a topic on the broker."""
        return self._names[topic]

    async def revoke(self) -> None:
        """Stop every owner after the batch that it is writing, so that the next owner of the book finds it whole."""
        self._books = frozenset()
        self.revoked_at = self.revoked_at or time.monotonic()
        tasks, self._tasks = self._tasks, {}
        for book in tasks:
            self._owners[book].stop()
        if tasks:
            _, unfinished = await asyncio.wait(tasks.values(), timeout=STOP_SECONDS_MAX)
            for task in unfinished:
                task.cancel()  # the chain fences whatever it still had under way
            await asyncio.gather(*unfinished, return_exceptions=True)

    async def assign(self, partitions: Iterable[TP]) -> None:
        """Own exactly the books whose every input was assigned; a book with only some of them ends this worker."""
        inputs: dict[int, set[str]] = {}
        for partition in partitions:
            if partition.topic in self._names:
                inputs.setdefault(partition.partition, set()).add(partition.topic)
        partial = sorted(book for book, topics in inputs.items() if len(topics) != len(self._names))
        if partial:
            self._log.error("partial_assignment", books=len(partial))
            self._end(EXIT_PARTIAL_ASSIGNMENT)
        await self.revoke()
        self._books = frozenset(inputs)
        self.revoked_at = None
        for book in sorted(self._books):
            owner = self._owners.setdefault(book, self._new_owner(book))
            task = asyncio.create_task(owner.run(), name=f"book-{book}")
            task.add_done_callback(self._ended)
            self._tasks[book] = task
        self._log.info("books_assigned", books=len(self._books))

    def _ended(self, task: asyncio.Task[None]) -> None:
        """An owner that ends by itself while the book is this worker's would leave the book silent: end the worker."""
        if task.cancelled() or task.exception() is not None:
            error = None if task.cancelled() else task.exception()
            self._log.error("owner_ended", owner=task.get_name(), error=type(error).__name__, exc_info=error)
        if task in self._tasks.values():
            self._end(EXIT_OWNER_ENDED)


def create_app(settings: Settings, assignment: Assignment) -> faust.App:
    """The Faust app of a space's triage group. Its one agent only hands over and never raises."""
    connection = settings.connection
    credentials: dict[str, Any] = {}
    if connection.sasl_mechanism:
        credentials["broker_credentials"] = faust.SASLCredentials(
            mechanism=connection.sasl_mechanism,
            username=connection.username,
            password=connection.password,
            ssl_context=connection.aiokafka().get("ssl_context"),
        )
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"wardline-{settings.space}-triage",
        broker=[f"kafka://{server}" for server in connection.servers],
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=1,
        processing_guarantee="at_least_once",
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_commit_interval=0.5,
        stream_buffer_maxsize=1000,
        consumer_auto_offset_reset="earliest",
        datadir=str(settings.data_directory),
        **credentials,
    )
    inputs = app.topic(
        *(topic.full_name(settings.space) for topic in INPUT_TOPICS),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )

    @app.agent(inputs, name="hand-over")
    async def hand_over(stream: Any) -> None:  # noqa: ANN401 - Faust's stream type does not know take_events
        async for events in stream.take_events(500, within=0.02):
            for event in events:
                message = event.message
                item = RawInput(
                    assignment.short_name(message.topic),
                    message.offset,
                    message.value,
                    round(message.timestamp * 1000),
                )
                assignment.offer(message.partition, item)

    async def on_assigned(_sender: Any, assigned: Any, **_: Any) -> None:  # noqa: ANN401 - a signal of Faust
        await assignment.assign(assigned)

    async def on_revoked(_sender: Any, _revoked: Any, **_: Any) -> None:  # noqa: ANN401 - a signal of Faust
        await assignment.revoke()

    async def on_stop(_sender: Any, **_: Any) -> None:  # noqa: ANN401 - likewise
        await assignment.revoke()  # Faust would cancel the owners, which a worker takes for a failure

    app.on_partitions_assigned.connect(on_assigned)  # type: ignore[arg-type]  # the stub names no keyword handlers
    app.on_before_shutdown.connect(on_stop)  # type: ignore[arg-type]  # likewise
    app.on_partitions_revoked.connect(on_revoked)  # type: ignore[arg-type]  # likewise
    return app


async def watch(assignment: Assignment, stall_seconds_max: float, log: Logger, end: Callable[[int], None]) -> None:
    """End the process when a book has work, its broker answers, and nothing was decided for too long."""
    while True:
        await asyncio.sleep(1.0)
        now = time.monotonic()
        if assignment.revoked_at is not None and now - assignment.revoked_at > REJOIN_SECONDS_MAX:
            log.error("not_assigned_again")
            end(EXIT_STALLED)
        for owner in assignment.running:
            stalled = owner.waiting_since is not None and now - owner.waiting_since > stall_seconds_max
            if stalled and owner.halted is None and now - owner.reached_at < stall_seconds_max / 3:
                log.error("book_stalled", book=owner.book)
                end(EXIT_STALLED)
