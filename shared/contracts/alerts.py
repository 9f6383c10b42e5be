"""What triage asks of notify, what notify answers, and what the reporter may learn."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Cited, CountyCode, Identifier, Message, UnixMilliseconds
from shared.contracts.vocabulary import Department, FeedbackStatus, LadderStep, Level


class ChannelKind(StrEnum):
    """Ways out of the house. FILE and CONSOLE serve every space but `live`."""

    SMS = "SMS"
    VOICE = "VOICE"
    EMAIL = "EMAIL"
    WEBHOOK = "WEBHOOK"
    FILE = "FILE"
    CONSOLE = "CONSOLE"


class Instruction(Cited):
    """One coded sentence in both languages; `to` is REPORTER or a department code."""

    to: Identifier
    code: Identifier
    zh: Annotated[str, Field(max_length=300)]
    en: Annotated[str, Field(max_length=300)]


class AlertRequested(Message):
    """Tell one department's rung. Carries no identity, article, place or institution type.

    `alert_id` is unique and derived; `contact_ids` name registry contacts (an empty rung is never requested).
    `repeat` counts repetitions of a top rung; `act_by_ms` is when the next rung fires.
    `ladder` is whose ladder it stands on when that is not `department`'s own (E0, E2-E4 tell others, too).
    `contacts_of` is the county whose registry names the contacts, when it is not the case's: the desk of 000000.
    """

    type: Literal["AlertRequested"] = "AlertRequested"
    alert_id: Identifier
    case: Identifier
    county: CountyCode
    department: Department
    step: LadderStep
    repeat: Annotated[int, Field(ge=0, le=100_000)] = 0
    level: Level
    act_by_ms: UnixMilliseconds
    requested_at_ms: UnixMilliseconds
    contact_ids: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]
    reason: Identifier = "LADDER"
    ladder: Department | None = None
    contacts_of: CountyCode | None = None


class AlertWithdrawn(Message):
    """The alert needs no sending any more (acknowledged, superseded, closed)."""

    type: Literal["AlertWithdrawn"] = "AlertWithdrawn"
    alert_id: Identifier
    case: Identifier
    reason: Identifier


class OutcomeRecorded(Message):
    """Triage has recorded notify's outcome of an alert: it is settled."""

    type: Literal["OutcomeRecorded"] = "OutcomeRecorded"
    alert_id: Identifier
    case: Identifier
    result: Identifier
    channel: ChannelKind | None = None
    attempts: Annotated[int, Field(ge=0, le=1000)] = 0


class FeedbackDue(Message):
    """What notify shall publish for a receipt (MPL 11(3))."""

    type: Literal["FeedbackDue"] = "FeedbackDue"
    report_id: Identifier
    receipt: Identifier
    status: FeedbackStatus
    instructions: Annotated[tuple[Instruction, ...], Field(max_length=20)] = ()
    at_ms: UnixMilliseconds


class AlertResult(StrEnum):
    """How notify settled an alert."""

    SENT = "SENT"
    FAILED = "FAILED"
    STALE = "STALE"


class AlertSettled(Message):
    """Outcome: the alert was sent by one channel at least, failed on all, or was stale and not sent.

    `outcome_id` is derived from the alert, so that a repetition is recognised.
    """

    type: Literal["AlertSettled"] = "AlertSettled"
    outcome_id: Identifier
    space: Identifier
    county: CountyCode
    case: Identifier
    alert_id: Identifier
    result: AlertResult
    channel: ChannelKind | None = None
    attempts: Annotated[int, Field(ge=0, le=1000)]
    failure: Identifier | None = None
    settled_at_ms: UnixMilliseconds


class AnswerCode(StrEnum):
    """What a department answers on the page of a signed link."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    DISPATCH = "DISPATCH"
    DECLINE = "DECLINE"


class DeclineReason(StrEnum):
    """Why a department declines."""

    NOT_COMPETENT = "NOT_COMPETENT"
    WRONG_AREA = "WRONG_AREA"
    ALREADY_HANDLED = "ALREADY_HANDLED"
    UNABLE = "UNABLE"


class AnswerGiven(Message):
    """Outcome: somebody at the department acted on the signed link of `alert_id`."""

    type: Literal["AnswerGiven"] = "AnswerGiven"
    outcome_id: Identifier
    space: Identifier
    county: CountyCode
    case: Identifier
    alert_id: Identifier
    department: Department
    step: LadderStep
    answer: AnswerCode
    decline_reason: DeclineReason | None = None
    answered_at_ms: UnixMilliseconds


Outcome = Annotated[AlertSettled | AnswerGiven, Field(discriminator="type")]
"""What stands on `outcomes`."""


class Feedback(Message):
    """The page of a receipt, as intake shows it. Compacted by report id."""

    type: Literal["Feedback"] = "Feedback"
    report_id: Identifier
    receipt: Identifier
    status: FeedbackStatus
    instructions: Annotated[tuple[Instruction, ...], Field(max_length=20)] = ()
    history: Annotated[tuple["FeedbackStep", ...], Field(max_length=50)] = ()
    updated_at_ms: UnixMilliseconds


class FeedbackStep(Message):
    """One line of a receipt's page."""

    status: FeedbackStatus
    at_ms: UnixMilliseconds


Feedback.model_rebuild()


class DeadLetter(Message):
    """Bytes that could not be decided or read, kept for a human. The subject never carries text of the bytes."""

    type: Literal["DeadLetter"] = "DeadLetter"
    topic: Identifier
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: Identifier
    value: Annotated[str, Field(description="Base64 of the bytes.")]
    at_ms: UnixMilliseconds
