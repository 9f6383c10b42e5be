"""A real broker for tests: one per test process, on free ports, in a directory of its own, gone with the process."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.jars import default_cache
from ops.embedded.ports import free_ports

PROJECT = Path(__file__).resolve().parents[2]
JARS = default_cache(PROJECT / "var")


def new_broker(home: Path) -> EmbeddedBroker:
    """A broker on free ports that is not started yet; the jars are the project's."""
    port, controller_port = free_ports(2)
    return EmbeddedBroker(home, port, controller_port, jars=JARS)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """The broker of this test process (with pytest-xdist: of this worker), answering.

    A test that kills, pauses or stops it brings it back before it ends (``broker.restart()``), or takes ``own_broker``.
    """
    broker = new_broker(tmp_path_factory.mktemp("broker"))
    broker.start()
    try:
        broker.wait_ready()
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker of this test alone, answering; it may be broken in any way."""
    broker = new_broker(tmp_path / "broker")
    broker.start()
    try:
        broker.wait_ready()
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def space(request: pytest.FixtureRequest) -> Iterator[str]:
    """A space that no other test uses, so that many tests share one broker; its topics are deleted afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield name
    if "broker" not in request.fixturenames:
        return
    broker: EmbeddedBroker = request.getfixturevalue("broker")
    if broker.pid is None:
        broker.start()
    broker.resume()
    broker.wait_ready()
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap, client_id="tests-space")
    try:
        mine = [topic for topic in admin.list_topics() if topic.startswith(f"wardline.{name}.")]
        if mine:
            admin.delete_topics(mine)
    finally:
        admin.close()
