"""A record of a case is told once: no line repeats what another of the same record says."""

from services.triage.core.inputs import DeadlineInput, ReportInput
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from shared.contracts import events
from shared.contracts.base import Message
from shared.contracts.reports import ReportFacts, ReportFiled
from shared.runtime.clock import SpaceClock
from wardline import samples
from wardline.explaining import Explainer, decided
from wardline.narration.chapters import chapter
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
