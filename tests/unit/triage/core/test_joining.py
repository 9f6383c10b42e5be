"""A second filing about the same child joins its open case; two children never become one by accident."""

import pytest

from services.triage.core.inputs import CommandInput, ReportInput
from services.triage.core.matching import FILINGS_MAX
from shared.contracts import commands as asked
from shared.contracts.alerts import FeedbackDue
from shared.contracts.events import CaseAssessed, CaseOpened, ClockStarted, MatchedBy, ReportJoined
from shared.contracts.reports import ChildFacts, ImplicatedUnit, InstitutionFacts, ReportFacts, ReportFiled
from shared.contracts.vocabulary import (
    Concern,
    Department,
    FeedbackStatus,
    Holder,
    InstitutionType,
    Level,
    Sex,
)
from tests.support.fake_policy import FakePolicy
from tests.support.triage_core import ACTORS, COUNTY, DAY, T0, CoreWorld, child, custody, of, place, told

ID_1, ID_2, ID_3 = "1" * 64, "2" * 64, "3" * 64
NAME_A, NAME_B = "a" * 64, "b" * 64
HOTEL = InstitutionFacts(id="520327-hotel-1", type=InstitutionType.HOTEL)


def undecided(*children: ChildFacts, id_tokens: tuple[str, ...]) -> ReportInput:
    """A report that the policy of then cannot decide."""
    message = ReportFiled(
        report_id="bad",
        receipt="bad",
        space="test",
        county=COUNTY,
        filed_at_ms=T0,
        facts=ReportFacts(children=children),
    )
    return ReportInput(message, T0, id_tokens, id_tokens)


def redecide(given: ReportInput) -> CommandInput:
    """An officer's command, with the report read again."""
    command = asked.Command(
        command_id="again",
        space="test",
        county=COUNTY,
        actor=ACTORS["officer"],
        issued_at_ms=T0,
        body=asked.Redecide(case="bad.0"),
        kid="desk",
    )
    return CommandInput(command, T0, signed=True, report=given)


def twice(**second: object) -> CoreWorld:
    """A school and then a hotel file about one child."""
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x", tokens=(NAME_A,), id_tokens=(ID_1,))
    more = {"institution": HOTEL, "tokens": (NAME_A,), "id_tokens": (ID_1,)} | second
    world.file(child("UNSEEN"), report_id="s", receipt="y", **more)  # type: ignore[arg-type]
    return world


def test_a_second_filing_by_somebody_else_joins_the_open_case_and_raises_it() -> None:
    world = twice()
    assert list(world.state.county("520327").cases) == ["r.0"]
    case = world.case("r.0")
    assert case.report_ids == ("r", "s")
    assert [concern.value for concern in case.facts.children[0].concerns] == ["DROPOUT", "UNSEEN"]
    assert case.facts.institution.type is InstitutionType.PRIMARY_SCHOOL
    assert case.level is Level.S2
    (joined,) = of([event for event, _ in world.log], ReportJoined)
    assert (joined.receipt, joined.child, joined.matched_by) == ("y", 0, MatchedBy.ID_NUMBER)
    assert joined.institution == HOTEL


def test_a_third_filing_raises_no_further_for_the_same_reason_and_never_lowers() -> None:
    world = twice()
    world.file(child("OTHER"), report_id="t", id_tokens=(ID_1,))
    assert world.case("r.0").level is Level.S2
    assert len(world.case("r.0").filings) == 2


def test_a_second_filing_breaks_through_an_acknowledgement() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", id_tokens=(ID_1,))
    world.order("officer", asked.Acknowledge(case="r.0"))
    decision = world.file(child("OTHER"), report_id="s", id_tokens=(ID_1,))
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)
    assert world.case("r.0").ladders[Department.CIVIL_AFFAIRS].acknowledged_by is None


def test_each_reporter_has_a_page_of_their_own() -> None:
    world = twice()
    world.order("officer", asked.Acknowledge(case="r.0"))
    pages = [(page.receipt, page.status) for page in of([event for event, _ in world.log], FeedbackDue)]
    assert pages[:2] == [("x", FeedbackStatus.RECEIVED), ("y", FeedbackStatus.RECEIVED)]
    assert set(pages[2:]) == {("x", FeedbackStatus.ACCEPTED), ("y", FeedbackStatus.ACCEPTED)}


def test_who_files_when_somebody_is_on_the_way_learns_that_it_is_accepted() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", receipt="x", id_tokens=(ID_1,))
    world.order("officer", asked.Dispatch(case="r.0"))
    pages = of(world.file(child("OTHER"), report_id="s", receipt="y", id_tokens=(ID_1,)), FeedbackDue)
    assert [(page.receipt, page.status) for page in pages] == [
        ("y", FeedbackStatus.RECEIVED),
        ("y", FeedbackStatus.ACCEPTED),
    ]


def test_a_person_and_an_implicated_unit_learn_nothing_of_the_protection_a_unit_does() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", receipt="x", id_tokens=(ID_1,))
    neighbour = InstitutionFacts(type=InstitutionType.PUBLIC)
    school = InstitutionFacts(id="school-2", type=InstitutionType.MIDDLE_SCHOOL)
    blamed = (ImplicatedUnit(unit_type=InstitutionType.MIDDLE_SCHOOL, unit_id="school-2"),)
    world.file(child(), report_id="s", receipt="y", id_tokens=(ID_1,), institution=neighbour)
    world.file(child(), report_id="t", receipt="z", id_tokens=(ID_1,), institution=school)
    world.file(child(), report_id="u", receipt="w", id_tokens=(ID_1,), institution=HOTEL, implicated=blamed)
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=world.now_ms))
    protected = [
        page.receipt
        for page in of([event for event, _ in world.log], FeedbackDue)
        if page.status is FeedbackStatus.PROTECTED
    ]
    assert sorted(protected) == ["w", "x"]


def test_a_later_filing_lifts_nothing_that_was_withheld() -> None:
    world = CoreWorld().staff()
    blamed = (ImplicatedUnit(unit_type=InstitutionType.VILLAGE_COMMITTEE),)
    father, neighbour = {"relation": "FATHER", "office": True}, {"relation": "NEIGHBOUR", "office": False}
    world.file(child("OTHER"), report_id="r", id_tokens=(ID_1,), implicated=blamed, alleged_person=father)
    village = InstitutionFacts(type=InstitutionType.VILLAGE_COMMITTEE)
    world.file(child("OTHER"), report_id="s", id_tokens=(ID_1,), institution=village, alleged_person=neighbour)
    facts = world.case("r.0").facts
    assert facts.implicated == blamed
    assert facts.institution.type is InstitutionType.PRIMARY_SCHOOL
    alleged = [facts.alleged_person, *(facts.others_alleged or ())]
    assert [(each.relation.value, each.office) for each in alleged if each] == [("NEIGHBOUR", False), ("FATHER", True)]


def test_a_closed_case_is_not_opened_by_a_machine_a_linked_one_is_raised() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    world.died("r.0")
    world.file(child("DROPOUT"), report_id="s", id_tokens=(ID_1,))
    assert world.case("s.0").linked == ("r.0",)
    assert world.case("s.0").level is Level.S2
    assert world.state.stub("r.0") is not None


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (child("DROPOUT", sex=Sex.M), "the sex differs"),
        (child("DROPOUT", age=9), "the ages are more than 1 year apart"),
    ],
)
def test_a_name_that_something_contradicts_links_and_says_why(second: object, why: str) -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", tokens=(NAME_A,))
    decision = world.file(second, report_id="s", tokens=(NAME_A,))  # type: ignore[arg-type]
    assert world.case("s.0").linked == ("r.0",)
    assert world.case("r.0").linked == ("s.0",)
    assert world.case("s.0").level is Level.S2
    assert any(why in sentence for sentence in decision.why)


def test_a_name_with_another_id_number_links_and_one_without_joins() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", tokens=(NAME_A,), id_tokens=(ID_1,))
    assert "another" in " ".join(world.file(child(), report_id="s", tokens=(NAME_A,), id_tokens=(ID_2,)).why)
    assert world.state.case("s.0") is not None
    world.file(child(age=None, sex=None), report_id="t", tokens=(NAME_A,))
    assert world.state.case("t.0") is None
    assert world.case("r.0").report_ids == ("r", "t")


def test_an_id_number_joins_though_sex_and_age_differ() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    world.file(child("DROPOUT", age=12, sex=Sex.M), report_id="s", id_tokens=(ID_1,))
    assert world.state.case("s.0") is None


def test_of_two_open_cases_the_one_of_the_id_number_takes_it_else_the_older() -> None:
    world = CoreWorld().staff()
    world.file(child("OTHER"), report_id="old", tokens=(NAME_A,))
    world.passes(DAY)
    world.file(child("OTHER", age=9), report_id="new", tokens=(NAME_A,), id_tokens=(ID_1,))
    world.passes(DAY)
    world.file(child(age=None), report_id="s", tokens=(NAME_A,), id_tokens=(ID_1,))
    assert world.case("new.0").report_ids == ("new", "s")
    world.file(child(age=None), report_id="t", tokens=(NAME_A,))
    assert world.case("old.0").report_ids == ("old", "t")
    assert "old.0" in world.case("new.0").linked
    assert "new.0" in world.case("old.0").linked


def test_a_case_that_is_open_for_a_year_still_takes_a_filing_up() -> None:
    world = CoreWorld().staff()
    world.file(child("OTHER"), report_id="r", id_tokens=(ID_1,))
    world.checked = False
    for _ in range(5):
        world.passes(70 * DAY)
        world.file(child("OTHER"), id_tokens=(ID_3,))
    world.file(child("OTHER"), report_id="s", id_tokens=(ID_1,))
    assert world.state.case("s.0") is None
    assert "s" in world.case("r.0").report_ids
    assert world.case("r.0").level is Level.S4, "the first report is not of the last 90 days"


def test_per_child_one_joins_and_one_opens_and_additions_find_each() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x", id_tokens=(ID_1,))
    world.file(child("OTHER"), child("OTHER"), report_id="s", receipt="y", institution=HOTEL, id_tokens=(ID_2, ID_1))
    assert set(world.state.county("520327").cases) == {"r.0", "s.0"}
    assert world.case("s.0").linked == ("r.0",)
    assert world.case("r.0").linked == ("s.0",)
    decision = world.file(child("UNSEEN"), child("ABANDONED"), report_id="s-2", receipt="y", institution=HOTEL)
    assert {event.case for event in of(decision, ReportJoined)} == {"r.0", "s.0"}
    assert Concern.ABANDONED in world.case("r.0").facts.children[0].concerns
    assert Concern.UNSEEN in world.case("s.0").facts.children[0].concerns
    assert Concern.ABANDONED not in world.case("s.0").facts.children[0].concerns
    assert world.replayed().joined.values == world.state.joined.values
    world.state = world.replayed()
    world.file(child(), child("TRAFFICKING"), report_id="s-3", receipt="y", institution=HOTEL)
    assert Concern.TRAFFICKING in world.case("r.0").facts.children[0].concerns
    assert not of([event for event, _ in world.log[-40:]], CaseOpened)


def test_an_addition_for_a_joined_child_whose_case_is_closed_opens_nothing_when_it_says_nothing_of_it() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    world.file(child("OTHER"), child("OTHER"), report_id="s", receipt="y", id_tokens=(ID_2, ID_1))
    world.died("r.0")
    empty = ReportFacts.model_validate({"children": [{}, {}]}).children
    decision = world.file(empty[0], empty[1], report_id="s-2", receipt="y")
    assert not of(decision, CaseOpened)
    assert [event.case for event in of(decision, ReportJoined)] == ["s.0"]


def test_two_children_of_one_filing_never_join_one_case() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", tokens=(NAME_A,), id_tokens=(ID_1,))
    world.file(child("OTHER"), child("OTHER"), report_id="s", id_tokens=(ID_1, ID_1))
    assert {"s.0", "s.1"} <= set(world.state.cases), "an ID number given for two children tells neither"
    assert world.case("r.0").report_ids == ("r",)
    world.file(child("OTHER"), child("OTHER"), report_id="t", id_tokens=(ID_1, ""), tokens=("", NAME_A))
    assert world.case("r.0").report_ids == ("r", "t")
    assert world.state.case("t.1") is not None
    assert world.state.case("t.0") is None


def test_siblings_of_a_filing_that_joins_in_part_are_known_as_siblings() -> None:
    seen: list[int] = []

    class Watching(FakePolicy):
        def assess(self, facts, at_ms):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            seen.append(len(facts.report.children))
            return super().assess(facts, at_ms)

    world = CoreWorld(policy=Watching()).staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    seen.clear()
    world.file(child("OTHER"), child("OTHER"), report_id="s", id_tokens=(ID_1, ID_2))
    assert 2 in seen


def test_a_case_takes_up_a_bounded_number_of_filings() -> None:
    world = CoreWorld().staff()
    world.checked = False
    for number in range(FILINGS_MAX + 2):
        world.file(child("OTHER"), report_id=f"r{number}", id_tokens=(ID_1,))
    assert set(world.state.county("520327").cases) == {"r0.0", f"r{FILINGS_MAX + 1}.0"}
    assert len(world.case("r0.0").filings) == FILINGS_MAX


def test_a_report_that_could_not_be_decided_keeps_its_case_and_the_others_join() -> None:
    world = CoreWorld(policy=FakePolicy(fails_on=Concern.OTHER)).staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    world.file(child("DROPOUT"), report_id="q", id_tokens=(ID_2,))
    given = undecided(child("OTHER"), child("DROPOUT"), id_tokens=(ID_1, ID_2))
    world.give_undecidable(given)
    assert world.case("bad.0").undecidable is not None
    world.policy = FakePolicy()
    decision = world.give(redecide(given))
    assert set(world.case("bad.0").linked) == {"q.0", "r.0"}
    assert world.case("q.0").report_ids == ("q", "bad")
    assert world.state.case("bad.1") is None
    assert {event.case for event in of(decision, CaseAssessed)} == {"bad.0", "q.0"}
    world.file(child(), child("ABANDONED"), report_id="bad-2", receipt="bad")
    assert Concern.ABANDONED in world.case("q.0").facts.children[0].concerns


def test_a_filing_joins_no_case_of_another_county() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", id_tokens=(ID_1,))
    world.file(child("DROPOUT"), report_id="s", county="520328", id_tokens=(ID_1,))
    assert world.state.case("s.0") is not None


def test_the_bed_of_a_joined_child_stays_and_the_facts_outlive_a_restart() -> None:
    world = CoreWorld().staff()
    world.add(place("home"))
    world.file(child("ABANDONED"), report_id="r", id_tokens=(ID_1,))
    world.file(child("OTHER"), report_id="s", id_tokens=(ID_1,), custody_now=custody(Holder.POLICE))
    assert world.case("r.0").hold == "home"
    again = world.replayed().case("r.0")
    assert again == world.case("r.0")


def test_the_clock_of_the_answer_runs_again_for_a_later_reporter() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r", id_tokens=(ID_1,))
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=world.now_ms))
    assert world.case("r.0").clocks["FEEDBACK"].met
    decision = world.file(child("OTHER"), report_id="s", id_tokens=(ID_1,))
    assert "FEEDBACK" in [event.clock for event in of(decision, ClockStarted)]
    assert not world.case("r.0").clocks["FEEDBACK"].met
