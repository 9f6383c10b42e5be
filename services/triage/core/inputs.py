"""What triage decides on: one input at a time, with the moment at which it arrived (append time)."""

import functools
from dataclasses import dataclass

from shared.contracts.alerts import AlertSettled, AnswerGiven
from shared.contracts.commands import Command
from shared.contracts.crossings import Crossing
from shared.contracts.reports import ReportFiled
from shared.contracts.wire import beyond_defaults, sha256_hex


@dataclass(frozen=True)
class ReportInput:
    """A report.

    `tokens`: one entry per child, in the order of the children; an entry holds that child's second keyed hashes
    (64 hexadecimal digits each), separated by spaces, and may be empty. `id_tokens`: likewise, those of them that come
    of the child's ID number.
    """

    message: ReportFiled
    arrived_at_ms: int
    tokens: tuple[str, ...] = ()
    id_tokens: tuple[str, ...] = ()

    @functools.cached_property
    def content(self) -> str:
        """The hash of what the report says: its facts (sealed parts are sealed anew at every try)."""
        return sha256_hex(beyond_defaults(self.message.facts))


@dataclass(frozen=True, slots=True)
class CommandInput:
    """A command.

    `signed`: its signature holds and its key may speak for its actor's role (OPERATOR: an operator's key of the
    genesis alone). `by_operator`: an operator's key signed it. `report`: for Redecide, the report that could not be
    decided, read again.
    """

    command: Command
    arrived_at_ms: int
    signed: bool
    report: ReportInput | None = None
    by_operator: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """What notify says of an alert."""

    outcome: AlertSettled | AnswerGiven
    arrived_at_ms: int


@dataclass(frozen=True, slots=True)
class CrossingInput:
    """What another county says."""

    message: Crossing
    arrived_at_ms: int


@dataclass(frozen=True, slots=True)
class DeadlineInput:
    """A pending deadline whose time has come; everything that arrived before it has been decided."""

    deadline: str
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class UnreadableInput:
    """Bytes that are no message: `topic` is the short name (reports, commands, outcomes, crossings)."""

    topic: str
    offset: int
    sha256: str
    error: str
    county: str
    arrived_at_ms: int


Input = ReportInput | CommandInput | OutcomeInput | CrossingInput | DeadlineInput | UnreadableInput
