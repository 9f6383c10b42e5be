"""Whatever arrives in whatever order: the invariants hold, replay gives the same state, deciding is deterministic."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.triage.core.decide import decide
from services.triage.core.inputs import DeadlineInput, ReportInput
from services.triage.core.invariants import check
from services.triage.core.policy import parse_policy
from services.triage.core.stand_ins import untold
from services.triage.policy_files import load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested, AlertResult, AnswerCode
from shared.contracts.reports import (
    ActionsFacts,
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    HistoryFacts,
    ReportFacts,
    ReportFiled,
    SafetyFacts,
)
from shared.contracts.vocabulary import (
    CloseReason,
    Concern,
    Department,
    DisputeAbout,
    Disqualifier,
    EndReason,
    GuardianStatus,
    GuardianType,
    Holder,
    Injury,
    KinCheck,
    Level,
    Measure,
    Organ,
    PlacementType,
    Relation,
    RevocationGround,
    Sex,
    Wishes,
)
from tests.support.triage_core import ACTORS, COUNTY, DAY, HOUR, MINUTE, T0, TOWNSHIP, CoreWorld, contact, place

flag = st.none() | st.booleans()
children = st.builds(
    ChildFacts,
    sex=st.none() | st.sampled_from(Sex),
    age_years=st.none() | st.integers(0, 20),
    age_months=st.none() | st.integers(0, 23),
    area_code=st.sampled_from([None, COUNTY, TOWNSHIP, "520328001"]),
    domicile_area_code=st.sampled_from([None, COUNTY, "520322"]),
    disability=flag,
    concerns=st.lists(st.sampled_from(Concern), max_size=3).map(tuple),
    injury=st.sampled_from(Injury),
)
guardians = st.builds(
    GuardianFacts,
    relation=st.sampled_from(Relation),
    status=st.lists(st.sampled_from(GuardianStatus), max_size=2).map(tuple),
)
facts = st.builds(
    ReportFacts,
    children=st.lists(children, max_size=3).map(tuple),
    guardians=st.lists(guardians, max_size=2).map(tuple),
    carer=st.none() | st.builds(CarerFacts, relation=st.sampled_from(Relation)),
    custody_now=st.builds(CustodyFacts, holder=st.sampled_from(Holder)),
    safety=st.builds(SafetyFacts, alone_now=flag, alleged_person_has_access=flag),
    history=st.builds(HistoryFacts, earlier_reports=flag),
    alleged_person=st.none() | st.builds(AllegedFacts, relation=st.sampled_from(Relation)),
    actions_taken=st.builds(ActionsFacts, police_called=flag),
)
ids = st.sampled_from([f"r{number}" for number in range(6)])
tokens = st.lists(st.sampled_from(["", "a" * 64, "b" * 64]), max_size=3).map(tuple)
LAW = parse_policy(load_policy_texts())
PLACES = ("p1", "p2", "p3")
ELSEWHERE = "520322"


def bodies(case: str) -> st.SearchStrategy[Any]:
    """Every command about a case, sensible or not."""
    departments = st.sampled_from([Department.CIVIL_AFFAIRS, Department.POLICE, Department.TOWNSHIP])
    return st.one_of(
        st.builds(asked.Acknowledge, case=st.just(case), department=departments),
        st.builds(asked.Dispatch, case=st.just(case), department=departments),
        st.builds(asked.TakeOver, case=st.just(case), department=departments),
        st.builds(asked.Decline, case=st.just(case), department=departments, reason=st.just("NO")),
        st.builds(asked.ReportOutcome, case=st.just(case), department=departments, outcome=st.just("DONE")),
        st.builds(
            asked.TellDepartment, case=st.just(case), department=st.sampled_from(Department), reason=st.just("NEEDED")
        ),
        st.builds(asked.RecordChildSeen, case=st.just(case), seen_at_ms=st.just(T0), wishes=st.sampled_from(Wishes)),
        st.builds(
            asked.RecordCustody,
            case=st.just(case),
            holder=st.sampled_from(Holder),
            since_ms=st.just(T0),
            place_id=st.sampled_from([None, *PLACES, "kin"]),
        ),
        st.builds(
            asked.AddKinCandidate,
            case=st.just(case),
            candidate_id=st.just("kin"),
            relation=st.sampled_from(Relation),
            willing=flag,
            checked=flag,
            disqualified=flag,
            household_of_alleged=flag,
            disqualifiers=st.lists(st.sampled_from(Disqualifier), max_size=1).map(tuple),
            checks=st.lists(st.sampled_from(KinCheck), max_size=2, unique=True).map(tuple),
            adult=flag,
            consent_by=st.none() | st.sampled_from(Organ),
        ),
        st.builds(
            asked.RecordDispute,
            case=st.just(case),
            about=st.sampled_from(DisputeAbout),
            candidates=st.sampled_from([(), ("kin",)]),
            resolved=st.booleans(),
        ),
        st.builds(asked.RecordDomicileTold, case=st.just(case), domicile_county=st.sampled_from([ELSEWHERE, COUNTY])),
        st.builds(
            asked.ExtendGuardianship, case=st.just(case), reason=st.just("TRACING"), days=st.sampled_from([1, 180])
        ),
        st.builds(
            asked.RecordNoRevocation, case=st.just(case), reason=st.just("TREATED"), rest_days=st.sampled_from([1, 180])
        ),
        st.builds(asked.RecordAssessment, case=st.just(case), guardian_able=flag, safe_to_return=flag),
        st.builds(
            asked.SignGuardian,
            case=st.just(case),
            measure=st.sampled_from(Measure),
            wishes=st.sampled_from(Wishes),
            document_pending=st.booleans(),
        ),
        st.builds(asked.RefuseGuardian, case=st.just(case), reason=st.sampled_from(["PLACE_UNFIT", "NO"])),
        st.builds(asked.FileDocument, case=st.just(case), document_number=st.just("D")),
        st.builds(
            asked.EndMeasure,
            case=st.just(case),
            reason=st.sampled_from(EndReason),
            holder=st.sampled_from(Holder),
            guardian_type=st.none() | st.sampled_from(GuardianType),
            limb_94=st.sampled_from([None, 1, 4]),
        ),
        st.builds(
            asked.FileForRevocation,
            case=st.just(case),
            ground=st.sampled_from(RevocationGround),
            applicant=st.just(Department.CIVIL_AFFAIRS),
        ),
        st.builds(asked.OverrideLevel, case=st.just(case), level=st.sampled_from(Level), reason=st.just("SEEN")),
        st.builds(
            asked.CloseCase,
            case=st.just(case),
            reason=st.sampled_from(CloseReason),
            duplicate_of=st.sampled_from([None, "r0.0"]),
            limb_94=st.sampled_from([None, 1, 4]),
        ),
        st.builds(asked.ReopenCase, case=st.just(case), reason=st.just("MORE")),
    )


class County(RuleBasedStateMachine):
    """A county in which anything may happen. `CoreWorld.give` checks every step."""

    def __init__(self) -> None:
        super().__init__()
        self.world = CoreWorld()
        self.somebody_is_there = False

    @initialize(staffed=st.booleans(), desk=st.sampled_from([(), ("CIVIL_AFFAIRS",), ("POLICE",), ("HEALTH",)]))
    def begins(self, *, staffed: bool, desk: tuple[str, ...]) -> None:
        self.somebody_is_there = staffed or bool(desk)
        if staffed:
            self.world.staff()
        if desk:
            self.world.desk(*desk)

    def case_of(self, pick: int) -> str:
        known = sorted(self.world.state.cases) or ["r0.0"]
        return known[pick % len(known)]

    @rule(account=st.sampled_from(["officer", "officer2"]), hours=st.integers(1, 12))
    def somebody_is_on_duty(self, account: str, hours: int) -> None:
        now_ms = self.world.now_ms
        self.world.shift(account, "E1", now_ms, now_ms + hours * HOUR)

    @rule(report_id=ids, receipt=ids, what=facts, hashes=tokens, late=st.sampled_from([0, 5, HOUR]))
    def a_report_arrives(
        self, report_id: str, receipt: str, what: ReportFacts, hashes: tuple[str, ...], late: int
    ) -> None:
        message = ReportFiled(
            report_id=report_id, receipt=receipt, space="test", county=COUNTY, filed_at_ms=T0, facts=what
        )
        self.world.give(ReportInput(message, self.world.now_ms, hashes), late_ms=0)
        self.world.now_ms += late

    @rule(
        pick=st.integers(0, 30),
        who=st.sampled_from(sorted(ACTORS)),
        data=st.data(),
        repeated=st.booleans(),
        signed=st.sampled_from([True, True, True, False]),
    )
    def a_command_arrives(self, pick: int, who: str, data: st.DataObject, *, repeated: bool, signed: bool) -> None:
        body = data.draw(bodies(self.case_of(pick)))
        command_id = "again" if repeated else None
        self.world.order(who, body, signed=signed, command_id=command_id)

    @rule(
        name=st.sampled_from(PLACES),
        kind=st.sampled_from([PlacementType.RESCUE_INST, PlacementType.FOSTER, PlacementType.KIN]),
        capacity=st.integers(0, 3),
        licence=st.none() | st.integers(-DAY, 3 * DAY),
        active=st.sampled_from([True, True, False]),
    )
    def a_place_changes(
        self, name: str, kind: PlacementType, capacity: int, licence: int | None, *, active: bool
    ) -> None:
        until = None if licence is None else self.world.now_ms + licence
        home = place(name, kind, capacity, licence_until_ms=until, active=active)
        self.world.order("operator", asked.SetPlace(place=home))

    @rule(role=st.sampled_from(["DUTY_1", "DUTY_2", "HEAD"]), active=st.booleans())
    def a_contact_changes(self, role: str, *, active: bool) -> None:
        desk = contact("CIVIL_AFFAIRS", role, active=active)
        self.world.order("operator", asked.SetContact(contact=desk))

    @rule(active=st.booleans())
    def another_countys_office_is_registered(self, *, active: bool) -> None:
        office = contact("CIVIL_AFFAIRS", "DUTY_1", ELSEWHERE, active=active)
        office = office.model_copy(update={"contact_id": "elsewhere-duty"})
        self.world.order("operator", asked.SetContact(contact=office))

    @rule(pick=st.integers(0, 99), result=st.sampled_from(AlertResult), again=st.booleans())
    def notify_settles(self, pick: int, result: AlertResult, *, again: bool) -> None:
        alerts = [event for event, _ in self.world.log if isinstance(event, AlertRequested)]
        if alerts:
            self.world.settle(alerts[pick % len(alerts)], result)
            if again:
                self.world.settle(alerts[pick % len(alerts)], result)

    @rule(pick=st.integers(0, 99), code=st.sampled_from(AnswerCode))
    def somebody_answers(self, pick: int, code: AnswerCode) -> None:
        alerts = [event for event, _ in self.world.log if isinstance(event, AlertRequested)]
        if alerts:
            self.world.answer(alerts[pick % len(alerts)], code)

    @rule(span=st.sampled_from([MINUTE, 31 * MINUTE, 3 * HOUR, 2 * DAY]), count=st.integers(1, 12))
    def deadlines_fire(self, span: int, count: int) -> None:
        self.world.now_ms += span
        for _ in range(count):
            due = sorted((due, name) for name, due in self.world.pending.items() if due <= self.world.now_ms)
            if not due:
                return
            given_input = DeadlineInput(due[0][1], due[0][0])
            first = decide(self.world.state, given_input, self.world.policy, self.world.now_ms)
            assert decide(self.world.state, given_input, self.world.policy, self.world.now_ms) == first
            self.world.apply(first, given_input)

    @invariant()
    def nothing_is_broken(self) -> None:
        assert check(self.world.state) == []

    @invariant()
    def nobody_is_left_untold(self) -> None:
        """Whoever is registered, in the county or at the desk of 000000: every open case has been told to somebody."""
        if not self.somebody_is_there:
            return
        alerted = {event.case for event, _ in self.world.log if isinstance(event, AlertRequested)}
        for name, case in self.world.state.county(COUNTY).cases.items():
            assert not untold(case), name
            if any(ladder.step is not None for ladder in case.ladders.values()):
                assert name in alerted

    def teardown(self) -> None:
        assert self.world.replayed() == self.world.state


County.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCounty = County.TestCase


class CountyUnderTheLaw(County):
    """The same county under the shipped policy."""

    def __init__(self) -> None:
        super().__init__()
        self.world = CoreWorld(policy=LAW)


CountyUnderTheLaw.TestCase.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCountyUnderTheLaw = CountyUnderTheLaw.TestCase


@settings(max_examples=60, deadline=None)
@given(what=facts, hashes=tokens)
def test_deciding_is_deterministic_and_leaves_the_state_alone(what: ReportFacts, hashes: tuple[str, ...]) -> None:
    world = CoreWorld()
    before = world.state
    message = ReportFiled(report_id="r", receipt="x", space="test", county=COUNTY, filed_at_ms=T0, facts=what)
    given_input = ReportInput(message, T0, hashes)
    first = decide(before, given_input, world.policy, T0)
    assert decide(before, given_input, world.policy, T0) == first
    assert before == CoreWorld().state


@settings(max_examples=60, deadline=None)
@given(what=st.lists(facts, min_size=2, max_size=4))
def test_the_level_never_goes_down_whatever_is_added(what: list[ReportFacts]) -> None:
    world = CoreWorld().staff()
    levels: dict[str, Level] = {}
    for number, each in enumerate(what):
        message = ReportFiled(
            report_id=f"r{number}", receipt="x", space="test", county=COUNTY, filed_at_ms=T0, facts=each
        )
        world.give(ReportInput(message, world.now_ms))
        for name, case in world.state.county(COUNTY).cases.items():
            assert case.level is not None
            assert case.level.urgency >= levels.get(name, case.level).urgency
            levels[name] = case.level
