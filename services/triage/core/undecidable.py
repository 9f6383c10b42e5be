"""What could not be decided: a report becomes a case at the highest level for a human; nothing else opens a case."""

from shared.contracts.alerts import OutcomeRecorded
from shared.contracts.assessment import Assessment, CaseFacts, ClockDue
from shared.contracts.events import CaseUndecidable, CommandRefused, InputUndecidable
from shared.contracts.ids import case_id as first_case_id
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import Department, FeedbackStatus, Level

from services.triage.core import clocks_of_case, custody, feedback, ladders, unassessed
from services.triage.core.decision import Assessor, Decision, Draft
from services.triage.core.inputs import (
    CommandInput,
    CrossingInput,
    DeadlineInput,
    Input,
    OutcomeInput,
    ReportInput,
    UnreadableInput,
)
from services.triage.core.state import BookState


class NoPolicy:
    """Stands where the law could not be applied; asking it is a defect."""

    def assess(self, facts: CaseFacts, at_ms: int) -> Assessment:
        """Never asked."""
        del facts, at_ms
        raise RuntimeError("an undecidable input is decided without a policy")

    def clocks_after(self, event: str, facts: CaseFacts, level: Level, at_ms: int) -> tuple[ClockDue, ...]:
        """No clocks of the law without the law."""
        del event, facts, level, at_ms
        return ()


def undecidable(state: BookState, given: Input, error_code: str, now_ms: int) -> Decision:
    """The decision for an input on which `decide` failed: needs no policy, opens a case only for a report.

    Raises ValueError for a deadline: one that cannot be fired is a defect that must halt the book.
    """
    policy: Assessor = NoPolicy()
    match given:
        case ReportInput(message=message, content=content):
            draft = Draft(state, message.county, policy, given.arrived_at_ms, now_ms)
            open_undecidable(draft, message.report_id, message.receipt, error_code, "reports", None, content)
        case CommandInput(command=command):
            draft = Draft(state, command.county, policy, given.arrived_at_ms, now_ms)
            draft.emit(
                CommandRefused(
                    command_id=command.command_id,
                    command=command.body.type,
                    actor=command.actor,
                    case=getattr(command.body, "case", None),
                    reason="UNDECIDABLE",
                    detail=f"not decided: {error_code}",
                )
            )
        case OutcomeInput(outcome=outcome):
            draft = Draft(state, outcome.county, policy, given.arrived_at_ms, now_ms)
            draft.emit(InputUndecidable(topic="outcomes", error=error_code))
            if outcome.type == "AlertSettled":
                draft.emit(
                    OutcomeRecorded(
                        alert_id=outcome.alert_id,
                        case=outcome.case,
                        result=outcome.result.value,
                        channel=outcome.channel,
                        attempts=outcome.attempts,
                    )
                )
        case CrossingInput():
            draft = Draft(state, given.message.county, policy, given.arrived_at_ms, now_ms)
            draft.emit(InputUndecidable(topic="crossings", error=error_code))  # without a receipt it comes again
        case UnreadableInput():
            draft = Draft(state, given.county, policy, given.arrived_at_ms, now_ms)
            unreadable(draft, given)
        case DeadlineInput():
            raise ValueError("a deadline cannot be undecidable")
    draft.because(f"not decided: {error_code}")
    clocks_of_case.keep_alive(draft)
    return draft.decision()


def unreadable(draft: Draft, given: UnreadableInput) -> None:
    """Bytes that are no message: on `reports` a case for a human, elsewhere a line for the operator."""
    if given.topic != "reports":
        draft.emit(InputUndecidable(topic=given.topic, offset=given.offset, error=given.error))
        draft.because(f"unreadable: {given.error}")
        return
    report_id = f"unreadable.{given.offset}.{given.sha256[:16]}"
    open_undecidable(draft, report_id, None, given.error, given.topic, given.offset, given.sha256)


def open_undecidable(
    draft: Draft,
    report_id: str,
    receipt: str | None,
    error: str,
    topic: str,
    offset: int | None,
    content: str | None,
) -> None:
    """A case at S1 with the ladder that needs no policy."""
    case_id, number = first_case_id(report_id, 0), 2
    while case_id in draft.state.cases:
        case_id, number = f"{first_case_id(report_id, 0)}.u{number}", number + 1
    draft.emit(
        CaseUndecidable(
            case=case_id,
            county=draft.county_code,
            report_id=report_id,
            receipt=receipt,
            error=error,
            topic=topic,
            offset=offset,
            content=content,
            arrived_at_ms=draft.at_ms,
        )
    )
    draft.because("a report that cannot be decided goes to a human at the highest level")
    custody.first(draft, case_id, CustodyFacts(), proved=False)
    rungs = unassessed.rungs(Department.CIVIL_AFFAIRS, draft.at_ms)
    ladders.begin(draft, case_id, Department.CIVIL_AFFAIRS, unassessed.SOURCE, rungs, "UNDECIDABLE")
    if receipt is not None:
        feedback.received(draft, report_id, receipt, (), FeedbackStatus.RECEIVED)
