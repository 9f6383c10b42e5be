"""A report as it travels on `reports`: coded facts in clear, identity and free text sealed.

Shapes follow the mandatory-report fields (2020 nine-department opinion; MPL 11). Every fact may be unknown:
`None`, an absent field and the code UNKNOWN mean the same and never make a decision weaker.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    AreaCode,
    Base64,
    CountyCode,
    Identifier,
    Message,
    Sha256,
    TownshipCode,
    UnixMilliseconds,
)
from shared.contracts.vocabulary import (
    Concern,
    Durability,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Relation,
    Sex,
    Wishes,
)

CHILDREN_MAX = 20
GUARDIANS_MAX = 20
WARNINGS_MAX = 50


class InstitutionFacts(Message):
    """Who files. `authenticated` is true when an API key of the registry proved it."""

    id: Identifier | None = None
    type: InstitutionType = InstitutionType.PUBLIC
    area_code: TownshipCode | None = None
    authenticated: bool = False


class ChildFacts(Message):
    """One child, in codes. `area_code` is the township where the child is now."""

    sex: Sex | None = None
    age_years: Annotated[int, Field(ge=0, le=25)] | None = None
    age_months: Annotated[int, Field(ge=0, le=23)] | None = None
    area_code: TownshipCode | None = None
    domicile_area_code: AreaCode | None = None
    disability: bool | None = None
    left_behind: bool | None = None
    attends_school: bool | None = None
    wishes: Wishes = Wishes.UNKNOWN
    concerns: tuple[Concern, ...] = ()
    injury: Injury = Injury.UNKNOWN


class GuardianFacts(Message):
    """One guardian, in codes. `since_ms`: since when the status holds; times to the hour."""

    relation: Relation = Relation.UNKNOWN
    status: tuple[GuardianStatus, ...] = ()
    since_ms: UnixMilliseconds | None = None
    last_contact_at_ms: UnixMilliseconds | None = None
    lives_with_alleged: bool | None = None


class CarerFacts(Message):
    """The person who looks after the child in the guardians' place (MPL 22)."""

    relation: Relation = Relation.UNKNOWN
    status: tuple[GuardianStatus, ...] = ()
    written_entrustment: bool | None = None


class CustodyFacts(Message):
    """Who holds the child now."""

    holder: Holder = Holder.UNKNOWN
    since_ms: UnixMilliseconds | None = None


class SafetyFacts(Message):
    """The safety questions of the form; unknown is allowed and never lowers a level."""

    alone_now: bool | None = None
    needs_medical_care: bool | None = None
    treatment_awaits_consent: bool | None = None
    fit_for_discharge: bool | None = None
    alleged_person_has_access: bool | None = None
    afraid_to_go_home: bool | None = None
    missing_now: bool | None = None
    since_ms: UnixMilliseconds | None = None


class HistoryFacts(Message):
    """What the filer knows of earlier signals."""

    earlier_reports: bool | None = None
    earlier_admonition: bool | None = None
    recently_returned: bool | None = None


class AllegedFacts(Message):
    """The person said to have done harm; `office`: whether they hold a public office."""

    relation: Relation = Relation.UNKNOWN
    office: bool | None = None


class ImplicatedUnit(Message):
    """A unit that is itself part of the allegation and must not be told."""

    unit_type: InstitutionType | None = None
    unit_id: Identifier | None = None
    area_code: TownshipCode | None = None


class ActionsFacts(Message):
    """What the filer has done already."""

    police_called: bool | None = None
    hospital: bool | None = None
    parents_told: bool | None = None


class ReportFacts(Message):
    """Everything that triage decides on, in clear."""

    discovered_at_ms: UnixMilliseconds | None = None
    institution: InstitutionFacts = InstitutionFacts()
    children: Annotated[tuple[ChildFacts, ...], Field(max_length=CHILDREN_MAX)] = ()
    siblings_not_listed: Annotated[int, Field(ge=0, le=20)] | None = None
    guardians: Annotated[tuple[GuardianFacts, ...], Field(max_length=GUARDIANS_MAX)] = ()
    carer: CarerFacts | None = None
    custody_now: CustodyFacts = CustodyFacts()
    safety: SafetyFacts = SafetyFacts()
    history: HistoryFacts = HistoryFacts()
    alleged_person: AllegedFacts | None = None
    others_alleged: Annotated[tuple[AllegedFacts, ...], Field(max_length=8)] | None = None
    """Whom other filings about the same child alleged: nobody whom one of them named is told."""
    implicated: Annotated[tuple[ImplicatedUnit, ...], Field(max_length=20)] = ()
    actions_taken: ActionsFacts = ActionsFacts()


class SealedPart(Message):
    """Identity and free text under a fresh key (the key is in `vault-in`, wrapped)."""

    sealed_id: Sha256
    ciphertext: Base64


class ChildTokens(Message):
    """The match tokens of one child, each `<key id>:<keyed hash>`; empty when nothing to hash was filed.

    `by_id_number`: of the ID number. `by_name`: of normalised name, birth date and village; one for each village filed
    (where the child is, where it is registered). Every entry stands once for each key that is current.
    """

    by_id_number: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    by_name: Annotated[tuple[str, ...], Field(max_length=8)] = ()


class MatchTokens(Message):
    """What triage finds inside `ReportFiled.match_tokens`: one entry per child, in the order of `facts.children`."""

    children: Annotated[tuple[ChildTokens, ...], Field(max_length=CHILDREN_MAX)] = ()


class ReportFiled(Message):
    """A first filing, a supplement (same key, other content) or an addition (by receipt).

    Intake keeps no state, so the two ids say everything, after a restart and on any process:
    `receipt` names the filing (a keyed hash of filer and Idempotency-Key, and the county);
    `report_id` names its content (a keyed hash of filer, key and content; of receipt and content for an addition).
    Triage, in the order of the book: a `report_id` that it has seen is the same content again: nothing to do;
    else a `receipt` that it knows makes this a supplement to that receipt's cases (child i to child i, a child more is
    a case more, nothing turns a known fact back into unknown); else it opens cases, even when `adds_to` is set, for
    an addition may overtake its filing or come after the filing was forgotten. `adds_to` is the first report's id
    where intake happens to remember it, and is never needed; an addition may have no children.

    `match_tokens` is a `MatchTokens` sealed to triage: one entry per child, in the order of `facts.children`.
    `warnings` are `<field path>:<code>` and never hold what was filed.
    `durability` tells whether it waited in intake's spool.
    """

    type: Literal["ReportFiled"] = "ReportFiled"
    report_id: Identifier
    receipt: Identifier
    space: Identifier
    county: CountyCode
    filed_at_ms: UnixMilliseconds
    channel: Literal["API", "FORM", "PHONE"] = "API"
    adds_to: Identifier | None = None
    facts: ReportFacts
    warnings: Annotated[tuple[str, ...], Field(max_length=WARNINGS_MAX)] = ()
    sealed: SealedPart | None = None
    match_tokens: Base64 | None = None
    durability: Durability = Durability.BROKER


class VaultEntry(Message):
    """The wrapped key of a sealed part: to the custodian and to the offline recovery key.

    `ciphertext` is a copy, so that the custodian can test-open at once.
    """

    type: Literal["VaultEntry"] = "VaultEntry"
    sealed_id: Sha256
    report_id: Identifier
    space: Identifier
    county: CountyCode
    custodian_key_id: Identifier
    recovery_key_id: Identifier
    wrapped_for_custodian: Base64
    wrapped_for_recovery: Base64
    ciphertext: Base64
    sealed_at_ms: UnixMilliseconds


class InstitutionRegistered(Message):
    """An institution that may file with an API key; `api_key_sha256` is the key's hash. Compacted by id."""

    type: Literal["InstitutionRegistered"] = "InstitutionRegistered"
    id: Identifier
    institution_type: InstitutionType
    area_code: TownshipCode
    callback_number: Annotated[str, Field(max_length=40)] | None = None
    api_key_sha256: Sha256
    active: bool = True
