"""All wiring of the custodian: settings, keys, the following thread, the local socket, metrics."""

import asyncio
import threading

from prometheus_client import CollectorRegistry, start_http_server

from services.desk.core.grants import Known
from services.desk.custodian.epochs import EpochKeys
from services.desk.custodian.following import Following
from services.desk.custodian.journal import Journal, JournalDamaged
from services.desk.custodian.opening import Opener
from services.desk.custodian.serving import Answering, listen
from services.desk.custodian.settings import CustodianSettings, load_settings
from services.desk.custodian.vaulting import Vault
from shared.runtime.connection import Connection
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.logging import configure_logging, get_logger
from shared.runtime.memory import collect_rarely
from shared.runtime.metrics import CustodianMetrics
from shared.runtime.serving import run_until_signalled
from shared.runtime.space import KeyMissing, Space, SpaceMissing

STOP_SECONDS_MAX = 10.0

_log = get_logger("custodian")


async def serve(settings: CustodianSettings, connection: Connection, stop: asyncio.Event) -> None:
    """Run until `stop` is set, or until following ends by a fault.

    Raises what is for a person: SpaceMissing, KeyMissing, JournalDamaged.
    """
    space = Space.load(settings.home, settings.space)
    registry = CollectorRegistry()
    metrics = CustodianMetrics(registry)
    own = space.directory / "custodian"
    journal = Journal(own / "openings.jsonl")
    known = Known()
    epochs = EpochKeys(space.directory / EpochKeys.DIRECTORY)
    vault = Vault(connection, space, epochs, metrics, is_destroyed=known.is_destroyed, is_needed=known.is_needed)
    following = Following(LedgerReader(connection, space), known, vault, metrics)
    opener = Opener(connection, space, known, vault, journal, following.broker_seconds, following.lock)
    answering = Answering(opener, following.is_level.is_set, metrics)
    exporter, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    ending, loop = threading.Event(), asyncio.get_running_loop()
    faults: list[BaseException] = []

    def follow() -> None:
        try:
            following.run(ending)
        except Exception as error:  # noqa: BLE001 - whatever it is ends the process, which is started again
            _log.critical("following_ended", error=type(error).__name__)
            faults.append(error)
        finally:
            loop.call_soon_threadsafe(stop.set)

    thread = threading.Thread(target=follow, name="following", daemon=True)
    thread.start()
    server = await listen(settings.socket_path, answering)
    try:
        await stop.wait()
    finally:
        ending.set()
        server.close()
        settings.socket_path.unlink(missing_ok=True)
        await asyncio.to_thread(thread.join, STOP_SECONDS_MAX)
        journal.close()
        exporter.shutdown()
        exporter.server_close()
    if faults:
        raise faults[0]


def main() -> None:
    """The process: until SIGTERM or SIGINT; exit code 1 with one line on standard error when it cannot go on."""
    settings, connection = load_settings()
    configure_logging("custodian", settings.space, level=settings.log_level)
    collect_rarely()
    run_until_signalled(
        "custodian", lambda stop: serve(settings, connection, stop), (SpaceMissing, KeyMissing, JournalDamaged)
    )
