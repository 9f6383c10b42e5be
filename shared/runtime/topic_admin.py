"""Create the topics of a space, or check that they are as declared (`wardline topics apply`)."""

from dataclasses import dataclass

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from shared.contracts.topics import TOPICS, Topic


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What was found or done for one topic: CREATED, AS_DECLARED, or DIFFERENT with the differences."""

    name: str
    state: str
    differences: tuple[str, ...] = ()


def apply_topics(
    admin: KafkaAdminClient, space: str, books: int, *, replication: int = 1, flush_each: bool = True
) -> list[TopicReport]:
    """Create what is missing and compare what exists; an existing topic is never altered.

    `replication` 3 adds min.insync.replicas=2 and no unclean election; on a single node `flush_each` makes every
    acknowledged record survive a power cut.
    """
    wanted = {
        topic.full_name(space): (topic, topic_config(topic, replication, flush_each=flush_each)) for topic in TOPICS
    }
    existing = set(admin.list_topics())
    missing = {
        name: {
            "num_partitions": partitions_of(topic, books),
            "replication_factor": replication,
            "configs": config,
        }
        for name, (topic, config) in wanted.items()
        if name not in existing
    }
    if missing:
        admin.create_topics(missing, wait_for_metadata=True)
    reports = [TopicReport(name, "CREATED") for name in missing]
    described = {each["name"]: each for each in admin.describe_topics([name for name in wanted if name in existing])}
    for name, found in described.items():
        topic, config = wanted[name]
        differences = _differences(admin, name, found, partitions_of(topic, books), config)
        reports.append(TopicReport(name, "DIFFERENT" if differences else "AS_DECLARED", tuple(differences)))
    return sorted(reports, key=lambda report: report.name)


def topic_config(topic: Topic, replication: int, *, flush_each: bool) -> dict[str, str]:
    """The configuration of a topic on a cluster of that replication factor."""
    config = topic.config()
    if replication > 1:
        config |= {"min.insync.replicas": str(min(2, replication)), "unclean.leader.election.enable": "false"}
    elif flush_each:
        config["flush.messages"] = "1"
    return config


def partitions_of(topic: Topic, books: int) -> int:
    """One partition for each book, or one."""
    return books if topic.per_book else 1


def topic_ids(admin: KafkaAdminClient, names: list[str]) -> dict[str, str]:
    """The broker's ids of topics; a topic that does not exist is left out."""
    return {each["name"]: str(each["topic_id"]) for each in admin.describe_topics(names) if not each.get("error_code")}


def _differences(
    admin: KafkaAdminClient, name: str, found: dict[str, object], partitions: int, config: dict[str, str]
) -> list[str]:
    differences = []
    count = len(found["partitions"])  # type: ignore[arg-type]  # kafka-python answers with plain dictionaries
    if count != partitions:
        differences.append(f"partitions: {count}, declared {partitions}")
    actual = _config_of(admin, name)
    differences += [
        f"{key}: {actual.get(key)}, declared {value}" for key, value in config.items() if actual.get(key) != value
    ]
    return differences


def _config_of(admin: KafkaAdminClient, name: str) -> dict[str, str | None]:
    answer = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")
    return {key: entry["value"] for key, entry in answer["topic"][name].items()}
