"""Verifying every book of a space: read, check the chain, the decisions, the fold and the heads kept elsewhere."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from shared.contracts import chain
from shared.runtime.space import Space
from wardline.verification.chain_check import ChainCheck, Entry
from wardline.verification.checkpoints import Checkpoint, check_heads
from wardline.verification.crossings_check import Said, check_crossings
from wardline.verification.decisions_check import DecisionsCheck
from wardline.verification.findings import BookFindings
from wardline.verification.fold_check import FoldCheck
from wardline.verification.inputs import InputLogs
from wardline.verification.reading import bounds_of, case_log, fill_inputs, input_logs, read_partition
from wardline.verification.rederive import Rederivation, book_decider

WAIT_STEP_SECONDS = 0.3


@dataclass(slots=True)
class BookCheck:
    """All checks of one book, fed with the entries of its log."""

    space: Space
    book: int
    findings: BookFindings = field(init=False)
    chain_check: ChainCheck = field(init=False)
    decisions: DecisionsCheck = field(init=False)
    fold: FoldCheck = field(init=False)
    said: Said = field(default_factory=Said)

    def __post_init__(self) -> None:
        self.findings = BookFindings(self.book)
        self.chain_check = ChainCheck(self.space.genesis, self.findings)
        self.decisions = DecisionsCheck(self.findings, self.space.clock())
        self.fold = FoldCheck(self.space.genesis, self.findings)

    @property
    def head(self) -> chain.Head:
        """The chain's head so far."""
        return self.chain_check.head

    def read(self, entry: Entry) -> None:
        """Take the next bytes of the log."""
        valid = self.chain_check.read(entry)
        if valid is not None:
            events = self.decisions.read(valid)
            self.said.read(valid, events)
            self.fold.read(valid, events)

    def finish(self, inputs: InputLogs, kept: Sequence[Checkpoint]) -> BookFindings:
        """Everything that was found."""
        self.chain_check.finish()
        for fault in check_heads(self.chain_check, kept):
            self.findings.add(fault)
        self.decisions.finish(self.head, inputs)
        self.fold.finish(self.head)
        return self.findings


@dataclass(frozen=True, slots=True)
class Verifier:
    """Reads with clients of its own; trusts the genesis on this machine and nobody else."""

    space: Space
    consumer: KafkaConsumer
    admin: KafkaAdminClient
    rederive: bool = False

    def verify(self, kept: Sequence[Checkpoint] = (), wait_seconds: float = 0.0) -> list[BookFindings]:
        """Verify every book. What was acknowledged before the call must be decided within `wait_seconds`."""
        books = tuple(range(self.space.books))
        inputs = input_logs(self.admin, self.consumer, self.space.name, books)
        checks = {book: BookCheck(self.space, book) for book in books}
        for log in (log for logs in inputs.values() for log in logs.values()):
            log.keeps_values = self.rederive
        until = time.monotonic() + wait_seconds
        behind = set(books)
        while behind:
            ends = bounds_of(self.consumer, case_log(self.space.name), tuple(behind))
            for book in sorted(behind):
                self._read_on(checks[book], ends[book].start, ends[book].end)
            behind = {book for book in behind if _undecided(checks[book].head, inputs[book])}
            if time.monotonic() > until:
                break
            if behind:
                time.sleep(WAIT_STEP_SECONDS)
        findings = []
        said = {crossing: sha256 for check in checks.values() for crossing, sha256 in check.said.hashes.items()}
        for book in books:
            decided = {name: position.next for name, position in checks[book].head.positions.items()}
            fill_inputs(self.consumer, self.space.name, book, inputs[book], decided)
            found = checks[book].finish(inputs[book], kept)
            check_crossings(found, inputs[book], said)
            if self.rederive:
                self._rederive(found, checks[book].head.offset, inputs[book])
            findings.append(found)
            inputs.pop(book)
        return findings

    def _rederive(self, found: BookFindings, end: int, inputs: InputLogs) -> None:
        """A second pass over the book. Raises KeyMissing when triage's keys are not on this machine."""

        def input_at(topic: str, offset: int) -> Entry | None:
            return inputs[topic].values.get(offset) if topic in inputs else None

        again = Rederivation(self.space, found, input_at, book_decider(self.space, found.book))
        for entry in read_partition(self.consumer, case_log(self.space.name), found.book, 0, end):
            again.read(entry)

    def _read_on(self, check: BookCheck, start: int, end: int) -> None:
        """Read on from where the check stands (a log that begins later shows as a missing genesis)."""
        at = max(check.head.offset, start)
        for entry in read_partition(self.consumer, case_log(self.space.name), check.book, at, end):
            check.read(entry)


def _undecided(head: chain.Head, inputs: InputLogs) -> bool:
    return any(
        (position.next if (position := head.positions.get(name)) else 0) < log.end for name, log in inputs.items()
    )
