"""What is known of a case so far, folded from its events in the case-log, and how it is shown on one screen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from services.triage.core.words import DEPARTMENTS, LEVELS, say
from shared.contracts import alerts, events
from shared.contracts.assessment import Assessment
from shared.contracts.base import Message
from shared.contracts.events import read_event
from shared.contracts.vocabulary import Level, Measure
from shared.runtime.ledger_reader import Read
from wardline.narration import tell
from wardline.workplace import shanghai

SENT = "SENT"


@dataclass(slots=True)
class Story:
    """One case: what was decided, whom notify reached, what was signed. `climbed`: rungs told after the first."""

    case: str
    receipt: str = ""
    name: str = ""
    level: Level | None = None
    assessment: Assessment | None = None
    requested: dict[str, alerts.AlertRequested] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    custody: events.CustodySet | None = None
    proposed: events.MeasureProposed | None = None
    signed: events.MeasureSigned | None = None
    climbed: list[events.RungReached] = field(default_factory=list)

    def take(self, event: Message) -> None:
        """Note an event of this case."""
        match event:
            case events.CaseOpened():
                self.receipt = event.receipt
            case events.LevelSet():
                self.level = event.level
            case events.CaseAssessed():
                self.assessment = event.assessment
            case alerts.AlertRequested():
                self.requested[event.alert_id] = event
            case alerts.OutcomeRecorded() if event.result == SENT:
                self.sent.add(event.alert_id)
            case events.CustodySet():
                self.custody = event
            case events.MeasureProposed():
                self.proposed = event
            case events.MeasureSigned():
                self.signed = event
            case events.RungReached() if event.reason == "DUE":
                self.climbed.append(event)
            case _:
                return

    @property
    def waits_for_signatory(self) -> bool:
        """Whether a temporary guardianship is proposed and not signed."""
        proposed = self.proposed
        return proposed is not None and proposed.measure is Measure.TEMP_GUARDIANSHIP and self.signed is None

    def missing(self) -> list[str]:
        """What a whole decision has and this one does not, yet."""
        parts = {
            "level": self.level,
            "situations with law": self.assessment and any(each.source.citation for each in self.assessment.situations),
            "departments alerted": bool(self.sent),
            "custody": self.custody,
            "guardian with reasons": self.proposed and self.proposed.source.citation,
            "place or the reason why none": self.proposed
            and (self.proposed.place_id or self.proposed.place_reason or self.proposed.measure in _WITHOUT_PLACE),
        }
        return [name for name, seen in parts.items() if not seen]

    def screen(self, next_deadline: tuple[int, str] | None) -> Iterator[str]:
        """The case on one screen, in both languages."""
        yield f"━━ {self.name}  {self.case}"
        yield f"   回执 receipt {self.receipt}"
        if self.level is not None:
            zh, en = say(LEVELS, self.level.value, "zh"), say(LEVELS, self.level.value, "en")
            yield f"   等级 level     {self.level.value} {zh} / {en}"
        if self.assessment is not None:
            for situation in self.assessment.situations:
                yield f"   情形 situation {situation.code} {situation.title_zh} / {situation.title_en}"
                yield f"                  依据 {situation.source.basis.value}: {situation.source.citation}"
        for alert_id, alert in self.requested.items():
            if alert_id in self.sent:
                zh, en = say(DEPARTMENTS, alert.department.value, "zh"), say(DEPARTMENTS, alert.department.value, "en")
                contacts = ", ".join(alert.contact_ids)
                yield f"   已提醒 alerted {zh} / {en} {alert.step.value} → {contacts}"
        for event, word in ((self.custody, "监护现状 custody"), (self.proposed, "安排 guardian")):
            for number, line in enumerate(tell(event) if event is not None else []):
                lead = f"   {word} " if number == 0 else "      "
                yield f"{lead}{line.zh} / {line.en.strip()}"
        if next_deadline is not None:
            yield f"   下一时限 next  {shanghai(next_deadline[0])} {next_deadline[1].partition('~')[2]}"


_WITHOUT_PLACE = frozenset({Measure.NONE, Measure.RETURN_TO_ABLE_GUARDIAN})


@dataclass(slots=True)
class Stories:
    """The stories of all cases of a space, by case id."""

    by_case: dict[str, Story] = field(default_factory=dict)

    def take(self, reads: list[Read]) -> None:
        """Fold records."""
        for read in reads:
            for raw in read.valid.fields["events"]:
                case = raw.get("case")
                if not isinstance(case, str):
                    continue
                try:
                    event = read_event(raw)
                except ValidationError:
                    continue  # a newer event than this code knows tells nothing here
                self.by_case.setdefault(case, Story(case)).take(event)

    def of_report(self, report_id: str, case_reports: dict[str, str]) -> list[Story]:
        """The stories of a report's cases."""
        return [story for case, story in self.by_case.items() if case_reports.get(case) == report_id]
