"""A worker whose clock differs from append time by more than the limit stops deciding."""

import pytest

from services.triage.skew import SkewMonitor


class Monotonic:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_decided_before_the_first_measurement() -> None:
    assert not SkewMonitor(30_000).within_limit


@pytest.mark.parametrize(
    ("appended", "offset"),
    [(1_000_500, 0), (999_000, -1_000), (1_002_000, 1_000), (969_000, -31_000), (1_040_000, 39_000)],
)
def test_the_difference_counts_only_beyond_the_time_that_the_answer_took(appended: int, offset: int) -> None:
    skew = SkewMonitor(30_000)
    skew.measured(1_000_000, appended, 1_001_000)
    assert skew.offset_ms == offset
    assert skew.within_limit is (abs(offset) <= 30_000)


def test_an_old_measurement_is_not_trusted() -> None:
    monotonic = Monotonic()
    skew = SkewMonitor(30_000, trust_seconds=60, monotonic=monotonic)
    skew.measured(0, 0, 0)
    monotonic.now = 60
    assert skew.within_limit
    monotonic.now = 61
    assert not skew.within_limit


def test_a_clock_ahead_of_the_broker_waits_for_the_broker() -> None:
    skew = SkewMonitor(30_000)
    skew.measured(100_000, 95_000, 100_010)
    assert skew.broker_wall_ms() < SkewMonitor(30_000).broker_wall_ms()
