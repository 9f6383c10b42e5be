"""The world around notify in tests: a triage that writes a valid case-log, and gateways that take, refuse or wait."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from nacl.signing import SigningKey

from shared.contracts import chain
from shared.contracts.alerts import AlertRequested, ChannelKind
from shared.contracts.base import Message
from shared.contracts.commands import key_id
from shared.contracts.events import ContactSet
from shared.contracts.registry import Channel, Contact
from shared.contracts.topics import CASE_LOG, DEAD_LETTER_NOTIFY, FEEDBACK, OUTCOMES, Topic
from shared.contracts.vocabulary import Department, LadderStep, Level
from shared.contracts.wire import partition_of
from shared.runtime.space import Space, create_space
from shared.runtime.topic_admin import apply_topics

BOOKS = 3


COUNTY = "520327"


def contact(contact_id: str, *channels: tuple[ChannelKind, str], county: str = COUNTY) -> ContactSet:
    """A police contact of the county."""
    return ContactSet(
        contact=Contact(
            contact_id=contact_id,
            county=county,
            department=Department.POLICE,
            role="DUTY",
            area_prefix=county,
            channels=tuple(Channel(kind=kind, address=address) for kind, address in channels),
        )
    )


def alert(
    space: Space, number: int, *contact_ids: str, level: Level = Level.S2, county: str = COUNTY
) -> AlertRequested:
    """An alert of the police's first rung, requested now, due in a quarter of an hour."""
    now_ms = space.clock().now_ms()
    return AlertRequested(
        alert_id=f"case{number}.0-POLICE-D1-0",
        case=f"case{number}.0",
        county=county,
        department=Department.POLICE,
        step=LadderStep.D1,
        level=level,
        act_by_ms=now_ms + 900_000,
        requested_at_ms=now_ms,
        contact_ids=contact_ids,
    )


def new_space(home: Path, bootstrap: str, name: str, *, clock_rate: float = 1.0) -> Space:
    """A space with its keys on disk and its topics on the broker."""
    space = create_space(home, name, policy="p-test", policy_texts={}, books=BOOKS, clock_rate=clock_rate, year=2026)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="notify-world")
    try:
        apply_topics(admin, name, BOOKS, flush_each=False)
    finally:
        admin.close()
    return space


class CaseLog:
    """Writes records as triage does: chained and signed, one cause after the other."""

    def __init__(self, bootstrap: str, space: Space) -> None:
        self.space = space
        self._signing = SigningKey(space.secret("triage-writer"))
        self._kid = key_id(bytes(self._signing.verify_key))
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
        self._topic = CASE_LOG.full_name(space.name)
        self._heads = {book: chain.open_head(space.genesis, book) for book in range(space.books)}
        self._offsets: dict[tuple[int, str], int] = {}
        self._lock = threading.Lock()

    def append(self, county: str, *events: Message | Mapping[str, Any], topic: str = "commands") -> None:
        """One record with these events, caused by the next input of `topic`; returns once it is acknowledged."""
        with self._lock:
            book = partition_of(county, self.space.books)
            self.write(book, self.chained(county, *events, topic=topic))

    def chained(self, county: str, *events: Message | Mapping[str, Any], topic: str = "commands") -> bytes:
        """The next record's bytes, as if they had been written."""
        book = partition_of(county, self.space.books)
        head = self._started(book)
        offset = self._offsets.get((book, topic), 0)
        now_ms = self.space.clock().now_ms()
        draft = chain.Draft(
            county=county,
            cause={"topic": topic, "topic_id": f"id-{topic}", "offset": offset, "sha256": "0" * 64},
            arrived_at_ms=now_ms,
            decided_at_ms=max(now_ms, head.decided_at_ms),
            policy="p-test",
            engine="e-test",
            events=tuple(
                event.model_dump(mode="json", exclude_none=True) if isinstance(event, Message) else event
                for event in events
            ),
        )
        after, raw = chain.build(head, draft, self._kid, lambda body: bytes(self._signing.sign(body).signature))
        self._heads[book], self._offsets[(book, topic)] = after, offset + 1
        return raw

    def write(self, book: int, raw: bytes) -> None:
        """Any bytes into a book."""
        self._producer.send(self._topic, raw, partition=book).get(timeout=20)

    def close(self) -> None:
        """Disconnect."""
        self._producer.close(timeout=5)

    def _started(self, book: int) -> chain.Head:
        head = self._heads[book]
        if not head.started:
            self.write(book, head.genesis)
            head, _ = chain.take(head, head.genesis, 0)
        return head


class TopicTail:
    """Reads every message of one topic from its start, as JSON with its key."""

    def __init__(self, bootstrap: str, space: Space, topic: Topic) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        partitions = [TopicPartition(topic.full_name(space.name), book) for book in range(space.books)]
        self._consumer.assign(partitions)
        self._consumer.seek_to_beginning(*partitions)
        self.seen: list[tuple[str, int, dict[str, Any]]] = []

    def read(self, timeout_seconds: float = 0.1) -> list[tuple[str, int, dict[str, Any]]]:
        """What is new: (key, partition, value). All of it stays in `seen`."""
        batches = self._consumer.poll(timeout_ms=int(timeout_seconds * 1000))
        new = [
            (message.key.decode(), message.partition, json.loads(message.value))
            for messages in batches.values()
            for message in messages
        ]
        self.seen += new
        return new

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close(autocommit=False)


class SettlingTriage:
    """Reads `outcomes` and records each once, as triage does, until it is closed."""

    def __init__(self, bootstrap: str, space: Space, log: CaseLog) -> None:
        self._log = log
        self._tail = TopicTail(bootstrap, space, OUTCOMES)
        self._stop = threading.Event()
        self.outcomes: list[dict[str, Any]] = []
        self._known: set[str] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def settled(self) -> dict[str, dict[str, Any]]:
        """The settlement of each alert."""
        return {each["alert_id"]: each for each in self.outcomes if each["type"] == "AlertSettled"}

    def close(self) -> None:
        """Stop."""
        self._stop.set()
        self._thread.join(20)
        self._tail.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            for _, _, outcome in self._tail.read():
                self.outcomes.append(outcome)
                if outcome["outcome_id"] in self._known:
                    continue
                self._known.add(outcome["outcome_id"])
                self._log.append(outcome["county"], *_recorded(outcome), topic="outcomes")


def _recorded(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outcome's record: what was said, and what follows for the department."""
    alert, case = outcome["alert_id"], outcome["case"]
    if outcome["type"] == "AlertSettled":
        return [
            {
                "type": "OutcomeRecorded",
                "alert_id": alert,
                "case": case,
                "result": outcome["result"],
                "channel": outcome.get("channel"),
                "attempts": outcome["attempts"],
            }
        ]
    of_case = {"case": case, "department": outcome["department"]}
    by = {"by": f"link:{alert}", "at_ms": outcome["answered_at_ms"]}
    lapses_at_ms = outcome["answered_at_ms"] + 3_600_000
    effects = {
        "ACKNOWLEDGE": {"type": "DepartmentAcknowledged", "expires_at_ms": lapses_at_ms, "deadline": "d", **by},
        "DISPATCH": {"type": "DepartmentDispatched", **by},
        "DECLINE": {"type": "DepartmentDeclined", "by": by["by"], "reason": outcome.get("decline_reason")},
    }
    answer = {"type": "AnswerRecorded", "alert_id": alert, "answer": outcome["answer"], **of_case}
    return [{**answer, "outcome_id": outcome["outcome_id"]}, {**effects[outcome["answer"]], **of_case}]


def dead_letters(bootstrap: str, space: Space) -> TopicTail:
    """The dead letters of notify."""
    return TopicTail(bootstrap, space, DEAD_LETTER_NOTIFY)


def feedback_pages(bootstrap: str, space: Space) -> TopicTail:
    """The feedback topic."""
    return TopicTail(bootstrap, space, FEEDBACK)


@dataclass
class Gateway:
    """A real HTTP server. `answer` gets the number of the request (from 0) and its body, and gives status and JSON."""

    answer: Callable[[int, Any], tuple[int, Any]] = field(default=lambda _number, _body: (200, {}))
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve on a free port of loopback until the block ends."""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # cut off by a kill of the sender: no gateway would have sent it on
                gateway.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status, answer = gateway.answer(len(gateway.requests) - 1, json.loads(body))
                content = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("content-length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    return

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}/send"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.release.set()
            server.shutdown()
            server.server_close()
            thread.join(10)

    @property
    def bodies(self) -> list[Any]:
        """The JSON bodies received, in order."""
        return [json.loads(body) for _, body in self.requests]
