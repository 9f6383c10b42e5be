"""Limits count: look-ups of an address, look-ups of all, and what is under way."""

from services.intake.core import limits
from services.intake.core.limits import Gate, LookupLimit


def test_an_address_has_its_share_of_a_minute_and_gets_it_back_evenly() -> None:
    limit = LookupLimit(per_minute=6, per_minute_total=100)
    assert [limit.take("a", 0) for _ in range(6)] == [0] * 6
    wait = limit.take("a", 0)
    assert wait > 0
    assert limit.take("b", 0) == 0
    assert limit.take("a", 10_000) == 0
    assert limit.take("a", 10_000) > 0


def test_all_addresses_together_have_a_limit() -> None:
    limit = LookupLimit(per_minute=6, per_minute_total=10)
    assert sum(limit.take(f"address {number}", 0) == 0 for number in range(50)) == 10


def test_one_address_cannot_use_up_the_look_ups_of_all() -> None:
    limit = LookupLimit(per_minute=6, per_minute_total=10)
    for _ in range(100):
        limit.take("greedy", 0)
    assert limit.take("honest", 0) == 0


def test_the_addresses_remembered_are_bounded() -> None:
    limit = LookupLimit(per_minute=6, per_minute_total=10**9)
    for number in range(limits.ADDRESSES_MAX + 100):
        limit.take(f"address {number}", 0)
    assert len(limit._levels) == limits.ADDRESSES_MAX


def test_a_gate_lets_so_many_in_and_no_more() -> None:
    gate = Gate(2)
    assert [gate.enter(), gate.enter(), gate.enter()] == [True, True, False]
    gate.leave()
    assert gate.enter()
