"""Identifiers: how they look, how they are derived, and which county a thing belongs to."""

import hashlib
import hmac
import re

SPACE_PATTERN = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
COUNTY_PATTERN = re.compile(r"^[0-9]{6}$")
COUNTY_UNKNOWN = "000000"
"""The county of a filing of which no place is known; it has a mandatory rota of its own."""

RECEIPT_ALPHABET = "23456789ACDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-one signs (a prime, which the check sign needs) without 0 O, 1 I and B, which are confused on the phone."""
RECEIPT_BODY_LENGTH = 14
"""14 signs of 31 are 69.3 bits, more than the 65 that additions by receipt need."""
RECEIPT_PATTERN = re.compile(
    rf"^([0-9]{{6}})-([{RECEIPT_ALPHABET}]{{5}})-([{RECEIPT_ALPHABET}]{{5}})-([{RECEIPT_ALPHABET}]{{5}})$"
)


def check_space(space: str) -> str:
    """`space` itself when it is well formed (lower case, digits, hyphens, at most 40), else ValueError."""
    if not SPACE_PATTERN.fullmatch(space):  # `match` would let a line end through
        raise ValueError("a space is lower-case letters, digits and hyphens, at most 40")
    return space


def county_of(area_code: str | None) -> str | None:
    """The county's 6 digits of an area code of 6 to 12 digits, or None when it has no such form."""
    if area_code and re.fullmatch(r"[0-9]{6,12}", area_code):
        return area_code[:6]
    return None


def township_of(area_code: str | None) -> str | None:
    """At most the township's 9 digits (a village's code would identify); None when the code has no such form."""
    if area_code and re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", area_code):
        return area_code[:9]
    return None


def keyed_id(key: bytes, *parts: str, length: int = 32) -> str:
    """A keyed hash of the parts, hexadecimal; equal parts give the same id, so a retry finds its first try."""
    message = b"\x00".join(part.encode() for part in parts)
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:length]


def receipt_of(key: bytes, county: str, report_id: str) -> str:
    """The receipt of a report: county, 14 signs of a keyed hash, one check sign, in groups of five."""
    number = int.from_bytes(hmac.new(key, f"receipt:{county}:{report_id}".encode(), hashlib.sha256).digest(), "big")
    signs = []
    for _ in range(RECEIPT_BODY_LENGTH):
        number, index = divmod(number, len(RECEIPT_ALPHABET))
        signs.append(RECEIPT_ALPHABET[index])
    body = "".join(signs)
    body += _check_sign(county + body)
    return f"{county}-{body[:5]}-{body[5:10]}-{body[10:]}"


def normal_receipt(text: str) -> str | None:
    """The receipt as issued from what a person typed (case, spaces and hyphens are free), or None if malformed."""
    compact = re.sub(r"[\s-]", "", text.upper())
    if len(compact) != 6 + RECEIPT_BODY_LENGTH + 1:
        return None
    county, body = compact[:6], compact[6:]
    receipt = f"{county}-{body[:5]}-{body[5:10]}-{body[10:]}"
    if not RECEIPT_PATTERN.fullmatch(receipt) or _check_sign(county + body[:-1]) != body[-1]:
        return None
    return receipt


def _check_sign(text: str) -> str:
    """A weighted sum modulo the alphabet's prime length: finds every single wrong sign and every swapped pair."""
    total = 0
    for position, sign in enumerate(text):
        value = int(sign) if position < len(COUNTY_UNKNOWN) else RECEIPT_ALPHABET.index(sign)
        total += (position + 1) * value
    return RECEIPT_ALPHABET[total % len(RECEIPT_ALPHABET)]


NOTICE_DOMICILE, NOTICE_PLACE, NOTICE_DUTY = "DOMICILE", "PLACE", "DUTY"
NOTICES = frozenset({NOTICE_DOMICILE, NOTICE_PLACE, NOTICE_DUTY})
"""Kinds of alerts that stand on no ladder: registration elsewhere, a bed and a duty that outlive a closed case."""


def notice_kind(alert_id: str) -> str | None:
    """The kind of a notice by its id (`case~KIND~step~number`), or None for an alert of a ladder."""
    kind = alert_id.rsplit("~", 3)[1:2]
    return kind[0] if kind and kind[0] in NOTICES else None


NOTE = "note"


def note_id(case: str, at_ms: int, word: str) -> str:
    """What stands in a vault entry of an officer's note where a filing's has its report id: whose it is, and when."""
    return f"{NOTE}~{case}~{at_ms}~{word}"


def note_of(report_id: str) -> tuple[str, int] | None:
    """The case and the moment (Unix ms) of a note's id; None for a filing's."""
    kind, *rest = report_id.split("~")
    if kind != NOTE or len(rest) < 3 or not rest[-2].isdigit():  # noqa: PLR2004 - case, moment, word
        return None
    return "~".join(rest[:-2]), int(rest[-2])


STEM_LENGTH_MAX = 64


def case_id(report_id: str, child: int) -> str:
    """The case of a report's child (index from 0). A report id too long to stand in other ids is hashed."""
    stem = report_id if len(report_id) <= STEM_LENGTH_MAX else hashlib.sha256(report_id.encode()).hexdigest()[:32]
    return f"{stem}.{child}"
