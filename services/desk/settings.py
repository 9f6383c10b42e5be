"""What the desk is told by its environment. Nothing else of the desk reads it."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.desk.linked.gateway import CodeGateway
from shared.contracts.ids import SPACE_PATTERN
from shared.runtime.connection import Connection


class DeskSettings(BaseSettings):
    """All settings of the desk."""

    model_config = SettingsConfigDict(
        env_prefix="WARDLINE_DESK_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # an error about a setting is printed; a password stands in the address
    )

    space: str = Field(default="demo", validation_alias="WARDLINE_SPACE", pattern=SPACE_PATTERN.pattern)
    home: Path = Field(default=Path("var"), validation_alias="WARDLINE_HOME")
    log_level: str = Field(default="INFO", validation_alias="WARDLINE_LOG_LEVEL")
    host: str = Field(default="127.0.0.1", description="Where the desk listens; put a TLS proxy in front of it.")
    port: int = Field(default=8200, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=8201, ge=0, le=65535)
    database: SecretStr | None = Field(
        default=None,
        description="The database's address, e.g. postgresql://desk@host/desk; without it a SQLite file under"
        " WARDLINE_HOME.",
    )
    is_behind_tls: bool = Field(
        default=False,
        description="Whether browsers reach the desk by https alone: its cookies are then never sent otherwise.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses or networks whose X-Forwarded-For says who logs in; empty: nobody's.",
    )
    scripts: Path | None = Field(
        default=None, description="Directory of htmx.min.js; without the file every page works, and none renews itself."
    )
    intake_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="Where officers' browsers reach intake, for filing by telephone; else its port on this machine.",
    )
    intake_port: int = Field(default=8100, ge=0, le=65535, validation_alias="WARDLINE_INTAKE_PORT")
    custodian_socket: Path | None = Field(
        default=None,
        validation_alias="WARDLINE_CUSTODIAN_SOCKET",
        description="Where the custodian listens for the desk alone; else a socket in WARDLINE_HOME.",
    )
    code_gateway: CodeGateway | None = Field(
        default=None,
        description="In `live`, the HTTP gateway that takes one-time codes to duty phones, as JSON: url, body, headers,"
        " success. Elsewhere codes are files of the outbox.",
    )
    idle_minutes: int = Field(default=30, ge=1, le=24 * 60, description="A login that does nothing for so long ends.")
    session_hours: int = Field(default=12, ge=1, le=72, description="No login lasts longer.")

    @property
    def scripts_directory(self) -> Path:
        """Where the set-up puts the script, unless told otherwise."""
        return self.scripts or self.home / "scripts"

    @property
    def intake_address(self) -> str:
        """Intake as a browser reaches it."""
        return self.intake_url or f"http://127.0.0.1:{self.intake_port}"

    @property
    def custodian_path(self) -> Path:
        """The custodian's local socket."""
        return self.custodian_socket or self.home / f"custodian-{self.space}.sock"

    @property
    def database_url(self) -> str | None:
        """The address as it was set."""
        return self.database.get_secret_value() if self.database else None


def load_settings() -> tuple[DeskSettings, Connection]:
    """Read both from the environment once. Raises pydantic.ValidationError for settings that cannot be."""
    return DeskSettings(), Connection.from_environment(os.environ)
