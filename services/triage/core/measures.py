"""Measures: temporary care at once, temporary guardianship and return by a signatory. Never two beside each other."""

from functools import partial
from typing import Final

from shared.contracts.assessment import ClockDue, MeasureDue
from shared.contracts.base import made
from shared.contracts.events import MeasureEnded, MeasureProposed, MeasureSuperseded
from shared.contracts.vocabulary import (
    SAFE_HOLDERS,
    ClockType,
    Department,
    EndReason,
    FeedbackStatus,
    GuardianType,
    LadderStep,
    Measure,
    MeasureStatus,
)

from services.triage.core import clocks_of_case, custody, domicile, feedback, kin, ladders, places, weighing
from services.triage.core.clocks import DAY_MS, HOUR_MS, is_working_day, shanghai_date, start_of_day_ms
from services.triage.core.clocks_of_case import Happening
from services.triage.core.decision import Draft
from services.triage.core.policy.people import HARM, alleged_of
from services.triage.core.state import Case, MeasureState

STRENGTH: Final = {
    Measure.NONE: 0,
    Measure.RETURN_TO_ABLE_GUARDIAN: 1,
    Measure.TEMP_CARE: 2,
    Measure.TEMP_GUARDIANSHIP: 3,
}
PLACED = frozenset({Measure.TEMP_GUARDIANSHIP, Measure.TEMP_CARE})
DOCUMENT_HOUR = 12


def propose_all(draft: Draft, case_ids: list[str]) -> None:
    """Propose what the law asks for each of these cases; places go to the most endangered of them first.

    A bed that new facts forbid (the household of somebody alleged since) is given back and another one looked for.
    """
    lost = [case_id for case_id in case_ids if places.recheck(draft, case_id)]
    for case in sorted((draft.case(case_id) for case_id in case_ids), key=partial(weighing.endangerment, draft)):
        _propose(draft, case.case)
        domicile.notify(draft, case.case)
    if lost:
        places.offer_waiting(draft)


def propose_again(draft: Draft, case_id: str) -> None:
    """After a refusal another proposal must follow, for the same measure, with another place where there is one.

    For the same or a stronger one: what a later filing says makes it no weaker.
    """
    case = draft.case(case_id)
    due = case.assessment.measure if case.assessment is not None else None
    if due is not None and case.measure is not None and STRENGTH[case.measure.measure] > STRENGTH[due.measure]:
        due = _as_proposed(case.measure, due)
        draft.because("the refused measure is proposed again: later facts ask for a weaker one, which no report brings")
    due = None if due is None else _beside_lasting(draft, case, due)
    if due is not None and due.measure is not Measure.NONE:
        _emit(draft, case_id, due, search=False)
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E2, "MEASURE_REFUSED")
    places.offer_waiting(draft)


def _as_proposed(measure: MeasureState, newest: MeasureDue) -> MeasureDue:
    """The measure as it was proposed; of its places only what the newest facts still allow, where they name any."""
    order = measure.placement_order
    if newest.placement_order:
        order = tuple(kind for kind in order if kind in newest.placement_order)
    return newest.model_copy(
        update={
            "measure": measure.measure,
            "organ": measure.organ,
            "ground": measure.ground,
            "source": measure.source,
            "placement_order": order,
            "decide_by_ms": measure.decide_by_ms,
        }
    )


def end(  # noqa: PLR0913 - each is a part of the event
    draft: Draft,
    case_id: str,
    reason: EndReason,
    by: str,
    guardian: GuardianType | None = None,
    *,
    release: bool = True,
    limb_94: int | None = None,
    assessed_by: str | None = None,
    document_number: str | None = None,
) -> None:
    """The measure ends; its bed is released, and offered on by the caller.

    A return names who assessed it, an adoption its number.
    """
    case = draft.case(case_id)
    if case.measure is None or not case.measure_active:
        return
    draft.emit(
        MeasureEnded(
            case=case_id,
            measure=case.measure.measure,
            reason=reason,
            by=by,
            guardian_type=guardian,
            limb_94=limb_94,
            assessed_by=assessed_by,
            document_number=document_number,
        )
    )
    clocks_of_case.end_of_measure(draft, case_id)
    if release and case.hold is not None:
        places.release(draft, case_id, case.hold, reason.value)


def await_document(draft: Draft, case_id: str) -> None:
    """Decided by phone: the document number by 12:00 of the next working day. The decision itself does not wait."""
    day = shanghai_date(draft.at_ms + DAY_MS)
    due_ms = start_of_day_ms(day) + DOCUMENT_HOUR * HOUR_MS
    while not is_working_day(shanghai_date(due_ms)):
        due_ms += DAY_MS
    clock = ClockDue(
        id=clocks_of_case.DOCUMENT,
        clock_type=ClockType.WORKING_DAYS,
        start_at_ms=draft.at_ms,
        due_at_ms=due_ms,
        source=clocks_of_case.DOCUMENT_SOURCE,
    )
    clocks_of_case.start(draft, case_id, clock, again=True)


def protected(draft: Draft, case_id: str) -> None:
    """Where the child is safe, an institution that filed learns so."""
    case = draft.case(case_id)
    if case.custody is not None and case.custody.holder in SAFE_HOLDERS:
        feedback.tell(draft, case_id, FeedbackStatus.PROTECTED)
        clocks_of_case.happened(draft, case_id, Happening.RESULT_TOLD)


def _propose(draft: Draft, case_id: str) -> None:
    """Record the measure that the assessment asks for, unless one as strong stands already."""
    case = draft.case(case_id)
    if case.assessment is None:
        return
    due = _beside_lasting(draft, case, case.assessment.measure)
    if due.measure is Measure.NONE:
        return
    if case.measure_active and case.measure is not None:
        if STRENGTH[due.measure] <= STRENGTH[case.measure.measure]:
            return
        draft.emit(MeasureSuperseded(case=case_id, measure=case.measure.measure, by_measure=due.measure))
        draft.because("new facts ask for a stronger measure")
    _emit(draft, case_id, due)
    if due.measure is Measure.TEMP_CARE:
        clocks_of_case.start_after(draft, case_id, "CARE_STARTED")


def _beside_lasting(draft: Draft, case: Case, due: MeasureDue) -> MeasureDue:
    """What is due for a child who has a lasting guardian by the record, so that nobody signs a second guardianship.

    Nothing, while an officer's record has it in safe hands to which nobody alleged is known to have access, and no new
    filing has come in this decision that says more of what harms. Else care and a place: where civil affairs is the
    long-term guardian (MPL 94) a temporary guardianship of civil affairs (MPL 92) would add nothing.
    """
    if case.lasting is None or due.measure is Measure.NONE:
        return due
    if custody.safe_by_record(case) and not _harmed_anew(draft, case):
        draft.because("the child has a lasting guardian and is in safe hands by the record: no measure anew")
        return due.model_copy(update={"measure": Measure.NONE})
    if case.lasting is EndReason.LONG_TERM_94 and due.measure is Measure.TEMP_GUARDIANSHIP:
        draft.because("civil affairs is the long-term guardian: care and a place, no temporary guardianship")
        return due.model_copy(update={"measure": Measure.TEMP_CARE})
    return due


def _harmed_anew(draft: Draft, case: Case) -> bool:
    """Whether a filing of this decision says more of what harms the child than was known."""
    before = draft.before.case(case.case)
    if before is None or not before.facts.children or not case.facts.children:
        return False
    was, now = before.facts.children[0], case.facts.children[0]
    worse = was.injury is not now.injury or (set(now.concerns) - set(was.concerns)) & HARM
    return bool(worse) or alleged_of(before.facts) != alleged_of(case.facts)


def _emit(draft: Draft, case_id: str, due: MeasureDue, *, search: bool = True) -> None:
    """Propose, with the place that is held for the child in the same decision, or the reason why there is none."""
    case = draft.case(case_id)
    in_effect = due.measure is Measure.TEMP_CARE
    found = weighing.Found(case.hold, None, (), 0)
    if search and due.measure in PLACED and case.hold is None:
        found = weighing.search(draft, case_id)
    proposed = {
        "case": case_id,
        "measure": due.measure,
        "status": MeasureStatus.IN_EFFECT if in_effect else MeasureStatus.PROPOSED,
        "organ": due.organ,
        "ground": due.ground,
        "source": due.source,
        "place_id": found.place_id,
        "place_reason": found.reason,
        "ranking": found.ranking,
        "ranked_count": found.weighed,
        "placement_order": due.placement_order,
        "decide_by_ms": due.decide_by_ms,
    }
    draft.emit(made(MeasureProposed, proposed))
    if not in_effect:
        _await_decision(draft, case_id)
    draft.because(due.why)
    if due.measure in PLACED:
        kin.record_ranking(draft, case_id)
    if found.reason is not None:
        draft.because(f"place: {found.reason}")
    if case.hold is None and found.place_id is not None:
        places.hold(draft, case_id, found.place_id)


def _await_decision(draft: Draft, case_id: str) -> None:
    """A proposal never waits without a clock: one that an earlier decision has met or ended begins again."""
    case = draft.case(case_id)
    known = case.clocks.get(clocks_of_case.DECISION)
    if case.assessment is None or (known is not None and not known.met):
        return
    for due in case.assessment.clocks:
        if due.id == clocks_of_case.DECISION:
            clocks_of_case.start(draft, case_id, due, again=True)
