"""What a Wardline broker is told: declared once, for the embedded node and (held in step by a test) the containers."""

from collections.abc import Mapping

MESSAGE_BYTES_MAX = 2 * 1024 * 1024
"""A ledger record has at most 512 KiB, a sealed report less than 1 MiB; twice that, so that no batch is refused."""

PROMISES: Mapping[str, str] = {
    # Topics are declared by `wardline topics apply`; a typo must fail instead of making a topic.
    "auto.create.topics.enable": "false",
    # The broker's append time is the time of arrival that satisfies a clock; no client can state its own.
    "log.message.timestamp.type": "LogAppendTime",
    # A topic that was declared without a retention keeps what it was given.
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "message.max.bytes": str(MESSAGE_BYTES_MAX),
    "replica.fetch.max.bytes": str(MESSAGE_BYTES_MAX),
    "unclean.leader.election.enable": "false",
}
"""What every broker of Wardline holds, however many there are."""

ALONE: Mapping[str, str] = {
    # One node: an acknowledgement must survive a power cut here, since there is no other copy.
    "log.flush.interval.messages": "1",
    "min.insync.replicas": "1",
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
"""What a broker without others needs."""

KEEPING: Mapping[str, str] = {
    # What the custodian has taken over or destroyed leaves the disk within minutes of its segment's end.
    "log.retention.check.interval.ms": "30000",
}
"""What an erasure relies on, on every broker."""

SMALL: Mapping[str, str] = {
    "num.network.threads": "2",
    "num.io.threads": "4",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "4",
    # Its default of 128 MB does not fit the heap below.
    "log.cleaner.dedupe.buffer.size": "2097152",
    # After a kill the node is refused until its old session has run out; by default that takes 9 s.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # Nobody else is about to join: do not wait for them.
    "group.initial.rebalance.delay.ms": "0",
}
"""What keeps a broker small and quick on one machine."""

HEAP_OPTIONS: tuple[str, ...] = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Java's options: about 210 MB resident, and a start that is not spent on compiling."""


def node_properties(*, port: int, controller_port: int, data_directory: str) -> dict[str, str]:
    """``server.properties`` of the one embedded node, which is broker and controller and listens on loopback only."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"CLIENTS://127.0.0.1:{port}",
        "inter.broker.listener.name": "CLIENTS",
        "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data_directory,
        **PROMISES,
        **ALONE,
        **KEEPING,
        **SMALL,
    }


def as_text(properties: Mapping[str, str]) -> str:
    """The Java properties file; values are machine-made and hold no line breaks."""
    return "".join(f"{name}={value}\n" for name, value in properties.items())
