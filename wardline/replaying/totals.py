"""What all books add up to: counts, shares of levels, load of those on duty, places needed; then and now.

Pure. A book keeps what it must know by case in a `BookTotals`, and hands over numbers alone.
"""

from collections import Counter
from dataclasses import dataclass, field

from shared.contracts.vocabulary import Level
from wardline.replaying.inputs import Decided
from wardline.replaying.load import Asked
from wardline.replaying.places_needed import NeedChange, PlacesNeeded
from wardline.replaying.redeciding import Compared, Seconds

DAY_MS = 24 * 3600 * 1000
NOT_DERIVED_KEPT_MAX = 100


@dataclass(slots=True)
class Side:
    """One side of the comparison. `asked`: alerts, each of which asks a contact for an acknowledgement."""

    levels: Counter[str] = field(default_factory=Counter)
    asked: Counter[Asked] = field(default_factory=Counter)
    places: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Changes of the need, by kind and minute."""

    def add(self, other: "Side") -> None:
        """Another book's."""
        self.levels.update(other.levels)
        self.asked.update(other.asked)
        self.places.update(other.places)


@dataclass(slots=True)
class Totals:
    """Of one book, or of all. `numbers` counts records, void ones, reports, deferred ones, children and cases."""

    numbers: Counter[str] = field(default_factory=Counter)
    unlike: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """Cases by kind of difference."""
    then: Side = field(default_factory=Side)
    now: Side = field(default_factory=Side)
    seconds: Seconds = field(default_factory=dict)
    not_derived_at: list[tuple[int, int]] = field(default_factory=list)
    """Book and seq of the first records that deciding again does not give."""
    first_ms: int | None = None
    last_ms: int | None = None

    def add(self, other: "Totals") -> None:
        """Another book's."""
        self.numbers.update(other.numbers)
        self.unlike.update(other.unlike)
        self.kinds.update(other.kinds)
        for step, seconds in other.seconds.items():
            self.seconds[step] = self.seconds.get(step, 0.0) + seconds
        self.then.add(other.then)
        self.now.add(other.now)
        self.not_derived_at = [*self.not_derived_at, *other.not_derived_at][:NOT_DERIVED_KEPT_MAX]
        self.seen(other.first_ms)
        self.seen(other.last_ms)

    def seen(self, at_ms: int | None) -> None:
        """A moment of the history."""
        if at_ms is not None:
            self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
            self.last_ms = at_ms if self.last_ms is None else max(self.last_ms, at_ms)

    @property
    def days(self) -> float:
        """The days from the first to the last of them, at least one."""
        if self.first_ms is None or self.last_ms is None:
            return 1.0
        return max(1.0, (self.last_ms - self.first_ms) / DAY_MS)


@dataclass(slots=True)
class BookTotals:
    """What is added up while a book is read. Notes must come in the order of the records."""

    book: int
    totals: Totals = field(default_factory=Totals)
    levels: dict[str, tuple[Level | None, Level | None]] = field(default_factory=dict)
    """The level in force after the last decision made again, by case."""
    differing: dict[str, frozenset[str]] = field(default_factory=dict)
    """Kinds of difference by case; equal sets are one object."""
    _sets: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    needed_then: PlacesNeeded = field(default_factory=PlacesNeeded)
    needed_now: PlacesNeeded = field(default_factory=PlacesNeeded)

    def went_on(self, changes: tuple[NeedChange, ...], at_ms: int, *, counts: bool) -> None:
        """A record that is not decided again; `counts` False: of the time before, in which both sides are one."""
        self.needed_then.apply(changes, at_ms)
        self.needed_now.apply(changes, at_ms, may_begin=not counts)

    def redecided(self, decided: Decided, compared: Compared) -> None:
        """One decision made again."""
        totals = self.totals
        totals.seen(decided.arrived_at_ms)
        totals.numbers["reports" if compared.of_report else "deferred"] += 1
        totals.numbers["children"] += compared.children if compared.of_report else 0
        totals.numbers["failed_now"] += compared.failed_now
        totals.numbers["not_derived"] += compared.not_derived
        if compared.unlike is not None:
            totals.unlike[compared.unlike.value] += 1
        if compared.not_derived and len(totals.not_derived_at) < NOT_DERIVED_KEPT_MAX:
            totals.not_derived_at.append((self.book, decided.seq))
        for case in compared.cases:
            kinds = frozenset(difference.kind.value for difference in case.differences)
            kinds |= self.differing.get(case.case, frozenset())
            self.differing[case.case] = self._sets.setdefault(kinds, kinds)
        self.levels.update(compared.levels)
        for side, asked in zip((totals.then, totals.now), compared.asked, strict=True):
            side.asked.update(asked)
        self.needed_then.apply(compared.needs[0], decided.decided_at_ms)
        self.needed_now.apply(compared.needs[1], decided.decided_at_ms)

    def finish(self) -> Totals:
        """The book is read: what was kept by case becomes numbers."""
        totals = self.totals
        totals.numbers["cases"] = len(self.levels)
        totals.numbers["cases_differ"] = len(self.differing)
        for kinds in self.differing.values():
            totals.kinds.update(kinds)
        for then, now in self.levels.values():
            totals.then.levels[str(then or "NONE")] += 1
            totals.now.levels[str(now or "NONE")] += 1
        totals.then.places, totals.now.places = self.needed_then.changes, self.needed_now.changes
        return totals
