"""Signed links: a capability that binds a space, an alert, its case, county, department, rung, level and an expiry.

`token = base64url(JSON list) "." base64url(first 16 bytes of HMAC-SHA256)`. The key is the space's own and the space
stands in what is signed, so a drill's link opens nothing in `live`. Nothing in it identifies anybody.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

import orjson
from pydantic import ValidationError
from shared.contracts.alerts import AlertRequested
from shared.contracts.base import CountyCode, Identifier, Message, UnixMilliseconds
from shared.contracts.vocabulary import Department, LadderStep, Level

TOKEN_CHARACTERS_MAX = 1000
LINK_OUTLIVES_ACT_BY_MS = 24 * 3600 * 1000
"""A department that acknowledged in time dispatches later by the same link; a late answer is still worth having."""
_MAC_BYTES = 16
_VERSION = 1
_FIELDS_COUNT = 9


class LinkVerdict(StrEnum):
    """Why a link is good, or is not."""

    GOOD = "GOOD"
    MALFORMED = "MALFORMED"
    FORGED = "FORGED"
    EXPIRED = "EXPIRED"


class AnswerLink(Message):
    """What a link is bound to."""

    alert_id: Identifier
    case: Identifier
    county: CountyCode
    department: Department
    step: LadderStep
    level: Level
    act_by_ms: UnixMilliseconds
    expires_at_ms: UnixMilliseconds


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict; `link` is there when the signature is good (also when expired)."""

    verdict: LinkVerdict
    link: AnswerLink | None = None


def link_expiry_ms(act_by_ms: int, outlives_ms: int = LINK_OUTLIVES_ACT_BY_MS) -> int:
    """When the link of an alert that is due by `act_by_ms` stops to act, Unix milliseconds."""
    return act_by_ms + outlives_ms


def link_of(alert: AlertRequested, outlives_ms: int = LINK_OUTLIVES_ACT_BY_MS) -> AnswerLink:
    """The link of an alert; it acts for `outlives_ms` after the act-by time."""
    return AnswerLink(
        alert_id=alert.alert_id,
        case=alert.case,
        county=alert.county,
        department=alert.department,
        step=alert.step,
        level=alert.level,
        act_by_ms=alert.act_by_ms,
        expires_at_ms=link_expiry_ms(alert.act_by_ms, outlives_ms),
    )


def sign_link(key: bytes, space: str, link: AnswerLink) -> str:
    """The token of a link: URL-safe, at most `TOKEN_CHARACTERS_MAX` characters."""
    body = orjson.dumps(
        [
            _VERSION,
            link.alert_id,
            link.case,
            link.county,
            link.department,
            link.step,
            link.level,
            link.act_by_ms,
            link.expires_at_ms,
        ]
    )
    return f"{_text(body)}.{_text(_mac(key, space, body))}"


def verify_link(key: bytes, space: str, token: str, now_ms: int) -> Verified:
    """Judge a token at `now_ms` (Unix milliseconds). Never raises."""
    if len(token) > TOKEN_CHARACTERS_MAX or token.count(".") != 1:
        return Verified(LinkVerdict.MALFORMED)
    body_text, mac_text = token.split(".")
    try:
        body, mac = _bytes(body_text), _bytes(mac_text)
    except (binascii.Error, ValueError):
        return Verified(LinkVerdict.MALFORMED)
    # The text, not only the bytes, must be ours: base64 has several spellings of the same bytes.
    if not hmac.compare_digest(mac, _mac(key, space, body)) or token != f"{_text(body)}.{_text(mac)}":
        return Verified(LinkVerdict.FORGED)
    link = _read(body)
    if link is None:
        return Verified(LinkVerdict.MALFORMED)
    return Verified(LinkVerdict.EXPIRED if now_ms >= link.expires_at_ms else LinkVerdict.GOOD, link)


def _read(body: bytes) -> AnswerLink | None:
    """A signed body of another version of the format is not an attack, but cannot be read."""
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, list) or len(fields) != _FIELDS_COUNT or fields[0] != _VERSION:
        return None
    names = ("alert_id", "case", "county", "department", "step", "level", "act_by_ms", "expires_at_ms")
    try:
        return AnswerLink.model_validate(dict(zip(names, fields[1:], strict=True)))
    except ValidationError:
        return None


def _mac(key: bytes, space: str, body: bytes) -> bytes:
    return hmac.new(key, b"wardline answer link\x00" + space.encode() + b"\x00" + body, hashlib.sha256).digest()[
        :_MAC_BYTES
    ]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
