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
    FIND = "find"
    IDENTITY = "identity"
    OPEN_IDENTITY = "open-identity"
    SECOND_OPENING = "second-opening"
    BREAK_GLASS = "break-glass"
    REVIEW_OPENING = "review-opening"
    TASK_IDENTITY = "task-identity"
    KEEPING = "keeping"
    SET_HOLD = "set-hold"
    LIFT_HOLD = "lift-hold"
    DESTROY = "destroy"
    SECOND_DESTRUCTION = "second-destruction"
    ROTA = "rota"
    PLACES = "places"
    AUDIT = "audit"
    AUDIT_LISTS = "audit_lists"
    AUDIT_SAMPLE = "audit_sample"
    AUDIT_CSV = "audit_csv"
    HANDOVER = "handover"
    PHONE = "phone"
    STATE = "state"
    # Commands about a case, each granted as triage grants it: a test holds both against each other.
    ACKNOWLEDGE = "acknowledge"
    TAKE_OVER = "take-over"
    DISPATCH = "dispatch"
    CALL = "call"
    HAND_BACK = "hand-back"
    OUTCOME = "outcome"
    CHILD_SEEN = "child-seen"
    CUSTODY = "custody"
    TELL = "tell"
    ASSESSMENT = "assessment"
    SIGN = "sign"
    REFUSE = "refuse"
    EXTEND = "extend"
    END = "end"
    DOCUMENT = "document"
    KIN = "kin"
    DISPUTE = "dispute"
    DOMICILE = "domicile"
    ORDER = "protection-order"
    SUGGESTION = "suggestion"
    REVOCATION = "revocation"
    NO_REVOCATION = "no-revocation"
    LEVEL = "level"
    CLOSE = "close"
    REOPEN = "reopen"
    REDECIDE = "redecide"
    DUTY = "duty"
    OFFER_COUNTY = "offer-county"
    OFFER_BACK = "offer-back"
    ACCEPT_CASE = "accept-case"
    REFUSE_CASE = "refuse-case"
    SEPARATE = "separate"
    # A department's own tasks, without the case around them.
    INBOX = "inbox"
    TASK = "task"
    TASK_ACCEPT = "task-accept"
    TASK_SEND = "task-send"
    TASK_HAND_BACK = "task-hand-back"
    TASK_OUTCOME = "task-outcome"
    TASK_CHILD_SEEN = "task-child-seen"
    TASK_CUSTODY = "task-custody"
    TASK_CALL = "task-call"
    TASK_KIN = "task-kin"
    TASK_ORDER = "task-protection-order"
    TASK_SUGGESTION = "task-suggestion"


PUBLIC: Final = frozenset(
    {"login_page", "login", "style", "script", "alarm", "healthz", "task_link", "task_link_code", "task_link_open"}
)
"""Routes without a login; a test holds both tables against the application's own."""

EVERYBODY: Final = frozenset(Role) - {Role.OPERATOR}
"""An operator works at a terminal and has no login."""
CASE_READERS: Final = frozenset({Role.OFFICER, Role.SIGNATORY, Role.SUPERVISOR, Role.AUDITOR})
OFFICERS: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})
SIGNATORIES: Final = frozenset({Role.SIGNATORY})
ACTING: Final = OFFICERS | SIGNATORIES
TASKED: Final = frozenset({Role.CLERK, Role.TOWNSHIP_SUPERVISOR, Role.VILLAGE_WORKER})
"""Who is asked for one thing in a case and sees that alone."""
AUDITORS: Final = frozenset({Role.AUDITOR, Role.SUPERVISOR})
"""Who sees a window's figures of their area; both may open the cases that the lists name."""

GRANTED: Final[dict[Route, frozenset[Role]]] = {
    Route.HOME: EVERYBODY,
    Route.LOGOUT: EVERYBODY,
    Route.BOARD: CASE_READERS,
    Route.LIVE: CASE_READERS,
    Route.CASE: CASE_READERS,
    Route.FIND: CASE_READERS,
    Route.IDENTITY: OFFICERS,
    Route.OPEN_IDENTITY: OFFICERS,
    Route.SECOND_OPENING: OFFICERS,
    Route.BREAK_GLASS: OFFICERS,
    Route.REVIEW_OPENING: OFFICERS,
    Route.TASK_IDENTITY: TASKED,
    Route.KEEPING: OFFICERS,
    Route.SET_HOLD: OFFICERS,
    Route.LIFT_HOLD: frozenset({Role.SUPERVISOR}),
    Route.DESTROY: frozenset({Role.SUPERVISOR}),
    Route.SECOND_DESTRUCTION: OFFICERS,
    Route.ROTA: CASE_READERS | {Role.ADMINISTRATOR},
    Route.PLACES: CASE_READERS,
    Route.AUDIT: AUDITORS,
    Route.AUDIT_LISTS: AUDITORS,
    Route.AUDIT_SAMPLE: AUDITORS,
    Route.AUDIT_CSV: AUDITORS,
    Route.HANDOVER: OFFICERS,
    Route.PHONE: OFFICERS,
    Route.STATE: frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR}),
    Route.ACKNOWLEDGE: ACTING,
    Route.TAKE_OVER: OFFICERS,
    Route.DISPATCH: ACTING,
    Route.CALL: ACTING,
    Route.HAND_BACK: ACTING,
    Route.OUTCOME: ACTING,
    Route.CHILD_SEEN: ACTING,
    Route.CUSTODY: ACTING,
    Route.TELL: OFFICERS,
    Route.ASSESSMENT: OFFICERS,
    Route.SIGN: SIGNATORIES,
    Route.REFUSE: SIGNATORIES,
    Route.EXTEND: SIGNATORIES,
    Route.END: ACTING,
    Route.DOCUMENT: ACTING,
    Route.KIN: ACTING,
    Route.DISPUTE: ACTING,
    Route.DOMICILE: OFFICERS,
    Route.ORDER: OFFICERS,
    Route.SUGGESTION: OFFICERS,
    Route.REVOCATION: ACTING,
    Route.NO_REVOCATION: ACTING,
    Route.LEVEL: OFFICERS,
    Route.CLOSE: OFFICERS,
    Route.REOPEN: OFFICERS,
    Route.OFFER_COUNTY: OFFICERS,
    Route.OFFER_BACK: OFFICERS,
    Route.ACCEPT_CASE: OFFICERS,
    Route.REFUSE_CASE: OFFICERS,
    Route.REDECIDE: OFFICERS,
    Route.DUTY: OFFICERS,
    Route.SEPARATE: OFFICERS,
    Route.INBOX: TASKED,
    Route.TASK: TASKED,
    Route.TASK_ACCEPT: TASKED,
    Route.TASK_SEND: TASKED,
    Route.TASK_HAND_BACK: TASKED,
    Route.TASK_OUTCOME: TASKED,
    Route.TASK_CHILD_SEEN: TASKED,
    Route.TASK_CUSTODY: TASKED - {Role.VILLAGE_WORKER},
    Route.TASK_CALL: frozenset({Role.TOWNSHIP_SUPERVISOR}),
    Route.TASK_KIN: frozenset({Role.TOWNSHIP_SUPERVISOR}),
    Route.TASK_ORDER: frozenset({Role.CLERK}),
    Route.TASK_SUGGESTION: frozenset({Role.CLERK}),
}
LINKED: Final = frozenset(
    {
        Route.TASK,
        Route.TASK_ACCEPT,
        Route.TASK_SEND,
        Route.TASK_HAND_BACK,
        Route.TASK_OUTCOME,
        Route.TASK_IDENTITY,
    }
)
"""What a duty phone opens by the link of its alert and a code: its one task; triage takes no more from it either."""
READING: Final = frozenset(
    {
        Route.HOME,
        Route.LOGOUT,
        Route.BOARD,
        Route.LIVE,
        Route.CASE,
        Route.FIND,
        Route.IDENTITY,
        Route.KEEPING,
        Route.ROTA,
        Route.PLACES,
        Route.AUDIT,
        Route.AUDIT_LISTS,
        Route.AUDIT_SAMPLE,
        Route.AUDIT_CSV,
        Route.HANDOVER,
        Route.PHONE,
        Route.STATE,
        Route.INBOX,
        Route.TASK,
    }
)
CHANGING: Final[frozenset[Route]] = frozenset(Route) - READING
"""Routes that send a command. Those of them that an auditor is granted are a defect, which a test finds."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is logged in: the account as the ledger has it now."""

    account: str
    county: str
    role: Role
    area_prefix: str
    department: Department | None = None
    task: tuple[str, str] | None = None
    """Of somebody who came by an alert's link and a code: the case and department of the one task that is open."""

    def may(self, route: Route) -> bool:
        """Whether the role is granted the route."""
        return self.role in GRANTED[route] and (self.task is None or route in LINKED)

    def covers(self, area: str) -> bool:
        """Whether an area lies within the account's."""
        return area.startswith(self.area_prefix)
