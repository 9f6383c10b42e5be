"""Codes and the order of levels."""

import enum
import itertools

import pytest

from shared.contracts import vocabulary
from shared.contracts.vocabulary import SAFE_HOLDERS, DisclosureField, Durability, Holder, Level, graver, raised

ENUMS = [each for each in vars(vocabulary).values() if isinstance(each, enum.EnumMeta) and each is not enum.StrEnum]
LOWER_CASE = (DisclosureField, Durability)


@pytest.mark.parametrize("codes", ENUMS, ids=lambda codes: codes.__name__)
def test_a_code_is_its_name(codes: type[enum.StrEnum]) -> None:
    assert len(codes.__members__) == len({code.value for code in codes}) > 1
    for code in codes:
        assert code.value == (code.name.lower() if codes in LOWER_CASE else code.name)


def test_levels_stand_in_the_order_of_urgency() -> None:
    assert sorted(Level, key=lambda level: level.urgency) == [Level.S0, Level.S4, Level.S3, Level.S2, Level.S1]


def test_the_graver_of_two_levels_does_not_depend_on_their_order() -> None:
    for first, second in itertools.product(Level, Level):
        assert graver(first, second) is graver(second, first)
        assert graver(first, second).urgency == max(first.urgency, second.urgency)


def test_raising_goes_up_step_by_step_to_s1_and_never_down() -> None:
    assert [raised(level) for level in (Level.S4, Level.S3, Level.S2, Level.S1)] == [
        Level.S3,
        Level.S2,
        Level.S1,
        Level.S1,
    ]
    assert raised(Level.S0) is Level.S3
    assert raised(Level.S4, 9) is Level.S1
    for level in Level:
        assert raised(level, 0).urgency >= level.urgency


def test_nobody_and_unknown_and_the_guardian_are_no_safe_custody() -> None:
    assert not SAFE_HOLDERS & {Holder.NOBODY, Holder.UNKNOWN, Holder.GUARDIAN, Holder.OTHER}
