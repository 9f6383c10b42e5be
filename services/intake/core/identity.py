"""Who files, which filing this is, and the ids that follow: derived, so that a retry finds its first try without state.

A `filing id` is a keyed hash of filer scope and Idempotency-Key; the receipt is made of it and of the county. A
`report_id` is a keyed hash of the filing id and the content: the same content again has the same report id, other
content under the same key has the same receipt and another report id (a supplement).
"""

import re
from dataclasses import dataclass

from shared.contracts.ids import keyed_id, receipt_of
from shared.contracts.wire import canonical, sha256_hex

from services.intake.core import refused
from services.intake.core.fields import day_of

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
STRONG_KEY_LENGTH_MIN = 16
"""A shorter key of the public counts only together with the network address: two strangers may both choose "1"."""


@dataclass(frozen=True, slots=True)
class Filer:
    """Who files, as far as derived ids need it. `api_key`: as presented, known or not; `address`: of the connection."""

    api_key: str | None
    address: str


@dataclass(frozen=True, slots=True)
class SubmissionIds:
    """The ids of one submission. `derived_key`: no Idempotency-Key was sent, so content and day stand for it."""

    filing_id: str
    report_id: str
    derived_key: bool


def check_idempotency_key(key: str | None) -> str | None:
    """The key itself, or None when none was sent. Refused (400) when it is unusable."""
    if key is None or not key.strip():
        return None
    if not IDEMPOTENCY_KEY.fullmatch(key.strip()):
        raise refused.bad_key()
    return key.strip()


def ids_of(secret: bytes, filer: Filer, idempotency_key: str | None, tree: object, *, wall_ms: int) -> SubmissionIds:
    """The ids of a filing. Without a key, the same content of the same filer on one day (China) is one filing."""
    content = sha256_hex(canonical(tree))
    if idempotency_key is None:
        key, strong = f"content:{day_of(wall_ms).isoformat()}:{content}", False
    else:
        key, strong = f"key:{idempotency_key}", len(idempotency_key) >= STRONG_KEY_LENGTH_MIN
    filing_id = keyed_id(secret, "filing", scope_of(filer, key_is_strong=strong), key)
    return SubmissionIds(filing_id, keyed_id(secret, "report", filing_id, content), idempotency_key is None)


def addition_id(secret: bytes, receipt: str, tree: object) -> str:
    """The report id of an addition: the same addition to one receipt again has the same id."""
    return keyed_id(secret, "addition", receipt, sha256_hex(canonical(tree)))


def scope_of(filer: Filer, *, key_is_strong: bool) -> str:
    """Whose key it is: the holder of an API key, else the public, which shares only strong keys across addresses."""
    if filer.api_key:
        return f"institution:{sha256_hex(filer.api_key.encode())}"
    return "public" if key_is_strong else f"public:{filer.address}"


def receipt_for(secret: bytes, county: str, filing_id: str) -> str:
    """The receipt of a filing."""
    return receipt_of(secret, county, filing_id)
