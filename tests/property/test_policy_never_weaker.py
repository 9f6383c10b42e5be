"""For every report: no further harmful fact, and no unknown in a harmless answer's place, weakens the decision."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.triage.core.policy import Policy, parse_policy
from services.triage.core.policy.measures import STRENGTH
from services.triage.core.policy.people import BOARDING, CARING_RELATIONS, HOLDING, alleged_of
from services.triage.policy_files import load_policy_texts
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.reports import (
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    ImplicatedUnit,
    ReportFacts,
)
from shared.contracts.vocabulary import (
    Concern,
    Department,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Level,
    Measure,
    Relation,
)
from tests.support.policy_reports import AREA, AT_MS, DAY_MS, cases

POLICY = parse_policy(load_policy_texts())
WITHHOLDINGS = {row.id: row for row in POLICY.rows.withholdings}
HARMFUL_STATUSES = [
    status
    for status in GuardianStatus
    if status not in (GuardianStatus.ABLE, GuardianStatus.UNKNOWN, GuardianStatus.ABSENT_MIGRANT_WORK)
]
NEGLECT = [
    Concern.SELF_HARM, Concern.UNCARED, Concern.ABANDONED, Concern.LIVING_ALONE, Concern.UNTREATED_ILLNESS,
    Concern.GUARDIAN_REFUSES, Concern.CHILD_LABOUR, Concern.CHILD_MARRIAGE,
]  # fmt: skip
RISK_FLAGS = (
    "alone_now", "needs_medical_care", "treatment_awaits_consent", "fit_for_discharge",
    "alleged_person_has_access", "afraid_to_go_home", "missing_now",
)  # fmt: skip


def decide(case: CaseFacts, report: ReportFacts | None = None) -> Assessment:
    return POLICY.assess(case if report is None else case.model_copy(update={"report": report}), AT_MS)


def stand_in_of(decision: Assessment, department: Department) -> Department | None:
    """Who acts where a department is left out on purpose (0086); None where it is simply not told."""
    left_out = {entry.who: WITHHOLDINGS[entry.source.rule] for entry in decision.not_told}
    row = left_out.get(department)
    if row is None or row.stand_in is None:
        return None
    return stand_in_of(decision, row.stand_in) if row.stand_in.value in left_out else row.stand_in


def must_not_be_weaker(stronger: Assessment, weaker: Assessment, *, nothing_to_revoke: bool = False) -> None:
    """`nothing_to_revoke`: both parents are dead; what revocation alone had asked for may go (MPL 94(2) follows)."""
    assert stronger.level.urgency >= weaker.level.urgency, (weaker.level, stronger.level)
    lost = {due.code for due in weaker.departments} - {due.code for due in stronger.departments}
    for department in lost - ({Department.PROCURATORATE} if nothing_to_revoke else set()):
        assert stand_in_of(stronger, department) in {due.code for due in stronger.departments}, lost
    assert STRENGTH[stronger.measure.measure] >= STRENGTH[weaker.measure.measure], (weaker.measure, stronger.measure)
    assert nothing_to_revoke or stronger.revocation.examine >= weaker.revocation.examine
    dues = {clock.id: clock.due_at_ms for clock in stronger.clocks}
    for clock in weaker.clocks:
        if nothing_to_revoke and clock.id == "REVOCATION_REMINDER":
            continue
        assert dues[clock.id] <= clock.due_at_ms, clock.id


def with_child(report: ReportFacts, **changes: object) -> ReportFacts:
    child: ChildFacts = report.children[0].model_copy(update=changes)
    return report.model_copy(update={"children": (child, *report.children[1:])})


@settings(max_examples=300, deadline=None)
@given(case=cases, concern=st.sampled_from(list(Concern)))
def test_a_further_concern_never_weakens(case: CaseFacts, concern: Concern) -> None:
    more = with_child(case.report, concerns=(*case.report.children[0].concerns, concern))
    must_not_be_weaker(decide(case, more), decide(case))


@settings(max_examples=300, deadline=None)
@given(case=cases, status=st.sampled_from(HARMFUL_STATUSES), position=st.integers(0, 2))
def test_a_further_harmful_status_of_a_guardian_never_weakens(
    case: CaseFacts, status: GuardianStatus, position: int
) -> None:
    guardians = list(case.report.guardians) or [GuardianFacts(status=(GuardianStatus.UNKNOWN,))]
    before = case.report.model_copy(update={"guardians": tuple(guardians)})
    index = position % len(guardians)
    guardians[index] = guardians[index].model_copy(update={"status": (*guardians[index].status, status)})
    after = before.model_copy(update={"guardians": tuple(guardians)})
    dead = {each.relation for each in guardians if GuardianStatus.DECEASED in each.status}
    orphan = status is GuardianStatus.DECEASED and {Relation.FATHER, Relation.MOTHER} <= dead
    must_not_be_weaker(decide(case, after), decide(case, before), nothing_to_revoke=orphan)


@settings(max_examples=300, deadline=None)
@given(case=cases, flag=st.sampled_from(RISK_FLAGS))
def test_a_risk_answered_yes_or_not_at_all_is_never_weaker_than_no(case: CaseFacts, flag: str) -> None:
    decisions = [
        decide(case, case.report.model_copy(update={"safety": case.report.safety.model_copy(update={flag: value})}))
        for value in (False, None, True)
    ]
    must_not_be_weaker(decisions[1], decisions[0])
    must_not_be_weaker(decisions[2], decisions[0])
    must_not_be_weaker(decisions[2], decisions[1])


@settings(max_examples=300, deadline=None)
@given(case=cases, flag=st.sampled_from(["earlier_reports", "earlier_admonition", "recently_returned"]))
def test_an_earlier_signal_never_weakens(case: CaseFacts, flag: str) -> None:
    decisions = [
        decide(case, case.report.model_copy(update={"history": case.report.history.model_copy(update={flag: value})}))
        for value in (False, None, True)
    ]
    must_not_be_weaker(decisions[1], decisions[0])
    must_not_be_weaker(decisions[2], decisions[1])


@settings(max_examples=300, deadline=None)
@given(case=cases, injury=st.sampled_from([Injury.MINOR, Injury.SERIOUS, Injury.LIFE_THREATENING]))
def test_an_injury_or_an_unknown_one_is_never_weaker_than_none(case: CaseFacts, injury: Injury) -> None:
    none = decide(case, with_child(case.report, injury=Injury.NONE))
    must_not_be_weaker(decide(case, with_child(case.report, injury=Injury.UNKNOWN)), none)
    must_not_be_weaker(decide(case, with_child(case.report, injury=injury)), none)


@settings(max_examples=300, deadline=None)
@given(case=cases)
def test_an_unknown_age_is_never_weaker_than_seventeen(case: CaseFacts) -> None:
    grown = decide(case, with_child(case.report, age_years=17, age_months=None))
    must_not_be_weaker(decide(case, with_child(case.report, age_years=None, age_months=None)), grown)


@settings(max_examples=300, deadline=None)
@given(case=cases, position=st.integers(0, 2))
def test_an_unknown_guardian_is_never_weaker_than_an_able_one(case: CaseFacts, position: int) -> None:
    guardians = list(case.report.guardians) or [GuardianFacts()]
    decisions = []
    for status in (GuardianStatus.ABLE, GuardianStatus.UNKNOWN):
        index = position % len(guardians)
        guardians[index] = guardians[index].model_copy(update={"status": (status,)})
        decisions.append(decide(case, case.report.model_copy(update={"guardians": tuple(guardians)})))
    must_not_be_weaker(decisions[1], decisions[0])


@settings(max_examples=300, deadline=None)
@given(case=cases)
def test_an_unknown_household_of_the_alleged_is_never_weaker_than_another_household(case: CaseFacts) -> None:
    apart, unknown = (
        decide(
            case,
            case.report.model_copy(
                update={
                    "guardians": tuple(
                        guardian.model_copy(update={"lives_with_alleged": value}) for guardian in case.report.guardians
                    )
                }
            ),
        )
        for value in (False, None)
    )
    must_not_be_weaker(unknown, apart)


@settings(max_examples=300, deadline=None)
@given(case=cases)
def test_an_unknown_alleged_person_is_never_weaker_than_a_stranger(case: CaseFacts) -> None:
    stranger, unknown = (
        decide(case, case.report.model_copy(update={"alleged_person": AllegedFacts(relation=relation)}))
        for relation in (Relation.STRANGER, Relation.UNKNOWN)
    )
    must_not_be_weaker(unknown, stranger)


@settings(max_examples=300, deadline=None)
@given(case=cases, relation=st.sampled_from([*CARING_RELATIONS, Relation.SIBLING, Relation.AUNT_UNCLE]))
def test_an_alleged_person_of_the_household_is_never_weaker_than_a_stranger_or_nobody(
    case: CaseFacts, relation: Relation
) -> None:
    others = [
        decide(case, case.report.model_copy(update={"alleged_person": alleged}))
        for alleged in (AllegedFacts(relation=Relation.STRANGER), AllegedFacts(), None)
    ]
    named = decide(case, case.report.model_copy(update={"alleged_person": AllegedFacts(relation=relation)}))
    for other in others:
        must_not_be_weaker(named, other)


@settings(max_examples=300, deadline=None)
@given(case=cases, relation=st.sampled_from(sorted(CARING_RELATIONS)), concern=st.sampled_from(NEGLECT))
def test_harm_and_neglect_laid_to_the_household_are_police_matters_and_no_child_is_left_without_a_measure(
    case: CaseFacts, relation: Relation, concern: Concern
) -> None:
    alive = [each.model_copy(update={"injury": Injury.NONE}) for each in case.report.children]
    report = with_child(case.report.model_copy(update={"children": tuple(alive)}), concerns=(concern,))
    safety = report.safety.model_copy(update={"alleged_person_has_access": None})
    decision = decide(
        case, report.model_copy(update={"alleged_person": AllegedFacts(relation=relation), "safety": safety})
    )
    assert Department.POLICE in {due.code for due in decision.departments}
    assert decision.level.urgency >= Level.S2.urgency
    assert decision.measure.measure is not Measure.NONE
    assert relation.value in {left.who for left in decision.not_told}


@settings(max_examples=300, deadline=None)
@given(case=cases, holder=st.sampled_from([Holder.UNKNOWN, Holder.NOBODY]))
def test_a_child_fit_for_discharge_whose_holder_is_nobody_or_unknown_keeps_the_hospital_s_clock(
    case: CaseFacts, holder: Holder
) -> None:
    # Where somebody of the hospital's is alleged, the hospital is no harmless holder.
    holding = HOLDING.get(Holder.HOSPITAL, frozenset()) | BOARDING.get(Holder.HOSPITAL, frozenset())
    assume(not {person.relation for person in alleged_of(case.report)} & holding)
    safety = case.report.safety.model_copy(update={"fit_for_discharge": True, "alone_now": None})
    report = case.report.model_copy(update={"safety": safety})
    held, lost = (
        decide(case, report.model_copy(update={"custody_now": CustodyFacts(holder=each)}))
        for each in (Holder.HOSPITAL, holder)
    )
    must_not_be_weaker(lost, held)


@settings(max_examples=300, deadline=None)
@given(case=cases, safe=st.sampled_from([Holder.KIN, Holder.SCHOOL, Holder.HOSPITAL, Holder.RESCUE_INST]))
def test_an_unknown_custody_is_never_weaker_than_a_safe_one(case: CaseFacts, safe: Holder) -> None:
    # Who is alleged to have done harm and holds the child, by the kind of holder, is no safe custody.
    holding = HOLDING.get(safe, frozenset()) | BOARDING.get(safe, frozenset())
    assume(not {person.relation for person in alleged_of(case.report)} & holding)
    held, unknown = (
        decide(case, case.report.model_copy(update={"custody_now": CustodyFacts(holder=holder)}))
        for holder in (safe, Holder.UNKNOWN)
    )
    must_not_be_weaker(unknown, held)


@settings(max_examples=200, deadline=None)
@given(case=cases, status=st.sampled_from(HARMFUL_STATUSES))
def test_a_further_harmful_status_of_the_carer_never_weakens(case: CaseFacts, status: GuardianStatus) -> None:
    carer = case.report.carer or CarerFacts()
    before = case.report.model_copy(update={"carer": carer})
    worse = carer.model_copy(update={"status": (*carer.status, status)})
    must_not_be_weaker(decide(case, before.model_copy(update={"carer": worse})), decide(case, before))


@settings(max_examples=200, deadline=None)
@given(case=cases)
def test_an_unknown_carer_is_never_weaker_than_an_able_one(case: CaseFacts) -> None:
    able, unknown = (
        decide(case, case.report.model_copy(update={"carer": CarerFacts(status=status, written_entrustment=True)}))
        for status in ((GuardianStatus.ABLE,), ())
    )
    must_not_be_weaker(unknown, able)


@settings(max_examples=200, deadline=None)
@given(case=cases)
def test_a_disability_or_an_unknown_one_is_never_weaker_than_none(case: CaseFacts) -> None:
    none, unknown, disabled = (decide(case, with_child(case.report, disability=value)) for value in (False, None, True))
    must_not_be_weaker(unknown, none)
    must_not_be_weaker(disabled, unknown)


@settings(max_examples=200, deadline=None)
@given(case=cases, relation=st.sampled_from(list(Relation)))
def test_an_office_of_the_alleged_or_an_unknown_one_is_never_weaker_than_none(
    case: CaseFacts, relation: Relation
) -> None:
    none, unknown, office = (
        decide(case, case.report.model_copy(update={"alleged_person": AllegedFacts(relation=relation, office=value)}))
        for value in (False, None, True)
    )
    must_not_be_weaker(unknown, none)
    must_not_be_weaker(office, unknown)


@settings(max_examples=200, deadline=None)
@given(
    case=cases,
    kind=st.sampled_from([None, *InstitutionType]),
    area=st.sampled_from([None, "520327", "520327000", AREA]),
)
def test_a_further_implicated_unit_of_any_kind_or_of_none_never_weakens(
    case: CaseFacts, kind: InstitutionType | None, area: str | None
) -> None:
    unit = ImplicatedUnit(unit_type=kind, area_code=area)
    blamed = decide(case, case.report.model_copy(update={"implicated": (*case.report.implicated, unit)}))
    must_not_be_weaker(blamed, decide(case))
    told = {due.code for due in blamed.departments} | {rung.department for rung in blamed.rungs}
    if kind in (None, InstitutionType.VILLAGE_COMMITTEE, InstitutionType.RESIDENT_COMMITTEE):
        assert Department.VILLAGE not in told
    if kind is None or (kind is InstitutionType.STATE_ORGAN and area in (None, AREA)):
        assert Department.TOWNSHIP not in told
    if kind is InstitutionType.STATE_ORGAN and area != AREA:
        assert Department.PROCURATORATE in {due.code for due in blamed.departments}


@settings(max_examples=200, deadline=None)
@given(case=cases, count=st.integers(0, 3))
def test_a_further_report_in_ninety_days_never_weakens(case: CaseFacts, count: int) -> None:
    less, more = (
        decide(case.model_copy(update={"prior": case.prior.model_copy(update={"reports_90_days": number})}))
        for number in (count, count + 1)
    )
    must_not_be_weaker(more, less)


@settings(max_examples=200, deadline=None)
@given(case=cases, days=st.integers(0, 400), more=st.integers(1, 400))
def test_what_lasts_longer_is_never_decided_more_weakly(case: CaseFacts, days: int, more: int) -> None:
    shorter, longer = (
        decide(
            case,
            case.report.model_copy(
                update={"safety": case.report.safety.model_copy(update={"since_ms": AT_MS - span * DAY_MS})}
            ),
        )
        for span in (days, days + more)
    )
    must_not_be_weaker(longer, shorter)


@settings(max_examples=200, deadline=None)
@given(case=cases, injury=st.sampled_from(list(Injury)), concern=st.sampled_from(list(Concern)))
def test_what_another_child_of_the_report_suffers_never_weakens(
    case: CaseFacts, injury: Injury, concern: Concern
) -> None:
    alone = case.report.model_copy(update={"children": case.report.children[:1], "siblings_not_listed": 0})
    sibling = ChildFacts(concerns=(concern,), injury=injury)
    both = alone.model_copy(update={"children": (*alone.children, sibling)})
    must_not_be_weaker(decide(case, both), decide(case, alone))


@settings(max_examples=200, deadline=None)
@given(case=cases)
def test_every_decision_has_a_rule_a_deadline_an_officer_and_traceable_recipients(case: CaseFacts) -> None:
    decision = decide(case)
    assert decision.situations
    assert any(clock.due_at_ms > AT_MS for clock in decision.clocks)
    assert Department.CIVIL_AFFAIRS in {due.code for due in decision.departments}
    rules = {item.source.rule for item in decision.situations} | {rung.source.rule for rung in decision.rungs}
    assert {due.source.rule for due in decision.departments} <= rules
    left_out = {item.who for item in decision.not_told}
    assert not left_out & {due.code.value for due in decision.departments}
    assert not left_out & {rung.department.value for rung in decision.rungs}
    assert not decision.rules_failed


@settings(max_examples=100, deadline=None)
@given(case=cases)
def test_the_same_facts_give_the_same_decision(case: CaseFacts) -> None:
    again = CaseFacts.model_validate_json(case.model_dump_json())
    assert parse_policy(load_policy_texts()).policy_id == POLICY.policy_id
    assert decide(again).model_dump_json() == decide(case).model_dump_json()


@pytest.mark.parametrize("report", [ReportFacts(), ReportFacts(children=(ChildFacts(),))])
def test_a_filing_of_nothing_but_unknowns_is_not_s1_and_is_seen_by_a_person(report: ReportFacts) -> None:
    decision = decide(CaseFacts(report=report, filed_at_ms=AT_MS))
    assert decision.level is Level.S3
    assert decision.departments[0].code is Department.CIVIL_AFFAIRS
    assert isinstance(POLICY, Policy)
