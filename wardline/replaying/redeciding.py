"""One report's decision made again twice: under the policy that decided it, and under the other one.

Pure. What was recorded is compared with the other policy's decision, and must itself come out of deciding again under
its own policy; where an older engine wrote it, or the input failed then, two decisions made now are compared.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.triage.core.decide import decide
from services.triage.core.decision import Assessor, Decision
from services.triage.core.inputs import DeadlineInput, Input, ReportInput
from services.triage.core.policy import Policy, PolicyInvalid
from services.triage.core.state import BookState
from services.triage.core.undecidable import undecidable
from services.triage.deciding import ENGINE
from services.triage.policies import PolicyShelf
from shared.contracts.base import Message, copied
from shared.contracts.events import CaseAssessed, CaseUndecidable
from shared.contracts.vocabulary import Level
from shared.contracts.wire import canonical
from wardline.replaying.comparison import Difference, compare
from wardline.replaying.inputs import Decided
from wardline.replaying.load import Asked, asked_by
from wardline.replaying.outcome import Outcome, children_of, outcomes_of
from wardline.replaying.places_needed import NeedChange, need_changes

Seconds = dict[str, float]
"""Where the time went, by step: of the processor, so that other programs do not count."""


class Unlike(StrEnum):
    """Why a record is not compared with itself: two decisions made now are, or none."""

    OLDER_ENGINE = "OLDER_ENGINE"
    FAILED_THEN = "FAILED_THEN"
    """It could not be decided when it came: a failure is no decision of any policy."""
    REBUILT = "REBUILT"
    """The report's bytes are not there any more; it was put together from its events."""
    POLICY_UNREADABLE = "POLICY_UNREADABLE"
    """This engine cannot read the policy that decided it: only the other policy's side is known."""
    INPUT_GONE = "INPUT_GONE"
    """Neither bytes nor events give the input: not decided again."""


@dataclass(frozen=True, slots=True)
class Job:
    """One decision to make again. `given` None: there is nothing to decide from."""

    decided: Decided
    before: BookState
    given: Input | None
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class CaseDiffers:
    """One case in one record: what differs, as it is printed."""

    book: int
    seq: int
    case: str
    arrived_at_ms: int
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Compared:
    """What one record gave. `asked`: (then, now); `levels`: case to (then, now), the level in force."""

    seq: int
    of_report: bool
    children: int = 0
    unlike: Unlike | None = None
    not_derived: bool = False
    failed_now: bool = False
    cases: list[CaseDiffers] = field(default_factory=list)
    levels: dict[str, tuple[Level | None, Level | None]] = field(default_factory=dict)
    asked: tuple[Counter[Asked], Counter[Asked]] = field(default_factory=lambda: (Counter(), Counter()))
    needs: tuple[tuple[NeedChange, ...], tuple[NeedChange, ...]] = ((), ())


@dataclass(slots=True)
class Redecider:
    """Decides under the recorded policy and under `other`; once where they are one. `seconds`: where the time went."""

    book: int
    other: Assessor
    shelf: PolicyShelf = field(default_factory=PolicyShelf)
    seconds: Seconds = field(default_factory=lambda: {"decide": 0.0, "compare": 0.0})

    def redecide(self, job: Job) -> Compared:
        """Make the decision again and compare. Never raises for what a policy does: that is undecidable."""
        decided = job.decided
        compared = Compared(decided.seq, "topic" in decided.cause)
        if job.given is None:
            compared.unlike = Unlike.INPUT_GONE
            return compared
        started = time.thread_time()
        now, failed = self._decide(job, job.given, self.other)
        then = self._recorded(job, job.given, now, compared)
        between = time.thread_time()
        self.seconds["decide"] += between - started
        compared.failed_now = failed
        compared.children = children_of(decided.events)
        if then is not None:
            self._compare(job, then, now.events, compared)
        self.seconds["compare"] += time.thread_time() - between
        return compared

    def _recorded(self, job: Job, given: Input, now: Decision, compared: Compared) -> tuple[Message, ...] | None:
        """The recorded side: the record itself where deciding again gives it, else deciding again; None: unknown."""
        decided = job.decided
        try:
            policy = self._policy(job)
        except PolicyInvalid:
            compared.unlike = Unlike.POLICY_UNREADABLE
            return None
        again = now if policy is self.other else self._decide(job, given, policy)[0]
        if job.rebuilt:
            compared.unlike = Unlike.REBUILT
        elif decided.engine != ENGINE:
            compared.unlike = Unlike.OLDER_ENGINE
        elif _failed_then(given, decided.events):
            compared.unlike = Unlike.FAILED_THEN
        else:
            compared.not_derived = not _is_record(again, decided)
            return decided.events
        return again.events

    def _policy(self, job: Job) -> Assessor:
        """The policy that decided it: `other` itself where that is the same one. Raises PolicyInvalid."""
        name = job.decided.policy
        if isinstance(self.other, Policy) and self.other.policy_id == name:
            return self.other  # its id holds the digest of its texts
        return self.shelf.get(name, job.before.policy_texts)

    def _decide(self, job: Job, given: Input, policy: Assessor) -> tuple[Decision, bool]:
        """The decision, and whether it could not be made."""
        now_ms = job.decided.decided_at_ms
        try:
            return decide(job.before, given, policy, now_ms), False
        except Exception as error:  # noqa: BLE001 - as in triage: whatever is wrong, a human decides
            if isinstance(given, DeadlineInput):  # triage would halt the book: nothing is decided
                return Decision("", (), (), (), (), job.before), True
            return undecidable(job.before, given, type(error).__name__, now_ms), True

    def _compare(self, job: Job, then: tuple[Message, ...], now: tuple[Message, ...], compared: Compared) -> None:
        if alike(now, then, job.decided):
            old = new = outcomes_of(job.before, then)
            asked, needs = asked_by(then), need_changes(job.before, then)
            compared.asked, compared.needs = (asked, asked), (needs, needs)
            compared.levels = _levels(old, new)
            return
        found, old, new = compare(job.before, then, now)
        compared.cases = [
            CaseDiffers(self.book, job.decided.seq, case_id, job.decided.arrived_at_ms, tuple(differences))
            for case_id, differences in found.items()
        ]
        compared.levels = _levels(old, new)
        compared.asked = (asked_by(then), asked_by(now))
        compared.needs = (need_changes(job.before, then), need_changes(job.before, now))


def alike(now: Sequence[Message], then: Sequence[Message], decided: Decided) -> bool:
    """Whether these are the recorded events byte for byte, but for the policy's own id."""
    return then is decided.events and canonical([_as_by(decided.policy, event) for event in now]) == decided.as_recorded


def _as_by(policy: str, event: Message) -> Message:
    if not isinstance(event, CaseAssessed):
        return event
    return copied(event, assessment=copied(event.assessment, policy=policy))


def _levels(old: Mapping[str, Outcome], new: Mapping[str, Outcome]) -> dict[str, tuple[Level | None, Level | None]]:
    """The level in force on both sides, of every case that one of them has decided."""
    found = {}
    for case_id in dict.fromkeys((*old, *new)):
        sides = [old.get(case_id), new.get(case_id)]
        if any(side is not None and (side.assessment or side.undecidable) for side in sides):
            found[case_id] = (_level(sides[0]), _level(sides[1]))
    return found


def _is_record(again: Decision, decided: Decided) -> bool:
    """Whether deciding again gave what was recorded: events, reasons and deadlines."""
    if (again.why, again.opened, again.closed) != (decided.why, decided.opened, decided.closed):
        return False
    return canonical(again.events) == decided.as_recorded or again.events == decided.events


def _failed_then(given: Input, events: tuple[Message, ...]) -> bool:
    """A report that could be read and was not decided."""
    return isinstance(given, ReportInput) and any(isinstance(event, CaseUndecidable) for event in events)


def _level(outcome: Outcome | None) -> Level | None:
    return outcome.level if outcome else None
