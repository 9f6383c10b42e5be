"""Who may read an identity, and when another person's word is needed: rules without I/O, for commands and invariants.

| who asks | needs | opens |
|---|---|---|
| an officer or supervisor of the responsible county | a reason; a second person where a part tells who reported, or a \
child of the filing was abused sexually | what was asked, 30 min |
| one officer alone at S1 or S2 | a reason; others are told, a review by the next working day's end | child, place, \
the reporter's phone, 30 min |
| a clerk whose department was told and has accepted | nothing more: the law's decision has the set | its disclosure \
set without who reported, 30 min |
"""

from typing import Final

from shared.contracts.assessment import Source
from shared.contracts.identity import OF_DISCLOSURE, OF_REPORTER, IdentityPart
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Basis, Concern, Department, Level, Role

from services.triage.core.state import BookState, Case, County

REQUEST_VALID_MS: Final = 4 * 3600 * 1000
"""How long an opening waits for the second person (design value)."""
DESTRUCTION_VALID_MS: Final = 7 * 24 * 3600 * 1000
"""How long a destruction waits for the second person (design value)."""
WAITING_MAX: Final = 20
"""Openings of one case that wait for a second person; more are refused."""
REVIEW: Final = "BREAK_GLASS_REVIEW"
REVIEW_SOURCE: Final = Source(
    rule="core.break-glass-review",
    basis=Basis.DESIGN,
    citation="design: an opening by one officer alone is reviewed by the end of the next working day",
)
IN_DANGER: Final = frozenset({Level.S1, Level.S2})
SERVING: Final = frozenset({Role.OFFICER, Role.SUPERVISOR})


def needs_second(state: BookState, case: Case, parts: tuple[IdentityPart, ...]) -> bool:
    """Whether another person must give their word: who reported, or a child of one filing was abused sexually."""
    if OF_REPORTER & set(parts):
        return True
    others = (state.case(name) for name in case.linked)
    return _of_sexual_abuse(case) or any(_of_sexual_abuse(other) for other in others if other is not None)


def _of_sexual_abuse(case: Case) -> bool:
    return any(Concern.SEXUAL_ABUSE in child.concerns for child in case.facts.children)


def is_responsible(county: County, account: Account) -> bool:
    """Whether the account serves the county itself; another's (the desk of 000000) only where nobody serves it."""
    if county.accounts.get(account.account) == account:
        return True
    return not any(each.active and each.role in SERVING for each in county.accounts.values())


def parts_of_task(case: Case, department: Department) -> tuple[IdentityPart, ...]:
    """What a department's disclosure set opens; nothing for one that is not to be told."""
    assessment = case.assessment
    if assessment is None or any(entry.who == department for entry in assessment.not_told):
        return ()
    fields = [field for due in assessment.departments if due.code is department for field in due.disclosure]
    return tuple(dict.fromkeys(OF_DISCLOSURE[field] for field in fields if field in OF_DISCLOSURE))


def has_accepted(case: Case, department: Department) -> bool:
    """Whether the department's own ladder was told and it has taken the task over."""
    ladder = case.ladders.get(department)
    return ladder is not None and (ladder.acknowledged_by is not None or ladder.dispatched)
