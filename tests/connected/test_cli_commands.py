"""Signed commands from a terminal, decided by a real worker: registry, refusals, unknown outcomes, policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from tests.support.broker_space import BrokerSpace
from tests.support.triage_world import Worker, new_space
from wardline import samples

BOOKS = 2
PLACE = '{"place_id": "p-1", "county": "990001", "type": "FOSTER", "capacity": 1}'


@pytest.fixture
def place(broker: EmbeddedBroker, space: str, tmp_path: Path) -> BrokerSpace:
    return BrokerSpace(new_space(tmp_path, broker.bootstrap, space, books=BOOKS), broker.bootstrap, tmp_path)


@pytest.fixture
def worker(place: BrokerSpace, tmp_path: Path) -> Iterator[Worker]:
    running = Worker(place.bootstrap, place.space, tmp_path, tmp_path / "triage.log")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.usefixtures("worker")
def test_a_registry_is_loaded_once_and_a_second_load_asks_for_nothing(place: BrokerSpace) -> None:
    first = place.run("registry", "load", str(samples.REGISTRY), "--wait", "60")
    assert first.exit_code == 0, first.output
    assert "0 stood already, 0 refused, 0 not known; 6 institutions" in first.output
    again = place.run("registry", "load", str(samples.REGISTRY))
    assert again.exit_code == 0
    assert again.output.startswith("0 registered, ")
    assert place.run("verify", "--wait", "30", "--rederive").exit_code == 0


@pytest.mark.usefixtures("worker")
def test_a_command_is_accepted_or_refused_with_a_reason_and_a_repetition_tells_the_first_outcome(
    place: BrokerSpace,
) -> None:
    accepted = place.run("command", "set-place", "--place", PLACE, "--command-id", "cmd-1", "--wait", "60")
    assert accepted.exit_code == 0, accepted.output
    [again] = place.run_json("command", "set-place", "--place", PLACE, "--command-id", "cmd-1")
    assert (again["accepted"], again["seq"]) == (True, 1)
    refused = place.run("command", "set-place", "--place", PLACE, "--as", "nobody", "--role", "ADMINISTRATOR")
    assert refused.exit_code == 1
    assert "UNKNOWN_ACCOUNT" in refused.output


@pytest.mark.usefixtures("worker")
def test_a_policy_is_activated_in_every_book_and_needs_a_second_person(place: BrokerSpace, tmp_path: Path) -> None:
    other = tmp_path / "policy"
    other.mkdir()
    for path in DEFAULT_POLICY_DIRECTORY.glob("*.yaml"):
        (other / path.name).write_bytes(path.read_bytes())
    named = (other / "policy.yaml").read_text(encoding="utf-8").replace("first", "second")
    (other / "policy.yaml").write_text(named, encoding="utf-8")
    alone = place.run("policy", "activate", str(other), "--approved-by", "operator", "--wait", "60")
    assert alone.exit_code == 1
    assert "SECOND_PERSON" in alone.output
    assert place.run("policy", "activate", str(other), "--approved-by", "second-person").exit_code == 0
    again = place.run("policy", "activate", str(other), "--approved-by", "second-person")
    assert f"active in 0 books, stood already in {BOOKS}" in again.output


def test_without_a_worker_the_outcome_is_not_known_and_the_id_to_press_again_is_told(place: BrokerSpace) -> None:
    result = place.run("command", "set-place", "--place", PLACE, "--command-id", "cmd-2", "--wait", "1")
    assert result.exit_code == 4
    assert "safe to press again with --command-id cmd-2" in result.output


def test_a_case_that_is_not_there_is_told(place: BrokerSpace) -> None:
    result = place.run("command", "dispatch", "--case", "nowhere.0")
    assert result.exit_code == 1
    assert "no case 'nowhere.0'" in result.output
    assert place.run("case", "nowhere.0").exit_code == 1
