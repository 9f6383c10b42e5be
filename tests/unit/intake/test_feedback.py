"""The page of a receipt shows what notify last said, and to the public not that a child is protected."""

from services.intake.core.receipt_view import NOT_VISIBLE, STATUS_TEXTS, view_of
from services.intake.feedback import FeedbackBook
from shared.contracts.alerts import Feedback, FeedbackStep, Instruction
from shared.contracts.ids import receipt_of
from shared.contracts.vocabulary import FeedbackStatus
from shared.contracts.wire import encode

NOON_MS = 1_795_219_200_000
RECEIPT = receipt_of(b"k" * 32, "520327", "f1")


def feedback(status: FeedbackStatus, at_ms: int, receipt: str = RECEIPT) -> tuple[str, bytes]:
    steps = (
        FeedbackStep(status=FeedbackStatus.ACCEPTED, at_ms=NOON_MS),
        FeedbackStep(status=status, at_ms=NOON_MS + at_ms),
    )
    told = Instruction(to="REPORTER", code="SOMEBODY_COMES", zh="有人会来。", en="Somebody will come.")
    message = Feedback(
        report_id="r1", receipt=receipt, status=status, instructions=(told,), history=steps, updated_at_ms=at_ms
    )
    return message.report_id, encode(message)


def test_an_unknown_receipt_is_not_visible_yet_and_danger_comes_first() -> None:
    view = view_of(RECEIPT, FeedbackBook().of(RECEIPT, institution=False))
    assert view.status == NOT_VISIBLE
    assert view.instructions[0].code == "DANGER_CALL_110_120"


def test_the_newest_feedback_stands_whatever_the_order() -> None:
    book = FeedbackBook()
    book.apply(
        [feedback(FeedbackStatus.CLOSED, 5), feedback(FeedbackStatus.ACCEPTED, 4), ("r1", b"junk"), ("r1", None)]
    )
    found = book.of(RECEIPT, institution=False)
    assert found is not None
    assert found.status is FeedbackStatus.CLOSED
    assert book.first_report(RECEIPT) == "r1"
    view = view_of(RECEIPT, found)
    assert [instruction.code for instruction in view.instructions] == ["DANGER_CALL_110_120", "SOMEBODY_COMES"]
    assert view.steps[0] == ("ACCEPTED", "2026-11-21T08:00+08:00")


def test_that_a_child_is_protected_is_shown_to_institutions_alone() -> None:
    book = FeedbackBook()
    book.apply([feedback(FeedbackStatus.PROTECTED, 5)])
    public, institution = book.of(RECEIPT, institution=False), book.of(RECEIPT, institution=True)
    assert public is not None
    assert institution is not None
    assert (public.status, institution.status) == (FeedbackStatus.ACCEPTED, FeedbackStatus.PROTECTED)
    assert FeedbackStatus.PROTECTED not in [step.status for step in public.history]


def test_the_book_is_bounded_and_drops_the_oldest() -> None:
    book = FeedbackBook(receipts_max=3)
    receipts = [receipt_of(b"k" * 32, "520327", f"f{number}") for number in range(5)]
    book.apply([feedback(FeedbackStatus.RECEIVED, 1, receipt) for receipt in receipts])
    assert len(book) == 3
    assert book.of(receipts[0], institution=False) is None
    assert book.of(receipts[4], institution=False) is not None


def test_every_status_has_words_in_both_languages() -> None:
    for status in FeedbackStatus:
        zh, en = STATUS_TEXTS[status.value]
        assert zh
        assert en


def page(report_id: str, *steps: tuple[FeedbackStatus, int]) -> tuple[str, bytes]:
    history = tuple(FeedbackStep(status=status, at_ms=NOON_MS + at_ms) for status, at_ms in steps)
    status, at_ms = steps[-1]
    message = Feedback(
        report_id=report_id, receipt=RECEIPT, status=status, history=history, updated_at_ms=NOON_MS + at_ms
    )
    return report_id, encode(message)


def shown(book: FeedbackBook) -> list[str]:
    found = book.of(RECEIPT, institution=True)
    assert found is not None
    assert found.status is found.history[-1].status
    return [step.status.value for step in found.history]


def test_an_addition_is_received_and_takes_nothing_back() -> None:
    book = FeedbackBook()
    first = page("r1", (FeedbackStatus.RECEIVED, 1), (FeedbackStatus.ACCEPTED, 2))
    addition = page("r2", (FeedbackStatus.RECEIVED, 5))
    book.apply([first, addition])
    assert shown(book) == ["RECEIVED", "ACCEPTED"]
    assert book.first_report(RECEIPT) == "r1"
    other = FeedbackBook()
    other.apply([addition, first])
    assert shown(other) == ["RECEIVED", "ACCEPTED"], "in whatever order a compacted topic is read"


def test_more_facts_after_closing_begin_anew() -> None:
    book = FeedbackBook()
    closed = page("r1", (FeedbackStatus.RECEIVED, 1), (FeedbackStatus.ACCEPTED, 2), (FeedbackStatus.CLOSED, 3))
    book.apply([closed, page("r2", (FeedbackStatus.RECEIVED, 9))])
    assert shown(book) == ["RECEIVED", "ACCEPTED", "CLOSED", "RECEIVED"]
