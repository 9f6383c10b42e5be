"""Logins of the broker: SCRAM-SHA-512 for clients and for the broker itself, and what the broker is told about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class SaslSettings:
    """The principals of a broker and their passwords.

    ``admin`` is the super user: the broker itself and whoever applies topics and access lists. ``clients`` maps every
    other principal to its password. Passwords never appear in ``repr``.
    """

    admin: str
    admin_password: str = field(repr=False)
    clients: Mapping[str, str] = field(repr=False)

    def broker_properties(self) -> dict[str, str]:
        """What to add to ``server.properties``: SCRAM on the clients' listener, deny unless an access list allows."""
        return {}

    def format_arguments(self) -> list[str]:
        """The arguments of the storage tool that put the logins into a new cluster's first metadata."""
        return []
