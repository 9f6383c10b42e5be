"""Weeks of a county in seconds: duplicates, delays, crashes, a second owner, refusing channels, clocks that jump.

Every run prints its seed; `SIMULATION_SEED` repeats one, `SIMULATION_WEEKS` makes it longer.
"""

import os
from random import Random

import pytest

from services.triage.core.decision import Assessor
from services.triage.core.evolve import evolve
from services.triage.core.invariants import check_event
from services.triage.core.policy import parse_policy
from services.triage.core.state import BookState
from services.triage.policy_files import load_policy_texts
from shared.contracts.events import CaseClosed, CaseOpened, CaseUndecidable, MeasureSigned
from shared.contracts.vocabulary import Concern
from tests.simulation.checkers import Checkers
from tests.simulation.ledger import TOPICS, Log, Owner
from tests.simulation.people import World
from tests.support.fake_policy import FakePolicy
from tests.support.triage_core import DAY, HOUR, MINUTE, T0

WEEKS = int(os.environ.get("SIMULATION_WEEKS", "8"))
SEEDS = [int(seed) for seed in os.environ.get("SIMULATION_SEED", "1 2 3 4").split()]
"""Fixed, so that every process of a parallel run collects the same tests; `make faults` tries new ones."""


def simulate(seed: int, weeks: int, policy: Assessor | None = None) -> tuple[Owner, Checkers]:
    """Live through the weeks; every step is checked. The owner and the checkers at the end."""
    random = Random(seed)
    log = Log()
    policy = policy or FakePolicy(fails_on=Concern.OTHER)
    owners = [Owner(log, policy), Owner(log, policy)]
    world = World(random, log, T0)
    checkers = Checkers()
    witness = BookState("sim", 0)
    seen = 0
    world.begin()
    end_ms, next_rota_ms = T0 + weeks * 7 * DAY, T0 + 7 * DAY
    while world.now_ms < end_ms:
        world.now_ms += random.choice((MINUTE, 7 * MINUTE, HOUR, 3 * HOUR, 9 * HOUR))
        if random.random() < 0.02:
            world.now_ms += random.choice((DAY, 2 * DAY))
        if world.now_ms >= next_rota_ms:
            world.rota()
            next_rota_ms += 7 * DAY
        if random.random() < 0.25:
            world.file()
        world.post()
        for _ in range(random.choice((1, 2, 4, 8))):
            world.work(owners[0].state)
        owner = owners[random.random() < 0.1]
        if random.random() < 0.5:
            owner.catch_up()
        skew_ms = random.choice((0, 0, 0, -20_000, 20_000))
        crashes = {random.randrange(8): random.choice(("BEFORE", "AFTER"))} if random.random() < 0.03 else {}
        for number in range(20_000):
            if owner.read != len(log.records) and random.random() < 0.9:
                owner.catch_up()
            if not owner.step(world.now_ms + skew_ms, crashes.get(number)):
                break
        else:
            raise AssertionError("the owner never came to an end")
        owners[0].catch_up()
        news = owners[0].events[seen:] if len(owners[0].events) >= seen else []
        seen = len(owners[0].events)
        for event, at_ms in news:
            assert check_event(witness, event) == []
            witness = evolve(witness, event, at_ms)
            checkers.event(event, at_ms)
        checkers.state(owners[0].state, owners[0].pending)
        world.hears(news)
    assert witness == owners[0].state
    return owners[0], checkers


@pytest.mark.parametrize("seed", SEEDS)
def test_weeks_of_a_county(seed: int) -> None:
    print(f"SIMULATION_SEED={seed} SIMULATION_WEEKS={WEEKS}")
    owner, checkers = simulate(seed, WEEKS)
    kinds = [type(event) for event, _ in owner.events]
    print({kind.__name__: kinds.count(kind) for kind in (CaseOpened, CaseUndecidable, CaseClosed, MeasureSigned)})
    assert kinds.count(CaseOpened) > 8 * WEEKS, "the weeks were not busy"
    assert kinds.count(CaseClosed) > 0
    assert kinds.count(CaseUndecidable) > 0
    while owner.step(max(owner.decided_at_ms, T0 + WEEKS * 7 * DAY)):
        pass
    assert {topic: owner.positions[topic] for topic in TOPICS} == {
        topic: len(entries) for topic, entries in owner.log.inputs.items()
    }, "an input was lost"
    checkers.nobody_waits(owner.state, owner.pending, owner.decided_at_ms)


def test_weeks_under_the_shipped_policy() -> None:
    seed = SEEDS[-1]
    print(f"SIMULATION_SEED={seed}")
    owner, checkers = simulate(seed, 3, parse_policy(load_policy_texts()))
    kinds = [type(event) for event, _ in owner.events]
    assert kinds.count(CaseOpened) > 10
    assert owner.failures == 0
    while owner.step(max(owner.decided_at_ms, T0 + 21 * DAY)):
        pass
    checkers.nobody_waits(owner.state, owner.pending, owner.decided_at_ms)


def test_one_seed_gives_one_history() -> None:
    first, second = simulate(7, 1)[0], simulate(7, 1)[0]
    assert first.log.records == second.log.records
    assert first.state == second.state
