"""The protocol that every way out of the house follows."""

from typing import Protocol

from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery

TIMEOUT_SECONDS = 10.0
"""The longest that one try may take on any channel, from connecting to the last byte."""


class Channel(Protocol):
    """Sends one message to one address, once. Repeating is the sender's task."""

    async def send(self, message: Outgoing) -> Delivery:
        """Try once. What the other side or the network does is a `Delivery`, not an exception."""
        ...
