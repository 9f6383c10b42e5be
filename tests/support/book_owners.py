"""Owners of books inside the test's process, on a real broker, with a log that can fail at a chosen moment."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from nacl.signing import SigningKey
from prometheus_client import CollectorRegistry

from services.triage.book_log import Appended, BookLog, Chained
from services.triage.broker_facts import InputTopicIds
from services.triage.deciding import BookDecider
from services.triage.fold import Fold
from services.triage.input_reading import InputReader
from services.triage.owner import BookOwner, OwnerParts
from services.triage.policies import PolicyShelf
from services.triage.settings import Limits
from services.triage.skew import SkewMonitor
from shared.contracts.commands import key_id
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.logging import get_logger
from shared.runtime.metrics import TriageMetrics
from shared.runtime.space import Space

NewLog = Callable[[Connection, str, int, float], BookLog]
LIMITS = Limits(look_interval_seconds=0.5, read_back_interval_seconds=1.0, batch_records_max=16, backfill_items_max=50)
"""Small batches, so that few inputs make many of them."""


def book_owner(bootstrap: str, space: Space, book: int, new_log: NewLog = BookLog) -> BookOwner:
    """An owner wired as the worker wires it; the broker is on this machine, so the clocks agree."""
    connection, log = Connection(bootstrap), get_logger("triage")
    metrics = TriageMetrics(CollectorRegistry())
    signing_key = SigningKey(space.secret("triage-writer"))
    skew = SkewMonitor(30_000, trust_seconds=3600)
    skew.measured(skew.monotonic(), wall_ms())
    topic_ids = InputTopicIds(connection, space.name, log)
    topic_ids.ask()
    reader = InputReader(
        space=space.name,
        book=book,
        books=space.books,
        clock=space.clock(),
        desks=space.genesis.desks,
        operators=space.genesis.operators,
        token_key=space.secret("triage-match"),
        record_key=space.secret("match-record"),
    )
    decider = BookDecider(
        reader=reader,
        policies=PolicyShelf(),
        kid=key_id(bytes(signing_key.verify_key)),
        sign=lambda body: bytes(signing_key.sign(body).signature),
        metrics=metrics,
        log=log,
    )
    parts = OwnerParts(
        clock=space.clock(),
        limits=LIMITS,
        skew=skew,
        metrics=metrics,
        log=log,
        topic_ids=topic_ids.current,
        still_assigned=lambda _: True,
    )
    opened = Fold.open(space.genesis, book)
    return BookOwner(book, opened, new_log(connection, space.name, book, 10.0), decider, parts)


class AnswerLost(BookLog):
    """Every third batch reaches the broker and its answer is lost."""

    appends = 0

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        self.appends += 1
        answers = await super().append(records)
        if self.appends % 3 == 0:
            raise TimeoutError("the answer was lost")
        return answers


class NeverAnswered(BookLog):
    """A decision reaches the broker and its owner is never told: it may be killed here."""

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - those of the log
        super().__init__(*arguments)
        self.at_the_broker = asyncio.Event()

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        answers = await super().append(records)
        if records[0].record_id.endswith("-genesis"):
            return answers
        self.at_the_broker.set()
        return await asyncio.Future()


class HalfSent(BookLog):
    """Of every third batch only the first half reaches the broker."""

    appends = 0

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        self.appends += 1
        if self.appends % 3 == 0:
            if len(records) > 1:
                await super().append(records[: len(records) // 2])
            raise TimeoutError("the connection broke in the middle")
        return await super().append(records)


class SentLate(BookLog):
    """Every third batch stays in a buffer, the owner is told that it failed, and it reaches the broker afterwards."""

    appends = 0

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - those of the log
        super().__init__(*arguments)
        self._late: list[Chained] = []

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        self.appends += 1
        if self.appends % 3 == 0:
            self._late += records
            raise TimeoutError("nothing is known of it")
        answers = await super().append(records)
        late, self._late = self._late, []
        if late:
            await super().append(late)
        return answers


class Twice(BookLog):
    """Every third batch is written twice, as a producer without idempotence would after a lost answer."""

    appends = 0

    async def append(self, records: Sequence[Chained]) -> list[Appended]:
        self.appends += 1
        if self.appends % 3 == 0:
            await super().append(records)
        return await super().append(records)
