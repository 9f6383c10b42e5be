"""Who is told when no rung of a department's ladder is staffed anywhere in the case's county.

In this order: the county's own contacts of the department, its civil affairs; then the desk of county 000000, which is
mandatory and stands in every book: its contacts of the department, its civil affairs. For civil affairs' ladder at last
whoever is registered at all: a case of which nobody is told is the gravest failure.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Contact
from shared.contracts.vocabulary import Department

from services.triage.core.staffing import CALLBACK, CONTACTS_MAX
from services.triage.core.state import BookState, Case, County

NO_RUNG_STAFFED = "NO_RUNG_STAFFED"
FALLBACK_DESK = "FALLBACK_DESK"
COUNTY_NOT_SERVED = "COUNTY_NOT_SERVED"
NOT_IN_PLACE_OF_OTHERS = frozenset({Department.VILLAGE, Department.FILING_UNIT})
"""The township's supervisor decides what a village learns, and who filed is not asked to act for an authority."""


class StandIn(NamedTuple):
    """The department told in a ladder's place, its contacts, why; `county` when it is not the case's own."""

    department: Department
    contacts: tuple[str, ...]
    reason: str
    county: str | None = None


def find(state: BookState, case: Case, department: Department) -> StandIn | None:
    """Who is told in the place of `department`'s ladder; None when nobody is registered who could be."""
    own, desk = state.registry(case.county), state.registry(COUNTY_UNKNOWN)
    left_out = {unit.unit_id for unit in case.facts.implicated if unit.unit_id}
    served = any(_tellable(own, left_out))
    reason = FALLBACK_DESK if served else COUNTY_NOT_SERVED
    here, there = _by_department(own, left_out, case.area), _by_department(desk, left_out)
    away = None if case.county == COUNTY_UNKNOWN else COUNTY_UNKNOWN
    everyone = _by_department(own, left_out)
    wanted = dict.fromkeys((department, Department.CIVIL_AFFAIRS))
    last = department is _answers_for(case)
    for candidates, among, why, county in (
        (wanted, here, NO_RUNG_STAFFED, None),
        (wanted, there, reason, away),
        (sorted(there) if last else (), there, reason, away),
        (sorted(everyone) if last else (), everyone, NO_RUNG_STAFFED, None),
    ):
        for candidate in candidates:
            if candidate in among:
                return StandIn(candidate, among[candidate], why, county)
    return None


def _answers_for(case: Case) -> Department:
    """Whose ladder is told to anybody at all: civil affairs', or the first one where the law gives them none."""
    rungs = case.assessment.rungs if case.assessment else ()
    ladders = {rung.ladder for rung in rungs} | set(case.ladders)
    return Department.CIVIL_AFFAIRS if Department.CIVIL_AFFAIRS in ladders or not rungs else min(ladders)


def holds(case: Case, department: Department) -> bool:
    """Whether the department has taken the case over on a ladder of its own."""
    ladder = case.ladders.get(department)
    return ladder is not None and ladder.acknowledged_by is not None


def untold(case: Case) -> bool:
    """Whether nobody at all could be told of an open case when its ladders were last climbed."""
    reached = [ladder for ladder in case.ladders.values() if ladder.step is not None]
    return bool(reached) and not any(
        ladder.told or ladder.stand_in is not None or ladder.acknowledged_by is not None for ladder in reached
    )


def _by_department(county: County, left_out: set[str], area: str | None = None) -> Mapping[Department, tuple[str, ...]]:
    """The tellable contacts by department; with the case's `area` without the townships of other places."""
    found: dict[Department, list[str]] = {}
    for contact in _tellable(county, left_out):
        if area is not None and contact.department is Department.TOWNSHIP and not area.startswith(contact.area_prefix):
            continue
        found.setdefault(contact.department, []).append(contact.contact_id)
    return {department: tuple(sorted(names)[:CONTACTS_MAX]) for department, names in found.items()}


def _tellable(county: County, left_out: set[str]) -> Iterable[Contact]:
    for contact in county.contacts.values():
        excluded = contact.contact_id in left_out or contact.department in NOT_IN_PLACE_OF_OTHERS
        if contact.active and contact.role != CALLBACK and not excluded:
            yield contact
