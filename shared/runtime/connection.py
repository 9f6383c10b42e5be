"""How to reach the broker: bootstrap servers and, in a cluster, the principal's credentials.

Every client of every service is made from these settings, so that SASL is one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RECONNECT_MS_MAX = 1_000
"""kafka-python doubles its pauses up to 30 s: a reader would hear of a broker that is back half a minute late."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Bootstrap servers (`host:port,…`) and optional SASL credentials of this process's principal."""

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Connection":
        """WARDLINE_KAFKA, and …_PROTOCOL, …_SASL_MECHANISM, …_USERNAME, …_PASSWORD (or _PASSWORD_FILE), …_CA."""
        password = environment.get("WARDLINE_KAFKA_PASSWORD")
        if path := environment.get("WARDLINE_KAFKA_PASSWORD_FILE"):
            with open(path, encoding="utf-8") as handle:  # noqa: PTH123 - a plain read of a mounted secret
                password = handle.read().strip()
        return cls(
            bootstrap=environment.get("WARDLINE_KAFKA", "127.0.0.1:9092"),
            security_protocol=environment.get("WARDLINE_KAFKA_PROTOCOL", "PLAINTEXT"),
            sasl_mechanism=environment.get("WARDLINE_KAFKA_SASL_MECHANISM"),
            username=environment.get("WARDLINE_KAFKA_USERNAME"),
            password=password,
            ca_file=environment.get("WARDLINE_KAFKA_CA"),
        )

    @property
    def servers(self) -> list[str]:
        """The bootstrap servers as a list."""
        return [server.strip() for server in self.bootstrap.split(",") if server.strip()]

    def kafka_python(self) -> dict[str, Any]:
        """Arguments for any kafka-python client."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security_protocol,
            "reconnect_backoff_max_ms": RECONNECT_MS_MAX,
        }
        if self.sasl_mechanism:
            arguments |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        if self.ca_file:
            arguments["ssl_cafile"] = self.ca_file
        return arguments

    def aiokafka(self) -> dict[str, Any]:
        """Arguments for any aiokafka client."""
        arguments: dict[str, Any] = {"bootstrap_servers": self.servers, "security_protocol": self.security_protocol}
        if self.sasl_mechanism:
            arguments |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        if "SSL" in self.security_protocol:
            import ssl  # noqa: PLC0415 - only a cluster with TLS needs it

            arguments["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        return arguments
