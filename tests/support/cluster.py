"""A small Kafka cluster for tests: three nodes on loopback, broker and controller each, killed one by one."""

import base64
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaConnectionError

from ops.embedded.broker import START_SECONDS_MAX, EmbeddedBroker
from ops.embedded.jars import ensure_jars
from ops.embedded.ports import free_ports
from ops.embedded.properties import as_text, node_properties
from shared.contracts.topics import TOPICS, Topic
from shared.runtime.topic_admin import apply_topics, topic_config
from tests.support.broker import JARS

NODES = 3
TOGETHER = {
    "min.insync.replicas": "2",
    "default.replication.factor": str(NODES),
    "offsets.topic.replication.factor": str(NODES),
    "transaction.state.log.replication.factor": str(NODES),
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": str(NODES),
    "share.coordinator.state.topic.min.isr": "2",
    # A busy machine shall not look like a dead node.
    "broker.session.timeout.ms": "9000",
    "controller.quorum.election.timeout.ms": "3000",
    "controller.quorum.fetch.timeout.ms": "6000",
}
"""What nodes of a cluster are told instead of what a node alone is told."""


class Node(EmbeddedBroker):
    """One node of a cluster; started, killed and restarted like a broker of its own."""

    def __init__(self, home: Path, number: int, ports: list[tuple[int, int]], cluster_id: str) -> None:
        """`ports`: client and controller port of every node, by number from 1 on."""
        super().__init__(home, *ports[number - 1], jars=JARS)
        self.number = number
        self._voters = ",".join(f"{node}@127.0.0.1:{port}" for node, (_, port) in enumerate(ports, 1))
        self._cluster_id = cluster_id

    def prepare(self, *, say: Callable[[str], None] = print) -> None:
        """As a node alone does, with the cluster's voters and its id."""
        ensure_jars(self.jars, say=say)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        data = self.directory / "data"
        properties = node_properties(port=self.port, controller_port=self.controller_port, data_directory=str(data))
        properties |= TOGETHER | {"node.id": str(self.number), "controller.quorum.voters": self._voters}
        self._properties_file.write_text(as_text(properties), encoding="utf-8")
        if not (data / "meta.properties").exists():
            tool = ["kafka.tools.StorageTool", "format", "-t", self._cluster_id, "-c", str(self._properties_file)]
            subprocess.run([*self._java(), *tool], check=True, capture_output=True, timeout=START_SECONDS_MAX)


@dataclass(slots=True)
class Cluster:
    """Three nodes, numbered from 1 on."""

    nodes: dict[int, Node] = field(default_factory=dict)

    @property
    def bootstrap(self) -> str:
        """All nodes: whichever lives answers."""
        return ",".join(node.bootstrap for node in self.nodes.values())

    def leaders(self, topic: str) -> dict[int, int]:
        """The node that leads each partition of a topic, -1 when none does; nothing while a dead node was asked."""
        return {each["partition_index"]: each["leader_id"] for each in self._partitions(topic)}

    def whole(self, space: str) -> bool:
        """Whether every copy of every partition of a space is in step."""
        partitions = [each for topic in TOPICS for each in self._partitions(topic.full_name(space))]
        return bool(partitions) and all(len(each["isr_nodes"]) == NODES for each in partitions)

    def _partitions(self, topic: str) -> list[dict[str, Any]]:
        admin = None
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
            (found,) = admin.describe_topics([topic])
        except KafkaConnectionError:
            return []
        finally:
            if admin is not None:
                admin.close()
        partitions: list[dict[str, Any]] = found["partitions"]
        return partitions

    def create_topics(self, space: str, books: int, single: tuple[Topic, ...] = ()) -> None:
        """The topics of a space on all nodes; those of `single` without a copy, book n on node n modulo 3, plus 1."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            for topic in TOPICS:
                if topic in single:
                    placed = {book: [book % NODES + 1] for book in range(books)}
                    config = topic_config(topic, 1, flush_each=False)
                    made = {topic.full_name(space): {"assignments": placed, "configs": config}}
                    admin.create_topics(made, wait_for_metadata=True)
            apply_topics(admin, space, books, replication=NODES)
        finally:
            admin.close()


@contextmanager
def running_cluster(home: Path) -> Iterator[Cluster]:
    """A cluster that answers; gone afterwards."""
    numbers = free_ports(2 * NODES)
    ports = list(zip(numbers[:NODES], numbers[NODES:], strict=True))
    cluster_id = "w" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii")[:21]
    cluster = Cluster({node: Node(home / f"node-{node}", node, ports, cluster_id) for node in range(1, NODES + 1)})
    try:
        for node in cluster.nodes.values():
            node.start()
        for node in cluster.nodes.values():
            node.wait_ready(2 * START_SECONDS_MAX)
        yield cluster
    finally:
        for node in cluster.nodes.values():
            node.kill()  # nothing of it is kept, and an orderly stop of a whole quorum waits for itself
