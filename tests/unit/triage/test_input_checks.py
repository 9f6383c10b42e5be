"""How many undecidable inputs a book bears in a minute, and what an operator's look changes."""

import pytest

from services.triage.halting import Halted, HaltReason
from services.triage.input_checks import UndecidableRate


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def rate(time: Time) -> UndecidableRate:
    return UndecidableRate(5, monotonic=time)


def test_five_in_a_minute_are_borne_and_a_sixth_halts_the_book() -> None:
    time = Time()
    kept = rate(time)
    for number in range(5):
        time.seconds = number
        kept.check([number])
        kept.recorded([number])
    time.seconds = 59.0
    with pytest.raises(Halted) as halted:
        kept.check([10])
    assert halted.value.reason is HaltReason.TOO_MANY_UNDECIDABLE


def test_a_minute_later_there_is_room_again() -> None:
    time = Time()
    kept = rate(time)
    kept.recorded([1, 2, 3, 4, 5])
    time.seconds = 60.5
    kept.check([6, 7, 8, 9, 10])


def test_six_at_once_halt_before_any_is_written() -> None:
    with pytest.raises(Halted):
        rate(Time()).check(range(6))


def test_a_batch_that_is_decided_again_and_again_counts_once() -> None:
    kept = rate(Time())
    for _ in range(20):
        kept.check([1, 2, 3])
    kept.recorded([1, 2, 3])
    kept.check([4, 5])


def test_what_an_operator_has_looked_at_is_decided_however_many_there_are() -> None:
    kept = rate(Time())
    kept.recorded([1, 2, 3])
    with pytest.raises(Halted):
        kept.check(range(4, 100))
    kept.looked_at(100)
    kept.check(range(4, 100))
    kept.recorded(range(4, 100))


def test_what_arrives_after_the_look_counts_anew() -> None:
    kept = rate(Time())
    kept.looked_at(100)
    kept.check([101, 102, 103, 104, 105])
    with pytest.raises(Halted):
        kept.check([101, 102, 103, 104, 105, 106])
