"""Who may open what: one matrix of routes and roles. The dependency that guards a route and its test both read it.

Separation of duties: an administrator opens no case, an auditor changes nothing. Township supervisors, village workers
and clerks are tasked without the allegation (the disclosure set is part of the decision), so no route that shows a
whole case is theirs.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.vocabulary import Department, Role


class Route(StrEnum):
    """Every route that needs a login, by the name that the application gives it."""

    HOME = "home"
    LOGOUT = "logout"
    BOARD = "board"
    LIVE = "live"
    CASE = "case"
    ROTA = "rota"
    PLACES = "places"
    STATE = "state"


PUBLIC: Final = frozenset({"login_page", "login", "style", "script", "alarm", "healthz"})
"""Routes without a login; a test holds both tables against the application's own."""

EVERYBODY: Final = frozenset(Role) - {Role.OPERATOR}
"""An operator works at a terminal and has no login."""
CASE_READERS: Final = frozenset({Role.OFFICER, Role.SIGNATORY, Role.SUPERVISOR, Role.AUDITOR})

GRANTED: Final[dict[Route, frozenset[Role]]] = {
    Route.HOME: EVERYBODY,
    Route.LOGOUT: EVERYBODY,
    Route.BOARD: CASE_READERS,
    Route.LIVE: CASE_READERS,
    Route.CASE: CASE_READERS,
    Route.ROTA: CASE_READERS | {Role.ADMINISTRATOR},
    Route.PLACES: CASE_READERS,
    Route.STATE: frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR}),
}
CHANGING: Final[frozenset[Route]] = frozenset()
"""Routes that send a command. Those of them that an auditor is granted are a defect, which a test finds."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is logged in: the account as the ledger has it now."""

    account: str
    county: str
    role: Role
    area_prefix: str
    department: Department | None = None

    def may(self, route: Route) -> bool:
        """Whether the role is granted the route."""
        return self.role in GRANTED[route]

    def covers(self, area: str) -> bool:
        """Whether an area lies within the account's."""
        return area.startswith(self.area_prefix)
