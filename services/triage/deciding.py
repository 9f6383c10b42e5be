"""From an input to a chained record: calls the pure core and never lets a defect of it lose an input."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.triage.book_log import Chained, RawInput
from services.triage.core.decide import decide
from services.triage.core.decision import Decision
from services.triage.core.inputs import (
    CommandInput,
    CrossingInput,
    DeadlineInput,
    Input,
    OutcomeInput,
    ReportInput,
    UnreadableInput,
)
from services.triage.core.undecidable import undecidable
from services.triage.fold import Fold
from services.triage.halting import Halted, HaltReason
from services.triage.input_reading import InputReader
from services.triage.policies import PolicyShelf
from shared.contracts import chain
from shared.contracts.alerts import DeadLetter
from shared.contracts.base import Message
from shared.contracts.commands import Redecide, RotateWriterKey
from shared.contracts.events import CaseAssessed, CaseOpened, CommandAccepted, LevelSet, ReportJoined, read_events
from shared.contracts.topics import REPORTS
from shared.contracts.wire import canonical, encode, sha256_hex
from shared.runtime.logging import Logger
from shared.runtime.metrics import TriageMetrics

ENGINE = "triage-4"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on an overlay: the fold after it, its record, and what the shell does besides.

    `cause` is (short topic, offset, sha256) of an input; `dead_letter` the bytes to keep for a human before the record.
    """

    fold: Fold
    chained: Chained
    kind: str
    opened: tuple[tuple[str, int], ...]
    cause: tuple[str, int, str] | None
    undecidable: bool
    dead_letter: bytes | None
    events: tuple[Message, ...]
    arrived_at_ms: int
    lateness_ms: int = 0


@dataclass(frozen=True, slots=True)
class BookDecider:
    """Decides for one book. `sign` signs a record's bytes with the writer's key `kid`."""

    reader: InputReader
    policies: PolicyShelf
    kid: str
    sign: Callable[[bytes], bytes]
    metrics: TriageMetrics
    log: Logger

    def input(self, fold: Fold, raw: RawInput, topic_id: str, now_ms: int, again: RawInput | None = None) -> Decided:
        """Decide one message of an input topic. Raises Halted when not even the failure can be recorded.

        `again` is, for a Redecide command, the message of the report that could not be decided.
        """
        value = raw.value or b""
        cause = {"topic": raw.topic, "topic_id": topic_id, "offset": raw.offset, "sha256": sha256_hex(value)}
        item = self.reader.read(raw)
        if again is not None and isinstance(item, CommandInput):
            report = self.reader.read(again)
            item = replace(item, report=report if isinstance(report, ReportInput) else None)
        work = _Work(item, cause, self.reader.clock.from_wall_ms(raw.appended_wall_ms), now_ms)
        decided = self._decided(fold, work)
        if decided.undecidable or isinstance(item, UnreadableInput):
            reason = item.error if isinstance(item, UnreadableInput) else "UNDECIDABLE"
            letter = DeadLetter(
                topic=raw.topic,
                partition=self.reader.book,
                offset=raw.offset,
                sha256=work.cause["sha256"],
                reason=reason,
                value=base64.b64encode(value).decode(),
                at_ms=now_ms,
            )
            unreadable_report = isinstance(item, UnreadableInput) and raw.topic == REPORTS.name
            undecidable_too = decided.undecidable or unreadable_report
            return replace(decided, dead_letter=encode(letter), undecidable=undecidable_too)
        return decided

    def deadline(self, fold: Fold, deadline: str, due_at_ms: int, now_ms: int) -> Decided:
        """Fire one deadline that is due. Raises Halted when not even the failure can be recorded."""
        cause = {"deadline": deadline, "due_at_ms": due_at_ms}
        return self._decided(fold, _Work(DeadlineInput(deadline, due_at_ms), cause, due_at_ms, now_ms))

    def redecides(self, fold: Fold, raw: RawInput) -> int | None:
        """The offset of the report that this command wants decided again, or None for any other command."""
        if raw.value is None or b"Redecide" not in raw.value:
            return None
        item = self.reader.read(raw)
        if isinstance(item, CommandInput) and isinstance(item.command.body, Redecide):
            return fold.undecided.get(item.command.body.case)
        return None

    def count(self, decided: Decided) -> None:
        """Metrics of a decision that now stands."""
        self.metrics.decisions.labels(decided.kind).inc()
        if decided.kind == "deadline":
            self.metrics.deadlines.inc()
            self.metrics.deadline_lateness_seconds.observe(decided.lateness_ms / 1000)
        if decided.undecidable and decided.cause is not None:
            self.metrics.undecidable.labels(decided.cause[0]).inc()
        opened = {event.case for event in decided.events if isinstance(event, CaseOpened)}
        for event in decided.events:
            if isinstance(event, LevelSet) and event.case in opened:
                self.metrics.levels.labels(event.level.value).inc()
            elif isinstance(event, CaseAssessed):
                for situation in event.assessment.situations:
                    self.metrics.rules.labels(situation.source.rule).inc()

    def _decided(self, fold: Fold, work: "_Work") -> Decided:
        """The core's decision, chained; a defect in the core makes the input undecidable, never lost."""
        at_ms = max(work.now_ms, fold.head.decided_at_ms)
        try:
            policy = self.policies.get(fold.state.policy_id, fold.state.policy_texts)
            return self._chain(fold, work, decide(fold.state, work.item, policy, at_ms), failed=False)
        except Exception as error:  # whatever is wrong with the core, the input goes to a human
            name = type(error).__name__
            self.log.exception("undecidable", book=self.reader.book, error=name, input=type(work.item).__name__)
        try:
            return self._chain(fold, work, undecidable(fold.state, work.item, name, at_ms), failed=True)
        except Exception as error:
            raise Halted(HaltReason.CORE_DEFECT, f"{type(error).__name__} while recording a failure") from error

    def _chain(self, fold: Fold, work: "_Work", decision: Decision, *, failed: bool) -> Decided:
        decided_at_ms = max(work.now_ms, fold.head.decided_at_ms)
        opened = tuple((each.deadline_id, each.due_at_ms) for each in decision.opened)
        # An event that nobody can read would stop the book for ever: undecidable. Facts alone are copied unchecked.
        read_events(canonical([event for event in decision.events if isinstance(event, CaseOpened | ReportJoined)]))
        draft = chain.Draft(
            county=decision.county,
            cause=work.cause,
            arrived_at_ms=work.arrived_at_ms,
            decided_at_ms=decided_at_ms,
            policy=fold.state.policy_id,
            engine=ENGINE,
            opened=opened,
            closed=decision.closed,
            events=decision.events,
            why=decision.why,
            keys=_key_change(work.item, decision),
        )
        head, raw = chain.build(fold.head, draft, self.kid, self.sign)
        cause = work.cause
        return Decided(
            fold=fold.after(head, decision.state, decision.events, cause),
            chained=Chained(decision.county, f"{head.book}-{head.link.seq}", raw),
            kind=_KINDS[type(work.item)],
            opened=opened,
            cause=(cause["topic"], cause["offset"], cause["sha256"]) if "topic" in cause else None,
            undecidable=failed,
            dead_letter=None,
            events=decision.events,
            arrived_at_ms=work.arrived_at_ms,
            lateness_ms=decided_at_ms - work.arrived_at_ms if isinstance(work.item, DeadlineInput) else 0,
        )


@dataclass(frozen=True, slots=True)
class _Work:
    """What one decision is made from."""

    item: Input
    cause: Mapping[str, Any]
    arrived_at_ms: int
    now_ms: int


_KINDS = {
    ReportInput: "report",
    CommandInput: "command",
    OutcomeInput: "outcome",
    CrossingInput: "crossing",
    DeadlineInput: "deadline",
    UnreadableInput: "unreadable",
}


def _key_change(item: Input, decision: Decision) -> Mapping[str, Any] | None:
    """The key change of an accepted rotation: it acts on the chain itself."""
    if not isinstance(item, CommandInput) or not isinstance(item.command.body, RotateWriterKey):
        return None
    if not any(isinstance(event, CommandAccepted) for event in decision.events):
        return None
    body = item.command.body
    return {"add": {body.kid: body.public_key}, "retire": list(body.retire)}
