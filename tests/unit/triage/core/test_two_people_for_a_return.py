"""A guardianship that was signed ends by a return only by two people: one assesses, a signatory decides."""

import pytest

from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.events import MeasureEnded
from shared.contracts.registry import Account
from shared.contracts.reports import GuardianFacts
from shared.contracts.vocabulary import (
    EndReason,
    GuardianStatus,
    Holder,
    Measure,
    MeasureStatus,
    Relation,
    Role,
    Wishes,
)
from tests.support import triage_core
from tests.support.triage_core import COUNTY, DAY, T0, CoreWorld, child, of, place, refusal

RECEIPT = f"{COUNTY}-r"
BACK = asked.EndMeasure(case="r.0", reason=EndReason.RETURNED_ASSESSED, holder=Holder.GUARDIAN)
ABLE = asked.RecordAssessment(case="r.0", guardian_able=True, safe_to_return=True)
REFUSES = (GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.REFUSES_DUTY,)),)
ABUSIVE = (GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.ABUSIVE,)),)


@pytest.fixture
def world() -> CoreWorld:
    """A child whose guardian refuses; a signatory has signed the guardianship."""
    county = CoreWorld().staff()
    county.add(place("home"))
    county.file(child("ABANDONED"), report_id="r", receipt=RECEIPT, guardians=list(REFUSES))
    sign = asked.SignGuardian(case="r.0", measure=Measure.TEMP_GUARDIANSHIP, wishes=Wishes.HEARD, document_number="D")
    assert refusal(county.order("signatory", sign)) is None
    return county


@pytest.mark.parametrize("who", ["officer", "officer2", "supervisor"])
@pytest.mark.parametrize("reason", [EndReason.RETURNED_ASSESSED, EndReason.KIN_TOOK_OVER, EndReason.ADOPTED])
def test_no_officer_ends_what_a_signatory_signed_by_a_return(world: CoreWorld, who: str, reason: EndReason) -> None:
    world.order("officer", ABLE)
    assert refusal(world.order(who, BACK.model_copy(update={"reason": reason}))) == "SIGNATORY_NEEDED"
    assert world.case("r.0").measure_active


def test_the_signatory_must_be_on_the_rota(world: CoreWorld) -> None:
    world.order("officer", ABLE)
    world.shift("signatory", "SIGNATORY", T0 - DAY, T0 - 1)
    assert refusal(world.order("signatory", BACK)) == "NOT_ON_ROTA"


def test_whoever_assessed_does_not_decide_in_another_role(world: CoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.order("officer", ABLE)
    promoted = Account(account="officer", county=COUNTY, role=Role.SIGNATORY, area_prefix=COUNTY)
    world.order("operator", asked.SetAccount(account=promoted))
    world.shift("officer", "SIGNATORY")
    now = asked.Actor(account="officer", role=Role.SIGNATORY, area_prefix=COUNTY)
    monkeypatch.setitem(triage_core.ACTORS, "officer", now)
    assert refusal(world.order("officer", BACK)) == "SAME_PERSON"
    assert refusal(world.order("signatory", BACK)) is None


def test_both_people_stand_in_the_record(world: CoreWorld) -> None:
    world.order("officer2", ABLE)
    (ended,) = of(world.order("signatory", BACK), MeasureEnded)
    assert (ended.assessed_by, ended.by) == ("officer2", "signatory")


def test_a_child_brought_home_before_the_signatory_decided_is_told_on_at_once(world: CoreWorld) -> None:
    world.order("officer", ABLE)
    home = asked.RecordCustody(case="r.0", holder=Holder.GUARDIAN, since_ms=world.now_ms)
    alerts = of(world.order("officer", home), AlertRequested)
    assert ("E2", "RETURNED_UNSIGNED") in {(alert.step.value, alert.reason) for alert in alerts}


def test_an_officer_ends_temporary_care_after_an_assessment() -> None:
    county = CoreWorld().staff()
    ill = GuardianFacts(relation=Relation.MOTHER, status=(GuardianStatus.SERIOUSLY_ILL,))
    county.file(child("EMERGENCY_GAP"), report_id="r", guardians=[ill])
    measure = county.case("r.0").measure
    assert measure is not None
    assert (measure.measure, measure.status) == (Measure.TEMP_CARE, MeasureStatus.IN_EFFECT)
    assert refusal(county.order("officer", BACK)) == "NOT_ASSESSED"
    county.order("officer", ABLE)
    assert refusal(county.order("officer", BACK)) is None


@pytest.mark.parametrize("again", [REFUSES, ABUSIVE])
def test_an_assessment_older_than_the_last_harmful_word_returns_nobody(
    world: CoreWorld, again: tuple[GuardianFacts, ...]
) -> None:
    """Whether the newer filing says something worse of the guardian or the same once more."""
    assert refusal(world.order("signatory", BACK)) == "NOT_ASSESSED"
    world.order("officer", ABLE)
    world.file(child("ABANDONED"), report_id="r2", receipt=RECEIPT, guardians=list(again))
    assert refusal(world.order("signatory", BACK)) == "NOT_ASSESSED"
    world.order("officer", ABLE.model_copy(update={"safe_to_return": None}))
    assert refusal(world.order("signatory", BACK)) == "NOT_ASSESSED"
    world.order("officer", ABLE)
    assert refusal(world.order("signatory", BACK)) is None
