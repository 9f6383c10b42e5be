"""The state of a case, derived from what has happened: one table of transitions, the only place that knows them.

The first row whose event, former state and condition hold leads to the next state; otherwise the state stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts import crossings, events
from shared.contracts.base import Message
from shared.contracts.vocabulary import CaseState as S
from shared.contracts.vocabulary import CloseReason, EndReason, Level, Measure, MeasureStatus

from services.triage.core.state import LASTING, Case

Condition = Callable[[Any, Case | None], bool]


@dataclass(frozen=True, slots=True)
class Transition:
    """`event` leads from one of `origins` (empty: from any) to `to` when `condition` holds."""

    event: type[Message]
    to: S
    origins: frozenset[S] = frozenset()
    condition: Condition | None = None
    says: str = ""


NEW = frozenset({S.RECEIVED, S.UNDECIDABLE, S.REOPENED, S.SCREENED_OUT})
WAITING = NEW | {S.TRIAGED}
ON_ITS_WAY = WAITING | {S.ACKNOWLEDGED}
HELD = frozenset({S.ACKNOWLEDGED, S.DISPATCHED})
UNASSESSED = ON_ITS_WAY | {S.DISPATCHED}
CARED_FOR = frozenset({S.SUPPORT, S.TEMP_GUARDIANSHIP, S.TEMP_CARE})


def _screened(_event: Any, case: Case | None) -> bool:  # noqa: ANN401 - one of many types
    return case is not None and (case.level or Level.S1) is Level.S0


def _assessed_out(event: events.CaseAssessed, _case: Case | None) -> bool:
    return event.assessment.level is Level.S0


def _nobody_acknowledges(_event: Any, case: Case | None) -> bool:  # noqa: ANN401 - one of many types
    return case is not None and all(ladder.acknowledged_by is None for ladder in case.ladders.values())


def _nobody_dispatched(_event: Any, case: Case | None) -> bool:  # noqa: ANN401 - one of many types
    return case is not None and not any(ladder.dispatched for ladder in case.ladders.values())


def _in_care(_event: Any, case: Case | None) -> bool:  # noqa: ANN401 - one of many types
    measure = case.measure if case else None
    return measure is not None and (measure.measure, measure.status) == (Measure.TEMP_CARE, MeasureStatus.IN_EFFECT)


def _no_measure(_event: Any, case: Case | None) -> bool:  # noqa: ANN401 - one of many types
    return case is not None and not case.measure_active


TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(events.CaseOpened, S.RECEIVED),
    Transition(events.CaseUndecidable, S.UNDECIDABLE),
    Transition(events.CaseReopened, S.REOPENED),
    Transition(crossings.TransferReceived, S.OFFERED),
    Transition(crossings.TransferAccepted, S.TRIAGED),
    Transition(events.CaseAssessed, S.SCREENED_OUT, NEW, _assessed_out, "the level is S0"),
    Transition(events.CaseAssessed, S.TRIAGED, NEW),
    Transition(events.LevelSet, S.SCREENED_OUT, UNASSESSED, _screened, "the level is S0"),
    Transition(events.LevelSet, S.TRIAGED, frozenset({S.SCREENED_OUT}), None, "the level is no longer S0"),
    Transition(events.DepartmentAcknowledged, S.ACKNOWLEDGED, WAITING),
    Transition(events.AcknowledgementExpired, S.TRIAGED, frozenset({S.ACKNOWLEDGED}), _nobody_acknowledges, "nobody"),
    Transition(events.DepartmentDeclined, S.TRIAGED, HELD, _nobody_acknowledges, "nobody"),
    Transition(events.DepartmentDeclined, S.ACKNOWLEDGED, frozenset({S.DISPATCHED}), _nobody_dispatched, "not sent"),
    Transition(events.DepartmentDispatched, S.DISPATCHED, ON_ITS_WAY),
    Transition(events.ChildSeen, S.TEMP_CARE, UNASSESSED, _in_care, "temporary care is in effect"),
    Transition(events.ChildSeen, S.ASSESSING, UNASSESSED),
    Transition(events.AssessmentRecorded, S.TEMP_CARE, UNASSESSED | {S.ASSESSING}, _in_care, "care is in effect"),
    Transition(events.AssessmentRecorded, S.SUPPORT, UNASSESSED | {S.ASSESSING}, _no_measure, "no measure is due"),
    Transition(events.AssessmentRecorded, S.ASSESSING, UNASSESSED),
    Transition(events.AssessmentRecorded, S.REVIEW, CARED_FOR),
    Transition(
        events.MeasureSigned,
        S.TEMP_GUARDIANSHIP,
        frozenset(),
        lambda event, _: event.measure is Measure.TEMP_GUARDIANSHIP,
        "temporary guardianship",
    ),
    Transition(
        events.MeasureSigned,
        S.RETURNED,
        frozenset(),
        lambda event, _: event.measure is Measure.RETURN_TO_ABLE_GUARDIAN,
        "return to an able guardian",
    ),
    Transition(
        events.MeasureEnded,
        S.RETURNED,
        frozenset(),
        lambda event, _: event.reason is EndReason.RETURNED_ASSESSED,
        "returned after an assessment",
    ),
    Transition(
        events.MeasureEnded, S.LONG_TERM, frozenset(), lambda event, _: event.reason in LASTING, "a lasting guardian"
    ),
    Transition(events.MeasureEnded, S.FOLLOW_UP),
    Transition(events.RevocationFiled, S.REVOCATION),
    Transition(
        events.CaseClosed,
        S.DUPLICATE,
        frozenset(),
        lambda event, _: event.reason is CloseReason.DUPLICATE,
        "a duplicate",
    ),
    Transition(
        events.CaseClosed,
        S.TRANSFERRED,
        frozenset(),
        lambda event, _: event.reason is CloseReason.TRANSFERRED,
        "another county has it",
    ),
    Transition(events.CaseClosed, S.CLOSED),
)

_BY_EVENT: Final[dict[type[Message], tuple[Transition, ...]]] = {
    event: tuple(row for row in TRANSITIONS if row.event is event) for event in {row.event for row in TRANSITIONS}
}


def leads_on(event: Message) -> bool:
    """Whether events of this type can lead to another state at all."""
    return type(event) in _BY_EVENT


def next_state(before: Case | None, event: Message, after: Case | None) -> S | None:
    """The state that `event` leads to, or None when the state stays. `before`, `after`: the case around the event."""
    rows = _BY_EVENT.get(type(event))
    if rows is None or (after is None and before is None):
        return None
    state = before.state if before else None
    for row in rows:
        if (not row.origins or state in row.origins) and (row.condition is None or row.condition(event, after)):
            return row.to if row.to is not state else None
    return None
