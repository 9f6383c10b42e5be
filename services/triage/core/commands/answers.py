"""Departments' answers: acknowledge, dispatch, decline, report an outcome; and one more department told."""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.events import CallRecorded, ClockMet, DepartmentReported
from shared.contracts.reports import ReportFacts
from shared.contracts.vocabulary import Department, InstitutionType

from services.triage.core import clocks_of_case, handover, ladders, outcome_clocks, response, unassessed
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands.authority import not_in_future
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.policy.facts import filing_unit_implicated

IS: Final[dict[InstitutionType | None, tuple[Department, ...]]] = {
    None: (Department.VILLAGE, Department.TOWNSHIP),
    InstitutionType.STATE_ORGAN: (Department.TOWNSHIP,),
    InstitutionType.VILLAGE_COMMITTEE: (Department.VILLAGE,),
    InstitutionType.RESIDENT_COMMITTEE: (Department.VILLAGE,),
    InstitutionType.RESCUE_STATION: (Department.RESCUE_INST,),
    InstitutionType.PROTECTION_CENTRE: (Department.RESCUE_INST,),
}
"""Units that are a department's own; one of unknown kind may be the village or the township, a state organ the
township."""
WORDS = {
    "NOT_TOLD": "this department has not been told of the case",
    "ALREADY_ACKNOWLEDGED": "the department has acknowledged already; somebody must be sent",
    "ALREADY_DISPATCHED": "the department has sent somebody already",
    "IN_NOBODYS_HAND": "nobody has the case in hand: acknowledge it",
    "YOURS_ALREADY": "the case is in this account's hand already",
}


def acknowledge(draft: Draft, body: asked.Acknowledge, given: CommandInput) -> None:
    """The department takes over; it lapses without a dispatch."""
    by = given.command.actor.account
    _answered(response.acknowledge(draft, body.case, body.department, by, body.reference))


def dispatch(draft: Draft, body: asked.Dispatch, given: CommandInput) -> None:
    """Somebody is on the way."""
    _answered(response.dispatch(draft, body.case, body.department, given.command.actor.account))


def take_over(draft: Draft, body: asked.TakeOver, given: CommandInput) -> None:
    """The next officer has in hand what another had."""
    _answered(handover.take_over(draft, body.case, body.department, given.command.actor.account))


def decline(draft: Draft, body: asked.Decline, given: CommandInput) -> None:
    """The department hands back, with a reason."""
    _answered(response.decline(draft, body.case, body.department, given.command.actor.account, body.reason))


def report_outcome(draft: Draft, body: asked.ReportOutcome, given: CommandInput) -> None:
    """What came of the department's task; who reports an outcome has evidently acted."""
    ladder = draft.case(body.case).ladders.get(body.department)
    refuse_unless(ladder is not None, "NOT_TOLD", WORDS["NOT_TOLD"])
    by = given.command.actor.account
    if ladder is not None and not ladder.dispatched:
        response.dispatch(draft, body.case, body.department, by)
    if body.department is Department.EDUCATION:
        clocks_of_case.happened(draft, body.case, Happening.SCHOOL_REPORTED)
    draft.emit(
        DepartmentReported(
            case=body.case, department=body.department, by=by, outcome=body.outcome, reference=body.reference
        )
    )
    owed = outcome_clocks.name_of(body.department)
    clock = draft.case(body.case).clocks.get(owed)
    if clock is not None and not clock.met:
        draft.emit(ClockMet(case=body.case, clock=owed, at_ms=draft.at_ms))


def record_call(draft: Draft, body: asked.RecordCall, given: CommandInput) -> None:
    """Who was called and what came of it: a fact of the case's life, from which nothing follows by itself."""
    not_in_future(draft, body.called_at_ms)
    draft.emit(
        CallRecorded(
            case=body.case,
            by=given.command.actor.account,
            party=body.party,
            outcome=body.outcome,
            called_at_ms=body.called_at_ms,
            at_ms=draft.at_ms,
            unit=body.unit,
            relation=body.relation,
        )
    )


def tell_department(draft: Draft, body: asked.TellDepartment, given: CommandInput) -> None:
    """One more department's ladder begins, by an officer's decision and with its reason.

    A withheld village may be told so, and a township under an alleged person who holds an office; a unit of a kind that
    is implicated may not, whatever the reason. Through whom a village is reached: `staffing` leaves out a withheld
    township there, and `stand_ins` tells civil affairs in its place.
    """
    refuse_unless(
        body.department not in _implicated(draft.case(body.case).facts),
        "IMPLICATED",
        "a unit of this department is part of what is alleged",
    )
    told = body.department in draft.case(body.case).ladders
    refuse_unless(not told, "ALREADY_TOLD", "this department has been told already")
    rungs = unassessed.rungs(body.department, draft.at_ms)
    draft.because(f"{body.department.value} is told by an officer's decision: {body.reason}")
    ladders.begin(draft, body.case, body.department, unassessed.SOURCE, rungs, "OFFICER")


def _implicated(facts: ReportFacts) -> frozenset[Department]:
    """The departments of which a unit is implicated, or may be."""
    own = {Department.FILING_UNIT} if filing_unit_implicated(facts) else set()
    return frozenset(own.union(*(IS.get(unit.unit_type, ()) for unit in facts.implicated)))


def _answered(refused: str | None) -> None:
    if refused is not None:
        raise Refused(refused, WORDS.get(refused, refused))
