"""`python -m services.intake`: one process, one event loop."""

import os
import signal
import sys
from types import FrameType

import uvicorn

from services.intake.app import prepare
from services.intake.settings import Settings
from services.intake.spool import SpoolRefused
from shared.runtime.connection import Connection
from shared.runtime.http_limits import LimitedHttp
from shared.runtime.space import KeyMissing, SpaceMissing

BACKLOG = 2048
STOP_SECONDS_MAX = 15


def main() -> int:
    """Serve until SIGTERM or SIGINT. Exit status 78 (configuration) when the space or a key is missing."""
    settings = Settings()
    try:
        app = prepare(settings, Connection.from_environment(os.environ))
    except (SpaceMissing, KeyMissing, SpoolRefused) as error:
        print(f"intake: {error}", file=sys.stderr)  # noqa: T201 - the one line that tells the operator what to do
        return os.EX_CONFIG
    signal.signal(signal.SIGTERM, _leave)  # the server stops in order, then gives the signal back to this handler
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        forwarded_allow_ips=settings.trusted_proxies,
        http=LimitedHttp,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
    )
    return 0


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
