"""Which programs make the system, as data: what to run, with which environment, and how to see that it is ready."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from ops.settings import SystemSettings


@dataclass(frozen=True)
class Program:
    """One supervised program. It is ready when every one of ``ready_urls`` answers a GET with 200.

    ``ports`` maps each port that it listens on to the setting that changes it; they must be free before it starts.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_urls: tuple[str, ...] = ()
    ports: Mapping[int, str] = field(default_factory=dict)
    stop_seconds_max: int = 15


def services(settings: SystemSettings, bootstrap: str) -> tuple[Program, ...]:
    """The services of the embedded system, in the order in which they are started."""
    env = {
        "WARDLINE_KAFKA": bootstrap,
        "WARDLINE_SPACE": settings.space,
        "WARDLINE_HOME": str(settings.home.absolute()),
        "WARDLINE_INTAKE_PORT": str(settings.intake_port),
        "WARDLINE_INTAKE_METRICS_PORT": str(settings.intake_metrics_port),
        "WARDLINE_TRIAGE_METRICS_PORT": str(settings.triage_metrics_port),
        "WARDLINE_NOTIFY_METRICS_PORT": str(settings.notify_metrics_port),
        "WARDLINE_ANSWER_PORT": str(settings.answer_port),
        "PYTHONUNBUFFERED": "1",
    }

    def service(name: str, ready_urls: tuple[str, ...], ports: dict[int, str]) -> Program:
        return Program(name, (sys.executable, "-m", f"services.{name}"), env, ready_urls, ports)

    return (
        service(
            "triage",
            (f"http://127.0.0.1:{settings.triage_metrics_port}/metrics",),
            {settings.triage_metrics_port: "WARDLINE_TRIAGE_METRICS_PORT"},
        ),
        service(
            "notify",
            (
                f"http://127.0.0.1:{settings.notify_metrics_port}/metrics",
                f"http://127.0.0.1:{settings.answer_port}/healthz",
            ),
            {
                settings.notify_metrics_port: "WARDLINE_NOTIFY_METRICS_PORT",
                settings.answer_port: "WARDLINE_ANSWER_PORT",
            },
        ),
        service(
            "intake",
            (f"http://127.0.0.1:{settings.intake_port}/readyz",),
            {
                settings.intake_port: "WARDLINE_INTAKE_PORT",
                settings.intake_metrics_port: "WARDLINE_INTAKE_METRICS_PORT",
            },
        ),
    )
