"""For every two reports that were joined wrongly: taken apart, no child is lost and nothing is weaker or later."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.core.policy import parse_policy
from services.triage.core.state import Case
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.reports import ChildFacts, ReportFacts
from shared.contracts.separation import SeparateReport
from tests.support.policy_reports import cases
from tests.support.triage_core import HOUR, T0, CoreWorld, refusal

POLICY = parse_policy(load_policy_texts())
TOKEN = "1" * 64
reports = cases.map(lambda case: case.report.model_copy(update={"children": case.report.children[:1]}))
hours = st.integers(0, 120)


def staffed() -> CoreWorld:
    return CoreWorld(policy=POLICY, checked=False).staff()


def file(world: CoreWorld, name: str, facts: ReportFacts) -> None:
    said = facts.model_dump(exclude={"children"}, exclude_none=True)
    world.file(*facts.children, report_id=name, receipt=f"receipt-{name}", id_tokens=(TOKEN,), **said)


def due(case: Case) -> dict[str, int]:
    return {name: clock.due_at_ms for name, clock in case.clocks.items()}


@settings(max_examples=25, deadline=None)
@given(first=reports, second=reports, between=hours, after=hours, taken=st.booleans())
def test_apart_again_nothing_is_weaker_or_later_than_if_they_had_never_met(
    first: ReportFacts, second: ReportFacts, between: int, after: int, *, taken: bool
) -> None:
    world, alone = staffed(), staffed()
    file(world, "a", first)
    if taken:
        world.order("officer", asked.Acknowledge(case="a.0"))
    for each in (world, alone):
        each.until(T0 + between * HOUR)
        file(each, "b", second)
    filed = alone.case("b.0")
    assert world.case("a.0").report_ids == ("a", "b")
    world.until(world.now_ms + after * HOUR)
    before = world.case("a.0")
    world.checked = True
    assert refusal(world.order("officer2", SeparateReport(case="a.0", report_id="b", reason="FOUND_ON_VISIT"))) is None

    kept, new = world.case("a.0"), world.case("b.0")
    assert (kept.level, kept.clocks, kept.ladders, kept.measure) == (
        before.level, before.clocks, before.ladders, before.measure,
    )  # fmt: skip
    assert kept.facts.children[0].concerns == before.facts.children[0].concerns
    assert new.level is not None
    assert filed.level is not None
    assert new.level.urgency >= filed.level.urgency
    assert filed.assessment is not None
    assert new.assessment is not None
    told = {each.code for each in new.assessment.departments}
    assert {each.code for each in filed.assessment.departments} <= told
    ends = due(new)
    asked_for = {each.id for each in filed.assessment.clocks}  # those of a measure run from when the measure begins
    later = {name: ends.get(name, at_ms + 1) - at_ms for name, at_ms in due(filed).items() if name in asked_for}
    assert {name: span_ms for name, span_ms in later.items() if span_ms > 0} == {}
    withheld = {each.who for each in new.assessment.not_told}
    assert {each.who for each in filed.assessment.not_told} <= withheld
    assert world.state.receipts.get("receipt-a") == ("a.0",)
    assert world.state.receipts.get("receipt-b") == ("b.0",)
    assert world.replayed() == world.state

    world.file(ChildFacts(), report_id="c", receipt="receipt-c", id_tokens=(TOKEN,))
    assert world.state.receipts.get("receipt-c") == ("c.0",)
