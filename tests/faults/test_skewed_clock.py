"""A worker whose wall clock is more than 30 s off decides nothing, says so, and decides once it is right again."""

import sys
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from tests.support.fault_world import faults_of, logged, metric, progress, verified, wait_decided, wait_for
from tests.support.triage_world import PROJECT, Feeder, new_space, workers

LAUNCHER = PROJECT / "tests" / "support" / "skewed_worker.py"
COUNTIES = [f"99{number:04d}" for number in range(6)]
SKEW = "wardline_triage_clock_skew_seconds"


@pytest.mark.parametrize("seconds", [90, pytest.param(-90, marks=pytest.mark.long)])
def test_a_clock_that_is_off_decides_nothing_until_it_is_right_again(
    seconds: int, broker: EmbeddedBroker, space: str, tmp_path: Path
) -> None:
    world = new_space(tmp_path, broker.bootstrap, space, books=4)
    clock = tmp_path / "clock-offset"
    clock.write_text(str(seconds))
    feeder = Feeder(broker.bootstrap, world)
    wrapper = (sys.executable, str(LAUNCHER), str(clock))
    with workers(1, broker.bootstrap, world, tmp_path, wrapper=wrapper) as (worker,):
        for county in COUNTIES:
            feeder.registry(county)
        feeder.flush()
        wait_for(lambda: logged(worker, "clock_skewed"), "the worker to say that its clock is off")
        assert metric(worker, SKEW) == pytest.approx(-seconds, abs=25)  # broker minus worker
        wait_for(lambda: logged(worker, "books_assigned"), "the worker to own its books")
        assert worker.process is not None
        assert worker.process.poll() is None
        with progress(broker.bootstrap, world) as seen:
            seen.undecided()
            assert seen.reads == []

        clock.write_text("0")
        wait_decided(broker.bootstrap, world)
        wait_for(lambda: abs(metric(worker, SKEW) or 999) < 25, "a measurement of the clock that is right")

        clock.write_text(str(seconds))  # set wrongly while it runs
        before = len(logged(worker, "clock_skewed"))
        with progress(broker.bootstrap, world) as seen:
            seen.undecided()
            decided = len(seen.reads)
            for county in COUNTIES:
                feeder.registry(county)
            feeder.flush()
            wait_for(lambda: len(logged(worker, "clock_skewed")) > before, "the worker to notice")
            seen.undecided()
            assert len(seen.reads) == decided
        clock.write_text("0")
        wait_decided(broker.bootstrap, world)
        assert worker.process.poll() is None
    with progress(broker.bootstrap, world) as seen:
        seen.undecided()
        late = [abs(read.fields["decided_at_ms"] - read.appended_at_ms) for read in seen.reads]  # type: ignore[operator]
    assert max(late) <= 30_000
    assert faults_of(verified(broker.bootstrap, world)) == []
