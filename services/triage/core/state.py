"""What triage knows: frozen, over persistent maps, so that an old state stays valid while a newer one is built.

The shell keeps a confirmed fold and decides on an overlay: both are values of `BookState`, sharing what is equal.
Only `evolve` makes a new state from an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

from immutables import Map
from shared.contracts.assessment import Assessment, Override, Rung, Source
from shared.contracts.crossings import CaseHanded
from shared.contracts.identity import ErasureGround, IdentityPart, OpeningPurpose
from shared.contracts.registry import Account, AreaFacts, Contact, Place, RotaShift
from shared.contracts.reports import InstitutionFacts, ReportFacts
from shared.contracts.separation import FilingSaid
from shared.contracts.vocabulary import (
    CaseState,
    CloseReason,
    Department,
    DisputeAbout,
    Disqualifier,
    EndReason,
    FeedbackStatus,
    Holder,
    KinCheck,
    LadderStep,
    Level,
    Measure,
    MeasureStatus,
    Organ,
    PlacementType,
    Relation,
    Wishes,
)

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.remembered import Remembered

TOKEN_DAYS = 90
"""Match tokens are known again for so long: a second report within 90 days raises the level (domain vocabulary)."""

State = TypeVar("State")


def changed(old: State, **changes: Any) -> State:  # noqa: ANN401 - one of many types
    """`old` with some fields changed. Quicker than dataclasses.replace, which runs __init__ for every field."""
    new = object.__new__(type(old))
    object.__setattr__(new, "__dict__", old.__dict__ | changes)
    return new


class Deadline(NamedTuple):
    """A pending deadline. `subject` is the clock's id, the rung's step or the place's id."""

    kind: DeadlineKind
    due_at_ms: int
    subject: str
    department: Department | None = None


@dataclass(frozen=True)
class Custody:
    """Who holds the child now. `by` is REPORT or the account of the officer who recorded it."""

    holder: Holder
    since_ms: int | None
    by: str
    place_id: str | None = None
    proved: bool = False
    """By REPORT: whether a key proved who filed it."""


class Step(NamedTuple):
    """One step of a ladder: all of its rungs (they may tell several departments), at the earliest one's time."""

    step: LadderStep
    at_ms: int
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Ladder:
    """A department's ladder. `step` is the last rung reached, `told` whether anybody could be told there.

    `stand_in`: no rung is staffed, and this department was told in the ladder's place.

    `recent`: the last alerts with their contacts, newest last. Without `acknowledged_by` and `dispatched` it climbs.
    """

    department: Department
    steps: tuple[Step, ...]
    """Lowest first."""
    step: LadderStep | None = None
    reached_at_ms: int | None = None
    repeat: int = 0
    told: bool = False
    stand_in: Department | None = None
    next_step: LadderStep | None = None
    next_repeat: int = 0
    next_deadline: str | None = None
    acknowledged_by: str | None = None
    acknowledged_deadline: str | None = None
    handover_deadline: str | None = None
    """By when the next officer must have taken it over, when whoever has it in hand goes off duty."""
    dispatched: bool = False
    recent: tuple[tuple[str, tuple[str, ...]], ...] = ()


class ClockState(NamedTuple):
    """A clock of the law: running until met or cancelled; `breaches` counts how often it ran out."""

    clock: str
    due_at_ms: int
    deadline: str | None
    source: Source
    period_ms: int | None = None
    """For a recurring clock: how long after it was met it is due again."""
    breaches: int = 0
    met: bool = False
    start_at_ms: int = 0


@dataclass(frozen=True)
class Duties:
    """What is owed to a child whose case is closed: the clocks that outlive it, each with its pending deadline."""

    clocks: Map[str, ClockState] = field(default_factory=Map)
    deadlines: Map[str, Deadline] = field(default_factory=Map)

    def having(self, clock: ClockState, deadline: Deadline) -> Duties:
        """With this clock, which waits for this deadline."""
        name = clock.deadline or ""
        return Duties(self.clocks.set(clock.clock, clock), self.deadlines.set(name, deadline))

    def without(self, clock: ClockState) -> Duties:
        """Without the clock of this name, and the deadline that it waits for."""
        known = self.clocks.get(clock.clock)
        if known is None:
            return self
        name = known.deadline or ""
        deadlines = self.deadlines.delete(name) if name in self.deadlines else self.deadlines
        return Duties(self.clocks.delete(clock.clock), deadlines)


class PendingAlert(NamedTuple):
    """An alert that notify has not settled."""

    department: Department
    ladder: Department
    step: LadderStep
    reason: str = ""


@dataclass(frozen=True)
class KinCandidate:
    """A relative who could take the child."""

    candidate_id: str
    relation: Relation
    willing: bool | None
    checked: bool | None
    disqualified: bool | None
    household_of_alleged: bool | None
    disqualifiers: tuple[Disqualifier, ...] = ()
    checks: tuple[KinCheck, ...] = ()
    adult: bool | None = None
    consent_by: Organ | None = None


@dataclass(frozen=True)
class Dispute:
    """Relatives dispute about the child (CC 31). Without candidates and relations every relative is in conflict."""

    about: DisputeAbout
    candidates: tuple[str, ...]
    relations: tuple[Relation, ...]
    by: str


@dataclass(frozen=True)
class MeasureState:
    """The one measure of a case: two never stand beside each other."""

    measure: Measure
    status: MeasureStatus
    organ: Organ | None
    ground: str | None
    source: Source
    place_reason: str | None = None
    decide_by_ms: int | None = None
    placement_order: tuple[PlacementType, ...] = ()
    ended: EndReason | None = None


@dataclass(frozen=True)
class Assessed:
    """The last assessment of the guardian by a named officer (MPL 93(2))."""

    by: str
    guardian_able: bool | None
    safe_to_return: bool | None
    at_ms: int


class WaitingOpening(NamedTuple):
    """An opening of an identity that waits for the second person."""

    by: str
    parts: tuple[IdentityPart, ...]
    reason: str
    purpose: OpeningPurpose
    expires_at_ms: int


class BrokenGlass(NamedTuple):
    """An opening by one officer alone that nobody has reviewed; `clock` is the review's."""

    by: str
    clock: str


class Destruction(NamedTuple):
    """A destruction of a closed case's identity that waits for the second person."""

    destruction: str
    by: str
    ground: ErasureGround
    reference: str
    expires_at_ms: int


LASTING: Final = frozenset({EndReason.LONG_TERM_94, EndReason.REVOKED_NEW_GUARDIAN, EndReason.ADOPTED})
"""Ends of a measure that leave the child with a guardian for good."""


class OfferOut(NamedTuple):
    """An offer of this case to another county. `accepted_as`: its number there, once the acceptance is recorded."""

    offer: str
    to_county: str
    at_ms: int
    accepted_as: str | None = None


class OfferStatus(StrEnum):
    """How far a case that another county offers has come."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    """Both counties are responsible until the other one has recorded it."""
    SETTLED = "SETTLED"
    VOID = "VOID"
    """Accepted here when the other county had taken the offer back already: officers say whose it is."""
    CLOSED_THERE = "CLOSED_THERE"
    """Likewise, and its case there is closed: this one is the only one."""


class OfferIn(NamedTuple):
    """A case that another county offers, or has handed over. `handed`: what it said last, until it is settled."""

    offer: str
    from_county: str
    from_case: str
    status: OfferStatus
    handed: CaseHanded | None


class Outbound(NamedTuple):
    """A message to another county that is not receipted yet. `deadline`: when it is repeated."""

    crossing: str
    to_county: str
    body: str
    offer: str
    deadline: str
    tries: int = 0


@dataclass(frozen=True)
class TakenUp:
    """A filing that joined, by itself: what is needed to take it apart again, its additions included."""

    child: int
    said: FilingSaid
    report_ids: tuple[str, ...]
    sealed_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    id_tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """An open case of one child. `facts.children` holds this child alone; `child` is its place in the report."""

    case: str
    county: str
    report_id: str
    receipt: str
    child: int
    facts: ReportFacts
    arrived_at_ms: int
    report_ids: tuple[str, ...]
    linked: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    id_tokens: tuple[str, ...] = ()
    """Those of `tokens` that come of an ID number."""
    filings: tuple[tuple[str, int], ...] = ()
    """Other filings about this child that joined: receipt, and when."""
    taken_up: Map[str, TakenUp] = field(default_factory=Map)
    """What each of those says by itself, by receipt; older records do not tell, nor does a case that was reopened."""
    own_tokens: tuple[str, ...] = ()
    """Those of `tokens` that no filing brought which joined."""
    own_facts: ReportFacts | None = None
    """What the case's own filing says with its additions; None: as `facts`, since nothing has joined."""
    apart: tuple[str, ...] = ()
    """Cases of which an officer has said that they are other children's, whatever the match tokens say."""
    override: Override | None = None
    """A named officer's level, and what had been weighed then."""
    state: CaseState | None = None
    level: Level | None = None
    assessment: Assessment | None = None
    undecidable: str | None = None
    custody: Custody | None = None
    ladders: Map[Department, Ladder] = field(default_factory=Map)
    clocks: Map[str, ClockState] = field(default_factory=Map)
    deadlines: Map[str, Deadline] = field(default_factory=Map)
    alerts: Map[str, PendingAlert] = field(default_factory=Map)
    stood_in_at_ms: Map[Department, int] = field(default_factory=Map)
    """When a department was last told in the place of ladders that nobody staffs."""
    kin: Map[str, KinCandidate] = field(default_factory=Map)
    measure: MeasureState | None = None
    hold: str | None = None
    places_refused: tuple[str, ...] = ()
    assessed: Assessed | None = None
    assessments: int = 0
    seen_at_ms: int | None = None
    died_by: str | None = None
    """The official who has recorded that the child died; nobody has seen it alive since."""
    gravest: Level | None = None
    """The gravest level that was ever in force."""
    wishes: Wishes = Wishes.UNKNOWN
    document_pending: bool = False
    document_number: str | None = None
    revocation_filed: bool = False
    dispute: Dispute | None = None
    lasting: EndReason | None = None
    """The child has a lasting guardian by the record: LONG_TERM_94, REVOKED_NEW_GUARDIAN or ADOPTED."""
    returned_at_ms: int | None = None
    """When the child was last returned to a guardian, by an officer's or signatory's record."""
    domicile: str | None = None
    """The county of registration that must be told, or has been."""
    openings: Map[str, WaitingOpening] = field(default_factory=Map)
    """Openings that wait for a second person, by the id of the command that asked."""
    unreviewed: Map[str, BrokenGlass] = field(default_factory=Map)
    """Openings by one officer alone that wait for their review; a case with one is not closed."""
    break_glass_count: int = 0
    sealed_ids: tuple[str, ...] = ()
    """The sealed parts of its filings, the first one's first."""
    transfer: OfferOut | None = None
    incoming: OfferIn | None = None
    elsewhere: tuple[tuple[str, str], ...] = ()
    """Counties and their cases of the same child, by a match token."""
    deadline_count: int = 0
    alert_count: int = 0

    @property
    def offered(self) -> bool:
        """Whether it is still another county's, and only offered to this one."""
        return self.incoming is not None and self.incoming.status is OfferStatus.OFFERED

    @property
    def area(self) -> str:
        """The area code where the child is now: the township's 9 digits when known, else the county's 6."""
        child = self.facts.children[0] if self.facts.children else None
        area = child.area_code if child else None
        return area if area and area.startswith(self.county) else self.county

    @property
    def measure_active(self) -> bool:
        """Whether a measure is proposed, assigned or in effect."""
        return self.measure is not None and self.measure.status in {
            MeasureStatus.PROPOSED,
            MeasureStatus.ASSIGNED,
            MeasureStatus.IN_EFFECT,
        }

    @property
    def measure_order(self) -> tuple[PlacementType, ...]:
        """The best-interest order of places: the measure's, or the assessment's while none is proposed.

        What newer facts forbid (an implicated kind of institution) is not in it any more.
        """
        newest = self.assessment.measure.placement_order if self.assessment else ()
        if self.measure is None or not self.measure_active:
            return newest
        order = self.measure.placement_order
        return tuple(kind for kind in order if kind in newest) if newest else order


@dataclass(frozen=True)
class Stub:
    """What is kept of a closed case: enough to know it again and to open it again (300 bytes at most)."""

    case: str
    report_id: str
    receipt: str
    child: int
    level: Level | None
    holder: Holder
    reason: CloseReason
    closed_at_ms: int
    deadline_count: int
    alert_count: int
    facts: str
    """The few facts for a first decision after reopening, as compact JSON (see `stubs.py`)."""


@dataclass(frozen=True)
class ReportSeen:
    """A report that was decided: its cases, the hash of its facts, the receipt, and what the reporter was told."""

    cases: tuple[str, ...]
    content: str | None
    receipt: str
    feedback: FeedbackStatus | None = None


@dataclass(frozen=True)
class JoinedFiling:
    """A filing that joined cases which another one had opened: who filed it, and which child of it each case is."""

    institution: InstitutionFacts
    children: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Proposal:
    """A policy that waits for the second person."""

    policy: str
    texts: Map[str, str]
    by: str
    kid: str
    approver: str
    expires_at_ms: int


@dataclass(frozen=True)
class SetBy:
    """Who set an account: the account that gave the command and the key that signed it."""

    account: str
    kid: str


@dataclass(frozen=True)
class County:
    """A county's cases and registry. `holds`: beds held or occupied, by place."""

    county: str
    cases: Map[str, Case] = field(default_factory=Map)
    stubs: Map[str, Stub] = field(default_factory=Map)
    duties: Map[str, Duties] = field(default_factory=Map)
    """What outlives a closed case, by case; most leave nothing."""
    tokens: Remembered[tuple[tuple[str, int], ...]] = field(default_factory=lambda: Remembered(days_kept=TOKEN_DAYS))
    contacts: Map[str, Contact] = field(default_factory=Map)
    contacts_of_role: Map[tuple[Department, str], tuple[str, ...]] = field(default_factory=Map)
    shifts: Map[str, RotaShift] = field(default_factory=Map)
    places: Map[str, Place] = field(default_factory=Map)
    accounts: Map[str, Account] = field(default_factory=Map)
    accounts_set_by: Map[str, SetBy] = field(default_factory=Map)
    """Who last set an account; an account of an older record has no entry."""
    shifts_set_by: Map[str, str] = field(default_factory=Map)
    """The account that last set a shift, by shift."""
    area: AreaFacts | None = None
    holds: Map[str, tuple[str, ...]] = field(default_factory=Map)
    legal_holds: Map[str, str] = field(default_factory=Map)
    """Cases, open or closed, of which nothing may be destroyed, and who set the hold."""
    destructions: Map[str, Destruction] = field(default_factory=Map)
    licences: Map[str, str] = field(default_factory=Map)
    """The deadline of a place's licence, by place."""
    outbox: Map[str, Outbound] = field(default_factory=Map)
    """Messages to other counties by name, until they are receipted."""
    to_match: tuple[tuple[str, str], ...] = ()
    """Tokens and their cases that go to the indexes within the minute."""
    index: Remembered[tuple[tuple[str, str], ...]] = field(default_factory=lambda: Remembered(days_kept=TOKEN_DAYS))
    """In an index: the counties and cases that have a token."""
    deadlines: Map[str, Deadline] = field(default_factory=Map)
    deadline_count: int = 0


@dataclass(frozen=True)
class BookState:
    """One book of a space.

    `cases` leads from every case, open or closed, to its county; `deadlines` from a pending deadline to its county
    and case (None: the county's own). Reports, receipts, commands and outcomes are remembered for 30 days, reports
    and receipts for as long as one of their cases is open.
    """

    space: str
    book: int
    policy_id: str = ""
    policy_texts: Map[str, str] = field(default_factory=Map)
    proposal: Proposal | None = None
    counties: Map[str, County] = field(default_factory=Map)
    cases: Map[str, str] = field(default_factory=Map)
    deadlines: Map[str, tuple[str, str | None]] = field(default_factory=Map)
    reports: Remembered[ReportSeen] = field(default_factory=Remembered)
    receipts: Remembered[tuple[str, ...]] = field(default_factory=Remembered)
    joined: Remembered[JoinedFiling] = field(default_factory=Remembered)
    """By receipt."""
    commands: Remembered[bool] = field(default_factory=Remembered)
    outcomes: Remembered[bool] = field(default_factory=Remembered)
    crossings: Remembered[bool] = field(default_factory=Remembered)
    offers: Remembered[str] = field(default_factory=Remembered)
    """Offers of other counties: the case that each became here, or nothing when it was withdrawn before it came."""

    def county(self, county: str) -> County:
        """The county's state; an empty one when nothing has happened there."""
        return self.counties.get(county) or County(county)

    def registry(self, county: str) -> County:
        """Likewise, where only its contacts, shifts, places and accounts are asked for: its cases may be behind."""
        return self.counties.get(county) or County(county)

    def case(self, case: str) -> Case | None:
        """An open case, or None when it is closed or unknown."""
        county = self.cases.get(case)
        return None if county is None else self.counties[county].cases.get(case)

    def stub(self, case: str) -> Stub | None:
        """What is kept of a closed case, or None."""
        county = self.cases.get(case)
        return None if county is None else self.counties[county].stubs.get(case)

    def duties(self, case: str) -> Duties | None:
        """What outlives a closed case, or None."""
        county = self.cases.get(case)
        return None if county is None else self.counties[county].duties.get(case)

    def having(self, **changes: Any) -> BookState:  # noqa: ANN401 - one of many types
        """The book with some fields changed; for `cases`, `counties` and what is remembered."""
        return changed(self, **changes)

    def with_county(self, county: County) -> BookState:
        """The book with this county."""
        return changed(self, counties=self.counties.set(county.county, county))

    def with_case(self, case: Case) -> BookState:
        """The book with this open case; whoever makes whole records keeps the index of deadlines in step."""
        county = self.county(case.county)
        return self.with_county(changed(county, cases=county.cases.set(case.case, case)))
