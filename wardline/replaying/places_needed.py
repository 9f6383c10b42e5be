"""How many places the children need at one time, by kind: from the proposal of a measure until it or the case ends.

Pure. What is needed counts, not what is free: a child for whom no bed was found needs one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.triage.core.state import BookState
from shared.contracts import events as happened
from shared.contracts.base import Message
from wardline.replaying.outcome import PLACED

MINUTE_MS = 60_000
ANY = "ANY"


class NeedChange(NamedTuple):
    """`kind`: the kind of place that the child needs from now on; None: none any more.

    `moves`: another place for a child who needs one, and no need by itself.
    """

    case: str
    kind: str | None
    moves: bool = False


def need_changes(before: BookState, events: Iterable[Message]) -> tuple[NeedChange, ...]:
    """The changes that a record's events make; `before` is the state that it was decided on."""
    return tuple(_changes(before, events))


def _changes(before: BookState, events: Iterable[Message]) -> Iterator[NeedChange]:
    for event in events:
        match event:
            case happened.MeasureProposed() if event.measure in PLACED:
                order = event.placement_order
                kinds = {ranked.place_id: ranked.type.value for ranked in event.ranking}
                chosen = kinds.get(event.place_id or "") or (_kind_of_hold(before, event.case))
                yield NeedChange(event.case, chosen or (order[0].value if order else ANY))
            case happened.PlacesRanked() if event.place_id is not None:
                kinds = {ranked.place_id: ranked.type.value for ranked in event.ranking}
                if event.place_id in kinds:
                    yield NeedChange(event.case, kinds[event.place_id], moves=True)
            case happened.MeasureEnded() | happened.CaseClosed():
                yield NeedChange(event.case, None)
            case _:
                continue


def _kind_of_hold(before: BookState, case_id: str) -> str | None:
    """The kind of the place that is held for the case already."""
    case = before.case(case_id)
    if case is None or case.hold is None:
        return None
    place = before.county(case.county).places.get(case.hold)
    return place.type.value if place else None


@dataclass(slots=True)
class PlacesNeeded:
    """Who needs a place, and how the need changed, minute by minute (bounded by the minutes in which it did)."""

    needing: dict[str, str] = field(default_factory=dict)
    changes: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By kind and minute (Unix)."""

    def apply(self, changes: Iterable[NeedChange], at_ms: int, *, may_begin: bool = True) -> None:
        """Changes at a moment. `may_begin` False: only what ends or moves; the need itself was decided otherwise."""
        for change in changes:
            known = self.needing.get(change.case)
            if known is None and (change.moves or not may_begin):
                continue
            if known == change.kind:
                continue
            minute = at_ms // MINUTE_MS
            if known is not None:
                self.changes[known, minute] -= 1
                del self.needing[change.case]
            if change.kind is not None:
                self.changes[change.kind, minute] += 1
                self.needing[change.case] = change.kind


def most_at_one_time(changes: Counter[tuple[str, int]], from_ms: int | None = None) -> dict[str, int]:
    """The most places needed at one time by kind, and of all kinds together (`ALL`), from a moment on."""
    most: dict[str, int] = {}
    standing: Counter[str] = Counter()
    start = None if from_ms is None else from_ms // MINUTE_MS
    by_minute: dict[int, dict[str, int]] = {}
    for (kind, minute), count in changes.items():
        at = minute if start is None else max(minute, start)
        of_minute = by_minute.setdefault(at, {})
        of_minute[kind] = of_minute.get(kind, 0) + count
    for _, of_minute in sorted(by_minute.items()):
        standing.update(of_minute)
        for kind in of_minute:
            most[kind] = max(most.get(kind, 0), standing[kind])
        most["ALL"] = max(most.get("ALL", 0), standing.total())
    return {kind: count for kind, count in sorted(most.items()) if count}
