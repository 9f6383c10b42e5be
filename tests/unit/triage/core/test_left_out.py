"""What whoever is left out of a case says of the child is kept, told to an officer, and not believed."""

from typing import Any

import pytest

from services.triage.core import custody
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import ChildSeen, ClockMet, DepartmentReported
from shared.contracts.vocabulary import CloseReason, Department, Holder, Relation
from tests.support.triage_core import CoreWorld, child, of, refusal

NEGLECTED: dict[str, Any] = {"guardians": [{"relation": "MOTHER", "status": ["REFUSES_DUTY"]}]}
AUNT = asked.AddKinCandidate(
    case="r.0", candidate_id="aunt", relation=Relation.AUNT_UNCLE, willing=True, checked=True, disqualified=False,
    household_of_alleged=False, adult=True,
)  # fmt: skip


@pytest.fixture
def world() -> CoreWorld:
    world = CoreWorld(policy=parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))).staff()
    world.file(child("UNCARED", age=6), report_id="r", implicated=[{"unit_type": None}], **NEGLECTED)
    return world


def test_a_sighting_by_the_township_that_is_left_out_meets_no_clock(world: CoreWorld) -> None:
    said = world.order("township", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms, alone=True))
    assert refusal(said) is None
    assert not of(said, ChildSeen)
    assert not of(said, ClockMet)
    assert [e.outcome for e in of(said, DepartmentReported)] == ["LEFT_OUT_SAW_CHILD"]
    assert {e.reason for e in of(said, AlertRequested)} == {"LEFT_OUT_WORD", "CHILD_SEEN_ALONE"}
    assert not world.case("r.0").clocks["SEEN"].met
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=world.now_ms))
    close = asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED)
    assert refusal(world.order("officer", close)) == "NOT_SEEN"
    world.sighted("r.0")
    assert world.case("r.0").clocks["SEEN"].met
    assert refusal(world.order("officer", close)) is None


def test_its_relative_is_not_checked_and_its_custody_is_a_reports_word(world: CoreWorld) -> None:
    assert refusal(world.order("township", AUNT)) is None
    assert world.case("r.0").kin["aunt"].checked is None
    into = asked.RecordCustody(case="r.0", holder=Holder.KIN, since_ms=world.now_ms, place_id="aunt")
    assert refusal(world.order("township", into)) is None
    case = world.case("r.0")
    assert case.hold is None
    assert case.custody is not None
    assert (case.custody.holder, case.custody.by) == (Holder.KIN, custody.BY_REPORT)
    assert not custody.safe_by_record(case)
    assert not custody.safe_for_closing(case)


def test_it_replaces_no_officers_record(world: CoreWorld) -> None:
    world.order("officer", AUNT)
    assert refusal(world.order("township", AUNT.model_copy(update={"disqualified": True}))) == "LEFT_OUT"
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=world.now_ms))
    said = world.order("township", asked.RecordCustody(case="r.0", holder=Holder.NOBODY, since_ms=world.now_ms))
    assert {e.reason for e in of(said, AlertRequested)} == {"LEFT_OUT_WORD", "CHILD_WITHOUT_HOLDER"}
    now = world.case("r.0").custody
    assert now is not None
    assert (now.holder, now.by) == (Holder.RESCUE_INST, "officer")


def test_a_township_that_is_not_left_out_is_believed() -> None:
    world = CoreWorld(policy=parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))).staff()
    world.file(child("UNCARED", age=6), report_id="r", **NEGLECTED)
    assert Department.TOWNSHIP in world.case("r.0").ladders
    world.order("township", asked.RecordChildSeen(case="r.0", seen_at_ms=world.now_ms))
    assert world.case("r.0").clocks["SEEN"].met
