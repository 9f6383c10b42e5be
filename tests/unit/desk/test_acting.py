"""Acting at the desk: from the button to the recorded decision, once, by who may, and said in words."""

import re
import threading
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from services.desk.tables import CASES, LADDERS, TIMELINE, VERDICTS
from shared.contracts.commands import Command
from shared.contracts.vocabulary import Role
from shared.explaining.said import local
from tests.support.desk_world import DeskWorld, form, press
from tests.support.lived_book import LivedBook


@pytest.fixture
def acting(world: DeskWorld, lived: LivedBook) -> DeskWorld:
    """The desk with a broker behind which triage decides."""
    world.broker.run(lived, world.engine, world.projecting.announcer)
    return world


@pytest.fixture
def officer(acting: DeskWorld) -> Iterator[httpx.Client]:
    with acting.logged_in(acting.login("officer")) as client:
        yield client


def a_case(world: DeskWorld, state: str, department: str = "CIVIL_AFFAIRS") -> str:
    """An open case whose ladder of that department stands so."""
    with world.engine.connect() as connection:
        found = (
            select(CASES.c.case_id)
            .join(LADDERS, LADDERS.c.case_id == CASES.c.case_id)
            .where(CASES.c.is_open.is_(True), LADDERS.c.department == department, LADDERS.c.state == state)
            .order_by(CASES.c.case_id)
        )
        return str(connection.execute(found).scalars().first())


def verdicts(world: DeskWorld) -> list[tuple[str, bool, str | None]]:
    with world.engine.connect() as connection:
        found = select(VERDICTS.c.command, VERDICTS.c.accepted, VERDICTS.c.reason)
        given = found.where(VERDICTS.c.command_id.like("desk-%"))
        return [tuple(row) for row in connection.execute(given.order_by(VERDICTS.c.seq))]


def test_a_button_gives_a_signed_command_and_the_page_shows_its_record(
    acting: DeskWorld, officer: httpx.Client
) -> None:
    case = a_case(acting, "CLIMBING")
    answer = press(officer, case, "acknowledge")
    assert answer.status_code == 303
    page = officer.get(answer.headers["location"])
    with acting.engine.connect() as connection:
        seq = connection.execute(select(VERDICTS.c.seq).where(VERDICTS.c.command_id.like("desk-%"))).scalar_one()
        row = connection.execute(select(CASES).where(CASES.c.case_id == case)).one()
    assert "Accepted" in page.text
    assert f"record {seq}" in page.text
    assert (row.officer, row.in_hand) == ("officer", "ACKNOWLEDGED")
    [record] = acting.broker.sent
    command = Command.model_validate_json(record.value)
    assert (command.actor.account, command.actor.role) == ("officer", Role.OFFICER)
    assert record.key == command.county.encode() == b"520327"


def test_the_same_form_pressed_again_is_the_same_command_and_a_changed_one_is_another(
    acting: DeskWorld, officer: httpx.Client
) -> None:
    case = a_case(acting, "CLIMBING")
    page = officer.get(f"/cases/{case}").text
    call = {"party": "FAMILY", "outcome": "NO_ANSWER"}
    first = press(officer, case, "call", page, **call)
    again = press(officer, case, "call", page, **call)
    assert first.headers["location"] == again.headers["location"]
    other = press(officer, case, "call", page, party="FAMILY", outcome="REACHED")
    assert other.headers["location"] != first.headers["location"]
    assert verdicts(acting) == [("RecordCall", True, None)] * 2


def test_of_two_officers_at_once_the_second_sees_the_refusal_and_what_the_first_did(
    acting: DeskWorld, officer: httpx.Client
) -> None:
    case = a_case(acting, "CLIMBING")
    before = officer.get(f"/cases/{case}").text
    with acting.logged_in(acting.login("officer2")) as second:
        assert press(second, case, "acknowledge").status_code == 303
    answer = officer.get(press(officer, case, "acknowledge", before).headers["location"])
    shown = answer.text.partition('id="answer"')[2].partition("</div>")[0]
    assert "Refused" in shown
    assert "accepted already; somebody must be sent" in shown
    assert "civil affairs acknowledged (officer2)" in shown
    assert verdicts(acting) == [("Acknowledge", True, None), ("Acknowledge", False, "ALREADY_ACKNOWLEDGED")]


def test_a_silent_triage_is_said_and_pressing_again_shows_what_it_decided(
    acting: DeskWorld, officer: httpx.Client
) -> None:
    case = a_case(acting, "CLIMBING")
    object.__setattr__(acting.desk.giving, "wait_seconds", 0.2)
    acting.broker.is_silent = True
    answer = press(officer, case, "acknowledge")
    assert answer.status_code == 202
    assert "Not known yet" in answer.text
    assert "safe to press again" in answer.text
    acting.broker.decide_all()
    again = press(officer, case, "acknowledge", answer.text)
    assert again.status_code == 303
    assert "Accepted" in officer.get(again.headers["location"]).text
    assert len(acting.broker.sent) == 1, "what is decided is not sent again"
    assert verdicts(acting) == [("Acknowledge", True, None)]


def test_whoever_waits_is_woken_by_the_decision(acting: DeskWorld, officer: httpx.Client) -> None:
    acting.broker.is_silent = True
    case, answers = a_case(acting, "CLIMBING"), []
    page = officer.get(f"/cases/{case}").text
    pressing = threading.Thread(target=lambda: answers.append(press(officer, case, "acknowledge", page)))
    pressing.start()
    while not acting.broker.sent:
        pressing.join(0.01)
    acting.broker.decide_all()
    pressing.join(acting.desk.giving.wait_seconds / 2)
    assert [answer.status_code for answer in answers] == [303]


def test_a_broker_that_is_away_is_said_and_nothing_is_pretended(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    page = officer.get(f"/cases/{case}").text
    acting.broker.failure = "NOT_CONNECTED"
    answer = press(officer, case, "acknowledge", page)
    assert answer.status_code == 503
    assert "Nothing was sent" in answer.text
    acting.broker.failure = "NotLeaderForPartitionError"
    unsure = press(officer, case, "acknowledge", page)
    assert unsure.status_code == 202, "it may be there all the same"
    assert verdicts(acting) == []
    acting.broker.failure = None
    assert press(officer, case, "acknowledge", unsure.text).status_code == 303
    assert verdicts(acting) == [("Acknowledge", True, None)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"party": "FAMILY"}, "it is missing"),
        ({"party": "<b>", "outcome": "REACHED"}, "choose one of the list"),
        ({"party": "FAMILY", "outcome": "REACHED", "called_at_ms": "yesterday"}, "this is no time"),
    ],
)
def test_what_is_filled_in_wrongly_is_said_and_kept_and_nothing_is_sent(
    acting: DeskWorld, officer: httpx.Client, fields: dict[str, str], said: str
) -> None:
    case = a_case(acting, "CLIMBING")
    answer = press(officer, case, "call", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<b>" not in answer.text
    if fields["party"] == "FAMILY":
        assert '<option value="FAMILY" selected>' in answer.text
    assert acting.broker.sent == []


@pytest.mark.parametrize("number", ["110105194912310021", "13800000001", "138-0000-0001", "1101 0519491231002X"])
def test_what_looks_like_a_person_s_number_is_not_taken_for_a_document_s(
    acting: DeskWorld, officer: httpx.Client, number: str
) -> None:
    answer = press(officer, a_case(acting, "CLIMBING"), "outcome", outcome="CHILD_SAFE_SEEN", reference=number)
    assert answer.status_code == 422
    assert "nothing personal may be written here" in answer.text
    assert acting.broker.sent == []


def test_a_moment_is_the_county_s_own_time(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    typed = {"seen_at_ms": "2026-11-20T08:10", "alone": "no", "wishes": "HEARD"}
    assert press(officer, case, "child-seen", **typed).status_code == 303
    body = Command.model_validate_json(acting.broker.sent[0].value).body
    assert body.seen_at_ms == 1_795_133_400_000, "2026-11-20 00:10 UTC"  # type: ignore[union-attr]  # a sighting


def test_a_form_of_another_session_and_an_id_that_is_none_are_refused(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    page = officer.get(f"/cases/{case}").text
    with acting.logged_in(acting.login("officer2")) as other:
        assert press(other, case, "acknowledge", page).status_code == 403
    url = f"/cases/{case}/acknowledge"
    for changed in ({"form": "x"}, {"form": "<script>" * 3}, {"csrf": ""}):
        assert officer.post(url, data=form(page, url) | changed).status_code == 403
    assert acting.broker.sent == []


def test_the_answer_to_somebody_else_s_command_is_not_shown(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    target = press(officer, case, "acknowledge").headers["location"].partition("#")[0]
    assert 'id="answer"' in officer.get(target).text
    with acting.logged_in(acting.login("officer2")) as other:
        assert 'id="answer"' not in other.get(target).text
    elsewhere = a_case(acting, "DISPATCHED")
    assert 'id="answer"' not in officer.get(target.replace(case, elsewhere)).text


def test_the_next_officer_takes_over_what_another_has_in_hand(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    press(officer, case, "acknowledge")
    assert f'action="/cases/{case}/take-over"' not in officer.get(f"/cases/{case}").text, "it is in this hand already"
    with acting.logged_in(acting.login("officer2")) as second:
        assert "Accepted" in second.get(press(second, case, "take-over").headers["location"]).text
    with acting.engine.connect() as connection:
        assert connection.execute(select(CASES.c.officer).where(CASES.c.case_id == case)).scalar_one() == "officer2"


def test_what_comes_next_stands_first(acting: DeskWorld, officer: httpx.Client) -> None:
    def shown(case: str) -> list[str]:
        page = officer.get(f"/cases/{case}").text.partition("Everything else")[0]
        return re.findall(rf'action="/cases/{re.escape(case)}/([a-z-]+)"', page)

    case = a_case(acting, "CLIMBING")
    assert shown(case)[0] == "acknowledge"
    press(officer, case, "acknowledge")
    assert shown(case)[0] == "dispatch"
    press(officer, case, "dispatch")
    assert "acknowledge" not in shown(case)
    assert all(len(shown(each)) <= 3 for each in (case, a_case(acting, "DISPATCHED")))


def county_time(at_ms: int) -> str:
    """As a browser sends a moment, to the minute; the county in memory has lived an hour ahead of the wall's clock."""
    return f"{local(at_ms + 60_000):%Y-%m-%dT%H:%M}"


def test_a_whole_life_by_buttons(acting: DeskWorld, officer: httpx.Client, lived: LivedBook) -> None:
    case = a_case(acting, "CLIMBING")
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("acknowledge", {}),
        ("call", {"party": "DEPARTMENT", "unit": "HEALTH", "outcome": "REACHED"}),
        ("dispatch", {}),
        ("child-seen", {"alone": "no", "wishes": "HEARD", "seen_at_ms": county_time(lived.now_ms)}),
        ("custody", {"holder": "RESCUE_INST", "handed_over_by": "SCHOOL"}),
        ("kin", {"candidate_id": "NEW", "relation": "GRANDPARENT", "willing": "yes", "checked": "yes"}),
        ("assessment", {"subject": "GUARDIAN", "guardian_able": "no", "safe_to_return": "no"}),
        ("level", {"level": "S1", "reason": "DANGER_GREATER"}),
        ("close", {"reason": "SUPPORT_COMPLETED"}),
        ("reopen", {"reason": "NEW_DANGER"}),
    )
    for action, fields in steps:
        if action == "level" and f'<option value="{fields["level"]}"' not in officer.get(f"/cases/{case}").text:
            continue
        answer = press(officer, case, action, **fields)
        assert answer.status_code == 303, (action, answer.text)
    refused = [each for each in verdicts(acting) if not each[1]]
    assert refused == []
    with acting.engine.connect() as connection:
        kinds = set(connection.execute(select(TIMELINE.c.kind).where(TIMELINE.c.case_id == case)).scalars())
    assert {"CallRecorded", "ChildSeen", "KinCandidateAdded", "AssessmentRecorded", "CaseReopened"} <= kinds


def test_what_is_missing_is_said_before_closing(acting: DeskWorld, officer: httpx.Client) -> None:
    case = a_case(acting, "CLIMBING")
    page = officer.get(f"/cases/{case}").text
    assert "no sighting of the child is recorded" in page
    press(officer, case, "child-seen", alone="no", wishes="HEARD")
    press(officer, case, "custody", holder="RESCUE_INST", handed_over_by="UNKNOWN")
    assert "By the record this is missing" not in officer.get(f"/cases/{case}").text
