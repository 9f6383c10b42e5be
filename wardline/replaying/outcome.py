"""What one decision means for one case: level, who is told, clocks, measure and place, each with its source.

Pure. Both sides of a comparison are read from the same kind of thing, the events of a decision, over the same state
before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.triage.core.state import BookState
from shared.contracts import events as happened
from shared.contracts.alerts import AlertRequested
from shared.contracts.assessment import Assessment, Source
from shared.contracts.base import Message
from shared.contracts.vocabulary import Level, Measure

PLACED = frozenset({Measure.TEMP_GUARDIANSHIP, Measure.TEMP_CARE})


@dataclass(slots=True)
class ClockSeen:
    """A clock after the decision: when it is due (Unix ms)."""

    due_at_ms: int
    source: Source


@dataclass(slots=True)
class Outcome:
    """One case after one decision. `level` is the one in force; `place_id`, `place_reason`: of the newest ranking."""

    case: str
    assessment: Assessment | None = None
    level: Level | None = None
    undecidable: str | None = None
    clocks: dict[str, ClockSeen] = field(default_factory=dict)
    proposed: happened.MeasureProposed | None = None
    place_id: str | None = None
    place_reason: str | None = None
    alerts: list[AlertRequested] = field(default_factory=list)

    @property
    def level_source(self) -> Source | None:
        """What gives the assessment's level: the last raise to it, or the situation that has it; None: the floor."""
        if self.assessment is None:
            return None
        level = self.assessment.level
        raised = [each.source for each in self.assessment.raises if each.after is level]
        met = [each.source for each in self.assessment.situations if each.level is level]
        return next(iter((*reversed(raised), *met)), None)


def outcomes_of(before: BookState, events: Iterable[Message]) -> dict[str, Outcome]:
    """The cases that a decision speaks of, by id; `before` is the state that it was made on."""
    found: dict[str, Outcome] = {}
    for event in events:
        case_id = getattr(event, "case", None)
        if not isinstance(case_id, str):
            continue
        outcome = found.get(case_id)
        if outcome is None:
            outcome = found[case_id] = _as_it_stood(before, case_id)
        _take(outcome, event)
    return found


def _as_it_stood(before: BookState, case_id: str) -> Outcome:
    case = before.case(case_id)
    if case is None:
        return Outcome(case_id)
    clocks = {name: ClockSeen(clock.due_at_ms, clock.source) for name, clock in case.clocks.items() if not clock.met}
    return Outcome(case_id, level=case.level, undecidable=case.undecidable, clocks=clocks, place_id=case.hold)


def _take(outcome: Outcome, event: Message) -> None:
    match event:
        case happened.CaseAssessed():
            outcome.assessment, outcome.undecidable = event.assessment, None
        case happened.CaseUndecidable():
            outcome.undecidable, outcome.level = event.error, Level.S1
        case happened.LevelSet():
            outcome.level = event.level
        case happened.ClockStarted():
            outcome.clocks[event.clock] = ClockSeen(event.due_at_ms, event.source)
        case happened.ClockCancelled() | happened.ClockMet():
            outcome.clocks.pop(event.clock, None)
        case happened.MeasureProposed():
            outcome.proposed = event
            outcome.place_id = event.place_id or outcome.place_id
            outcome.place_reason = event.place_reason
        case happened.PlacesRanked():
            outcome.place_id, outcome.place_reason = event.place_id, event.place_reason
        case happened.PlaceHeld():
            outcome.place_id = event.place_id
        case happened.PlaceReleased():
            outcome.place_id = None
        case AlertRequested():
            outcome.alerts.append(event)
        case _:
            return


def children_of(events: Sequence[Message]) -> int:
    """The children of whom a decision speaks: the cases that it opened, joined or assessed."""
    of_children = (happened.CaseOpened, happened.ReportJoined, happened.CaseAssessed, happened.CaseUndecidable)
    return len({event.case for event in events if isinstance(event, of_children)})
