"""What the embedded system is told by the environment: ``WARDLINE_…`` variables, in ``ops`` read here alone."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SystemSettings(BaseSettings):
    """Settings of ``wardline up``; the services read theirs themselves, from the environment that they are given."""

    model_config = SettingsConfigDict(env_prefix="WARDLINE_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="where data, logs and the broker's jars are kept")
    space: str = Field(default="demo", description="the world to run: live, demo, or a drill's name")
    kafka: str | None = Field(
        default=None, description="bootstrap servers of an existing cluster; no broker is started"
    )
    kafka_port: int = Field(
        default=9092, ge=1, le=65_534, description="the embedded broker's port; its controller: + 1"
    )
    intake_port: int = Field(default=8100, ge=1, le=65_535, description="intake's HTTP port")
    intake_metrics_port: int = Field(default=8101, ge=1, le=65_535, description="intake's metrics")
    triage_metrics_port: int = Field(default=8301, ge=1, le=65_535, description="triage's metrics")
    notify_metrics_port: int = Field(default=8302, ge=1, le=65_535, description="notify's metrics")
    answer_port: int = Field(default=8400, ge=1, le=65_535, description="notify's page for signed links")
    desk_port: int = Field(default=8200, ge=1, le=65_535, description="the desk's HTTP port")
    desk_url: str | None = Field(
        default=None, description="where recipients reach the desk, for the link on the answer page; else its port here"
    )
    desk_metrics_port: int = Field(default=8201, ge=1, le=65_535, description="the desk's metrics")
    custodian_metrics_port: int = Field(default=8202, ge=1, le=65_535, description="the custodian's metrics")
