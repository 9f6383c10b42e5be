"""All of intake's wiring: every part is made here, given what it needs, started and stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, start_http_server

from services.intake import form, http, openapi, problems
from services.intake.compacted import CompactedReader
from services.intake.core.limits import Gate, LookupLimit
from services.intake.feedback import FeedbackBook
from services.intake.filing import Filing, IntakeKeys
from services.intake.http import Door
from services.intake.institutions import Institutions
from services.intake.pages import Pages
from services.intake.publishing import Publisher
from services.intake.settings import Settings
from services.intake.spool import Spool
from shared.contracts.topics import FEEDBACK, INSTITUTIONS, REPORTS, VAULT_IN
from shared.runtime.clock import wall_ms
from shared.runtime.connection import Connection
from shared.runtime.logging import configure_logging, get_logger
from shared.runtime.metrics import IntakeMetrics
from shared.runtime.producer import Producer
from shared.runtime.sealing import SealingKeys
from shared.runtime.space import Space

INSTITUTIONS_COPY = "institutions.json"
_log = get_logger("intake")


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beside the HTTP server."""

    producer: Producer
    publisher: Publisher
    filing: Filing
    readers: tuple[CompactedReader, ...]


def keys_of(space: Space) -> IntakeKeys:
    """The keys that intake reads: none of them opens anything."""
    return IntakeKeys(
        receipt=space.secret("receipt"),
        match=tuple(space.secrets_current("match")),
        triage_match=space.public("triage-match"),
        sealing=SealingKeys(custodian=space.public("custodian"), recovery=space.public("recovery")),
    )


def build(settings: Settings, connection: Connection, space: Space, registry: CollectorRegistry) -> tuple[Parts, Door]:
    """Make every part; nothing is started. Raises KeyMissing, SpoolRefused."""
    metrics = IntakeMetrics(registry)
    directory = settings.spool_directory
    spool = Spool.open_first(directory, settings.spool_bytes_max)
    metrics.spool_damaged.inc(spool.damaged_frames)
    topics = tuple(topic.full_name(space.name) for topic in (VAULT_IN, REPORTS))
    producer = Producer(connection, client_id=f"intake-{space.name}", topics=topics)
    publisher = Publisher(
        producer,
        spool,
        metrics,
        broker_seconds_max=settings.broker_seconds_max,
        spool_alarm_seconds=settings.spool_alarm_seconds,
        adopt=lambda: Spool.adopt(directory, settings.spool_bytes_max),
    )
    institutions = Institutions(directory / INSTITUTIONS_COPY)
    feedback = FeedbackBook()
    pages = Pages.load(settings.areas, space.name)
    filing = Filing(
        space=space.name,
        books=space.books,
        keys=keys_of(space),
        clock=space.clock(),
        wall_ms=wall_ms,
        publisher=publisher,
        institutions=institutions,
        feedback=feedback,
        served=frozenset(pages.counties) or None,
    )
    readers = (
        CompactedReader(connection, INSTITUTIONS.full_name(space.name), institutions.apply),
        CompactedReader(connection, FEEDBACK.full_name(space.name), feedback.apply),
    )
    door = Door(
        settings=settings,
        filing=filing,
        feedback=feedback,
        institutions=institutions,
        publisher=publisher,
        metrics=metrics,
        pages=pages,
        lookups=LookupLimit(settings.lookups_per_minute, settings.lookups_per_minute_total),
        reading=Gate(settings.reading_max),
        in_flight=Gate(settings.in_flight_max),
    )
    return Parts(producer, publisher, filing, readers), door


async def start(parts: Parts, settings: Settings) -> None:
    """Start what runs beside the server; wait a moment for broker and institutions, without which it serves too."""
    parts.producer.start()
    for reader in parts.readers:
        reader.start()
    parts.publisher.start()
    await asyncio.gather(
        parts.producer.wait_ready(settings.start_seconds_max),
        *(reader.wait_caught_up(settings.start_seconds_max) for reader in parts.readers),
    )


async def stop(parts: Parts) -> None:
    """Finish what is being sent, then stop; what waits in the spool stays there."""
    await parts.filing.finish()
    await parts.publisher.close()
    await parts.producer.close()
    for reader in parts.readers:
        await reader.close()


def application(settings: Settings, connection: Connection, space: Space, registry: CollectorRegistry) -> FastAPI:
    """The ASGI application; its lifespan starts and stops the parts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await start(parts, settings)
        _log.info("ready", broker=parts.producer.ready, spool=parts.publisher.spool_path.name)
        yield
        await stop(parts)

    parts, door = build(settings, connection, space, registry)
    app = FastAPI(title=openapi.TITLE, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    problems.install(app)
    app.include_router(http.routes(door))
    app.include_router(form.routes(door, _version()))
    document = openapi.document(_version())

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document() -> JSONResponse:
        return JSONResponse(document)

    return app


def prepare(settings: Settings, connection: Connection) -> FastAPI:
    """The application of one process: logs, metrics page, space. Raises SpaceMissing, KeyMissing."""
    configure_logging("intake", settings.space, level=settings.log_level)
    registry = CollectorRegistry()
    space = Space.load(settings.home, settings.space)
    app = application(settings, connection, space, registry)
    start_http_server(settings.metrics_port, addr=settings.host, registry=registry)
    return app


def _version() -> str:
    try:
        return version("wardline")
    except PackageNotFoundError:
        return "0"
