"""Text messages through an HTTP gateway."""

import httpx

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.channels.gateway import hand_over
from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery
from services.notify.settings import GatewaySettings


class SmsChannel:
    """Both languages and the link."""

    def __init__(
        self, client: httpx.AsyncClient, settings: GatewaySettings, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._client = client
        self._settings = settings
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Outgoing) -> Delivery:
        """Try once."""
        return await hand_over(
            self._client, self._settings, message, message.words.text, timeout_seconds=self._timeout_seconds
        )
