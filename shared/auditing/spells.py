"""The clocks of one case.

A clock that is set anew while it waits, or again after its case was closed and opened once more, is one spell: it
counts from its first start.
"""

from dataclasses import dataclass, field

from shared.auditing.observations import ClockEnd


@dataclass(slots=True)
class Spell:
    """One wait for one thing. `due_ms` is the end in force; `stopped`: not needed when its record was decided."""

    clock: str
    first_start_ms: int
    start_ms: int
    due_ms: int
    level: str
    ran_out_ms: int | None = None
    met_ms: int | None = None
    stopped: tuple[int, int] | None = None
    stopped_by_closing: bool = False

    @property
    def runs(self) -> bool:
        """Whether it still waits."""
        return self.met_ms is None and self.stopped is None


@dataclass(slots=True)
class Spells:
    """All clocks of a case. `every` keeps the finished ones, too; `running` is the last of each name."""

    every: list[Spell] = field(default_factory=list)
    last: dict[str, Spell] = field(default_factory=dict)
    ends: list[ClockEnd] = field(default_factory=list)

    def start(self, clock: str, start_ms: int, due_ms: int, level: str, record: tuple[int, int]) -> None:
        """A clock starts, or goes on with another end."""
        known = self.last.get(clock)
        goes_on = known is not None and (
            known.runs or (known.stopped is not None and (known.stopped == record or known.stopped_by_closing))
        )
        if known is not None and goes_on:
            known.start_ms, known.due_ms, known.stopped, known.stopped_by_closing = start_ms, due_ms, None, False
            return
        spell = Spell(clock, start_ms, start_ms, due_ms, level)
        self.last[clock] = spell
        self.every.append(spell)

    def meet(self, clock: str, happened_ms: int, at_ms: int, level: str) -> int | None:
        """What it waited for happened; how long it took (ms), or None when the clock does not wait."""
        spell = self.last.get(clock)
        if spell is None or not spell.runs:
            return None
        spell.met_ms = happened_ms
        span_ms = max(0, happened_ms - spell.first_start_ms)
        self.ends.append(ClockEnd(at_ms, clock, level, span_ms, was_late=spell.ran_out_ms is not None))
        return span_ms

    def run_out(self, clock: str, due_ms: int, at_ms: int, level: str) -> None:
        """It ran out; only the first time counts."""
        spell = self.last.get(clock)
        if spell is not None and spell.met_ms is None and spell.ran_out_ms is None:
            spell.ran_out_ms, spell.due_ms, spell.level = at_ms, due_ms, level
            self.ends.append(ClockEnd(at_ms, clock, level, None, was_late=True))

    def stop(self, clock: str, record: tuple[int, int]) -> None:
        """Not needed any more."""
        spell = self.last.get(clock)
        if spell is not None and spell.runs:
            spell.stopped = record

    def closed(self, record: tuple[int, int], outliving: frozenset[str]) -> None:
        """The case was closed: what was stopped by it goes on when the case is opened again. Some duties outlive it."""
        for spell in self.last.values():
            if spell.runs and spell.clock not in outliving:
                spell.stopped = record
            if spell.stopped == record:
                spell.stopped_by_closing = True
