"""What a link allows now, and what a press on the page means. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.alerts import AnswerCode, DeclineReason
from shared.contracts.ids import NOTICE_DUTY, NOTICE_PLACE, notice_kind

from .links import AnswerLink, LinkVerdict, Verified
from .pending import Hold, LinkState, Pending

OUTLIVING: Final = frozenset({NOTICE_DUTY, NOTICE_PLACE})


class Standing(StrEnum):
    """What a link is worth now. A good signature opens the page; an expired link or a closed case takes no answer."""

    OPEN = "OPEN"
    NOT_A_LINK = "NOT_A_LINK"
    EXPIRED = "EXPIRED"
    CASE_CLOSED = "CASE_CLOSED"
    OUTLIVES_CASE = "OUTLIVES_CASE"
    """A notice of what a closed case has left to be done: it is done, and recorded at the desk; no answer meets it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged link, what is known of its alert, and whether its department has taken the case over."""

    standing: Standing
    link: AnswerLink | None = None
    known: LinkState | None = None
    hold: Hold | None = None


class Follows(StrEnum):
    """What follows from the last answer, by the record."""

    SEND_SOMEBODY = "SEND_SOMEBODY"
    LAPSED = "LAPSED"
    CLOCKS_GO_ON = "CLOCKS_GO_ON"
    HANDED_BACK = "HANDED_BACK"
    NEXT_RUNG = "NEXT_RUNG"


@dataclass(frozen=True, slots=True)
class Press:
    """A well-formed press. `reason` is there when, and only when, it declines."""

    answer: AnswerCode
    reason: DeclineReason | None = None


def standing_of(verified: Verified, state: Pending) -> Asked:
    """Judge a verified link against the fold. An alert not known yet may be answered too: triage decides."""
    link = verified.link
    if link is None:
        return Asked(Standing.NOT_A_LINK)
    known = state.links.get(link.alert_id)
    hold = state.holds.get((link.case, link.department))
    if verified.verdict is not LinkVerdict.GOOD:
        return Asked(Standing.EXPIRED, link, known, hold)
    if notice_kind(link.alert_id) in OUTLIVING:
        return Asked(Standing.OUTLIVES_CASE, link, known, hold)
    if link.case in state.closed:
        return Asked(Standing.CASE_CLOSED, link, known, hold)
    return Asked(Standing.OPEN, link, known, hold)


def read_press(answer: str, reason: str) -> Press | None:
    """The press of a form, or None when it is not one of the answers, or a refusal without a reason."""
    try:
        code = AnswerCode(answer)
        if code is not AnswerCode.DECLINE:
            return Press(code)
        return Press(code, DeclineReason(reason))
    except ValueError:
        return None


def is_recorded(press: Press, asked: Asked, before: Press | None = None) -> bool:
    """Whether the record holds this very answer as the last one, with its effect: it need not be handed on again.

    An acknowledgement that lapsed, or was handed back, may be given again. A refusal is handed on unless it is
    `before`, the press given last: its reason may be another.
    """
    if asked.known is None or asked.known.last is not press.answer:
        return False
    if press.answer is AnswerCode.DECLINE:
        return press == before
    return asked.hold is not None and (press.answer is AnswerCode.ACKNOWLEDGE or asked.hold.lapses_at_ms is None)


def number_of(press: Press, asked: Asked, before: tuple[int, Press] | None) -> int:
    """Which answer on its link this is, from 0. The same press again, not recorded yet, is the same answer.

    `before` is the last press of this link that was tried, with its number. Without numbers an acknowledgement after
    a refusal would look like the first one delivered again.
    """
    recorded = asked.known.answers if asked.known else 0
    if before is not None and before[1] == press and before[0] >= recorded:
        return before[0]
    return max(recorded, before[0] + 1) if before is not None else recorded


def follows(answer: AnswerCode, hold: Hold | None) -> Follows:
    """What follows from a recorded answer, as the department stands now."""
    match answer:
        case AnswerCode.DECLINE:
            return Follows.NEXT_RUNG
        case AnswerCode.ACKNOWLEDGE:
            if hold is None:
                return Follows.LAPSED
            return Follows.SEND_SOMEBODY if hold.lapses_at_ms is not None else Follows.CLOCKS_GO_ON
        case AnswerCode.DISPATCH:
            return Follows.HANDED_BACK if hold is None else Follows.CLOCKS_GO_ON
