"""Who may read an identity: by rule, with a second person where it takes two, reviewed where one was alone."""

import pytest

from services.triage.core.invariants import check_event
from shared.contracts import commands as asked
from shared.contracts import identity as said
from shared.contracts.alerts import AlertRequested
from shared.contracts.assessment import Assessment, CaseFacts
from shared.contracts.events import ClockBreached, ClockMet
from shared.contracts.identity import GRANT_MS, ErasureGround, IdentityOpened, OpeningBasis, OpeningPurpose
from shared.contracts.identity import IdentityPart as Part
from shared.contracts.registry import Account
from shared.contracts.vocabulary import CloseReason, Department, DisclosureField, Holder, LadderStep, Level, Role
from tests.support.fake_policy import FakePolicy
from tests.support.triage_core import ACTORS, DAY, HOUR, MINUTE, T0, UNKNOWN, CoreWorld, child, of, refusal

CASE = "r.0"


def filed(*concerns: str) -> CoreWorld:
    world = CoreWorld().staff()
    world.file(child(*(concerns or ("ABANDONED",))), report_id="r")
    return world


def opening(*parts: Part) -> said.OpenIdentity:
    return said.OpenIdentity(
        case=CASE, parts=parts or (Part.CHILD, Part.PLACE), reason="HOME_VISIT", purpose=OpeningPurpose.GO_TO_CHILD
    )


def test_an_officer_of_the_county_reads_what_was_asked_for_half_an_hour() -> None:
    world = filed()
    (granted,) = of(world.order("officer", opening(Part.CHILD, Part.PLACE, Part.CHILD), command_id="o"), IdentityOpened)
    assert (granted.opening, granted.by, granted.second) == ("o", "officer", None)
    assert granted.parts == (Part.CHILD, Part.PLACE)
    assert granted.until_ms == world.now_ms + GRANT_MS
    assert granted.clock is None


@pytest.mark.parametrize("who", ["signatory", "police", "admin", "auditor", "township", "operator"])
def test_nobody_else_does(who: str) -> None:
    assert refusal(filed().order(who, opening())) == "ROLE"


def test_another_countys_officer_and_the_desk_of_last_resort_where_the_county_has_officers_do_not() -> None:
    world = filed().desk()
    assert refusal(world.order("desk", opening())) == "NOT_RESPONSIBLE"
    assert refusal(world.order("desk", said.BreakGlass(case=CASE, reason="DANGER"))) == "NOT_RESPONSIBLE"
    assert refusal(world.order("officer", opening(), county=UNKNOWN)) in {"NO_SUCH_CASE", "UNKNOWN_ACCOUNT"}


@pytest.mark.parametrize("part", [Part.REPORTER, Part.REPORTER_PHONE])
def test_who_reported_takes_two(part: Part) -> None:
    world = filed()
    decision = world.order("officer", opening(Part.CHILD, part), command_id="o")
    assert not of(decision, IdentityOpened)
    assert of(decision, said.IdentityOpeningRequested)
    second = said.SecondIdentityOpening(case=CASE, opening="o")
    assert refusal(world.order("officer", second)) == "SECOND_PERSON"
    (granted,) = of(world.order("officer2", second), IdentityOpened)
    assert (granted.by, granted.second, granted.parts) == ("officer", "officer2", (Part.CHILD, part))
    assert refusal(world.order("supervisor", second)) == "NO_OPENING", "a second word counts once"


def test_sexual_abuse_takes_two_for_every_child_of_the_filing() -> None:
    world = CoreWorld().staff()
    world.file(child("SEXUAL_ABUSE"), child("UNCARED"), report_id="r")
    for case in ("r.0", "r.1"):
        decision = world.order("officer", opening().model_copy(update={"case": case}))
        assert not of(decision, IdentityOpened)


def test_an_opening_that_has_waited_four_hours_is_asked_for_again() -> None:
    world = filed()
    world.order("officer", opening(Part.REPORTER), command_id="o")
    world.passes(4 * HOUR + MINUTE)
    assert refusal(world.order("officer2", said.SecondIdentityOpening(case=CASE, opening="o"))) == "EXPIRED"


def test_break_glass_tells_two_others_and_is_reviewed_by_another_person() -> None:
    world = filed()
    decision = world.order("officer", said.BreakGlass(case=CASE, reason="DANGER"), command_id="b")
    (granted,) = of(decision, IdentityOpened)
    assert granted.basis is OpeningBasis.BREAK_GLASS
    assert granted.parts == (Part.CHILD, Part.PLACE, Part.REPORTER_PHONE)
    told = {event.step for event in of(decision, AlertRequested) if event.reason == "BREAK_GLASS"}
    assert told == {LadderStep.E2, LadderStep.E3}
    review = said.ReviewBreakGlass(case=CASE, opening="b", finding="NOT_JUSTIFIED")
    assert refusal(world.order("officer", review)) == "SECOND_PERSON"
    decision = world.order("supervisor", review)
    assert [event.clock for event in of(decision, ClockMet)] == [granted.clock]
    assert refusal(world.order("officer2", review)) == "NO_OPENING"
    assert not [e for e in world.passes(5 * DAY) if isinstance(e, ClockBreached) and e.clock == granted.clock]


def test_unreviewed_it_is_a_breach_at_the_end_of_the_next_working_day() -> None:
    world = filed()
    for name in ("b1", "b2"):
        world.order("officer", said.BreakGlass(case=CASE, reason="DANGER"), command_id=name)
    world.order("officer2", said.ReviewBreakGlass(case=CASE, opening="b1", finding="JUSTIFIED"))
    end_of_wednesday = T0 - 9 * HOUR + DAY + 20 * HOUR
    before = [event for event in world.until(end_of_wednesday - 1) if isinstance(event, ClockBreached)]
    assert not [event for event in before if event.clock.startswith("BREAK_GLASS")]
    after = [event.clock for event in world.until(end_of_wednesday) if isinstance(event, ClockBreached)]
    assert [clock for clock in after if clock.startswith("BREAK_GLASS")] == ["BREAK_GLASS_REVIEW.2"]


def test_a_case_is_not_closed_before_the_review() -> None:
    world = filed()
    world.order("officer", said.BreakGlass(case=CASE, reason="DANGER"), command_id="b")
    close = asked.CloseCase(case=CASE, reason=CloseReason.SUPPORT_COMPLETED)
    world.order("officer", asked.RecordCustody(case=CASE, holder=Holder.FOSTER, since_ms=T0))
    world.sighted(CASE)
    assert refusal(world.order("officer", close)) == "NOT_REVIEWED_OPENING"
    world.order("officer2", said.ReviewBreakGlass(case=CASE, opening="b", finding="JUSTIFIED"))
    assert refusal(world.order("officer", close)) is None


def test_one_alone_opens_in_danger_only() -> None:
    world = filed()
    world.order("officer", asked.OverrideLevel(case=CASE, level=Level.S3, reason="CHECKED"))
    assert refusal(world.order("officer", said.BreakGlass(case=CASE, reason="DANGER"))) == "NOT_IN_DANGER"


class Disclosing(FakePolicy):
    """Police may see a name, an exact place and an injury; everybody else codes."""

    def assess(self, facts: CaseFacts, at_ms: int) -> Assessment:
        """The tiny policy's assessment with a set for the police."""
        found = super().assess(facts, at_ms)
        fields = (DisclosureField.NAME, DisclosureField.EXACT_PLACE, DisclosureField.INJURY)
        departments = tuple(
            each.model_copy(update={"disclosure": fields if each.code is Department.POLICE else ()})
            for each in found.departments
        )
        return found.model_copy(update={"departments": departments})


def test_a_department_reads_its_set_once_it_has_accepted() -> None:
    world = CoreWorld(policy=Disclosing()).staff()
    world.file(child("ABANDONED"), report_id="r")
    task = said.OpenTaskIdentity(case=CASE, department=Department.POLICE)
    assert refusal(world.order("police", task)) == "NOT_ACCEPTED"
    world.order("police", asked.Acknowledge(case=CASE, department=Department.POLICE))
    (granted,) = of(world.order("police", task), IdentityOpened)
    assert (granted.parts, granted.department) == ((Part.NAME, Part.PLACE), Department.POLICE)
    health = said.OpenTaskIdentity(case=CASE, department=Department.HEALTH)
    assert refusal(world.order("police", health)) == "DEPARTMENT"


def test_a_department_of_which_the_decision_gives_codes_alone_reads_nothing() -> None:
    world = filed()
    world.order("police", asked.Acknowledge(case=CASE, department=Department.POLICE))
    task = said.OpenTaskIdentity(case=CASE, department=Department.POLICE)
    assert refusal(world.order("police", task)) == "NOTHING_DISCLOSED"


def test_no_disclosure_set_opens_who_reported() -> None:
    assert not said.OF_REPORTER & set(said.OF_DISCLOSURE.values())


def closed() -> CoreWorld:
    world = filed()
    world.order("officer", asked.RecordCustody(case=CASE, holder=Holder.FOSTER, since_ms=T0))
    world.sighted(CASE)
    assert refusal(world.order("officer", asked.CloseCase(case=CASE, reason=CloseReason.SUPPORT_COMPLETED))) is None
    return world


DESTROY = said.DestroyIdentity(case=CASE, ground=ErasureGround.COURT_ORDER, reference="ORDER-1")
SECOND = said.SecondIdentityDestruction(case=CASE, destruction="d")


def test_two_people_destroy_the_identity_of_a_closed_case() -> None:
    assert refusal(filed().order("supervisor", DESTROY)) == "NOT_CLOSED"
    world = closed()
    assert refusal(world.order("officer", DESTROY)) == "ROLE"
    assert refusal(world.order("officer", SECOND)) == "NO_DESTRUCTION"
    assert not of(world.order("supervisor", DESTROY, command_id="d"), said.IdentityDestroyed)
    assert refusal(world.order("supervisor", SECOND)) == "SECOND_PERSON"
    (destroyed,) = of(world.order("officer", SECOND), said.IdentityDestroyed)
    assert (destroyed.by, destroyed.second) == ("supervisor", "officer")
    assert refusal(world.order("officer2", SECOND)) == "NO_DESTRUCTION"


def test_a_legal_hold_refuses_it_also_when_one_person_had_spoken() -> None:
    world = closed()
    world.order("supervisor", DESTROY, command_id="d")
    assert refusal(world.order("officer", said.SetLegalHold(case=CASE, reason="PROCEEDINGS"))) is None
    assert refusal(world.order("officer", SECOND)) == "LEGAL_HOLD"
    assert refusal(world.order("supervisor", DESTROY)) == "LEGAL_HOLD"
    assert refusal(world.order("officer", said.LiftLegalHold(case=CASE, reason="OVER"))) == "ROLE"
    assert refusal(world.order("supervisor", said.LiftLegalHold(case=CASE, reason="OVER"))) is None
    assert of(world.order("officer", SECOND), said.IdentityDestroyed)


def test_the_invariants_see_one_person_where_two_are_needed() -> None:
    world = filed("SEXUAL_ABUSE")
    alone = IdentityOpened(
        case=CASE,
        opening="o",
        basis=OpeningBasis.OFFICER,
        by="officer",
        parts=(Part.CHILD,),
        reason="HOME_VISIT",
        purpose=OpeningPurpose.GO_TO_CHILD,
        at_ms=T0,
        until_ms=T0 + GRANT_MS,
    )
    assert check_event(world.state, alone) == [f"{CASE}: one person alone opened what needs two"]
    world = closed()
    destroyed = said.IdentityDestroyed(
        case=CASE,
        destruction="d",
        by="supervisor",
        second="supervisor",
        ground=ErasureGround.COURT_ORDER,
        reference="ORDER-1",
        at_ms=T0,
    )
    assert check_event(world.state, destroyed) == [f"{CASE}: one person alone destroyed an identity"]


def test_a_county_that_nobody_serves_is_served_by_the_desk_of_last_resort() -> None:
    world = filed().desk()
    for name in ("officer", "officer2", "supervisor"):
        actor = ACTORS[name]
        account = Account(account=name, county="520327", role=actor.role, area_prefix=actor.area_prefix, active=False)
        assert actor.role in {Role.OFFICER, Role.SUPERVISOR}
        assert refusal(world.order("operator", asked.SetAccount(account=account), kid="operator")) is None
    assert of(world.order("desk", opening()), IdentityOpened)
