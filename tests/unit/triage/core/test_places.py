"""Places: hard filters, best interest, the most endangered first, and never a bed twice."""

from typing import Any

import pytest

from shared.contracts import commands as asked
from shared.contracts.events import MeasureProposed, PlaceHeld, PlaceLicenceExpired, PlaceReleased, PlacesRanked
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import CloseReason, EndReason, Holder, PlacementType, Relation, Sex
from tests.support.triage_core import DAY, HOUR, T0, CoreWorld, child, custody, of, place, refusal


def ranked(world: CoreWorld, one: ChildFacts, **facts: Any) -> dict[str, str]:  # noqa: ANN401 - any part of a report
    decision = world.file(one, **facts)
    return {each.place_id: each.why for each in of(decision, MeasureProposed)[0].ranking}


@pytest.mark.parametrize(
    ("terms", "one", "why"),
    [
        ({"age_years_min": 7}, child("ABANDONED", age=6), "AGE"),
        ({"age_years_min": 7}, child("ABANDONED", age=None), "AGE_UNKNOWN"),
        ({}, child("ABANDONED", age=None), "FIT"),
        ({"age_years_max": 2}, child("ABANDONED", age=None, age_months=20), "FIT"),
        ({"sexes": (Sex.M,)}, child("ABANDONED"), "SEX"),
        ({"sexes": (Sex.F,)}, child("ABANDONED", sex=None), "SEX_UNKNOWN"),
        ({}, child("ABANDONED", disability=True), "DISABILITY"),
        ({"accepts_disability": True}, child("ABANDONED", disability=True), "FIT"),
        ({"licence_until_ms": T0 - 1}, child("ABANDONED"), "LICENCE_EXPIRED"),
        ({"capacity": 0}, child("ABANDONED"), "FULL"),
        ({"active": False}, child("ABANDONED"), "INACTIVE"),
        ({"only_case": "other.0"}, child("ABANDONED"), "FOR_ANOTHER_CHILD"),
        ({"type": PlacementType.BOARDING}, child("ABANDONED"), "TYPE_NOT_FOR_MEASURE"),
    ],
)
def test_hard_filters_reject_with_a_reason(terms: dict[str, object], one: ChildFacts, why: str) -> None:
    world = CoreWorld().staff()
    world.add(place("home").model_copy(update=terms))
    assert ranked(world, one) == {"home": why}


def test_best_interest_orders_the_kinds_of_place() -> None:
    world = CoreWorld().staff()
    world.add(
        place("a-welfare", PlacementType.WELFARE_INST), place("b-rescue", PlacementType.RESCUE_INST),
        place("c-foster", PlacementType.FOSTER),
    )  # fmt: skip
    (proposed,) = of(world.file(child("ABANDONED")), MeasureProposed)
    assert [each.place_id for each in proposed.ranking] == ["c-foster", "b-rescue", "a-welfare"]
    assert proposed.place_id == "c-foster"


def test_the_household_of_the_alleged_person_is_never_chosen() -> None:
    world = CoreWorld().staff()
    world.add(place("kin", PlacementType.KIN, household_of=(Relation.GRANDPARENT,)))
    alleged = {"relation": "GRANDPARENT"}
    assert ranked(world, child("PHYSICAL_ABUSE"), alleged_person=alleged) == {"kin": "HOUSEHOLD_OF_ALLEGED"}
    abusive = [{"relation": "GRANDPARENT", "status": ["ABUSIVE"]}]
    assert ranked(world, child("PHYSICAL_ABUSE"), guardians=abusive) == {"kin": "HOUSEHOLD_OF_ALLEGED"}
    assert ranked(world, child("PHYSICAL_ABUSE"), alleged_person={"relation": "UNKNOWN"}) == {
        "kin": "HOUSEHOLD_UNKNOWN"
    }


def test_siblings_go_together_when_a_place_can_take_both_even_against_the_order_of_kinds() -> None:
    world = CoreWorld().staff()
    world.add(place("foster", PlacementType.FOSTER, 1), place("rescue", PlacementType.RESCUE_INST, 2))
    decision = world.file(child("ABANDONED", age=4), child("ABANDONED", age=9))
    assert [event.place_id for event in of(decision, PlaceHeld)] == ["rescue", "rescue"]
    assert "SIBLINGS_APART" in {each.why for each in of(decision, MeasureProposed)[0].ranking}


def test_siblings_who_cannot_go_together_are_placed_apart_and_it_is_said() -> None:
    world = CoreWorld().staff()
    world.add(place("small", age_years_max=5), place("big", age_years_min=6))
    decision = world.file(child("ABANDONED", age=4), child("ABANDONED", age=9))
    assert {event.place_id for event in of(decision, PlaceHeld)} == {"small", "big"}
    assert {event.place_reason for event in of(decision, MeasureProposed)} == {"SIBLINGS_APART"}


def test_a_child_safe_in_hospital_does_not_take_the_only_bed() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    hospital = {"type": "HOSPITAL", "authenticated": True}
    world.file(child("ABANDONED"), report_id="safe", custody_now=custody(Holder.HOSPITAL), institution=hospital)
    assert world.case("safe.0").hold is None
    world.file(child("ABANDONED"), report_id="street", custody_now=custody(Holder.NOBODY))
    assert world.case("street.0").hold == "home"


def test_a_child_safe_in_hospital_gets_a_bed_when_another_stays_free() -> None:
    world = CoreWorld().staff()
    world.add(place("home", capacity=2))
    world.file(child("ABANDONED"), report_id="safe", custody_now=custody(Holder.HOSPITAL))
    assert world.case("safe.0").hold == "home"


def test_a_freed_bed_goes_to_the_most_endangered_at_once_and_nobody_is_evicted() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="first", custody_now=custody(Holder.SCHOOL))
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="second", custody_now=custody(Holder.SCHOOL))
    world.file(child("ABANDONED"), report_id="grave", custody_now=custody(Holder.NOBODY))
    assert [world.case(f"{name}.0").hold for name in ("first", "second", "grave")] == ["home", None, None]
    world.order("officer", asked.RecordAssessment(case="first.0", guardian_able=True, safe_to_return=True))
    end = asked.EndMeasure(case="first.0", reason=EndReason.RETURNED_ASSESSED, holder=Holder.GUARDIAN)
    decision = world.order("officer", end)
    assert [event.case for event in of(decision, PlaceHeld)] == ["grave.0"]
    assert of(decision, PlacesRanked)


def test_a_new_place_is_offered_to_who_waits() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    decision = world.add(place("home"))
    assert of(decision, PlaceHeld)[0].case == "r.0"


def test_a_licence_that_ends_frees_the_bed_and_offers_another() -> None:
    world = CoreWorld().staff()
    world.add(place("a", licence_until_ms=T0 + DAY))
    world.file(child("ABANDONED"), report_id="r")
    world.add(place("b"))
    events = world.until(T0 + DAY)
    assert of(events, PlaceLicenceExpired)[0].place_id == "a"
    assert [(e.place_id, e.reason) for e in of(events, PlaceReleased)] == [("a", "PLACE_CLOSED")]
    assert world.case("r.0").hold == "b"


def test_a_renewed_licence_moves_its_deadline() -> None:
    world = CoreWorld().staff()
    world.add(place("a", licence_until_ms=T0 + DAY))
    world.add(place("a", licence_until_ms=T0 + 9 * DAY))
    assert of(world.until(T0 + 2 * DAY), PlaceLicenceExpired) == []
    assert len(world.state.county("520327").deadlines) == 1


def test_less_capacity_releases_the_least_endangered() -> None:
    world = CoreWorld().staff()
    world.add(place("a", capacity=2))
    world.file(child("GUARDIAN_UNREACHABLE"), report_id="less", custody_now=custody(Holder.SCHOOL))
    world.file(child("ABANDONED"), report_id="more", custody_now=custody(Holder.NOBODY))
    world.add(place("a", capacity=1))
    assert world.case("less.0").hold is None
    assert world.case("more.0").hold == "a"


def kin(**more: object) -> asked.AddKinCandidate:
    terms = {"case": "r.0", "candidate_id": "aunt", "relation": "AUNT_UNCLE", "willing": True, "checked": True}
    return asked.AddKinCandidate.model_validate({**terms, "disqualified": False, **more})


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"willing": None}, "NOT_WILLING"),
        ({"checked": None}, "NOT_CHECKED"),
        ({"disqualified": None}, "NOT_CHECKED"),
        ({"disqualified": True}, "DISQUALIFIED"),
        ({"household_of_alleged": True}, "HOUSEHOLD_OF_ALLEGED"),
        ({}, "FIT"),
    ],
)
def test_a_relative_is_a_place_when_willing_checked_and_not_disqualified(terms: dict[str, object], why: str) -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    decision = world.order("officer", kin(**terms))
    if why == "FIT":
        assert of(decision, PlaceHeld)[0].place_id == "aunt"
    else:
        assert world.case("r.0").hold is None
        world.add(place("z", PlacementType.BOARDING))


def test_with_an_alleged_person_an_unknown_household_is_not_safe() -> None:
    world = CoreWorld().staff()
    world.file(child("PHYSICAL_ABUSE"), report_id="r", alleged_person={"relation": "FATHER"})
    world.order("officer", kin())
    assert world.case("r.0").hold is None
    world.order("officer", kin(household_of_alleged=False))
    assert world.case("r.0").hold == "aunt"


def test_custody_in_a_place_holds_its_bed_and_a_full_one_is_refused() -> None:
    world = CoreWorld().staff()
    world.add(place("a"), place("b"))
    world.file(child("ABANDONED"), report_id="r")
    world.file(child("ABANDONED"), report_id="q")
    into = asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=T0, place_id="b")
    assert refusal(world.order("officer", into)) == "PLACE_FULL"
    assert refusal(world.order("officer", into.model_copy(update={"place_id": "nowhere"}))) == "NO_SUCH_PLACE"
    into = into.model_copy(update={"place_id": "a"})
    assert refusal(world.order("officer", into)) is None
    assert world.case("r.0").custody is not None


def test_a_child_who_lives_in_its_place_keeps_the_bed_after_closing() -> None:
    world = CoreWorld().staff()
    world.add(place("a", PlacementType.WELFARE_INST))
    world.file(child("ABANDONED"), report_id="r")
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.WELFARE_INST, since_ms=T0, place_id="a"))
    world.sighted("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.LONG_TERM_94, limb_94=1))
    world.passes(HOUR)
    world.file(child("ABANDONED"), report_id="q")
    assert world.case("q.0").hold is None
    world.order("officer", asked.ReopenCase(case="r.0", reason="MOVED"))
    assert world.case("r.0").hold == "a"


def test_closing_elsewhere_releases_the_bed_to_the_next() -> None:
    world = CoreWorld().staff()
    world.add(place("a"))
    world.file(child("ABANDONED"), report_id="r")
    world.file(child("ABANDONED"), report_id="q")
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.RESCUE_INST, since_ms=T0))
    world.sighted("r.0")
    decision = world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    assert of(decision, PlaceReleased)[0].case == "r.0"
    assert world.case("q.0").hold == "a"


def test_many_free_beds_are_offered_over_several_records() -> None:
    world = CoreWorld().staff()
    for number in range(80):
        world.file(child("ABANDONED"), report_id=f"r{number}")
    decision = world.add(place("big", capacity=100))
    assert len(of(decision, PlaceHeld)) == 60
    assert len(of(world.until(world.now_ms), PlaceHeld)) == 20


def test_a_bed_held_for_a_child_who_is_safe_elsewhere_goes_to_who_waits() -> None:
    world = CoreWorld().staff()
    world.add(place("rescue"))
    world.file(child("ABANDONED"), report_id="first", custody_now=custody(Holder.NOBODY))
    world.file(child("ABANDONED"), report_id="alone", custody_now=custody(Holder.NOBODY))
    assert (world.case("first.0").hold, world.case("alone.0").hold) == ("rescue", None)
    world.order("officer", asked.RecordCustody(case="first.0", holder=Holder.RESCUE_INST, since_ms=world.now_ms))
    assert world.case("first.0").hold == "rescue", "it may be the very place"
    world.order("officer", asked.RecordCustody(case="first.0", holder=Holder.KIN, since_ms=world.now_ms))
    assert (world.case("first.0").hold, world.case("alone.0").hold) == (None, "rescue")
    world.add(place("rescue", capacity=2))
    assert world.case("first.0").hold is None, "who is safe by an officer's record waits for no bed"
    world.order("officer", asked.RecordCustody(case="first.0", holder=Holder.NOBODY, since_ms=world.now_ms))
    assert world.case("first.0").hold == "rescue"
