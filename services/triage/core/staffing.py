"""Who staffs a rung at a moment: registry contacts by department, role and area, and the rota's shifts."""

from shared.contracts.assessment import Rung
from shared.contracts.registry import Contact
from shared.contracts.vocabulary import Department, LadderStep, Role

from services.triage.core.state import Case, County

CONTACTS_MAX = 20
CALLBACK = "CALLBACK"
COORDINATOR = "COORDINATOR"
ROTA_STEPS = frozenset({LadderStep.E1, LadderStep.E2, LadderStep.E3})
SIGNATORY_RUNG = "SIGNATORY"
BY_CONTACT = "contact:"
"""How an answer by link is attributed when its alert told one contact."""

_NOBODY: frozenset[str] = frozenset()

Told = dict[Department, tuple[str, ...]]
"""Contact ids by the department that is told."""


def staff(county: County, case: Case, rungs: tuple[Rung, ...], at_ms: int) -> Told:
    """The contacts of the rungs of one step that can be told at `at_ms`; empty when the step is unstaffed.

    Who must not be told is not told by a rung in another department's ladder either.
    """
    told: Told = {}
    implicated = case.facts.implicated
    left_out = {unit.unit_id for unit in implicated if unit.unit_id} if implicated else _NOBODY
    not_told = case.assessment.not_told if case.assessment else ()
    withheld = {entry.who for entry in not_told} - left_out if not_told else _NOBODY
    for rung in rungs:
        department = of_rung(county, rung)
        if department in withheld and department is not rung.ladder:
            continue
        found = [*_on_duty(county, rung, at_ms), *_of_role(county, case, rung)]
        known = told.get(department, ())
        fit = [name for name in found if name not in known and name not in left_out]
        if fit:
            told[department] = tuple(dict.fromkeys((*known, *fit)))[:CONTACTS_MAX]
    return told


def of_rung(county: County, rung: Rung) -> Department:
    """Whom a rung tells: the rung of the coordinator tells the body that the county has named (MPL 9 as amended)."""
    if rung.role == COORDINATOR and county.area is not None:
        return county.area.coordinating_body
    return rung.department


def signatory_on_duty(county: County, account: str, at_ms: int) -> bool:
    """Whether the account is a signatory whose shift on the rota covers `at_ms`."""
    known = county.accounts.get(account)
    if known is None or not known.active or known.role is not Role.SIGNATORY:
        return False
    return any(
        shift.account == account and shift.rung == SIGNATORY_RUNG and shift.from_ms <= at_ms < shift.until_ms
        for shift in county.shifts.values()
    )


def same_officer(county: County, one: str, other: str, at_ms: int) -> bool:
    """Whether two answers are one person's: by the same account or link, or by an account and its contact on duty."""
    return one == other or one in _also(county, other, at_ms) or other in _also(county, one, at_ms)


def _also(county: County, by: str, at_ms: int) -> set[str]:
    """The contacts of an account on the rota now, as answers by link name them."""
    return {
        f"{BY_CONTACT}{shift.contact_id}"
        for shift in county.shifts.values()
        if shift.account == by and shift.rung in ROTA_STEPS and shift.from_ms <= at_ms < shift.until_ms
    }


def _on_duty(county: County, rung: Rung, at_ms: int) -> list[str]:
    """Officers of civil affairs on the rota now, in the order of their shifts."""
    if rung.department is not Department.CIVIL_AFFAIRS or rung.step not in ROTA_STEPS:
        return []
    on_duty = sorted(
        (shift.from_ms, shift.shift_id, shift.contact_id)
        for shift in county.shifts.values()
        if shift.rung == rung.step and shift.from_ms <= at_ms < shift.until_ms
    )
    return [name for _, _, name in on_duty if name in county.contacts and county.contacts[name].active]


def _of_role(county: County, case: Case, rung: Rung) -> list[str]:
    """Contacts of the rung's department and role whose area holds the case's; the narrowest such area."""
    names = county.contacts_of_role.get((of_rung(county, rung), rung.role)) or ()
    if rung.role == CALLBACK:
        unit = case.facts.institution
        return [unit.id] if unit.authenticated and unit.id in names and county.contacts[unit.id].active else []
    area, narrowest = case.area, -1
    found: list[str] = []
    for name in names:
        contact: Contact = county.contacts[name]
        width = len(contact.area_prefix)
        if not contact.active or width > rung.area_digits or not area.startswith(contact.area_prefix):
            continue
        if width > narrowest:
            narrowest, found = width, []
        if width == narrowest:
            found.append(name)
    return sorted(found)
