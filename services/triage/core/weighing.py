"""Weighing places for a child: hard filters with reason codes, then best interest (MPL 93). Holds nothing itself."""

from typing import NamedTuple

from shared.contracts.base import made
from shared.contracts.events import PLACES_RANKED_MAX, PlaceRanked
from shared.contracts.registry import Place
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import Level, Measure, PlacementType, Relation

from services.triage.core import custody, kin
from services.triage.core.decision import Draft
from services.triage.core.kin import alleged_relations, kin_rejected
from services.triage.core.state import Case, County, KinCandidate

AGE_MAX = 17
HOUSEHOLD = frozenset({"HOUSEHOLD_OF_ALLEGED", "HOUSEHOLD_UNKNOWN", "DISQUALIFIED"})
PLACED = frozenset({Measure.TEMP_GUARDIANSHIP, Measure.TEMP_CARE})


class Found(NamedTuple):
    """The result of weighing: the place to hold, or the reason why none; the ranking, and how many were weighed."""

    place_id: str | None
    reason: str | None
    ranking: tuple[PlaceRanked, ...]
    weighed: int


class Weighed(NamedTuple):
    """One place for one child. `rejected` None: fit. `order`: sorts fit places, best first."""

    place_id: str
    type: PlacementType
    rejected: str | None
    order: tuple[int, int, str] = (0, 0, "")


def needs_place(case: Case) -> bool:
    """Whether the case's measure puts the child somewhere and no bed is held yet; not where it is safe by record."""
    if not case.measure_active or case.measure is None or case.hold is not None or custody.safe_by_record(case):
        return False
    return case.measure.measure in PLACED


def will_need_place(case: Case) -> bool:
    """Likewise, for a case whose measure this decision has still to propose."""
    if case.measure is None and case.assessment is not None:
        return case.assessment.measure.measure in PLACED
    return needs_place(case)


def endangerment(draft: Draft, case: Case) -> tuple[int, int, int, str]:
    """Sorts cases, most endangered first: not safe where they are, then by level, then by arrival."""
    level = case.level or Level.S1
    return (1 if safe_now(draft, case) else 0, -level.urgency, case.arrived_at_ms, case.case)


def search(draft: Draft, case_id: str) -> Found:
    """Weigh every place for the child: siblings together if any place can take them, else apart, and said so."""
    case = draft.case(case_id)
    siblings = _siblings(draft, case)
    weighed = [_weigh(draft, case, place) for place in draft.registry.places.values()]
    weighed += [_weigh_kin(case, candidate) for candidate in case.kin.values()]
    fit = sorted((each for each in weighed if each.rejected is None), key=lambda each: each.order)
    together = [each for each in fit if _takes_all(draft, each, case, siblings)]
    apart = bool(siblings) and bool(fit) and not together
    chosen = (together or fit)[:1]
    reason = "SIBLINGS_APART" if apart and chosen else None if chosen else "NO_PLACE_FIT"
    if chosen and _kept_for_others(draft, case, chosen[0]):
        chosen, reason = [], "KEPT_FOR_MORE_ENDANGERED"
    order = [*together, *(each for each in fit if each not in together)]
    ranking = [_ranked(each, None if each in together or apart else "SIBLINGS_APART") for each in order]
    ranking += [_ranked(each, each.rejected) for each in sorted(weighed) if each.rejected is not None]
    return Found(chosen[0].place_id if chosen else None, reason, tuple(ranking[:PLACES_RANKED_MAX]), len(ranking))


def _ranked(weighed: Weighed, against: str | None) -> PlaceRanked:
    said = {"place_id": weighed.place_id, "type": weighed.type, "fit": against is None, "why": against or "FIT"}
    return made(PlaceRanked, said)


def free_beds(county: County, place: Place) -> int:
    """Beds that nobody holds."""
    return place.capacity - len(county.holds.get(place.place_id) or ())


def licence_over(place: Place, draft: Draft) -> bool:
    """Whether the place's licence has ended."""
    return place.licence_until_ms is not None and place.licence_until_ms <= max(draft.at_ms, draft.now_ms)


def hold_rejected(draft: Draft, case: Case) -> str | None:
    """Why the child's held place may not be its place (any more), or None.

    Where the child lives there by an officer's record, the household alone counts.
    """
    if case.hold is None:
        return None
    lives_there = case.custody is not None and case.custody.place_id == case.hold
    place = draft.registry.places.get(case.hold)
    if place is not None:
        reason = _household(case, place.type, place.household_of)
        if reason is None and not lives_there:
            child = case.facts.children[0] if case.facts.children else ChildFacts()
            reason = _unfit(child, place)
            if reason is None and case.measure_active and place.type not in case.measure_order:
                reason = "TYPE_NOT_FOR_MEASURE"
        return reason
    candidate = case.kin.get(case.hold)
    reason = kin_rejected(case, candidate) if candidate is not None else None
    return reason if not lives_there or reason in HOUSEHOLD else None


def safe_now(draft: Draft, case: Case) -> bool:
    """Whether the child is safe where it is tonight; a place by name must be known not to be the alleged one's."""
    return custody.safe_for_now(case) and hold_rejected(draft, case) not in HOUSEHOLD


def _weigh(draft: Draft, case: Case, place: Place) -> Weighed:
    """The hard filters in order, then the place's rank."""
    order = case.measure_order
    child = case.facts.children[0] if case.facts.children else ChildFacts()
    rejected = _closed(draft, case, place) or _unfit(child, place) or _household(case, place.type, place.household_of)
    if rejected is None and place.type not in order:
        rejected = "TYPE_NOT_FOR_MEASURE"
    if rejected is None and free_beds(draft.registry, place) <= 0:
        rejected = "FULL"
    rank = order.index(place.type) if place.type in order else len(order)
    prefers = 0 if child.disability is False or place.accepts_disability else 1
    return Weighed(place.place_id, place.type, rejected, (rank, prefers, place.place_id))


def _closed(draft: Draft, case: Case, place: Place) -> str | None:
    if not place.active:
        return "INACTIVE"
    if licence_over(place, draft):
        return "LICENCE_EXPIRED"
    if place.only_case is not None and place.only_case != case.case:
        return "FOR_ANOTHER_CHILD"
    return "REFUSED_BEFORE" if place.place_id in case.places_refused else None


def _unfit(child: ChildFacts, place: Place) -> str | None:
    """Age, sex and disability. Unknown is handled safely: only a place that takes every age or sex is fit."""
    age = child.age_years
    if age is None and child.age_months is not None:
        age = child.age_months // 12
    if age is None:
        if place.age_years_min > 0 or place.age_years_max < AGE_MAX:
            return "AGE_UNKNOWN"
    elif not place.age_years_min <= age <= place.age_years_max:
        return "AGE"
    if place.sexes and child.sex is None:
        return "SEX_UNKNOWN"
    if place.sexes and child.sex not in place.sexes:
        return "SEX"
    return "DISABILITY" if child.disability is True and not place.accepts_disability else None


def _household(case: Case, kind: PlacementType, household: tuple[Relation, ...]) -> str | None:
    """Never the household of the alleged person; who is alleged without a known relation may live in any household."""
    alleged = alleged_relations(case)
    if alleged & set(household):
        return "HOUSEHOLD_OF_ALLEGED"
    if Relation.UNKNOWN in alleged and kind is PlacementType.KIN:
        return "HOUSEHOLD_UNKNOWN"
    return None


def _weigh_kin(case: Case, candidate: KinCandidate) -> Weighed:
    """A relative as a place of their own."""
    order = case.measure_order
    rejected = kin_rejected(case, candidate) if PlacementType.KIN in order else "TYPE_NOT_FOR_MEASURE"
    rank = order.index(PlacementType.KIN) if PlacementType.KIN in order else len(order)
    first = (rank, kin.rank_of(candidate.relation), candidate.candidate_id)
    return Weighed(candidate.candidate_id, PlacementType.KIN, rejected, first)


def _siblings(draft: Draft, case: Case) -> list[Case]:
    """The other open cases of the report that have, or wait for, a place."""
    found = []
    for other_id in case.linked:
        other = draft.state.case(other_id)
        if other is None or not (set(other.report_ids) & set(case.report_ids)):
            continue
        if other.hold is not None or will_need_place(other):
            found.append(other)
    return found


def _takes_all(draft: Draft, weighed: Weighed, case: Case, siblings: list[Case]) -> bool:
    """Whether this place keeps the siblings together: they are there, or there is room and they fit."""
    place = draft.registry.places.get(weighed.place_id)
    if place is None:
        return all(sibling.hold in {None, weighed.place_id} for sibling in siblings)
    waiting = []
    for sibling in siblings:
        if sibling.hold is not None:
            if sibling.hold != place.place_id:
                return False
        elif safe_now(draft, sibling) and not safe_now(draft, case):
            continue
        elif _weigh(draft, sibling, place).rejected is not None:
            return False
        else:
            waiting.append(sibling)
    return free_beds(draft.registry, place) >= 1 + len(waiting)


def _kept_for_others(draft: Draft, case: Case, chosen: Weighed) -> bool:
    """A child who is safe where it is does not take the only bed: one more must stay free for a child in danger."""
    place = draft.registry.places.get(chosen.place_id)
    if place is None or place.only_case is not None or not safe_now(draft, case):
        return False
    others = sum(
        max(0, free_beds(draft.registry, each))
        for each in draft.registry.places.values()
        if each.active and each.only_case is None and not licence_over(each, draft) and each.type in case.measure_order
    )
    return others <= 1
