"""The child: seen in person, in whose custody, with which relatives, assessed by whom."""

from shared.contracts import commands as asked
from shared.contracts.events import AssessmentRecorded, ChildSeen, CustodySet, KinCandidateAdded
from shared.contracts.vocabulary import Department, Holder, LadderStep, Measure, MeasureStatus

from services.triage.core import clocks_of_case, custody, ladders, measures, places, response, weighing
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands.authority import HOUR_MS, departments_of, not_in_future
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import Case

KIN_MAX = 30
WITHOUT_HOLDER = frozenset({Holder.NOBODY, Holder.UNKNOWN})


def child_seen(draft: Draft, body: asked.RecordChildSeen, given: CommandInput) -> None:
    """A named official saw the child in person; who saw it was evidently sent. A child alone is told on at once."""
    not_in_future(draft, body.seen_at_ms)
    actor = given.command.actor
    case = draft.case(body.case)
    draft.emit(
        ChildSeen(
            case=body.case,
            by=actor.account,
            seen_at_ms=body.seen_at_ms,
            recorded_at_ms=draft.at_ms,
            alone=body.alone,
            wishes=body.wishes,
        )
    )
    if body.seen_at_ms >= case.arrived_at_ms - HOUR_MS:
        clocks_of_case.happened(draft, body.case, Happening.CHILD_SEEN)
    account = draft.county.accounts.get(actor.account)
    for department in sorted(departments_of(account)) if account else ():
        ladder = draft.case(body.case).ladders.get(department)
        if ladder is not None and not ladder.dispatched:
            response.dispatch(draft, body.case, department, actor.account)
    if body.alone is True:
        draft.because("the child was found alone")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "CHILD_SEEN_ALONE")


def record_custody(draft: Draft, body: asked.RecordCustody, given: CommandInput) -> None:
    """Who holds the child now. It is a fact and recorded as such; a dangerous one is told at once."""
    not_in_future(draft, body.since_ms)
    case = draft.case(body.case)
    if body.place_id is not None:
        _into_place(draft, case, body.place_id)
    draft.emit(
        CustodySet(
            case=body.case,
            holder=body.holder,
            since_ms=body.since_ms,
            handed_over_by=body.handed_over_by,
            place_id=body.place_id,
            by=given.command.actor.account,
        )
    )
    now = draft.case(body.case)
    if body.holder is Holder.GUARDIAN and not custody.return_assessed(now):
        draft.because("the child is with the guardian, and no officer has assessed that as safe")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "WITH_GUARDIAN_UNASSESSED")
    unfit = weighing.hold_rejected(draft, now) if body.place_id is not None else None
    if unfit is not None:
        draft.because(f"the child was brought to a place that is not fit: {unfit}")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "PLACE_NOT_FIT")
    if body.holder in WITHOUT_HOLDER:
        draft.because("nobody is known to hold the child")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "CHILD_WITHOUT_HOLDER")
    if body.place_id is not None:
        clocks_of_case.start_after(draft, body.case, "PLACED")
    measures.protected(draft, body.case)
    places.offer_waiting(draft)


def add_kin(draft: Draft, body: asked.AddKinCandidate, given: CommandInput) -> None:
    """A relative who could take the child; offered at once when the child waits for a place."""
    taken = body.candidate_id in draft.county.places
    refuse_unless(not taken, "ID_TAKEN", "a registered place has this id")
    kin = draft.case(body.case).kin
    refuse_unless(body.candidate_id in kin or len(kin) < KIN_MAX, "TOO_MANY", "no more candidates can be kept")
    draft.emit(
        KinCandidateAdded(
            case=body.case,
            candidate_id=body.candidate_id,
            relation=body.relation,
            willing=body.willing,
            checked=body.checked,
            disqualified=body.disqualified,
            household_of_alleged=body.household_of_alleged,
            sealed_id=body.sealed_id,
        )
    )
    case = draft.case(body.case)
    if case.hold == body.candidate_id and weighing.kin_rejected(case, case.kin[body.candidate_id]) is not None:
        places.release(draft, body.case, body.candidate_id, "NO_LONGER_FIT")
    places.offer_waiting(draft)


def record_assessment(draft: Draft, body: asked.RecordAssessment, given: CommandInput) -> None:
    """A named officer's assessment. It decides a case without a guardianship, and is a review of one that has it."""
    draft.emit(
        AssessmentRecorded(
            case=body.case,
            by=given.command.actor.account,
            subject=body.subject,
            guardian_able=body.guardian_able,
            safe_to_return=body.safe_to_return,
            sealed_id=body.sealed_id,
            at_ms=draft.at_ms,
        )
    )
    decision = draft.case(body.case).clocks.get(clocks_of_case.DECISION)
    if decision is not None and not decision.met:
        if not _awaits_signature(draft.case(body.case)):
            clocks_of_case.happened(draft, body.case, Happening.DECIDED)
        return
    reviewed = clocks_of_case.happened(draft, body.case, Happening.REVIEWED)
    if {clocks_of_case.FIRST_REVIEW, clocks_of_case.NEXT_REVIEW} & set(reviewed):
        clocks_of_case.next_review(draft, body.case)


def _awaits_signature(case: Case) -> bool:
    measure = case.measure
    if measure is None or measure.measure is Measure.TEMP_CARE:
        return False
    return measure.status in {MeasureStatus.PROPOSED, MeasureStatus.REFUSED}


def _into_place(draft: Draft, case: Case, place_id: str) -> None:
    """The child is brought to a registered place (or a candidate): its bed is held, another one is given back."""
    if case.hold == place_id:
        return
    place = draft.county.places.get(place_id)
    if place is None and place_id not in case.kin:
        raise Refused("NO_SUCH_PLACE", "no such place in this county")
    if place is not None and weighing.free_beds(draft.county, place) <= 0:
        raise Refused("PLACE_FULL", "every bed of this place is held; another child would lose it")
    if case.hold is not None:
        places.release(draft, case.case, case.hold, "ELSEWHERE")
    places.hold(draft, case.case, place_id)
