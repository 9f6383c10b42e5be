"""The same tales on a real broker with a fast clock, at once: the ledger's own times answer the same wants."""

import uuid
from collections.abc import Iterator

import pytest

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.commands import SetAccount
from tests.acceptance.timelines.county_in_memory import sample_registry
from tests.acceptance.timelines.county_on_a_broker import CountyOnABroker, cut
from tests.acceptance.timelines.test_accepted import accepted_and_nobody_sent
from tests.acceptance.timelines.test_left_in_hospital import a_toddler_left_in_hospital
from tests.acceptance.timelines.test_two_departments import civil_affairs_answer_and_the_police_do_not
from tests.support.whole_system import WholeSystem, whole_system

CLOCK_RATE = 120.0
"""A quarter of an hour is seven and a half seconds."""


@pytest.fixture(scope="module")
def system(broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    name = f"tales-{uuid.uuid4().hex[:8]}"
    with whole_system(broker, tmp_path_factory.mktemp("tales"), name, clock_rate=CLOCK_RATE) as system:
        system.api_keys = system.feed_sample_registry()
        yield system


def test_three_tales_by_the_ledgers_own_times(system: WholeSystem) -> None:
    entries = sample_registry(system.space.clock().now_ms()).entries
    accounts = {body.account.account: body.account for each in entries if isinstance(body := each.body, SetAccount)}
    CountyOnABroker(system, accounts).live(
        (cut(civil_affairs_answer_and_the_police_do_not(), "day 2 00:45"), 0),
        (cut(a_toddler_left_in_hospital(), "23:58"), 14),
        (accepted_and_nobody_sent(), 20),
    )
    system.verify()
