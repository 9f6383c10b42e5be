"""Commands are accepted or refused by a recorded decision with a reason; a repetition has no effect."""

from typing import get_args

import pytest

from services.triage.core.commands.authority import ROLES
from services.triage.core.commands.carrying_out import HANDLERS
from services.triage.core.inputs import CommandInput, ReportInput
from services.triage.core.stubs import stub_bytes
from shared.contracts import commands as asked
from shared.contracts.alerts import FeedbackDue
from shared.contracts.events import (
    CallRecorded,
    CaseClosed,
    CommandAccepted,
    CommandRefused,
    DepartmentAcknowledged,
    LevelSet,
    StateChanged,
    WriterKeyRotated,
)
from shared.contracts.registry import Account
from shared.contracts.reports import ReportFacts, ReportFiled
from shared.contracts.vocabulary import CaseState, CloseReason, Concern, FeedbackStatus, Holder, Level, Role
from tests.support.fake_policy import FakePolicy
from tests.support.triage_core import ACTORS, COUNTY, DAY, T0, CoreWorld, child, contact, of, place, refusal, told

COMMANDS = set(get_args(get_args(asked.CommandBody)[0]))


def filed() -> CoreWorld:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), report_id="r")
    return world


def test_every_command_has_a_handler_and_roles() -> None:
    assert set(HANDLERS) == COMMANDS
    assert set(ROLES) == COMMANDS


def test_an_unsigned_command_is_refused_and_does_not_use_up_its_id() -> None:
    world = filed()
    body = asked.Acknowledge(case="r.0")
    assert refusal(world.order("officer", body, signed=False, command_id="c")) == "UNSIGNED"
    assert refusal(world.order("officer", body, command_id="c")) is None


def test_a_command_delivered_again_says_so_and_has_no_effect() -> None:
    world = filed()
    body = asked.Acknowledge(case="r.0")
    assert of(world.order("officer", body, command_id="c"), CommandAccepted)
    before = world.state.case("r.0")
    assert refusal(world.order("officer", body, command_id="c")) == "REPEATED"
    assert world.state.case("r.0") is before


def test_a_call_is_recorded_and_nothing_follows_from_it() -> None:
    world = filed()
    clocks = world.case("r.0").clocks
    body = asked.RecordCall(case="r.0", party="DEPARTMENT", unit="HEALTH", outcome="NO_ANSWER", called_at_ms=T0)
    decision = world.order("officer", body)
    assert [type(event) for event in decision.events] == [CommandAccepted, CallRecorded]
    assert world.case("r.0").clocks == clocks
    assert refusal(world.order("police", body)) == "ROLE"
    later = body.model_copy(update={"called_at_ms": T0 + DAY})
    assert refusal(world.order("officer", later)) == "IN_FUTURE"


def test_an_acceptance_carries_the_department_s_own_number() -> None:
    world = filed()
    decision = world.order("police", asked.Acknowledge(case="r.0", department="POLICE", reference="DOC-7"))
    assert [event.reference for event in of(decision, DepartmentAcknowledged)] == ["DOC-7"]


def test_a_refused_command_stays_refused_when_it_is_delivered_again() -> None:
    world = filed()
    body = asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED)
    assert refusal(world.order("officer", body, command_id="c")) == "NO_SAFE_CUSTODY"
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    assert refusal(world.order("officer", body, command_id="c")) == "REPEATED"
    assert refusal(world.order("officer", body)) is None


@pytest.mark.parametrize(
    ("who", "body", "reason"),
    [
        ("officer", asked.Acknowledge(case="nobody.0"), "NO_SUCH_CASE"),
        ("auditor", asked.Acknowledge(case="r.0"), "ROLE"),
        ("operator", asked.Acknowledge(case="r.0"), "ROLE"),
        ("admin", asked.CloseCase(case="r.0", reason=CloseReason.DIED), "ROLE"),
        ("officer", asked.SetContact(contact=contact("POLICE", "STATION")), "ROLE"),
        ("admin", asked.SetContact(contact=contact("POLICE", "STATION", county="520328")), "COUNTY"),
        ("officer", asked.CloseCase(case="r.0", reason=CloseReason.DUPLICATE), "NO_SUCH_CASE"),
        ("officer", asked.CloseCase(case="r.0", reason=CloseReason.UNFOUNDED_CHECKED), "NO_SAFE_CUSTODY"),
        ("officer", asked.RecordChildSeen(case="r.0", seen_at_ms=T0 + DAY), "IN_FUTURE"),
        ("officer", asked.ReopenCase(case="r.0", reason="MORE"), "NOT_CLOSED"),
        ("officer", asked.OverrideLevel(case="r.0", level=Level.S1, reason="SAME"), "SAME_LEVEL"),
        ("officer", asked.Redecide(case="r.0"), "NOT_UNDECIDABLE"),
        ("operator", asked.ActivatePolicy(texts={}, approved_by="operator"), "SECOND_PERSON"),
        ("operator", asked.ActivatePolicy(texts={"x.yaml": "nothing"}, approved_by="other"), "POLICY_INVALID"),
    ],
)
def test_refusals_carry_a_reason(who: str, body: asked.CommandBody, reason: str) -> None:
    assert refusal(filed().order(who, body)) == reason


def test_an_account_is_what_the_registry_says_and_not_what_it_claims() -> None:
    world = filed()
    world.order("admin", asked.SetAccount(account=Account(
        account="elsewhere", county=COUNTY, role=Role.OFFICER, area_prefix="520327199")))  # fmt: skip
    for actor, reason in (
        (asked.Actor(account="ghost", role=Role.OFFICER, area_prefix=COUNTY), "UNKNOWN_ACCOUNT"),
        (asked.Actor(account="auditor", role=Role.OFFICER, area_prefix=COUNTY), "ROLE"),
        (asked.Actor(account="officer", role=Role.OFFICER, area_prefix=""), "AREA"),
        (asked.Actor(account="elsewhere", role=Role.OFFICER, area_prefix="520327199"), "AREA"),
    ):
        command = asked.Command(
            command_id=f"x-{actor.account}-{reason}", space="test", county=COUNTY, actor=actor,
            issued_at_ms=T0, body=asked.Acknowledge(case="r.0"), kid="desk",
        )  # fmt: skip
        assert refusal(world.give(CommandInput(command, T0, signed=True))) == reason


def test_an_inactive_account_may_do_nothing() -> None:
    world = filed()
    gone = Account(account="officer", county=COUNTY, role=Role.OFFICER, area_prefix=COUNTY, active=False)
    world.order("admin", asked.SetAccount(account=gone))
    assert refusal(world.order("officer", asked.Acknowledge(case="r.0"))) == "UNKNOWN_ACCOUNT"


def test_nobody_makes_an_operator_by_command() -> None:
    account = Account(account="x", county=COUNTY, role=Role.OPERATOR, area_prefix="")
    assert refusal(filed().order("admin", asked.SetAccount(account=account))) == "ROLE"


def test_a_command_older_than_the_memory_is_refused() -> None:
    world = filed()
    command = asked.Command(
        command_id="old", space="test", county=COUNTY, actor=ACTORS["officer"], issued_at_ms=T0 - 31 * DAY,
        body=asked.Acknowledge(case="r.0"), kid="desk",
    )  # fmt: skip
    assert refusal(world.give(CommandInput(command, T0, signed=True))) == "STALE"


def test_a_case_closes_with_a_safe_custody_and_becomes_a_small_stub() -> None:
    world = filed()
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    decision = world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    assert of(decision, CaseClosed)
    assert [event.status for event in of(decision, FeedbackDue)] == [FeedbackStatus.CLOSED]
    assert [event.state for event in of(decision, StateChanged)][-1] is CaseState.CLOSED
    stub = world.state.stub("r.0")
    assert stub is not None
    assert stub_bytes(stub) <= 300
    assert refusal(world.order("officer", asked.Acknowledge(case="r.0"))) == "CASE_CLOSED"
    assert world.pending == {}


def test_the_feedback_says_closed_only_when_every_child_of_the_report_is() -> None:
    world = CoreWorld().staff()
    world.file(child("ABANDONED"), child("ABANDONED"), report_id="r")
    for name, expected in (("r.0", []), ("r.1", [FeedbackStatus.CLOSED])):
        world.order("officer", asked.RecordCustody(case=name, holder=Holder.FOSTER, since_ms=T0))
        world.sighted(name)
        decision = world.order("officer", asked.CloseCase(case=name, reason=CloseReason.SUPPORT_COMPLETED))
        assert [event.status for event in of(decision, FeedbackDue)] == expected


def test_a_reopened_case_is_at_its_old_level_at_least_and_told_anew() -> None:
    world = filed()
    world.order("officer", asked.RecordCustody(case="r.0", holder=Holder.FOSTER, since_ms=T0))
    world.sighted("r.0")
    world.order("officer", asked.CloseCase(case="r.0", reason=CloseReason.SUPPORT_COMPLETED))
    decision = world.order("supervisor", asked.ReopenCase(case="r.0", reason="SEEN_AGAIN"))
    assert ("CIVIL_AFFAIRS", "E1") in told(decision)
    assert world.case("r.0").level is Level.S1
    assert world.case("r.0").facts.children[0].concerns == (Concern.ABANDONED,)


def test_a_duplicate_names_the_other_case() -> None:
    world = filed()
    world.file(child("DROPOUT"), report_id="q")
    body = asked.CloseCase(case="q.0", reason=CloseReason.DUPLICATE, duplicate_of="r.0")
    assert [event.state for event in of(world.order("officer", body), StateChanged)] == [CaseState.DUPLICATE]


def test_only_a_named_officer_lowers_the_level() -> None:
    world = filed()
    lower = asked.OverrideLevel(case="r.0", level=Level.S3, reason="VERIFIED_SAFE")
    assert [(event.by, event.override) for event in of(world.order("officer", lower), LevelSet)] == [("officer", True)]
    assert world.case("r.0").level is Level.S3


def test_a_command_from_the_future_is_refused() -> None:
    world = filed()
    command = asked.Command(
        command_id="c",
        space="test",
        county=COUNTY,
        actor=ACTORS["officer"],
        issued_at_ms=T0 + 3600 * 1000 + 1,
        body=asked.Acknowledge(case="r.0"),
        kid="desk",
    )
    assert refusal(world.give(CommandInput(command, T0, signed=True))) == "FROM_THE_FUTURE"
    in_time = command.model_copy(update={"command_id": "d", "issued_at_ms": T0 + 3600 * 1000})
    assert refusal(world.give(CommandInput(in_time, T0, signed=True))) is None


def test_an_officer_raises_the_level_and_the_clocks_and_ladders_of_that_level_begin() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r")
    decision = world.order("officer", asked.OverrideLevel(case="r.0", level=Level.S1, reason="WORSE"))
    assert {("CIVIL_AFFAIRS", "E1"), ("POLICE", "D1")} <= set(told(decision))
    assert world.case("r.0").clocks["SEEN"].due_at_ms == T0 + 2 * 3600 * 1000


def test_screening_out_is_an_officers_decision_and_keeps_a_next_date() -> None:
    world = CoreWorld().staff()
    world.file(child("DROPOUT"), report_id="r")
    world.order("officer", asked.OverrideLevel(case="r.0", level=Level.S0, reason="OTHER_SERVICE"))
    assert world.case("r.0").state is CaseState.SCREENED_OUT


def test_a_registry_loaded_by_an_operator_needs_no_account() -> None:
    world = CoreWorld()
    assert refusal(world.order("operator", asked.SetPlace(place=place("a")))) is None
    assert refusal(world.order("admin", asked.SetPlace(place=place("b")))) == "UNKNOWN_ACCOUNT"


def test_a_writers_key_is_rotated_by_an_operator() -> None:
    body = asked.RotateWriterKey(kid="k2", public_key="a" * 64, retire=("k1",))
    assert of(CoreWorld().order("operator", body), WriterKeyRotated)[0].retire == ("k1",)


def test_an_undecidable_report_is_decided_again_after_the_repair() -> None:
    world = CoreWorld(policy=FakePolicy(fails_on=Concern.OTHER)).staff()
    message = ReportFiled(
        report_id="bad", receipt="bad", space="test", county=COUNTY, filed_at_ms=T0,
        facts=ReportFacts(children=(child("OTHER"), child("DROPOUT"))),
    )  # fmt: skip
    given = ReportInput(message, T0)
    world.give_undecidable(given)
    world.policy = FakePolicy()
    assert refusal(world.order("officer", asked.Redecide(case="bad.0"))) == "REPORT_MISSING"
    command = asked.Command(
        command_id="again", space="test", county=COUNTY, actor=ACTORS["officer"], issued_at_ms=T0,
        body=asked.Redecide(case="bad.0"), kid="desk",
    )  # fmt: skip
    world.give(CommandInput(command, T0, signed=True, report=given))
    case = world.case("bad.0")
    assert (case.undecidable, case.level, case.state) == (None, Level.S4, CaseState.TRIAGED)
    assert world.case("bad.1").level is Level.S3


def test_a_command_on_which_the_core_fails_is_refused_by_record() -> None:
    world = filed()
    command = asked.Command(
        command_id="c", space="test", county=COUNTY, actor=ACTORS["officer"], issued_at_ms=T0,
        body=asked.Acknowledge(case="r.0"), kid="desk",
    )  # fmt: skip
    decision = world.give_undecidable(CommandInput(command, T0, signed=True))
    assert of(decision, CommandRefused)[0].reason == "UNDECIDABLE"
