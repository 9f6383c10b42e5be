"""How long a login must wait after failures: few tries from one place, more for one account from everywhere.

A stranger who fails on purpose slows down only the place that they type from, until very many have failed: an officer
at night must not be locked out by somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WINDOW_MS: Final = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """Failures within the window after which the next try waits."""

    of_account_here: int = 5
    of_address: int = 20
    of_account: int = 50


def wait_ms(failures_ms: Sequence[int], limit: int, now_ms: int) -> int:
    """How long until fewer than `limit` failures lie within the window; 0 when the next try may come now."""
    recent = sorted(at_ms for at_ms in failures_ms if now_ms - at_ms < WINDOW_MS)
    if len(recent) < limit:
        return 0
    return recent[-limit] + WINDOW_MS - now_ms
