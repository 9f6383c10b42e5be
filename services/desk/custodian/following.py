"""The thread that follows the case-log and the vault. A broker that is away is waited for."""

import threading
import time
from dataclasses import dataclass, field
from typing import Final

from kafka.errors import KafkaError

from services.desk.core.grants import Known
from services.desk.custodian.vaulting import Vault
from shared.runtime.ledger_reader import LedgerReader
from shared.runtime.logging import get_logger
from shared.runtime.metrics import CustodianMetrics

POLL_SECONDS: Final = 0.2
LOOK_SECONDS: Final = 2.0
PAUSE_SECONDS_MIN: Final = 0.5
PAUSE_SECONDS_MAX: Final = 5.0

_log = get_logger("custodian.following")


@dataclass
class Following:
    """Owns the reader and the vault. `lock` is held while `known` is changed, never while the broker is asked."""

    reader: LedgerReader
    known: Known
    vault: Vault
    metrics: CustodianMetrics
    lock: threading.RLock = field(default_factory=threading.RLock)
    is_level: threading.Event = field(default_factory=threading.Event)
    """Set once the whole case-log and vault were read: nothing is opened before."""
    _answered_at: float = field(default_factory=time.monotonic)
    _looked_at: float = 0.0

    def broker_seconds(self) -> float:
        """For how long the broker has not answered."""
        return time.monotonic() - self._answered_at

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop. Raises what is for a person: a log that went backwards."""
        pause = PAUSE_SECONDS_MIN
        try:
            while not stop.is_set():
                try:
                    self.step()
                    pause = PAUSE_SECONDS_MIN
                except (KafkaError, OSError) as error:
                    _log.warning("custodian_waits", error=type(error).__name__, again_in_seconds=pause)
                    self._close()
                    stop.wait(pause)
                    pause = min(pause * 2, PAUSE_SECONDS_MAX)
                self.metrics.broker_seconds.set(self.broker_seconds())
        finally:
            self._close()

    def step(self) -> None:
        """A little of the case-log, then a little of the vault. Raises kafka errors."""
        reads = self.reader.poll(POLL_SECONDS)
        if reads:
            with self.lock:
                for read in reads:
                    fields = read.fields
                    events = fields.get("events")
                    decided = fields.get("decided_at_ms")
                    if isinstance(events, list) and isinstance(decided, int):
                        self.known.take(events, decided)
                        self._release(events)
        due = time.monotonic() - self._looked_at > LOOK_SECONDS
        if (due or not self.is_level.is_set()) and not self.reader.caught_up():
            return
        self._looked_at = time.monotonic()
        is_level = self.vault.step()
        self._answered_at = time.monotonic()
        if is_level:
            self.is_level.set()

    def _release(self, events: list[object]) -> None:
        closed = [str(each.get("case")) for each in events if isinstance(each, dict) and each["type"] == "CaseClosed"]
        for case in closed:
            if case in self.known.cases:
                kept = self.known.cases[case]
                self.vault.release((*kept.sealed, *kept.notes))

    def _close(self) -> None:
        self.reader.close()
        self.vault.close()
