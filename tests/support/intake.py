"""Intake as tests run it: in this process without a broker, or as a process of its own on a real one."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from fastapi import FastAPI
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.consumer.fetcher import ConsumerRecord
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from ops.embedded.ports import free_ports
from services.intake.app import application
from services.intake.settings import Settings
from shared.contracts.reports import ReportFiled, VaultEntry
from shared.contracts.topics import REPORTS, VAULT_IN, Topic
from shared.contracts.wire import encode, partition_of
from shared.runtime.connection import Connection
from shared.runtime.space import Space, create_space
from shared.runtime.topic_admin import apply_topics

PROJECT = Path(__file__).resolve().parents[2]


def space_at(home: Path, name: str = "test", books: int = 12) -> Space:
    """A space with keys under a directory of the test."""
    return create_space(home, name, policy="none", policy_texts={}, books=books, year=2026)


def settings_at(home: Path, name: str = "test", /, **changes: object) -> Settings:
    """Settings that wait for nothing at the start; `changes` by field name."""
    values: dict[str, object] = {
        "WARDLINE_HOME": str(home),
        "WARDLINE_SPACE": name,
        "start_seconds_max": 0,
        "broker_seconds_max": 0.3,
    }
    return Settings.model_validate(values | changes)


def without_broker(home: Path, **changes: object) -> FastAPI:
    """The application with a broker address at which nobody answers."""
    space = space_at(home)
    connection = Connection(f"127.0.0.1:{free_ports(1)[0]}")
    return application(settings_at(home, **changes), connection, space, CollectorRegistry())


class IntakeProcess:
    """Intake as a process of its own, that can be killed."""

    module = "services.intake"

    def __init__(self, home: Path, bootstrap: str, space: str, **environment: str) -> None:
        self.port, self.metrics_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / f"intake-{self.port}.log"
        self._environment = os.environ | {
            "WARDLINE_HOME": str(home),
            "WARDLINE_SPACE": space,
            "WARDLINE_KAFKA": bootstrap,
            "WARDLINE_INTAKE_PORT": str(self.port),
            "WARDLINE_INTAKE_METRICS_PORT": str(self.metrics_port),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout_seconds: float = 60.0) -> None:
        """Start it and wait until it answers that it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module], cwd=PROJECT, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"intake ended: {self.log.read_text()[-2000:]}")
            try:
                if httpx.get(f"{self.url}/readyz").status_code == HTTPStatus.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("intake does not answer")

    def cpu_seconds(self) -> float:
        """Processor time that the living process has used (Linux)."""
        if self._process is None:
            return 0.0
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """End it in order; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int | None:
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(30)


@dataclass(frozen=True)
class IntakeWorld:
    """A space of which every topic exists on a real broker, and what stands on its topics."""

    home: Path
    bootstrap: str
    space: Space

    @classmethod
    def create(cls, home: Path, bootstrap: str, name: str, books: int = 3) -> "IntakeWorld":
        space = space_at(home, name, books)
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            apply_topics(admin, name, books)
        finally:
            admin.close()
        return cls(home, bootstrap, space)

    def process(self, **environment: str) -> IntakeProcess:
        """A process of intake in this space; not started."""
        return IntakeProcess(self.home, self.bootstrap, self.space.name, **environment)

    def publish(self, topic: Topic, key: str, message: BaseModel | None) -> None:
        """Append one message as its owner would."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True)
        try:
            value = None if message is None else encode(message)
            partition = partition_of(key, self.space.books)
            name = topic.full_name(self.space.name)
            producer.send(name, value, key=key.encode(), partition=partition).get(timeout=20)
        finally:
            producer.close()

    def read(self, topic: Topic) -> list[ConsumerRecord]:
        """Everything that stands on a topic now, book by book."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        try:
            name = topic.full_name(self.space.name)
            partitions = [TopicPartition(name, number) for number in range(self.space.books)]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            found: list[ConsumerRecord] = []
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                for records in consumer.poll(timeout_ms=500).values():
                    found += records
            return found
        finally:
            consumer.close()

    def reports(self) -> list[ReportFiled]:
        """Every report on the topic."""
        return [ReportFiled.model_validate_json(record.value) for record in self.read(REPORTS)]

    def vault_entries(self) -> list[VaultEntry]:
        """Every entry for the custodian."""
        return [VaultEntry.model_validate_json(record.value) for record in self.read(VAULT_IN)]
