"""Custody: who holds the child now, since when, by whose word. It is always set."""

from shared.contracts.base import made
from shared.contracts.events import CustodySet
from shared.contracts.reports import CustodyFacts
from shared.contracts.vocabulary import (
    SAFE_HOLDERS,
    GuardianStatus,
    Holder,
    InstitutionType,
    Measure,
    MeasureStatus,
    Relation,
)

from services.triage.core.decision import Draft
from services.triage.core.merging import known
from services.triage.core.policy.facts import COMMITTEES, HOSPITALS
from services.triage.core.policy.people import alleged_of
from services.triage.core.state import Case

BY_REPORT = "REPORT"
SAFE_FOR_NOW = SAFE_HOLDERS | {Holder.HOSPITAL}
"""A child there does not take the last bed from one who is in danger."""
HOUSEHOLDS = frozenset({Holder.KIN, Holder.FOSTER, Holder.ENTRUSTED_CARER})
"""Holders who are persons: who has done harm may be one of them, or come and go there."""
MAY_BE = {
    Holder.KIN: frozenset({Relation.GRANDPARENT, Relation.SIBLING, Relation.AUNT_UNCLE, Relation.OTHER}),
    Holder.FOSTER: frozenset({Relation.OTHER, Relation.STAFF}),
    Holder.ENTRUSTED_CARER: frozenset(Relation)
    - {Relation.FATHER, Relation.MOTHER, Relation.STRANGER, Relation.UNKNOWN},
    Holder.RESCUE_INST: frozenset({Relation.STAFF}),
    Holder.WELFARE_INST: frozenset({Relation.STAFF}),
    Holder.HOSPITAL: frozenset({Relation.STAFF}),
}
"""Which relations to the child a holder may have. Whose relation is not known may be anybody in a household."""
UNITS = {
    Holder.RESCUE_INST: frozenset({InstitutionType.RESCUE_STATION, InstitutionType.PROTECTION_CENTRE}),
    Holder.WELFARE_INST: frozenset({InstitutionType.WELFARE_INST}),
    Holder.HOSPITAL: HOSPITALS,
    Holder.VILLAGE: frozenset(COMMITTEES),
}
"""Which units a holder may be: a place that is itself part of what is alleged is no safe one."""


def first(draft: Draft, case_id: str, facts: CustodyFacts, *, proved: bool) -> None:
    """As the report says; UNKNOWN is a custody, too, and a dangerous one. `proved`: a key proved who filed it."""
    said = {"case": case_id, "holder": facts.holder, "since_ms": facts.since_ms, "by": BY_REPORT}
    draft.emit(made(CustodySet, {**said, "proved": proved or None}))


def from_report(draft: Draft, case_id: str, facts: CustodyFacts, *, proved: bool) -> None:
    """A supplement's word on custody counts until an officer has recorded one."""
    now = draft.case(case_id).custody
    if not known(facts.holder) or (now is not None and now.by != BY_REPORT):
        return
    if now is None or now.holder is not facts.holder or (proved and not now.proved):
        said = {"case": case_id, "holder": facts.holder, "since_ms": facts.since_ms, "by": BY_REPORT}
        draft.emit(made(CustodySet, {**said, "proved": proved or None}))


def safe_for_now(case: Case) -> bool:
    """Whether the child is safe where it is tonight: in a facility, or in a household by an officer's record.

    Never with a holder who may be the one who did harm; nor where only a filing says so whose filer no key has proved:
    a caller would otherwise cost a child its bed; nor in a household of which only a report says that the child is
    there, unless the alleged person is known to have no access: not to know is not to be safe.
    """
    safety = case.facts.safety
    if case.custody is None or safety.alleged_person_has_access is True or holder_may_harm(case):
        return False
    if case.custody.by == BY_REPORT and not case.custody.proved:
        return False
    reported = case.custody.by == BY_REPORT and case.custody.holder in HOUSEHOLDS
    if reported and safety.alleged_person_has_access is None:
        return False
    return case.custody.holder in SAFE_FOR_NOW


def holder_may_harm(case: Case) -> bool:
    """Whether whoever holds the child may be alleged or implicated, or a guardian or carer known as abusive.

    Not where an officer has recorded the very place or relative with whom the child is, and it is still the child's:
    that one is weighed by name (`weighing.hold_rejected`).
    """
    if case.custody is None:
        return False
    by_report = case.custody.by == BY_REPORT
    if not by_report and case.custody.place_id is not None and case.custody.place_id == case.hold:
        return False
    harmful = _harmful_relations(case)
    if Relation.UNKNOWN in harmful and by_report and case.custody.holder in HOUSEHOLDS:
        return True
    if _holder_implicated(case, case.custody.holder, by_report=by_report):
        return True
    return bool(harmful & MAY_BE.get(case.custody.holder, frozenset()))


def _holder_implicated(case: Case, holder: Holder, *, by_report: bool) -> bool:
    """Whether a unit of the holder's kind is implicated; one of no stated kind may be it by a report's word."""
    kinds = UNITS.get(holder)
    if kinds is None:
        return False
    return any(unit.unit_type in kinds or (by_report and unit.unit_type is None) for unit in case.facts.implicated)


def _harmful_relations(case: Case) -> set[Relation]:
    """The relations of everybody alleged, and of every guardian and carer known as abusive."""
    facts = case.facts
    people = [person for person in (*facts.guardians, facts.carer) if person is not None]
    found = {person.relation for person in people if GuardianStatus.ABUSIVE in person.status}
    return found | {person.relation for person in alleged_of(facts)}


def safe_by_record(case: Case) -> bool:
    """Whether a named officer has recorded the child as being where it is safe; a report's word is not enough."""
    if case.custody is None or case.custody.by == BY_REPORT or case.facts.safety.alleged_person_has_access is True:
        return False
    return case.custody.holder in SAFE_HOLDERS and not holder_may_harm(case)


def safe_for_closing(case: Case) -> bool:
    """By a named officer's record: SAFE_HOLDERS but one who may have done harm, or the guardian, assessed as safe."""
    if case.custody is None or case.custody.by == BY_REPORT or holder_may_harm(case):
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
