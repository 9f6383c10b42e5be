"""Inputs that are delivered again must be the bytes that were decided."""

import hashlib

from services.triage.causes import CauseIndex


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_decided_input_is_known_by_its_bytes() -> None:
    index = CauseIndex()
    for offset in range(100):
        index.add("reports", offset, digest(f"r{offset}"))
    assert all(index.same("reports", offset, digest(f"r{offset}")) for offset in range(100))
    assert index.same("reports", 42, digest("r43")) is False


def test_what_was_never_decided_is_unknown_and_not_wrong() -> None:
    index = CauseIndex()
    assert index.same("reports", 0, digest("x")) is None
    index.add("reports", 0, digest("x"))
    assert index.same("reports", 1, digest("x")) is None
    assert index.same("commands", 0, digest("x")) is None


def test_after_an_operators_new_position_only_what_follows_is_known() -> None:
    index = CauseIndex()
    index.add("reports", 0, digest("old"))
    index.restart("reports")
    index.add("reports", 500, digest("new"))
    assert index.same("reports", 0, digest("other")) is None
    assert index.same("reports", 500, digest("new")) is True
    assert index.same("reports", 500, digest("old")) is False
