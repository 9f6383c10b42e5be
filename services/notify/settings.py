"""What notify is told by its environment. Nothing else of notify reads it.

Names follow design: WARDLINE_SPACE, WARDLINE_HOME, WARDLINE_ANSWER_PORT, …; a channel without settings is off.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.connection import Connection


class SmtpTls(StrEnum):
    """How the relay is spoken to: STARTTLS if offered, STARTTLS or nothing, TLS from the first byte, or in clear."""

    OFFERED = "OFFERED"
    REQUIRED = "REQUIRED"
    IMPLICIT = "IMPLICIT"
    NONE = "NONE"


class SmtpSettings(BaseModel):
    """The mail relay. `sender` is the address that mails come from."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    sender: str
    user: str | None = None
    password: SecretStr | None = None
    tls: SmtpTls = SmtpTls.REQUIRED


class GatewaySettings(BaseModel):
    """An HTTP gateway for text messages or calls.

    `body` is the JSON to post, with placeholders (see `channels/gateway.py`); `headers` usually carry the key;
    `success` names fields of the answer and the values that mean that the message was taken.
    """

    url: str
    body: dict[str, Any] = {"to": "{to}", "text": "{text}", "id": "{message_id}"}
    headers: dict[str, SecretStr] = {}
    success: dict[str, str] = {}


class NotifySettings(BaseSettings):
    """All settings of notify; nested ones as WARDLINE_SMTP__HOST or as JSON in WARDLINE_SMTP."""

    model_config = SettingsConfigDict(
        env_prefix="WARDLINE_",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # an error about a setting is printed; passwords stand beside it
    )

    space: str = "demo"
    home: Path = Path("var")
    log_level: str = "INFO"

    answer_host: str = "127.0.0.1"
    answer_port: int = Field(default=8400, ge=0, le=65535)
    answer_public_url: HttpUrl | None = Field(
        default=None, description="Where recipients reach the answer page; the page's own address when not set."
    )
    desk_url: HttpUrl | None = Field(
        default=None,
        description="Where recipients reach the desk; the answer page then links to the task there. None: no link.",
    )
    notify_metrics_host: str = "127.0.0.1"
    notify_metrics_port: int = Field(default=8302, ge=0, le=65535)

    callback_number: str = Field(
        default="12345", max_length=40, description="Used where a county's civil affairs contacts state none."
    )
    notify_concurrency: int = Field(default=32, ge=1, le=256)
    notify_rounds_max: int = Field(default=5, ge=1, le=20)
    notify_pause_seconds: float = Field(default=2.0, gt=0, le=60)

    smtp: SmtpSettings | None = None
    sms: GatewaySettings | None = None
    voice: GatewaySettings | None = None
    webhook_secret: SecretStr | None = None
    outside_proxy: str | None = None

    @property
    def public_url(self) -> str:
        """The answer page's address as recipients see it, without a slash at its end."""
        if self.answer_public_url is not None:
            return str(self.answer_public_url).rstrip("/")
        return f"http://{self.answer_host}:{self.answer_port}"


def load_settings() -> tuple[NotifySettings, Connection]:
    """Read both from the environment once. Raises pydantic.ValidationError for settings that cannot be."""
    return NotifySettings(), Connection.from_environment(os.environ)
