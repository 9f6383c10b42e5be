"""What the command line is told by the environment: ``WARDLINE_…`` variables, read here and nowhere else in it."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY
from shared.contracts.ids import SPACE_PATTERN
from shared.runtime.connection import Connection


class ToolSettings(BaseSettings):
    """Where the system is that the command line talks to."""

    model_config = SettingsConfigDict(env_prefix="WARDLINE_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="where the spaces' keys, data and logs are kept")
    space: str = Field(
        default="demo", pattern=SPACE_PATTERN.pattern, description="the world to work in: live, demo, or a drill's name"
    )
    policy: Path = Field(default=DEFAULT_POLICY_DIRECTORY, description="directory of policy files")
    clock_rate: float = Field(default=1.0, gt=0, description="how fast a new space's clock runs (live: 1)")
    books: int = Field(default=12, ge=1, le=1000, description="partitions of a new space")
    replication: int = Field(default=1, ge=1, le=9, description="replicas of each topic (a cluster: 3)")
    intake_port: int = Field(default=8100, ge=1, le=65_535, description="intake's HTTP port on this machine")
    intake_areas: Path | None = None
    intake_url: str | None = Field(default=None, description="intake elsewhere, e.g. http://intake.example:8100")
    answer_port: int = Field(default=8400, ge=1, le=65_535, description="notify's page for signed links")
    kafka_port: int = Field(default=9092, ge=1, le=65_534, description="the embedded broker's port")

    @property
    def intake(self) -> str:
        """The base address of intake's HTTP interface."""
        return (self.intake_url or f"http://127.0.0.1:{self.intake_port}").rstrip("/")


Language = Literal["zh", "en"]


def language_of(environment: Mapping[str, str] = os.environ) -> Language:
    """The terminal's language, by LC_ALL, LC_MESSAGES, LANG in POSIX order; English when it is not Chinese."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def connection_of(settings: ToolSettings, environment: Mapping[str, str] = os.environ) -> Connection:
    """How to reach the broker: WARDLINE_KAFKA, else the system that runs in this home, else the embedded port."""
    connection = Connection.from_environment(environment)
    if environment.get("WARDLINE_KAFKA"):
        return connection
    try:
        facts = json.loads((settings.home / "system.json").read_text(encoding="utf-8"))
        bootstrap = str(facts["bootstrap"])
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        bootstrap = f"127.0.0.1:{settings.kafka_port}"
    return replace(connection, bootstrap=bootstrap)
