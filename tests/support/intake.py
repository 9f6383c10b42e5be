"""Intake as tests run it: in this process without a broker, everything going to the spool."""

import socket
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.intake.app import application
from services.intake.settings import Settings
from shared.runtime.connection import Connection
from shared.runtime.space import Space, create_space


def space_at(home: Path, name: str = "test", books: int = 12) -> Space:
    """A space with keys under a directory of the test."""
    return create_space(home, name, policy="none", policy_texts={}, books=books, year=2026)


def settings_at(home: Path, name: str = "test", /, **changes: object) -> Settings:
    """Settings that wait for nothing at the start; `changes` by field name."""
    values: dict[str, object] = {
        "WARDLINE_HOME": str(home),
        "WARDLINE_SPACE": name,
        "start_seconds_max": 0,
        "broker_seconds_max": 0.3,
    }
    return Settings.model_validate(values | changes)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def without_broker(home: Path, **changes: object) -> FastAPI:
    """The application with a broker address at which nobody answers."""
    space = space_at(home)
    connection = Connection(f"127.0.0.1:{closed_port()}")
    return application(settings_at(home, **changes), connection, space, CollectorRegistry())
