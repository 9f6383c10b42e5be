"""All cores at work: a process for each book that is read, and processes of a moment that decide its batches.

A book must be folded in its order, and one process does so; deciding is most of the work and needs nothing but the
state before, so a reading process forks for a batch whenever a core is free: the states need no copying, and one long
book uses every core. Processes never outnumber the cores. Needs `fork`, as Linux and macOS have it.
"""

import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Semaphore
from types import FrameType
from typing import Any, NamedTuple

import orjson
from kafka import KafkaConsumer
from kafka.errors import KafkaError

from services.triage.core.decision import Assessor
from services.triage.fold import WorkerTooOld
from shared.runtime.connection import Connection
from shared.runtime.space import Space
from wardline.replaying.book import BookReplay, Results, Started, decided_batch
from wardline.replaying.reading import BookSource
from wardline.replaying.redeciding import CaseDiffers, Job, Redecider
from wardline.replaying.totals import Totals
from wardline.replaying.walking import Walk, Window
from wardline.verification.chain_check import Entry
from wardline.verification.reading import BrokerSilent, case_log

FORK = multiprocessing.get_context("fork")
ROWS_OF_A_MESSAGE = 200
TOLD_EVERY_SECONDS = 0.3
LOOK_EVERY_SECONDS = 0.2
STOP_SECONDS_MAX = 5.0
GARBAGE_AFTER = 200_000
"""Persistent maps make many objects and no cycles: collecting seldom is worth a tenth of the time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is replayed, and under which policy. `facts` makes a line of JSON of a case that differs."""

    space: Space
    connection: Connection
    other: Assessor
    window: Window
    facts: Callable[[CaseDiffers], dict[str, Any]]


class Progress(NamedTuple):
    """How far one book is read."""

    book: int
    records: int


class Rows(NamedTuple):
    """Cases that differ, as lines of JSON, in the order of the book's records."""

    book: int
    lines: tuple[bytes, ...]


class Done(NamedTuple):
    """A book is read to the end."""

    book: int
    totals: Totals


class Failed(NamedTuple):
    """A book could not be read. `away`: the broker did not answer."""

    book: int
    error: str
    away: bool


Message = Progress | Rows | Done | Failed


@dataclass(slots=True)
class Forks:
    """Decides batches in forked processes as long as a core is free, else here."""

    redecider: Redecider
    slots: Semaphore
    waiting_max: int
    _running: list[BaseProcess] = field(default_factory=list)

    def start(self, jobs: Sequence[Job]) -> Started:
        """Begin with a batch."""
        self._running = [process for process in self._running if process.is_alive()]
        if not jobs or not self.slots.acquire(block=False):
            results = decided_batch(self.redecider, jobs)
            return Started(lambda: True, lambda: results)
        receiving, sending = FORK.Pipe(duplex=False)
        process = FORK.Process(target=self._decide, args=(jobs, receiving, sending), daemon=True)
        process.start()
        self._running.append(process)
        sending.close()
        return Started(receiving.poll, lambda: _received(receiving))

    def stop(self) -> None:
        """End what is still running."""
        stop_all(self._running)

    def _decide(self, jobs: Sequence[Job], receiving: Pipe, sending: Pipe) -> None:
        """In the forked process."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.disable()
        receiving.close()
        try:
            results = decided_batch(self.redecider, jobs)
        finally:
            self.slots.release()
        sending.send(results)


def _received(receiving: Pipe) -> Results:
    results: Results = receiving.recv()
    receiving.close()
    return results


def stop_all(processes: Sequence[BaseProcess]) -> None:
    """End these processes and wait until they are gone."""
    for process in processes:
        if process.is_alive():
            process.terminate()
    for process in processes:
        process.join(STOP_SECONDS_MAX)
        if process.is_alive():
            process.kill()
            process.join()


def replay_books(plan: Plan, books: Sequence[int], processes: int | None = None) -> Iterator[Message]:
    """Replay these books (those that should begin first, first). However it ends, no process is left behind.

    Raises KeyboardInterrupt after an interrupt. Must run in the main thread.
    """
    slots_count = processes or cores()
    slots = FORK.Semaphore(slots_count)
    waiting = list(reversed(books))
    running: dict[Pipe, tuple[int, BaseProcess]] = {}
    interrupted: list[int] = []
    # An exception in the middle of a fork would be lost in the interpreter's own callbacks: the signal is noted.
    former = signal.signal(signal.SIGINT, lambda number, _: interrupted.append(number))
    try:
        while waiting or running:
            if interrupted:
                raise KeyboardInterrupt
            while waiting and len(running) < slots_count:
                book = waiting.pop()
                receiving, sending = FORK.Pipe(duplex=False)
                inherited = (receiving, *running)
                process: BaseProcess = FORK.Process(
                    target=_replay, args=(plan, book, slots, slots_count, sending, inherited)
                )
                process.start()
                sending.close()
                running[receiving] = (book, process)
            for ready in wait(list(running), LOOK_EVERY_SECONDS):
                if not isinstance(ready, Pipe):
                    continue
                book, reader = running[ready]
                message = _message(ready, book)
                if isinstance(message, Done | Failed):
                    del running[ready]
                    ready.close()
                    reader.join()
                yield message
    finally:
        stop_all([process for _, process in running.values()])
        signal.signal(signal.SIGINT, former)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _message(ready: Pipe, book: int) -> Message:
    try:
        message: Message = ready.recv()
    except EOFError:
        return Failed(book, "its process ended", away=False)
    return message


def _replay(
    plan: Plan,
    book: int,
    slots: Semaphore,
    slots_count: int,
    sending: Pipe,
    inherited: Sequence[Pipe],
) -> None:
    """In the process of one book. Ctrl-C is for the process that started it, which ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    for pipe in inherited:
        pipe.close()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    forks = Forks(Redecider(book, plan.other), slots, waiting_max=slots_count)
    slots.acquire()
    try:
        _read_book(plan, book, forks, sending.send)
    except (KafkaError, BrokerSilent) as error:
        sending.send(Failed(book, type(error).__name__, away=True))
    except WorkerTooOld as error:
        sending.send(Failed(book, str(error), away=False))
    except BrokenPipeError:
        return  # who started this is gone
    except Exception as error:  # noqa: BLE001 - its text may hold what a report says: the name alone is told
        sending.send(Failed(book, type(error).__name__, away=False))
    finally:
        forks.stop()
        slots.release()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _read_book(plan: Plan, book: int, forks: Forks, tell: Callable[[Message], None]) -> None:
    log, inputs = (_consumer(plan.connection) for _ in range(2))
    source = BookSource(plan.space.name, book, log, inputs)
    walk = Walk(plan.space.genesis, book, plan.window, source.input_at)
    replay = BookReplay(walk, forks)
    lines: list[bytes] = []
    try:
        for case in replay.run(_telling(source.entries(case_log(plan.space.name)), walk, tell)):
            lines.append(orjson.dumps(plan.facts(case)))
            if len(lines) >= ROWS_OF_A_MESSAGE:
                tell(Rows(book, tuple(lines)))
                lines.clear()
        if lines:
            tell(Rows(book, tuple(lines)))
        tell(Done(book, replay.totals))
    finally:
        log.close(autocommit=False)
        inputs.close(autocommit=False)


def _telling(entries: Iterator[Entry], walk: Walk, tell: Callable[[Message], None]) -> Iterator[Entry]:
    """The entries; on the way it is told how many are read, which also finds out when nobody listens any more."""
    told = time.monotonic()
    for entry in entries:
        if time.monotonic() - told > TOLD_EVERY_SECONDS:
            told = time.monotonic()
            tell(Progress(walk.book, walk.records))
        yield entry


def _consumer(connection: Connection) -> KafkaConsumer:
    """A consumer without a group: it commits nothing."""
    return KafkaConsumer(
        **connection.kafka_python(),
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=4 * 1024 * 1024,
        max_poll_records=2000,
    )
