"""The fold of pending alerts, links, contacts and feedback."""

from services.notify.core.pending import (
    FEEDBACK_KEPT_MS,
    PRUNE_AT_LEAST,
    Folded,
    Hold,
    Pending,
    accumulate,
    contacts_of,
    fold,
)
from shared.contracts.alerts import (
    AlertWithdrawn,
    AnswerCode,
    FeedbackDue,
    Instruction,
    OutcomeRecorded,
)
from shared.contracts.assessment import Source
from shared.contracts.events import (
    AcknowledgementExpired,
    AnswerRecorded,
    CaseClosed,
    CaseReopened,
    ContactSet,
    DepartmentAcknowledged,
    DepartmentDeclined,
    DepartmentDispatched,
    LadderStarted,
)
from shared.contracts.vocabulary import Basis, CloseReason, Department, FeedbackStatus
from tests.support.notify_samples import NOON_MS, entry, sample_alert, sample_contact

CASE = sample_alert().case
HOUR_MS = 3_600_000


def folded(*entries: object) -> Folded:
    result = Folded(Pending())
    for each in entries:
        result = fold(result.state, each)  # type: ignore[arg-type]
    return result


def test_a_requested_alert_is_pending_with_the_time_of_the_report_that_caused_it() -> None:
    state = folded(entry(1, sample_alert(), from_report=True)).state
    assert state.alerts["a-1"].request == sample_alert()
    assert state.alerts["a-1"].filed_at_ms == NOON_MS - 1000


def test_an_alert_caused_by_a_deadline_has_no_filing_time() -> None:
    assert folded(entry(1, sample_alert())).state.alerts["a-1"].filed_at_ms is None


def test_a_recorded_outcome_settles() -> None:
    outcome = OutcomeRecorded(alert_id="a-1", case=CASE, result="SENT")
    assert not folded(entry(1, sample_alert()), entry(2, outcome)).state.alerts


def test_a_withdrawal_ends_the_alert_and_is_known_to_its_link() -> None:
    withdrawn = AlertWithdrawn(alert_id="a-1", case=CASE, reason="ACKNOWLEDGED")
    state = folded(entry(1, sample_alert()), entry(2, withdrawn)).state
    assert not state.alerts
    assert state.links["a-1"].withdrawn == "ACKNOWLEDGED"


def test_request_and_withdrawal_in_one_record_send_nothing() -> None:
    withdrawn = AlertWithdrawn(alert_id="a-1", case=CASE, reason="CLOSED")
    assert not folded(entry(1, sample_alert(), withdrawn)).state.alerts


def test_a_replayed_record_changes_nothing() -> None:
    outcome = OutcomeRecorded(alert_id="a-1", case=CASE, result="SENT")
    state = folded(entry(1, sample_alert()), entry(2, outcome)).state
    again = fold(state, entry(1, sample_alert()))
    assert again.repeated
    assert again.state is state


def test_a_settled_alert_that_is_requested_under_the_same_id_is_not_pending_again() -> None:
    outcome = OutcomeRecorded(alert_id="a-1", case=CASE, result="SENT")
    assert not folded(entry(1, sample_alert()), entry(2, outcome), entry(3, sample_alert())).state.alerts


def test_books_count_on_their_own() -> None:
    state = folded(entry(7, sample_alert("a-1"), book=0), entry(1, sample_alert("a-2"), book=1)).state
    assert set(state.alerts) == {"a-1", "a-2"}
    assert dict(state.folded) == {0: 7, 1: 1}


def test_unknown_types_are_ignored_and_counted() -> None:
    result = folded(entry(1, {"type": "SomethingNew", "x": 1}, {"no": "type"}, {"type": 7}, sample_alert()))
    assert result.ignored == 3
    assert "a-1" in result.state.alerts


def test_an_unreadable_event_is_reported_by_position_without_its_text_and_does_not_stop_the_others() -> None:
    broken = {"type": "AlertRequested", "alert_id": "PLANTED-NAME-1 with spaces"}
    result = folded(entry(1, broken, sample_alert()))
    ((position, reason),) = [(each.position, each.reason) for each in result.unreadable]
    assert (position, reason) == (0, "UNREADABLE_AlertRequested")
    assert "a-1" in result.state.alerts


def test_the_newest_contact_counts() -> None:
    first, second = sample_contact(), sample_contact(active=False)
    state = folded(entry(1, ContactSet(contact=first)), entry(2, ContactSet(contact=second))).state
    assert state.contacts[0, "520327", "c-1"] == second


def test_the_last_recorded_answer_is_known_to_the_link() -> None:
    answer = AnswerRecorded(
        case=CASE, alert_id="a-1", department=Department.POLICE, answer=AnswerCode.ACKNOWLEDGE, outcome_id="o-1"
    )
    declined = answer.model_copy(update={"answer": AnswerCode.DECLINE})
    state = folded(entry(1, sample_alert()), entry(2, answer), entry(3, declined), entry(3, answer)).state
    link = state.links["a-1"]
    assert (link.answers, link.last, link.answered_at_ms) == (2, AnswerCode.DECLINE, NOON_MS - 1000)


def test_a_department_holds_a_case_until_it_hands_back_lapses_or_begins_anew() -> None:
    police = {"case": CASE, "department": Department.POLICE}
    taken = DepartmentAcknowledged(**police, by="x", at_ms=NOON_MS, expires_at_ms=NOON_MS + 5, deadline="d")
    sent = DepartmentDispatched(**police, by="x", at_ms=NOON_MS)
    source = Source(rule="r", basis=Basis.DESIGN, citation="c")
    ends = (
        DepartmentDeclined(**police, by="x", reason="UNABLE"),
        AcknowledgementExpired(**police),
        LadderStarted(**police, source=source),
        CaseClosed(case=CASE, reason=CloseReason.DIED, by="o", at_ms=NOON_MS),
    )
    held = folded(entry(1, taken)).state
    assert dict(held.holds) == {(CASE, Department.POLICE): Hold(NOON_MS + 5)}
    assert dict(fold(held, entry(2, sent)).state.holds) == {(CASE, Department.POLICE): Hold(None)}
    for end in ends:
        assert not fold(held, entry(2, end)).state.holds


def test_a_closed_case_is_known_until_it_is_reopened() -> None:
    closed = CaseClosed(case=CASE, reason=CloseReason.UNFOUNDED_CHECKED, by="o-1", at_ms=NOON_MS)
    reopened = CaseReopened(case=CASE, reason="NEW_FACTS", by="o-1", at_ms=NOON_MS)
    assert CASE in folded(entry(1, closed)).state.closed
    assert CASE not in folded(entry(1, closed), entry(2, reopened)).state.closed


def due(status: FeedbackStatus, at_ms: int, *codes: str, report_id: str = "r-1") -> FeedbackDue:
    instructions = tuple(Instruction(to="REPORTER", code=code, zh="等候", en="wait") for code in codes)
    return FeedbackDue(
        report_id=report_id, receipt="520327-AAAAA-AAAAA-AAAAA", status=status, instructions=instructions, at_ms=at_ms
    )


def test_feedback_accumulates_its_history_and_keeps_instructions_until_closed() -> None:
    page = accumulate(None, due(FeedbackStatus.RECEIVED, 1, "KEEP_WITH_YOU"))
    page = accumulate(page, due(FeedbackStatus.ACCEPTED, 2))
    assert [step.status for step in page.history] == [FeedbackStatus.RECEIVED, FeedbackStatus.ACCEPTED]
    assert [each.code for each in page.instructions] == ["KEEP_WITH_YOU"]
    assert (page.status, page.updated_at_ms) == (FeedbackStatus.ACCEPTED, 2)
    assert accumulate(page, due(FeedbackStatus.CLOSED, 3)).instructions == ()


def test_a_repeated_step_is_one_line() -> None:
    page = accumulate(accumulate(None, due(FeedbackStatus.RECEIVED, 1)), due(FeedbackStatus.RECEIVED, 1))
    assert len(page.history) == 1


def test_a_page_never_goes_backwards() -> None:
    page = accumulate(None, due(FeedbackStatus.RECEIVED, 1, "KEEP_WITH_YOU"))
    page = accumulate(page, due(FeedbackStatus.ACCEPTED, 2))
    page = accumulate(page, due(FeedbackStatus.RECEIVED, 3, "DO_NOT_TELL"))
    assert [step.status for step in page.history] == [FeedbackStatus.RECEIVED, FeedbackStatus.ACCEPTED]
    assert page.status is FeedbackStatus.ACCEPTED
    assert [each.code for each in page.instructions] == ["DO_NOT_TELL"], "what to do next is still said"


def test_memory_is_bounded_by_what_is_open_and_recent() -> None:
    state = Pending()
    for number in range(8 * PRUNE_AT_LEAST):
        at_ms = NOON_MS + number * HOUR_MS
        alert = sample_alert(f"a-{number}", requested_at_ms=at_ms, act_by_ms=at_ms + HOUR_MS)
        events = (
            alert,
            OutcomeRecorded(alert_id=alert.alert_id, case=CASE, result="SENT"),
            due(FeedbackStatus.CLOSED, at_ms, report_id=f"r-{number}"),
        )
        state = fold(state, entry(number + 1, *events, decided_at_ms=at_ms)).state
    recent = (FEEDBACK_KEPT_MS + 26 * HOUR_MS) // HOUR_MS
    assert len(state.links) + len(state.feedback) <= 2 * recent + PRUNE_AT_LEAST


def test_pruning_keeps_the_links_of_pending_alerts() -> None:
    state = fold(Pending(), entry(1, sample_alert("a-open"))).state
    late_ms = NOON_MS + 30 * 24 * HOUR_MS
    for number in range(PRUNE_AT_LEAST + 1):
        state = fold(state, entry(2 + number, sample_alert(f"a-{number}"), decided_at_ms=late_ms)).state
    assert "a-open" in state.links
    assert "a-open" in state.alerts


def test_an_alert_to_the_desk_is_sent_to_the_contacts_of_its_own_book() -> None:
    """Two counties may name a duty number alike; the desk of 000000 stands in every book, once newer than elsewhere."""
    here = sample_contact("duty", callback_number="1")
    desk = sample_contact("duty", county="000000", callback_number="2")
    newer = desk.model_copy(update={"callback_number": "3"})
    state = folded(entry(1, ContactSet(contact=here), ContactSet(contact=desk))).state
    state = fold(state, entry(1, ContactSet(contact=newer), book=1)).state
    alert = sample_alert(contact_ids=("duty", "nobody"))
    assert contacts_of(state, 0, alert) == {"duty": here}
    away = alert.model_copy(update={"contacts_of": "000000"})
    assert contacts_of(state, 0, away) == {"duty": desk}
    assert contacts_of(state, 1, away) == {"duty": newer}
    assert contacts_of(state, 1, alert) == {}
