"""What is known of a case so far, folded from its events in the case-log: for one screen, one summary, one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from shared.contracts import alerts, events
from shared.contracts.assessment import Assessment
from shared.contracts.base import Message
from shared.contracts.events import read_event
from shared.contracts.vocabulary import CaseState, Department, Holder, Level, Measure, MeasureStatus
from shared.explaining.said import until
from shared.explaining.words import MEASURES, STATUSES
from shared.narration import words
from shared.narration.telling import tell
from shared.narration.words import Line, department, word
from shared.runtime.ledger_reader import Read

SENT = "SENT"


@dataclass(slots=True)
class Decision:
    """The case's first decision, from its one record: it stays what it was, whatever comes later."""

    level: Level | None = None
    assessment: Assessment | None = None
    told: tuple[alerts.AlertRequested, ...] = ()
    custody: events.CustodySet | None = None
    proposed: events.MeasureProposed | None = None
    next_due: tuple[int, str] | None = None
    """When the next thing happens (Unix ms), and the id of its deadline."""


@dataclass(slots=True)
class Story:
    """One case. `climbed`: rungs told because nobody accepted; `holding`: who accepted, or sent somebody."""

    case: str
    receipt: str = ""
    name: str = ""
    first: Decision | None = None
    state: CaseState | None = None
    level: Level | None = None
    custody: events.CustodySet | None = None
    measure: events.MeasureProposed | events.MeasureSigned | None = None
    place_id: str | None = None
    signed: events.MeasureSigned | None = None
    sent: set[str] = field(default_factory=set)
    climbed: list[events.RungReached] = field(default_factory=list)
    holding: dict[Department, events.DepartmentAcknowledged | events.DepartmentDispatched] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    """The end of a clock whose breach is told later than that, by its deadline."""

    def take_record(self, record: Iterable[Message]) -> None:
        """Note the events of one record."""
        noted = list(record)
        for event in noted:
            self._take(event)
        if self.first is None and any(isinstance(event, events.CaseAssessed) for event in noted):
            self.first = _decision(self, noted)

    def _take(self, event: Message) -> None:
        match event:
            case events.CaseOpened():
                self.receipt = event.receipt
            case events.CaseUndecidable():
                self.receipt = event.receipt or ""
            case events.LevelSet():
                self.level = event.level
            case events.StateChanged():
                self.state = event.state
            case events.CaseClosed():
                self.state = CaseState.CLOSED
            case events.ClockStarted() if event.tell_at_ms is not None:
                self.ends[event.deadline] = event.due_at_ms
            case alerts.OutcomeRecorded() if event.result == SENT:
                self.sent.add(event.alert_id)
            case events.RungReached() if event.reason == "DUE":
                self.climbed.append(event)
            case events.DepartmentAcknowledged() | events.DepartmentDispatched():
                self.holding[event.department] = event
            case events.AcknowledgementExpired() | events.DepartmentDeclined():
                self.holding.pop(event.department, None)
            case _:
                self._take_care(event)

    def _take_care(self, event: Message) -> None:
        match event:
            case events.CustodySet():
                self.custody = event
            case events.MeasureProposed():
                self.measure, self.place_id = event, event.place_id
            case events.PlacesRanked():
                self.place_id = event.place_id
            case events.MeasureSigned():
                self.measure = self.signed = event
            case events.MeasureEnded() | events.MeasureRefused():
                self.measure = self.place_id = None
            case _:
                return

    @property
    def waits_for_signatory(self) -> bool:
        """Whether a temporary guardianship is proposed and not signed."""
        proposed = self.first.proposed if self.first else None
        return proposed is not None and proposed.measure is Measure.TEMP_GUARDIANSHIP and self.signed is None


def _decision(story: Story, record: list[Message]) -> Decision:
    assessed = [event.assessment for event in record if isinstance(event, events.CaseAssessed)]
    proposed = [event for event in record if isinstance(event, events.MeasureProposed)]
    due = [
        (event.due_at_ms, event.deadline)
        for event in record
        if isinstance(event, events.ClockStarted | events.RungScheduled)
    ]
    return Decision(
        level=story.level,
        assessment=assessed[-1],
        told=tuple(event for event in record if isinstance(event, alerts.AlertRequested)),
        custody=story.custody,
        proposed=proposed[-1] if proposed else None,
        next_due=min(due, default=None),
    )


@dataclass(slots=True)
class Stories:
    """The stories of all cases of a space, by case id."""

    by_case: dict[str, Story] = field(default_factory=dict)

    def take(self, reads: list[Read]) -> None:
        """Fold records."""
        for read in reads:
            for case, record in cases_of(read).items():
                self.by_case.setdefault(case, Story(case)).take_record(record)

    def of_report(self, report_id: str, case_reports: dict[str, str]) -> list[Story]:
        """The stories of a report's cases."""
        return [story for case, story in self.by_case.items() if case_reports.get(case) == report_id]


def cases_of(read: Read) -> dict[str, list[Message]]:
    """A record's events by case; a newer event than this code knows tells nothing here."""
    found: dict[str, list[Message]] = {}
    for raw in read.valid.fields["events"]:
        case = raw.get("case")
        if not isinstance(case, str):
            continue
        try:
            found.setdefault(case, []).append(read_event(raw))
        except ValidationError:
            continue
    return found


def summary(story: Story, next_due: tuple[int, str] | None) -> Iterator[Line]:
    """A case in a few lines: where it stands, who has it in hand, who has the child, what comes next."""
    state, level = word(words.STATES, story.state), words.level(story.level) if story.level else Line("—", "—")
    yield Line(f"案件 {story.case}（回执 {story.receipt}）", f"case {story.case} (receipt {story.receipt})")
    yield Line(f"  状态：{state.zh}；等级：{level.zh}", f"  state: {state.en}; level: {level.en}")
    hands = [_hand(event) for event in story.holding.values()]
    if hands:
        yield Line(
            f"  经办：{'；'.join(each.zh for each in hands)}", f"  in hand: {'; '.join(each.en for each in hands)}"
        )
    elif story.state not in {CaseState.CLOSED, CaseState.DUPLICATE, CaseState.SCREENED_OUT}:
        yield Line("  经办：尚无部门受理", "  in hand: nobody has accepted it yet")
    if story.custody is not None:
        for line in tell(story.custody):
            yield Line(f"  照看：{line.zh}", f"  custody: {line.en}")
    yield _guardian(story)
    if next_due is not None:
        what, end_ms = words.due(next_due[1]), story.ends.get(next_due[1])
        at = words.moment(next_due[0]) if end_ms is None else _by_the_end(end_ms)
        yield Line(f"  下一时限：{at.zh}，{what.zh}", f"  next: {at.en}, {what.en}")


def _by_the_end(end_ms: int) -> Line:
    """A clock's own end, with the zone."""
    by = until(end_ms, end_ms)
    return Line(f"北京时间 {by.zh}", f"{by.en} Beijing time")


def _hand(event: events.DepartmentAcknowledged | events.DepartmentDispatched) -> Line:
    name = department(event.department)
    if isinstance(event, events.DepartmentDispatched):
        return Line(f"{name.zh}已派人（{event.by}）", f"{name.en}, somebody is sent ({event.by})")
    return Line(f"{name.zh}已受理（{event.by}）", f"{name.en}, accepted ({event.by})")


def _guardian(story: Story) -> Line:
    measure = story.measure
    if measure is None or measure.measure is Measure.NONE:
        return Line("  监护安排：不变更照护", "  guardian: no change of care")
    name, status = word(MEASURES, measure.measure), word(STATUSES, measure.status)
    place = story.place_id if measure.status is not MeasureStatus.REFUSED else None
    where = Line(f"，场所 {place}", f", place {place}") if place else Line("", "")
    if measure.measure is Measure.TEMP_CARE and not place and _with_nobody(story.custody):
        where = Line("，还没有找到场所，须由工作人员寻找", ", no place found yet: an officer must find one")
    return Line(f"  监护安排：{name.zh}（{status.zh}）{where.zh}", f"  guardian: {name.en} ({status.en}){where.en}")


def _with_nobody(custody: events.CustodySet | None) -> bool:
    """Whether nobody is known to have the child."""
    return custody is None or custody.holder in {Holder.UNKNOWN, Holder.NOBODY}
