"""Filing through intake's HTTP API, as any institution does."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from wardline.filings import FiledText

SECONDS_MAX = 20.0
ATTEMPTS_MAX = 4
PAUSE_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Answer:
    """What intake answered. `accepted` for a 202; `content` is its JSON (a problem when refused)."""

    status: int
    content: Mapping[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether the filing is safe with intake."""
        return self.status == httpx.codes.ACCEPTED

    @property
    def receipt(self) -> str:
        """The receipt of an accepted filing."""
        return str(self.content.get("receipt", ""))

    @property
    def report_id(self) -> str:
        """The report id of an accepted filing."""
        return str(self.content.get("report_id", ""))


class IntakeAway(Exception):
    """Intake did not answer, or is too busy: the filing may be sent again with the same key."""


def file_report(base_url: str, filed: FiledText, *, api_key: str | None = None, salt: str = "") -> Answer:
    """Post one filing with a key derived from its content. Raises IntakeAway after a few attempts."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": filed.idempotency_key(salt)}
    if api_key:
        headers["X-API-Key"] = api_key
    last = "no answer"
    # trust_env: a proxy that the environment names has no business with a system of this house.
    with httpx.Client(timeout=SECONDS_MAX, trust_env=False) as client:
        for attempt in range(ATTEMPTS_MAX):
            time.sleep(attempt * PAUSE_SECONDS)
            try:
                response = client.post(f"{base_url}/v1/reports", content=filed.body, headers=headers)
            except httpx.TransportError as error:
                last = type(error).__name__
                continue
            if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return Answer(response.status_code, _object(response))
            last = f"{response.status_code}"
    raise IntakeAway(f"intake at {base_url} did not take it: {last}")


def _object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        content = response.json()
    except json.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}
