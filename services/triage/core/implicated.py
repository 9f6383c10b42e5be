"""Which registered contacts a case leaves out because a filing names them as implicated, by their number.

What a filing names is anybody's word. So a number counts only where the kind of unit that is said with it can be that
contact's; and police and civil affairs are never silenced: one of theirs is left out only where another contact of the
department remains on its rung or on the next one above, never the last one, and never the desk of county 000000.
"""

from typing import Final

from shared.contracts.assessment import Rung
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Department, InstitutionType, LadderStep

from services.triage.core import unassessed
from services.triage.core.directory import CALLBACK, NOBODY, directory_of
from services.triage.core.policy.facts import COMMITTEES, HOSPITALS, SCHOOLS
from services.triage.core.state import Case, County

ROTA_STEPS: Final = frozenset({LadderStep.E1, LadderStep.E2, LadderStep.E3})
NEVER_SILENT: Final = (Department.POLICE, Department.CIVIL_AFFAIRS)
ORGAN: Final = frozenset({InstitutionType.STATE_ORGAN})
WELFARE: Final = frozenset(
    {InstitutionType.RESCUE_STATION, InstitutionType.PROTECTION_CENTRE, InstitutionType.WELFARE_INST}
)
MAY_BE_SAID: Final = {
    Department.VILLAGE: ORGAN | frozenset(COMMITTEES),
    Department.RESCUE_INST: ORGAN | WELFARE | {InstitutionType.SOCIAL_WORK_ORG},
    Department.EDUCATION: ORGAN | SCHOOLS,
    Department.HEALTH: ORGAN | HOSPITALS,
    Department.WOMENS_FED: ORGAN | {InstitutionType.SOCIAL_WORK_ORG},
    Department.DISABLED_FED: ORGAN | {InstitutionType.SOCIAL_WORK_ORG},
    Department.YOUTH_LEAGUE: ORGAN | {InstitutionType.SOCIAL_WORK_ORG},
    Department.HOTLINE_12345: ORGAN | {InstitutionType.HOTLINE},
    Department.FILING_UNIT: frozenset(InstitutionType),
}
"""As which kinds of unit a department's contact may be named; the others are state organs and nothing else."""
_STEPS = {step: number for number, step in enumerate(LadderStep)}


def left_out_of(case: Case, county: County, at_ms: int | None) -> frozenset[str]:
    """The numbers that nobody is told by. `at_ms`: for whom the rota has on duty; None leaves the rota aside."""
    named = _named(case)
    if not named or case.county == COUNTY_UNKNOWN:
        return NOBODY
    fitting = frozenset(name for name in named if _fits(case, county, name))
    kept: set[str] = set()
    for department in NEVER_SILENT:
        theirs = frozenset(
            name for name in fitting if name in county.contacts and county.contacts[name].department is department
        )
        if theirs:
            kept |= _indispensable(case, county, department, theirs, at_ms)
    return fitting - kept


def still_told(case: Case, county: County, at_ms: int | None) -> frozenset[str]:
    """The registered contacts that a filing names and that are told all the same."""
    named = _named(case)
    if not named:
        return NOBODY
    return frozenset(name for name in named if name in county.contacts) - left_out_of(case, county, at_ms)


def on_duty(county: County, rung: Rung, at_ms: int) -> list[str]:
    """Officers of civil affairs on the rota then, in the order of their shifts."""
    if rung.department is not Department.CIVIL_AFFAIRS or rung.step not in ROTA_STEPS or not county.shifts:
        return []
    found = sorted(
        (shift.from_ms, shift.shift_id, shift.contact_id)
        for shift in county.shifts.values()
        if shift.rung == rung.step and shift.from_ms <= at_ms < shift.until_ms
    )
    return [name for _, _, name in found if name in county.contacts and county.contacts[name].active]


def _named(case: Case) -> frozenset[str]:
    units = case.facts.implicated
    return frozenset(unit.unit_id for unit in units if unit.unit_id) if units else NOBODY


def _fits(case: Case, county: County, name: str) -> bool:
    """Whether some filing names it as what it can be; a number that is nobody's here fits."""
    contact = county.contacts.get(name)
    if contact is None:
        return True
    kinds = {unit.unit_type for unit in case.facts.implicated if unit.unit_id == name}
    return None in kinds or not kinds.isdisjoint(MAY_BE_SAID.get(contact.department, ORGAN))


def _indispensable(
    case: Case, county: County, department: Department, theirs: frozenset[str], at_ms: int | None
) -> set[str]:
    """Of a department's named contacts those without whom a rung and the next one above would have nobody."""
    steps = _staffed(case, county, department, at_ms)
    found: set[str] = set()
    for number, names in enumerate(steps):
        near = names.union(*steps[number + 1 : number + 2])
        if near <= theirs:
            found |= names & theirs
    others = any(
        contact.active and contact.department is department and contact.contact_id not in theirs
        for contact in county.contacts.values()
    )
    return found if others else found | theirs


def _staffed(case: Case, county: County, department: Department, at_ms: int | None) -> list[frozenset[str]]:
    """Whom the steps of the department's ladder tell, of its own contacts; lowest step first."""
    rungs = case.assessment.rungs if case.assessment else ()
    own = [rung for rung in rungs if rung.ladder is department and rung.department is department]
    directory = directory_of(county)
    found: dict[LadderStep, frozenset[str]] = {}
    for rung in own or unassessed.rungs(department, case.arrived_at_ms):
        if rung.role == CALLBACK:
            continue
        names = frozenset(directory.of_role(department, rung.role, rung.area_digits, case.area))
        if at_ms is not None:
            names |= frozenset(on_duty(county, rung, at_ms))
        found[rung.step] = found.get(rung.step, NOBODY) | names
    return [found[step] for step in sorted(found, key=_STEPS.__getitem__)]
