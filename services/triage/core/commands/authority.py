"""Who may do what: signature, account, role, area and department against the registry; then the case itself."""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts import crossings, identity, separation
from shared.contracts.base import Message
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Account
from shared.contracts.vocabulary import Department, Role

from services.triage.core.commands import by_link
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput

STALE_AFTER_MS: Final = 30 * 24 * 3600 * 1000
"""Command ids are remembered so long; an older command could be one that was carried out and forgotten."""
HOUR_MS: Final = 3600 * 1000

OFFICERS = frozenset({Role.OFFICER, Role.SUPERVISOR})
FIELD = OFFICERS | {Role.TOWNSHIP_SUPERVISOR}
ANSWERING = FIELD | {Role.CLERK, Role.VILLAGE_WORKER, Role.SIGNATORY}
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
SIGNATORIES = frozenset({Role.SIGNATORY})

ROLES: Final[dict[type[Message], frozenset[Role]]] = {
    asked.Acknowledge: ANSWERING,
    asked.Dispatch: ANSWERING,
    asked.Decline: ANSWERING,
    asked.ReportOutcome: ANSWERING,
    asked.TellDepartment: OFFICERS,
    asked.TakeOver: OFFICERS,
    asked.RecordChildSeen: FIELD | {Role.CLERK, Role.VILLAGE_WORKER, Role.SIGNATORY},
    asked.RecordCustody: FIELD | {Role.CLERK, Role.SIGNATORY},
    asked.AddKinCandidate: FIELD | {Role.SIGNATORY},
    asked.RecordDispute: OFFICERS | {Role.SIGNATORY},
    asked.RecordDomicileTold: OFFICERS,
    asked.RecordAssessment: OFFICERS,
    asked.SignGuardian: SIGNATORIES,
    asked.RefuseGuardian: SIGNATORIES,
    asked.FileDocument: SIGNATORIES | OFFICERS,
    asked.EndMeasure: SIGNATORIES | OFFICERS,
    asked.ExtendGuardianship: SIGNATORIES,
    asked.FileForRevocation: SIGNATORIES | OFFICERS,
    asked.RecordNoRevocation: SIGNATORIES | OFFICERS,
    asked.RecordProtectionOrder: OFFICERS | {Role.CLERK},
    asked.RecordSuggestion: OFFICERS | {Role.CLERK},
    asked.RecordCall: FIELD | {Role.SIGNATORY},
    asked.OverrideLevel: OFFICERS,
    asked.CloseCase: OFFICERS,
    asked.ReopenCase: OFFICERS,
    asked.RecordDuty: OFFICERS,
    asked.Redecide: OFFICERS | KEEPERS,
    separation.SeparateReport: OFFICERS,
    asked.SetContact: KEEPERS,
    asked.SetShift: KEEPERS | {Role.SUPERVISOR},
    asked.SetPlace: KEEPERS | {Role.SUPERVISOR},
    asked.SetAccount: KEEPERS,
    asked.SetArea: KEEPERS,
    asked.ActivatePolicy: KEEPERS,
    asked.ApprovePolicy: KEEPERS,
    asked.RotateWriterKey: frozenset({Role.OPERATOR}),
    identity.OpenIdentity: OFFICERS,
    identity.SecondIdentityOpening: OFFICERS,
    identity.BreakGlass: OFFICERS,
    identity.ReviewBreakGlass: OFFICERS,
    identity.OpenTaskIdentity: frozenset({Role.CLERK, Role.TOWNSHIP_SUPERVISOR, Role.VILLAGE_WORKER}),
    identity.DestroyIdentity: frozenset({Role.SUPERVISOR}),
    identity.SecondIdentityDestruction: OFFICERS,
    identity.SetLegalHold: OFFICERS,
    identity.LiftLegalHold: frozenset({Role.SUPERVISOR}),
    crossings.OfferTransfer: OFFICERS,
    crossings.WithdrawTransfer: OFFICERS,
    crossings.AcceptTransfer: OFFICERS,
    crossings.RefuseTransfer: OFFICERS,
}
"""Every command names the roles that may give it; a test holds this table against the union in the contracts."""

OWN: Final = {
    Role.OFFICER: Department.CIVIL_AFFAIRS,
    Role.SUPERVISOR: Department.CIVIL_AFFAIRS,
    Role.SIGNATORY: Department.CIVIL_AFFAIRS,
    Role.TOWNSHIP_SUPERVISOR: Department.TOWNSHIP,
    Role.VILLAGE_WORKER: Department.VILLAGE,
}
CLOSED_ALLOWED = (asked.ReopenCase, asked.RecordDuty, identity.DestroyIdentity, identity.SecondIdentityDestruction)
OF_AN_OFFER = (
    asked.Acknowledge,
    asked.TakeOver,
    asked.Decline,
    asked.RecordCall,
    crossings.AcceptTransfer,
    crossings.RefuseTransfer,
)
"""What may be done with a case that another county only offers."""
EITHER_WAY = (identity.SetLegalHold, identity.LiftLegalHold)


def check(draft: Draft, given: CommandInput) -> None:
    """Raise Refused unless the actor may give this command now."""
    command, body = given.command, given.command.body
    refuse_unless(given.signed, "UNSIGNED", "the signature does not hold, or its key may not speak for this role")
    age_ms = given.arrived_at_ms - command.issued_at_ms
    refuse_unless(age_ms <= STALE_AFTER_MS, "STALE", "the command was issued more than 30 days ago")
    refuse_unless(age_ms >= -HOUR_MS, "FROM_THE_FUTURE", "the command says that it was issued later than it arrived")
    refuse_unless(command.actor.role in ROLES[type(body)], "ROLE", "this role may not give this command")
    account = None
    if command.actor.role is not Role.OPERATOR:
        account = _account(draft, command.actor, of_case=isinstance(getattr(body, "case", None), str))
    case_id = getattr(body, "case", None)
    if isinstance(case_id, str):
        _case(draft, body, case_id, account)
    by_link.check(draft, command.actor.account, body)
    department = getattr(body, "department", None)
    if account is not None and department is not None and not isinstance(body, asked.TellDepartment):
        mine = department in departments_of(account)
        refuse_unless(mine, "DEPARTMENT", "this account acts for another department")
    if case_id is None and account is not None:
        county, area = draft.county_code, account.area_prefix
        refuse_unless(county.startswith(area) or area.startswith(county), "AREA", "the account's area is another")


def departments_of(account: Account) -> frozenset[Department]:
    """The departments that an account speaks for; a township's supervisor also reaches its villages."""
    own = account.department or OWN.get(account.role)
    if own is None:
        return frozenset()
    if account.role is Role.TOWNSHIP_SUPERVISOR:
        return frozenset({own, Department.VILLAGE})
    return frozenset({own})


def account_of(draft: Draft, actor: asked.Actor) -> Account:
    """The account behind a command about a case. Raises Refused when there is none."""
    return _account(draft, actor, of_case=True)


def _account(draft: Draft, actor: asked.Actor, *, of_case: bool) -> Account:
    """The county's account; about a case also one of the desk of 000000, which stands in where nobody serves."""
    account = draft.county.accounts.get(actor.account)
    if account is None and of_case:
        account = draft.state.county(COUNTY_UNKNOWN).accounts.get(actor.account)
    if account is None and of_case:
        account = by_link.account_of_contact(draft, actor.account)
    if account is None or not account.active:
        raise Refused("UNKNOWN_ACCOUNT", "no such active account in this county")
    refuse_unless(account.role is actor.role, "ROLE", "the account has another role")
    refuse_unless(account.area_prefix == actor.area_prefix, "AREA", "the account has another area")
    claims = actor.department is None or actor.department in departments_of(account)
    refuse_unless(claims, "DEPARTMENT", "the account belongs to another department")
    return account


def _case(draft: Draft, body: Message, case_id: str, account: Account | None) -> None:
    known = draft.state.cases.get(case_id) == draft.county_code
    refuse_unless(known, "NO_SUCH_CASE", "no such case in this county")
    case = draft.state.case(case_id)
    if isinstance(body, EITHER_WAY):
        pass
    elif isinstance(body, CLOSED_ALLOWED):
        refuse_unless(case is None, "NOT_CLOSED", "the case is open")
    else:
        refuse_unless(case is not None, "CASE_CLOSED", "the case is closed; it can be opened again with a reason")
    if case is not None and case.offered:
        ours = isinstance(body, OF_AN_OFFER)
        refuse_unless(ours, "OFFERED_ONLY", "it is another county's case still: accept it first, or refuse it")
    area = case.area if case is not None else draft.county_code
    if account is not None:
        covers = area.startswith(account.area_prefix)
        refuse_unless(covers, "AREA", "the case lies outside the account's area")


def not_in_future(draft: Draft, at_ms: int) -> None:
    """Raise Refused for a moment that has not come yet (an hour is given for clocks that differ)."""
    refuse_unless(at_ms <= draft.at_ms + HOUR_MS, "IN_FUTURE", "that moment has not come yet")
