"""Random samples that anybody can draw again: cases in the order of a keyed hash of their names.

The key is made of the seed, the window and the area. Whoever gives the seed after the window has passed leaves nobody a
way to know beforehand which cases will be looked at.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from shared.auditing.audit import Audit
from shared.auditing.lives import Life

SAMPLE_MAX: Final = 500


def _ran_out(audit: Audit, life: Life) -> bool:
    return any(each.span_ms is None and audit.window.holds(each.at_ms) for each in life.spells.ends)


AMONG: Final[Mapping[str, Callable[[Audit, Life], bool]]] = {
    "OPENED": lambda audit, life: audit.window.holds(life.opened_ms),
    "CLOSED": lambda audit, life: any(audit.window.holds(at_ms) for at_ms in life.closed_ms),
    "OVERRIDDEN": lambda audit, life: any(audit.window.holds(each.at_ms) for each in life.overridings),
    "RAN_OUT": _ran_out,
    "OPEN_AT_END": lambda _audit, life: life.is_open,
}
"""From which cases a sample is drawn."""


def sample(audit: Audit, seed: str, count: int, among: str = "OPENED") -> list[str]:
    """At most `count` cases (never more than 500). Raises KeyError for an unknown `among`."""
    chosen = AMONG[among]
    window = audit.window
    key = hashlib.sha256(f"{seed}|{window.from_ms}|{window.to_ms}|{window.area}|{among}".encode()).digest()
    names = [life.case for life in audit.within() if chosen(audit, life)]
    ordered = sorted(names, key=lambda name: hmac.digest(key, name.encode(), "sha256"))
    return ordered[: max(0, min(count, SAMPLE_MAX))]
