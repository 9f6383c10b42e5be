"""What the custodian is told by its environment. Nothing else of it reads the environment."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.ids import SPACE_PATTERN
from shared.runtime.connection import Connection


class CustodianSettings(BaseSettings):
    """All settings of the custodian."""

    model_config = SettingsConfigDict(
        env_prefix="WARDLINE_CUSTODIAN_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    space: str = Field(default="demo", validation_alias="WARDLINE_SPACE", pattern=SPACE_PATTERN.pattern)
    home: Path = Field(default=Path("var"), validation_alias="WARDLINE_HOME")
    log_level: str = Field(default="INFO", validation_alias="WARDLINE_LOG_LEVEL")
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=8202, ge=0, le=65535)
    socket: Path | None = Field(
        default=None, description="Where the custodian listens for the desk alone; else a socket in WARDLINE_HOME."
    )

    @property
    def socket_path(self) -> Path:
        """The local socket."""
        return self.socket or self.home / f"custodian-{self.space}.sock"


def load_settings() -> tuple[CustodianSettings, Connection]:
    """Read both from the environment once. Raises pydantic.ValidationError for settings that cannot be."""
    return CustodianSettings(), Connection.from_environment(os.environ)
