"""The four services as real processes in a space of their own, worked with as people and offices do."""

import http
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from ops.embedded.broker import EmbeddedBroker
from ops.embedded.ports import free_ports
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts.commands import Actor
from shared.contracts.vocabulary import Department, Role
from shared.runtime.connection import Connection
from shared.runtime.space import Space
from tests.support.triage_world import Feeder, new_space
from wardline.case_log import CaseLog
from wardline.commands.registry import load_registry
from wardline.demo.samples import load_sample_registry
from wardline.registry_file import RegistryFile
from wardline.settings import ToolSettings
from wardline.verification.findings import BookFindings, ok
from wardline.verification.verifying import Verifier
from wardline.workplace import Workplace

PROJECT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 90.0
WAIT_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 40.0
PAUSE_SECONDS = 0.05
SUPERVISE_SECONDS = 0.5
ENDS_MAX = 5
SERVICES = ("triage", "notify", "intake", "desk", "desk.custodian")
Event = dict[str, Any]
Found = TypeVar("Found")


def until(condition: Callable[[], Found], seconds: float = WAIT_SECONDS_MAX, what: str = "") -> Found:
    """What the condition gives as soon as it is true; AssertionError when it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what or condition}"
        time.sleep(PAUSE_SECONDS)
    return found


@dataclass(slots=True)
class ServiceProcess:
    """One service as a process of its own, on the same ports after each start."""

    name: str
    environment: dict[str, str]
    ready_urls: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ends: list[int] = field(default_factory=list)
    """Exit codes of the times that it ended without being told."""
    _wanted: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Start it; returns at once."""
        with self._lock:
            self._wanted = True
            self._start()

    def keep_alive(self) -> None:
        """Start it again when it ended by itself, as the supervisor does."""
        with self._lock:
            if self._wanted and self.process is not None and (code := self.process.poll()) is not None:
                self.ends.append(code)
                self._start()

    def _start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", f"services.{self.name}"],
                cwd=PROJECT,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until every page of its readiness answers 200. AssertionError when it ends or takes too long."""

        def ready() -> bool:
            assert len(self.ends) <= ENDS_MAX, f"{self.name} ends again and again: {self.log.read_text()[-2000:]}"
            return all(_answers(url) for url in self.ready_urls)

        until(ready, READY_SECONDS_MAX, f"{self.name} is ready")

    def end(self, number: signal.Signals) -> int:
        """Send a signal to this very process and wait for its end; the exit code. It stays down."""
        with self._lock:
            self._wanted = False
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS_MAX)

    def restart(self, number: signal.Signals) -> int:
        """End it by a signal and start it again, as a supervisor does; how it ended."""
        code = self.end(number)
        self.start()
        return code


@dataclass(slots=True)
class Receipt:
    """A 202: what intake promised."""

    receipt: str
    report_id: str
    durability: str
    content: dict[str, Any]


@dataclass
class WholeSystem:
    """The running system. Made by `whole_system`."""

    broker: EmbeddedBroker
    home: Path
    space: Space
    services: dict[str, ServiceProcess]
    ports: dict[str, int]
    log: CaseLog
    client: httpx.Client
    events: list[Event] = field(default_factory=list)
    api_keys: Mapping[str, str] = field(default_factory=dict)

    # -- as an institution does

    def file(self, body: object, **headers: str) -> Receipt:
        """File over HTTP; AssertionError unless it is a 202."""
        return self._accepted("/v1/reports", body, headers)

    def add(self, receipt: str, body: object) -> Receipt:
        """Add to a receipt over HTTP."""
        return self._accepted(f"/v1/receipts/{receipt}/additions", body, {})

    def file_patiently(self, body: object, key: str, seconds: float = WAIT_SECONDS_MAX) -> Receipt:
        """File as an institution's program does: with one key, again and again until it is answered."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.file(body, **{"Idempotency-Key": key})
            except httpx.TransportError:
                assert time.monotonic() < deadline, "intake did not come back"
                time.sleep(0.1)

    def receipt_page(self, receipt: str, **headers: str) -> dict[str, Any]:
        """The page of a receipt as JSON."""
        answer = self.client.get(f"{self.url('intake')}/v1/receipts/{receipt}", headers=headers)
        assert answer.status_code == http.HTTPStatus.OK, answer.text
        return dict(answer.json())

    def wait_for_status(self, receipt: str, status: str, **headers: str) -> dict[str, Any]:
        """The receipt's page once it shows a status."""
        page: dict[str, Any] = {}

        def shown() -> bool:
            page.update(self.receipt_page(receipt, **headers))
            return bool(page["status"] == status)

        until(shown, what=f"{status} on the receipt's page")
        return page

    # -- as a department on duty does

    def outbox(self) -> list[dict[str, Any]]:
        """Every message that went out."""
        paths = sorted((self.home / "outbox" / self.space.name).glob("*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def messages_for(self, case: str, contact_prefix: str = "") -> list[dict[str, Any]]:
        """The messages about a case to contacts whose id begins so."""
        return [m for m in self.outbox() if m["case"] == case and m["contact_id"].startswith(contact_prefix)]

    def press(self, link: str, answer: str, **fields: str) -> httpx.Response:
        """Open the link of a message, then press a button of its page."""
        shown = self.client.get(link)
        assert shown.status_code == http.HTTPStatus.OK, shown.text
        return self.client.post(link, data={"answer": answer, **fields})

    def press_again_is_gone(self, link: str) -> bool:
        """Whether the link of a closed case takes no answer any more, as soon as notify knows."""
        return until(lambda: self.client.get(link).status_code == http.HTTPStatus.GONE, what="the link is gone")

    # -- as officers do

    def command(self, *arguments: str) -> dict[str, Any]:
        """`wardline command … --json` in this system; what it prints."""
        done = self.wardline("command", *arguments, "--json")
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert lines, f"{done.stdout}\n{done.stderr}"
        return dict(lines[-1])

    def wardline(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Any command of the command line, as a process."""
        return subprocess.run(
            [sys.executable, "-c", "from wardline.cli import main; main()", *arguments],
            env=self.environment(),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    # -- as a reader of the ledger does

    def follow(self) -> list[Event]:
        """Read on, and give every event so far; each carries the `seq` and `book` of its record."""
        for read in self.log.follow(0.05):
            stamp = {"_book": read.book, "_seq": read.valid.fields["seq"]}
            self.events += [{**event, **stamp} for event in read.valid.fields["events"]]
        return self.events

    def find(self, kind: str, **fields: object) -> list[Event]:
        """Events of a type whose fields have these values."""
        return [
            event
            for event in self.follow()
            if event["type"] == kind and all(event.get(name) == value for name, value in fields.items())
        ]

    def wait_for(self, kind: str, seconds: float = WAIT_SECONDS_MAX, **fields: object) -> Event:
        """The first such event."""
        return until(lambda: self.find(kind, **fields), seconds, f"{kind} {fields}")[0]

    def case_of(self, report_id: str, child: int = 0) -> str:
        """The case that a report opened for a child."""
        return str(self.wait_for("CaseOpened", report_id=report_id, child=child)["case"])

    def verify(self, wait_seconds: float = 60.0) -> list[BookFindings]:
        """`wardline verify --rederive`; AssertionError with the first faults."""
        admin = KafkaAdminClient(bootstrap_servers=self.broker.bootstrap)
        consumer = KafkaConsumer(
            bootstrap_servers=self.broker.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        try:
            findings = Verifier(self.space, consumer, admin, rederive=True).verify(wait_seconds=wait_seconds)
        finally:
            consumer.close(autocommit=False)
            admin.close()
        faults = [fault.line() for each in findings if (fault := each.first_fault()) is not None]
        assert ok(findings), faults
        assert sum(each.undecided for each in findings) == 0
        return findings

    # -- the machine

    def url(self, name: str) -> str:
        """The base address of `intake`, `answer`, or `<service>_metrics`."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def environment(self) -> dict[str, str]:
        """What every process of the system is told."""
        return _environment(self.broker, self.home, self.space.name, self.ports)

    def workplace(self) -> Workplace:
        """The command line's workplace, in this process."""
        place = Workplace(ToolSettings(home=self.home, space=self.space.name, intake_port=self.ports["intake"]))
        place.use_broker(self.broker.bootstrap)
        return place

    def feed_registry(self, counties: Sequence[str]) -> None:
        """The least registry for counties, acknowledged and decided."""
        feeder = Feeder(self.broker.bootstrap, self.space)
        for county in counties:
            feeder.registry(county)
        feeder.flush()
        wanted = {f"{county}-place-foster" for county in counties}
        until(lambda: wanted <= {each["command_id"] for each in self.find("CommandAccepted")}, what="the registry")

    def feed_sample_registry(self) -> dict[str, str]:
        """The sample registry; the API keys of its institutions by id."""
        return dict(load_sample_registry(self.workplace(), lambda _line: None))

    def load_registry(self, content: RegistryFile) -> None:
        """A registry of the test's own; every entry must be accepted."""
        loaded = load_registry(self.workplace(), content, 60)
        assert not loaded.refused, loaded.refused
        assert not loaded.not_known, loaded.not_known

    def _accepted(self, path: str, body: object, headers: Mapping[str, str]) -> Receipt:
        answer = self.client.post(f"{self.url('intake')}{path}", json=body, headers=dict(headers))
        assert answer.status_code == http.HTTPStatus.ACCEPTED, answer.text
        content = dict(answer.json())
        return Receipt(content["receipt"], content["report_id"], content["durability"], content)


OFFICER = Actor(account="officer-1", role=Role.OFFICER, area_prefix="520327", department=Department.CIVIL_AFFAIRS)


@contextmanager
def whole_system(
    broker: EmbeddedBroker,
    home: Path,
    name: str,
    *,
    books: int = 3,
    clock_rate: float = 1.0,
    environment: Mapping[str, str] | None = None,
) -> Iterator[WholeSystem]:
    """A fresh space with every service running and ready; everything is stopped by its own pid afterwards.

    `environment` adds to what the services are told.
    """
    space = new_space(home, broker.bootstrap, name, books=books, clock_rate=clock_rate)
    of_desk = ("desk", "desk_metrics", "custodian_metrics")
    names = ("intake", "intake_metrics", "triage_metrics", "notify_metrics", "answer", *of_desk)
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    told = _environment(broker, home, name, ports) | dict(environment or {})
    urls = {
        "triage": ("triage_metrics/metrics",),
        "notify": ("notify_metrics/metrics", "answer/healthz"),
        "intake": ("intake/readyz",),
        "desk": ("desk/healthz",),
        "desk.custodian": ("custodian_metrics/metrics",),
    }
    services = {
        service: ServiceProcess(
            service, told, tuple(_url(ports, each) for each in urls[service]), home / f"{service}.log"
        )
        for service in SERVICES
    }
    with ExitStack() as stack:
        for service in services.values():
            stack.callback(_stop, service)
            service.start()
        stack.enter_context(_supervised(services))
        client = stack.enter_context(httpx.Client(timeout=40, trust_env=False))
        log = stack.enter_context(CaseLog(Connection(broker.bootstrap), space))
        system = WholeSystem(broker, home, space, services, ports, log, client)
        for service in services.values():
            service.wait_ready()
        yield system


def policy_texts() -> dict[str, str]:
    """The project's policy, as the space was made with."""
    return load_policy_texts(DEFAULT_POLICY_DIRECTORY)


def _environment(broker: EmbeddedBroker, home: Path, space: str, ports: Mapping[str, int]) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(PROJECT),
        "WARDLINE_KAFKA": broker.bootstrap,
        "WARDLINE_SPACE": space,
        "WARDLINE_HOME": str(home),
        "WARDLINE_INTAKE_PORT": str(ports["intake"]),
        "WARDLINE_INTAKE_METRICS_PORT": str(ports["intake_metrics"]),
        "WARDLINE_INTAKE_LOOKUPS_PER_MINUTE": "1000",
        "WARDLINE_TRIAGE_METRICS_PORT": str(ports["triage_metrics"]),
        "WARDLINE_NOTIFY_METRICS_PORT": str(ports["notify_metrics"]),
        "WARDLINE_ANSWER_PORT": str(ports["answer"]),
        "WARDLINE_DESK_PORT": str(ports["desk"]),
        "WARDLINE_DESK_METRICS_PORT": str(ports["desk_metrics"]),
        "WARDLINE_CUSTODIAN_METRICS_PORT": str(ports["custodian_metrics"]),
    }


def _url(ports: Mapping[str, int], page: str) -> str:
    name, _, path = page.partition("/")
    return f"http://127.0.0.1:{ports[name]}/{path}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == http.HTTPStatus.OK
    except httpx.TransportError:
        return False


@contextmanager
def _supervised(services: Mapping[str, ServiceProcess]) -> Iterator[None]:
    """Whoever ends without being told is started again."""
    ended = threading.Event()

    def supervise() -> None:
        while not ended.wait(SUPERVISE_SECONDS):
            for service in services.values():
                service.keep_alive()

    thread = threading.Thread(target=supervise, name="supervisor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _stop(service: ServiceProcess) -> None:
    """SIGTERM, and kill -9 when that is not enough."""
    if service.process is None:
        return
    try:
        service.end(signal.SIGTERM)
    except subprocess.TimeoutExpired:
        service.end(signal.SIGKILL)
