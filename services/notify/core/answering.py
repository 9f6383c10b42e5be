"""What a link allows now, and what a press on the page means. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.alerts import AnswerCode, DeclineReason

from .links import AnswerLink, LinkVerdict, Verified
from .pending import LinkState, Pending


class Standing(StrEnum):
    """What a link is worth now. A good signature opens the page; an expired link or a closed case takes no answer."""

    OPEN = "OPEN"
    NOT_A_LINK = "NOT_A_LINK"
    EXPIRED = "EXPIRED"
    CASE_CLOSED = "CASE_CLOSED"


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged link and what is known of its alert."""

    standing: Standing
    link: AnswerLink | None = None
    known: LinkState | None = None


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
    if verified.verdict is not LinkVerdict.GOOD:
        return Asked(Standing.EXPIRED, link, known)
    if link.case in state.closed:
        return Asked(Standing.CASE_CLOSED, link, known)
    return Asked(Standing.OPEN, link, known)


def read_press(answer: str, reason: str) -> Press | None:
    """The press of a form, or None when it is not one of the answers, or a refusal without a reason."""
    try:
        code = AnswerCode(answer)
        if code is not AnswerCode.DECLINE:
            return Press(code)
        return Press(code, DeclineReason(reason))
    except ValueError:
        return None


def is_recorded(press: Press, known: LinkState | None) -> bool:
    """Whether triage has recorded this answer already. A refusal is always handed on: its reason may be another."""
    return known is not None and press.answer in known.answers and press.answer is not AnswerCode.DECLINE
