"""What one record says of a case, told once: an alert, its rung and what follows it are one line, not three."""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.contracts import alerts, events
from shared.contracts.assessment import Assessment
from shared.contracts.base import Message
from shared.contracts.reports import CustodyFacts
from shared.explaining.explain import explain_lines
from shared.explaining.said import time_of
from shared.explaining.telling import Telling
from shared.narration import words
from shared.narration.telling import tell
from shared.narration.words import Line, department, rung
from wardline.narration.lived import Ask, Given, Lived, happened, outcomes, what_is_new

TOLD_BY_THE_DECISION: Final = (events.CustodySet, events.MeasureProposed)
"""What the explanation of the same record says already."""


def chapter(record: Sequence[Message], at_ms: int, lived: Lived | None = None, ask: Ask | None = None) -> list[Line]:
    """The lines of one record of one case, in their order. `at_ms` is the record's time, which was said before.

    `lived`: what came before, so that another assessment tells only what is new; `ask`: what is still to be asked.
    """
    before = lived.assessment if lived else None
    first = next((event for event in record if isinstance(event, events.CaseAssessed) and before is None), None)
    scheduled = {event.department: event for event in record if isinstance(event, events.RungScheduled)}
    asked = (dict(lived.asked) if lived else {}) | {
        event.alert_id: event for event in record if isinstance(event, alerts.AlertRequested)
    }
    lines: list[Line] = []
    for event in _kept(record, first, at_ms):
        match event:
            case events.CaseAssessed() if before is not None:
                lines += what_is_new(before, event.assessment, record)
            case events.CaseAssessed():
                lines += _decision(event.assessment, record, ask)
            case alerts.OutcomeRecorded():
                lines += outcomes([each for each in record if isinstance(each, alerts.OutcomeRecorded)], asked)
            case events.RungReached() if event.stand_in is None and event.contacts:
                lines.append(_told(event, scheduled.get(event.department), at_ms))
            case alerts.AlertWithdrawn():
                lines += _withdrawn([each for each in record if isinstance(each, alerts.AlertWithdrawn)])
            case _:
                lines += tell(event)
    return lines


def _kept(record: Sequence[Message], first: events.CaseAssessed | None, at_ms: int) -> Iterator[Message]:
    """The events that have a line: not what another one of the record says already. `first`: the first decision."""
    rungs = [event for event in record if isinstance(event, events.RungReached)]
    reached = {event.department for event in rungs if event.contacts}
    stood_in = {event.department for event in rungs if event.stand_in}
    at_once = {due.code for due in first.assessment.departments if due.at_ms == at_ms} if first else set()
    clocks = {clock.id for clock in first.assessment.clocks} if first else set()
    states = [event for event in record if isinstance(event, events.StateChanged)]
    counted: set[type[Message]] = set()
    for event in record:
        match event:
            case alerts.AlertWithdrawn() | alerts.OutcomeRecorded():
                said = type(event) in counted
                counted.add(type(event))
            case events.ClockStarted():
                said = event.clock in clocks
            case events.RungReached():
                skipped = event.stand_in is None and not event.contacts and event.department in stood_in
                said = skipped or (not event.staffed and event.department in at_once)
            case events.RungScheduled():
                said = first is not None or event.department in reached
            case alerts.AlertRequested():
                said = (event.ladder or event.department) in reached
            case events.LevelSet():
                said = first is not None or event.before is event.level
            case events.StateChanged():
                said = event is not states[-1]
            case _:
                said = first is not None and isinstance(event, TOLD_BY_THE_DECISION)
        if not said:
            yield event


def _decision(assessment: Assessment, record: Sequence[Message], ask: Ask | None) -> list[Line]:
    """The explanation, with custody and places as the same record has them."""
    custody = next((event for event in record if isinstance(event, events.CustodySet)), None)
    proposed = [event for event in record if isinstance(event, events.MeasureProposed)]
    facts = next((event.facts for event in record if isinstance(event, events.CaseOpened | events.ReportJoined)), None)
    given = ask(facts, assessment) if ask is not None and facts is not None else Given({}, None)
    telling = Telling(
        assessment,
        happened=happened(record),
        known=given.known,
        questions=given.questions,
        custody=CustodyFacts(holder=custody.holder, since_ms=custody.since_ms) if custody else None,
        status=proposed[-1].status if proposed else None,
        placing=proposed[-1] if proposed else None,
    )
    return [Line(*line) for line in explain_lines(telling)]


def _told(event: events.RungReached, after: events.RungScheduled | None, at_ms: int) -> Line:
    """Who was told, and what happens when they do not accept."""
    name, step, more = department(event.department), rung(event.step), words.again(event.repeat)
    told = ", ".join(event.contacts)
    then = _then(after, at_ms) if after else Line("", "")
    return Line(
        f"已提醒{name.zh}{step.zh}{more.zh}：{told}{then.zh}", f"told {name.en}, {step.en}{more.en}: {told}{then.en}"
    )


def _then(after: events.RungScheduled, at_ms: int) -> Line:
    by = time_of(after.due_at_ms, at_ms)
    if after.repeat:
        return Line(f"；{by.zh} 前没有受理，就再提醒一次", f"; reminded again unless they accept by {by.en}")
    step = rung(after.step)
    return Line(f"；{by.zh} 前没有受理，就升级到{step.zh}", f"; unless they accept by {by.en}, up to {step.en}")


def _withdrawn(withdrawn: list[alerts.AlertWithdrawn]) -> list[Line]:
    """Alerts that were taken back, counted by their reason."""
    counts: dict[str, int] = {}
    for event in withdrawn:
        counts[event.reason] = counts.get(event.reason, 0) + 1
    return [
        Line(f"撤回 {count} 条提醒（{reason.zh}）", f"{count} alert{'s' if count > 1 else ''} withdrawn ({reason.en})")
        for code, count in counts.items()
        for reason in (words.reason_words(code),)
    ]
