"""A case in hand: its clocks and ladders, changed in place while they are started or climbed, and put back once.

Starting the clocks and ladders of one case brings some thirty events. Each method here records one of them and does at
once what its fold in `folds/response.py` does; the folds remain what the events mean, and the core's tests hold the two
equal after every decision. The events are made without checking: every value is typed already, and what no type holds
(the length of an id, the bounds of a moment) is checked here.
"""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple, Self

from immutables import Map
from shared.contracts.alerts import AlertRequested, AlertWithdrawn
from shared.contracts.assessment import ClockDue, Rung, Source
from shared.contracts.base import IDENTIFIER_LENGTH_MAX, MOMENT_MAX_MS, whole
from shared.contracts.events import ClockCancelled, ClockStarted, LadderStarted, RungReached, RungScheduled
from shared.contracts.vocabulary import ClockType, Department, LadderStep, Level

from services.triage.core import staffing, unassessed
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Broken, Draft
from services.triage.core.folds.response import RECENT_ALERTS_MAX, beginning, ladders_of, steps_of
from services.triage.core.stand_ins import StandIn
from services.triage.core.state import ClockState, Deadline, Ladder, PendingAlert, changed

REPEATS_MAX = 100_000
"""What an alert can say of its repetitions."""
_TEXT = {step: step.value for step in LadderStep}
_SUBJECTS = {(department, step): f"{department}.{step}" for department in Department for step in LadderStep}


class Telling(NamedTuple):
    """What an alert says besides whom it tells."""

    step: LadderStep
    act_by_ms: int
    reason: str
    repeat: int = 0
    contacts_of: str | None = None


class InHand:
    """One open case of a draft. Nothing else may be emitted for the case until it is put back.

    `case` is as it was when it was taken; `ladders`, `clocks`, `deadlines` and `alerts` are as they now are.
    """

    __slots__ = (
        "_alert_count",
        "_deadline_count",
        "_events",
        "_events_before",
        "_lateness_ms",
        "_owned",
        "_rungs",
        "_stood_in_at_ms",
        "alerts",
        "case",
        "case_id",
        "clocks",
        "deadlines",
        "draft",
        "ladders",
        "moment_ms",
        "staff",
        "times",
    )

    def __init__(self, draft: Draft, case_id: str) -> None:
        case = draft.case(case_id)
        self.draft, self.case, self.case_id = draft, case, case_id
        self.moment_ms = max(draft.at_ms, draft.now_ms)
        self.staff = staffing.Staff(draft.registry, case, self.moment_ms)
        self.times = case.assessment.ladder_times if case.assessment else unassessed.TIMES
        self.ladders: dict[Department, Ladder] = dict(case.ladders)
        self.clocks: dict[str, ClockState] = dict(case.clocks)
        self.deadlines: dict[str, Deadline] = dict(case.deadlines)
        self.alerts: dict[str, PendingAlert] = dict(case.alerts)
        self._events = draft.events
        self._events_before = len(draft.events)
        self._lateness_ms = draft.lateness_ms
        self._rungs: dict[Department, list[Rung]] | None = None
        self._owned: set[Department] = set()
        self._stood_in_at_ms = case.stood_in_at_ms
        self._deadline_count, self._alert_count = case.deadline_count, case.alert_count

    def __enter__(self) -> Self:
        if self.draft.in_hand:
            raise Broken("a case is in hand already")
        self.draft.in_hand = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.draft.in_hand = False
        if kind is None and len(self.draft.events) > self._events_before:
            self._put_back()

    def _put_back(self) -> None:
        self.draft.put(
            changed(
                self.case,
                ladders=Map(self.ladders),
                clocks=Map(self.clocks),
                deadlines=Map(self.deadlines),
                alerts=Map(self.alerts),
                stood_in_at_ms=self._stood_in_at_ms,
                deadline_count=self._deadline_count,
                alert_count=self._alert_count,
            )
        )

    def stood_in_at_ms(self, department: Department) -> int | None:
        """When the department was last told in the place of a ladder that nobody staffs."""
        return self._stood_in_at_ms.get(department)

    def clock_started(self, due: ClockDue, tell_at_ms: int) -> None:
        """A clock runs, its breach told at `tell_at_ms`, not before its end; an earlier one of its id makes room."""
        deadline = self._next_deadline(DeadlineKind.CLOCK, due.id, tell_at_ms)
        self._events.append(
            whole(
                ClockStarted,
                {
                    "type": "ClockStarted",
                    "case": self.case_id,
                    "clock": due.id,
                    "clock_type": due.clock_type,
                    "deadline": deadline,
                    "start_at_ms": due.start_at_ms,
                    "due_at_ms": due.due_at_ms,
                    "source": due.source,
                    "tell_at_ms": None if tell_at_ms == due.due_at_ms else tell_at_ms,
                },
            )
        )
        old = self.clocks.get(due.id)
        if old is not None:
            self._ends(old.deadline)
        recurring = due.clock_type is ClockType.RECURRING
        period_ms = due.due_at_ms - due.start_at_ms if recurring else None
        self.clocks[due.id] = ClockState(
            due.id, due.due_at_ms, deadline, due.source, period_ms, start_at_ms=due.start_at_ms
        )
        self.deadlines[deadline] = Deadline(DeadlineKind.CLOCK, tell_at_ms, due.id)

    def clock_cancelled(self, clock: str, reason: str) -> None:
        """It is not needed any more."""
        self._events.append(
            whole(ClockCancelled, {"type": "ClockCancelled", "case": self.case_id, "clock": clock, "reason": reason})
        )
        self._ends(self.clocks.pop(clock).deadline)

    def ladder_started(self, department: Department, source: Source, rungs: tuple[Rung, ...], reason: str) -> Ladder:
        """A ladder begins, or begins anew: nothing is reached yet, nobody has acknowledged."""
        self._events.append(
            whole(
                LadderStarted,
                {
                    "type": "LadderStarted",
                    "case": self.case_id,
                    "department": department,
                    "source": source,
                    "rungs": rungs,
                    "reason": reason,
                },
            )
        )
        old = self.ladders.get(department)
        if old is not None:
            self._ends(old.next_deadline)
            self._ends(old.acknowledged_deadline)
            self._ends(old.handover_deadline)
        ladder = beginning(department, steps_of(rungs or self._rungs_of(department)), old)
        self._owned.add(department)
        self.ladders[department] = ladder
        return ladder

    def _rungs_of(self, department: Department) -> list[Rung]:
        """The rungs that the assessment has for a ladder."""
        if self._rungs is None:
            self._rungs = ladders_of(self.case.assessment.rungs) if self.case.assessment else {}
        return self._rungs.get(department, [])

    def rung_reached(
        self,
        department: Department,
        step: LadderStep,
        repeat: int,
        contacts: tuple[str, ...],
        reason: str,
        stand_in: StandIn | None = None,
    ) -> None:
        """A rung was told, or skipped: then nobody was, or a stand-in. Its deadline is used up."""
        standing_in = stand_in.department if stand_in else None
        staffed = bool(contacts) and stand_in is None
        self._events.append(
            whole(
                RungReached,
                {
                    "type": "RungReached",
                    "case": self.case_id,
                    "department": department,
                    "step": step,
                    "repeat": repeat,
                    "contacts": contacts,
                    "staffed": staffed,
                    "lateness_ms": self._lateness_ms,
                    "reason": reason,
                    "stand_in": standing_in,
                    "contacts_of": stand_in.county if stand_in else None,
                },
            )
        )
        ladder = self._own(department)
        self._ends(ladder.next_deadline)
        now = vars(ladder)
        now["step"], now["repeat"], now["reached_at_ms"] = step, repeat, self.draft.now_ms
        now["told"], now["stand_in"] = staffed, standing_in
        now["next_step"] = now["next_deadline"] = None
        if standing_in is not None and contacts:
            self._stood_in_at_ms = self._stood_in_at_ms.set(standing_in, self.draft.now_ms)

    def rung_scheduled(self, department: Department, step: LadderStep, repeat: int, due_at_ms: int) -> None:
        """The next rung, by its deadline; it replaces the one scheduled before."""
        deadline = self._next_deadline(DeadlineKind.RUNG, _SUBJECTS[department, step], due_at_ms)
        self._events.append(
            whole(
                RungScheduled,
                {
                    "type": "RungScheduled",
                    "case": self.case_id,
                    "department": department,
                    "step": step,
                    "repeat": repeat,
                    "deadline": deadline,
                    "due_at_ms": due_at_ms,
                },
            )
        )
        ladder = self._own(department)
        self._ends(ladder.next_deadline)
        now = vars(ladder)
        now["next_step"], now["next_repeat"], now["next_deadline"] = step, repeat, deadline
        self.deadlines[deadline] = Deadline(DeadlineKind.RUNG, due_at_ms, _TEXT[step], department)

    def alert_requested(
        self, department: Department, ladder: Department, contacts: tuple[str, ...], telling: Telling
    ) -> None:
        """Asked of notify, on a ladder that is the department's own or another's."""
        step = telling.step
        alert_id = f"{self.case_id}~{ladder}~{step}~{self._alert_count + 1}"
        if len(alert_id) > IDENTIFIER_LENGTH_MAX or telling.act_by_ms > MOMENT_MAX_MS or telling.repeat > REPEATS_MAX:
            raise Broken("an alert that nobody could read")
        self._events.append(
            whole(
                AlertRequested,
                {
                    "type": "AlertRequested",
                    "alert_id": alert_id,
                    "case": self.case_id,
                    "county": self.case.county,
                    "department": department,
                    "step": step,
                    "repeat": telling.repeat,
                    "level": self.case.level or Level.S1,
                    "act_by_ms": telling.act_by_ms,
                    "requested_at_ms": self.draft.now_ms,
                    "contact_ids": contacts,
                    "reason": telling.reason,
                    "ladder": None if ladder is department else ladder,
                    "contacts_of": telling.contacts_of,
                },
            )
        )
        self._alert_count += 1
        self.alerts[alert_id] = PendingAlert(department, ladder, step, telling.reason)
        if ladder in self.ladders:
            owned = self._own(ladder)
            recent = (*owned.recent, (alert_id, contacts))[-RECENT_ALERTS_MAX:]
            vars(owned)["recent"] = recent

    def alert_withdrawn(self, alert_id: str, reason: str) -> None:
        """It needs no sending any more."""
        self._events.append(
            whole(
                AlertWithdrawn, {"type": "AlertWithdrawn", "alert_id": alert_id, "case": self.case_id, "reason": reason}
            )
        )
        del self.alerts[alert_id]

    def _own(self, department: Department) -> Ladder:
        """The ladder, as a value that nobody else holds yet."""
        ladder = self.ladders[department]
        if department not in self._owned:
            self._owned.add(department)
            ladder = self.ladders[department] = changed(ladder)
        return ladder

    def _next_deadline(self, kind: DeadlineKind, subject: str, due_at_ms: int) -> str:
        self._deadline_count += 1
        name = deadline_id(self.case_id, kind, subject, self._deadline_count)
        if len(name) > IDENTIFIER_LENGTH_MAX or not 0 <= due_at_ms <= MOMENT_MAX_MS:
            raise Broken("a deadline that nobody could read")
        return name

    def _ends(self, deadline: str | None) -> None:
        if deadline is not None:
            self.deadlines.pop(deadline, None)
