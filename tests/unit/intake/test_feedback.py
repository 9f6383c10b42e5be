"""The page of a receipt shows what notify last said, and to the public not that a child is protected."""

from services.intake.core.receipt_view import NOT_VISIBLE, STATUS_TEXTS, view_of
from services.intake.feedback import FeedbackBook
from shared.contracts.alerts import Feedback, FeedbackStep, Instruction
from shared.contracts.ids import receipt_of
from shared.contracts.vocabulary import FeedbackStatus
from shared.contracts.wire import encode

RECEIPT = receipt_of(b"k" * 32, "520327", "f1")


def feedback(status: FeedbackStatus, at_ms: int, receipt: str = RECEIPT) -> tuple[str, bytes]:
    steps = (
        FeedbackStep(status=FeedbackStatus.ACCEPTED, at_ms=1_795_219_200_000),
        FeedbackStep(status=status, at_ms=at_ms),
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
