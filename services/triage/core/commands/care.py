"""The child: seen in person, in whose custody, with which relatives, assessed by whom."""

from shared.contracts import commands as asked
from shared.contracts.events import AssessmentRecorded, ChildSeen, CustodySet, DisputeRecorded, KinCandidateAdded
from shared.contracts.vocabulary import Department, Holder, LadderStep, Measure, MeasureStatus, Role

from services.triage.core import (
    clocks_of_case,
    custody,
    domicile,
    kin,
    ladders,
    measures,
    places,
    reports,
    response,
    weighing,
)
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands import left_out
from services.triage.core.commands.authority import departments_of, not_in_future
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import Case

KIN_MAX = 30
RECORDING_DEATH = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.CLERK})
WITHOUT_HOLDER = frozenset({Holder.NOBODY, Holder.UNKNOWN})


def child_seen(draft: Draft, body: asked.RecordChildSeen, given: CommandInput) -> None:
    """A named official saw the child in person; who saw it was evidently sent. A child alone is told on at once."""
    not_in_future(draft, body.seen_at_ms)
    actor = given.command.actor
    case = draft.case(body.case)
    may_say = body.dead is not True or actor.role in RECORDING_DEATH
    refuse_unless(may_say, "ROLE", "an officer or a department's clerk records that a child died")
    silent = left_out.department_of(draft, body.case, given)
    if silent is not None:
        said = f"the child was seen at {body.seen_at_ms}, alone: {body.alone}, wishes: {body.wishes.value}"
        left_out.keep(draft, body.case, silent, given, left_out.SAW_CHILD, said)
        _tell_alone(draft, body)
        return
    draft.emit(
        ChildSeen(
            case=body.case,
            by=actor.account,
            seen_at_ms=body.seen_at_ms,
            recorded_at_ms=draft.at_ms,
            alone=body.alone,
            wishes=body.wishes,
            dead=body.dead,
        )
    )
    if body.seen_at_ms < case.arrived_at_ms:
        draft.because("the child was seen before the filing: that meets no clock and is nobody's dispatch")
    else:
        clocks_of_case.happened(draft, body.case, Happening.CHILD_SEEN, body.seen_at_ms)
        _was_sent(draft, body.case, actor.account)
    _tell_alone(draft, body)
    if draft.case(body.case).facts != case.facts and case.assessment is not None and not case.offered:
        alive = "an official has seen the child alive: that it died is void"
        draft.because("an official has recorded that the child died" if body.dead is True else alive)
        reports.decide_again(draft, body.case)
        measures.propose_all(draft, [body.case])


def _tell_alone(draft: Draft, body: asked.RecordChildSeen) -> None:
    if body.alone is True:
        draft.because("the child was found alone")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "CHILD_SEEN_ALONE")


def _was_sent(draft: Draft, case_id: str, by: str) -> None:
    """Who saw the child was evidently sent."""
    account = draft.county.accounts.get(by)
    for department in sorted(departments_of(account)) if account else ():
        ladder = draft.case(case_id).ladders.get(department)
        if ladder is not None and not ladder.dispatched:
            response.dispatch(draft, case_id, department, by)


def record_custody(draft: Draft, body: asked.RecordCustody, given: CommandInput) -> None:
    """Who holds the child now. It is a fact and recorded as such; a dangerous one is told at once."""
    not_in_future(draft, body.since_ms)
    case = draft.case(body.case)
    silent = left_out.department_of(draft, body.case, given)
    if silent is not None:
        _custody_unconfirmed(draft, case, body, given, silent)
        return
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
    _follow_custody(draft, case, body)
    if body.place_id is None:
        places.release_needless(draft, body.case)
    if body.holder is Holder.GUARDIAN and not custody.return_assessed(now):
        draft.because("the child is with the guardian, and no officer has assessed that as safe")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "WITH_GUARDIAN_UNASSESSED")
    elif body.holder is Holder.GUARDIAN and custody.guardianship_in_force(now):
        draft.because("the child is with the guardian, and no signatory has ended the guardianship")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "RETURNED_UNSIGNED")
    unfit = weighing.hold_rejected(draft, now) if body.place_id is not None else None
    if unfit is not None:
        draft.because(f"the child was brought to a place that is not fit: {unfit}")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "PLACE_NOT_FIT")
    _tell_without_holder(draft, body)
    measures.protected(draft, body.case)
    places.offer_waiting(draft)


def _tell_without_holder(draft: Draft, body: asked.RecordCustody) -> None:
    if body.holder in WITHOUT_HOLDER:
        draft.because("nobody is known to hold the child")
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "CHILD_WITHOUT_HOLDER")


def _custody_unconfirmed(
    draft: Draft, before: Case, body: asked.RecordCustody, given: CommandInput, silent: Department
) -> None:
    """By the word of a department that is left out: as a report's word, no bed is held by it and no record replaced."""
    said = f"the child is with {body.holder.value} since {body.since_ms}, place {body.place_id or 'not named'}"
    if before.custody is None or before.custody.by == custody.BY_REPORT:
        draft.emit(CustodySet(case=body.case, holder=body.holder, since_ms=body.since_ms, by=custody.BY_REPORT))
    left_out.keep(draft, body.case, silent, given, left_out.SAYS_CUSTODY, said)
    _tell_without_holder(draft, body)


def add_kin(draft: Draft, body: asked.AddKinCandidate, given: CommandInput) -> None:
    """A relative who could take the child; offered at once when the child waits for a place."""
    taken = body.candidate_id in draft.county.places
    refuse_unless(not taken, "ID_TAKEN", "a registered place has this id")
    known = draft.case(body.case).kin
    refuse_unless(body.candidate_id in known or len(known) < KIN_MAX, "TOO_MANY", "no more candidates can be kept")
    silent = left_out.department_of(draft, body.case, given)
    checked = body.checked
    if silent is not None:
        checked = None
        earlier = known.get(body.candidate_id)
        refuse_unless(earlier is None, "LEFT_OUT", "this department is left out of the case: it changes no relative")
        said = f"the relative {body.candidate_id} was named, checked: {body.checked}"
        left_out.keep(draft, body.case, silent, given, left_out.NAMES_KIN, said)
    draft.emit(
        KinCandidateAdded(
            case=body.case,
            candidate_id=body.candidate_id,
            relation=body.relation,
            willing=body.willing,
            checked=checked,
            disqualified=body.disqualified,
            household_of_alleged=body.household_of_alleged,
            sealed_id=body.sealed_id,
            disqualifiers=body.disqualifiers,
            checks=body.checks if silent is None else (),
            adult=body.adult,
            consent_by=body.consent_by,
        )
    )
    kin.record_ranking(draft, body.case)
    case = draft.case(body.case)
    if case.hold == body.candidate_id and kin.kin_rejected(case, case.kin[body.candidate_id]) is not None:
        _lost_kin(draft, case)
    places.prefer_kin(draft, body.case, body.candidate_id)
    places.offer_waiting(draft)


def record_dispute(draft: Draft, body: asked.RecordDispute, given: CommandInput) -> None:
    """Relatives dispute about the child (CC 31): a fact, by which the case is decided again with a neutral organ."""
    case = draft.case(body.case)
    refuse_unless(case.dispute is not None or not body.resolved, "NO_DISPUTE", "no dispute is recorded")
    draft.emit(
        DisputeRecorded(
            case=body.case,
            about=body.about,
            candidates=body.candidates,
            relations=body.relations,
            resolved=body.resolved,
            by=given.command.actor.account,
            at_ms=draft.at_ms,
            sealed_id=body.sealed_id,
        )
    )
    draft.because("the dispute is settled" if body.resolved else "relatives dispute: who is in it is not proposed")
    kin.record_ranking(draft, body.case)
    case = draft.case(body.case)
    held = case.kin.get(case.hold) if case.hold is not None else None
    if held is not None and weighing.hold_rejected(draft, case) is not None:
        _lost_kin(draft, case)
    if case.undecidable is None and not body.resolved:
        reports.decide_again(draft, body.case)
        measures.propose_all(draft, [body.case])
    places.offer_waiting(draft)


def record_domicile_told(draft: Draft, body: asked.RecordDomicileTold, given: CommandInput) -> None:
    """An officer has told civil affairs of the county where the child is registered."""
    case = draft.case(body.case)
    refuse_unless(case.domicile == body.domicile_county, "OTHER_COUNTY", "the child is not registered there")
    refuse_unless(domicile.still_to_tell(case), "ALREADY_TOLD", "the county of registration has been told already")
    domicile.told(draft, body.case, given.command.actor.account, body.reference)


def _lost_kin(draft: Draft, case: Case) -> None:
    """The relative with whom a bed was held is not fit any more; told at once when the child is there already."""
    if case.hold is None:
        return
    lives_there = case.custody is not None and case.custody.place_id == case.hold
    places.release(draft, case.case, case.hold, "NO_LONGER_FIT")
    if lives_there:
        draft.because("the child is with a relative who is not fit any more")
        ladders.tell_also(draft, case.case, Department.CIVIL_AFFAIRS, LadderStep.E2, "PLACE_NOT_FIT")


def _follow_custody(draft: Draft, before: Case, body: asked.RecordCustody) -> None:
    """The clocks that a change of custody starts and ends: the re-check of a placement, visits after a return."""
    if body.holder is not Holder.HOSPITAL:
        clocks_of_case.cancel(draft, body.case, clocks_of_case.HOSPITAL_DAILY, "CUSTODY_CHANGED")
    if body.place_id is not None:
        clocks_of_case.start_after(draft, body.case, "PLACED")
    if body.holder is Holder.KIN:
        clocks_of_case.start_after(draft, body.case, "PLACED_WITH_KIN")
        candidate = before.kin.get(body.place_id) if body.place_id is not None else None
        if candidate is None and (body.place_id is None or body.place_id not in draft.county.places):
            draft.because("the child is with a relative of whom nothing is recorded as checked")
            ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, LadderStep.E1, "KIN_NOT_CHECKED")
        elif candidate is not None and kin.missing_checks(candidate):
            missing = ", ".join(check.value for check in kin.missing_checks(candidate))
            draft.because(f"to be checked by day: {missing}")
    back = draft.case(body.case).returned_at_ms
    if body.holder is Holder.GUARDIAN and back is not None and back != before.returned_at_ms:
        clocks_of_case.start_after(draft, body.case, "RETURNED")


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
    if body.subject == "KIN":
        clocks_of_case.happened(draft, body.case, Happening.KIN_ASSESSED)
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
