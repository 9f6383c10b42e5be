"""Which programs make the system, as data: what to run, with which environment, and how to see that it is ready."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops.settings import SystemSettings


@dataclass(frozen=True)
class Program:
    """One supervised program. It is ready when every one of ``ready_urls`` answers a GET with 200.

    ``ports`` maps each port that it listens on to the setting that changes it; they must be free before it starts.
    ``about`` says what people find there.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_urls: tuple[str, ...] = ()
    ports: Mapping[int, str] = field(default_factory=dict)
    about: str = ""
    stop_seconds_max: int = 15


def services(settings: SystemSettings, bootstrap: str, *, intake_areas: Path | None = None) -> tuple[Program, ...]:
    """The services of the embedded system, in the order in which they are started.

    ``intake_areas``: the counties that intake offers, where the environment names none.
    """
    env = {
        "WARDLINE_KAFKA": bootstrap,
        "WARDLINE_SPACE": settings.space,
        "WARDLINE_HOME": str(settings.home.absolute()),
        "WARDLINE_INTAKE_PORT": str(settings.intake_port),
        "WARDLINE_INTAKE_METRICS_PORT": str(settings.intake_metrics_port),
        "WARDLINE_TRIAGE_METRICS_PORT": str(settings.triage_metrics_port),
        "WARDLINE_NOTIFY_METRICS_PORT": str(settings.notify_metrics_port),
        "WARDLINE_ANSWER_PORT": str(settings.answer_port),
        "WARDLINE_DESK_PORT": str(settings.desk_port),
        "WARDLINE_DESK_METRICS_PORT": str(settings.desk_metrics_port),
        "WARDLINE_DESK_URL": settings.desk_url or f"http://127.0.0.1:{settings.desk_port}",
        "WARDLINE_CUSTODIAN_METRICS_PORT": str(settings.custodian_metrics_port),
        "PYTHONUNBUFFERED": "1",
    }

    offered = {} if intake_areas is None else {"WARDLINE_INTAKE_AREAS": str(intake_areas)}

    def service(
        name: str, about: str, ready_urls: tuple[str, ...], ports: dict[int, str], module: str | None = None
    ) -> Program:
        argv = (sys.executable, "-m", f"services.{module or name}")
        own = offered if name == "intake" else {}
        return Program(name, argv, env | own, ready_urls, ports, about=about)

    return (
        service(
            "triage",
            "metrics",
            (f"http://127.0.0.1:{settings.triage_metrics_port}/metrics",),
            {settings.triage_metrics_port: "WARDLINE_TRIAGE_METRICS_PORT"},
        ),
        service(
            "notify",
            "metrics; answers by signed link",
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
            "the form; /docs is for institutions",
            (f"http://127.0.0.1:{settings.intake_port}/readyz",),
            {
                settings.intake_port: "WARDLINE_INTAKE_PORT",
                settings.intake_metrics_port: "WARDLINE_INTAKE_METRICS_PORT",
            },
        ),
        service(
            "desk",
            "officers and auditors; log in",
            (f"http://127.0.0.1:{settings.desk_port}/healthz",),
            {settings.desk_port: "WARDLINE_DESK_PORT", settings.desk_metrics_port: "WARDLINE_DESK_METRICS_PORT"},
        ),
        service(
            "custodian",
            "metrics; holds the key of identities",
            (f"http://127.0.0.1:{settings.custodian_metrics_port}/metrics",),
            {settings.custodian_metrics_port: "WARDLINE_CUSTODIAN_METRICS_PORT"},
            module="desk.custodian",
        ),
    )
