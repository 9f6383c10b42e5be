"""In which order a batch is decided."""

from services.triage.book_log import RawInput
from services.triage.planning import Batch, contiguous


def item(topic: str, offset: int, at_ms: int) -> RawInput:
    return RawInput(topic, offset, f"{topic}-{offset}".encode(), at_ms)


def test_inputs_of_all_topics_are_decided_by_arrival() -> None:
    batch = Batch(
        {
            "reports": [item("reports", 0, 10), item("reports", 1, 30)],
            "commands": [item("commands", 5, 20)],
            "outcomes": [item("outcomes", 2, 5)],
        },
        None,
    )
    assert [(each.topic, each.offset) for each in batch.by_arrival()] == [
        ("outcomes", 2),
        ("reports", 0),
        ("commands", 5),
        ("reports", 1),
    ]


def test_the_order_within_a_topic_is_the_topics_even_when_append_times_go_back() -> None:
    reports = [item("reports", 0, 50), item("reports", 1, 10)]
    batch = Batch({"reports": reports, "commands": [item("commands", 0, 20)]}, None)
    assert [(each.topic, each.offset) for each in batch.by_arrival()] == [
        ("commands", 0),
        ("reports", 0),
        ("reports", 1),
    ]


def test_a_tie_is_decided_in_the_declared_order_of_topics() -> None:
    batch = Batch({"outcomes": [item("outcomes", 0, 7)], "reports": [item("reports", 0, 7)]}, None)
    assert [each.topic for each in batch.by_arrival()] == ["reports", "outcomes"]


def test_what_was_decided_before_is_set_aside_and_a_gap_is_named() -> None:
    items = [item("reports", offset, offset) for offset in (3, 4, 5, 8, 5)]
    run, again, missing = contiguous(items, 4)
    assert [each.offset for each in run] == [4, 5]
    assert [each.offset for each in again] == [3]
    assert missing == 6


def test_nothing_is_missing_when_the_run_is_whole() -> None:
    run, again, missing = contiguous([item("reports", 1, 1), item("reports", 0, 0)], 0)
    assert [each.offset for each in run] == [0, 1]
    assert again == []
    assert missing is None


def test_what_begins_beyond_the_next_offset_waits_for_what_is_missing() -> None:
    run, _, missing = contiguous([item("reports", 9, 9)], 7)
    assert run == []
    assert missing == 7
