"""Match tokens: keyed hashes by which triage sees that two reports are about one child, without knowing the child."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

from shared.contracts.reports import ChildTokens, MatchTokens

from services.intake.core.reading import ChildIdentity

ID_NUMBER_SIGNS_MIN = 8
"""Shorter texts in the field of the ID number are no numbers and would match strangers."""
DIFFERENT_SIGNS_MIN = 3
"""So would what people type to get past a field: 00000000, 12121212."""
_MIDDLE_DOTS = re.compile(r"[\s·•・．.\u2027-]+")

MatchKeys = Sequence[tuple[str, bytes]]


def match_tokens(identities: Sequence[ChildIdentity], keys: MatchKeys) -> MatchTokens:
    """One entry per child; every token stands once for each current key (key id, key)."""
    return MatchTokens(children=tuple(_tokens(identity, keys) for identity in identities))


def normal_id_number(text: str) -> str | None:
    """Letters and digits alone, full-width ones made plain, upper case; None when it tells nobody apart."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    tells = len(plain) >= ID_NUMBER_SIGNS_MIN and len(set(plain)) >= DIFFERENT_SIGNS_MIN
    return plain if tells else None


def normal_name(text: str) -> str:
    """A name without spaces and middle dots, full-width signs made plain, lower case."""
    return _MIDDLE_DOTS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _tokens(identity: ChildIdentity, keys: MatchKeys) -> ChildTokens:
    id_number = normal_id_number(identity.id_number) if identity.id_number else None
    name = normal_name(identity.name) if identity.name else None
    named = [
        ("name", name, identity.birth_date, village) for village in identity.villages if name and identity.birth_date
    ]
    return ChildTokens(
        by_id_number=tuple(_hash(key, "id-number", id_number) for key in keys) if id_number else (),
        by_name=tuple(_hash(key, *(part or "" for part in parts)) for parts in named for key in keys),
    )


def _hash(key: tuple[str, bytes], *parts: str) -> str:
    digest = hmac.new(key[1], b"\x00".join(part.encode() for part in parts), hashlib.sha256).hexdigest()
    return f"{key[0]}:{digest}"
