"""From a published case to a report, by the mapping of the collection: what was seen, never what was done.

Only `reporter_type`, `child`, `guardian_status`, `concerns` and `injury` are read.
"""

from collections.abc import Mapping
from typing import Any

from shared.contracts.reports import ChildFacts, GuardianFacts, InstitutionFacts, ReportFacts
from shared.contracts.vocabulary import Concern, GuardianStatus, Injury, InstitutionType, Relation, Sex

AREA_CODE = "520327102"
"""A township of the sample registry; the cases name no place."""
Row = Mapping[str, Any]

REPORTERS = {
    "school": InstitutionType.PRIMARY_SCHOOL,
    "kindergarten": InstitutionType.KINDERGARTEN,
    "hospital": InstitutionType.HOSPITAL,
    "hotel": InstitutionType.HOTEL,
    "village_committee": InstitutionType.VILLAGE_COMMITTEE,
    "social_work": InstitutionType.SOCIAL_WORK_ORG,
    "residents_committee": InstitutionType.RESIDENT_COMMITTEE,
    "shelter": InstitutionType.RESCUE_STATION,
    "police": InstitutionType.STATE_ORGAN,
    "procuratorate": InstitutionType.STATE_ORGAN,
    "court": InstitutionType.STATE_ORGAN,
    "neighbour": InstitutionType.PUBLIC,
    "relative": InstitutionType.PUBLIC,
    "other": InstitutionType.PUBLIC,
}
CONCERNS = {
    "physical_abuse": Concern.PHYSICAL_ABUSE,
    "sexual_abuse": Concern.SEXUAL_ABUSE,
    "abandonment": Concern.ABANDONED,
    "neglect": Concern.UNCARED,
    "guardian_incapacity": Concern.GUARDIAN_INCAPABLE,
    "untreated_illness": Concern.UNTREATED_ILLNESS,
    "out_of_school": Concern.DROPOUT,
    "left_alone": Concern.LEFT_ALONE,
    "begging_exploited": Concern.BEGGING,
    "malnutrition": Concern.MALNUTRITION,
    "child_labour": Concern.CHILD_LABOUR,
    "runaway_missing": Concern.MISSING,
    "self_harm": Concern.SELF_HARM,
    "unidentified": Concern.WANDERING,
    "trafficking": Concern.TRAFFICKING,
}
INFANT_MONTHS_MAX = 23


def report_facts(row: Row) -> ReportFacts:
    """The clear facts of a published case."""
    child = row["child"]
    months = child.get("age_months")
    return ReportFacts(
        institution=InstitutionFacts(type=REPORTERS[row["reporter_type"]], area_code=AREA_CODE),
        children=(
            ChildFacts(
                sex=None if child.get("sex") is None else Sex(child["sex"]),
                age_years=child.get("age"),
                age_months=months if months is not None and months <= INFANT_MONTHS_MAX else None,
                area_code=AREA_CODE,
                disability=child.get("disability"),
                left_behind=child.get("left_behind"),
                concerns=tuple(CONCERNS[concern] for concern in row["concerns"]),
                injury=Injury(row["injury"].upper()),
            ),
        ),
        siblings_not_listed=child.get("siblings"),
        guardians=tuple(
            GuardianFacts(relation=Relation.OTHER, status=(GuardianStatus(status.upper()),))
            for status in row["guardian_status"]
        ),
    )


def filing(row: Row) -> dict[str, Any]:
    """The same case as a report that an institution would post; it names nobody."""
    facts = report_facts(row)
    child = facts.children[0]
    return {
        "institution": {"type": facts.institution.type.value, "area_code": AREA_CODE + "000"},
        "children": [
            {
                "sex": child.sex.value if child.sex else None,
                "age_years": child.age_years,
                "age_months": child.age_months,
                "area_code": AREA_CODE + "000",
                "disability": child.disability,
                "left_behind": child.left_behind,
                "concerns": [concern.value for concern in child.concerns],
                "injury": child.injury.value,
            }
        ],
        "siblings_not_listed": facts.siblings_not_listed,
        "guardians": [{"relation": "OTHER", "status": [g.status[0].value]} for g in facts.guardians],
    }
