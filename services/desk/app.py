"""All wiring of the desk: settings, space, database, the projection's thread and the HTTP server."""

import asyncio
import hashlib
import hmac
import threading
from pathlib import Path

import uvicorn
from prometheus_client import CollectorRegistry, start_http_server
from sqlalchemy import Engine

from services.desk.acting.giving import DESK_KEY, Giving, Publish
from services.desk.acting.noting import Noting
from services.desk.custody import Custodian
from services.desk.database import DatabaseAway, migrate, open_engine, url_of
from services.desk.gauging import Gauging
from services.desk.guarding import Desk
from services.desk.identity.alone import Alone, WaitingCommands
from services.desk.linked.gateway import HttpGateway, Nowhere, Outbox, Sends
from services.desk.pages import Pages
from services.desk.projecting import Projecting
from services.desk.sessions import Attempts, Lifetime
from services.desk.settings import DeskSettings, load_settings
from services.desk.users import Codes, Passwords
from services.desk.web import application
from shared.contracts.topics import COMMANDS, VAULT_IN
from shared.runtime.connection import Connection
from shared.runtime.http_limits import LimitedHttp
from shared.runtime.logging import configure_logging, get_logger
from shared.runtime.memory import collect_rarely
from shared.runtime.metrics import DeskMetrics
from shared.runtime.producer import Producer
from shared.runtime.serving import Server, run_until_signalled
from shared.runtime.space import TASK_LINK_KEY, KeyMissing, Space, SpaceMissing

LIVE, DEMO = "live", "demo"
DEMONSTRATION = ("【演示·非真实】", "[DEMONSTRATION, NOT REAL]")
DRILL = ("【演练·非真实】", "[DRILL, NOT REAL]")
STOP_SECONDS_MAX = 10.0

_log = get_logger("desk")


def mark_of(space: str) -> tuple[str, str] | None:
    """What every page of a space other than `live` begins with."""
    if space == LIVE:
        return None
    return DEMONSTRATION if space.partition("-")[0] == DEMO else DRILL


def desk_of(
    settings: DeskSettings,
    space: Space,
    engine: Engine,
    projecting: Projecting,
    metrics: DeskMetrics,
    publish: Publish,
) -> Desk:
    """What the routes need. `publish` sends commands. Raises KeyMissing."""
    key = space.secret(DESK_KEY)
    thread_name = "projection"

    def healthy() -> dict[str, bool]:
        alive = any(thread.name == thread_name and thread.is_alive() for thread in threading.enumerate())
        return {"projecting": alive}

    giving = Giving(space, engine, projecting.announcer, publish)
    waiting = WaitingCommands(settings.home / "desk" / space.name / "waiting-commands.jsonl")
    return Desk(
        engine=engine,
        projecting=projecting,
        clock=space.clock(),
        books=space.books,
        mark=mark_of(space.name),
        pages=Pages.load(settings.scripts_directory),
        passwords=Passwords(),
        codes=Codes(key),
        giving=giving,
        noting=Noting.of(space, publish, key),
        alone=Alone(giving, Custodian(settings.custodian_path), waiting),
        task_link_key=_task_link_key(space),
        code_key=hmac.new(key, b"wardline desk link codes", hashlib.sha256).digest(),
        sends=_sends(settings, space.name),
        attempts=Attempts(hmac.new(key, b"wardline desk logins", hashlib.sha256).digest()),
        lifetime=Lifetime(settings.idle_minutes * 60_000, settings.session_hours * 3_600_000),
        metrics=metrics,
        is_behind_tls=settings.is_behind_tls,
        intake_url=settings.intake_address,
        healthy=healthy,
    )


def _task_link_key(space: Space) -> bytes | None:
    try:
        return space.public(TASK_LINK_KEY)
    except KeyMissing:
        _log.warning("no_task_links")
        return None


def _sends(settings: DeskSettings, space: str) -> Sends:
    """Codes leave the house in `live` alone."""
    mark = mark_of(space)
    if mark is not None:
        return Outbox(settings.home / "outbox" / space, mark)
    return HttpGateway(settings.code_gateway) if settings.code_gateway is not None else Nowhere()


async def serve(settings: DeskSettings, connection: Connection, stop: asyncio.Event) -> None:
    """Run until `stop` is set, or until the projection ends by a fault.

    Raises what is for a person: SpaceMissing, KeyMissing, DatabaseAway.
    """
    space = Space.load(settings.home, settings.space)
    engine = open_engine(url_of(settings.database_url, Path(settings.home), space.name))
    migrate(engine)
    registry = CollectorRegistry()
    metrics = DeskMetrics(registry)
    projecting = Projecting(connection, space, engine, metrics)
    producer = Producer(
        connection, client_id="wardline-desk", topics=[COMMANDS.full_name(space.name), VAULT_IN.full_name(space.name)]
    )
    desk = desk_of(settings, space, engine, projecting, metrics, producer.publish)
    server = Server(
        uvicorn.Config(
            application(desk),
            host=settings.host,
            port=settings.port,
            http=LimitedHttp,
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=5,
        )
    )
    exporter, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    ending = threading.Event()
    loop = asyncio.get_running_loop()
    faults: list[BaseException] = []

    def project() -> None:
        try:
            projecting.run(ending)
        except Exception as error:  # noqa: BLE001 - whatever it is ends the process, which is started again
            _log.critical("projection_ended", error=type(error).__name__)
            faults.append(error)
        finally:
            loop.call_soon_threadsafe(stop.set)

    thread = threading.Thread(target=project, name="projection", daemon=True)
    thread.start()
    gauging = Gauging(engine, projecting, space.clock(), metrics)
    threading.Thread(target=gauging.run, args=(ending,), name="gauges", daemon=True).start()
    producer.start()
    sending = asyncio.create_task(desk.alone.send_what_waits(), name="send-what-waits")
    serving = asyncio.create_task(server.serve(), name="web")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.set()
        projecting.announcer.close()
        server.should_exit = True
        stopped.cancel()
        sending.cancel()
        await asyncio.gather(serving, stopped, sending, return_exceptions=True)
        await producer.close()
        await asyncio.to_thread(thread.join, STOP_SECONDS_MAX)
        exporter.shutdown()
        exporter.server_close()
        engine.dispose()
    if faults:
        raise faults[0]


def main() -> None:
    """The process: until SIGTERM or SIGINT; exit code 1 with one line on standard error when it cannot go on."""
    settings, connection = load_settings()
    configure_logging("desk", settings.space, level=settings.log_level)
    collect_rarely()
    run_until_signalled(
        "desk", lambda stop: serve(settings, connection, stop), (SpaceMissing, KeyMissing, DatabaseAway)
    )
