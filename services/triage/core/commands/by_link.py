"""A department's duty number that acts at the desk by the link of its alert and a one-time code, without an account.

The desk checks the code and signs as `contact:<id>`, which is how answers by link are attributed. Such a command is
taken for what the alert asked alone: accept, send, hand back, report the outcome, open the disclosure set; and only
from a contact that was told on this department's ladder of this case.
"""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts import identity
from shared.contracts.base import Message
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Department, Role

from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.staffing import BY_CONTACT

ALLOWED: Final = (asked.Acknowledge, asked.Dispatch, asked.Decline, asked.ReportOutcome, identity.OpenTaskIdentity)
WITH_LOGINS: Final = frozenset({Department.CIVIL_AFFAIRS, Department.FILING_UNIT})
"""Whose contacts have no such standing: officers log in, and who filed is told by the receipt's page."""


def account_of_contact(draft: Draft, name: str) -> Account | None:
    """The standing of a registered, active contact: a clerk of its department in its area. None for another name."""
    if not name.startswith(BY_CONTACT):
        return None
    contact_id = name.removeprefix(BY_CONTACT)
    contact = draft.registry.contacts.get(contact_id)
    contact = contact or draft.state.registry(COUNTY_UNKNOWN).contacts.get(contact_id)
    if contact is None or not contact.active or contact.department in WITH_LOGINS:
        return None
    return Account(
        account=name,
        county=contact.county,
        role=Role.CLERK,
        area_prefix=contact.area_prefix,
        department=contact.department,
    )


def check(draft: Draft, name: str, body: Message) -> None:
    """Raise Refused unless a contact's command is about the task that it was told of."""
    if not name.startswith(BY_CONTACT):
        return
    if not isinstance(body, ALLOWED):
        refuse_unless(False, "ROLE", "a duty number answers its own task and does nothing else")  # noqa: FBT003 - refused
        return
    ladder = draft.case(body.case).ladders.get(body.department)
    contact_id = name.removeprefix(BY_CONTACT)
    told = ladder is not None and any(contact_id in contacts for _, contacts in ladder.recent)
    refuse_unless(told, "NOT_TOLD", "this duty number has not been told of the case")
