"""What is missing of a registry: whom a report would not reach now, in words for the operator."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Contact, RotaShift
from shared.contracts.vocabulary import Department
from wardline.case_log import Registered

NOTHING_LOADED: Final = (
    "没有载入任何值班登记：收到的报告不会通知任何人 / NO ROTA IS LOADED: nobody will be told of any report. "
    "Load one: wardline registry load FILE (an example: wardline/samples/registry.yaml)"
)
FIRST_RUNG: Final = "E1"
SIGNATORY: Final = "SIGNATORY"
DUTY_ROLE: Final = "DUTY_1"
CALLBACK: Final = "CALLBACK"
NAMED_BOOKS_MAX: Final = 6


@dataclass(slots=True)
class _CountyEntries:
    """One county's entries of one book."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    shifts: list[RotaShift] = field(default_factory=list)

    def departments(self) -> set[Department]:
        """Who can be told."""
        return {each.department for each in self.contacts.values() if each.active and each.role != CALLBACK}

    def on_duty(self, rung: str, now_ms: int) -> bool:
        """Whether a shift of this rung with a contact that can be reached covers now."""
        return any(
            shift.rung == rung
            and shift.from_ms <= now_ms < shift.until_ms
            and (contact := self.contacts.get(shift.contact_id)) is not None
            and contact.active
            for shift in self.shifts
        )

    def officer_on_duty(self, now_ms: int) -> bool:
        """Whether the first rung of civil affairs is staffed now: by the rota, or by a duty number without a rota."""
        return self.on_duty(FIRST_RUNG, now_ms) or any(
            each.active and (each.department, each.role) == (Department.CIVIL_AFFAIRS, DUTY_ROLE)
            for each in self.contacts.values()
        )


def registry_gaps(
    registered: Mapping[tuple[str, str, str, int], Registered], books: Iterable[int], now_ms: int
) -> list[str]:
    """What is missing now, a sentence each; empty when every county that is registered is served.

    `registered` is the index of `wardline.case_log.CaseLog`; `now_ms` is the space's time, Unix milliseconds.
    """
    entries = _entries(registered)
    if not any(each.departments() for each in entries.values()):
        return [NOTHING_LOADED]
    without = [
        book
        for book in books
        if Department.CIVIL_AFFAIRS not in entries.get((COUNTY_UNKNOWN, book), _CountyEntries()).departments()
    ]
    gaps = [_no_desk(without)] if without else []
    for (county, _), each in sorted(entries.items()):
        if county != COUNTY_UNKNOWN:
            gaps += [f"{county}: {gap}" for gap in _gaps_of(each, now_ms)]
    return gaps


def _gaps_of(county: _CountyEntries, now_ms: int) -> list[str]:
    told = county.departments()
    if not told:
        return ["没有任何可通知的联系方式 / no contact can be told: its reports go to the desk of 000000"]
    gaps = []
    if not county.officer_on_duty(now_ms):
        gaps.append("民政现无值班人员 / no officer of civil affairs is on duty now")
    if not county.on_duty(SIGNATORY, now_ms):
        gaps.append("现无签批人员值班 / no signatory is on duty now: nobody can decide on temporary guardianship")
    if Department.POLICE not in told:
        gaps.append("没有公安联系方式 / no police contact")
    return gaps


def _no_desk(books: Sequence[int]) -> str:
    named = ", ".join(map(str, books[:NAMED_BOOKS_MAX])) + (", …" if len(books) > NAMED_BOOKS_MAX else "")
    return (
        f"{COUNTY_UNKNOWN}: 没有民政值守台（分册 {named}）：无人服务的县的报告不会通知任何人 / "
        f"no desk of civil affairs (books {named}): a report from a county that nobody serves is told to nobody"
    )


def _entries(registered: Mapping[tuple[str, str, str, int], Registered]) -> dict[tuple[str, int], _CountyEntries]:
    """The entries by county and book."""
    found: dict[tuple[str, int], _CountyEntries] = {}
    for (event, county, name, book), entry in registered.items():
        each = found.setdefault((county, book), _CountyEntries())
        if event == "ContactSet":
            each.contacts[name] = Contact.model_validate(entry.content)
        elif event == "ShiftSet":
            each.shifts.append(RotaShift.model_validate(entry.content))
    return found
