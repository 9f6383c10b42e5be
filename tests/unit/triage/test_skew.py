"""A worker whose clock differs from append time by more than the limit stops deciding."""

import pytest

from services.triage.skew import SkewMonitor


class Clocks:
    """A wall that may be set and a monotonic clock that may not."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall_ahead_ms = 0

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> int:
        return int(self.seconds * 1000) + self.wall_ahead_ms


def monitor(clocks: Clocks) -> SkewMonitor:
    return SkewMonitor(30_000, trust_seconds=60, monotonic=clocks.monotonic, wall=clocks.wall)


def test_nothing_is_decided_before_the_first_measurement() -> None:
    assert not SkewMonitor(30_000).within_limit


@pytest.mark.parametrize(
    ("ahead_ms", "allowed"), [(0, True), (29_000, True), (-29_000, True), (31_000, False), (-31_000, False)]
)
def test_a_clock_beyond_the_limit_decides_nothing(ahead_ms: int, allowed: bool) -> None:  # noqa: FBT001 - a case
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_000_000)
    clocks.wall_ahead_ms = ahead_ms
    assert skew.offset_ms == -ahead_ms
    assert skew.within_limit is allowed


def test_an_old_measurement_is_not_trusted() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_000_000)
    clocks.seconds += 60
    assert skew.within_limit
    clocks.seconds += 1
    assert not skew.within_limit


def test_a_clock_that_is_set_between_measurements_is_noticed_at_once_and_forgiven_when_it_is_right_again() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_000_000)
    clocks.seconds += 5
    clocks.wall_ahead_ms = 120_000
    assert not skew.within_limit
    assert skew.broker_wall_ms() == 1_005_000
    clocks.wall_ahead_ms = 0
    assert skew.within_limit


def test_a_clock_behind_fires_no_deadline_before_its_own_time() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_020_000)
    assert skew.broker_wall_ms() == clocks.wall() == 1_000_000


def test_a_slow_answer_does_not_loosen_what_is_known() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_000_000)
    sent_at, appended = clocks.seconds, 1_000_000
    clocks.seconds += 8
    skew.measured(sent_at, appended)
    assert skew.offset_ms == 0
    assert skew.broker_wall_ms() == 1_008_000


def test_a_slow_first_answer_leaves_the_earliest_time_that_it_allows() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    sent_at = clocks.seconds
    clocks.seconds += 8
    skew.measured(sent_at, 1_000_000)
    assert skew.broker_wall_ms() == 1_000_000
    skew.measured(clocks.seconds, 1_008_000)
    assert skew.broker_wall_ms() == 1_008_000


def test_a_broker_whose_clock_was_set_is_believed() -> None:
    clocks = Clocks()
    skew = monitor(clocks)
    skew.measured(clocks.seconds, 1_000_000)
    skew.measured(clocks.seconds, 940_000)
    assert skew.offset_ms == -60_000
    assert not skew.within_limit
