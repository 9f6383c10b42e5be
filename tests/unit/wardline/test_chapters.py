"""A record of a case is told once: no line repeats what another of the same record says."""

import re

from services.triage.core.inputs import DeadlineInput, ReportInput
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from shared.contracts import alerts, events
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts, ReportFiled
from shared.runtime.clock import SpaceClock
from wardline import samples
from wardline.explaining import Explainer, decided
from wardline.narration.asking import Asking
from wardline.narration.chapters import chapter
from wardline.narration.lived import Lived
from wardline.policy_source import parsed_policy
from wardline.registry_file import read_registry

AT_MS = 1_795_370_400_000
COUNTY = "520327"
REPORT = ReportFiled(
    report_id="r",
    receipt="520327-AAAAA-AAAAA-AAAAA",
    space="explain",
    county=COUNTY,
    filed_at_ms=AT_MS,
    facts=ReportFacts.model_validate(
        {
            "children": [{"age_years": 5, "sex": "F", "area_code": "520327100", "concerns": ["ABANDONED"]}],
            "guardians": [{"relation": "MOTHER", "status": ["REFUSES_DUTY"]}],
        }
    ),
)


def records() -> list[tuple[int, tuple[Message, ...]]]:
    """The records of a case: its report, and the deadlines of its first quarter of an hour."""
    policy, texts = parsed_policy(DEFAULT_POLICY_DIRECTORY)
    registry = read_registry(samples.REGISTRY, SpaceClock(wall=lambda: AT_MS))
    state = Explainer.with_registry(policy, texts, AT_MS, registry).state
    state, decision = decided(state, ReportInput(REPORT, AT_MS), policy, AT_MS)
    made = [(AT_MS, decision.events)]
    until_ms = AT_MS + 15 * 60_000
    while True:
        [case] = state.county(COUNTY).cases.values()
        due_at_ms, name = min((deadline.due_at_ms, name) for name, deadline in case.deadlines.items())
        if due_at_ms > until_ms:
            return made
        state, decision = decided(state, DeadlineInput(name, due_at_ms), policy, due_at_ms)
        made.append((due_at_ms, decision.events))


def test_the_first_record_is_the_explanation_and_who_was_told() -> None:
    at_ms, first = records()[0]
    lines = chapter([event for event in first if hasattr(event, "case")], at_ms)
    said = [line.en for line in lines]
    assert len(said) == len(set(said))
    assert [line for line in said if line.startswith("Level S1")]
    assert "  By Mon 23 Nov, 04:00: see the child in person" in "\n".join(said)
    assert not [line for line in said if line.startswith("clock: ")]
    [police] = [line for line in said if line.startswith("told police")]
    assert police.endswith("unless they accept by Mon 23 Nov, 02:15, up to rung 2")
    assert "Place: foster-1" in "\n".join(said)
    assert "Not said. Ask first where the child is, and with whom." in "\n".join(said)


def test_a_rung_its_alerts_and_what_follows_are_one_line() -> None:
    at_ms, second = next((at_ms, found) for at_ms, found in records()[1:] if _department(found) == "CIVIL_AFFAIRS")
    [line] = chapter(second, at_ms)
    assert line.zh.startswith("已提醒民政部门第2级：ca-duty-2, rescue-head；11 月 23 日（周一）02:30 前没有受理")


def _department(record: tuple[Message, ...]) -> str | None:
    return next((event.department.value for event in record if isinstance(event, events.RungReached)), None)


def test_a_later_record_says_its_times_without_repeating_the_decision() -> None:
    for at_ms, record in records()[1:]:
        assert len(chapter(record, at_ms)) <= len(record)
        assert not [event for event in record if isinstance(event, events.CaseAssessed)]


def decisions(filings: list[dict[str, object]], county: str = COUNTY) -> list[tuple[Message, ...]]:
    """The records of filings under one receipt, a minute apart: a later one is a supplement of the first."""
    policy, texts = parsed_policy(DEFAULT_POLICY_DIRECTORY)
    registry = read_registry(samples.REGISTRY, SpaceClock(wall=lambda: AT_MS))
    state = Explainer.with_registry(policy, texts, AT_MS, registry).state
    made = []
    for number, facts in enumerate(filings):
        at_ms = AT_MS + number * 60_000
        filed = ReportFiled(
            report_id=f"r{number}",
            receipt=f"{county}-AAAAA-AAAAA-AAAAA",
            space="explain",
            county=county,
            filed_at_ms=at_ms,
            facts=ReportFacts.model_validate(facts),
        )
        state, decision = decided(state, ReportInput(filed, at_ms), policy, at_ms)
        made.append(tuple(event for event in decision.events if hasattr(event, "case")))
    return made


def test_a_supplement_tells_what_is_new_and_no_deadline_that_is_not_in_force() -> None:
    child = {"age_years": 9, "sex": "F", "area_code": "520327100", "concerns": ["PHYSICAL_ABUSE"]}
    first, second = decisions(
        [{"children": [child]}, {"children": [child | {"injury": "MINOR"}], "safety": {"afraid_to_go_home": True}}]
    )
    lived = Lived()
    assert "Deadlines" in [line.en for line in chapter(first, AT_MS, lived)]
    lived.take(first)
    said = [line.en for line in chapter(second, AT_MS + 60_000, lived)]
    assert any(line.startswith("new situation: ") for line in said)
    assert not [event for event in second if isinstance(event, events.ClockStarted)]
    assert "deadlines unchanged: the clocks run as they did" in said
    assert not [line for line in said if "see the child in person" in line]
    assert "What to do first" not in said


def test_where_nobody_is_on_duty_it_says_what_really_happened_and_says_it_once() -> None:
    [first] = decisions([{"children": [{"concerns": ["PHYSICAL_ABUSE"]}]}], county="000000")
    assert [event for event in first if isinstance(event, events.RungReached) and not event.staffed]
    lines = chapter(first, AT_MS)
    said = [line.en for line in lines]
    assert not [line for line in said if line.endswith("nobody is on duty, skipped")]
    assert [line for line in said[said.index("Who is told") :] if "nobody on duty" in line]
    for line in lines:
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", line.zh), line.zh


def test_alerts_that_were_sent_name_whom_they_reached_in_one_line() -> None:
    first = records()[0][1]
    asked = {event.alert_id: event for event in first if isinstance(event, alerts.AlertRequested)}
    sent = [
        alerts.OutcomeRecorded(alert_id=name, case=alert.case, result="SENT", channel=alerts.ChannelKind.FILE)
        for name, alert in asked.items()
    ]
    assert len(sent) > 1
    lived = Lived()
    lived.take(first)
    [line] = chapter(sent, AT_MS, lived)
    assert line.zh.startswith("提醒已送出（文件）：")
    for alert in asked.values():
        assert all(contact in line.en for contact in alert.contact_ids)


def test_a_case_asks_what_the_explanation_asks() -> None:
    [first] = decisions([{"children": [{"concerns": ["DROPOUT"], "injury": "NONE", "sex": "M"}]}])
    said = [line.en for line in chapter(first, AT_MS, ask=Asking(DEFAULT_POLICY_DIRECTORY))]
    asked = said[said.index("Still to be asked (the answer changes the decision)") + 1]
    assert "Not said. If " in asked
