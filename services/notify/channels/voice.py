"""Calls through an HTTP gateway that reads a text aloud: no link, the number's last signs and the number to call."""

import httpx

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.channels.gateway import hand_over
from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery
from services.notify.settings import GatewaySettings


class VoiceChannel:
    """What is read aloud is Chinese."""

    def __init__(
        self, client: httpx.AsyncClient, settings: GatewaySettings, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._client = client
        self._settings = settings
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Outgoing) -> Delivery:
        """Try once."""
        return await hand_over(
            self._client, self._settings, message, message.words.spoken_zh, timeout_seconds=self._timeout_seconds
        )
