"""Who may read an identity: the parts of a sealed filing, the commands that ask for them, and what is recorded.

Nothing here carries an identity. A grant names parts, an account and an end; the custodian opens by it and by nothing
else. Source in law: PIPL 28, 51 (children's data: least privilege), PIPL 47 (erasure), MPL 11(3) and 103 (the
reporter's and the child's identity are kept secret). Every span of time here is a design value.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts import codes
from shared.contracts.base import Base64, CountyCode, Identifier, Message, ReasonCode, Sha256, UnixMilliseconds
from shared.contracts.vocabulary import Department, DisclosureField


class IdentityPart(codes.Code):
    """A part of what is sealed of a case. CHILD: name, ID number, birth date; REPORTER includes the telephone number.

    NOTES is no part of a filing: what officers wrote with their decisions, kin candidates' names and numbers too.
    """

    NAME = "NAME"
    CHILD = "CHILD"
    PLACE = "PLACE"
    GUARDIANS = "GUARDIANS"
    ALLEGED_PERSON = "ALLEGED_PERSON"
    REPORTER = "REPORTER"
    REPORTER_PHONE = "REPORTER_PHONE"
    NARRATIVE = "NARRATIVE"
    NOTES = "NOTES"


class OpeningPurpose(codes.Code):
    """What an identity is opened for."""

    GO_TO_CHILD = "GO_TO_CHILD"
    IDENTIFY_CHILD = "IDENTIFY_CHILD"
    REACH_GUARDIANS = "REACH_GUARDIANS"
    CALL_REPORTER = "CALL_REPORTER"
    WRITE_DOCUMENT = "WRITE_DOCUMENT"
    DEPARTMENT_TASK = "DEPARTMENT_TASK"
    DANGER = "DANGER"


class OpeningBasis(codes.Code):
    """By what right: an officer's request, a department's accepted task, or one officer alone in danger."""

    OFFICER = "OFFICER"
    TASK = "TASK"
    BREAK_GLASS = "BREAK_GLASS"


class ErasureGround(codes.Code):
    """Why an identity is destroyed (PIPL 47)."""

    RETENTION_OVER = "RETENTION_OVER"
    COURT_ORDER = "COURT_ORDER"


OF_REPORTER = frozenset({IdentityPart.REPORTER, IdentityPart.REPORTER_PHONE})
"""Parts that tell who reported: always two people (MPL 11(3) and the 2020 opinion keep reporters secret)."""
BREAK_GLASS_PARTS = (IdentityPart.CHILD, IdentityPart.PLACE, IdentityPart.REPORTER_PHONE)
"""What one officer alone opens in danger."""
GRANT_MS = 30 * 60_000
"""How long a grant opens (design value)."""
OF_DISCLOSURE: dict[DisclosureField, IdentityPart] = {
    DisclosureField.NAME: IdentityPart.NAME,
    DisclosureField.PLACE: IdentityPart.PLACE,
    DisclosureField.EXACT_PLACE: IdentityPart.PLACE,
    DisclosureField.ALLEGED_PERSON: IdentityPart.ALLEGED_PERSON,
}
"""What a field of a disclosure set is in the sealed part; the others are codes that stand in clear. No set of a
department opens who reported."""

Parts = Annotated[tuple[IdentityPart, ...], Field(min_length=1, max_length=9)]


class OpenIdentity(Message):
    """An officer of the responsible county asks for parts of an identity; some need a second person's word."""

    type: Literal["OpenIdentity"] = "OpenIdentity"
    case: Identifier
    parts: Parts
    reason: ReasonCode
    purpose: OpeningPurpose


class SecondIdentityOpening(Message):
    """The second person's word on an opening that waits (`opening`: its command's id); the first one may then read."""

    type: Literal["SecondIdentityOpening"] = "SecondIdentityOpening"
    case: Identifier
    opening: Identifier


class BreakGlass(Message):
    """One officer alone opens child, place and the reporter's phone at S1 or S2; others are told, and it is reviewed.

    While triage is silent the acknowledged command itself is the record by which the custodian opens.
    """

    type: Literal["BreakGlass"] = "BreakGlass"
    case: Identifier
    reason: ReasonCode


class ReviewBreakGlass(Message):
    """Another person's review of an opening by one officer alone."""

    type: Literal["ReviewBreakGlass"] = "ReviewBreakGlass"
    case: Identifier
    opening: Identifier
    finding: Literal["JUSTIFIED", "NOT_JUSTIFIED"]


class OpenTaskIdentity(Message):
    """A department that has accepted its task asks for its disclosure set."""

    type: Literal["OpenTaskIdentity"] = "OpenTaskIdentity"
    case: Identifier
    department: Department


class DestroyIdentity(Message):
    """A supervisor wants the identity of a closed case destroyed; `reference`: the order's or the list's number."""

    type: Literal["DestroyIdentity"] = "DestroyIdentity"
    case: Identifier
    ground: ErasureGround
    reference: Identifier


class SecondIdentityDestruction(Message):
    """The second person's word on a destruction that waits (`destruction`: its command's id)."""

    type: Literal["SecondIdentityDestruction"] = "SecondIdentityDestruction"
    case: Identifier
    destruction: Identifier


class SetLegalHold(Message):
    """Nothing of this case may be destroyed until the hold is lifted."""

    type: Literal["SetLegalHold"] = "SetLegalHold"
    case: Identifier
    reason: ReasonCode


class LiftLegalHold(Message):
    """The hold is lifted."""

    type: Literal["LiftLegalHold"] = "LiftLegalHold"
    case: Identifier
    reason: ReasonCode


class IdentityOpeningRequested(Message):
    """An opening waits for the second person until `expires_at_ms`. Nothing is opened by it."""

    type: Literal["IdentityOpeningRequested"] = "IdentityOpeningRequested"
    case: Identifier
    opening: Identifier
    by: Identifier
    parts: Parts
    reason: ReasonCode
    purpose: OpeningPurpose
    at_ms: UnixMilliseconds
    expires_at_ms: UnixMilliseconds


class IdentityOpened(Message):
    """The grant: `by` alone may read these parts until `until_ms`. It is recorded before anything is shown.

    `second`: who else gave their word; `clock`: of the review, for an opening by one officer alone.
    """

    type: Literal["IdentityOpened"] = "IdentityOpened"
    case: Identifier
    opening: Identifier
    basis: OpeningBasis
    by: Identifier
    second: Identifier | None = None
    department: Department | None = None
    parts: Parts
    reason: ReasonCode
    purpose: OpeningPurpose
    at_ms: UnixMilliseconds
    until_ms: UnixMilliseconds
    clock: Identifier | None = None


class BreakGlassReviewed(Message):
    """Another person has reviewed an opening by one officer alone."""

    type: Literal["BreakGlassReviewed"] = "BreakGlassReviewed"
    case: Identifier
    opening: Identifier
    by: Identifier
    opened_by: Identifier
    finding: Literal["JUSTIFIED", "NOT_JUSTIFIED"]
    at_ms: UnixMilliseconds


class IdentityDestructionRequested(Message):
    """A destruction waits for the second person until `expires_at_ms`."""

    type: Literal["IdentityDestructionRequested"] = "IdentityDestructionRequested"
    case: Identifier
    destruction: Identifier
    by: Identifier
    ground: ErasureGround
    reference: Identifier
    at_ms: UnixMilliseconds
    expires_at_ms: UnixMilliseconds


class IdentityDestroyed(Message):
    """Two people want everything sealed of this case so far destroyed; the custodian destroys the keys.

    A filing about several children is destroyed with the last of their cases.
    """

    type: Literal["IdentityDestroyed"] = "IdentityDestroyed"
    case: Identifier
    destruction: Identifier
    by: Identifier
    second: Identifier
    ground: ErasureGround
    reference: Identifier
    at_ms: UnixMilliseconds


class LegalHoldSet(Message):
    """Nothing of this case may be destroyed."""

    type: Literal["LegalHoldSet"] = "LegalHoldSet"
    case: Identifier
    by: Identifier
    reason: ReasonCode
    at_ms: UnixMilliseconds


class LegalHoldLifted(Message):
    """The hold is lifted."""

    type: Literal["LegalHoldLifted"] = "LegalHoldLifted"
    case: Identifier
    by: Identifier
    reason: ReasonCode
    at_ms: UnixMilliseconds


class VaultKept(Message):
    """A sealed part as the custodian keeps it: its key wrapped to the custodian's key `key_id` (an epoch's).

    `is_opened`: whether the custodian could test-open it when it took it over; if not, `wrapped` is still to the key
    to which the door sealed. The last value of a `sealed_id` counts; an empty one destroys it.
    """

    type: Literal["VaultKept"] = "VaultKept"
    sealed_id: Sha256
    report_id: Identifier
    space: Identifier
    county: CountyCode
    key_id: Identifier
    wrapped: Base64
    recovery_key_id: Identifier
    wrapped_for_recovery: Base64
    ciphertext: Base64
    is_opened: bool
    sealed_at_ms: UnixMilliseconds


class VaultHeartbeat(Message):
    """A record a minute in each partition of `vault` and `vault-in`: segments roll, and what is gone leaves the disk.

    Key: `heartbeat`. Times are the wall's.
    """

    type: Literal["VaultHeartbeat"] = "VaultHeartbeat"
    at_ms: UnixMilliseconds
