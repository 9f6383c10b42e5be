"""Every decision against its cause: the bytes that were decided, the times, and that nothing is lost or decided twice.

Pure. Positions are checked by offset and by report id: a report that was filed once and delivered twice opens its
cases once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shared.contracts import chain
from shared.contracts.events import Event, read_event
from shared.contracts.topics import REPORTS
from shared.runtime.clock import SpaceClock
from wardline.verification.findings import BookFindings, Fault, FaultCode
from wardline.verification.inputs import InputLogs, InputSeen

OF_REPORTS = frozenset({"CaseOpened", "ReportJoined", "ReportRepeated"})
UNDECIDABLE = frozenset({"CaseUndecidable", "InputUndecidable"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Which input a record decided. `answered_reports` is None when the input was undecidable, and a human has it."""

    seq: int
    offset: int
    topic: str
    topic_id: str
    input_offset: int
    sha256: str
    arrived_at_ms: int
    answered_reports: frozenset[str] | None


@dataclass(slots=True)
class DecisionsCheck:
    """Notes each valid record; `finish` compares what was noted with the inputs."""

    findings: BookFindings
    clock: SpaceClock
    causes: list[Cause] = field(default_factory=list)
    epochs: dict[str, int] = field(default_factory=dict)
    """The seq of the last epoch record of each topic: what was decided before it need not stand there any more."""
    _opened: dict[str, int] = field(default_factory=dict)

    def read(self, valid: chain.Valid) -> list[Event]:
        """Note one record; its events, as far as they can be read."""
        fields = valid.fields
        seq = fields["seq"]
        events = self._events(valid)
        cause = fields["cause"]
        if "epoch" in cause:
            self.findings.epochs += 1
            self.epochs[cause["epoch"]["topic"]] = seq
        if "topic" in cause:
            self.causes.append(
                Cause(
                    seq, valid.offset, cause["topic"], cause["topic_id"], cause["offset"], cause["sha256"],
                    fields["arrived_at_ms"], _answered(fields["events"]),
                )
            )  # fmt: skip
        for event in fields["events"]:
            if event.get("type") == "CaseOpened":
                self._note_opened(str(event.get("case")), valid)
        return events

    def finish(self, head: chain.Head, inputs: InputLogs) -> None:
        """Compare with the inputs: changed, replaced, gone, undecided, answered by nothing."""
        per_topic: dict[str, int] = {}
        for cause in self.causes:
            per_topic[cause.topic] = per_topic.get(cause.topic, 0) + 1
            self._check_cause(cause, inputs)
        self.findings.inputs = per_topic
        for name, log in inputs.items():
            position = head.positions.get(name)
            decided = position.next if position else 0
            if decided < log.end:
                self.findings.undecided += log.end - decided
                detail = f"{name}: {log.end - decided} inputs from offset {decided} on are not decided"
                self.findings.add(
                    Fault(self.findings.book, FaultCode.UNDECIDED, detail, head.offset, head.link.seq + 1)
                )
        self.findings.deadlines_pending = len(head.pending)
        self.findings.cases_opened = len(self._opened)

    def _check_cause(self, cause: Cause, inputs: InputLogs) -> None:
        log = inputs.get(cause.topic)
        place = f"{cause.topic} at offset {cause.input_offset}"
        if log is None or log.topic_id != cause.topic_id:
            self._fault_at(cause, FaultCode.INPUT_REPLACED, f"{place}: the topic is another than the one decided on")
            return
        seen = log.seen.get(cause.input_offset)
        if seen is None:
            self._fault_at(cause, FaultCode.INPUT_GONE, f"{place}: what was decided does not stand there any more")
            return
        if seen.sha256 != cause.sha256:
            self._fault_at(cause, FaultCode.INPUT_CHANGED, f"{place}: other bytes stand there than were decided")
            return
        if cause.arrived_at_ms != self.clock.from_wall_ms(seen.appended_wall_ms):
            self._fault_at(cause, FaultCode.ARRIVAL, f"{place}: arrived_at is not the broker's append time")
        self._check_report(cause, seen, place)

    def _check_report(self, cause: Cause, seen: InputSeen, place: str) -> None:
        answered = cause.answered_reports
        if cause.topic == REPORTS.name and answered is not None and seen.report_id not in {None, *answered}:
            self._fault_at(cause, FaultCode.NOTHING_CAME_OF_IT, f"{place}: the record says nothing of the report")

    def _note_opened(self, case: str, valid: chain.Valid) -> None:
        if case in self._opened:
            detail = f"the case {case} was opened before, by seq {self._opened[case]}"
            self._fault(FaultCode.DECIDED_TWICE, detail, valid)
        self._opened.setdefault(case, valid.fields["seq"])

    def _events(self, valid: chain.Valid) -> list[Event]:
        events = []
        for event in valid.fields["events"]:
            try:
                events.append(read_event(event))
            except ValidationError as error:
                detail = f"event {event.get('type')}: {error.error_count()} faults in its shape"
                self._fault(FaultCode.EVENT_UNREADABLE, detail, valid)
        return events

    def _fault(self, code: FaultCode, detail: str, valid: chain.Valid) -> None:
        self.findings.add(Fault(self.findings.book, code, detail, valid.offset, valid.fields["seq"]))

    def _fault_at(self, cause: Cause, code: FaultCode, detail: str) -> None:
        if cause.seq < self.epochs.get(cause.topic, 0):
            self.findings.given_up_by_operator += 1
            return
        self.findings.add(Fault(self.findings.book, code, detail, cause.offset, cause.seq))


def _answered(events: list[Mapping[str, Any]]) -> frozenset[str] | None:
    """The report ids that the events of a record answer; None when it says that the input was undecidable."""
    if any(event.get("type") in UNDECIDABLE for event in events):
        return None
    return frozenset(
        str(event["report_id"]) for event in events if event.get("type") in OF_REPORTS and "report_id" in event
    )
