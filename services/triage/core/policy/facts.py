"""The facts that policy rows may test, derived from a report and the county's record.

A fact is a code, a number, a flag, a list of codes, or None: unknown. Absent, null and UNKNOWN are one thing.
Lists are never unknown: a list holds what is known. `CATALOGUE` says for each fact what it means and which value is
harmless, so that `check_policy` can prove that no unknown is decided more weakly than the harmless value.
"""

from collections.abc import Iterable

from shared.contracts.assessment import CaseFacts, FactValue
from shared.contracts.reports import ChildFacts, ImplicatedUnit, ReportFacts
from shared.contracts.vocabulary import SAFE_HOLDERS, Concern, GuardianStatus, Holder, Injury, InstitutionType

from services.triage.core.clocks import HOUR_MS, shanghai_hour
from services.triage.core.policy.people import FACILITY_HOLDERS, PeopleFacts, people_of

UNDER_8 = 8
KINDERGARTEN_AGE = 3
UNDER_8_LONG_HOURS = 24
OTHERS_LONG_HOURS = 7 * 24
RETURNED_DAYS = 90
JUST_RETURNED_DAYS = 30
SCHOOLS = frozenset(
    {
        InstitutionType.PRIMARY_SCHOOL,
        InstitutionType.MIDDLE_SCHOOL,
        InstitutionType.KINDERGARTEN,
        InstitutionType.NURSERY,
    }
)
HOSPITALS = frozenset(
    {InstitutionType.HOSPITAL, InstitutionType.MATERNITY, InstitutionType.EMERGENCY_CENTRE, InstitutionType.CLINIC}
)
GRAVE_HARM = frozenset({Concern.SEXUAL_ABUSE, Concern.MALNUTRITION, Concern.TRAFFICKING})
HARM_IF_HURT = frozenset({Concern.PHYSICAL_ABUSE, Concern.INJURY_UNEXPLAINED})
UNREGISTERED = frozenset(
    {InstitutionType.PARENT, InstitutionType.CHILD, InstitutionType.PUBLIC, InstitutionType.HOTLINE}
)
HOLDERS_SAFE_NOW = SAFE_HOLDERS | FACILITY_HOLDERS
COMMITTEES = (InstitutionType.VILLAGE_COMMITTEE, InstitutionType.RESIDENT_COMMITTEE)
COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9
NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 20, 8


def facts_of(case: CaseFacts, at_ms: int) -> dict[str, FactValue]:
    """Every fact of the catalogue for one child at a moment. The child index must be within the report, or 0."""
    report = case.report
    child = report.children[case.child] if case.child < len(report.children) else ChildFacts()
    people = people_of(report, _concerns(report, child), at_ms)
    return {
        **_child_facts(report, child),
        **people.values,
        **_safety_facts(case, child, at_ms),
        **_reporter_facts(report, people),
        "unscreened": not _screened(report, child),
    }


def _concerns(report: ReportFacts, child: ChildFacts) -> tuple[Concern, ...]:
    """The concerns of every child of the report: who harms one child is feared for its brothers and sisters too."""
    if len(report.children) < 2:  # noqa: PLR2004 - one child has no siblings here
        return child.concerns
    return tuple(dict.fromkeys(code for each in (child, *report.children) for code in each.concerns))


def _under(age: int | None, limit: int) -> bool | None:
    return None if age is None else age < limit


def age_of(child: ChildFacts) -> int | None:
    """Age in whole years; months alone are enough."""
    if child.age_years is not None:
        return child.age_years
    return None if child.age_months is None else child.age_months // 12


def _child_facts(report: ReportFacts, child: ChildFacts) -> dict[str, FactValue]:
    age = age_of(child)
    siblings: bool | None = len(report.children) > 1 or None
    if siblings is None and report.siblings_not_listed is not None:
        siblings = report.siblings_not_listed > 0
    here, domicile = child.area_code or report.institution.area_code, child.domicile_area_code
    return {
        "concerns": tuple(dict.fromkeys(concern.value for concern in child.concerns)),
        "injury": None if child.injury is Injury.UNKNOWN else child.injury.value,
        "age_years": age,
        "under_3": _under(age, 3),
        "under_8": _under(age, 8),
        "under_14": _under(age, 14),
        "under_16": _under(age, 16),
        "sex": None if child.sex is None else child.sex.value,
        "disability": child.disability,
        "left_behind": child.left_behind,
        "out_of_school": None if child.attends_school is None else not child.attends_school,
        "of_school_age": True if child.attends_school is True else None if age is None else age >= KINDERGARTEN_AGE,
        "sibling_died": any(other.injury is Injury.DEATH for other in report.children if other is not child),
        "sibling_harmed": any(_gravely_harmed(other) for other in report.children if other is not child),
        "siblings": siblings,
        "domicile_elsewhere": None if not here or not domicile else here[:6] != domicile[:6],
    }


def _gravely_harmed(child: ChildFacts) -> bool:
    """Whether a child has died, or was gravely harmed by somebody as far as is known; an unknown injury counts."""
    if child.injury is Injury.DEATH or not GRAVE_HARM.isdisjoint(child.concerns):
        return True
    light = child.injury in (Injury.NONE, Injury.MINOR)
    return not light and not HARM_IF_HURT.isdisjoint(child.concerns)


def _safety_facts(case: CaseFacts, child: ChildFacts, at_ms: int) -> dict[str, FactValue]:
    report, safety, prior = case.report, case.report.safety, case.prior
    holder = report.custody_now.holder
    alone = safety.alone_now
    if alone is not True and holder is Holder.NOBODY:
        alone = True
    elif alone is None and holder is not Holder.UNKNOWN:
        alone = False
    safe = prior.child_safe_in_custody
    if safe is None and holder is not Holder.UNKNOWN:
        safe = True if holder in HOLDERS_SAFE_NOW else False if holder is Holder.NOBODY else None
    in_hospital: bool | None = None
    if (
        holder is Holder.HOSPITAL
        or Concern.LEFT_IN_HOSPITAL in child.concerns
        or report.institution.type in HOSPITALS
        or (safety.fit_for_discharge is True and holder in (Holder.UNKNOWN, Holder.NOBODY))
    ):
        in_hospital = True
    elif holder is not Holder.UNKNOWN:
        in_hospital = False
    hour = shanghai_hour(at_ms)
    return {
        "alone_now": alone,
        "missing_now": safety.missing_now,
        "uncared_long": _uncared_long(safety.since_ms, age_of(child), at_ms),
        "lasting_days": _days_since(safety.since_ms, at_ms),
        "needs_medical_care": safety.needs_medical_care,
        "treatment_awaits_consent": safety.treatment_awaits_consent,
        "fit_for_discharge": safety.fit_for_discharge,
        "afraid_to_go_home": safety.afraid_to_go_home,
        "alleged_access": safety.alleged_person_has_access,
        "in_hospital": in_hospital,
        "holder": None if holder is Holder.UNKNOWN else holder.value,
        "custody_safe": safe,
        "night_now": hour >= NIGHT_FROM_HOUR or hour < NIGHT_TO_HOUR,
        "earlier_signals": True if prior.reports_90_days > 0 else report.history.earlier_reports,
        "earlier_admonition": report.history.earlier_admonition,
        "recently_returned": _returned(prior.returned_days, RETURNED_DAYS) or report.history.recently_returned,
        "just_returned": _returned(prior.returned_days, JUST_RETURNED_DAYS),
        "guardianship_dispute": prior.dispute,
    }


def _returned(days: int | None, within_days: int) -> bool | None:
    """Whether the county's record has a return so lately; None when it has none at all."""
    return None if days is None else days <= within_days


def _days_since(since_ms: int | None, at_ms: int) -> int | None:
    """Whole days since a moment; one in the future is unknown."""
    return None if since_ms is None or since_ms > at_ms else (at_ms - since_ms) // (24 * HOUR_MS)


def _uncared_long(since_ms: int | None, age: int | None, at_ms: int) -> bool | None:
    """Long is 24 h under 8 years and 7 days otherwise (design).

    An unknown age is taken as under 8, and a moment in the future as unknown.
    """
    if since_ms is None or since_ms > at_ms:
        return None
    hours = UNDER_8_LONG_HOURS if age is None or age < UNDER_8 else OTHERS_LONG_HOURS
    return at_ms - since_ms >= hours * HOUR_MS


def _reporter_facts(report: ReportFacts, people: PeopleFacts) -> dict[str, FactValue]:
    kind = report.institution.type
    return {
        "reporter_type": kind.value,
        "reporter_may_be_alleged": kind is InstitutionType.PARENT and people.harm_within_family is not False,
        "reporter_is_school": kind in SCHOOLS,
        "reporter_is_unit": report.institution.id is not None and kind not in UNREGISTERED,
        "implicated_types": _types(unit.unit_type for unit in report.implicated),
        "filing_unit_implicated": filing_unit_implicated(report),
        "village_implicated": any(unit.unit_type in (None, *COMMITTEES) for unit in report.implicated),
        "township_implicated": any(_may_be_township(unit) for unit in report.implicated),
        "organ_implicated": any(
            unit.unit_type is InstitutionType.STATE_ORGAN and not _is_township(unit.area_code)
            for unit in report.implicated
        ),
    }


def _is_township(area_code: str | None) -> bool:
    """Whether an area code is of a township or below it, rather than of a county; six digits may be padded."""
    code = area_code or ""
    return len(code) >= TOWNSHIP_DIGITS and code[COUNTY_DIGITS:TOWNSHIP_DIGITS] != "000"


def _may_be_township(unit: ImplicatedUnit) -> bool:
    """Whether a unit is the township, or may be: a unit of no stated type, a state organ without an area."""
    if unit.unit_type is None:
        return True
    return unit.unit_type is InstitutionType.STATE_ORGAN and (not unit.area_code or _is_township(unit.area_code))


def filing_unit_implicated(report: ReportFacts) -> bool:
    """Whether the filing unit is among the implicated; an unknown id or type counts as the same unit."""
    own = report.institution
    if own.type in UNREGISTERED:
        return False
    return any(
        unit.unit_id == own.id if unit.unit_id and own.id else unit.unit_type in (None, own.type)
        for unit in report.implicated
    )


def _types(kinds: Iterable[InstitutionType | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind.value for kind in kinds if kind is not None))


def _screened(report: ReportFacts, child: ChildFacts) -> bool:
    """Whether one harmless answer at least is known: a filing without any is not taken for a harmless one."""
    safety = report.safety
    return (
        child.injury is Injury.NONE
        or any(GuardianStatus.ABLE in guardian.status for guardian in report.guardians)
        or (report.carer is not None and GuardianStatus.ABLE in report.carer.status)
        or report.custody_now.holder not in (Holder.UNKNOWN, Holder.NOBODY)
        or child.attends_school is True
        or False in (safety.alone_now, safety.needs_medical_care, safety.missing_now, safety.afraid_to_go_home)
        or safety.alleged_person_has_access is False
    )
