"""A report that joined a case and is of another child has a case of its own again; nothing is taken from the other."""

from dataclasses import replace

import pytest

from services.triage.core.state import Custody
from shared.contracts import commands as asked
from shared.contracts.alerts import FeedbackDue
from shared.contracts.events import CaseOpened, ReportJoined
from shared.contracts.identity import SetLegalHold
from shared.contracts.reports import InstitutionFacts
from shared.contracts.separation import ReportSeparated, SeparateReport
from shared.contracts.vocabulary import Department, FeedbackStatus, Holder, InstitutionType, Level, Sex
from tests.support.triage_core import COUNTY, DAY, HOUR, MINUTE, T0, CoreWorld, child, custody, of, refusal, told

ID_1, ID_2 = "1" * 64, "2" * 64
NAME_A, NAME_B = "a" * 64, "b" * 64
HOTEL = InstitutionFacts(id="520327-hotel-1", type=InstitutionType.HOTEL)
SEPARATE = SeparateReport(case="r.0", report_id="s", reason="WRONG_ID_NUMBER")


def custody_of(world: CoreWorld, holder: Holder) -> Custody:
    """As a report said it."""
    case = world.case("r.0")
    return Custody(holder, case.facts.custody_now.since_ms, "REPORT")


def joined(later_ms: int = HOUR, **second: object) -> CoreWorld:
    """A school files a girl; an hour later a hotel files a boy with the girl's ID number, wrongly."""
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x", tokens=(NAME_A,), id_tokens=(ID_1,))
    world.until(T0 + later_ms)
    more = {"institution": HOTEL, "tokens": (NAME_B,), "id_tokens": (ID_1,), "custody_now": custody(Holder.NOBODY)}
    world.file(child("ABANDONED", sex=Sex.M), report_id="s", receipt="y", **(more | second))  # type: ignore[arg-type]
    assert world.case("r.0").report_ids == ("r", "s")
    return world


def test_the_report_has_a_case_of_its_own_from_its_own_facts() -> None:
    world = joined()
    decision = world.order("officer", SEPARATE)
    (opened,) = of(decision, CaseOpened)
    assert (opened.case, opened.receipt, opened.report_id) == ("s.0", "y", "s")
    new = world.case("s.0")
    assert [each.value for each in new.facts.children[0].concerns] == ["ABANDONED"]
    assert new.facts.children[0].sex is Sex.M
    assert new.facts.institution == HOTEL
    assert new.level is Level.S1
    assert new.custody is not None
    assert new.custody.holder is Holder.NOBODY
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)
    assert ("POLICE", "D1") in told(decision)
    assert "r.0" in new.linked
    assert "s.0" in world.case("r.0").linked
    assert world.replayed() == world.state


def test_the_first_case_keeps_everything_that_was_decided() -> None:
    world = joined()
    world.order("officer", asked.Acknowledge(case="r.0"))
    before = world.case("r.0")
    world.order("officer2", SEPARATE)
    after = world.case("r.0")
    assert after.level is Level.S1
    assert (after.level, after.clocks, after.deadlines) == (before.level, before.clocks, before.deadlines)
    assert (after.ladders, after.assessment, after.measure) == (before.ladders, before.assessment, before.measure)
    assert after.facts.children[0].concerns == before.facts.children[0].concerns
    assert after.report_ids == ("r",)
    assert after.filings == ()


def test_who_and_where_the_child_is_stands_again_as_its_own_filings_say() -> None:
    world = joined(institution=HOTEL.model_copy(update={"authenticated": True}))
    assert world.case("r.0").facts.children[0].sex is Sex.M
    assert world.case("r.0").custody == replace(custody_of(world, Holder.NOBODY), proved=True)
    world.order("officer", SEPARATE)
    after = world.case("r.0")
    assert after.facts.children[0].sex is Sex.F
    assert after.facts.custody_now.holder is Holder.UNKNOWN
    assert after.custody == custody_of(world, Holder.UNKNOWN)


def test_what_an_officer_recorded_of_custody_stays() -> None:
    world = joined()
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.SCHOOL, since_ms=world.now_ms))
    before = world.case("r.0").custody
    world.order("officer", SEPARATE)
    assert world.case("r.0").custody == before


def test_a_later_addition_to_the_cases_own_filing_is_its_own() -> None:
    world = joined()
    world.file(child(age=5), report_id="r2", receipt="x")
    world.order("officer", SEPARATE)
    assert world.case("r.0").facts.children[0].age_years == 5


def test_nothing_becomes_later_than_by_the_reports_own_times() -> None:
    world, alone = joined(), CoreWorld().staff()
    alone.until(T0 + HOUR)
    alone.file(child("ABANDONED", sex=Sex.M), report_id="s", receipt="y", institution=HOTEL)
    world.until(T0 + 3 * DAY)
    world.order("officer", SEPARATE)
    due = {name: clock.due_at_ms for name, clock in world.case("s.0").clocks.items()}
    for name, clock in alone.case("s.0").clocks.items():
        assert due[name] <= clock.due_at_ms
    assert world.case("s.0").arrived_at_ms == T0 + HOUR
    breached = world.passes(MINUTE)
    assert any(getattr(each, "clock", "") == "SEEN" and each.case == "s.0" for each in breached)  # type: ignore[attr-defined]


def test_where_nobody_had_answered_every_rung_that_has_passed_is_told_at_once() -> None:
    world = joined()
    world.passes(40 * MINUTE)
    steps = [step for department, step in told(world.order("officer", SEPARATE)) if department == "CIVIL_AFFAIRS"]
    assert steps == ["E1", "E2", "E3"]


def test_where_somebody_had_it_in_hand_the_ladder_begins_anew() -> None:
    world = joined()
    world.order("officer", asked.Acknowledge(case="r.0"))
    world.order("officer", asked.Dispatch(case="r.0"))
    world.passes(40 * MINUTE)
    decision = world.order("officer", SEPARATE)
    assert [step for department, step in told(decision) if department == "CIVIL_AFFAIRS"] == ["E1"]
    assert world.case("s.0").ladders[Department.CIVIL_AFFAIRS].acknowledged_by is None


def test_what_matches_both_joins_neither_again_and_what_matches_one_joins_that_one() -> None:
    world = joined()
    world.order("officer", SEPARATE)
    world.file(child("UNSEEN"), report_id="t", id_tokens=(ID_1,))
    assert world.case("t.0").linked == ("r.0", "s.0")
    world.file(child("OTHER", sex=Sex.M), report_id="u", tokens=(NAME_B,))
    assert world.case("s.0").report_ids == ("s", "u")
    world.file(child("OTHER"), report_id="v", tokens=(NAME_A,))
    assert world.case("r.0").report_ids == ("r", "v")


def test_the_other_child_does_not_count_as_an_earlier_report() -> None:
    world = joined(tokens=(), id_tokens=(ID_1,))
    world.order("officer", SEPARATE)
    world.file(child("UNSEEN"), report_id="s2", receipt="y")
    assert world.case("s.0").level is Level.S1
    quiet = CoreWorld().staff()
    quiet.file(child("DROPOUT"), report_id="r", receipt="x", id_tokens=(ID_1,))
    quiet.file(child("OTHER"), report_id="s", receipt="y", id_tokens=(ID_1,))
    quiet.order("officer", SEPARATE)
    assert quiet.case("s.0").level is Level.S4
    assert quiet.case("r.0").level is Level.S2


def test_additions_to_the_receipt_go_with_it_before_and_after() -> None:
    world = joined()
    world.file(child("MISSING", sex=Sex.M), report_id="s2", receipt="y")
    decision = world.order("officer", SeparateReport(case="r.0", report_id="s2", reason="FOUND_ON_VISIT"))
    (said,) = of(decision, ReportSeparated)
    assert said.report_ids == ("s", "s2")
    new = world.case("s.0")
    assert [each.value for each in new.facts.children[0].concerns] == ["ABANDONED", "MISSING"]
    later = world.file(child("SEXUAL_ABUSE", sex=Sex.M), report_id="s3", receipt="y")
    assert [event.case for event in of(later, ReportJoined)] == ["s.0"]
    assert world.case("r.0").report_ids == ("r",)


def test_the_reporters_page_goes_with_the_report() -> None:
    world = joined()
    (page,) = of(world.order("officer", SEPARATE), FeedbackDue)
    assert (page.receipt, page.status) == ("y", FeedbackStatus.RECEIVED)
    assert page.instructions
    first = world.order("officer", asked.Acknowledge(case="r.0"))
    assert [page.receipt for page in of(first, FeedbackDue)] == ["x"]
    second = world.order("officer", asked.Acknowledge(case="s.0"))
    assert [page.receipt for page in of(second, FeedbackDue)] == ["y"]


def test_a_sibling_of_the_filing_stays_where_it_is_and_is_linked() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r", receipt="x", id_tokens=(ID_1,))
    world.file(child("OTHER"), child("ABANDONED", age=3), report_id="s", receipt="y", id_tokens=(ID_1, ID_2))
    assert world.case("s.1").receipt == "y"
    world.order("officer", SEPARATE)
    assert set(world.case("s.0").linked) == {"r.0", "s.1"}
    world.file(child("UNSEEN"), child("MISSING", age=3), report_id="s2", receipt="y")
    assert "s2" in world.case("s.0").report_ids
    assert "s2" in world.case("s.1").report_ids


def test_a_case_under_legal_hold_holds_what_is_taken_from_it() -> None:
    world = joined()
    world.order("officer", SetLegalHold(case="r.0", reason="PROCEEDINGS"))
    world.order("officer2", SEPARATE)
    assert set(world.state.county(COUNTY).legal_holds) == {"r.0", "s.0"}


@pytest.mark.parametrize(
    ("report_id", "code"), [("r", "OWN_REPORT"), ("nobody", "NO_SUCH_REPORT")], ids=["its own", "unknown"]
)
def test_its_own_report_and_an_unknown_one_are_refused(report_id: str, code: str) -> None:
    world = joined()
    ordered = SeparateReport(case="r.0", report_id=report_id, reason="WRONG_ID_NUMBER")
    assert refusal(world.order("officer", ordered)) == code
    assert "s.0" not in world.state.cases


def test_a_closed_case_and_a_second_time_are_refused_and_so_is_who_is_no_officer() -> None:
    world = joined()
    assert refusal(world.order("police", SEPARATE)) == "ROLE"
    assert refusal(world.order("signatory", SEPARATE)) == "ROLE"
    assert refusal(world.order("officer", SEPARATE)) is None
    assert refusal(world.order("officer", SEPARATE)) == "NO_SUCH_REPORT"
    world = joined()
    world.died("r.0")
    assert refusal(world.order("officer", SEPARATE)) == "CASE_CLOSED"


def test_a_report_that_joined_before_its_own_facts_were_kept_is_refused() -> None:
    world = joined()
    old = [
        (event.model_copy(update={"said": None}) if isinstance(event, ReportJoined) else event)
        for event, _ in world.log
    ]
    world.log = [(event, at_ms) for event, (_, at_ms) in zip(old, world.log, strict=True)]
    world.state = world.replayed()
    assert refusal(world.order("officer", SEPARATE)) == "FACTS_NOT_KEPT"
