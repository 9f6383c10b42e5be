"""Deadlines: the moment at which somebody should have acted has passed. It acts as of its due time and says so."""

from shared.contracts.vocabulary import Department

from services.triage.core import across, clocks_of_case, crossings, duties, ladders, places, reports, response
from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.decision import Draft
from services.triage.core.state import BookState, Deadline


class NotPending(Exception):
    """The deadline is not pending: the caller's index is out of step with the state."""


def county_of(state: BookState, deadline_id: str) -> str:
    """The county of a pending deadline. Raises NotPending."""
    found = state.deadlines.get(deadline_id)
    if found is None:
        raise NotPending("no such deadline is pending")
    return found[0]


def fire(draft: Draft, deadline_id: str) -> None:
    """Act on a pending deadline; it is among the closed ones of the decision."""
    county, case_id = draft.state.deadlines[deadline_id]
    if case_id is None:
        deadline = draft.state.county(county).deadlines[deadline_id]
        if deadline.kind is DeadlineKind.OFFER:
            places.resume_offers(draft)
        elif deadline.kind is DeadlineKind.CROSSING:
            crossings.repeat(draft, deadline.subject)
        elif deadline.kind is DeadlineKind.MATCHING:
            across.send_gathered(draft)
        else:
            places.expire_licence(draft, deadline.subject)
        return
    case = draft.state.case(case_id)
    if case is None:
        _of_closed(draft, case_id, deadline_id)
        return
    deadline = case.deadlines[deadline_id]
    match deadline.kind:
        case DeadlineKind.RUNG:
            ladders.fire(draft, case_id, _department(deadline))
        case DeadlineKind.ACKNOWLEDGEMENT:
            response.lapse(draft, case_id, _department(deadline))
        case DeadlineKind.SHIFT:
            response.end_of_shift(draft, case_id, _department(deadline))
        case DeadlineKind.CLOCK:
            clocks_of_case.breach(draft, case_id, deadline.subject, deadline.due_at_ms)
        case DeadlineKind.ASSESSMENT:
            reports.decide_deferred(draft, case_id)
        case DeadlineKind.LICENCE | DeadlineKind.OFFER | DeadlineKind.CROSSING | DeadlineKind.MATCHING:
            raise NotPending("a deadline of the county, not of a case")


def _of_closed(draft: Draft, case_id: str, deadline_id: str) -> None:
    """A duty that outlived its case ran out."""
    left = draft.state.duties(case_id)
    if left is None:
        raise NotPending("nothing outlives this closed case")
    duties.breach(draft, case_id, left.deadlines[deadline_id].subject)


def _department(deadline: Deadline) -> Department:
    if deadline.department is None:
        raise NotPending("a ladder's deadline names its department")
    return deadline.department
