"""Signed commands from a terminal, decided by a real worker: registry, refusals, unknown outcomes, policy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.runtime.space import SECOND_OPERATOR
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
def test_a_policy_is_in_force_once_a_second_person_approves_it(place: BrokerSpace, tmp_path: Path) -> None:
    other = another_policy(tmp_path / "policy")
    policy_id = parse_policy(load_policy_texts(other)).policy_id
    early = place.run("policy", "approve", policy_id, "--wait", "60")
    assert (early.exit_code, early.output.count("NO_PROPOSAL")) == (1, 1)
    assert f"{BOOKS} books: refused, NO_PROPOSAL" in early.output
    alone = place.run("policy", "activate", str(other), "--approver", "operator", "--wait", "60")
    assert (alone.exit_code, alone.output.count("SECOND_PERSON")) == (1, 1)
    shown = place.run_json("policy", "show")
    assert [(each["policy"], each["since"], each["proposal"]) for each in shown] == [
        (place.space.genesis.policy, None, None)
    ] * BOOKS

    proposed = place.run("policy", "activate", str(other), "--wait", "60")
    assert proposed.exit_code == 0, proposed.output
    assert proposed.output.count(f"{BOOKS} books: proposed, waits for operator-2 until") == 1
    waiting = place.run("policy", "show").output
    assert f"{BOOKS} books: {place.space.genesis.policy} in force, the policy that the space began with" in waiting
    assert f"{BOOKS} books: {policy_id} proposed by operator, waits for operator-2 until" in waiting
    assert f"wardline policy approve {policy_id} --as operator-2" in proposed.output
    again = place.run_json("policy", "activate", str(other))
    assert [each["did"] for each in again] == ["STOOD_ALREADY"] * BOOKS

    same_person = place.run("policy", "approve", policy_id, "--as", "operator", "--wait", "60")
    assert (same_person.exit_code, same_person.output.count("SECOND_PERSON")) == (1, 1)
    same_key = place.run("policy", "approve", policy_id, "--key", "operator", "--wait", "60")
    assert (same_key.exit_code, same_key.output.count("SAME_KEY")) == (1, 1)

    mine = tmp_path / "the second person's key"
    (place.space.directory / "keys" / SECOND_OPERATOR).rename(mine)
    without = place.run("policy", "approve", policy_id)
    assert (without.exit_code, "no key 'operator-2' here" in without.output) == (1, True)
    approved = place.run_json("policy", "approve", policy_id, "--key", str(mine), "--wait", "60")
    assert [(each["book"], each["did"]) for each in approved] == [(book, "ACTIVE") for book in range(BOOKS)]
    once_more = place.run_json("policy", "approve", policy_id, "--key", str(mine))
    assert [each["did"] for each in once_more] == ["STOOD_ALREADY"] * BOOKS
    for each in place.run_json("policy", "show"):
        assert (each["policy"], each["by"], each["approved_by"]) == (policy_id, "operator", SECOND_OPERATOR)
        assert each["since"].endswith("+08:00")
        assert each["proposal"] is None
    filing = str(samples.FILINGS / "02-hunan-guoguo.json")
    assert f"policy {policy_id}: in force in the ledger" in place.run("explain", filing, "--in-force").output
    assert f"policy {place.space.genesis.policy}: packaged" in place.run("explain", filing).output
    assert place.run("verify", "--wait", "30", "--rederive").exit_code == 0


def test_a_policy_whose_own_examples_fail_is_not_proposed(place: BrokerSpace, tmp_path: Path) -> None:
    other = another_policy(tmp_path / "policy")
    raises = (other / "70-raises.yaml").read_text(encoding="utf-8")
    (other / "70-raises.yaml").write_text(raises.replace("at_least: S1", "at_least: S3"), encoding="utf-8")
    refused = place.run("policy", "activate", str(other))
    assert refused.exit_code == 1
    assert "not proposed: `wardline policy check" in refused.output


def another_policy(directory: Path) -> Path:
    """The shipped policy under another name."""
    shutil.copytree(DEFAULT_POLICY_DIRECTORY, directory)
    named = (directory / "policy.yaml").read_text(encoding="utf-8").replace("first", "second")
    (directory / "policy.yaml").write_text(named, encoding="utf-8")
    return directory


def test_without_a_worker_the_outcome_is_not_known_and_the_id_to_press_again_is_told(place: BrokerSpace) -> None:
    result = place.run("command", "set-place", "--place", PLACE, "--command-id", "cmd-2", "--wait", "1")
    assert result.exit_code == 4
    assert "safe to press again with --command-id cmd-2" in result.output


def test_a_case_that_is_not_there_is_told(place: BrokerSpace) -> None:
    result = place.run("command", "dispatch", "--case", "nowhere.0")
    assert result.exit_code == 1
    assert "no case 'nowhere.0'" in result.output
    assert place.run("case", "nowhere.0").exit_code == 1
