"""Relatives: who may take the child (MPL 22, 93) and who could be guardian, in the order of Civil Code art. 27."""

from typing import Final

from shared.contracts.events import GUARDIANS_RANKED_MAX, GuardianRanked, GuardiansRanked
from shared.contracts.vocabulary import GuardianStatus, KinCheck, Relation

from services.triage.core.decision import Draft
from services.triage.core.policy.people import alleged_of
from services.triage.core.state import Case, KinCandidate

PARENTS: Final = frozenset({Relation.FATHER, Relation.MOTHER})
RANKS: Final = {Relation.FATHER: 0, Relation.MOTHER: 0, Relation.GRANDPARENT: 1, Relation.SIBLING: 2}
"""CC 27: parents; then grandparents; then elder siblings; then any other willing person with consent."""
OTHERS: Final = 3
CITATIONS: Final = (
    "民法典第二十七条第一款",
    "民法典第二十七条第二款第一项",
    "民法典第二十七条第二款第二项",
    "民法典第二十七条第二款第三项",
)
DISPUTE_CITATION: Final = "民法典第三十一条"
DISQUALIFIED_CITATION: Final = "未成年人保护法第二十二条第二款"
UNABLE: Final = frozenset(GuardianStatus) - {
    GuardianStatus.ABLE,
    GuardianStatus.ABSENT_MIGRANT_WORK,
    GuardianStatus.MINOR_PARENT,
    GuardianStatus.UNKNOWN,
}


def rank_of(relation: Relation) -> int:
    """The place of a relation in the order of CC 27, from 0."""
    return RANKS.get(relation, OTHERS)


def alleged_relations(case: Case) -> frozenset[Relation]:
    """Who is said to have done harm: the alleged person, and guardians or a carer who are abusive."""
    facts = case.facts
    found = {person.relation for person in facts.guardians if GuardianStatus.ABUSIVE in person.status}
    if facts.carer is not None and GuardianStatus.ABUSIVE in facts.carer.status:
        found.add(facts.carer.relation)
    found.update(person.relation for person in alleged_of(facts))
    return frozenset(found)


def in_dispute(case: Case, candidate: KinCandidate) -> bool:
    """Whether the candidate is in a recorded conflict about the child; when nobody is named, every relative is."""
    dispute = case.dispute
    if dispute is None:
        return False
    if not dispute.candidates and not dispute.relations:
        return True
    return candidate.candidate_id in dispute.candidates or candidate.relation in dispute.relations


def kin_rejected(case: Case, candidate: KinCandidate) -> str | None:
    """Why a relative may not take the child in: MPL 22 and 93, not in the alleged one's household, no conflict."""
    alleged = alleged_relations(case)
    reasons = (
        (candidate.disqualified is True, "DISQUALIFIED"),
        (candidate.willing is not True, "NOT_WILLING"),
        (candidate.checked is not True or candidate.disqualified is None, "NOT_CHECKED"),
        (candidate.candidate_id in case.places_refused, "REFUSED_BEFORE"),
        (candidate.household_of_alleged is True or candidate.relation in alleged, "HOUSEHOLD_OF_ALLEGED"),
        (bool(alleged) and candidate.household_of_alleged is None, "HOUSEHOLD_UNKNOWN"),
        (candidate.adult is False, "NOT_ADULT"),
        (candidate.relation is Relation.SIBLING and candidate.adult is None, "ADULT_UNKNOWN"),
        (in_dispute(case, candidate), "IN_DISPUTE"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def missing_checks(candidate: KinCandidate) -> tuple[KinCheck, ...]:
    """What of a relative has not been checked yet; it is checked by day when the child went there at night."""
    return tuple(check for check in KinCheck if check not in candidate.checks)


def fit_as_guardian(case: Case) -> tuple[GuardianRanked, ...]:
    """The kin candidates who could be guardian now, first in order first; parents are returned to, not proposed."""
    return tuple(each for each in ranking(case) if each.fit and each.candidate_id in case.kin)


def ranking(case: Case) -> tuple[GuardianRanked, ...]:
    """Everybody known, in the order of CC 27; within a rank those who are fit first."""
    people = [_guardian(case, number) for number, _ in enumerate(case.facts.guardians)]
    people = [each for each in people if each.relation in PARENTS]
    people += [_candidate(case, candidate) for candidate in case.kin.values()]
    return tuple(sorted(people, key=lambda each: (each.rank, not each.fit, each.candidate_id)))


def record_ranking(draft: Draft, case_id: str) -> None:
    """Say who could be guardian, where relatives are known. A proposal for a person to judge, never a decision."""
    case = draft.case(case_id)
    if not case.kin:
        return
    ranked = ranking(case)
    draft.emit(GuardiansRanked(case=case_id, ranking=ranked[:GUARDIANS_RANKED_MAX], ranked_count=len(ranked)))


def _guardian(case: Case, number: int) -> GuardianRanked:
    """A guardian of the report. An able parent comes first of all: by a return after an officer's assessment."""
    person = case.facts.guardians[number]
    statuses = frozenset(person.status)
    if person.relation in alleged_relations(case):
        why = "ALLEGED"
    elif statuses & UNABLE:
        why = "PARENT_UNABLE"
    else:
        why = "PARENT_FIRST" if GuardianStatus.ABLE in statuses else "PARENT_NOT_KNOWN"
    return GuardianRanked(
        candidate_id=f"guardian-{number}",
        relation=person.relation,
        rank=rank_of(person.relation),
        fit=why == "PARENT_FIRST",
        why=why,
        citation=CITATIONS[rank_of(person.relation)],
    )


def _candidate(case: Case, candidate: KinCandidate) -> GuardianRanked:
    rank = rank_of(candidate.relation)
    rejected = kin_rejected(case, candidate)
    if rejected is None and rank == OTHERS and candidate.consent_by is None:
        rejected = "CONSENT_MISSING"
    citation = CITATIONS[rank]
    if rejected == "IN_DISPUTE":
        citation = DISPUTE_CITATION
    elif rejected == "DISQUALIFIED":
        citation = DISQUALIFIED_CITATION
    return GuardianRanked(
        candidate_id=candidate.candidate_id,
        relation=candidate.relation,
        rank=rank,
        fit=rejected is None,
        why=rejected or FIT[rank],
        disqualifiers=candidate.disqualifiers,
        missing=missing_checks(candidate),
        citation=citation,
    )


FIT: Final = ("PARENT_FIRST", "GRANDPARENT_FIRST", "ELDER_SIBLING", "WILLING_WITH_CONSENT")
"""Why somebody of a rank is fit."""
