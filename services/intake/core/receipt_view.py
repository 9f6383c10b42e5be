"""What the page of a receipt shows (MPL 11(3): the reporter is told what became of the report)."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.alerts import Feedback, Instruction
from shared.contracts.vocabulary import FeedbackStatus

from services.intake.core.fields import CHINA
from services.intake.core.instructions import DANGER, DANGER_CODES

NOT_VISIBLE = "NOT_VISIBLE_YET"
STATUS_TEXTS: dict[str, tuple[str, str]] = {
    NOT_VISIBLE: (
        "暂无可显示的进展。报送后一般一分钟内可见；若一直不可见，请核对回执号。",
        "Not visible yet. It usually appears within a minute; if it stays so, check the receipt number.",
    ),
    FeedbackStatus.RECEIVED.value: ("已接收，正在转办。", "Received; it is being passed on."),
    FeedbackStatus.ACCEPTED.value: ("已受理，有关部门正在处理。", "Accepted; the departments are acting."),
    FeedbackStatus.TRANSFERRED.value: ("已移送有管辖权的部门。", "Transferred to the authority in charge."),
    FeedbackStatus.PROTECTED.value: ("孩子已得到保护安置。", "The child is protected."),
    FeedbackStatus.CLOSED.value: ("已办结。", "Closed."),
}


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt as shown: status code, steps as (code, time in China), instructions, danger first."""

    receipt: str
    status: str
    steps: tuple[tuple[str, str], ...]
    instructions: tuple[Instruction, ...]

    def as_json(self) -> dict[str, object]:
        """The JSON answer."""
        zh, en = STATUS_TEXTS[self.status]
        return {
            "receipt": self.receipt,
            "status": self.status,
            "zh": zh,
            "en": en,
            "history": [{"status": status, "at": at} for status, at in self.steps],
            "instructions": [instruction.model_dump(mode="json") for instruction in self.instructions],
        }


def view_of(receipt: str, feedback: Feedback | None) -> ReceiptView:
    """What is shown; an unknown receipt and one that is not yet visible look the same."""
    if feedback is None:
        return ReceiptView(receipt, NOT_VISIBLE, (), (DANGER,))
    others = (each for each in feedback.instructions if each.code not in DANGER_CODES)
    return ReceiptView(
        receipt=receipt,
        status=feedback.status.value,
        steps=tuple((step.status.value, _shown(step.at_ms)) for step in feedback.history),
        instructions=(DANGER, *others),
    )


def _shown(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, CHINA).isoformat(timespec="minutes")
