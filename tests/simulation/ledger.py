"""A ledger in memory, as the shell keeps one: inputs with offsets, a log of records, owners that crash and overlap.

The log holds JSON; an owner folds what it reads. The first valid record wins, so two owners never decide twice.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from services.triage.core.decide import decide
from services.triage.core.decision import Assessor, Decision
from services.triage.core.evolve import evolve
from services.triage.core.inputs import DeadlineInput, Input
from services.triage.core.state import BookState
from services.triage.core.undecidable import undecidable
from shared.contracts.base import Message
from shared.contracts.events import read_event

TOPICS = ("reports", "commands", "outcomes")


@dataclass
class Log:
    """The case-log of one book and its input topics. A record: (seq, cause, decided_at, opened, closed, events)."""

    inputs: dict[str, list[tuple[int, Input]]] = field(default_factory=lambda: {topic: [] for topic in TOPICS})
    records: list[bytes] = field(default_factory=list)
    decoded: list[tuple[dict[str, Any], tuple[Message, ...]]] = field(default_factory=list)

    def append_input(self, topic: str, given: Input, at_ms: int) -> None:
        """An input, with its append time."""
        self.inputs[topic].append((at_ms, given))

    def append_record(self, record: dict[str, Any]) -> None:
        """A record, as bytes; what readers get is read back from the bytes."""
        raw = orjson.dumps(record)
        self.records.append(raw)
        fields = orjson.loads(raw)
        self.decoded.append((fields, tuple(read_event(event) for event in fields["events"])))


@dataclass
class Owner:
    """One owner of the book: a fold that may lag behind the log, and what it has not written yet."""

    log: Log
    policy: Assessor
    state: BookState = field(default_factory=lambda: BookState("sim", 0))
    read: int = 0
    positions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOPICS, 0))
    pending: dict[str, int] = field(default_factory=dict)
    decided_at_ms: int = 0
    events: list[tuple[Message, int]] = field(default_factory=list)
    failures: int = 0

    def catch_up(self) -> list[tuple[Message, int]]:
        """Fold the records that it has not read. The new events with their times."""
        start = len(self.events)
        for record, events in self.log.decoded[self.read :]:
            if record["seq"] != self.read:
                raise AssertionError("a void record was kept")
            self._take(record, events)
        return self.events[start:]

    def _take(self, record: dict[str, Any], events: tuple[Message, ...]) -> None:
        self.read += 1
        cause = record["cause"]
        if "topic" in cause:
            assert cause["offset"] == self.positions[cause["topic"]], "decided twice or skipped"
            self.positions[cause["topic"]] += 1
        else:
            assert cause["deadline"] in self.pending, "a deadline was fired twice"
            assert cause["deadline"] in record["closed"]
        for name in record["closed"]:
            del self.pending[name]
        for name, due_ms in record["opened"]:
            assert name not in self.pending
            self.pending[name] = due_ms
        self.decided_at_ms = record["decided_at"]
        for event in events:
            self.state = evolve(self.state, event, self.decided_at_ms)
            self.events.append((event, self.decided_at_ms))

    def next_cause(self, now_ms: int) -> tuple[dict[str, Any], Input] | None:
        """What to decide next: whatever arrived before a deadline is decided before the deadline fires."""
        waiting = [
            (self.log.inputs[topic][offset][0], number, topic, offset)
            for number, topic in enumerate(TOPICS)
            if (offset := self.positions[topic]) < len(self.log.inputs[topic])
        ]
        due = min(((due_ms, name) for name, due_ms in self.pending.items() if due_ms <= now_ms), default=None)
        if waiting and (due is None or min(waiting)[0] <= due[0]):
            _, _, topic, offset = min(waiting)
            return {"topic": topic, "offset": offset}, self.log.inputs[topic][offset][1]
        if due is not None:
            return {"deadline": due[1], "due_at": due[0]}, DeadlineInput(due[1], due[0])
        return None

    def step(self, now_ms: int, crash: str | None = None) -> bool:
        """Decide and write one record on what it believes is the head. False when there is nothing to do.

        `crash`: it dies BEFORE the write, or AFTER the write and before the fold. It comes back with nothing but the
        log.
        """
        found = self.next_cause(now_ms)
        if found is None:
            return False
        cause, given = found
        decided_at_ms = max(now_ms, self.decided_at_ms)
        decision = self._decide(given, decided_at_ms)
        if crash == "BEFORE":
            self.restart()
            return True
        self._write(cause, decision, decided_at_ms)
        if crash == "AFTER":
            self.restart()
            return True
        self.catch_up()
        return True

    def restart(self) -> None:
        """Lose everything but the log."""
        fresh = Owner(self.log, self.policy, failures=self.failures)
        self.__dict__.update(fresh.__dict__)
        self.catch_up()

    def _decide(self, given: Input, decided_at_ms: int) -> Decision:
        try:
            return decide(self.state, given, self.policy, decided_at_ms)
        except ValueError as error:
            self.failures += 1
            return undecidable(self.state, given, type(error).__name__, decided_at_ms)

    def _write(self, cause: dict[str, Any], decision: Decision, decided_at_ms: int) -> None:
        """Append; a record that does not follow the last one is void and dropped by every reader."""
        if self.read != len(self.log.records):
            return
        self.log.append_record(
            {
                "seq": self.read,
                "cause": cause,
                "decided_at": decided_at_ms,
                "opened": [(each.deadline_id, each.due_at_ms) for each in decision.opened],
                "closed": decision.closed,
                "events": [event.model_dump(mode="json") for event in decision.events],
            }
        )
