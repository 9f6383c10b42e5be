"""Every fault of the list is found, and by what no editor of a policy can edit: the rails and the guarded cases."""

from datetime import date, timedelta

import pytest

from services.triage.core.policy import PolicyInvalid, parse_policy
from services.triage.core.policy.check import check_policy
from services.triage.core.policy.examples import parse_examples
from services.triage.core.policy.guarding import broken_guards
from services.triage.core.policy.guards import GUARDS
from services.triage.core.policy.rails import SITUATIONS, broken_rails
from services.triage.core.policy.safety import unsafe_on
from tests.policy.faulty_policies import EXAMPLES, FAULTS, TEXTS, Edited, Fault

TODAY = date(2026, 11, 23)
OF_EXAMPLES = "no example m"
"""What is said of every rule when there are no examples."""


def found_by(fault: Fault) -> list[str]:
    """Everything that is found of a fault, but what the policy's own examples find when it could be hidden there."""
    edited = Edited()
    fault.make(edited)
    assert (edited.texts, edited.examples) != (TEXTS, EXAMPLES)
    try:
        policy = parse_policy(edited.texts)
        examples = () if fault.hidden else parse_examples(edited.examples)
        problems = check_policy(policy, examples, TODAY)
    except PolicyInvalid as invalid:
        return [str(invalid)]
    if not fault.hidden:
        return [problem.reason for problem in problems]
    return [problem.reason for problem in problems if not problem.reason.startswith(OF_EXAMPLES)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says)
def test_a_fault_is_found_whatever_the_examples_say(fault: Fault) -> None:
    assert found_by(fault), fault.says


def test_the_shipped_policy_keeps_every_rail_and_guard() -> None:
    policy = parse_policy(TEXTS)
    assert unsafe_on(policy, TODAY) == ()
    assert list(broken_rails(policy.rows)) == []
    assert check_policy(policy, parse_examples(EXAMPLES), TODAY) == []
    reasons = {problem.reason for problem in check_policy(policy, (), TODAY)}
    assert reasons == {"no example meets it"}, "without examples nothing else is wrong with it"


def test_the_shipped_policy_is_safe_on_every_day_of_the_year_over_holidays_too() -> None:
    policy = parse_policy(TEXTS)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 730, 16)]
    holidays = [date(2026, 2, 13), date(2026, 9, 25), date(2026, 9, 30), date(2027, 1, 31)]
    assert [unsafe_on(policy, day) for day in (*days, *holidays) if unsafe_on(policy, day)] == []


def test_every_guarded_situation_has_a_guarded_case_and_every_case_its_name() -> None:
    assert len({guard.id for guard in GUARDS}) == len(GUARDS)
    assert set(SITUATIONS) - {code for guard in GUARDS for code in guard.found} == set()


def test_under_a_policy_that_finds_nothing_each_guarded_case_with_a_situation_breaks() -> None:
    texts = {file: text for file, text in TEXTS.items() if not file.startswith(("10", "20", "30", "40", "50", "60"))}
    broken = {each.guard for each in broken_guards(parse_policy(texts), (TODAY,))}
    assert {guard.id for guard in GUARDS if set(guard.found) - {"GEN-0"}} <= broken
    assert "nothing-found" not in broken
