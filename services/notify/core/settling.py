"""The outcomes that notify publishes, built from an alert's verdict or an answer. Ids are derived."""

import hashlib

from shared.contracts.alerts import AlertRequested, AlertSettled, AnswerCode, AnswerGiven, DeclineReason

from .links import AnswerLink
from .plan import Verdict


def settled(space: str, alert: AlertRequested, verdict: Verdict, now_ms: int) -> AlertSettled:
    """The outcome of an alert. One alert has one such outcome, whatever its result."""
    return AlertSettled(
        outcome_id=outcome_id_of(space, alert.alert_id, "settled"),
        space=space,
        county=alert.county,
        case=alert.case,
        alert_id=alert.alert_id,
        result=verdict.result,
        channel=verdict.channel,
        attempts=min(verdict.attempts, 1000),
        failure=verdict.failure,
        settled_at_ms=now_ms,
    )


def answered(
    space: str,
    link: AnswerLink,
    answer: AnswerCode,
    decline_reason: DeclineReason | None,
    now_ms: int,
    number: int = 0,
) -> AnswerGiven:
    """The outcome of a press on the answer page. The same answer, with the same number, is the same outcome."""
    what = f"{answer}.{decline_reason or ''}" + (f".{number}" if number else "")
    return AnswerGiven(
        outcome_id=outcome_id_of(space, link.alert_id, what),
        space=space,
        county=link.county,
        case=link.case,
        alert_id=link.alert_id,
        department=link.department,
        step=link.step,
        answer=answer,
        decline_reason=decline_reason,
        answered_at_ms=now_ms,
    )


def outcome_id_of(space: str, alert_id: str, what: str) -> str:
    """Derived from the alert, so that triage recognises a repetition."""
    return "o-" + hashlib.sha256(f"{space}\x00{alert_id}\x00{what}".encode()).hexdigest()[:32]
