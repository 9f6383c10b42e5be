"""`python -m services.intake`: one process, one event loop."""

import os
import signal
import sys
from types import FrameType

import uvicorn
from pydantic import ValidationError

from services.intake.app import prepare
from services.intake.settings import Settings
from services.intake.spool import SpoolRefused
from shared.runtime.connection import Connection
from shared.runtime.http_limits import LimitedHttp
from shared.runtime.space import KeyMissing, SpaceMissing

BACKLOG = 2048
STOP_SECONDS_MAX = 15


def main() -> int:
    """Serve until SIGTERM or SIGINT. Exit status 78 (configuration) when a setting, the space or a key is no use."""
    try:
        settings = Settings()
        app = prepare(settings, Connection.from_environment(os.environ))
    except ValidationError as error:
        return _refuse("; ".join(f"{_setting(each['loc'])}: {each['msg']}" for each in error.errors()))
    except (SpaceMissing, KeyMissing, SpoolRefused, OSError) as error:
        return _refuse(str(error))
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


def _setting(at: tuple[int | str, ...]) -> str:
    """The variable that an error is about: a setting's by its name, else the file of counties, by the entry in it."""
    if isinstance(at[0], int):
        return f"WARDLINE_INTAKE_AREAS, entry {at[0] + 1}"
    name = str(at[0]).upper()
    return name if name.startswith("WARDLINE_") else f"WARDLINE_INTAKE_{name}"


def _refuse(why: str) -> int:
    print(f"intake: {why}", file=sys.stderr)  # noqa: T201 - the one line that tells the operator what to do
    return os.EX_CONFIG


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
