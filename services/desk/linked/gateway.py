"""The desk's own way to a duty phone: an HTTP gateway in `live`, a file of the outbox in every other space.

A code goes this way and no other: never on a topic, into a log, or into SQL but hashed.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
import orjson
from pydantic import BaseModel, SecretStr

from services.desk.linked.codes import Phone

SECONDS_MAX: Final = 10.0
SUCCESS: Final = 2
ANSWER_BYTES_MAX: Final = 64 * 1024


class NotSent(Exception):
    """The code did not leave; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CodeGateway(BaseModel):
    """A gateway for text messages. `body` is the JSON to post, with {to}, {text} and {message_id} in its strings."""

    url: str
    body: dict[str, Any] = {"to": "{to}", "text": "{text}", "id": "{message_id}"}
    headers: dict[str, SecretStr] = {}
    success: dict[str, str] = {}


class Sends(Protocol):
    """Sends one text to one phone, once."""

    def send(self, phone: Phone, text: str, /) -> None:
        """Raises NotSent."""
        ...


@dataclass(frozen=True, slots=True)
class Nowhere:
    """In `live` without a gateway."""

    def send(self, _phone: Phone, _text: str) -> None:
        """Raises NotSent."""
        raise NotSent("NO_GATEWAY")


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """Posts to the gateway. Proxies come from no environment; redirects are not followed."""

    settings: CodeGateway

    def send(self, phone: Phone, text: str) -> None:
        """Raises NotSent."""
        if phone.number is None:
            raise NotSent("NO_PHONE")
        message_id = secrets.token_hex(16)
        values = {"{to}": phone.number, "{text}": text, "{message_id}": message_id}
        headers = {"content-type": "application/json", "idempotency-key": message_id}
        headers |= {name: value.get_secret_value() for name, value in self.settings.headers.items()}
        try:
            with httpx.Client(trust_env=False, timeout=SECONDS_MAX, follow_redirects=False) as client:
                answer = client.post(
                    self.settings.url, content=orjson.dumps(_filled(self.settings.body, values)), headers=headers
                )
        except (httpx.HTTPError, httpx.InvalidURL):
            raise NotSent("GATEWAY_AWAY") from None
        if answer.status_code // 100 != SUCCESS or not self._says_success(answer.content[:ANSWER_BYTES_MAX]):
            raise NotSent("GATEWAY_SAYS_NO")

    def _says_success(self, body: bytes) -> bool:
        if not self.settings.success:
            return True
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return False
        return isinstance(said, dict) and all(str(said.get(name)) == it for name, it in self.settings.success.items())


@dataclass(frozen=True, slots=True)
class Outbox:
    """A file for each text, beside notify's messages; the number is not written."""

    directory: Path
    mark: tuple[str, str]

    def send(self, phone: Phone, text: str) -> None:
        """Raises NotSent."""
        content = {"mark": list(self.mark), "kind": "one-time-code", "contact_id": phone.contact_id, "text": text}
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            path = self.directory / f"code-{secrets.token_hex(12)}.json"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
        except OSError:
            raise NotSent("OUTBOX") from None


def _filled(template: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON value
    """The template with its placeholders filled, strings only: no text changes its shape."""
    match template:
        case str() if template in values:
            return values[template]
        case str():
            for name, value in values.items():
                template = template.replace(name, value)
            return template
        case dict():
            return {name: _filled(value, values) for name, value in template.items()}
        case list():
            return [_filled(value, values) for value in template]
        case _:
            return template
