"""Signed webhooks to a department's own system, by the Standard Webhooks specification.

The receiver checks `webhook-signature` and refuses a repeated `webhook-id`, which is the message's id.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import orjson
from pydantic import SecretStr
from standardwebhooks import Webhook

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.channels.file import as_json
from services.notify.channels.http import is_fit_address, post
from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken


class WebhookChannel:
    """Posts to the address of the contact. `now_ms` is real time, since receivers refuse old signatures."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        secret: SecretStr,
        now_ms: Callable[[], int],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._client = client
        self._webhook = Webhook(secret.get_secret_value())
        self._now_ms = now_ms
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Outgoing) -> Delivery:
        """Try once."""
        if not is_fit_address(message.address):
            return Delivery(Taken.REFUSED, "BAD_ADDRESS")
        now = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        body = orjson.dumps({"type": "alert.requested", "timestamp": now.isoformat(), "data": as_json(message)})
        headers = {
            "content-type": "application/json",
            "webhook-id": message.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(message.message_id, now, body.decode()),
        }
        answer = await post(
            self._client, message.address, content=body, headers=headers, timeout_seconds=self._timeout_seconds
        )
        return answer.delivery
