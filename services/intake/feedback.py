"""What reporters may learn: the compacted topic `feedback`, in memory, found by receipt."""

from collections import OrderedDict

from pydantic import ValidationError

from shared.contracts.alerts import Feedback, FeedbackStep
from shared.contracts.ids import normal_receipt
from shared.contracts.vocabulary import FeedbackStatus
from shared.runtime.logging import get_logger

RECEIPTS_MAX = 200_000
STEPS_MAX = 50
RANK = {status: number for number, status in enumerate(FeedbackStatus)}
_log = get_logger("intake.feedback")


class FeedbackBook:
    """The page of each receipt, the oldest dropped above a limit. Belongs to one event loop.

    A receipt may have several reports (additions): they are one page, which never goes backwards.
    """

    def __init__(self, receipts_max: int = RECEIPTS_MAX) -> None:
        self._receipts_max = receipts_max
        self._by_receipt: OrderedDict[str, Feedback] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_receipt)

    def apply(self, batch: list[tuple[str, bytes | None]]) -> None:
        """Take over a batch of the topic; what cannot be read is passed over and logged. A tombstone needs nothing."""
        for _, value in batch:
            if value is None:
                continue
            try:
                feedback = Feedback.model_validate_json(value)
            except ValidationError:
                _log.warning("feedback_unreadable")
                continue
            self._take(feedback)

    def of(self, receipt: str, *, institution: bool) -> Feedback | None:
        """What is visible for a receipt; that a child is protected is for institutions alone."""
        feedback = self._by_receipt.get(receipt)
        return feedback if feedback is None or institution else _public(feedback)

    def first_report(self, receipt: str) -> str | None:
        """The report id behind a receipt, where it is known."""
        feedback = self._by_receipt.get(receipt)
        return feedback.report_id if feedback else None

    def _take(self, feedback: Feedback) -> None:
        receipt = normal_receipt(feedback.receipt)
        known = self._by_receipt.get(receipt or "")
        if receipt is None:
            return
        self._by_receipt[receipt] = _one_page(known or feedback, feedback)
        self._by_receipt.move_to_end(receipt)
        while len(self._by_receipt) > self._receipts_max:
            self._by_receipt.popitem(last=False)


def _one_page(known: Feedback, feedback: Feedback) -> Feedback:
    """Two pages of one receipt as one: what was said stays said. Only after CLOSED a later filing begins anew."""
    newest = feedback if feedback.updated_at_ms >= known.updated_at_ms else known
    steps: list[FeedbackStep] = []
    for step in sorted({*known.history, *feedback.history}, key=lambda step: (step.at_ms, RANK[step.status])):
        last = steps[-1].status if steps else None
        anew = last is FeedbackStatus.CLOSED and step.status is not FeedbackStatus.CLOSED
        if last is None or anew or RANK[step.status] > RANK[last]:
            steps.append(step)
    status = steps[-1].status if steps else newest.status
    first = min(known, feedback, key=lambda page: page.history[0].at_ms if page.history else page.updated_at_ms)
    changes = {"report_id": first.report_id, "status": status, "history": tuple(steps[-STEPS_MAX:])}
    return newest.model_copy(update=changes)


def _public(feedback: Feedback) -> Feedback:
    """Without PROTECTED: the step is left out and the state before it stands."""
    history = tuple(step for step in feedback.history if step.status is not FeedbackStatus.PROTECTED)
    status = FeedbackStatus.ACCEPTED if feedback.status is FeedbackStatus.PROTECTED else feedback.status
    return feedback.model_copy(update={"status": status, "history": history})
