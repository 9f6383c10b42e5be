"""What one record says of a case, told once: an alert, its rung and what follows it are one line, not three."""

from collections.abc import Sequence
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

TOLD_BY_THE_DECISION: Final = (events.CustodySet, events.MeasureProposed, events.LevelSet, events.RungScheduled)
"""What the explanation of the same record says already."""


def chapter(record: Sequence[Message], at_ms: int) -> list[Line]:
    """The lines of one record of one case, in their order. `at_ms` is the record's time, which was said before."""
    assessed = next((event for event in record if isinstance(event, events.CaseAssessed)), None)
    scheduled = {event.department: event for event in record if isinstance(event, events.RungScheduled)}
    reached = {event.department for event in record if isinstance(event, events.RungReached) and event.contacts}
    withdrawn = [event for event in record if isinstance(event, alerts.AlertWithdrawn)]
    states = [event for event in record if isinstance(event, events.StateChanged)]
    lines: list[Line] = []
    for event in record:
        match event:
            case events.CaseAssessed():
                lines += _decision(event.assessment, record)
            case events.ClockStarted() if assessed and event.clock in {each.id for each in assessed.assessment.clocks}:
                continue
            case _ if assessed and isinstance(event, TOLD_BY_THE_DECISION):
                continue
            case events.RungReached() if event.stand_in is None and event.contacts:
                lines.append(_told(event, scheduled.get(event.department), at_ms))
            case events.RungScheduled() if event.department in reached:
                continue
            case alerts.AlertRequested() if (event.ladder or event.department) in reached:
                continue
            case alerts.AlertWithdrawn():
                lines += _withdrawn(withdrawn) if event is withdrawn[0] else []
            case events.StateChanged():
                lines += tell(event) if event is states[-1] else []
            case _:
                lines += tell(event)
    return lines


def _decision(assessment: Assessment, record: Sequence[Message]) -> list[Line]:
    """The explanation, with custody and places as the same record has them."""
    custody = next((event for event in record if isinstance(event, events.CustodySet)), None)
    proposed = [event for event in record if isinstance(event, events.MeasureProposed)]
    telling = Telling(
        assessment,
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
