"""A county's contacts, arranged for being looked up: made once for a registry as it stands, not for every rung."""

from collections.abc import Mapping
from typing import Final

from immutables import Map
from shared.contracts.registry import Contact
from shared.contracts.vocabulary import Department

from services.triage.core.state import County

CONTACTS_MAX = 20
CALLBACK = "CALLBACK"
NOT_IN_PLACE_OF_OTHERS = frozenset({Department.VILLAGE, Department.FILING_UNIT})
"""The township's supervisor decides what a village learns, and who filed is not asked to act for an authority."""
LOOKED_UP_MAX = 1024
"""How many look-ups a directory remembers."""
DIRECTORIES_MAX = 4096
"""How many registries are kept arranged: more than a book has counties."""

ByDepartment = Mapping[Department, tuple[str, ...]]
NOBODY: Final[frozenset[str]] = frozenset()


class Directory:
    """The contacts of one registry as it stands. Its answers depend on nothing else."""

    __slots__ = ("_in_place", "_of_role", "contacts", "names")

    def __init__(self, county: County) -> None:
        self.contacts = county.contacts
        self.names = county.contacts_of_role
        self._of_role: dict[tuple[Department, str, int, str], tuple[str, ...]] = {}
        self._in_place: dict[str | None, ByDepartment] = {}

    def of_role(self, department: Department, role: str, area_digits: int, area: str) -> tuple[str, ...]:
        """Active contacts of a department and role whose area holds `area`; those of the narrowest such area."""
        key = department, role, area_digits, area
        found = self._of_role.get(key)
        if found is None:
            if len(self._of_role) >= LOOKED_UP_MAX:
                self._of_role.clear()
            found = self._of_role[key] = self._narrowest(*key)
        return found

    def _narrowest(self, department: Department, role: str, area_digits: int, area: str) -> tuple[str, ...]:
        narrowest = -1
        found: list[str] = []
        for name in self.names.get((department, role)) or ():
            contact = self.contacts[name]
            width = len(contact.area_prefix)
            if not contact.active or width > area_digits or not area.startswith(contact.area_prefix):
                continue
            if width > narrowest:
                narrowest, found = width, []
            if width == narrowest:
                found.append(name)
        return tuple(sorted(found))

    def in_place_of_others(self, area: str | None = None, left_out: frozenset[str] = NOBODY) -> ByDepartment:
        """Who may be told in another's place, by department; with an `area` without the townships of other places."""
        if left_out:
            return self._by_department(area, left_out)
        found = self._in_place.get(area)
        if found is None:
            if len(self._in_place) >= LOOKED_UP_MAX:
                self._in_place.clear()
            found = self._in_place[area] = self._by_department(area, NOBODY)
        return found

    def _by_department(self, area: str | None, left_out: frozenset[str]) -> ByDepartment:
        found: dict[Department, list[str]] = {}
        for contact in self.contacts.values():
            if not _tellable(contact) or contact.contact_id in left_out:
                continue
            township = contact.department is Department.TOWNSHIP
            if area is not None and township and not area.startswith(contact.area_prefix):
                continue
            found.setdefault(contact.department, []).append(contact.contact_id)
        return {department: tuple(sorted(names)[:CONTACTS_MAX]) for department, names in found.items()}


def _tellable(contact: Contact) -> bool:
    return contact.active and contact.role != CALLBACK and contact.department not in NOT_IN_PLACE_OF_OTHERS


_DIRECTORIES: dict[int, Directory] = {}
"""By the identity of the contacts, which the directory holds, so that no others can take their place."""


def directory_of(county: County) -> Directory:
    """The directory of a county's contacts."""
    contacts: Map[str, Contact] = county.contacts
    known = _DIRECTORIES.get(id(contacts))
    if known is None or known.contacts is not contacts:
        if len(_DIRECTORIES) >= DIRECTORIES_MAX:
            _DIRECTORIES.clear()
        known = _DIRECTORIES[id(contacts)] = Directory(county)
    return known
