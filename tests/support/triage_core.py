"""A county in memory: the pure core of triage, lived through input by input, every step checked.

`CoreWorld.give` decides, checks what the ledger's shell requires of a decision, and folds its events.
"""

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TypeVar

from services.triage.core.decide import decide
from services.triage.core.decision import Assessor, Decision
from services.triage.core.evolve import evolve
from services.triage.core.inputs import CommandInput, DeadlineInput, Input, OutcomeInput, ReportInput
from services.triage.core.invariants import check, check_event
from services.triage.core.state import BookState, Case
from services.triage.core.undecidable import undecidable
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AlertSettled, AnswerCode, AnswerGiven, ChannelKind
from shared.contracts.base import Message
from shared.contracts.events import CommandRefused, read_event, read_events
from shared.contracts.registry import Account, Channel, Contact, Place, RotaShift
from shared.contracts.reports import ChildFacts, CustodyFacts, InstitutionFacts, ReportFacts, ReportFiled
from shared.contracts.vocabulary import Department, Holder, InstitutionType, PlacementType, Role, Sex
from shared.contracts.wire import canonical
from tests.support.fake_policy import FakePolicy

T0 = 1_795_482_000_000
"""2026-11-24 09:00 in Shanghai, a Tuesday."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
COUNTY = "520327"
TOWNSHIP = "520327102"
UNKNOWN = "000000"
"""The county of filings of which no place is known; its desk stands in everywhere."""
RECORD_BYTES_MAX = 512 * 1024
FOREVER = T0 + 3650 * DAY

Event = TypeVar("Event", bound=Message)

ACTORS = {
    "officer": asked.Actor(account="officer", role=Role.OFFICER, area_prefix=COUNTY),
    "officer2": asked.Actor(account="officer2", role=Role.OFFICER, area_prefix=COUNTY),
    "supervisor": asked.Actor(account="supervisor", role=Role.SUPERVISOR, area_prefix=COUNTY),
    "signatory": asked.Actor(account="signatory", role=Role.SIGNATORY, area_prefix=COUNTY),
    "police": asked.Actor(account="police", role=Role.CLERK, area_prefix=COUNTY, department=Department.POLICE),
    "township": asked.Actor(account="township", role=Role.TOWNSHIP_SUPERVISOR, area_prefix=TOWNSHIP),
    "admin": asked.Actor(account="admin", role=Role.ADMINISTRATOR, area_prefix=COUNTY),
    "admin-2": asked.Actor(account="admin-2", role=Role.ADMINISTRATOR, area_prefix=COUNTY),
    "auditor": asked.Actor(account="auditor", role=Role.AUDITOR, area_prefix=COUNTY),
    "desk": asked.Actor(account="desk-officer", role=Role.OFFICER, area_prefix=""),
    "operator": asked.Actor(account="operator", role=Role.OPERATOR, area_prefix=""),
    "operator-3": asked.Actor(account="operator-3", role=Role.OPERATOR, area_prefix=""),
    "space-admin": asked.Actor(account="space-admin", role=Role.ADMINISTRATOR, area_prefix=""),
    "space-admin-2": asked.Actor(account="space-admin-2", role=Role.ADMINISTRATOR, area_prefix=""),
    "operator-2": asked.Actor(account="operator-2", role=Role.OPERATOR, area_prefix=""),
}
ROLES = (
    ("VILLAGE", "VILLAGE_DIRECTOR", TOWNSHIP),
    ("CIVIL_AFFAIRS", "DUTY_1", COUNTY),
    ("CIVIL_AFFAIRS", "DUTY_2", COUNTY),
    ("CIVIL_AFFAIRS", "HEAD", COUNTY),
    ("CIVIL_AFFAIRS", "PREFECTURE", COUNTY[:4]),
    ("CIVIL_AFFAIRS", "PROVINCE", COUNTY[:2]),
    ("POLICE", "STATION", TOWNSHIP),
    ("POLICE", "COMMAND", COUNTY),
    ("POLICE", "LEADER", COUNTY),
)


def contact(department: str, role: str, area: str = COUNTY, county: str = COUNTY, *, active: bool = True) -> Contact:
    """An office whose number nobody has."""
    return Contact(
        contact_id=f"{department}-{role}".lower(),
        county=county,
        department=Department(department),
        role=role,
        area_prefix=area,
        channels=(Channel(kind=ChannelKind.FILE, address="000-0000-0001"),),
        active=active,
    )


def place(name: str, kind: PlacementType = PlacementType.RESCUE_INST, capacity: int = 1, **more: object) -> Place:
    """A place of the county."""
    return Place.model_validate({"place_id": name, "county": COUNTY, "type": kind, "capacity": capacity, **more})


def child(*concerns: str, age: int | None = 6, sex: Sex | None = Sex.F, **more: object) -> ChildFacts:
    """A child in the township."""
    return ChildFacts.model_validate(
        {"concerns": concerns, "age_years": age, "sex": sex, "area_code": TOWNSHIP, **more}
    )


@dataclass
class CoreWorld:
    """The state, what is pending by a ledger's own count, and every event so far."""

    policy: Assessor = field(default_factory=FakePolicy)
    state: BookState = field(default_factory=lambda: BookState("test", 0))
    now_ms: int = T0
    pending: dict[str, int] = field(default_factory=dict)
    ever_opened: set[str] = field(default_factory=set)
    log: list[tuple[Message, int]] = field(default_factory=list)
    count: int = 0
    checked: bool = True

    def give(self, given: Input, *, late_ms: int = 0) -> Decision:
        """Decide one input and live on."""
        return self.apply(decide(self.state, given, self.policy, self.now_ms + late_ms), given)

    def give_undecidable(self, given: Input, error: str = "ValueError") -> Decision:
        """What the shell does when `decide` failed."""
        return self.apply(undecidable(self.state, given, error, self.now_ms), given)

    def apply(self, decision: Decision, given: Input) -> Decision:
        """Check a decision as a ledger does, and fold it."""
        opened = [each.deadline_id for each in decision.opened]
        assert len(set(opened)) == len(opened)
        assert not self.ever_opened & set(opened), "a deadline id was used twice"
        assert set(decision.closed) <= set(self.pending), "closed what is not pending"
        if isinstance(given, DeadlineInput):
            assert given.deadline in decision.closed, "the cause is not among the closed"
        for each in decision.closed:
            del self.pending[each]
        self.pending.update({each.deadline_id: each.due_at_ms for each in decision.opened})
        self.ever_opened.update(opened)
        for event in decision.events:
            faults = check_event(self.state, event)
            assert not faults, faults
            self.state = evolve(self.state, event, self.now_ms)
            self.log.append((event, self.now_ms))
        if self.checked:
            assert check(self.state) == []
            assert decision.state == self.state, "the decision's own state is not what its events make"
            assert set(self.state.deadlines) == set(self.pending)
            written = canonical(decision.events)
            assert written == canonical([event.model_dump(mode="json", exclude_none=True) for event in decision.events])
            assert read_events(written) == decision.events, "readers see other events than were decided"
            assert len(written) < RECORD_BYTES_MAX
        return decision

    def until(self, at_ms: int) -> list[Message]:
        """Let time pass: every deadline due until then fires in order. The events that followed."""
        start = len(self.log)
        while due := sorted((due_ms, name) for name, due_ms in self.pending.items() if due_ms <= at_ms):
            due_ms, name = due[0]
            self.now_ms = max(self.now_ms, due_ms)
            self.give(DeadlineInput(name, due_ms))
        self.now_ms = max(self.now_ms, at_ms)
        return [event for event, _ in self.log[start:]]

    def passes(self, span_ms: int) -> list[Message]:
        """Let so much time pass."""
        return self.until(self.now_ms + span_ms)

    def file(
        self,
        *children: ChildFacts,
        report_id: str | None = None,
        receipt: str | None = None,
        county: str = COUNTY,
        tokens: tuple[str, ...] = (),
        id_tokens: tuple[str, ...] = (),
        **facts: object,
    ) -> Decision:
        """File a report about these children; `id_tokens` and `tokens` (by name) are those of each child."""
        self.count += 1
        report_id = report_id or f"r{self.count}"
        message = ReportFiled(
            report_id=report_id,
            receipt=receipt or f"{COUNTY}-{report_id}",
            space="test",
            county=county,
            filed_at_ms=self.now_ms,
            facts=ReportFacts.model_validate(
                {"institution": InstitutionFacts(type=InstitutionType.PRIMARY_SCHOOL), "children": children, **facts}
            ),
        )
        both = tuple(f"{of_id} {name}".strip() for of_id, name in zip_longest(id_tokens, tokens, fillvalue=""))
        return self.give(ReportInput(message, self.now_ms, both, id_tokens))

    def order(
        self,
        who: str,
        body: asked.CommandBody,
        *,
        signed: bool = True,
        command_id: str | None = None,
        county: str = COUNTY,
        book: int | None = None,
        kid: str = "desk",
    ) -> Decision:
        """Somebody gives a command; a key whose name begins with `operator` is an operator's."""
        self.count += 1
        command = asked.Command(
            command_id=command_id or f"c{self.count}",
            space="test",
            county=county,
            book=book,
            actor=ACTORS[who],
            issued_at_ms=self.now_ms,
            body=body,
            kid=kid,
        )
        return self.give(CommandInput(command, self.now_ms, signed, by_operator=kid.startswith("operator")))

    def answer(self, alert: AlertRequested, code: AnswerCode = AnswerCode.ACKNOWLEDGE) -> Decision:
        """Somebody answers on the page of a signed link."""
        self.count += 1
        outcome = AnswerGiven(
            outcome_id=f"o{self.count}",
            space="test",
            county=alert.county,
            case=alert.case,
            alert_id=alert.alert_id,
            department=alert.department,
            step=alert.step,
            answer=code,
            answered_at_ms=self.now_ms,
        )
        return self.give(OutcomeInput(outcome, self.now_ms))

    def settle(self, alert: AlertRequested, result: AlertResult = AlertResult.SENT) -> Decision:
        """Notify has settled an alert."""
        outcome = AlertSettled(
            outcome_id=f"s-{alert.alert_id}",
            space="test",
            county=alert.county,
            case=alert.case,
            alert_id=alert.alert_id,
            result=result,
            attempts=1,
            settled_at_ms=self.now_ms,
        )
        return self.give(OutcomeInput(outcome, self.now_ms))

    def staff(self, *, without: tuple[str, ...] = ()) -> "CoreWorld":
        """Load contacts, accounts and a signatory's shift; `without` leaves out roles."""
        for department, role, area in ROLES:
            if role not in without:
                self.order("operator", asked.SetContact(contact=contact(department, role, area)))
        for name, actor in ACTORS.items():
            if actor.role is not Role.OPERATOR and name not in {"desk", "admin-2"} and not name.startswith("space-"):
                account = Account(
                    account=name,
                    county=COUNTY,
                    role=actor.role,
                    area_prefix=actor.area_prefix,
                    department=actor.department,
                )
                self.order("operator", asked.SetAccount(account=account))
        self.shift("signatory", "SIGNATORY")
        return self

    def desk(self, *departments: str) -> "CoreWorld":
        """The desk of county 000000 as every book has it: a duty contact of each department, and an account."""
        for department in departments or ("CIVIL_AFFAIRS",):
            office = contact(department, "DUTY_1", "000000", UNKNOWN).model_copy(
                update={"contact_id": f"desk-{department}".lower()}
            )
            self.order("operator", asked.SetContact(contact=office), county=UNKNOWN, book=0)
        officer = Account(account="desk-officer", county=UNKNOWN, role=Role.OFFICER, area_prefix="")
        self.order("operator", asked.SetAccount(account=officer), county=UNKNOWN, book=0)
        return self

    def shift(self, account: str, rung: str, from_ms: int = T0 - DAY, until_ms: int = FOREVER) -> Decision:
        """Put somebody on the rota."""
        shift = RotaShift(
            shift_id=f"shift-{account}-{rung}",
            county=COUNTY,
            account=account,
            rung=rung,
            contact_id="civil_affairs-duty_1",
            from_ms=from_ms,
            until_ms=until_ms,
        )
        return self.order("operator", asked.SetShift(shift=shift))

    def add(self, *places: Place) -> Decision:
        """Register places."""
        for each in places:
            decision = self.order("admin", asked.SetPlace(place=each))
        return decision

    def case(self, name: str) -> Case:
        """An open case."""
        found = self.state.case(name)
        assert found is not None, f"{name} is not open"
        return found

    def sighted(self, name: str) -> None:
        """An officer has seen the child in person, now."""
        self.order("officer", asked.RecordChildSeen(case=name, seen_at_ms=self.now_ms))

    def died(self, name: str, **more: object) -> None:
        """A filing says that the child died, an officer records it, and another one closes the case."""
        case = self.case(name)
        self.file(
            ChildFacts.model_validate({"injury": "DEATH", **more}),
            report_id=f"{case.report_id}-died",
            receipt=case.receipt,
        )
        self.order("officer2", asked.RecordChildSeen(case=name, seen_at_ms=self.now_ms, dead=True))
        self.order("officer", asked.CloseCase(case=name, reason="DIED"))

    def safe_return(self, name: str) -> None:
        """An officer sees the child, assesses the guardian as able and the return as safe; the child is at home."""
        self.sighted(name)
        self.order("officer", asked.RecordAssessment(case=name, guardian_able=True, safe_to_return=True))
        self.order("officer", asked.RecordCustody(case=name, holder=Holder.GUARDIAN, since_ms=self.now_ms))

    def replayed(self) -> BookState:
        """The state that the events alone give, read back from JSON."""
        state = BookState("test", 0)
        for event, at_ms in self.log:
            state = evolve(state, read_event(event.model_dump(mode="json")), at_ms)
        return state


def of(decision: Decision | list[Message], kind: type[Event]) -> list[Event]:
    """The events of one type."""
    events = decision.events if isinstance(decision, Decision) else decision
    return [event for event in events if isinstance(event, kind)]


def refusal(decision: Decision) -> str | None:
    """The reason code of a refused command, or None."""
    refused = of(decision, CommandRefused)
    return refused[0].reason if refused else None


def told(decision: Decision | list[Message]) -> list[tuple[str, str]]:
    """The alerts that were asked for: department and step."""
    return [(alert.department.value, alert.step.value) for alert in of(decision, AlertRequested)]


def custody(holder: Holder) -> CustodyFacts:
    """Who holds the child now."""
    return CustodyFacts(holder=holder)
