"""Links from an answer page to the one task at the desk: signed by notify, judged by the desk, which cannot make one.

`token = base64url(JSON list) "." base64url(Ed25519 signature)` over space and list, by a key of notify's own. It binds
alert, case, county, department and an expiry and names no identity. By itself it opens nothing: the desk asks for a
one-time code first. Signing and checking a signature are given, so that this stays pure.
"""

import base64
import binascii
import json
from collections.abc import Callable
from enum import StrEnum

from pydantic import ValidationError

from shared.contracts.base import CountyCode, Identifier, Message, UnixMilliseconds
from shared.contracts.vocabulary import Department

TOKEN_CHARACTERS_MAX = 800
_VERSION = 1


class TaskLink(Message):
    """What a link is bound to."""

    alert_id: Identifier
    case: Identifier
    county: CountyCode
    department: Department
    expires_at_ms: UnixMilliseconds


class BadLink(StrEnum):
    """Why a token is none."""

    MALFORMED = "MALFORMED"
    FORGED = "FORGED"
    EXPIRED = "EXPIRED"


Sign = Callable[[bytes], bytes]
"""The signature of a message."""
Holds = Callable[[bytes, bytes], bool]
"""Whether a message (first) has this signature."""


def sign_task_link(sign: Sign, space: str, link: TaskLink) -> str:
    """The token of a link, fit for an address."""
    said = [_VERSION, link.alert_id, link.case, link.county, link.department.value, link.expires_at_ms]
    body = json.dumps(said, separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(sign(_signed(space, body)))}"


def read_task_link(holds: Holds, space: str, token: str, now_ms: int) -> TaskLink | BadLink:
    """Judge a token at `now_ms` (Unix milliseconds, the space's time). Never raises."""
    if len(token) > TOKEN_CHARACTERS_MAX or token.count(".") != 1:
        return BadLink.MALFORMED
    body_text, signature_text = token.split(".")
    try:
        body, signature = _bytes(body_text), _bytes(signature_text)
    except (binascii.Error, ValueError):
        return BadLink.MALFORMED
    # The text, too, must be ours: base64 has several spellings of the same bytes.
    if not holds(_signed(space, body), signature) or token != f"{_text(body)}.{_text(signature)}":
        return BadLink.FORGED
    try:
        version, alert_id, case, county, department, expires_at_ms = json.loads(body)
        link = TaskLink(alert_id=alert_id, case=case, county=county, department=department, expires_at_ms=expires_at_ms)
    except (ValueError, TypeError, ValidationError):
        return BadLink.MALFORMED
    if version != _VERSION:
        return BadLink.MALFORMED
    return BadLink.EXPIRED if now_ms >= link.expires_at_ms else link


def _signed(space: str, body: bytes) -> bytes:
    return b"wardline task link\x00" + space.encode() + b"\x00" + body


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
