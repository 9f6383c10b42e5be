"""A tale: what people do, when; and who must be told, when. Anybody who is told and is not wanted fails the tale.

A tale is only said here. `county_in_memory.py` lives through it on the pure cores within milliseconds, and
`county_on_a_broker.py` on the real system with a fast clock; `verdict.py` compares. Moments are Asia/Shanghai:
"22:40" on the tale's first day, "day 2 02:40" on a later one, or "2026-12-01 08:00".
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shared.contracts import commands as asked
from shared.contracts.alerts import AnswerCode

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = re.compile(r"^(?:day ([0-9]+) |([0-9]{4}-[0-9]{2}-[0-9]{2}) )?([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?$")
LENGTH = re.compile(r"^([0-9]+)([mhd])$")
UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
CLIMBING = frozenset({"LADDER", "DUE", "REPEATED"})
"""Why a ladder tells by itself. Whatever else somebody is told for must be named by the want."""

Filing = dict[str, Any]
Body = Callable[[str], asked.CommandBody]
"""A command's body for a case id."""


def milliseconds(length: str) -> int:
    """ "30m", "4h", "1d"."""
    matched = LENGTH.match(length)
    assert matched, f"'{length}' is no length"
    return int(matched[1]) * UNIT_MS[matched[2]]


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is told of which case by which rung. `reasons`: for one of these."""

    case: str
    contact: str
    step: str
    reasons: frozenset[str] = CLIMBING

    def because(self, reason: str) -> "Expected":
        """The same for a reason that is not the ladder's own."""
        return Expected(self.case, self.contact, self.step, frozenset({reason}))


Wanted = Expected | Sequence[Expected]


@dataclass(frozen=True, slots=True)
class Told:
    """A message that reached a contact. `due_ms`: the moment that it answers to, `at_ms`: when it was asked for."""

    at_ms: int
    due_ms: int
    case: str
    contact: str
    department: str
    step: str
    repeat: int
    level: str
    reason: str
    alert_id: str


@dataclass(frozen=True, slots=True)
class Window:
    """From and until, both included; in words of the tale."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Want:
    """One message, within a window (Unix ms)."""

    since_ms: int
    until_ms: int
    expected: Expected


def between(since: str, until: str) -> Window:
    """The window of a want."""
    return Window(since, until)


# -- what people do


@dataclass(frozen=True, slots=True)
class Reports:
    """Somebody files; `names` are what the tale calls the children."""

    at_ms: int
    names: tuple[str, ...]
    filing: Filing


@dataclass(frozen=True, slots=True)
class Adds:
    """Somebody adds to the receipt of a case."""

    at_ms: int
    case: str
    filing: Filing


@dataclass(frozen=True, slots=True)
class Answers:
    """A contact presses a button of the last message that reached it about the case."""

    at_ms: int
    case: str
    contact: str
    answer: AnswerCode


@dataclass(frozen=True, slots=True)
class Orders:
    """Somebody gives a command. `refused`: the reason code that the tale expects; None: it is accepted."""

    at_ms: int
    who: str
    case: str
    body: Body
    refused: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """Triage or notify dies, or is back."""

    at_ms: int
    name: Literal["triage", "notify"]
    alive: bool


@dataclass(frozen=True, slots=True)
class Finds:
    """Whoever looks at the case now finds these facts (`case_view.py` names them)."""

    at_ms: int
    case: str
    facts: dict[str, object]


Act = Reports | Adds | Answers | Orders | Service | Finds


@dataclass(slots=True)
class Tale:
    """Begins on `day`; `beforehand` is what the registry says besides the sample. Ends with its last moment."""

    day: str
    acts: list[Act] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    beforehand: list[asked.CommandBody] = field(default_factory=list)
    never_told: set[tuple[str, str]] = field(default_factory=set)
    end_ms: int = 0

    @property
    def begin_ms(self) -> int:
        """Midnight of the first day."""
        return self.moment_ms("00:00")

    def moment_ms(self, moment: str) -> int:
        """A moment of the tale, Unix ms."""
        matched = MOMENT.match(moment)
        assert matched, f"'{moment}' is no moment"
        day = datetime.fromisoformat(matched[2] or self.day).replace(tzinfo=SHANGHAI)
        passed = timedelta(
            days=int(matched[1] or 1) - 1, hours=int(matched[3]), minutes=int(matched[4]), seconds=int(matched[5] or 0)
        )
        return int((day + passed).timestamp() * 1000)

    def at(self, moment: str) -> "At":
        """What somebody does at a moment."""
        return At(self, self._reaches(self.moment_ms(moment)))

    def want(self, window: Window, *expected: Wanted) -> None:
        """Each of these is told once within the window."""
        since_ms, until_ms = self.moment_ms(window.since), self._reaches(self.moment_ms(window.until))
        self.wants += [Want(since_ms, until_ms, each) for each in flat(expected)]

    def want_every(self, length: str, window: Window, *expected: Wanted) -> None:
        """Each of these once at the window's begin and again after every such length until its end; within a minute."""
        at_ms, until_ms = self.moment_ms(window.since), self._reaches(self.moment_ms(window.until))
        while at_ms <= until_ms:
            self.wants += [Want(at_ms, at_ms + UNIT_MS["m"], each) for each in flat(expected)]
            at_ms += milliseconds(length)

    def never(self, case: str, *contacts: str) -> None:
        """Said for the reader: these hear nothing of the case, whatever any want says."""
        self.never_told |= {(case, contact) for contact in contacts}

    def until(self, moment: str) -> None:
        """The tale goes on until then, and nobody is told who is not wanted."""
        self._reaches(self.moment_ms(moment))

    def _reaches(self, at_ms: int) -> int:
        self.end_ms = max(self.end_ms, at_ms)
        return at_ms


@dataclass(frozen=True, slots=True)
class At:
    """A moment of a tale, and what may be done at it."""

    tale: Tale
    at_ms: int

    def report(self, names: str | tuple[str, ...], filing: Filing) -> None:
        """Somebody files about the children of these names."""
        self.tale.acts.append(Reports(self.at_ms, (names,) if isinstance(names, str) else names, filing))

    def add(self, case: str, filing: Filing) -> None:
        """More facts by the receipt."""
        self.tale.acts.append(Adds(self.at_ms, case, filing))

    def accept(self, case: str, *contacts: str) -> None:
        """They press "accepted"."""
        self._answer(case, contacts, AnswerCode.ACKNOWLEDGE)

    def send_somebody(self, case: str, *contacts: str) -> None:
        """They press "somebody is sent"."""
        self._answer(case, contacts, AnswerCode.DISPATCH)

    def decline(self, case: str, *contacts: str) -> None:
        """They press "declined"."""
        self._answer(case, contacts, AnswerCode.DECLINE)

    def order(self, who: str, case: str, body: Body, *, refused: str | None = None) -> None:
        """An account gives a command."""
        self.tale.acts.append(Orders(self.at_ms, who, case, body, refused))

    def triage_dies(self) -> None:
        """Nothing is decided from now on."""
        self.tale.acts.append(Service(self.at_ms, "triage", alive=False))

    def triage_is_back(self) -> None:
        """What came meanwhile is decided now, in its order."""
        self.tale.acts.append(Service(self.at_ms, "triage", alive=True))

    def notify_dies(self) -> None:
        """Nothing is sent from now on."""
        self.tale.acts.append(Service(self.at_ms, "notify", alive=False))

    def notify_is_back(self) -> None:
        """What is still asked for is sent now, unless it is stale."""
        self.tale.acts.append(Service(self.at_ms, "notify", alive=True))

    def find(self, case: str, **facts: object) -> None:
        """The case stands so."""
        self.tale.acts.append(Finds(self.at_ms, case, facts))

    def _answer(self, case: str, contacts: Iterable[str], answer: AnswerCode) -> None:
        self.tale.acts += [Answers(self.at_ms, case, contact, answer) for contact in contacts]


def flat(expected: Iterable[Wanted]) -> Iterable[Expected]:
    """One by one."""
    for each in expected:
        if isinstance(each, Expected):
            yield each
        else:
            yield from each
