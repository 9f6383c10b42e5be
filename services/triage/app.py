"""Wiring of a triage worker; it does nothing else."""

import asyncio
from dataclasses import dataclass

import faust
from nacl.signing import SigningKey
from prometheus_client import CollectorRegistry, start_http_server

from services.triage.book_log import BookLog
from services.triage.broker_facts import InputTopicIds, measure_skew
from services.triage.deciding import BookDecider
from services.triage.fold import Fold
from services.triage.gauges import keep_counting
from services.triage.input_reading import InputReader
from services.triage.owner import BookOwner, OwnerParts
from services.triage.policies import PolicyShelf
from services.triage.settings import Settings
from services.triage.skew import SkewMonitor
from services.triage.worker import Assignment, create_app, exit_now, watch
from shared.contracts.commands import key_id
from shared.runtime.logging import configure_logging, get_logger
from shared.runtime.memory import collect_rarely
from shared.runtime.metrics import TriageMetrics
from shared.runtime.space import Space


@dataclass(frozen=True, slots=True)
class Worker:
    """A wired worker: the Faust app and what runs beside it."""

    app: faust.App
    assignment: Assignment
    registry: CollectorRegistry


def build(settings: Settings) -> Worker:
    """Wire a worker. Raises SpaceMissing, KeyMissing or TopicsMissing when it cannot start."""
    configure_logging("triage", settings.space)
    log = get_logger("triage")
    space = Space.load(settings.home, settings.space)
    registry = CollectorRegistry()
    metrics = TriageMetrics(registry)
    limits = settings.limits
    skew = SkewMonitor(int(limits.skew_seconds_max * 1000))
    topic_ids = InputTopicIds(settings.connection, settings.space, log)
    topic_ids.ask()
    signing_key = SigningKey(space.secret("triage-writer"))
    policies = PolicyShelf()

    def new_owner(book: int) -> BookOwner:
        reader = InputReader(
            space=space.name,
            book=book,
            books=space.books,
            clock=space.clock(),
            desks=space.genesis.desks,
            operators=space.genesis.operators,
            token_key=space.secret("triage-match"),
            record_key=space.secret("match-record"),
        )
        decider = BookDecider(
            reader=reader,
            policies=policies,
            kid=key_id(bytes(signing_key.verify_key)),
            sign=lambda body: signing_key.sign(body).signature,
            metrics=metrics,
            log=log,
        )
        parts = OwnerParts(
            clock=space.clock(),
            limits=limits,
            skew=skew,
            metrics=metrics,
            log=log,
            topic_ids=topic_ids.current,
            still_assigned=assignment.owns,
        )
        broker = BookLog(settings.connection, space.name, book, limits.request_timeout_seconds)
        return BookOwner(book, Fold.open(space.genesis, book), broker, decider, parts)

    assignment = Assignment(space.name, new_owner, log, exit_now)
    app = create_app(settings, assignment)

    @app.task  # type: ignore[untyped-decorator]  # Faust has no types for it
    async def beside() -> None:
        await asyncio.gather(
            topic_ids.keep_asking(limits.look_interval_seconds),
            measure_skew(
                settings.connection,
                space.name,
                skew,
                limits.skew_probe_interval_seconds,
                limits.request_timeout_seconds,
                metrics,
                log,
            ),
            watch(assignment, limits.stall_seconds_max, log, exit_now),
            keep_counting(assignment, metrics),
        )

    return Worker(app, assignment, registry)


def run(settings: Settings) -> None:
    """Run a worker until it is told to stop. The web server of Faust stays off."""
    worker = build(settings)
    collect_rarely()
    start_http_server(settings.metrics_port, addr=settings.bind_address, registry=worker.registry)
    running = faust.Worker(worker.app, loglevel="WARNING", override_logging=False, quiet=True)
    running.spinner = None  # it writes terminal codes into the log, in front of its first line
    running.execute_from_commandline()
