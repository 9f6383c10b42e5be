"""Logins of the broker: SCRAM-SHA-512 for every principal, and what the embedded broker is told about them."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MECHANISM = "SCRAM-SHA-512"
PASSWORD = re.compile(r"[A-Za-z0-9_-]{24,128}")
"""What Java's property and login files take without escaping, and long enough."""
SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"
PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


@dataclass(frozen=True)
class SaslSettings:
    """The principals of a broker and their passwords, which never appear in ``repr``.

    ``admin`` is the super user: the broker itself, and whoever declares topics and access. ``clients`` maps every other
    principal to its password.
    """

    admin_password: str = field(repr=False)
    clients: Mapping[str, str] = field(repr=False)
    admin: str = "admin"

    def __post_init__(self) -> None:
        for principal, password in self.passwords.items():
            if PASSWORD.fullmatch(password) is None:
                raise ValueError(f"the password of {principal} is not 24 to 128 letters, digits, _ or -")

    @property
    def passwords(self) -> dict[str, str]:
        """Every principal's password, the administrator's too."""
        return {self.admin: self.admin_password, **self.clients}

    @classmethod
    def generate(cls, principals: Iterable[str]) -> "SaslSettings":
        """New random passwords for the administrator and each of ``principals``."""
        return cls(secrets.token_urlsafe(32), {principal: secrets.token_urlsafe(32) for principal in principals})

    def write(self, directory: Path) -> None:
        """One file per principal, readable by its owner alone: what ``WARDLINE_KAFKA_PASSWORD_FILE`` names."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for principal, password in self.passwords.items():
            path = directory / principal
            path.touch(mode=0o600)
            path.write_text(f"{password}\n", encoding="utf-8")

    def broker_properties(self) -> dict[str, str]:
        """What to add to ``server.properties``: a login on every listener, and nothing allowed that no rule allows.

        The controller's listener takes PLAIN, because SCRAM logins are kept by the controller itself.
        """
        broker = f'required username="{self.admin}" password="{self.admin_password}"'
        return {
            "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "listener.name.clients.scram-sha-512.sasl.jaas.config": f"{SCRAM_LOGIN} {broker};",
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f'{PLAIN_LOGIN} {broker} user_{self.admin}="{self.admin_password}";'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{self.admin}",
        }

    def format_arguments(self) -> list[str]:
        """The arguments of the storage tool that put the logins into a new cluster's first metadata."""
        return [
            argument
            for principal, password in self.passwords.items()
            for argument in ("--add-scram", f"{MECHANISM}=[name={principal},password={password}]")
        ]
