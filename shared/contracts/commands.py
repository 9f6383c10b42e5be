"""Commands: what people ask triage to do. Each is accepted or refused by a recorded decision with a reason.

A command carries codes and, for free text, only the `sealed_id` of a sealed document. The envelope is signed
(Ed25519) by the desk or an operator; triage checks signature, account, role and area against the registry.
"""

import base64
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import CountyCode, Identifier, Message, ReasonCode, Sha256, UnixMilliseconds
from shared.contracts.crossings import AcceptTransfer, OfferTransfer, RefuseTransfer, WithdrawTransfer
from shared.contracts.identity import (
    BreakGlass,
    DestroyIdentity,
    LiftLegalHold,
    OpenIdentity,
    OpenTaskIdentity,
    ReviewBreakGlass,
    SecondIdentityDestruction,
    SecondIdentityOpening,
    SetLegalHold,
)
from shared.contracts.registry import Account, AreaFacts, Contact, Place, RotaShift
from shared.contracts.separation import SeparateReport
from shared.contracts.vocabulary import (
    CallOutcome,
    CallParty,
    CloseReason,
    Department,
    DisputeAbout,
    Disqualifier,
    EndReason,
    GuardianType,
    Holder,
    KinCheck,
    Level,
    Measure,
    Organ,
    Relation,
    RevocationGround,
    RevocationItem,
    Role,
    Wishes,
)
from shared.contracts.wire import canonical

FOUND_ALONE = "The child was found alone: nobody was looking after it. It does not mean spoken to alone."
OfAge = Annotated[bool, Field(description="Stated by who gives the command: the eighteenth birthday has passed.")]
Limb94 = Annotated[int, Field(ge=1, le=5, description="Item of MPL 94: why civil affairs stays guardian.")]
CandidateIds = Annotated[tuple[Identifier, ...], Field(max_length=30)]
Relations = Annotated[tuple[Relation, ...], Field(max_length=14)]
Disqualifiers = Annotated[tuple[Disqualifier, ...], Field(max_length=4)]
KinChecks = Annotated[tuple[KinCheck, ...], Field(max_length=5)]


class Actor(Message):
    """Who acts: account, role, area and, for clerks, department."""

    account: Identifier
    role: Role
    area_prefix: Annotated[str, Field(pattern=r"^[0-9]{0,12}$")]
    department: Department | None = None


class Acknowledge(Message):
    """The department (an officer: civil affairs) has taken the alert over; it expires without a dispatch.

    `reference`: the department's own number of its acceptance.
    """

    type: Literal["Acknowledge"] = "Acknowledge"
    case: Identifier
    department: Department = Department.CIVIL_AFFAIRS
    reference: Identifier | None = None


class Dispatch(Message):
    """Somebody is on the way."""

    type: Literal["Dispatch"] = "Dispatch"
    case: Identifier
    department: Department = Department.CIVIL_AFFAIRS


class TakeOver(Message):
    """Another officer takes over what somebody has in hand; at a change of shift it lapses when nobody does."""

    type: Literal["TakeOver"] = "TakeOver"
    case: Identifier
    department: Department = Department.CIVIL_AFFAIRS


class RecordChildSeen(Message):
    """A named official saw the child in person at `seen_at_ms`; `alone`: whether nobody was looking after the child.

    It does not mean that the child was spoken to alone: `wishes` says whether the child was heard.
    `dead`: the official records that the child has died (by their own eyes, or a document of death).
    """

    type: Literal["RecordChildSeen"] = "RecordChildSeen"
    case: Identifier
    seen_at_ms: UnixMilliseconds
    alone: Annotated[bool | None, Field(description=FOUND_ALONE)] = None
    wishes: Annotated[Wishes, Field(description="Whether the child was heard on what it wants.")] = Wishes.UNKNOWN
    dead: Annotated[bool | None, Field(description="True: this official records that the child has died.")] = None


class RecordCustody(Message):
    """The child is now with `holder`, handed over by `handed_over_by`; `place_id` when it is a registered place."""

    type: Literal["RecordCustody"] = "RecordCustody"
    case: Identifier
    holder: Holder
    since_ms: UnixMilliseconds
    handed_over_by: Holder = Holder.UNKNOWN
    place_id: Identifier | None = None


class AddKinCandidate(Message):
    """A relative or other person who could take the child (MPL 93, CC 27); the name is sealed.

    `disqualified` by MPL 22, `disqualifiers` by which of its items (one is enough); `checks`: what was checked.
    `adult`: an elder brother or sister must be of age. `consent_by`: the committee or civil affairs that consents to
    somebody who is neither parent, grandparent nor sibling (CC 27(2)3).
    """

    type: Literal["AddKinCandidate"] = "AddKinCandidate"
    case: Identifier
    candidate_id: Identifier
    relation: Relation
    willing: bool | None = None
    checked: bool | None = None
    disqualified: bool | None = None
    household_of_alleged: bool | None = None
    sealed_id: Sha256 | None = None
    disqualifiers: Disqualifiers = ()
    checks: KinChecks = ()
    adult: bool | None = None
    consent_by: Organ | None = None


class RecordDispute(Message):
    """Relatives dispute about the child (CC 31): who is in conflict is not proposed; the organ is civil affairs.

    `candidates` and `relations` say who; where both are empty, every relative is. `resolved` ends the dispute.
    """

    type: Literal["RecordDispute"] = "RecordDispute"
    case: Identifier
    about: DisputeAbout
    candidates: CandidateIds = ()
    relations: Relations = ()
    resolved: bool = False
    sealed_id: Sha256 | None = None


class RecordDomicileTold(Message):
    """Civil affairs of the county where the child is registered has been told, by an officer; no identity here."""

    type: Literal["RecordDomicileTold"] = "RecordDomicileTold"
    case: Identifier
    domicile_county: CountyCode
    reference: Identifier | None = None


class RecordAssessment(Message):
    """A named officer's assessment of guardian or child (MPL 93(2)); needed before any return."""

    type: Literal["RecordAssessment"] = "RecordAssessment"
    case: Identifier
    subject: Literal["GUARDIAN", "KIN", "CHILD", "HOUSEHOLD"] = "GUARDIAN"
    guardian_able: bool | None = None
    safe_to_return: bool | None = None
    sealed_id: Sha256 | None = None


class SignGuardian(Message):
    """A signatory on the rota makes the proposed measure effective (MPL 92; CC 31(3)).

    The child's wishes are heard, or `wishes_reason` says why not. `document_pending`: by phone at night, the
    document number follows by 12:00 of the next working day.
    """

    type: Literal["SignGuardian"] = "SignGuardian"
    case: Identifier
    measure: Measure
    wishes: Wishes
    wishes_reason: ReasonCode | None = None
    document_number: Identifier | None = None
    document_pending: bool = False


class RefuseGuardian(Message):
    """A signatory refuses the proposal with a reason; another measure must follow."""

    type: Literal["RefuseGuardian"] = "RefuseGuardian"
    case: Identifier
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class FileDocument(Message):
    """The document number that was pending after a decision by phone."""

    type: Literal["FileDocument"] = "FileDocument"
    case: Identifier
    document_number: Identifier


class EndMeasure(Message):
    """Care or temporary guardianship ends; a return needs an assessment by a named officer before it.

    A guardianship in force ends only as a signatory on the rota decides, who has neither assessed nor recorded it.

    `limb_94`: for LONG_TERM_94 the item of MPL 94. `document_number`: for ADOPTED the adoption's registration.
    Each reason has its preconditions (triage refuses with a code).
    """

    type: Literal["EndMeasure"] = "EndMeasure"
    case: Identifier
    reason: EndReason
    holder: Holder
    guardian_type: GuardianType | None = None
    limb_94: Limb94 | None = None
    of_age: OfAge | None = None
    document_number: Identifier | None = None


class ExtendGuardianship(Message):
    """A signatory extends a temporary guardianship beyond its limit, with a reason, by so many days."""

    type: Literal["ExtendGuardianship"] = "ExtendGuardianship"
    case: Identifier
    reason: ReasonCode
    days: Annotated[int, Field(ge=1, le=180)]
    sealed_id: Sha256 | None = None


class RecordNoRevocation(Message):
    """An officer has examined revocation and records why none is applied for now; the reminder rests so many days."""

    type: Literal["RecordNoRevocation"] = "RecordNoRevocation"
    case: Identifier
    reason: ReasonCode
    rest_days: Annotated[int, Field(ge=1, le=180)]
    sealed_id: Sha256 | None = None


class FileForRevocation(Message):
    """An application to the court to revoke guardianship is filed (CC 36).

    `item`: the item of the 2014 opinion that fits best. `applicant` FILING_UNIT: the school or hospital itself.
    """

    type: Literal["FileForRevocation"] = "FileForRevocation"
    case: Identifier
    ground: RevocationGround
    applicant: Department
    item: RevocationItem | None = None


class RecordProtectionOrder(Message):
    """A protection order was applied for, granted or refused (DVL 23, 28, 30). `ends_at_ms`: the order's own end."""

    type: Literal["RecordProtectionOrder"] = "RecordProtectionOrder"
    case: Identifier
    stage: Literal["APPLIED", "GRANTED", "REFUSED"]
    urgent: bool = False
    ends_at_ms: UnixMilliseconds | None = None


class RecordSuggestion(Message):
    """Police, procuratorate, court or justice sent `unit` a written suggestion, or it answered (MPL 114)."""

    type: Literal["RecordSuggestion"] = "RecordSuggestion"
    case: Identifier
    unit: Department
    issued_by: Literal[Department.POLICE, Department.PROCURATORATE, Department.COURT, Department.JUSTICE]
    stage: Literal["ISSUED", "ANSWERED"] = "ISSUED"


class RecordCall(Message):
    """Somebody was called about the case at `called_at_ms`; by itself it meets no clock and accepts nothing.

    `party` says who by kind, `unit` which department, `relation` which relative. No name, no number.
    """

    type: Literal["RecordCall"] = "RecordCall"
    case: Identifier
    party: CallParty
    outcome: CallOutcome
    called_at_ms: UnixMilliseconds
    unit: Department | None = None
    relation: Relation | None = None
    sealed_id: Sha256 | None = None


class OverrideLevel(Message):
    """A named officer sets the level, with a reason; down is allowed only so."""

    type: Literal["OverrideLevel"] = "OverrideLevel"
    case: Identifier
    level: Level
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class TellDepartment(Message):
    """An officer has one more department told, with a reason (e.g. the village that was withheld)."""

    type: Literal["TellDepartment"] = "TellDepartment"
    case: Identifier
    department: Department
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class Decline(Message):
    """A department declines, with a reason; the next rung is told."""

    type: Literal["Decline"] = "Decline"
    case: Identifier
    department: Department
    reason: ReasonCode
    sealed_id: Sha256 | None = None


class ReportOutcome(Message):
    """A department reports what came of its task."""

    type: Literal["ReportOutcome"] = "ReportOutcome"
    case: Identifier
    department: Department
    outcome: ReasonCode
    reference: Identifier | None = None
    sealed_id: Sha256 | None = None


class CloseCase(Message):
    """Close; refused without a safe custody and a reason.

    Where it ends a guardianship in force it needs what EndMeasure needs (`guardian_type`, `limb_94`).
    """

    type: Literal["CloseCase"] = "CloseCase"
    case: Identifier
    reason: CloseReason
    duplicate_of: Identifier | None = None
    guardian_type: GuardianType | None = None
    limb_94: Limb94 | None = None
    of_age: OfAge | None = None
    sealed_id: Sha256 | None = None


class ReopenCase(Message):
    """Open a closed case again, with a reason."""

    type: Literal["ReopenCase"] = "ReopenCase"
    case: Identifier
    reason: ReasonCode
    sealed_id: Sha256 | None = None


DutyEnd = Literal["DONE", "HANDED_OVER", "ENDED"]
"""How a duty that outlived its case is met: the act was done, another department has it, or it is owed no more."""


class RecordDuty(Message):
    """A duty that outlived a closed case was done, handed over or has ended; all but the first with a reason.

    `clock`: which, as `CaseClosed.open_clocks` names it. One that recurs and was done is due again.
    """

    type: Literal["RecordDuty"] = "RecordDuty"
    case: Identifier
    clock: Identifier
    how: DutyEnd
    reason: ReasonCode | None = None
    to: Department | None = None
    sealed_id: Sha256 | None = None


class SetContact(Message):
    """Add or change an office contact."""

    type: Literal["SetContact"] = "SetContact"
    contact: Contact


class SetShift(Message):
    """Add or change a shift of the rota (officers on E1…E3, signatories)."""

    type: Literal["SetShift"] = "SetShift"
    shift: RotaShift


class SetPlace(Message):
    """Add or change a place."""

    type: Literal["SetPlace"] = "SetPlace"
    place: Place


class SetAccount(Message):
    """Add or change an account."""

    type: Literal["SetAccount"] = "SetAccount"
    account: Account


class SetArea(Message):
    """Configure the county."""

    type: Literal["SetArea"] = "SetArea"
    area: AreaFacts


class ActivatePolicy(Message):
    """Propose a policy for the book: one copy for every book. It is in force once the second person approves it.

    `approved_by` names that person. `texts`: file name to text; its hash is the policy's id.
    """

    type: Literal["ActivatePolicy"] = "ActivatePolicy"
    texts: dict[str, str]
    approved_by: Identifier


class ApprovePolicy(Message):
    """The second person's word on a proposed policy, which makes it active; one copy for every book.

    Another account than the proposer's, and another key where an operator's key signed.
    """

    type: Literal["ApprovePolicy"] = "ApprovePolicy"
    policy: Identifier


class RotateWriterKey(Message):
    """Anchor a new writer's key (hexadecimal Ed25519 public key) in the book; one copy for every book."""

    type: Literal["RotateWriterKey"] = "RotateWriterKey"
    kid: Identifier
    public_key: Sha256
    retire: tuple[Identifier, ...] = ()


class Redecide(Message):
    """Decide an undecidable report again after the repair."""

    type: Literal["Redecide"] = "Redecide"
    case: Identifier


CommandBody = Annotated[
    Acknowledge
    | Dispatch
    | TakeOver
    | RecordChildSeen
    | RecordCustody
    | AddKinCandidate
    | RecordDispute
    | RecordDomicileTold
    | RecordAssessment
    | SignGuardian
    | RefuseGuardian
    | FileDocument
    | EndMeasure
    | ExtendGuardianship
    | FileForRevocation
    | RecordNoRevocation
    | RecordProtectionOrder
    | RecordSuggestion
    | RecordCall
    | OverrideLevel
    | TellDepartment
    | Decline
    | ReportOutcome
    | CloseCase
    | ReopenCase
    | RecordDuty
    | SetContact
    | SetShift
    | SetPlace
    | SetAccount
    | SetArea
    | ActivatePolicy
    | ApprovePolicy
    | RotateWriterKey
    | Redecide
    | SeparateReport
    | OpenIdentity
    | SecondIdentityOpening
    | BreakGlass
    | ReviewBreakGlass
    | OpenTaskIdentity
    | DestroyIdentity
    | SecondIdentityDestruction
    | SetLegalHold
    | LiftLegalHold
    | OfferTransfer
    | WithdrawTransfer
    | AcceptTransfer
    | RefuseTransfer,
    Field(discriminator="type"),
]


class Command(Message):
    """A signed command. `kid` and `sig` (hexadecimal Ed25519 over `signing_bytes`) are the desk's or an operator's."""

    type: Literal["Command"] = "Command"
    command_id: Identifier
    space: Identifier
    county: CountyCode
    book: Annotated[int, Field(ge=0)] | None = None
    actor: Actor
    issued_at_ms: UnixMilliseconds
    body: CommandBody
    kid: Identifier
    sig: Annotated[str, Field(pattern=r"^([0-9a-f]{128})?$")] = ""

    def signing_bytes(self) -> bytes:
        """The bytes that are signed: the command's canonical JSON without `sig`."""
        return canonical(self.model_dump(mode="json", exclude={"sig"}, exclude_none=True))


def key_id(public_key: bytes) -> str:
    """The id of an Ed25519 public key: the base32 of its first ten bytes, which can be read aloud."""
    return base64.b32encode(public_key[:10]).decode().lower()
