"""A decision, and the draft that grows into one: it gathers events and lives through them as it goes.

Later steps of one decision see the earlier ones, so that a bed that becomes free is offered on in the same decision.
"""

from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, Protocol

from shared.contracts.assessment import Assessment, CaseFacts, ClockDue
from shared.contracts.base import Message, made
from shared.contracts.events import StateChanged
from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.evolve import live
from services.triage.core.state import BookState, Case, County
from services.triage.core.states import leads_on, next_state
from services.triage.core.working import Working, deadlines_of

WHY_MAX = 60


class Assessor(Protocol):
    """The law: what it asks for a child's case at a moment."""

    def assess(self, facts: CaseFacts, at_ms: int) -> Assessment:
        """The assessment of one child's case."""
        ...

    def clocks_after(self, event: str, facts: CaseFacts, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
        """The clocks that a later event starts (MEASURE_ASSIGNED, CARE_STARTED, PLACED, RETURNED ...)."""
        ...


class Broken(Exception):
    """A decision would break an invariant: a defect, never written to the ledger."""


class Opened(NamedTuple):
    """A deadline that a decision opens."""

    deadline_id: str
    due_at_ms: int


_BY_TIME = itemgetter(1, 0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one input leads to. Applying `events` to the state opens and closes exactly these deadlines.

    `state` is what the events make of the state that was decided on: folding them again gives the same.
    """

    county: str
    events: tuple[Message, ...]
    why: tuple[str, ...]
    opened: tuple[Opened, ...]
    closed: tuple[str, ...]
    state: BookState = field(repr=False, compare=False)


class Draft:
    """A decision in the making. `at_ms` is business time (arrival, or a deadline's due time), `now_ms` the record's."""

    def __init__(self, state: BookState, county: str, policy: Assessor, at_ms: int, now_ms: int) -> None:
        self.before = state
        self.state = Working(state)
        self.county_code = county
        self.policy = policy
        self.at_ms = at_ms
        self.now_ms = now_ms
        self.events: list[Message] = []
        self.why: dict[str, None] = {}
        self.touched: dict[str | None, None] = {None: None}
        self.in_hand = False
        """Whether somebody changes a case in place (`in_hand.py`): no event may come in between."""

    @property
    def county(self) -> County:
        """The county as it stands after the events so far."""
        return self.state.county(self.county_code)

    @property
    def registry(self) -> County:
        """The county's contacts, shifts, places and accounts after the events so far; its cases may be behind."""
        return self.state.registry(self.county_code)

    @property
    def lateness_ms(self) -> int:
        """How long after its business time this is decided."""
        return max(0, self.now_ms - self.at_ms)

    def case(self, case_id: str) -> Case:
        """An open case as it stands after the events so far. Raises Broken when it is not open."""
        case = self.state.case(case_id)
        if case is None:
            raise Broken("the case is not open")
        return case

    def ours(self, case_id: str) -> Case | None:
        """An open case of this county, or None."""
        return self.state.case(case_id) if self.state.cases.get(case_id) == self.county_code else None

    def rewind(self) -> None:
        """Forget what was drafted so far: a command turned out to be refused."""
        self.state = Working(self.before)
        self.events.clear()
        self.why.clear()
        self.touched = {None: None}

    def emit(self, event: Message) -> None:
        """Add an event and live through it; the derived state of its case follows at once."""
        if self.in_hand:
            raise Broken("a case is in hand")
        self.events.append(event)
        leads = leads_on(event)
        case_id: str | None = event.__dict__.get("case")
        before = self.state.case(case_id) if leads and case_id is not None else None
        live(self.state, event, self.now_ms)
        if case_id is None:
            return
        self.touched[case_id] = None
        if not leads:
            return
        after = self.state.case(case_id)
        to = next_state(before, event, after)
        if to is not None:
            was = after.state if after else before.state if before else None
            changed_state = made(StateChanged, {"case": case_id, "state": to, "before": was})
            self.events.append(changed_state)
            live(self.state, changed_state, self.now_ms)

    def put(self, case: Case) -> None:
        """A case as it is after events that were added besides (`in_hand.py`); none of them leads to another state."""
        self.state.with_case(case)
        self.state.touches(case.case)
        self.touched[case.case] = None

    def because(self, sentence: str) -> None:
        """Add a sentence to the decision's reasons (bounded; the rest is counted by nobody, the events say it)."""
        if len(self.why) < WHY_MAX:
            self.why[sentence] = None

    def deadline(self, case_id: str, kind: DeadlineKind, subject: str) -> str:
        """An id for the next deadline of a case."""
        return deadline_id(case_id, kind, subject, self.case(case_id).deadline_count + 1)

    def alert(self, case_id: str, department: Department, step: LadderStep) -> str:
        """An id for the next alert of a case."""
        return f"{case_id}~{department}~{step}~{self.case(case_id).alert_count + 1}"

    def decision(self) -> Decision:
        """The finished decision. Raises Broken when an open case would be left without a next deadline."""
        state = self.state.settled()
        opened: list[Opened] = []
        closed: list[str] = []
        for case_id in self.touched:
            county = self.county_code if case_id is None else state.cases.get(case_id, self.county_code)
            old, new = deadlines_of(self.before, county, case_id), deadlines_of(state, county, case_id)
            if old is not new:
                opened += [Opened(name, deadline.due_at_ms) for name, deadline in new.items() if name not in old]
                closed += [name for name in old if name not in new]
            if case_id is not None and not new and state.case(case_id) is not None:
                raise Broken("an open case has no next deadline")
        opened.sort(key=_BY_TIME)
        return Decision(
            self.county_code, tuple(self.events), tuple(self.why), tuple(opened), tuple(sorted(closed)), state
        )
