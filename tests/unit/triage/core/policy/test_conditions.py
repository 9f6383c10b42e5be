"""Three-valued conditions: Kleene logic, declared unknowns, failing tests."""

import itertools

import cel
import pytest

from services.triage.core.policy.conditions import (
    FALSE,
    TRUE,
    UNKNOWN,
    Condition,
    ConditionFailed,
    FactTest,
    joined,
)

VALUES = {FALSE: False, UNKNOWN: None, TRUE: True}


def flag(name: str, *, unknown_as: bool = False, expression: str = "") -> FactTest:
    text = expression or name
    return FactTest(text, name, unknown_as, cel.compile(text))


def book(**facts: bool | int | None) -> dict[str, bool | int | None]:
    return facts


@pytest.mark.parametrize(("first", "second"), list(itertools.product(VALUES, repeat=2)))
def test_all_is_the_least_and_any_the_greatest(first: int, second: int) -> None:
    parts: tuple[Condition, ...] = (flag("a"), flag("b"))
    facts = {"a": VALUES[first], "b": VALUES[second]}
    assert joined(conjunction=True, parts=parts).evaluate(book(**facts)).kleene == min(first, second)
    assert joined(conjunction=False, parts=parts).evaluate(book(**facts)).kleene == max(first, second)


@pytest.mark.parametrize("unknown_as", [False, True])
def test_an_unknown_counts_as_declared(*, unknown_as: bool) -> None:
    verdict = joined(conjunction=True, parts=(flag("a"), flag("b", unknown_as=unknown_as))).evaluate(
        book(a=True, b=None)
    )
    assert (verdict.kleene, verdict.holds) == (UNKNOWN, unknown_as)


def test_a_known_false_settles_all_whatever_is_unknown() -> None:
    assert (
        not joined(conjunction=True, parts=(flag("a", unknown_as=True), flag("b")))
        .evaluate(book(a=None, b=False))
        .holds
    )


def test_a_test_that_errs_fails_its_condition() -> None:
    broken = flag("a", expression="a < 3")
    with pytest.raises(ConditionFailed):
        joined(conjunction=False, parts=(broken, flag("b"))).evaluate(book(a=True, b=True))


def test_a_test_that_gives_no_boolean_fails() -> None:
    with pytest.raises(ConditionFailed):
        flag("a", expression="a + 1").evaluate(book(a=1))


def test_a_failure_names_the_test_and_no_value() -> None:
    with pytest.raises(ConditionFailed) as caught:
        flag("a", expression="a + 1").evaluate(book(a=4711))
    assert "4711" not in str(caught.value)
