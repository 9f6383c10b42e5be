"""All cases of an area until a window's end: the one fold from which every figure of the window is made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.auditing.folding import begun, fold
from shared.auditing.lives import Life
from shared.auditing.marks import KEPT, Mark, marks_of
from shared.auditing.observations import Window

AGAIN_DAYS = 90
BEGINNINGS = frozenset({"CaseOpened", "CaseUndecidable"})


@dataclass(slots=True)
class Audit:
    """Takes marks in the order of each book. `institutions`: id to type of all who filed in the area, ever.

    `unreadable`: marks that lacked what they must have (of a newer release); they are left out and counted.
    """

    window: Window
    lives: dict[str, Life] = field(default_factory=dict)
    institutions: dict[str, str] = field(default_factory=dict)
    unreadable: int = 0

    def take(self, mark: Mark) -> None:
        """Fold one mark; those after the window's end are passed over."""
        if mark.at_ms >= self.window.to_ms or mark.kind not in KEPT:
            return
        life = self.lives.get(mark.case)
        try:
            if life is not None:
                fold(life, mark)
            elif mark.kind in BEGINNINGS:
                self.lives[mark.case] = begun(mark)
        except (KeyError, TypeError):
            self.unreadable += 1

    def take_record(self, record: dict[str, Any]) -> None:
        """Fold a valid record's fields."""
        for mark in marks_of(record):
            self.take(mark)

    def within(self) -> Iterator[Life]:
        """The cases of the window's area, by name. Where a case lies is where its child was at the window's end."""
        for name in sorted(self.lives):
            life = self.lives[name]
            life.settle()
            if life.area.startswith(self.window.area):
                yield life

    def known_institutions(self) -> dict[str, str]:
        """All who filed in the area before the window's end: id to type (the first in order, where they differ)."""
        found = dict(self.institutions)
        for life in self.lives.values():
            for filing in life.filings:
                if filing.institution is not None and filing.area.startswith(self.window.area):
                    known = found.get(filing.institution, filing.type)
                    found[filing.institution] = min(known, filing.type)
        return found


def audit_of(marks: Iterable[Mark], window: Window) -> Audit:
    """The fold of these marks."""
    audit = Audit(window)
    for mark in marks:
        audit.take(mark)
    return audit
