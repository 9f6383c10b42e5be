"""Every setting of intake, read from the environment once, by the entry point."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.contracts.ids import SPACE_PATTERN


class Settings(BaseSettings):
    """`WARDLINE_…` variables. Names end in their unit; defaults suit one machine.

    How to reach the broker is `shared.runtime.connection` (WARDLINE_KAFKA, …), read by the entry point too.
    """

    model_config = SettingsConfigDict(env_prefix="WARDLINE_INTAKE_", extra="ignore", frozen=True)

    space: str = Field("demo", validation_alias="WARDLINE_SPACE", pattern=SPACE_PATTERN.pattern)
    home: Path = Field(Path("var"), validation_alias="WARDLINE_HOME")
    host: str = Field("127.0.0.1", description="Where the HTTP server listens; put a TLS proxy in front of it.")
    port: int = Field(8100, ge=0, le=65535)
    metrics_port: int = Field(8101, ge=0, le=65535)
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses or networks, comma-separated, whose X-Forwarded-For says who files; empty: nobody's.",
    )
    public_url: str = Field("", description="The address that filers see, without a slash at the end.")
    areas: Path | None = Field(
        None,
        description="The counties served and their townships, JSON: a list of {code, zh, en}. The form offers them; a"
        " filing that names another county goes to the duty desk of 000000. Without it a county that nobody staffs is"
        " taken at its word.",
    )
    log_level: str = "INFO"
    in_flight_max: int = Field(500, ge=1, description="Reports that wait for the broker or the spool at one time.")
    reading_max: int = Field(1000, ge=1, description="Requests whose body is still arriving at one time.")
    body_bytes_max: int = Field(256 * 1024, ge=1024, le=256 * 1024)
    body_seconds_max: float = Field(15.0, gt=0, description="How long a body may take to arrive.")
    broker_seconds_max: float = Field(3.0, gt=0, description="After this long without acknowledgement: the spool.")
    start_seconds_max: float = Field(3.0, ge=0, description="How long the start waits for broker and institutions.")
    spool_bytes_max: int = Field(1024**3, ge=1024 * 1024)
    spool_alarm_seconds: float = Field(60.0, gt=0)
    lookups_per_minute: int = Field(30, ge=1, description="Receipt look-ups of one network address.")
    lookups_per_minute_total: int = Field(1200, ge=1)
    retry_after_seconds: int = Field(5, ge=1)

    @property
    def spool_directory(self) -> Path:
        """Where spools live: one file for each process, and what is known of institutions."""
        return self.home / "spaces" / self.space / "intake"
