"""What triage is told by its environment; read here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.connection import Connection


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of the owner of a book. Milliseconds are wall time."""

    queue_items_max: int = 2000
    batch_records_max: int = 64
    batch_bytes_max: int = 4 * 1024 * 1024
    backfill_items_max: int = 1000
    look_interval_seconds: float = 3.0
    read_back_interval_seconds: float = 5.0
    backoff_seconds_max: float = 2.0
    request_timeout_seconds: float = 10.0
    stall_seconds_max: float = 30.0
    skew_seconds_max: float = 30.0
    skew_probe_interval_seconds: float = 10.0
    undecidable_per_minute_max: int = 5


PORT_MAX = 65_535


class SettingRefused(ValueError):
    """A variable cannot be used: its name and why; the value is not repeated."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one triage worker."""

    connection: Connection
    space: str
    home: Path
    metrics_port: int
    bind_address: str
    data_directory: Path
    limits: Limits = Limits()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """WARDLINE_KAFKA…, _SPACE, _HOME, _TRIAGE_METRICS_PORT (0: any free port), _BIND. Raises SettingRefused."""
        home = Path(environment.get("WARDLINE_HOME", "var")).resolve()
        return cls(
            connection=Connection.from_environment(environment),
            space=environment.get("WARDLINE_SPACE", "demo"),
            home=home,
            metrics_port=_port(environment, "WARDLINE_TRIAGE_METRICS_PORT", 8301),
            bind_address=environment.get("WARDLINE_BIND", "127.0.0.1"),
            data_directory=home / "triage",
        )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port, or 0 for any free one."""
    given = environment.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or int(given) > PORT_MAX:
        raise SettingRefused(f"{name}: a port is a whole number from 0 to {PORT_MAX}")
    return int(given)
