"""Checkers: what must be true of the log, whatever the people did. They know nothing of the workload.

They count from the events alone, so that a fault of the fold cannot hide a fault of the decision.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from services.triage.core.invariants import check
from services.triage.core.state import BookState
from shared.contracts.alerts import AlertRequested
from shared.contracts.base import Message
from shared.contracts.events import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseUndecidable,
    LevelSet,
    MeasureEnded,
    MeasureProposed,
    MeasureRefused,
    MeasureSigned,
    MeasureSuperseded,
    PlaceHeld,
    PlaceReleased,
    PlaceSet,
)


@dataclass
class Checkers:
    """Fed with every event in the order of the log."""

    capacity: dict[str, int] = field(default_factory=dict)
    beds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    open: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)
    measures: dict[str, str] = field(default_factory=dict)
    alert_ids: set[str] = field(default_factory=set)
    last_alert_ms: dict[str, int] = field(default_factory=dict)

    def event(self, event: Message, at_ms: int) -> None:
        """One more event of the log."""
        match event:
            case CaseOpened() | CaseUndecidable():
                assert event.case not in self.ever, "a case was opened twice"
                self.ever.add(event.case)
                self.open.add(event.case)
            case CaseReopened():
                assert event.case not in self.open
                self.open.add(event.case)
            case CaseClosed():
                self.open.remove(event.case)
            case PlaceSet():
                self.capacity[event.place.place_id] = event.place.capacity
            case PlaceHeld():
                self._held(event)
            case PlaceReleased():
                self.beds[event.place_id].remove(event.case)
            case MeasureProposed():
                assert self.measures.get(event.case) is None, "two measures beside each other"
                self.measures[event.case] = event.measure
            case MeasureEnded() | MeasureSuperseded() | MeasureRefused():
                del self.measures[event.case]
            case MeasureSigned():
                assert self.measures[event.case] == event.measure
            case AlertRequested():
                assert event.alert_id not in self.alert_ids, "an alert id was used twice"
                self.alert_ids.add(event.alert_id)
                self.last_alert_ms[event.case] = at_ms
            case LevelSet() if event.by == "POLICY" and event.before is not None:
                assert event.level.urgency > event.before.urgency
            case _:
                pass

    def _held(self, event: PlaceHeld) -> None:
        held = [name for name, cases in self.beds.items() if event.case in cases]
        assert held == [], "a child has two places"
        self.beds[event.place_id].add(event.case)
        assert len(self.beds[event.place_id]) <= self.capacity.get(event.place_id, 1), "a bed was given twice"

    def state(self, state: BookState, pending: dict[str, int]) -> None:
        """The fold agrees with what the events said."""
        assert check(state) == []
        assert set(state.deadlines) == set(pending)
        open_cases = {name for county in state.counties.values() for name in county.cases}
        assert open_cases == self.open
        beds = {name: set(cases) for county in state.counties.values() for name, cases in county.holds.items()}
        assert beds == {name: cases for name, cases in self.beds.items() if cases}
        for county in state.counties.values():
            for name, case in county.cases.items():
                assert case.deadlines, f"{name} is silent"

    def nobody_waits(self, state: BookState, pending: dict[str, int], now_ms: int) -> None:
        """When everything due has been decided no deadline is overdue, and every case knows its next moment."""
        assert all(due_ms > now_ms for due_ms in pending.values())
        for county in state.counties.values():
            for case in county.cases.values():
                assert min(deadline.due_at_ms for deadline in case.deadlines.values()) > now_ms
