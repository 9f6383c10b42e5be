"""Bad luck on purpose: kills, pauses beyond the session timeout, a broker that dies."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.triage_world import Worker

PAUSE_SECONDS = 16.0
"""Beyond the session timeout of 10 s: the group gives the books away while the worker sleeps."""


@dataclass(slots=True)
class Trouble:
    """What was done to the workers."""

    chance: random.Random
    crew: list[Worker]
    kills: int = 0
    pauses: int = 0
    asleep: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kill_one(self) -> bool:
        """kill -9 a worker that is awake, and start it again at once; False when none is awake."""
        with self._lock:
            awake = self._awake()
            if awake:
                worker = self.crew[self.chance.choice(awake)]
                worker.kill()
                self.kills += 1
                worker.start()
            return bool(awake)

    def pause_one(self) -> bool:
        """Put a worker to sleep for longer than its session; False when none is awake."""
        with self._lock:
            awake = self._awake()
            if awake:
                number = self.chance.choice(awake)
                self.crew[number].send_signal(signal.SIGSTOP)
                self.asleep[number] = time.monotonic()
                self.pauses += 1
            return bool(awake)

    def _awake(self) -> list[int]:
        """The workers that run now and are not asleep."""
        return [
            number
            for number, worker in enumerate(self.crew)
            if number not in self.asleep and worker.process is not None and worker.process.poll() is None
        ]

    def tend(self) -> None:
        """Wake who has slept long enough; start who has ended by itself, as a supervisor does."""
        with self._lock:
            for number, since in list(self.asleep.items()):
                if time.monotonic() - since >= PAUSE_SECONDS:
                    self.crew[number].send_signal(signal.SIGCONT)
                    del self.asleep[number]
            for number, worker in enumerate(self.crew):
                if number not in self.asleep:
                    worker.keep_alive()


@contextmanager
def troubled(chance: random.Random, crew: list[Worker]) -> Iterator[Trouble]:
    """Trouble for a crew, with a supervisor that wakes and restarts it until the end."""
    trouble, ended = Trouble(chance, crew), threading.Event()

    def supervise() -> None:
        while not ended.wait(0.2):
            trouble.tend()

    thread = threading.Thread(target=supervise, daemon=True)
    thread.start()
    try:
        yield trouble
    finally:
        ended.set()
        thread.join()
