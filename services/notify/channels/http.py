"""One POST to another house: bounded in time and size, no redirects, and what its answer means."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from services.notify.channels.channel import TIMEOUT_SECONDS
from services.notify.core.plan import Delivery, Taken

ANSWER_BYTES_MAX = 64 * 1024
CONNECTIONS_MAX = 64
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TOO_EARLY_OR_TOO_MANY = frozenset({408, 425, 429})
HTTP_SUCCESS, HTTP_REDIRECT, HTTP_CLIENT, HTTP_SERVER = 200, 300, 400, 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is there when the status says success."""

    delivery: Delivery
    body: bytes = b""


def new_client(proxy: str | None = None) -> httpx.AsyncClient:
    """A client for all HTTP channels. Proxies come from the settings, not from the process's environment."""
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=16)
    return httpx.AsyncClient(limits=limits, trust_env=False, proxy=proxy, follow_redirects=False)


def is_fit_address(url: str) -> bool:
    """Whether messages may go there: HTTPS, or plain HTTP on this machine (a local relay)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


async def post(
    client: httpx.AsyncClient,
    url: str,
    *,
    content: bytes,
    headers: dict[str, str],
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Answer:
    """POST once. 2xx is taken; 408, 425, 429, 5xx and a broken connection are for later; the rest is for good."""
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            client.stream("POST", url, content=content, headers=headers, timeout=timeout_seconds) as response,
        ):
            status = response.status_code
            if not HTTP_SUCCESS <= status < HTTP_REDIRECT:
                return Answer(_refusal(status))
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    break
            return Answer(Delivery(Taken.TAKEN, f"HTTP_{status}"), bytes(body[:ANSWER_BYTES_MAX]))
    except (TimeoutError, httpx.TimeoutException):
        return Answer(Delivery(Taken.TRY_LATER, "HTTP_TIMEOUT"))
    except httpx.InvalidURL:
        return Answer(Delivery(Taken.REFUSED, "BAD_ADDRESS"))
    except httpx.HTTPError:
        return Answer(Delivery(Taken.TRY_LATER, "HTTP_CONNECTION"))


def _refusal(status: int) -> Delivery:
    for_good = HTTP_REDIRECT <= status < HTTP_SERVER and status not in TOO_EARLY_OR_TOO_MANY
    return Delivery(Taken.REFUSED if for_good else Taken.TRY_LATER, f"HTTP_{status}")
