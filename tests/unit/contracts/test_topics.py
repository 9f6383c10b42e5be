"""The declarations of topics, and who may write and read."""

import pytest

from shared.contracts import topics
from shared.contracts.catalogue import MESSAGES, models_on, topics_of
from shared.contracts.records import RECORD_BYTES_MAX
from shared.contracts.topics import FOR_EVER, INPUT_TOPICS, PRINCIPALS, TOPICS, Topic

BY_NAME = {topic.name: topic for topic in TOPICS}
WRITERS = {
    "reports": {"intake"},
    "commands": {"desk", "operator"},  # the command line is a desk without a page, with an operator's key
    "outcomes": {"notify"},
    "case-log": {"triage", "operator"},  # the operator writes epoch records and nothing else: the chain sees to that
    "crossings": {"triage"},
    # Both seal: a filing, an officer's free text. The custodian writes heartbeats, which make segments roll.
    "vault-in": {"intake", "desk", "custodian"},
    "vault": {"custodian"},
    "institutions": {"desk", "operator"},  # `wardline registry load` writes what the desk would
    "feedback": {"notify"},
    "dead-letter-triage": {"triage"},
    "dead-letter-notify": {"notify"},
    "clock": {"triage"},
}
READERS = {
    "reports": {"triage", "desk", "verifier"},
    "commands": {"triage", "desk", "custodian", "verifier"},
    "outcomes": {"triage", "verifier"},
    "case-log": {"triage", "notify", "desk", "custodian", "verifier"},
    "crossings": {"triage", "verifier"},
    "vault-in": {"custodian"},
    "vault": {"custodian"},
    "institutions": {"intake"},
    "feedback": {"intake"},
    "dead-letter-triage": {"desk", "verifier"},
    "dead-letter-notify": {"desk", "verifier"},
    "clock": {"triage"},
}
every_topic = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)


def test_every_declared_topic_is_listed_once() -> None:
    declared = [each for each in vars(topics).values() if isinstance(each, Topic)]
    assert len(BY_NAME) == len(TOPICS) == len(declared)
    assert set(map(id, TOPICS)) == set(map(id, declared))


def test_writers_are_these_and_no_others() -> None:
    assert {name: set(topic.writers) for name, topic in BY_NAME.items()} == WRITERS


def test_readers_are_these_and_no_others() -> None:
    assert {name: set(topic.readers) for name, topic in BY_NAME.items()} == READERS


@every_topic
def test_principals_are_declared(topic: Topic) -> None:
    assert topic.writers
    assert topic.readers
    assert {*topic.writers, *topic.readers} <= set(PRINCIPALS)


@every_topic
def test_a_full_name_holds_the_space(topic: Topic) -> None:
    assert topic.full_name("demo") == f"wardline.demo.{topic.name}"
    with pytest.raises(ValueError, match="a space is"):
        topic.full_name("a.b")


@every_topic
def test_append_time_and_no_limit_of_size(topic: Topic) -> None:
    config = topic.config()
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert config["retention.bytes"] == "-1"
    assert int(config["max.message.bytes"]) > topic.bytes_max


@every_topic
def test_kept_for_ever_unless_it_is_only_a_clock(topic: Topic) -> None:
    assert (topic.retention_ms == FOR_EVER) is (topic.name != "clock")
    assert topic.config()["retention.ms"] == str(topic.retention_ms)


@every_topic
def test_only_tables_of_latest_values_are_compacted(topic: Topic) -> None:
    config = topic.config()
    compacted = topic.name in {"vault", "institutions", "feedback"}
    assert (config["cleanup.policy"] == "compact") is compacted
    assert ("max.compaction.lag.ms" in config) is compacted
    assert topic.compacted is (topic.key != "county" and topic.name != "clock")


@every_topic
def test_every_type_that_may_stand_on_it_has_a_model(topic: Topic) -> None:
    assert len(models_on(topic)) == len(topic.message_types)


def test_every_message_stands_on_a_topic() -> None:
    assert [name for name in MESSAGES if not topics_of(name)] == []


def test_inputs_are_keyed_by_county_so_that_a_county_meets_in_one_book() -> None:
    assert [topic.name for topic in INPUT_TOPICS] == ["reports", "commands", "outcomes", "crossings"]
    for topic in (*INPUT_TOPICS, topics.CASE_LOG):
        assert topic.key == "county"
        assert topic.per_book
        assert not topic.compacted


def test_the_largest_record_fits_on_the_case_log() -> None:
    assert topics.CASE_LOG.bytes_max >= RECORD_BYTES_MAX


def test_the_largest_input_fits_on_the_dead_letter_in_base64() -> None:
    largest = max(int(topic.config()["max.message.bytes"]) for topic in (*INPUT_TOPICS, topics.CASE_LOG))
    for topic in (topics.DEAD_LETTER_TRIAGE, topics.DEAD_LETTER_NOTIFY):
        assert topic.bytes_max > largest * 4 / 3 + 1024


def test_who_opens_identities_reads_no_reports_and_who_files_reads_no_cases() -> None:
    assert [name for name, readers in READERS.items() if "intake" in readers] == ["institutions", "feedback"]
    assert "custodian" not in {*WRITERS["reports"], *WRITERS["case-log"]}
    read = [name for name, readers in READERS.items() if "custodian" in readers]
    assert read == ["commands", "case-log", "vault-in", "vault"]


def test_nobody_empties_a_topic_but_the_custodian_what_it_has_taken_over() -> None:
    assert {topic.name: topic.emptied_by for topic in TOPICS if topic.emptied_by} == {"vault-in": ("custodian",)}
