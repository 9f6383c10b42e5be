"""The few events of a case that somebody at the terminal must see, a short line each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts import alerts, events
from shared.contracts.base import Message
from shared.contracts.vocabulary import Measure
from shared.explaining.words import MEASURES, STATUSES
from shared.narration import words
from shared.narration.telling import tell
from shared.narration.words import Line, department, word

LATE_MS: Final = 60_000
"""A deadline that is decided later than this passed while nobody decided: it is counted and not told."""
TOLD_AS_THEY_ARE: Final = (
    events.CaseUndecidable, events.ReportJoined, events.DepartmentAcknowledged, events.AcknowledgementExpired,
    events.DepartmentDispatched, events.DepartmentDeclined, events.DepartmentReported, events.ChildSeen,
    events.MeasureSigned, events.MeasureRefused, events.MeasureEnded, events.RevocationFiled, events.CaseClosed,
    events.CaseReopened, events.DisputeRecorded, events.DomicileNoticeDue, events.GuardianshipExtended,
    events.RevocationRested, events.ProtectionOrderRecorded, events.SuggestionRecorded, events.CallRecorded,
    events.TakenOver,
)  # fmt: skip


@dataclass(slots=True)
class Headlines:
    """Remembers what was said of each case, so that each thing is said once. `late`: deadlines counted, not told."""

    names: dict[str, str] = field(default_factory=dict)
    alerted: set[str] = field(default_factory=set)
    late: int = 0

    def of_record(self, case: str, record: Sequence[Message]) -> list[Line]:
        """The lines of one record of a case, in their order."""
        for event in record:
            if isinstance(event, events.CaseOpened):
                child = f" #{event.child + 1}" if event.child else ""
                self.names[case] = f"{event.receipt}{child}"
        told = [event for event in record if isinstance(event, alerts.AlertRequested)]
        lines: list[Line] = []
        for event in record:
            lines += self._first_alerts(case, told) if event in told else self._of_event(event)
        return lines

    def name(self, case: str) -> str:
        """The receipt of a case, and which child of several; the case's id when it was opened before."""
        return self.names.get(case, case)

    def _of_event(self, event: Message) -> Iterator[Line]:
        match event:
            case events.LevelSet(before=None):
                level = words.level(event.level)
                yield Line(f"立案：{level.zh}", f"case opened: {level.en}")
            case events.LevelSet() if event.before is not event.level:
                yield from tell(event)
            case events.RungReached(reason="DUE", repeat=0):
                if self._in_time(event) and event.contacts:
                    yield from (Line(f"升级：{line.zh}", f"ladder climbed: {line.en}") for line in tell(event))
            case events.ClockBreached(repeat=0):
                if self._in_time(event):
                    yield from tell(event)
            case events.MeasureProposed() if event.measure is not Measure.NONE:
                name, status = word(MEASURES, event.measure), word(STATUSES, event.status)
                place = event.place_id or "—"
                yield Line(f"{name.zh}（{status.zh}），场所 {place}", f"{name.en} ({status.en}), place {place}")
            case event if isinstance(event, TOLD_AS_THEY_ARE):
                yield from tell(event)[:1]
            case _:
                return

    def _in_time(self, event: events.RungReached | events.ClockBreached) -> bool:
        if event.lateness_ms <= LATE_MS:
            return True
        self.late += 1
        return False

    def _first_alerts(self, case: str, told: list[alerts.AlertRequested]) -> Iterator[Line]:
        if not told or case in self.alerted:
            return
        self.alerted.add(case)
        names = [department(code) for code in dict.fromkeys(alert.department for alert in told)]
        yield Line(
            f"已提醒：{'、'.join(name.zh for name in names)}", f"alerted: {', '.join(name.en for name in names)}"
        )
