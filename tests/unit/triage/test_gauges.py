"""What the gauges count: above all the cases of which nobody could be told."""

from services.triage.fold import Fold
from services.triage.gauges import SAID_AGAIN_SECONDS, Said, untold_cases
from tests.support.ledgers import started
from tests.support.triage_core import CoreWorld, child


def fold_of(world: CoreWorld) -> Fold:
    return Fold(started(), world.state)


def test_a_case_is_untold_while_nobody_is_registered_for_its_county_or_at_the_desk() -> None:
    world = CoreWorld()
    assert untold_cases(fold_of(world)) == 0
    world.file(child("ABANDONED"), child("ABANDONED"), report_id="r", county="110101")
    assert untold_cases(fold_of(world)) == 2
    world.desk()
    world.passes(10 * 60_000)
    assert untold_cases(fold_of(world)) == 0


def test_the_alarm_is_written_at_once_and_then_once_a_minute_while_it_lasts() -> None:
    said = Said()
    assert not said.is_due(0, 0, 5.0)
    assert said.is_due(0, 1, 10.0)
    assert said.is_due(1, 1, 10.0), "each book for itself"
    assert not said.is_due(0, 1, 10.0 + SAID_AGAIN_SECONDS / 2)
    assert said.is_due(0, 3, 10.0 + SAID_AGAIN_SECONDS)
    assert not said.is_due(0, 0, 71.0)
    assert said.is_due(0, 1, 72.0), "new trouble is told at once"
