"""`wardline verify`, `heads`, `books` and `topics` on a real broker."""

from pathlib import Path

import pytest

from ops.embedded.broker import EmbeddedBroker
from services.triage.deciding import ENGINE
from shared.contracts.topics import CASE_LOG, REPORTS
from tests.support.broker_space import BrokerSpace

COUNT = 30


@pytest.fixture
def place(broker: EmbeddedBroker, space: str, tmp_path: Path) -> BrokerSpace:
    return BrokerSpace.create(broker.bootstrap, tmp_path, space)


def test_a_book_written_by_the_rules_verifies_and_passes_through_its_own_heads(
    place: BrokerSpace, tmp_path: Path
) -> None:
    place.write_decided_reports(COUNT)
    heads = tmp_path / "heads.txt"
    assert place.run("heads", "--out", str(heads)).exit_code == 0
    result = place.run("verify", "--heads", str(heads))
    assert result.exit_code == 0, result.output
    [facts] = place.run_json("verify", "--heads", str(heads))
    assert facts["ok"] is True
    assert [(book["records"], book["undecided"], book["heads_checked"]) for book in facts["books"]] == [
        (COUNT, 0, 1),
        (0, 0, 0),
    ]


def test_an_undecided_input_is_lost_until_somebody_decides_it(place: BrokerSpace) -> None:
    writer = place.write_decided_reports(COUNT)
    place.publish(REPORTS, 0, [writer.report(COUNT)])
    result = place.run("verify")
    assert result.exit_code == 1
    assert f"reports: 1 inputs from offset {COUNT} on are not decided" in result.output
    *_, (_, appended_wall_ms) = place.read(REPORTS, 0)
    place.publish(CASE_LOG, 0, [writer.decide_report(appended_wall_ms)])
    assert place.run("verify").exit_code == 0


def test_junk_in_the_case_log_is_listed_and_changes_nothing(place: BrokerSpace) -> None:
    writer = place.write_decided_reports(3)
    place.publish(CASE_LOG, 0, [b"\xff\xfe", b"{}", writer.entries[2]])
    result = place.run("verify")
    assert result.exit_code == 0, result.output
    assert "void: book 0, offset 4: JUNK (UNREADABLE)" in result.output
    assert "1 void records of former owners" in result.output


def test_an_input_topic_made_anew_is_a_fault_until_an_operator_orders_to_go_on(place: BrokerSpace) -> None:
    writer = place.write_decided_reports(5)
    place.replace_topic(REPORTS, [writer.report(100 + number) for number in range(2)])
    assert place.run("verify").exit_code == 1
    shown = place.run("books", "resume", "0")
    assert shown.exit_code == 0
    assert (
        "another topic stands there; goes back from 5 to 0; 2 inputs that stand there now are decided" in shown.output
    )
    assert len(place.read(CASE_LOG, 0)) == 6
    resumed = place.run("books", "resume", "0", "--yes")
    assert resumed.exit_code == 0, resumed.output
    [facts] = place.run_json("verify")
    assert facts["books"][0]["epochs"] == 1
    assert facts["books"][0]["given_up_by_operator"] == 5
    assert facts["books"][0]["undecided"] == 2
    assert [fault["code"] for fault in facts["books"][0]["faults"]] == ["UNDECIDED"]


def test_a_truncated_input_is_shown_by_books_and_resumed_at_its_end(place: BrokerSpace) -> None:
    writer = place.write_decided_reports(5)
    place.replace_topic(REPORTS, [writer.report(number) for number in range(3)])
    [first, _] = place.run_json("books", "list")
    assert first["decided"] == {"reports": 5}
    assert len(first["gaps"]) == 1


def test_topics_are_as_declared_and_a_difference_ends_with_1(place: BrokerSpace) -> None:
    reports = place.run_json("topics", "apply")
    assert {report["state"] for report in reports} == {"AS_DECLARED"}
    assert place.run("topics", "apply").exit_code == 0
    place.replace_topic(REPORTS, configs={"retention.ms": "86400000"})
    different = place.run("topics", "apply")
    assert different.exit_code == 1
    assert "retention.ms: 86400000, declared -1" in different.output


def test_a_broker_that_is_away_gives_one_line(place: BrokerSpace) -> None:
    away = BrokerSpace(place.space, "127.0.0.1:1", place.home)
    result = away.run("verify")
    assert result.exit_code == 3
    assert result.output.startswith("Error: the broker at 127.0.0.1:1")


def test_a_decision_that_the_core_would_not_have_made_is_found_by_deciding_again(place: BrokerSpace) -> None:
    writer = place.writer()
    place.publish(REPORTS, 0, [writer.report(0)])
    [(_, appended_wall_ms)] = place.read(REPORTS, 0)
    writer.decide_report(appended_wall_ms, engine=ENGINE)
    place.publish(CASE_LOG, 0, writer.entries)
    assert place.run("verify").exit_code == 0
    result = place.run("verify", "--rederive")
    assert result.exit_code == 1
    assert "seq 1, offset 1: NOT_DERIVED" in result.output
