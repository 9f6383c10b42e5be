"""Events: what triage decided, in the past tense. A record of the case-log carries the events of one decision.

`evolve` folds them and never looks at policy. A type is never renamed; a change that old readers cannot bear gets a
new type and an upcaster.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from shared.contracts.alerts import AlertRequested, AlertWithdrawn, AnswerCode, FeedbackDue, OutcomeRecorded
from shared.contracts.assessment import Assessment, Rung, Source
from shared.contracts.base import CountyCode, Identifier, Message, ReasonCode, Sha256, UnixMilliseconds
from shared.contracts.commands import (
    Actor,
    CandidateIds,
    Disqualifiers,
    DutyEnd,
    KinChecks,
    Limb94,
    Relations,
)
from shared.contracts.crossings import (
    ChildMetElsewhere,
    CrossingReceived,
    CrossingRepeated,
    CrossingSent,
    CrossingSettled,
    MatchAsked,
    MatchSent,
    TokensIndexed,
    TransferAccepted,
    TransferAnswered,
    TransferOffered,
    TransferReceived,
    TransferRefused,
    TransferSettled,
    TransferWithdrawn,
)
from shared.contracts.identity import (
    BreakGlassReviewed,
    IdentityDestroyed,
    IdentityDestructionRequested,
    IdentityOpened,
    IdentityOpeningRequested,
    LegalHoldLifted,
    LegalHoldSet,
)
from shared.contracts.registry import Account, AreaFacts, Contact, Place, RotaShift
from shared.contracts.reports import InstitutionFacts, ReportFacts
from shared.contracts.separation import FilingSaid, ReportSeparated
from shared.contracts.vocabulary import (
    CallOutcome,
    CallParty,
    CaseState,
    ClockType,
    CloseReason,
    Department,
    DisputeAbout,
    EndReason,
    GuardianType,
    Holder,
    LadderStep,
    Level,
    Measure,
    MeasureStatus,
    Organ,
    PlacementType,
    Relation,
    RevocationGround,
    RevocationItem,
    Wishes,
)

PLACES_RANKED_MAX = 12
GUARDIANS_RANKED_MAX = 12
CLOSED_CASES_NAMED_MAX = 100
OPEN_CLOCKS_MAX = 50


class CaseOpened(Message):
    """One child's case. `facts.children` holds this child alone; `child` is its place in the report (from 0).

    `linked`: the cases of the same report and of equal match tokens; `tokens`: second keyed hashes of the match
    tokens; `content`: the hash of the report's facts, by which a repetition is told from a supplement.
    """

    type: Literal["CaseOpened"] = "CaseOpened"
    case: Identifier
    county: CountyCode
    report_id: Identifier
    receipt: Identifier
    child: Annotated[int, Field(ge=0, le=100)]
    facts: ReportFacts
    filed_at_ms: UnixMilliseconds
    arrived_at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None
    linked: tuple[Identifier, ...] = ()
    tokens: tuple[Sha256, ...] = ()
    content: Sha256 | None = None
    id_tokens: tuple[Sha256, ...] | None = None
    """Those of `tokens` that come of the child's ID number."""
    offered_by: CountyCode | None = None
    """The county that offers the case (`TransferReceived`): it was filed there, and counts there."""


class MatchedBy(StrEnum):
    """What showed that another filing is about the same child."""

    ID_NUMBER = "ID_NUMBER"
    NAME = "NAME"
    """Name, date of birth and village."""


class ReportJoined(Message):
    """More facts of a case. `facts` are the case's facts after merging: known facts never become unknown again.

    A supplement or addition to a filing of the case; or (`matched_by`) another filing about the same child: then
    `child` is the child's place in that filing and `institution` who filed it. `linked`: cases that are linked by it.
    """

    type: Literal["ReportJoined"] = "ReportJoined"
    case: Identifier
    report_id: Identifier
    receipt: Identifier | None = None
    facts: ReportFacts
    sealed_id: Sha256 | None = None
    tokens: tuple[Sha256, ...] = ()
    content: Sha256 | None = None
    id_tokens: tuple[Sha256, ...] | None = None
    matched_by: MatchedBy | None = None
    child: Annotated[int, Field(ge=0, le=100)] | None = None
    institution: InstitutionFacts | None = None
    linked: tuple[Identifier, ...] | None = None
    said: FilingSaid | None = None
    """Of a filing that joined, and of additions to it: what it says by itself, so that it can be taken apart again."""


class ReportRepeated(Message):
    """The same filing was delivered again (same id, same content): nothing to do."""

    type: Literal["ReportRepeated"] = "ReportRepeated"
    report_id: Identifier


class CaseAssessed(Message):
    """The law applied to the case's facts."""

    type: Literal["CaseAssessed"] = "CaseAssessed"
    case: Identifier
    assessment: Assessment


class AssessmentDeferred(Message):
    """A report with many children: this one is assessed at once, in a record of its own (`deadline`)."""

    type: Literal["AssessmentDeferred"] = "AssessmentDeferred"
    case: Identifier
    deadline: Identifier
    due_at_ms: UnixMilliseconds


class LevelSet(Message):
    """The level in force: from the assessment, or an officer's override (whichever is higher once new facts come)."""

    type: Literal["LevelSet"] = "LevelSet"
    case: Identifier
    level: Level
    before: Level | None = None
    by: Identifier
    reason: Identifier
    override: Literal[True] | None = None
    """Set by a named officer against what was assessed: it stands until newly true facts demand more."""


class CaseUndecidable(Message):
    """The input could not be decided: highest level, for a human; the bytes are in the dead letter."""

    type: Literal["CaseUndecidable"] = "CaseUndecidable"
    case: Identifier
    county: CountyCode
    report_id: Identifier
    receipt: Identifier | None = None
    error: Identifier
    topic: Identifier
    offset: Annotated[int, Field(ge=0)] | None = None
    content: Sha256 | None = None
    arrived_at_ms: UnixMilliseconds


class InputUndecidable(Message):
    """A command or outcome that could not be read or decided; told to the operator."""

    type: Literal["InputUndecidable"] = "InputUndecidable"
    topic: Identifier
    offset: Annotated[int, Field(ge=0)] | None = None
    error: Identifier


class ClockStarted(Message):
    """A clock of the law. `deadline` is the id among the record's `opened`.

    `tell_at_ms`: when its breach is told, where that is later than its end (nobody is woken); `deadline` is due then.
    """

    type: Literal["ClockStarted"] = "ClockStarted"
    case: Identifier
    clock: Identifier
    clock_type: ClockType
    deadline: Identifier
    start_at_ms: UnixMilliseconds
    due_at_ms: UnixMilliseconds
    source: Source
    tell_at_ms: UnixMilliseconds | None = None


class ClockMet(Message):
    """What the clock waited for happened (at `at_ms`, by arrival)."""

    type: Literal["ClockMet"] = "ClockMet"
    case: Identifier
    clock: Identifier
    at_ms: UnixMilliseconds


class ClockBreached(Message):
    """The clock ran out. `lateness_ms` is how long after the due time it was decided.

    It is repeated until it is met: `repeat` counts from 0, `deadline` fires again at `next_due_at_ms`.
    """

    type: Literal["ClockBreached"] = "ClockBreached"
    case: Identifier
    clock: Identifier
    due_at_ms: UnixMilliseconds
    lateness_ms: Annotated[int, Field(ge=0)]
    repeat: Annotated[int, Field(ge=0)] = 0
    deadline: Identifier | None = None
    next_due_at_ms: UnixMilliseconds | None = None


class ClockCancelled(Message):
    """The clock is not needed any more."""

    type: Literal["ClockCancelled"] = "ClockCancelled"
    case: Identifier
    clock: Identifier
    reason: Identifier


class LadderStarted(Message):
    """A department's ladder begins, or begins anew. `rungs` only where the case's assessment has none for it."""

    type: Literal["LadderStarted"] = "LadderStarted"
    case: Identifier
    department: Department
    source: Source
    rungs: tuple[Rung, ...] = ()
    reason: Identifier = "ASSESSED"


class RungScheduled(Message):
    """The next rung of a department's ladder, with the deadline that fires it."""

    type: Literal["RungScheduled"] = "RungScheduled"
    case: Identifier
    department: Department
    step: LadderStep
    repeat: Annotated[int, Field(ge=0)] = 0
    deadline: Identifier
    due_at_ms: UnixMilliseconds


class RungReached(Message):
    """A rung was reached: told (`contacts`), or skipped as unstaffed.

    `stand_in`: no rung of the ladder is staffed, so this department is told in its place; `contacts_of` is the county
    of its contacts when it is not the case's (the desk of 000000). `contacts` is empty where it had been told already.
    """

    type: Literal["RungReached"] = "RungReached"
    case: Identifier
    department: Department
    step: LadderStep
    repeat: Annotated[int, Field(ge=0)] = 0
    contacts: tuple[Identifier, ...] = ()
    staffed: bool
    lateness_ms: Annotated[int, Field(ge=0)] = 0
    reason: Identifier = "DUE"
    stand_in: Department | None = None
    contacts_of: CountyCode | None = None


class DepartmentAcknowledged(Message):
    """A department took over; `expires_at_ms` unless it dispatches (`deadline`). `reference`: its own number."""

    type: Literal["DepartmentAcknowledged"] = "DepartmentAcknowledged"
    case: Identifier
    department: Department
    by: Identifier
    at_ms: UnixMilliseconds
    expires_at_ms: UnixMilliseconds
    deadline: Identifier
    reference: Identifier | None = None


class AcknowledgementExpired(Message):
    """Acknowledged, and nothing came of it: the ladder goes on."""

    type: Literal["AcknowledgementExpired"] = "AcknowledgementExpired"
    case: Identifier
    department: Department
    reason: Identifier = "NO_DISPATCH"


class HandoverDue(Message):
    """Whoever has the case in hand goes off duty: the next officer takes it over by `due_at_ms`, or it lapses."""

    type: Literal["HandoverDue"] = "HandoverDue"
    case: Identifier
    department: Department
    by: Identifier
    due_at_ms: UnixMilliseconds
    deadline: Identifier


class HandoverRested(Message):
    """A shift ended, and what its officer has in hand can wait for the next one: somebody was sent, the child seen."""

    type: Literal["HandoverRested"] = "HandoverRested"
    case: Identifier
    department: Department


class TakenOver(Message):
    """Another officer has in hand what `before` had; what was acknowledged or sent stands as it did."""

    type: Literal["TakenOver"] = "TakenOver"
    case: Identifier
    department: Department
    by: Identifier
    before: Identifier
    at_ms: UnixMilliseconds


class DepartmentDispatched(Message):
    """Somebody of the department is on the way."""

    type: Literal["DepartmentDispatched"] = "DepartmentDispatched"
    case: Identifier
    department: Department
    by: Identifier
    at_ms: UnixMilliseconds


class DepartmentDeclined(Message):
    """The department declined with a reason; the next rung is told."""

    type: Literal["DepartmentDeclined"] = "DepartmentDeclined"
    case: Identifier
    department: Department
    by: Identifier
    reason: Identifier


class DepartmentReported(Message):
    """The department reported an outcome."""

    type: Literal["DepartmentReported"] = "DepartmentReported"
    case: Identifier
    department: Department
    by: Identifier
    outcome: Identifier
    reference: Identifier | None = None


class AnswerRecorded(Message):
    """An answer by signed link was recorded (what follows from it stands beside it)."""

    type: Literal["AnswerRecorded"] = "AnswerRecorded"
    case: Identifier
    alert_id: Identifier
    department: Department
    answer: AnswerCode
    outcome_id: Identifier


class CustodySet(Message):
    """Who holds the child now; always set."""

    type: Literal["CustodySet"] = "CustodySet"
    case: Identifier
    holder: Holder
    since_ms: UnixMilliseconds | None = None
    handed_over_by: Holder = Holder.UNKNOWN
    place_id: Identifier | None = None
    by: Identifier
    proved: Annotated[bool | None, Field(description="By REPORT: whether a key proved who filed it.")] = None


class ChildSeen(Message):
    """A named official saw the child in person."""

    type: Literal["ChildSeen"] = "ChildSeen"
    case: Identifier
    by: Identifier
    seen_at_ms: UnixMilliseconds
    recorded_at_ms: UnixMilliseconds
    alone: bool | None = None
    wishes: Wishes = Wishes.UNKNOWN
    dead: bool | None = None


class KinCandidateAdded(Message):
    """A relative who could take the child."""

    type: Literal["KinCandidateAdded"] = "KinCandidateAdded"
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


class GuardianRanked(Message):
    """One person in the order of CC 27: `rank` 0 parents, 1 grandparents, 2 elder siblings, 3 others.

    `candidate_id` names a kin candidate, or a guardian of the report by its place there (`guardian-0`).
    `why` is a code: fit, or why not; `missing` what is still to be checked; `citation` the item of the law.
    """

    candidate_id: Identifier
    relation: Relation
    rank: Annotated[int, Field(ge=0, le=3)]
    fit: bool
    why: Identifier
    disqualifiers: Disqualifiers = ()
    missing: KinChecks = ()
    citation: Annotated[str, Field(max_length=200)]


class GuardiansRanked(Message):
    """Who could be the child's guardian, in the order of CC 27, whenever that order may have changed."""

    type: Literal["GuardiansRanked"] = "GuardiansRanked"
    case: Identifier
    ranking: Annotated[tuple[GuardianRanked, ...], Field(max_length=GUARDIANS_RANKED_MAX)]
    ranked_count: Annotated[int, Field(ge=0)] = 0


class DisputeRecorded(Message):
    """Relatives dispute about the child's money, guardianship or care (CC 31), or do so no more (`resolved`)."""

    type: Literal["DisputeRecorded"] = "DisputeRecorded"
    case: Identifier
    about: DisputeAbout
    candidates: CandidateIds = ()
    relations: Relations = ()
    resolved: bool = False
    by: Identifier
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None


class DomicileNoticeDue(Message):
    """The child is registered in another county, whose civil affairs must learn of the case, without an identity.

    `contacts`: its offices in this county's registry, which are alerted at once; where there are none an officer
    tells it. The clock DOMICILE_NOTICE runs until one or the other is done.
    """

    type: Literal["DomicileNoticeDue"] = "DomicileNoticeDue"
    case: Identifier
    domicile_county: CountyCode
    contacts: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()


class DomicileTold(Message):
    """Civil affairs of the place of registration knows: it answered the alert, or an officer told it."""

    type: Literal["DomicileTold"] = "DomicileTold"
    case: Identifier
    domicile_county: CountyCode
    by: Identifier
    at_ms: UnixMilliseconds
    reference: Identifier | None = None


class AssessmentRecorded(Message):
    """A named officer's assessment."""

    type: Literal["AssessmentRecorded"] = "AssessmentRecorded"
    case: Identifier
    by: Identifier
    subject: Identifier
    guardian_able: bool | None = None
    safe_to_return: bool | None = None
    sealed_id: Sha256 | None = None
    at_ms: UnixMilliseconds


class PlaceRanked(Message):
    """A place that was weighed: fit or not, and why."""

    place_id: Identifier
    type: PlacementType
    fit: bool
    why: Identifier


class MeasureProposed(Message):
    """A measure with organ, ground, place (or the reason why none) and ranking."""

    type: Literal["MeasureProposed"] = "MeasureProposed"
    case: Identifier
    measure: Measure
    status: MeasureStatus
    organ: Organ | None = None
    ground: Identifier | None = None
    source: Source
    place_id: Identifier | None = None
    place_reason: Identifier | None = None
    ranking: Annotated[tuple[PlaceRanked, ...], Field(max_length=PLACES_RANKED_MAX)] = ()
    ranked_count: int = 0
    placement_order: tuple[PlacementType, ...] = ()
    decide_by_ms: UnixMilliseconds | None = None


class PlaceHeld(Message):
    """One bed of a place is held for the child, inside the same decision as the proposal."""

    type: Literal["PlaceHeld"] = "PlaceHeld"
    case: Identifier
    place_id: Identifier


class PlaceReleased(Message):
    """The bed is free again (and offered to the next at once)."""

    type: Literal["PlaceReleased"] = "PlaceReleased"
    case: Identifier
    place_id: Identifier
    reason: Identifier


class PlacesRanked(Message):
    """Places were weighed again for a case that waits for one (a bed became free, custody changed)."""

    type: Literal["PlacesRanked"] = "PlacesRanked"
    case: Identifier
    place_id: Identifier | None = None
    place_reason: Identifier | None = None
    ranking: Annotated[tuple[PlaceRanked, ...], Field(max_length=PLACES_RANKED_MAX)] = ()
    ranked_count: int = 0


class OffersDeferred(Message):
    """More children wait for the beds that became free than one record can place; it goes on at once (`deadline`)."""

    type: Literal["OffersDeferred"] = "OffersDeferred"
    county: CountyCode
    deadline: Identifier
    due_at_ms: UnixMilliseconds


class OffersResumed(Message):
    """The offering of free beds goes on."""

    type: Literal["OffersResumed"] = "OffersResumed"
    county: CountyCode


class BedsOfClosedCasesLost(Message):
    """A place closes or shrinks under children whose cases are closed: the duty officer is told once for the place.

    No case is opened again by itself; `cases` are numbers alone, at most CLOSED_CASES_NAMED_MAX of `count`.
    """

    type: Literal["BedsOfClosedCasesLost"] = "BedsOfClosedCasesLost"
    county: CountyCode
    place_id: Identifier
    reason: Identifier
    cases: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=CLOSED_CASES_NAMED_MAX)]
    count: Annotated[int, Field(ge=1)]
    told: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()


class PlaceLicenceExpired(Message):
    """A place's licence ran out: its beds are released and the children offered another place at once."""

    type: Literal["PlaceLicenceExpired"] = "PlaceLicenceExpired"
    county: CountyCode
    place_id: Identifier
    lateness_ms: Annotated[int, Field(ge=0)]


class MeasureSuperseded(Message):
    """New facts call for a stronger measure; the weaker one makes room (two never stand beside each other)."""

    type: Literal["MeasureSuperseded"] = "MeasureSuperseded"
    case: Identifier
    measure: Measure
    by_measure: Measure


class MeasureSigned(Message):
    """A signatory made the measure effective."""

    type: Literal["MeasureSigned"] = "MeasureSigned"
    case: Identifier
    measure: Measure
    status: MeasureStatus
    by: Identifier
    at_ms: UnixMilliseconds
    wishes: Wishes
    wishes_reason: Identifier | None = None
    document_number: Identifier | None = None


class MeasureRefused(Message):
    """A signatory refused the proposal."""

    type: Literal["MeasureRefused"] = "MeasureRefused"
    case: Identifier
    by: Identifier
    reason: ReasonCode
    place_id: Identifier | None = None


class DocumentFiled(Message):
    """The pending document number was filed."""

    type: Literal["DocumentFiled"] = "DocumentFiled"
    case: Identifier
    by: Identifier
    document_number: Identifier


class MeasureEnded(Message):
    """Care or temporary guardianship ended. For a return `assessed_by` is who assessed it, `by` who decided it."""

    type: Literal["MeasureEnded"] = "MeasureEnded"
    case: Identifier
    measure: Measure
    reason: EndReason
    by: Identifier
    guardian_type: GuardianType | None = None
    limb_94: Limb94 | None = None
    assessed_by: Identifier | None = None
    document_number: Identifier | None = None


class GuardianshipExtended(Message):
    """A signatory extended a temporary guardianship until `until_ms`, with a reason."""

    type: Literal["GuardianshipExtended"] = "GuardianshipExtended"
    case: Identifier
    by: Identifier
    reason: ReasonCode
    until_ms: UnixMilliseconds
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None


class RevocationFiled(Message):
    """An application for revocation was filed with the court."""

    type: Literal["RevocationFiled"] = "RevocationFiled"
    case: Identifier
    ground: RevocationGround
    applicant: Department
    by: Identifier
    item: RevocationItem | None = None


class RevocationRested(Message):
    """Revocation was examined and is not applied for now, with a reason; the reminder comes again at `until_ms`."""

    type: Literal["RevocationRested"] = "RevocationRested"
    case: Identifier
    by: Identifier
    reason: ReasonCode
    until_ms: UnixMilliseconds
    at_ms: UnixMilliseconds
    sealed_id: Sha256 | None = None


class ProtectionOrderRecorded(Message):
    """A protection order was applied for, granted or refused; its clocks start with it (DVL 28, 30)."""

    type: Literal["ProtectionOrderRecorded"] = "ProtectionOrderRecorded"
    case: Identifier
    stage: Literal["APPLIED", "GRANTED", "REFUSED"]
    urgent: bool = False
    ends_at_ms: UnixMilliseconds | None = None
    by: Identifier
    at_ms: UnixMilliseconds


class SuggestionRecorded(Message):
    """A written suggestion was sent to a unit, or answered; the month for the reply runs from it (MPL 114)."""

    type: Literal["SuggestionRecorded"] = "SuggestionRecorded"
    case: Identifier
    unit: Department
    issued_by: Department
    stage: Literal["ISSUED", "ANSWERED"]
    by: Identifier
    at_ms: UnixMilliseconds


class CallRecorded(Message):
    """Somebody was called about the case, and what came of it; no clock is met by it."""

    type: Literal["CallRecorded"] = "CallRecorded"
    case: Identifier
    by: Identifier
    party: CallParty
    outcome: CallOutcome
    called_at_ms: UnixMilliseconds
    at_ms: UnixMilliseconds
    unit: Department | None = None
    relation: Relation | None = None


class StateChanged(Message):
    """The derived state of the case, for readers."""

    type: Literal["StateChanged"] = "StateChanged"
    case: Identifier
    state: CaseState
    before: CaseState | None = None


class CaseClosed(Message):
    """Closed with a safe custody and a reason. `open_clocks`: duties that outlive the case, and stay due."""

    type: Literal["CaseClosed"] = "CaseClosed"
    case: Identifier
    reason: CloseReason
    by: Identifier
    at_ms: UnixMilliseconds
    duplicate_of: Identifier | None = None
    open_clocks: Annotated[tuple[Identifier, ...], Field(max_length=OPEN_CLOCKS_MAX)] | None = None


class CaseReopened(Message):
    """Open again."""

    type: Literal["CaseReopened"] = "CaseReopened"
    case: Identifier
    reason: ReasonCode
    by: Identifier
    at_ms: UnixMilliseconds


class DutyRecorded(Message):
    """What outlived a closed case was done, handed over `to` a department, or has ended.

    `deadline`: one that recurs is due again then.
    """

    type: Literal["DutyRecorded"] = "DutyRecorded"
    case: Identifier
    clock: Identifier
    how: DutyEnd
    by: Identifier
    at_ms: UnixMilliseconds
    reason: ReasonCode | None = None
    to: Department | None = None
    sealed_id: Sha256 | None = None
    deadline: Identifier | None = None
    next_due_at_ms: UnixMilliseconds | None = None


class CommandAccepted(Message):
    """The command took effect; what followed stands beside it. `sealed_id`: of the actor's sealed note."""

    type: Literal["CommandAccepted"] = "CommandAccepted"
    command_id: Identifier
    command: Identifier
    actor: Actor
    case: Identifier | None = None
    sealed_id: Sha256 | None = None


class CommandRefused(Message):
    """The command was refused; `reason` is a code, `detail` says it in words for the actor. `sealed_id`: a note's."""

    type: Literal["CommandRefused"] = "CommandRefused"
    command_id: Identifier
    command: Identifier
    actor: Actor | None = None
    case: Identifier | None = None
    reason: Identifier
    detail: Annotated[str, Field(max_length=300)] = ""
    sealed_id: Sha256 | None = None


class ContactSet(Message):
    """An office contact."""

    type: Literal["ContactSet"] = "ContactSet"
    contact: Contact


class ShiftSet(Message):
    """A shift. `by`: who set it (absent in older records)."""

    type: Literal["ShiftSet"] = "ShiftSet"
    shift: RotaShift
    by: Identifier | None = None


class PlaceSet(Message):
    """A place. `deadline` fires when its licence ends."""

    type: Literal["PlaceSet"] = "PlaceSet"
    place: Place
    deadline: Identifier | None = None


class AccountSet(Message):
    """An account. `by` and `kid`: who set it, with which key (absent in older records)."""

    type: Literal["AccountSet"] = "AccountSet"
    account: Account
    by: Identifier | None = None
    kid: Identifier | None = None


class AreaSet(Message):
    """The county's configuration."""

    type: Literal["AreaSet"] = "AreaSet"
    area: AreaFacts


class PolicyProposed(Message):
    """A policy that one person wants in force, with its text; `approver` is the second person, until `expires_at_ms`.

    `kid`: the key that signed the command. A later proposal takes its place.
    """

    type: Literal["PolicyProposed"] = "PolicyProposed"
    policy: Identifier
    texts: dict[str, str]
    by: Identifier
    approver: Identifier
    kid: Identifier
    at_ms: UnixMilliseconds
    expires_at_ms: UnixMilliseconds


class PolicyActivated(Message):
    """The policy in force in this book from here on, with its text: proposed `by` one person, approved by another.

    `kid` and `approved_kid` are the keys that signed the two commands.
    """

    type: Literal["PolicyActivated"] = "PolicyActivated"
    policy: Identifier
    texts: dict[str, str]
    by: Identifier
    approved_by: Identifier
    kid: Identifier | None = None
    approved_kid: Identifier | None = None


class WriterKeyRotated(Message):
    """A new writer's key is anchored in the book; the record carries it as `keys`."""

    type: Literal["WriterKeyRotated"] = "WriterKeyRotated"
    kid: Identifier
    public_key: Sha256
    retire: tuple[Identifier, ...] = ()
    by: Identifier


Event = Annotated[
    CaseOpened
    | ReportJoined
    | ReportRepeated
    | ReportSeparated
    | CaseAssessed
    | AssessmentDeferred
    | LevelSet
    | CaseUndecidable
    | InputUndecidable
    | ClockStarted
    | ClockMet
    | ClockBreached
    | ClockCancelled
    | LadderStarted
    | RungScheduled
    | RungReached
    | AlertRequested
    | AlertWithdrawn
    | OutcomeRecorded
    | FeedbackDue
    | DepartmentAcknowledged
    | AcknowledgementExpired
    | HandoverDue
    | HandoverRested
    | TakenOver
    | DepartmentDispatched
    | DepartmentDeclined
    | DepartmentReported
    | AnswerRecorded
    | CustodySet
    | ChildSeen
    | KinCandidateAdded
    | GuardiansRanked
    | DisputeRecorded
    | DomicileNoticeDue
    | DomicileTold
    | AssessmentRecorded
    | MeasureProposed
    | PlaceHeld
    | PlaceReleased
    | PlacesRanked
    | OffersDeferred
    | OffersResumed
    | BedsOfClosedCasesLost
    | PlaceLicenceExpired
    | MeasureSuperseded
    | MeasureSigned
    | MeasureRefused
    | DocumentFiled
    | MeasureEnded
    | GuardianshipExtended
    | RevocationFiled
    | RevocationRested
    | ProtectionOrderRecorded
    | SuggestionRecorded
    | CallRecorded
    | StateChanged
    | CaseClosed
    | CaseReopened
    | DutyRecorded
    | CommandAccepted
    | CommandRefused
    | ContactSet
    | ShiftSet
    | PlaceSet
    | AccountSet
    | AreaSet
    | PolicyProposed
    | PolicyActivated
    | WriterKeyRotated
    | IdentityOpeningRequested
    | IdentityOpened
    | BreakGlassReviewed
    | IdentityDestructionRequested
    | IdentityDestroyed
    | LegalHoldSet
    | LegalHoldLifted
    | CrossingSent
    | CrossingRepeated
    | CrossingReceived
    | CrossingSettled
    | TransferOffered
    | TransferReceived
    | TransferAccepted
    | TransferRefused
    | TransferAnswered
    | TransferWithdrawn
    | TransferSettled
    | MatchAsked
    | MatchSent
    | TokensIndexed
    | ChildMetElsewhere,
    Field(discriminator="type"),
]

EVENT_ADAPTER: TypeAdapter[Any] = TypeAdapter(Event)


EVENTS_ADAPTER: TypeAdapter[tuple[Any, ...]] = TypeAdapter(tuple[Event, ...])


def read_events(raw: bytes) -> tuple[Any, ...]:
    """The events of a record from their JSON list, three times as fast as one by one. Raises ValidationError."""
    return EVENTS_ADAPTER.validate_json(raw)


def read_event(raw: dict[str, Any]) -> Any:  # noqa: ANN401 - one of the Event types
    """An event from its JSON object. Raises pydantic.ValidationError for an unknown or malformed one."""
    return EVENT_ADAPTER.validate_python(raw)
