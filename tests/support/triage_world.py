"""The world around triage in tests: a space with its registry, real workers as processes, and feeders that resend."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from nacl.signing import SigningKey

from ops.embedded.ports import free_ports
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts.alerts import AlertResult, AlertSettled, ChannelKind
from shared.contracts.base import Message
from shared.contracts.commands import (
    Acknowledge,
    Actor,
    Command,
    Dispatch,
    RecordChildSeen,
    SetAccount,
    SetContact,
    SetPlace,
    SetShift,
    key_id,
)
from shared.contracts.registry import Account, Channel, Contact, Place, RotaShift
from shared.contracts.reports import (
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    InstitutionFacts,
    ReportFacts,
    ReportFiled,
    SafetyFacts,
)
from shared.contracts.topics import COMMANDS, INPUT_TOPICS, OUTCOMES, REPORTS, Topic
from shared.contracts.vocabulary import (
    Concern,
    Department,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    PlacementType,
    Role,
    Sex,
)
from shared.contracts.wire import encode, partition_of
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.space import Space, create_space
from shared.runtime.topic_admin import apply_topics

PROJECT = Path(__file__).resolve().parents[2]
WEEK_MS = 7 * 24 * 3600 * 1000


def new_space(home: Path, bootstrap: str, name: str, *, books: int = 12, clock_rate: float = 1.0) -> Space:
    """A space with the project's own policy, its keys on disk and its topics on the broker."""
    texts = load_policy_texts(DEFAULT_POLICY_DIRECTORY)
    policy = parse_policy(texts)
    space = create_space(
        home, name, policy=policy.policy_id, policy_texts=texts, books=books, clock_rate=clock_rate, year=2026
    )
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        apply_topics(admin, name, books, flush_each=False)
    finally:
        admin.close()
    return space


@dataclass(slots=True)
class Worker:
    """One triage worker as a process of its own, restarted on demand."""

    bootstrap: str
    space: Space
    home: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    metrics_port: int = 0

    def start(self) -> None:
        """Start the process (`wrapper` may change its clock)."""
        (self.metrics_port,) = free_ports(1)
        environment = os.environ | {
            "WARDLINE_KAFKA": self.bootstrap,
            "WARDLINE_SPACE": self.space.name,
            "WARDLINE_HOME": str(self.home),
            "WARDLINE_TRIAGE_METRICS_PORT": str(self.metrics_port),
            "PYTHONPATH": str(PROJECT),
            **self.environment,
        }
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*self.wrapper, sys.executable, "-m", "services.triage"],
                env=environment,
                stdout=out,
                stderr=out,
                cwd=self.home,
                start_new_session=True,
            )

    def send_signal(self, number: int) -> None:
        """A signal to the process group; nothing when it has ended already."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """kill -9, and wait for it."""
        self.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=20)

    def stop(self, timeout_seconds: float = 40) -> None:
        """SIGTERM, and kill -9 when that is not enough."""
        self.send_signal(signal.SIGCONT)
        self.send_signal(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(timeout=timeout_seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def keep_alive(self) -> None:
        """Start it again when it has ended, as a supervisor does."""
        if self.process is not None and self.process.poll() is not None:
            self.start()

    def metrics(self) -> dict[str, float]:
        """The worker's metrics by name with labels. Raises URLError while it is starting."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}


@contextmanager
def workers(count: int, bootstrap: str, space: Space, home: Path, **options: object) -> Iterator[list[Worker]]:
    """So many workers, stopped by their own process ids afterwards."""
    crew = [
        Worker(bootstrap, space, home, home / f"triage-{number}.log", **options)  # type: ignore[arg-type]  # test options
        for number in range(count)
    ]
    try:
        for worker in crew:
            worker.start()
        yield crew
    finally:
        for worker in crew:
            worker.send_signal(signal.SIGCONT)
            worker.send_signal(signal.SIGTERM)
        for worker in crew:
            worker.stop()


class Feeder:
    """Writes to the input topics as intake, desk and notify do, with the ledger's partitions."""

    def __init__(self, bootstrap: str, space: Space) -> None:
        self.space = space
        self.sent = 0
        self._signing = SigningKey(space.secret("operator"))
        self._kid = key_id(bytes(self._signing.verify_key))
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap, acks="all", linger_ms=5, delivery_timeout_ms=60_000, request_timeout_ms=5000
        )

    def send(self, topic: Topic, county: str, value: bytes) -> None:
        """One message, not waited for (`flush` waits)."""
        name = topic.full_name(self.space.name)
        partition = partition_of(county, self.space.books)
        self._producer.send(name, value, key=county.encode(), partition=partition)
        self.sent += 1

    def report(self, message: ReportFiled) -> None:
        """A report."""
        self.send(REPORTS, message.county, encode(message))

    def command(self, county: str, body: Message, command_id: str, actor: Actor | None = None) -> None:
        """A command signed by the operator."""
        actor = actor or Actor(account="operator-1", role=Role.OPERATOR, area_prefix="")
        command = Command(
            command_id=command_id,
            space=self.space.name,
            county=county,
            actor=actor,
            issued_at_ms=self.space.clock().now_ms(),
            body=body,
            kid=self._kid,
        )
        signature = self._signing.sign(command.signing_bytes()).signature.hex()
        self.send(COMMANDS, county, encode(command.model_copy(update={"sig": signature})))

    def settled(self, county: str, case: str, alert_id: str) -> None:
        """Notify says that an alert was sent."""
        outcome = AlertSettled(
            outcome_id=f"settled-{alert_id}",
            space=self.space.name,
            county=county,
            case=case,
            alert_id=alert_id,
            result=AlertResult.SENT,
            channel=ChannelKind.FILE,
            attempts=1,
            settled_at_ms=self.space.clock().now_ms(),
        )
        self.send(OUTCOMES, county, encode(outcome))

    def flush(self, timeout_seconds: float = 120) -> None:
        """Wait until everything is acknowledged. Raises when something was not."""
        self._producer.flush(timeout=timeout_seconds)

    def registry(self, county: str) -> None:
        """The least registry that a county needs: rota with signatory, contacts of two departments, two places."""
        now = self.space.clock().now_ms()
        for account, account_role in (("officer-1", Role.OFFICER), ("signatory-1", Role.SIGNATORY)):
            entry = Account(account=account, county=county, role=account_role, area_prefix=county)
            body: Message = SetAccount(account=entry)
            self.command(county, body, f"{county}-account-{account}")
        for department, role in (
            (Department.CIVIL_AFFAIRS, "DUTY_1"),
            (Department.CIVIL_AFFAIRS, "DUTY_2"),
            (Department.CIVIL_AFFAIRS, "HEAD"),
            (Department.POLICE, "STATION"),
            (Department.POLICE, "COMMAND"),
        ):
            contact_id = f"{county}-{department.value}-{role}"
            channel = Channel(kind=ChannelKind.FILE, address=contact_id.lower())
            contact = Contact(
                contact_id=contact_id,
                county=county,
                department=department,
                role=role,
                area_prefix=county,
                channels=(channel,),
            )
            self.command(county, SetContact(contact=contact), f"{county}-contact-{department.value}-{role}")
        for rung, account in (("E1", "officer-1"), ("SIGNATORY", "signatory-1")):
            shift = RotaShift(
                shift_id=f"{county}-{rung}",
                county=county,
                account=account,
                rung=rung,
                contact_id=f"{county}-CIVIL_AFFAIRS-DUTY_1",
                from_ms=now - WEEK_MS,
                until_ms=now + 52 * WEEK_MS,
            )
            self.command(county, SetShift(shift=shift), f"{county}-shift-{rung}")
        for name, kind, capacity in (("rescue", PlacementType.RESCUE_INST, 3), ("foster", PlacementType.FOSTER, 1)):
            place = Place(place_id=f"{county}-{name}", county=county, type=kind, capacity=capacity)
            self.command(county, SetPlace(place=place), f"{county}-place-{name}")


def make_report(space: str, county: str, number: int, chance: random.Random, now_ms: int) -> ReportFiled:
    """A report like many: one or two children, some concerns, many unknowns."""
    children = tuple(
        ChildFacts(
            sex=chance.choice([Sex.F, Sex.M, None]),
            age_years=chance.choice([None, *range(1, 17)]),
            area_code=county,
            concerns=tuple(chance.sample(list(Concern), chance.randint(1, 3))),
            injury=chance.choice(list(Injury)),
        )
        for _ in range(chance.choice([1, 1, 1, 2]))
    )
    statuses = list(GuardianStatus)
    return ReportFiled(
        report_id=f"{county}-r{number}",
        receipt=f"{county}-receipt-{number}",
        space=space,
        county=county,
        filed_at_ms=now_ms,
        facts=ReportFacts(
            institution=InstitutionFacts(
                id=f"{county}-school-1", type=InstitutionType.PRIMARY_SCHOOL, area_code=county
            ),
            children=children,
            guardians=tuple(GuardianFacts(status=(chance.choice(statuses),)) for _ in range(chance.randint(0, 2))),
            custody_now=CustodyFacts(holder=chance.choice(list(Holder))),
            safety=SafetyFacts(alone_now=chance.choice([True, False, None])),
        ),
    )


def follow_ups(feeder: Feeder, county: str, case: str, number: int, chance: random.Random) -> None:
    """What an officer does to a case: some of it, in some order, some of it twice."""
    officer = Actor(account="officer-1", role=Role.OFFICER, area_prefix=county)
    now = feeder.space.clock().now_ms()
    bodies: Sequence[Message] = (
        Acknowledge(case=case),
        Dispatch(case=case),
        RecordChildSeen(case=case, seen_at_ms=now),
        Acknowledge(case=f"{case}-nowhere"),
    )
    for index, body in enumerate(chance.sample(bodies, chance.randint(1, len(bodies)))):
        for _ in range(chance.choice([1, 1, 2])):
            feeder.command(county, body, f"{case}-c{number}-{index}", officer)


def wait_until_decided(bootstrap: str, space: Space, timeout_seconds: float) -> dict[str, object]:
    """Read the case-log until every input is decided. Raises TimeoutError with what is missing."""
    from kafka import KafkaConsumer, TopicPartition  # noqa: PLC0415 - only this function reads the inputs' ends

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    reader = LedgerReader(Connection(bootstrap), space)
    ends_at = time.monotonic() + timeout_seconds
    records = 0
    try:
        while True:
            records += sum(1 for _ in reader.read_to_end())
            partitions = [
                TopicPartition(topic.full_name(space.name), book)
                for topic in INPUT_TOPICS
                for book in range(space.books)
            ]
            short = {topic.full_name(space.name): topic.name for topic in INPUT_TOPICS}
            ends = consumer.end_offsets(partitions)
            missing = 0
            for partition, end in ends.items():
                position = reader.heads[partition.partition].positions.get(short[partition.topic])
                missing += end - (position.next if position else 0)
            if missing == 0:
                void = sum(head.void for head in reader.heads.values())
                return {"records": records, "void": void, "reader": reader}
            if time.monotonic() > ends_at:
                raise TimeoutError(f"{missing} inputs are not decided")
            time.sleep(0.5)
    finally:
        consumer.close(autocommit=False)
        reader.close()
