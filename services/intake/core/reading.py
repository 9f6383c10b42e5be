"""Lenient reading of a filing: from JSON as somebody sent it to the facts that triage decides on.

Only an empty filing is refused (2020 nine-department opinion and MPL 11: a report must reach somebody).
Unknown never makes a decision weaker, so everything that is not understood becomes unknown, with a notice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.contracts.ids import county_of, township_of
from shared.contracts.reports import (
    CHILDREN_MAX,
    GUARDIANS_MAX,
    ActionsFacts,
    AllegedFacts,
    CarerFacts,
    ChildFacts,
    CustodyFacts,
    GuardianFacts,
    HistoryFacts,
    ImplicatedUnit,
    InstitutionFacts,
    ReportFacts,
    SafetyFacts,
)
from shared.contracts.vocabulary import (
    Concern,
    GuardianStatus,
    Holder,
    Injury,
    InstitutionType,
    Relation,
    Sex,
    Wishes,
)

from services.intake.core.fields import Fields, age_on, birth_of_id_number, day_of
from services.intake.core.notices import Notice, NoticeCode, Notices
from services.intake.core.parsing import Parsed

IMPLICATED_MAX = 20
SIBLINGS_MAX = 20
AGE_YEARS_MAX = 25
MONTHS_COUNTED_BELOW_YEARS = 2
_PUBLIC_ID = re.compile(r"[0-9]{6}-[a-z][a-z_]{1,30}-[0-9]{1,6}")
"""How institution ids are built (`520327-school-017`). A claimed id of another form could be a name or a number."""


@dataclass(frozen=True, slots=True)
class ChildIdentity:
    """What identifies one child, for match tokens only: ID number, name, ISO birth date, 12-digit village codes."""

    id_number: str | None = None
    name: str | None = None
    birth_date: str | None = None
    villages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A filing understood. `county` None: no place is known. `empty`: no concern of a child and no narrative.

    `says_nothing`: not even an addition. `identities` are in the order of `facts.children`.
    `undefined`: names of fields that the format does not define, by path; only for who holds the filing itself.
    """

    facts: ReportFacts
    county: str | None
    identities: tuple[ChildIdentity, ...]
    notices: tuple[Notice, ...]
    empty: bool
    says_nothing: bool
    by_phone: bool = False
    undefined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_filing(
    parsed: Parsed,
    *,
    now_ms: int,
    institution: InstitutionFacts | None = None,
    served: frozenset[str] | None = None,
) -> Reading:
    """Read a filing at `now_ms` (Unix ms). `institution`: who was proved by an API key; it replaces the claim.

    `served`: the counties that somebody stands by for, where they are known; a filing is never given to another.
    """
    notices = Notices()
    if parsed.repeated:
        notices.add("report", NoticeCode.REPEATED_FIELDS)
    report = Fields(parsed.tree, "", notices, now_ms)
    institution = _institution(report, institution)
    children, identities, siblings = _children(report, now_ms)
    narrative = report.text("narrative") is not None
    concerned = any(child.concerns for child in children)
    facts = ReportFacts(
        discovered_at_ms=report.moment("discovered_at"),
        institution=institution,
        children=children,
        siblings_not_listed=siblings,
        guardians=_guardians(report),
        carer=_carer(report),
        custody_now=_custody(report),
        safety=_safety(report),
        history=_history(report),
        alleged_person=_alleged(report),
        implicated=_implicated(report),
        actions_taken=_actions(report),
    )
    by_phone = report.text("channel") == "PHONE"
    reporter = report.object("reporter")
    if reporter:
        reporter.sealed("name", "role", "phone", "work_address", "confidential")
        reporter.done()
    report.done()
    county = _county(children, institution, served, notices)
    plain = facts.model_copy(update={"institution": InstitutionFacts()})
    return Reading(
        facts=facts,
        county=county,
        identities=identities,
        notices=tuple(notices.found),
        empty=not (narrative or concerned),
        says_nothing=not narrative and plain == ReportFacts(),
        by_phone=by_phone,
        undefined=notices.undefined,
    )


def _institution(report: Fields, proved: InstitutionFacts | None) -> InstitutionFacts:
    claim = report.object("institution")
    if claim is None:
        return proved or InstitutionFacts()
    claimed = InstitutionFacts(
        id=_public_id(claim, "id"),
        type=claim.code("type", InstitutionType) or InstitutionType.PUBLIC,
        area_code=township_of(claim.area("area_code")),
    )
    claim.sealed("name", "phone")
    claim.done()
    if proved is None:
        return claimed
    if (claimed.id or proved.id, claimed.area_code or proved.area_code) != (proved.id, proved.area_code):
        report.note("institution", NoticeCode.CLAIM_OVERRIDDEN)
    return proved


def _children(report: Fields, now_ms: int) -> tuple[tuple[ChildFacts, ...], tuple[ChildIdentity, ...], int | None]:
    listed, more = report.objects("children", CHILDREN_MAX)
    read = [_child(child, now_ms) for child in listed]
    siblings = report.whole("siblings_not_listed", 0, SIBLINGS_MAX)
    if more:
        siblings = min(SIBLINGS_MAX, (siblings or 0) + more)
    return tuple(facts for facts, _ in read), tuple(identity for _, identity in read), siblings


def _child(child: Fields, now_ms: int) -> tuple[ChildFacts, ChildIdentity]:
    area, domicile = child.area("area_code"), child.area("domicile_area_code")
    id_number = child.text("id_number")
    birth = child.birth_date("birth_date") or birth_of_id_number(id_number)
    years, months = _age(child, birth, now_ms)
    facts = ChildFacts(
        sex=child.code("sex", Sex),
        age_years=years,
        age_months=months,
        area_code=township_of(area),
        domicile_area_code=township_of(domicile),
        disability=child.flag("disability"),
        left_behind=child.flag("left_behind"),
        attends_school=child.flag("attends_school"),
        wishes=child.code("wishes", Wishes) or Wishes.UNKNOWN,
        concerns=child.codes("concerns", Concern, Concern.OTHER),
        injury=child.code("injury", Injury) or Injury.UNKNOWN,
    )
    villages = dict.fromkeys(code for code in (area, domicile) if code and len(code) == 12)  # noqa: PLR2004 - a village
    identity = ChildIdentity(id_number, child.text("name"), birth.isoformat() if birth else None, tuple(villages))
    child.sealed("address", "school", "grade", "phone", "description")
    child.done()
    return facts, identity


def _age(child: Fields, birth: date | None, now_ms: int) -> tuple[int | None, int | None]:
    """Years and, under two years, months of life. A birth date fills in, and wins where it makes the child younger."""
    years = child.whole("age_years", 0, AGE_YEARS_MAX)
    months = child.whole("age_months", 0, AGE_YEARS_MAX * 12)
    if years is None and months is not None:
        years = months // 12
    if birth is not None and birth <= day_of(now_ms):
        born_years, born_months = age_on(day_of(now_ms), birth)
        if born_years <= AGE_YEARS_MAX and (years is None or born_years < years):
            if years is not None and born_years < years - 1:  # counting ages from one is common and no mistake
                child.note("age_years", NoticeCode.AGE_DIFFERS)
            years, months = born_years, born_months
    if years is None or years >= MONTHS_COUNTED_BELOW_YEARS:
        return years, None
    if months is not None and years == 1 and months < 12:  # noqa: PLR2004 - "one year and three months"
        months += 12
    return years, months if months is not None and months // 12 == years else None


def _guardians(report: Fields) -> tuple[GuardianFacts, ...]:
    guardians = []
    for guardian in report.objects("guardians", GUARDIANS_MAX)[0]:
        guardians.append(
            GuardianFacts(
                relation=guardian.code("relation", Relation) or Relation.UNKNOWN,
                status=guardian.codes("status", GuardianStatus, GuardianStatus.UNKNOWN),
                since_ms=guardian.moment("since"),
                last_contact_at_ms=guardian.moment("last_contact_at"),
                lives_with_alleged=guardian.flag("lives_with_alleged"),
            )
        )
        guardian.sealed("name", "phone", "whereabouts", "id_number", "address", "workplace")
        guardian.done()
    return tuple(guardians)


def _carer(report: Fields) -> CarerFacts | None:
    carer = report.object("carer")
    if carer is None:
        return None
    facts = CarerFacts(
        relation=carer.code("relation", Relation) or Relation.UNKNOWN,
        status=carer.codes("status", GuardianStatus, GuardianStatus.UNKNOWN),
        written_entrustment=carer.flag("written_entrustment"),
    )
    carer.sealed("name", "phone", "address", "id_number")
    carer.done()
    return facts


def _custody(report: Fields) -> CustodyFacts:
    custody = report.object("custody_now")
    if custody is None:
        return CustodyFacts()
    facts = CustodyFacts(holder=custody.code("holder", Holder) or Holder.UNKNOWN, since_ms=custody.moment("since"))
    custody.sealed("name", "phone", "address")
    custody.done()
    return facts


def _safety(report: Fields) -> SafetyFacts:
    safety = report.object("safety")
    if safety is None:
        return SafetyFacts()
    facts = SafetyFacts(
        alone_now=safety.flag("alone_now"),
        needs_medical_care=safety.flag("needs_medical_care"),
        treatment_awaits_consent=safety.flag("treatment_awaits_consent"),
        fit_for_discharge=safety.flag("fit_for_discharge"),
        alleged_person_has_access=safety.flag("alleged_person_has_access"),
        afraid_to_go_home=safety.flag("afraid_to_go_home"),
        missing_now=safety.flag("missing_now"),
        since_ms=safety.moment("since"),
    )
    safety.done()
    return facts


def _history(report: Fields) -> HistoryFacts:
    history = report.object("history")
    if history is None:
        return HistoryFacts()
    facts = HistoryFacts(
        earlier_reports=history.flag("earlier_reports"),
        earlier_admonition=history.flag("earlier_admonition"),
        recently_returned=history.flag("recently_returned"),
    )
    history.done()
    return facts


def _alleged(report: Fields) -> AllegedFacts | None:
    alleged = report.object("alleged_person")
    if alleged is None:
        return None
    facts = AllegedFacts(relation=alleged.code("relation", Relation) or Relation.UNKNOWN, office=alleged.flag("office"))
    alleged.sealed("name", "phone", "address", "id_number", "description")
    alleged.done()
    return facts


def _implicated(report: Fields) -> tuple[ImplicatedUnit, ...]:
    units = []
    for unit in report.objects("implicated", IMPLICATED_MAX)[0]:
        units.append(
            ImplicatedUnit(
                unit_type=unit.code("unit_type", InstitutionType),
                unit_id=_public_id(unit, "unit_id"),
                area_code=township_of(unit.area("area_code")),
            )
        )
        unit.sealed("name")
        unit.done()
    return tuple(units)


def _actions(report: Fields) -> ActionsFacts:
    actions = report.object("actions_taken")
    if actions is None:
        return ActionsFacts()
    facts = ActionsFacts(
        police_called=actions.flag("police_called"),
        hospital=actions.flag("hospital"),
        parents_told=actions.flag("parents_told"),
    )
    actions.sealed("police_reference")
    actions.done()
    return facts


def _public_id(fields: Fields, name: str) -> str | None:
    """An id that has the form of a registry's id; anything else is kept sealed, since it could identify somebody."""
    text = fields.text(name)
    if text is None:
        return None
    if _PUBLIC_ID.fullmatch(text):
        return text
    fields.note(name, NoticeCode.KEPT_SEALED)
    return None


def _county(
    children: tuple[ChildFacts, ...], institution: InstitutionFacts, served: frozenset[str] | None, notices: Notices
) -> str | None:
    """Where the child is; else where the institution is; None when nothing is known.

    One wrong digit names a county that nobody here stands by for, and no ladder there would reach anybody: it counts
    as unknown, which has a rota of its own.
    """
    named = dict.fromkeys(code for child in children if (code := county_of(child.area_code)))
    if len(named) > 1:
        notices.add("children", NoticeCode.SEVERAL_COUNTIES)
    filers = county_of(institution.area_code)
    known = [*named, filers] if filers else [*named]
    if not known:
        notices.add("children", NoticeCode.NO_PLACE)
    if served is None:
        return next(iter(known), None)
    if not served.issuperset(named or known):
        notices.add("children", NoticeCode.NOT_SERVED)
    return next((county for county in known if county in served), None)
