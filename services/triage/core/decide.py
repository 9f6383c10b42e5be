"""`decide`: what an input leads to. Pure: state, input, policy and time in; events, reasons and deadlines out."""

from services.triage.core import clocks_of_case, commands, crossings, deadlines, outcomes, reports
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
from services.triage.core.undecidable import unreadable


def decide(state: BookState, given: Input, policy: Assessor, now_ms: int) -> Decision:
    """The decision on one input at `now_ms`. The arms stand in the order of a case's life.

    Raises `Broken` when the decision would break an invariant, `NotPending` for a deadline that is not pending, and
    whatever the policy raises; the shell then asks `undecidable`.
    """
    match given:
        case ReportInput():
            draft = Draft(state, given.message.county, policy, given.arrived_at_ms, now_ms)
            reports.file_report(draft, given)
        case UnreadableInput():
            draft = Draft(state, given.county, policy, given.arrived_at_ms, now_ms)
            unreadable(draft, given)
        case OutcomeInput():
            draft = Draft(state, given.outcome.county, policy, given.arrived_at_ms, now_ms)
            outcomes.record(draft, given)
        case CommandInput():
            draft = Draft(state, given.command.county, policy, given.arrived_at_ms, now_ms)
            commands.carry_out(draft, given)
        case CrossingInput():
            draft = Draft(state, given.message.county, policy, given.arrived_at_ms, now_ms)
            crossings.receive(draft, given.message)
        case DeadlineInput():
            county = deadlines.county_of(state, given.deadline)
            draft = Draft(state, county, policy, given.due_at_ms, now_ms)
            deadlines.fire(draft, given.deadline)
    clocks_of_case.keep_alive(draft)
    return draft.decision()
