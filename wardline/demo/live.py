"""What `wardline up` prints while it stays up: the important events, a line each, from the moment it was told to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kafka.errors import KafkaError

from shared.runtime.ledger_reader import Read
from wardline.case_log import CaseLog
from wardline.narration.headlines import Headlines
from wardline.narration.story import cases_of
from wardline.settings import Language
from wardline.workplace import Workplace, shanghai

POLL_SECONDS = 0.5
STOP_SECONDS_MAX = 5.0
Say = Callable[[str], None]


@dataclass(slots=True)
class LiveLines:
    """Follows the case-log in a thread of its own between `start` and `stop`; after `stop` nothing is printed."""

    workplace: Workplace
    say: Say
    language: Language
    headlines: Headlines = field(default_factory=Headlines)
    _log: CaseLog | None = None
    _thread: threading.Thread | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def mark(self) -> None:
        """What stands in the log now is history: it is read and not told. Raises KafkaError."""
        self._log = CaseLog(self.workplace.connection, self.workplace.space).__enter__()
        for read in self._log.refresh():
            self._lines(read)
        self.headlines.late = 0

    def start(self) -> None:
        """Tell what has come since, and what comes."""
        self._thread = threading.Thread(target=self._follow, name="live-lines", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell nothing more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS_MAX)

    def _follow(self) -> None:
        log = self._log
        if log is None:
            return
        try:
            while not self._ended.is_set():
                reads = log.follow(POLL_SECONDS)
                late = self.headlines.late
                for line in [line for read in reads for line in self._lines(read)]:
                    self._tell(line)
                if self.headlines.late > late:
                    self._tell(self._late(self.headlines.late - late))
        except KafkaError as error:
            self._tell(
                f"  the case-log cannot be followed any more ({type(error).__name__}): nothing is told from here"
            )
        finally:
            log.reader.close()

    def _tell(self, line: str) -> None:
        if not self._ended.is_set():
            self.say(line)

    def _lines(self, read: Read) -> list[str]:
        at = shanghai(read.valid.fields["decided_at_ms"])[11:]
        return [
            f"  {at} {self.headlines.name(case)} {line.zh if self.language == 'zh' else line.en}"
            for case, record in cases_of(read).items()
            for line in self.headlines.of_record(case, record)
        ]

    def _late(self, count: int) -> str:
        if self.language == "zh":
            return f"  停止期间有 {count} 个时限已过；wardline case 回执号 可查看"
        return f"  {count} deadlines passed while it was stopped; `wardline case RECEIPT` tells them"
