"""SMS and voice gateways that take a JSON POST: the shape of the body is a template in the settings.

Strings of the template may hold `{to}`, `{text}`, `{subject}`, `{link}`, `{message_id}`; values are put into strings
of an already parsed JSON value, so no text can change its shape. Many gateways answer 200 and say in the body whether
they took the message: `success` names the fields that must then be equal.
"""

from typing import Any

import httpx
import orjson

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.channels.http import post
from services.notify.core.messages import Outgoing
from services.notify.core.plan import Delivery, Taken
from services.notify.settings import GatewaySettings


async def hand_over(
    client: httpx.AsyncClient,
    settings: GatewaySettings,
    message: Outgoing,
    text: str,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Delivery:
    """Give `text` for the message's address to the gateway, once."""
    values = {
        "to": message.address,
        "text": text,
        "subject": message.words.subject,
        "link": message.words.link,
        "message_id": message.message_id,
    }
    headers = {"content-type": "application/json", "idempotency-key": message.message_id}
    headers.update({name: value.get_secret_value() for name, value in settings.headers.items()})
    answer = await post(
        client,
        settings.url,
        content=orjson.dumps(filled(settings.body, values)),
        headers=headers,
        timeout_seconds=timeout_seconds,
    )
    if answer.delivery.taken is Taken.TAKEN and not _says_success(answer.body, settings.success):
        return Delivery(Taken.TRY_LATER, "GATEWAY_SAYS_NO")
    return answer.delivery


def filled(template: Any, values: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON value
    """The template with its placeholders filled, strings only; unknown placeholders stay as they are."""
    match template:
        case str():
            return _filled_text(template, values)
        case dict():
            return {name: filled(value, values) for name, value in template.items()}
        case list():
            return [filled(value, values) for value in template]
        case _:
            return template


def _filled_text(template: str, values: dict[str, str]) -> str:
    """Left to right, once: a value that itself looks like a placeholder is left alone."""
    pieces: list[str] = []
    rest = template
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, closed, tail = after.partition("}")
        if closed and name in values:
            pieces += [before, values[name]]
            rest = tail
        else:
            pieces += [before, "{"]
            rest = after
    return "".join(pieces) + rest


def _says_success(body: bytes, success: dict[str, str]) -> bool:
    if not success:
        return True
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and all(str(answer.get(name)) == value for name, value in success.items())
