"""Who is told when no rung of a department's ladder is staffed anywhere in the case's county.

In this order: the county's own contacts of the department, its civil affairs; then the desk of county 000000, which is
mandatory and stands in every book: its contacts of the department, its civil affairs. For civil affairs' ladder at last
whoever is registered at all and is not left out: a case of which nobody is told is the gravest failure.
"""

from collections.abc import Mapping
from typing import NamedTuple

from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Department

from services.triage.core.directory import directory_of
from services.triage.core.implicated import left_out_of
from services.triage.core.state import BookState, Case, Ladder

NO_RUNG_STAFFED = "NO_RUNG_STAFFED"
FALLBACK_DESK = "FALLBACK_DESK"
COUNTY_NOT_SERVED = "COUNTY_NOT_SERVED"
Ladders = Mapping[Department, Ladder]


class StandIn(NamedTuple):
    """The department told in a ladder's place, its contacts, why; `county` when it is not the case's own."""

    department: Department
    contacts: tuple[str, ...]
    reason: str
    county: str | None = None


def find(state: BookState, case: Case, department: Department, ladders: Ladders | None = None) -> StandIn | None:
    """Who is told in the place of `department`'s ladder; None when nobody is registered who could be.

    `ladders`: the case's as they now are, where the case itself is in hand.
    """
    of_case, fallback = state.registry(case.county), state.registry(COUNTY_UNKNOWN)
    if not of_case.contacts and not fallback.contacts:
        return None
    left_out = left_out_of(case, of_case, None)
    own, desk = directory_of(of_case), directory_of(fallback)
    everyone, there = own.in_place_of_others(None, left_out), desk.in_place_of_others(None)
    if not everyone and not there:
        return None
    here = own.in_place_of_others(case.area, left_out)
    reason = FALLBACK_DESK if everyone else COUNTY_NOT_SERVED
    away = None if case.county == COUNTY_UNKNOWN else COUNTY_UNKNOWN
    silent = _left_out_departments(case) - {department}
    wanted = dict.fromkeys((department, Department.CIVIL_AFFAIRS))
    last = department is _answers_for(case, case.ladders if ladders is None else ladders)
    for candidates, among, why, county in (
        (wanted, here, NO_RUNG_STAFFED, None),
        (wanted, there, reason, away),
        (sorted(there) if last else (), there, reason, away),
        (sorted(everyone) if last else (), everyone, NO_RUNG_STAFFED, None),
    ):
        for candidate in candidates:
            if candidate in among and candidate not in silent:
                return StandIn(candidate, among[candidate], why, county)
    return None


def _left_out_departments(case: Case) -> frozenset[str]:
    """Departments that the case leaves out: they do not hear of it in another's place either."""
    return frozenset(entry.who for entry in case.assessment.not_told) if case.assessment else frozenset()


def _answers_for(case: Case, running: Ladders) -> Department:
    """Whose ladder is told to anybody at all: civil affairs', or the first one where the law gives them none."""
    rungs = case.assessment.rungs if case.assessment else ()
    ladders = {rung.ladder for rung in rungs} | set(running)
    return Department.CIVIL_AFFAIRS if Department.CIVIL_AFFAIRS in ladders or not rungs else min(ladders)


def holds(ladders: Ladders, department: Department) -> bool:
    """Whether the department has taken the case over on a ladder of its own."""
    ladder = ladders.get(department)
    return ladder is not None and ladder.acknowledged_by is not None


def untold(case: Case) -> bool:
    """Whether nobody at all could be told of an open case when its ladders were last climbed."""
    reached = [ladder for ladder in case.ladders.values() if ladder.step is not None]
    return bool(reached) and not any(
        ladder.told or ladder.stand_in is not None or ladder.acknowledged_by is not None for ladder in reached
    )
