"""One book from its first record to its last: walk, decide in batches, add up in the order of the records."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wardline.replaying.redeciding import CaseDiffers, Compared, Job, Redecider, Seconds
from wardline.replaying.totals import BookTotals, Totals
from wardline.replaying.walking import Step, Walk
from wardline.verification.chain_check import Entry

JOBS_OF_A_BATCH = 100
STEPS_OF_A_BATCH_MAX = 5_000

Results = tuple[list[Compared], Seconds]


@dataclass(frozen=True, slots=True)
class Started:
    """A batch that is being decided. `ready`: whether `collect` gives its results without waiting."""

    ready: Callable[[], bool]
    collect: Callable[[], Results]


class Deciding(Protocol):
    """Where batches are decided: here, or in another process. `waiting_max`: batches that may be under way."""

    waiting_max: int

    def start(self, jobs: Sequence[Job]) -> Started:
        """Begin with a batch."""
        ...


@dataclass(slots=True)
class Here:
    """Decides at once, in this process."""

    redecider: Redecider
    waiting_max: int = 0

    def start(self, jobs: Sequence[Job]) -> Started:
        """Decide the batch now."""
        results = decided_batch(self.redecider, jobs)
        return Started(lambda: True, lambda: results)


def decided_batch(redecider: Redecider, jobs: Sequence[Job]) -> Results:
    """The results of a batch, and the seconds that it took."""
    redecider.seconds = dict.fromkeys(redecider.seconds, 0.0)
    return [redecider.redecide(job) for job in jobs], redecider.seconds


@dataclass(slots=True)
class BookReplay:
    """Replays one book. `run` gives the cases that differ, in the order of the records; `totals` stands after it."""

    walk: Walk
    deciding: Deciding
    totals: Totals = field(default_factory=Totals)
    _waiting: deque[tuple[list[Step], Started]] = field(default_factory=deque)

    def run(self, entries: Iterable[Entry]) -> Iterator[CaseDiffers]:
        """Read to the end of the window, or of `entries`."""
        adding = BookTotals(self.walk.book)
        steps: list[Step] = []
        jobs = 0
        for step in self.walk.steps(entries):
            steps.append(step)
            jobs += isinstance(step, Job)
            if jobs >= JOBS_OF_A_BATCH or len(steps) >= STEPS_OF_A_BATCH_MAX:
                self._start(steps)
                steps, jobs = [], 0
                yield from self._settle(adding, self.deciding.waiting_max)
        self._start(steps)
        yield from self._settle(adding, 0)
        self.totals = adding.finish()
        self.totals.numbers["records"] = self.walk.records
        self.totals.numbers["void"] = self.walk.void
        for name, seconds in self.walk.seconds.items():
            self.totals.seconds[name] = self.totals.seconds.get(name, 0.0) + seconds

    def _start(self, steps: list[Step]) -> None:
        self._waiting.append((steps, self.deciding.start([step for step in steps if isinstance(step, Job)])))

    def _settle(self, adding: BookTotals, waiting_max: int) -> Iterator[CaseDiffers]:
        """Add up batches in their order: those that are ready, and as many as there are too many of."""
        while self._waiting and (len(self._waiting) > waiting_max or self._waiting[0][1].ready()):
            steps, started = self._waiting.popleft()
            results, seconds = started.collect()
            for name, spent in seconds.items():
                adding.totals.seconds[name] = adding.totals.seconds.get(name, 0.0) + spent
            compared_of = iter(results)
            for step in steps:
                if isinstance(step, Job):
                    compared = next(compared_of)
                    adding.redecided(step.decided, compared)
                    yield from compared.cases
                else:
                    adding.went_on(step.changes, step.at_ms, counts=step.counts)
