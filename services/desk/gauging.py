"""The gauges of the projection: an auditor's figures of the last 30 days, and what alarms look at.

The window ends with a full hour of the space's clock that every book's rows have left behind, so that `wardline audit`
with the same ends gives the same figures.
"""

import threading
import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from services.desk.auditing import overdue_cases, read_audit, reviews_waiting
from services.desk.projecting import Projecting
from shared.auditing.figures import published
from shared.auditing.observations import DAY_MS, Window
from shared.auditing.tables import HIDDEN, Kind, Table
from shared.contracts.vocabulary import Level
from shared.runtime.clock import SpaceClock
from shared.runtime.logging import get_logger
from shared.runtime.metrics import DeskMetrics

HOUR_MS: Final = 3_600_000
WINDOW_MS: Final = 30 * DAY_MS
SETTLED_WALL_MS: Final = 60_000
"""So long after the hour every record that was decided before it stands in the log."""
EVERY_SECONDS: Final = 15.0
FIGURES_EVERY_SECONDS: Final = 60.0

_log = get_logger("desk.gauging")


@dataclass
class Gauging:
    """Looks every 15 seconds; figures are made anew when an hour has passed, at most once a minute."""

    engine: Engine
    projecting: Projecting
    clock: SpaceClock
    metrics: DeskMetrics
    shown_to_ms: int = 0
    made_at: float = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A database that is away is asked again."""
        while not stop.wait(EVERY_SECONDS):
            try:
                self.look()
            except OperationalError as error:
                _log.warning("gauges_wait", error=type(error).__name__)

    def look(self) -> None:
        """Set every gauge."""
        now_ms = self.clock.now_ms()
        with self.engine.connect() as connection:
            overdue = overdue_cases(connection, now_ms)
            waiting, late = reviews_waiting(connection, now_ms)
        for level in Level:
            self.metrics.overdue_cases.labels(level.value).set(overdue.get(level.value, 0))
        self.metrics.reviews_waiting.labels("waiting").set(waiting)
        self.metrics.reviews_waiting.labels("late").set(late)
        to_ms = self._settled_hour_ms()
        if to_ms > self.shown_to_ms and time.monotonic() - self.made_at > FIGURES_EVERY_SECONDS * (self.made_at > 0):
            self.show(Window(to_ms - WINDOW_MS, to_ms))

    def show(self, window: Window) -> None:
        """Show the figures of a window."""
        with self.engine.connect() as connection:
            audit = read_audit(connection, window)
        self.metrics.figures.show(window.from_ms, window.to_ms, cells(published(audit)))
        self.shown_to_ms, self.made_at = window.to_ms, time.monotonic()

    def _settled_hour_ms(self) -> int:
        """The last full hour before which nothing can come any more; 0 while a book is behind it."""
        to_ms = (self.clock.now_ms() - int(SETTLED_WALL_MS * self.clock.rate)) // HOUR_MS * HOUR_MS
        books = self.projecting.freshness.books.values()
        levels = [book.level_at_wall_ms for book in books if book.halted is None]
        if not levels or any(level is None or self.clock.from_wall_ms(level) < to_ms for level in levels):
            return 0
        return to_ms


def cells(tables: tuple[Table, ...]) -> dict[tuple[str, str, str], float]:
    """Every shown figure by table, row (its keys with a stroke between them) and column."""
    found = {}
    for table in tables:
        width = len(table.keys)
        for row in table.rows:
            for column, cell in list(zip(table.columns, row, strict=True))[width:]:
                if column.kind is not Kind.KEY and cell is not None and cell != HIDDEN:
                    found[table.code, "/".join(map(str, row[:width])), column.code] = float(cell)
    return found
