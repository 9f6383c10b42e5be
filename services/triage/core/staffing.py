"""Who staffs a rung at a moment: registry contacts by department, role and area, and the rota's shifts."""

from shared.contracts.assessment import Rung
from shared.contracts.registry import RotaShift
from shared.contracts.vocabulary import Department, Role

from services.triage.core import implicated
from services.triage.core.directory import CALLBACK, CONTACTS_MAX, NOBODY, Directory, directory_of
from services.triage.core.implicated import ROTA_STEPS
from services.triage.core.state import Case, County

COORDINATOR = "COORDINATOR"
SIGNATORY_RUNG = "SIGNATORY"
BY_CONTACT = "contact:"
"""How an answer by link is attributed when its alert told one contact."""

Told = dict[Department, tuple[str, ...]]
"""Contact ids by the department that is told."""


def staff(county: County, case: Case, rungs: tuple[Rung, ...], at_ms: int) -> Told:
    """The contacts of the rungs of one step that can be told at `at_ms`; empty when the step is unstaffed."""
    return Staff(county, case, at_ms).of(rungs)


class Staff:
    """Who can be told of one case at one moment. Its answers hold as long as the case's assessment and facts do."""

    __slots__ = ("_area", "_at_ms", "_county", "_directory", "_left_out", "_unit", "_withheld")

    def __init__(self, county: County, case: Case, at_ms: int) -> None:
        self._county, self._at_ms, self._area = county, at_ms, case.area
        self._unit = case.facts.institution
        self._left_out = implicated.left_out_of(case, county, at_ms)
        not_told = case.assessment.not_told if case.assessment else ()
        self._withheld = {entry.who for entry in not_told} - self._left_out if not_told else NOBODY
        self._directory = directory_of(county) if county.contacts else None

    def of(self, rungs: tuple[Rung, ...]) -> Told:
        """The contacts of the rungs of one step; empty when the step is unstaffed.

        Who must not be told is not told by a rung in another department's ladder either.
        """
        told: Told = {}
        if self._directory is None:
            return told
        for rung in rungs:
            department = of_rung(self._county, rung)
            if department in self._withheld and department is not rung.ladder:
                continue
            found = self._of_role(self._directory, rung, department)
            known = told.get(department, ())
            on_duty = implicated.on_duty(self._county, rung, self._at_ms)
            if not known and not self._left_out and not on_duty:
                fit = found
            else:
                others = (name for name in (*on_duty, *found) if name not in self._left_out)
                fit = tuple(dict.fromkeys((*known, *others)))
            if fit:
                told[department] = fit[:CONTACTS_MAX]
        return told

    def _of_role(self, directory: Directory, rung: Rung, department: Department) -> tuple[str, ...]:
        """Contacts of the rung's department and role whose area holds the case's; the narrowest such area."""
        if rung.role != CALLBACK:
            return directory.of_role(department, rung.role, rung.area_digits, self._area)
        names, unit = directory.names.get((department, CALLBACK)) or (), self._unit
        known = unit.authenticated and unit.id is not None and unit.id in names
        return (unit.id,) if known and unit.id and directory.contacts[unit.id].active else ()


def of_rung(county: County, rung: Rung) -> Department:
    """Whom a rung tells: the rung of the coordinator tells the body that the county has named (MPL 9 as amended)."""
    if rung.role == COORDINATOR and county.area is not None:
        return county.area.coordinating_body
    return rung.department


def signatory_on_duty(county: County, account: str, at_ms: int) -> bool:
    """Whether the account is a signatory whose shift on the rota covers `at_ms`.

    A shift counts only when another person than the administrator who set the account answers for it (0072).
    """
    known = county.accounts.get(account)
    if known is None or not known.active or known.role is not Role.SIGNATORY:
        return False
    return any(
        shift.account == account
        and shift.rung == SIGNATORY_RUNG
        and shift.from_ms <= at_ms < shift.until_ms
        and _by_two(county, shift)
        for shift in county.shifts.values()
    )


def _by_two(county: County, shift: RotaShift) -> bool:
    """Whether an account set by an administrator has its shift from somebody else, whom that administrator did not set.

    An operator, who is a key of the genesis and no account of the county, may set both.
    """
    maker, keeper = county.accounts_set_by.get(shift.account), county.shifts_set_by.get(shift.shift_id)
    if maker is None or keeper is None:
        return True
    if keeper == shift.account:
        return False
    if maker.account not in county.accounts:
        return True
    of_keeper = county.accounts_set_by.get(keeper)
    return keeper != maker.account and (of_keeper is None or of_keeper.account != maker.account)


def shift_end_ms(county: County, by: str, at_ms: int) -> int | None:
    """When an officer who answers for civil affairs goes off duty: the end of shifts that follow on each other.

    `by`: an account, or a contact as answers by link name it, behind which stands whoever has its shift at `at_ms`.
    None for one who is on no shift then.
    """
    of_rota = [shift for shift in county.shifts.values() if shift.rung in ROTA_STEPS]
    behind = {
        shift.account
        for shift in of_rota
        if f"{BY_CONTACT}{shift.contact_id}" == by and shift.from_ms <= at_ms < shift.until_ms
    }
    end_ms = at_ms
    for shift in sorted(of_rota, key=lambda each: each.from_ms):
        if (shift.account == by or shift.account in behind) and shift.from_ms <= end_ms < shift.until_ms:
            end_ms = shift.until_ms
    return end_ms if end_ms > at_ms else None


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
