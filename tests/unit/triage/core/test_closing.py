"""Closing: every reason has its preconditions whatever became of the measure; what is filed later weakens nothing."""

from typing import Any

import pytest

from services.triage.core import custody, weighing
from services.triage.core.decision import Draft
from services.triage.core.merging import merged
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.events import CaseClosed
from shared.contracts.reports import GuardianFacts, ImplicatedUnit, ReportFacts
from shared.contracts.vocabulary import (
    CloseReason,
    Department,
    GuardianStatus,
    Holder,
    InstitutionType,
    Level,
    Relation,
    Sex,
)
from tests.support.triage_core import HOUR, T0, CoreWorld, child, of, place, refusal

ABUSER: dict[str, Any] = {
    "alleged_person": {"relation": "GRANDPARENT"},
    "carer": {"relation": "GRANDPARENT", "status": ["ABUSIVE"]},
}


@pytest.fixture
def world() -> CoreWorld:
    policy = parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))
    return CoreWorld(policy=policy).staff()


@pytest.mark.parametrize("holder", [Holder.KIN, Holder.ENTRUSTED_CARER])
def test_a_child_who_may_be_held_by_the_abuser_is_not_safe(world: CoreWorld, holder: Holder) -> None:
    for access in (None, False):
        world.file(
            child("SEXUAL_ABUSE", age=9), report_id=f"r{access}", custody_now={"holder": holder},
            safety={"alleged_person_has_access": access}, **ABUSER,
        )  # fmt: skip
        assert not custody.safe_for_now(world.case(f"r{access}.0"))


def test_a_household_is_safe_by_record_or_without_access_and_a_facility_by_itself(world: CoreWorld) -> None:
    alleged: dict[str, Any] = {"alleged_person": {"relation": "FATHER"}}
    for name, holder, access in (("a", "KIN", None), ("b", "KIN", False), ("c", "RESCUE_INST", None)):
        world.file(
            child("PHYSICAL_ABUSE"), report_id=name, custody_now={"holder": holder},
            safety={"alleged_person_has_access": access}, institution={"authenticated": True}, **alleged,
        )  # fmt: skip
    assert [custody.safe_for_now(world.case(f"{name}.0")) for name in "abc"] == [False, True, True]
    world.order("officer", asked.RecordCustody(case="a.0", holder=Holder.KIN, since_ms=T0))
    assert custody.safe_for_now(world.case("a.0"))


@pytest.mark.parametrize("reason", [each for each in CloseReason if each is not CloseReason.DUPLICATE])
def test_nothing_closes_on_a_callers_word(world: CoreWorld, reason: CloseReason) -> None:
    world.file(child("SEXUAL_ABUSE", age=1), report_id="r", custody_now={"holder": "KIN"})
    body = asked.CloseCase(case="r.0", reason=reason)
    refused = {"NO_SAFE_CUSTODY", "NOT_RECORDED_DEAD", "NOT_ACCEPTED_THERE", "NOT_OFFERED"}
    assert refusal(world.order("officer", body)) in refused


@pytest.mark.parametrize(
    ("reason", "refused"),
    [
        (CloseReason.RETURNED_ASSESSED, "NOT_WITH_GUARDIAN"),
        (CloseReason.KIN_TOOK_OVER, "KIN_NOT_CHECKED"),
        (CloseReason.LONG_TERM_94, "LIMB_MISSING"),
        (CloseReason.REVOKED_NEW_GUARDIAN, "NOT_REVOKED"),
        (CloseReason.AGED_OUT_18, "TOO_YOUNG"),
        (CloseReason.SUPPORT_COMPLETED, "NOT_SEEN"),
        (CloseReason.UNFOUNDED_CHECKED, "NOT_SEEN"),
    ],
)
def test_each_reason_keeps_its_preconditions_while_a_measure_is_only_proposed(
    world: CoreWorld, reason: CloseReason, refused: str
) -> None:
    world.file(child("ABANDONED", age=1), report_id="r")
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=T0))
    assert refusal(world.order("officer", asked.CloseCase(case="r.0", reason=reason))) == refused


def test_a_holder_who_may_have_done_harm_closes_nothing(world: CoreWorld) -> None:
    world.file(child("SEXUAL_ABUSE", age=9), report_id="r", **ABUSER)
    world.sighted("r.0")
    done = asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED)
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0))
    assert refusal(world.order("officer", done)) == "NO_SAFE_CUSTODY"
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=T0))
    assert of(world.order("officer", done), CaseClosed)


def test_no_officer_alone_closes_an_s1_as_long_term_or_with_relatives_nobody_checked(world: CoreWorld) -> None:
    able = [{"relation": "MOTHER", "status": ["ABLE"], "lives_with_alleged": True}]
    world.file(child("SEXUAL_ABUSE", age=4), report_id="r", guardians=able, alleged_person={"relation": "STEP_PARENT"})
    world.order("officer", asked.OverrideLevel(case="r.0", level=Level.S3, reason="CALM_NOW"))
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0))
    lasting = asked.CloseCase(case="r.0", reason=CloseReason.LONG_TERM_94, limb_94=1)
    assert refusal(world.order("officer", lasting)) == "GUARDIAN_ABLE"
    assert refusal(world.order("officer", lasting.model_copy(update={"limb_94": 5}))) == "NOT_ASSIGNED"
    done = asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED)
    aged = asked.CloseCase(case="r.0", reason=CloseReason.KIN_TOOK_OVER)
    aunt = {"case": "r.0", "candidate_id": "aunt", "relation": "AUNT_UNCLE", "willing": True, "checked": True}
    fit = asked.AddKinCandidate.model_validate({**aunt, "disqualified": False, "household_of_alleged": False})
    world.sighted("r.0")
    assert refusal(world.order("officer", done)) == "KIN_NOT_CHECKED"
    assert refusal(world.order("officer", aged)) == "KIN_NOT_CHECKED"
    world.order("officer", fit)
    assert of(world.order("officer", done), CaseClosed)


def test_the_gravest_level_asks_for_a_sighting_whatever_an_officer_sets_later(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r")
    world.order("officer", asked.OverrideLevel(case="r.0", level=Level.S3, reason="CALM_NOW"))
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0))
    aunt = {"case": "r.0", "candidate_id": "aunt", "relation": "AUNT_UNCLE", "willing": True, "checked": True}
    world.order("officer", asked.AddKinCandidate.model_validate({**aunt, "disqualified": False}))
    took = asked.CloseCase(case="r.0", reason=CloseReason.KIN_TOOK_OVER)
    assert refusal(world.order("officer", took)) == "NOT_SEEN"
    world.sighted("r.0")
    assert of(world.order("officer", took), CaseClosed)


def test_a_sighting_before_the_filing_is_none_of_this_case(world: CoreWorld) -> None:
    world.file(child("ABANDONED"), report_id="r")
    world.order("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0 - HOUR + 1))
    assert not world.case("r.0").clocks["SEEN"].met
    world.sighted("r.0")
    assert world.case("r.0").clocks["SEEN"].met


def test_a_duplicate_is_the_same_child_by_all_that_is_known(world: CoreWorld) -> None:
    world.file(child("SEXUAL_ABUSE", age=9), report_id="r", id_tokens=("a" * 64,))
    world.file(child("DROPOUT", age=15, sex=Sex.M), report_id="q", id_tokens=("b" * 64,))
    world.file(child("DROPOUT", age=9), report_id="p", id_tokens=("c" * 64,))
    for other in ("q.0", "p.0"):
        body = asked.CloseCase(case="r.0", reason=CloseReason.DUPLICATE, duplicate_of=other)
        assert refusal(world.order("officer", body)) == "ANOTHER_CHILD"


def test_nobody_tells_a_unit_that_is_implicated(world: CoreWorld) -> None:
    units = [{"unit_type": "VILLAGE_COMMITTEE"}, {"unit_type": "STATE_ORGAN"}]
    world.file(child("PHYSICAL_ABUSE"), report_id="r", implicated=units)
    for department in {Department.VILLAGE, Department.TOWNSHIP} - set(world.case("r.0").ladders):
        body = asked.TellDepartment(case="r.0", department=department, reason="NEEDED")
        assert refusal(world.order("officer", body)) == "IMPLICATED"
    body = asked.TellDepartment(case="r.0", department=Department.VILLAGE, reason="NEEDED")
    assert refusal(world.order("officer", body)) == "IMPLICATED"


@pytest.mark.parametrize(
    ("unit", "blamed"),
    [
        ({"area_code": "520327102"}, {Department.VILLAGE, Department.TOWNSHIP}),
        ({"unit_type": "STATE_ORGAN"}, {Department.TOWNSHIP}),
        ({"unit_type": "STATE_ORGAN", "area_code": "520327102"}, {Department.TOWNSHIP}),
        ({"unit_type": "PROTECTION_CENTRE"}, {Department.RESCUE_INST}),
        ({"unit_type": "PRIMARY_SCHOOL"}, {Department.FILING_UNIT}),
    ],
)
def test_an_implicated_unit_is_told_by_no_officer(
    world: CoreWorld, unit: dict[str, str], blamed: set[Department]
) -> None:
    school = {"type": "PRIMARY_SCHOOL", "id": "school", "area_code": "520327102"}
    world.file(child("PHYSICAL_ABUSE"), report_id="r", implicated=[unit], institution=school)
    told = {each.code for each in world.case("r.0").assessment.departments}  # type: ignore[union-attr]
    assert not blamed & told
    for department in blamed:
        body = asked.TellDepartment(case="r.0", department=department, reason="NEEDED")
        assert refusal(world.order("officer", body)) == "IMPLICATED"


def test_merging_leaves_out_neither_who_is_abusive_nor_who_must_not_be_told() -> None:
    old = ReportFacts(
        guardians=tuple(GuardianFacts(relation=Relation.OTHER, status=(GuardianStatus.ABLE,)) for _ in range(20)),
        implicated=tuple(ImplicatedUnit(unit_type=InstitutionType.HOTEL, unit_id=f"h{each}") for each in range(20)),
    )
    village = ImplicatedUnit(unit_type=InstitutionType.VILLAGE_COMMITTEE)
    father = GuardianFacts(relation=Relation.FATHER, status=(GuardianStatus.ABUSIVE,))
    facts = merged(old, ReportFacts(guardians=(father,), implicated=(village,)), None)
    assert father in facts.guardians
    assert village in facts.implicated
    assert (len(facts.guardians), len(facts.implicated)) == (20, 20)


def test_a_later_filing_makes_the_next_proposal_no_weaker(world: CoreWorld) -> None:
    mother: dict[str, Any] = {"relation": "MOTHER", "status": ["ABLE"], "lives_with_alleged": True}
    alleged: dict[str, Any] = {"alleged_person": {"relation": "STEP_PARENT"}}
    world.file(child("SEXUAL_ABUSE", age=9), report_id="r", receipt="x", guardians=[mother], **alleged)
    first = world.case("r.0").measure
    world.file(
        child(age=9), report_id="r2", receipt="x", guardians=[mother | {"lives_with_alleged": False}],
        institution={"type": "PARENT"},
    )  # fmt: skip
    due = world.case("r.0").assessment
    assert first is not None
    assert due is not None
    assert due.measure.measure is not first.measure
    assert refusal(world.order("signatory", asked.RefuseGuardian(case="r.0", reason="PLACE_NO"))) is None
    again = world.case("r.0").measure
    assert again is not None
    assert (again.measure, again.ground) == (first.measure, first.ground)


def test_a_place_by_name_is_safe_only_while_it_is_the_childs_and_not_the_abusers(world: CoreWorld) -> None:
    world.file(child("PHYSICAL_ABUSE", age=9), report_id="r", alleged_person={"relation": "FATHER"})
    kin = {"case": "r.0", "candidate_id": "aunt", "relation": "AUNT_UNCLE", "willing": True, "checked": True}
    added = asked.AddKinCandidate.model_validate({**kin, "disqualified": False, "household_of_alleged": True})
    world.order("officer", added)
    into = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=T0, place_id="aunt")
    assert refusal(world.order("officer", into)) is None
    draft = Draft(world.state, world.case("r.0").county, world.policy, world.now_ms, world.now_ms)
    assert custody.safe_for_now(world.case("r.0"))
    assert not weighing.safe_now(draft, world.case("r.0"))
    apart = asked.AddKinCandidate.model_validate({**kin, "disqualified": False, "household_of_alleged": False})
    world.order("officer", apart)
    draft = Draft(world.state, world.case("r.0").county, world.policy, world.now_ms, world.now_ms)
    assert weighing.safe_now(draft, world.case("r.0"))


def test_an_implicated_home_is_no_safe_place_for_its_child(world: CoreWorld) -> None:
    home: dict[str, Any] = {"custody_now": {"holder": "WELFARE_INST"}, "institution": {"authenticated": True}}
    for name, implicated in (("a", "WELFARE_INST"), ("b", None), ("c", "HOTEL")):
        facts = home | {"implicated": [{"unit_type": implicated}]}
        world.file(child("PHYSICAL_ABUSE", age=7), report_id=name, **facts)
    assert [custody.safe_for_now(world.case(f"{name}.0")) for name in "abc"] == [False, False, True]
    world.add(place("p1"))
    assert world.case("a.0").hold == "p1", "it waits for a bed elsewhere"
    world.sighted("a.0")
    world.order("officer", asked.RecordCustody(case="a.0", holder=Holder.WELFARE_INST, since_ms=world.now_ms))
    close = asked.CloseCase(case="a.0", reason=CloseReason.SUPPORT_COMPLETED)
    assert refusal(world.order("officer", close)) == "NO_SAFE_CUSTODY"
