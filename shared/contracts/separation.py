"""A report that joined a case and is of another child: the command that says so, and what is recorded.

A join is a machine's word on match tokens; a wrong ID number or a common name makes it wrong. An officer takes it
apart: the report has a case of its own again, and the case that it had joined keeps everything that was decided.
"""

from typing import Literal

from shared.contracts.base import Identifier, Message, ReasonCode, Sha256, UnixMilliseconds
from shared.contracts.reports import ReportFacts


class FilingSaid(Message):
    """What a filing that joined says of the child by itself (with its additions), and when it came."""

    facts: ReportFacts
    filed_at_ms: UnixMilliseconds
    arrived_at_ms: UnixMilliseconds


class SeparateReport(Message):
    """An officer says that a report which joined this case is of another child. It gets a case of its own."""

    type: Literal["SeparateReport"] = "SeparateReport"
    case: Identifier
    report_id: Identifier
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class ReportSeparated(Message):
    """A report is of another child than the case that it had joined: it has a case of its own, `opened`.

    `case` keeps its level and all that was decided; of its facts (`facts`) only who and where the child is stands
    again as its other filings say. The receipt, all reports of it (`report_ids`) and what is
    sealed of them (`sealed_ids`) go to `opened`. The two are no more joined by match tokens.
    """

    type: Literal["ReportSeparated"] = "ReportSeparated"
    case: Identifier
    opened: Identifier
    report_id: Identifier
    receipt: Identifier
    report_ids: tuple[Identifier, ...]
    sealed_ids: tuple[Sha256, ...] = ()
    facts: ReportFacts
    by: Identifier
    reason: ReasonCode
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None
    """An officer's sealed note; it belongs to `case`."""
