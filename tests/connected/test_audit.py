"""`wardline audit` on a real broker: figures, files, a bundle, and that it is computed anew."""

import csv
import time
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from shared.contracts.topics import CASE_LOG
from shared.runtime.topic_admin import apply_topics
from tests.support.broker_space import BrokerSpace
from tests.support.ledger_writing import new_space
from tests.support.lived_book import LivedBook, lived_book
from tests.support.triage_core import HOUR

BOOKS = 2
RATE = 100_000.0
"""So fast that the hours which the book lives ahead are past in less than a second."""


@pytest.fixture
def place(broker: EmbeddedBroker, space: str, tmp_path: Path) -> BrokerSpace:
    made = BrokerSpace(new_space(tmp_path, space, BOOKS, RATE), broker.bootstrap, tmp_path)
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        apply_topics(admin, space, BOOKS)
    finally:
        admin.close()
    return made


@pytest.fixture
def lived(place: BrokerSpace) -> LivedBook:
    """A book that stands on the broker, and whose last hour is over by the space's clock."""
    book = lived_book(place.space).live(8)
    book.passes(6 * HOUR)
    place.publish(CASE_LOG, 0, book.writer.entries)
    until = time.monotonic() + 20
    while place.space.clock().now_ms() <= book.now_ms:
        assert time.monotonic() < until
        time.sleep(0.05)
    return book


def test_a_window_as_figures_files_and_a_bundle_that_holds(
    place: BrokerSpace, lived: LivedBook, tmp_path: Path
) -> None:
    start, end = str(place.space.genesis.created_at_ms), str(lived.now_ms)
    bundle, files = tmp_path / "audit.zip", tmp_path / "csv"
    window = ("--from", start, "--to", end)
    facts = place.run_json(
        "audit", *window, "--bundle", str(bundle), "--csv", str(files), "--seed", "dice 4 1 6", "--lists"
    )
    tables = {each["table"]: each for each in facts if "table" in each}
    [opened] = [row[1] for row in tables["cases"]["rows"] if row[0] == "ALL"]
    assert opened == len(lived.state.cases) + len(lived.state.counties["520327"].stubs)
    with (files / "cases.csv").open(encoding="utf-8", newline="") as source:
        assert list(csv.reader(source))[-1][:2] == ["ALL", str(opened)]
    [breaches] = [each for each in facts if each.get("list") == "breaches"]
    assert breaches["rows"]
    assert facts[0]["heads"][0][1] > 100

    text = place.run("audit", *window, "--language", "zh")
    assert text.exit_code == 0, text.output
    assert "时限：按时与超时" in text.output

    [verified] = place.run_json("audit", "verify", str(bundle))
    assert verified["ok"] is True
    place.publish(CASE_LOG, 0, [b"junk", lived.writer.entries[5]])
    assert place.run("audit", "verify", str(bundle)).exit_code == 0


def test_a_bundle_of_another_key_or_of_another_ledger_is_refused(
    place: BrokerSpace, lived: LivedBook, tmp_path: Path
) -> None:
    window = ("--from", str(place.space.genesis.created_at_ms), "--to", str(lived.now_ms))
    bundle, key = tmp_path / "audit.zip", tmp_path / "auditor.key"
    key.write_text(bytes(range(32)).hex())
    assert place.run("audit", *window, "--bundle", str(bundle), "--key", str(key)).exit_code == 0
    refused = place.run("audit", "verify", str(bundle))
    assert refused.exit_code == 1
    assert "who is no operator of this space" in refused.output
    public = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert place.run("audit", "verify", str(bundle), "--public-key", public).exit_code == 0
    place.replace_topic(CASE_LOG, lived.writer.entries[:50])
    cut = place.run("audit", "verify", str(bundle), "--public-key", public)
    assert cut.exit_code == 1
    assert "does not pass through the heads" in cut.output


def test_a_window_that_is_not_over_is_no_window(place: BrokerSpace) -> None:
    start = place.space.genesis.created_at_ms
    for arguments in (
        ("--from", str(start)),
        ("--from", str(start), "--to", str(start)),
        ("--from", str(start), "--to", "2090-01-01"),
        ("--from", str(start), "--to", str(start + 1), "--area", "52x"),
    ):
        assert place.run("audit", *arguments).exit_code == 2
