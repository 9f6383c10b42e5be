"""Deciding everything again: from the recorded state, input, policy and time, the same bytes must come out.

It needs triage's keys for match tokens (to read the inputs as triage did), and says nothing of records that another
engine's version decided.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from services.triage.book_log import RawInput
from services.triage.deciding import ENGINE, BookDecider, Decided
from services.triage.fold import Fold, WorkerTooOld
from services.triage.halting import Halted
from services.triage.input_reading import InputReader
from services.triage.policies import PolicyShelf
from shared.contracts import chain
from shared.contracts.topics import REPORTS
from shared.contracts.wire import sha256_hex
from shared.runtime.logging import Logger
from shared.runtime.metrics import TriageMetrics
from shared.runtime.space import Space
from wardline.verification.chain_check import Entry
from wardline.verification.findings import BookFindings, Fault, FaultCode

InputAt = Callable[[str, int], Entry | None]
"""Short topic name and offset to the bytes that stand there."""


def book_decider(space: Space, book: int) -> BookDecider:
    """Triage's own decider with the space's keys. Raises KeyMissing when this machine does not have them."""
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
    return BookDecider(
        reader=reader,
        policies=PolicyShelf(),
        kid="",
        sign=lambda _: bytes(chain.SIGNATURE_HEX_LENGTH // 2),
        metrics=TriageMetrics(CollectorRegistry()),
        log=_silent(),
    )


@dataclass(slots=True)
class Rederivation:
    """Replays one book. `read` is given the log's entries in order."""

    space: Space
    findings: BookFindings
    input_at: InputAt
    decider: BookDecider
    fold: Fold = field(init=False)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.fold = Fold.open(self.space.genesis, self.findings.book)

    def read(self, entry: Entry) -> None:
        """Decide again what the record at this offset decided, and compare."""
        if self.stopped:
            return
        before = self.fold
        try:
            self.fold, taken = before.take(entry.value, entry.offset)
        except WorkerTooOld:
            self.stopped = True  # an event that cannot be read is a fault of its own already
            return
        if not isinstance(taken, chain.Valid) or taken.fields["engine"] != ENGINE:
            return
        try:
            decided = self._again(before, taken)
        except (Halted, ValueError, KeyError) as error:
            self._fault(taken, f"deciding again ended with {type(error).__name__}")
            return
        if decided is None:
            return
        self.findings.rederived += 1
        if _unsigned(decided.chained.raw) != _unsigned(taken.raw):
            self._fault(taken, "deciding again from the recorded state gives another record")

    def _again(self, before: Fold, taken: chain.Valid) -> Decided | None:
        """The same decision made anew; None for what no input decided, or whose input was given up."""
        fields = taken.fields
        cause, now_ms = fields["cause"], fields["decided_at_ms"]
        decider = replace(self.decider, kid=fields["kid"])
        if "deadline" in cause:
            return decider.deadline(before, cause["deadline"], cause["due_at_ms"], now_ms)
        entry = self.input_at(cause["topic"], cause["offset"]) if "topic" in cause else None
        if entry is None or not self._as_decided(entry, fields):
            return None
        undecided = decider.redecides(before, _raw(cause["topic"], entry))
        report = self.input_at(REPORTS.name, undecided) if undecided is not None else None
        again = None if report is None else _raw(REPORTS.name, report)
        return decider.input(before, _raw(cause["topic"], entry), cause["topic_id"], now_ms, again)

    def _as_decided(self, entry: Entry, fields: Mapping[str, Any]) -> bool:
        """Whether the input still stands there as it was decided; that it does not is a fault of its own already."""
        arrived_at_ms = self.space.clock().from_wall_ms(entry.appended_wall_ms)
        return (sha256_hex(entry.value or b""), arrived_at_ms) == (fields["cause"]["sha256"], fields["arrived_at_ms"])

    def _fault(self, taken: chain.Valid, detail: str) -> None:
        fault = Fault(self.findings.book, FaultCode.NOT_DERIVED, detail, taken.offset, taken.fields["seq"])
        self.findings.add(fault)


def _silent() -> Logger:
    """A log that says nothing: what fails again was logged when it failed first, and a terminal is no place for it."""
    quiet = logging.getLogger("wardline.verify.again")
    quiet.setLevel(logging.CRITICAL + 1)
    logger: Logger = structlog.wrap_logger(
        quiet, processors=[structlog.stdlib.filter_by_level], wrapper_class=structlog.stdlib.BoundLogger
    )
    return logger


def _raw(topic: str, entry: Entry) -> RawInput:
    return RawInput(topic, entry.offset, entry.value, entry.appended_wall_ms)


def _unsigned(raw: bytes) -> bytes:
    parts = chain.split_signature(raw)
    return raw if parts is None else parts[0]
