"""A space on a real broker for the command line: its topics, its environment, and commands run in this process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.contracts.topics import CASE_LOG, REPORTS, Topic
from shared.runtime.space import Space
from shared.runtime.topic_admin import apply_topics, partitions_of, topic_config, topic_ids
from tests.support.ledger_writing import BookWriter, new_space
from wardline.cli import main


@dataclass(frozen=True)
class BrokerSpace:
    """A space of which every topic exists."""

    space: Space
    bootstrap: str
    home: Path

    @classmethod
    def create(cls, bootstrap: str, home: Path, name: str, books: int = 2) -> "BrokerSpace":
        made = cls(new_space(home, name, books), bootstrap, home)
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            apply_topics(admin, name, books)
        finally:
            admin.close()
        return made

    def run(self, *arguments: str) -> Result:
        """A command of the command line, in this process."""
        environment = {
            "WARDLINE_KAFKA": self.bootstrap,
            "WARDLINE_SPACE": self.space.name,
            "WARDLINE_HOME": str(self.home),
        }
        return CliRunner().invoke(main, arguments, env=environment)

    def run_json(self, *arguments: str) -> list[dict[str, Any]]:
        """The facts that a command prints, one object a line."""
        result = self.run(*arguments, "--json")
        return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]

    def publish(self, topic: Topic, book: int, values: Sequence[bytes]) -> None:
        """Append values to a book's partition."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True)
        try:
            name = topic.full_name(self.space.name)
            for future in [producer.send(name, value, partition=book) for value in values]:
                future.get(timeout=20)
        finally:
            producer.close()

    def read(self, topic: Topic, book: int) -> list[tuple[bytes, int]]:
        """Values and append times of a book's partition."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            partition = TopicPartition(topic.full_name(self.space.name), book)
            consumer.assign([partition])
            end = consumer.end_offsets([partition])[partition]
            found: list[tuple[bytes, int]] = []
            while consumer.position(partition) < end:
                for records in consumer.poll(timeout_ms=500).values():
                    found += [(record.value, record.timestamp) for record in records]
            return found
        finally:
            consumer.close()

    def writer(self, book: int = 0) -> BookWriter:
        """A writer of the book's records that knows the broker's topic ids."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            ids = topic_ids(admin, [REPORTS.full_name(self.space.name)])
        finally:
            admin.close()
        return BookWriter(self.space, book, {"reports": ids[REPORTS.full_name(self.space.name)]})

    def write_decided_reports(self, count: int, book: int = 0) -> BookWriter:
        """File reports and decide each, as a worker would; the writer that did."""
        writer = self.writer(book)
        self.publish(REPORTS, book, [writer.report(number) for number in range(count)])
        for _, appended_wall_ms in self.read(REPORTS, book):
            writer.decide_report(appended_wall_ms)
        self.publish(CASE_LOG, book, writer.entries)
        return writer

    def replace_topic(
        self, topic: Topic, values: Sequence[bytes] = (), book: int = 0, configs: Mapping[str, str] | None = None
    ) -> None:
        """Delete a topic and make it anew, as somebody with the broker's rights could."""
        name = topic.full_name(self.space.name)
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.delete_topics([name])
            declared = {
                "num_partitions": partitions_of(topic, self.space.books),
                "replication_factor": 1,
                "configs": topic_config(topic, 1, flush_each=False) | dict(configs or {}),
            }
            admin.create_topics({name: declared}, wait_for_metadata=True)
        finally:
            admin.close()
        self.publish(topic, book, values)
