"""What figures count: observations, each with the time of the record that made it."""

from dataclasses import dataclass
from typing import Final, NamedTuple

DAY_MS: Final = 86_400_000
UNKNOWN_LEVEL: Final = "S1"
"""A case whose level is not decided is for a human at the highest level."""


@dataclass(frozen=True, slots=True)
class Window:
    """[from_ms, to_ms), and the area whose codes begin with `area` (empty: everywhere).

    Only records decided before `to_ms` are read, so that the figures of a window that has passed never change.
    """

    from_ms: int
    to_ms: int
    area: str = ""

    def holds(self, at_ms: int) -> bool:
        """Whether a moment lies in the window."""
        return self.from_ms <= at_ms < self.to_ms


class Interval(NamedTuple):
    """From the case's arrival (or the child's discovery) to what came first of its kind."""

    at_ms: int
    name: str
    level: str
    span_ms: int


class ClockEnd(NamedTuple):
    """A clock was met (`span_ms` since it first started), or ran out (`span_ms` None)."""

    at_ms: int
    clock: str
    level: str
    span_ms: int | None
    was_late: bool


class Climb(NamedTuple):
    """A rung above a ladder's first was reached for the first time; `staffed`: somebody was told then, or later."""

    at_ms: int
    department: str
    step: str
    level: str
    staffed: bool


class Overriding(NamedTuple):
    """A named officer set the level."""

    at_ms: int
    before: str
    after: str
    reason: str


class CareEnd(NamedTuple):
    """A temporary guardianship ended."""

    at_ms: int
    organ: str
    reason: str
    span_ms: int


class Filing(NamedTuple):
    """A report about the case's child, from one institution (`institution` None: a person, or not named)."""

    at_ms: int
    report_id: str
    type: str
    institution: str | None
    area: str


class Access(NamedTuple):
    """An identity was opened, or something was decided about it. `kind` and `about` are codes."""

    at_ms: int
    kind: str
    about: str


class Doubt(NamedTuple):
    """Something that looks as if it were done for the figures. `kind` a code, `about` a clock or a department."""

    at_ms: int
    kind: str
    case: str
    about: str
    from_ms: int
    until_ms: int
