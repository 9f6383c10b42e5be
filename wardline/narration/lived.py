"""What earlier records said of a case, so that a later one tells only what is new."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.contracts import alerts, events, separation
from shared.contracts.assessment import Assessment, FactValue
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department
from shared.explaining.citations import cited
from shared.explaining.said import Said
from shared.narration import words
from shared.narration.words import Line, department, rung, word


class Given(NamedTuple):
    """What the report's facts add to a decision's words: what was said, and what is to be asked (None: unknown)."""

    known: Mapping[str, FactValue]
    questions: tuple[Said, ...] | None


Ask = Callable[[ReportFacts, Assessment], Given]


@dataclass(slots=True)
class Lived:
    """One case so far: its last assessment, its facts, and whom each alert was to reach."""

    assessment: Assessment | None = None
    facts: ReportFacts | None = None
    asked: dict[str, alerts.AlertRequested] = field(default_factory=dict)

    def take(self, record: Sequence[Message]) -> None:
        """Note a record, after it was told."""
        for event in record:
            match event:
                case events.CaseAssessed():
                    self.assessment = event.assessment
                case events.CaseOpened() | events.ReportJoined() | separation.ReportSeparated():
                    self.facts = event.facts
                case alerts.AlertRequested():
                    self.asked[event.alert_id] = event
                case _:
                    continue


def happened(record: Sequence[Message]) -> dict[Department, Said]:
    """Who was really told in this record, by the ladder's department."""
    found: dict[Department, Said] = {}
    skipped: dict[Department, list[Line]] = {}
    for event in record:
        if not isinstance(event, events.RungReached):
            continue
        told = ", ".join(event.contacts)
        if event.stand_in is not None:
            other, reason = department(event.stand_in), words.reason_words(event.reason)
            found[event.department] = (
                Said(f"无人值守，改为告知{other.zh}：{told}", f"nobody on duty; told {other.en} instead: {told}")
                if told
                else Said(
                    f"无人值守，由{other.zh}代收（{reason.zh}）", f"nobody on duty; {other.en} stands in ({reason.en})"
                )
            )
        elif told:
            before = skipped.get(event.department, [])
            zh = f"（{'、'.join(each.zh for each in before)}无人值守）" if before else ""
            en = f" ({', '.join(each.en for each in before)}: nobody on duty)" if before else ""
            found[event.department] = Said(f"已告知 {told}{zh}", f"told at once: {told}{en}")
        else:
            skipped.setdefault(event.department, []).append(rung(event.step))
            found[event.department] = Said("无人值守", "nobody on duty")
    return found


def what_is_new(before: Assessment, after: Assessment, record: Sequence[Message]) -> Iterator[Line]:
    """What another assessment of the case found besides: clocks that run are not started again, so none is told."""
    had = {item.source.rule for item in before.situations}
    for item in after.situations:
        if item.source.rule not in had:
            law = cited(item.source.citation)
            yield Line(f"新认定情形：{item.title_zh}〔{law.zh}〕", f"new situation: {item.title_en} [{law.en}]")
    raised = {item.source.rule for item in before.raises}
    for each in after.raises:
        if each.source.rule not in raised and each.before is not each.after:
            old, new = each.before.value, each.after.value
            yield Line(f"从 {old} 升为 {new}", f"raised from {old} to {new}")
    told = {due.code for due in before.departments}
    more = [department(due.code) for due in after.departments if due.code not in told]
    if more:
        zh, en = "、".join(each.zh for each in more), ", ".join(each.en for each in more)
        yield Line(f"还要告知：{zh}", f"also to be told: {en}")
    if not any(isinstance(event, events.ClockStarted | events.ClockCancelled) for event in record):
        yield Line("时限不变，仍按原来的计时", "deadlines unchanged: the clocks run as they did")
    if not any(isinstance(event, events.MeasureProposed | events.MeasureSuperseded) for event in record):
        yield Line("监护安排不变", "care and guardianship unchanged")


def outcomes(told: Sequence[alerts.OutcomeRecorded], asked: Mapping[str, alerts.AlertRequested]) -> list[Line]:
    """What became of alerts: one line for each result, which names whom they were to reach."""
    groups: dict[tuple[str, str | None], list[Line]] = {}
    for event in told:
        alert = asked.get(event.alert_id)
        names = groups.setdefault((event.result, event.channel), [])
        if alert is not None:
            name, contacts = department(alert.department), ", ".join(alert.contact_ids)
            names.append(Line(f"{name.zh} {contacts}", f"{name.en} {contacts}"))
    lines = []
    for (code, channel), names in groups.items():
        result, by = word(words.RESULTS, code), word(words.CHANNELS, channel)
        way = Line(f"（{by.zh}）", f" ({by.en})") if channel else Line("", "")
        zh, en = "；".join(each.zh for each in names), "; ".join(each.en for each in names)
        lines.append(
            Line(
                f"提醒{result.zh}{way.zh}{f'：{zh}' if zh else ''}",
                f"alert{'s' if len(names) > 1 else ''} {result.en}{way.en}{f': {en}' if en else ''}",
            )
        )
    return lines
