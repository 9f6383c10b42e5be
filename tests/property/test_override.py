"""For every report: an officer's override stands against what had been weighed, and against nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.core.policy import parse_policy
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import Assessment, CaseFacts, Override
from shared.contracts.vocabulary import Level
from tests.support.policy_reports import AT_MS, cases

POLICY = parse_policy(load_policy_texts())
LEAST = {row.id: row.at_least for row in POLICY.rows.raises}


def decide(case: CaseFacts, override: Override | None = None) -> Assessment:
    prior = case.prior.model_copy(update={"override": override})
    return POLICY.assess(case.model_copy(update={"prior": prior}), AT_MS)


def weighed(assessment: Assessment, level: Level) -> Override:
    return Override(
        level=level,
        situations={each.source.rule: each.level for each in assessment.situations},
        raises={each.source.rule: each.after for each in assessment.raises} | (assessment.raises_held or {}),
    )


@settings(max_examples=300, deadline=None)
@given(case=cases, level=st.sampled_from(Level))
def test_what_was_weighed_leaves_the_override_standing(case: CaseFacts, level: Level) -> None:
    again = decide(case, weighed(decide(case), level))
    assert again.level is level
    assert again.raises == ()


@settings(max_examples=300, deadline=None)
@given(before=cases, after=cases, level=st.sampled_from(Level))
def test_never_below_the_override_and_never_below_what_is_new(
    before: CaseFacts, after: CaseFacts, level: Level
) -> None:
    override = weighed(decide(before), level)
    free, bound = decide(after), decide(after, override)
    assert bound.level.urgency >= level.urgency
    for each in free.situations:
        known = override.situations.get(each.source.rule)
        if known is None or each.level.urgency > known.urgency:
            assert bound.level.urgency >= each.level.urgency, each.source.rule
    held = {each.source.rule for each in free.raises} | set(free.raises_held or {})
    for rule in held - set(override.raises):
        least = LEAST[rule]
        assert least is None or bound.level.urgency >= least.urgency, rule


@settings(max_examples=300, deadline=None)
@given(before=cases, after=cases)
def test_with_nothing_weighed_or_all_of_it_the_level_is_within_the_two(before: CaseFacts, after: CaseFacts) -> None:
    free = decide(after)
    assert decide(after, Override(level=Level.S4)).level is free.level
    assert decide(after, weighed(decide(before), Level.S4)).level.urgency <= free.level.urgency
