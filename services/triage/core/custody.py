"""Custody: who holds the child now, since when, by whose word. It is always set."""

from shared.contracts.base import made
from shared.contracts.events import CustodySet
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import SAFE_HOLDERS, Holder, Measure, MeasureStatus

from services.triage.core.decision import Draft
from services.triage.core.merging import known
from services.triage.core.state import Case

BY_REPORT = "REPORT"
SAFE_FOR_NOW = SAFE_HOLDERS | {Holder.HOSPITAL}
"""A child there does not take the last bed from one who is in danger."""


def first(draft: Draft, case_id: str, facts: CustodyFacts) -> None:
    """As the report says; UNKNOWN is a custody, too, and a dangerous one."""
    said = {"case": case_id, "holder": facts.holder, "since_ms": facts.since_ms, "by": BY_REPORT}
    draft.emit(made(CustodySet, said))


def from_report(draft: Draft, case_id: str, facts: CustodyFacts) -> None:
    """A supplement's word on custody counts until an officer has recorded one."""
    now = draft.case(case_id).custody
    if known(facts.holder) and (now is None or now.by == BY_REPORT) and (now is None or now.holder is not facts.holder):
        draft.emit(CustodySet(case=case_id, holder=facts.holder, since_ms=facts.since_ms, by=BY_REPORT))


def safe_for_now(case: Case) -> bool:
    """Whether the child is safe where it is tonight, unless the alleged person is known to have access."""
    if case.custody is None or case.facts.safety.alleged_person_has_access is True:
        return False
    return case.custody.holder in SAFE_FOR_NOW


def safe_by_record(case: Case) -> bool:
    """Whether a named officer has recorded the child as being where it is safe; a report's word is not enough."""
    if case.custody is None or case.custody.by == BY_REPORT or case.facts.safety.alleged_person_has_access is True:
        return False
    return case.custody.holder in SAFE_HOLDERS


def safe_for_closing(case: Case) -> bool:
    """SAFE_HOLDERS, or the guardian after a named officer's assessment that a return is safe."""
    if case.custody is None:
        return False
    if case.custody.holder is Holder.GUARDIAN:
        return return_assessed(case)
    return case.custody.holder in SAFE_HOLDERS


def return_assessed(case: Case) -> bool:
    """Whether a named officer has assessed the guardian as able and the return as safe (MPL 93(2))."""
    return case.assessed is not None and case.assessed.safe_to_return is True and case.assessed.guardian_able is True


def assessor_decides(case: Case, account: str) -> bool:
    """Whether `account` is the officer on whose assessment of the guardian a return rests: one person, not two."""
    return case.assessed is not None and case.assessed.by == account


def guardianship_in_force(case: Case) -> bool:
    """Whether a temporary guardianship stands that a signatory made effective."""
    measure = case.measure
    return (
        measure is not None
        and measure.measure is Measure.TEMP_GUARDIANSHIP
        and measure.status is MeasureStatus.ASSIGNED
    )
