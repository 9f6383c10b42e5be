"""What a person must look at, by name of the case: breaches with their stories, and what may be done for the figures.

These name cases. They are for an auditor who may open those cases, and are never published.
"""

from typing import Final, NamedTuple

from shared.auditing.audit import Audit
from shared.auditing.observations import Doubt

DOUBTS: Final = (
    "ACCEPTED_THEN_NOTHING",
    "LOWERED_LATE",
    "CLOSED_LATE",
    "JOINED_LATE",
    "CLOSED_AND_REOPENED",
    "SEEN_WRITTEN_LATE",
    "FOUND_WHEN_FILED",
)


class Breach(NamedTuple):
    """A clock that ran out in the window: since when it waited, when it ended, when it was met after all."""

    case: str
    area: str
    level: str
    clock: str
    since_ms: int
    due_ms: int
    met_ms: int | None
    late_ms: int


class Silent(NamedTuple):
    """An institution that has filed before and not in the window."""

    institution: str
    type: str


def breaches(audit: Audit) -> list[Breach]:
    """The gravest first, then by when they were due. How late: until it was met, or until the window's end."""
    found = [
        Breach(
            life.case, life.area, spell.level, spell.clock, spell.first_start_ms, spell.due_ms, spell.met_ms,
            max(0, (spell.met_ms if spell.met_ms is not None else audit.window.to_ms) - spell.due_ms),
        )
        for life in audit.within()
        for spell in life.spells.every
        if spell.ran_out_ms is not None and audit.window.holds(spell.ran_out_ms)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.level == "S0", each.level, each.due_ms, each.case, each.clock))


def doubts(audit: Audit) -> list[Doubt]:
    """What could have been done for the figures, in the order of `DOUBTS`, then of time."""
    found = [each for life in audit.within() for each in life.doubts if audit.window.holds(each.at_ms)]
    return sorted(found, key=lambda each: (DOUBTS.index(each.kind), each.at_ms, each.case, each.about))


def silent_institutions(audit: Audit) -> list[Silent]:
    """Institutions that have filed before and not in the window, by kind and id."""
    window = audit.window
    filed = {
        each.institution
        for life in audit.lives.values()
        for each in life.filings
        if window.holds(each.at_ms) and each.area.startswith(window.area)
    }
    known = audit.known_institutions()
    return sorted((Silent(name, kind) for name, kind in known.items() if name not in filed), key=lambda s: s[::-1])
