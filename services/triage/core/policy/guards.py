"""Cases of which every policy decides at least this, whatever its own examples hold: data for `guarding`.

Whoever edits a policy edits its examples, too. These are no part of a policy: they change with a release.
Levels and whom a design row tells are design values; a department that a text names is told by that text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.vocabulary import Department, Level, Measure

D = Department
S1, S2, S3, S4 = Level.S1, Level.S2, Level.S3, Level.S4
GUARDIANSHIP, CARE, RETURN, NONE = (
    Measure.TEMP_GUARDIANSHIP, Measure.TEMP_CARE, Measure.RETURN_TO_ABLE_GUARDIAN, Measure.NONE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guard:
    """A case, and what of its decision may not be less (`most`, `measure_most`: not more).

    `facts`: a report's, and `prior`'s; `found`: codes of situations; `told`: departments at least; `left_out`: who
    stands among those not told; `clocks`: those of the filing that run besides the ones of every case.
    `said`, `unsaid`: instructions that must, or may not, be given; `no_places`: kinds of place not proposed.
    """

    id: str
    facts: Mapping[str, Any]
    level: Level = S4
    found: tuple[str, ...] = ()
    told: tuple[Department, ...] = ()
    left_out: tuple[str, ...] = ()
    measure: Measure = NONE
    clocks: tuple[str, ...] = ()
    most: Level | None = None
    measure_most: Measure | None = None
    said: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    no_places: tuple[str, ...] = ()
    prior: Mapping[str, Any] | None = None


def _one(*concerns: str, injury: str | None = None, **child: object) -> dict[str, Any]:
    return {"concerns": list(concerns), **({"injury": injury} if injury else {}), **child}


def _of(child: dict[str, Any], *guardians: tuple[str, str], **more: object) -> dict[str, Any]:
    """A report of one child; `guardians` are (relation, status), who live with nobody alleged as far as is known."""
    said = [{"relation": relation, "status": [status]} for relation, status in guardians]
    return {"institution": {"type": "PUBLIC"}, "children": [child], "guardians": said, **more}


FATHER: Final = {"alleged_person": {"relation": "FATHER"}}
AWAY: Final = {"safety": {"alleged_person_has_access": False}}
SAFE: Final = {"safety": dict.fromkeys(
    ("alone_now", "needs_medical_care", "missing_now", "afraid_to_go_home", "alleged_person_has_access"), False
)}  # fmt: skip
SECRET: Final = ("VISIT-S1", "VISIT-S2", "KEEP-CHILD", "DO-NOT-TELL-FAMILY")

HARM: Final = (
    Guard("hurt-by-her-father",
          {**_of(_one("PHYSICAL_ABUSE", injury="MINOR", age_years=10, sex="F"), ("FATHER", "ABUSIVE")), **FATHER,
           "guardians": [{"relation": "FATHER", "status": ["ABUSIVE"]},
                         {"relation": "MOTHER", "status": ["ABLE"], "lives_with_alleged": True}],
           "safety": {"afraid_to_go_home": True}},
          S1, ("TG-6", "LB-3", "LB-4", "MR-4", "RV-1", "RV-2", "DS-8"),
          (D.POLICE, D.CIVIL_AFFAIRS, D.HEALTH, D.PROCURATORATE, D.TOWNSHIP), ("VILLAGE", "FATHER"), GUARDIANSHIP,
          ("REVOCATION_REMINDER",), no_places=("VILLAGE_CARE",),
          said=("DO-NOT-TELL-FAMILY", "KEEP-EVIDENCE", "NO-QUESTIONING", "KEEP-CHILD", "POLICE-ATTEND", "CIVIL-SEE",
                "STILL-CALL-POLICE")),
    Guard("hurt-and-the-only-able-guardian-is-alleged",
          {**_of(_one("SEXUAL_ABUSE", age_years=9, sex="F"), ("MOTHER", "REFUSES_DUTY"), ("FATHER", "ABLE")), **FATHER},
          S1, ("TG-6", "MR-2"), (D.POLICE, D.PROCURATORATE), ("VILLAGE", "FATHER"), GUARDIANSHIP),
    Guard("abusive-guardian-without-access", {**_of(_one(), ("FATHER", "ABUSIVE")), **AWAY}, S1, ("LB-3", "RV-1"),
          (D.POLICE,), ("VILLAGE", "FATHER"), CARE),
    Guard("abusive-carer",
          _of(_one(age_years=6), carer={"relation": "GRANDPARENT", "status": ["ABUSIVE"]}), S1,
          ("TG-6", "LB-3", "EN-1"),
          (D.POLICE, D.CIVIL_AFFAIRS), ("VILLAGE", "GRANDPARENT"), GUARDIANSHIP),
    Guard("malnourished", _of(_one("MALNUTRITION", injury="NONE", age_years=4)), S1, ("MR-4", "RV-1"),
          (D.POLICE, D.HEALTH), ("VILLAGE",), CARE),
    Guard("injury-that-nobody-explains", _of(_one("INJURY_UNEXPLAINED", injury="SERIOUS", age_years=1),
          ("MOTHER", "ABLE"), ("FATHER", "ABLE")), S1, ("MR-4", "LB-4"), (D.POLICE, D.HEALTH), ("VILLAGE",), CARE),
    Guard("injury-that-nobody-explains-and-a-parent-elsewhere",
          {**_of(_one("INJURY_UNEXPLAINED", injury="SERIOUS", age_years=1)),
           "guardians": [{"relation": "MOTHER", "status": ["ABLE"], "lives_with_alleged": False}]}, S1, ("MR-4",),
          (D.POLICE, D.HEALTH), ("VILLAGE",), CARE),
    Guard("private-parts-injured", _of(_one("SEXUAL_ABUSE", injury="MINOR", age_years=12, sex="F")), S1,
          ("MR-1", "MR-2"), (D.POLICE, D.PROCURATORATE, D.HEALTH), ("VILLAGE",), CARE),
    Guard("girl-of-fifteen", _of(_one("SEXUAL_ABUSE", injury="NONE", age_years=15, sex="F")), S1, ("MR-3",),
          (D.POLICE,), ("VILLAGE",)),
    Guard("boy-and-his-teacher",
          _of(_one("SEXUAL_ABUSE", injury="NONE", age_years=10, sex="M"), alleged_person={"relation": "TEACHER"}),
          S1, ("DS-7", "ED-3"), (D.POLICE, D.EDUCATION), ("VILLAGE", "TEACHER")),
    Guard("found-by-a-school",
          {**_of(_one("SEXUAL_ABUSE", injury="NONE", age_years=15, sex="M")), "institution": {"type": "MIDDLE_SCHOOL"}},
          S1, ("ED-3", "DS-7"), (D.POLICE, D.EDUCATION), ("VILLAGE",)),
    Guard("found-by-a-hotel", {**_of(_one("OTHER", age_years=15)), "institution": {"type": "HOTEL"}}, S1, ("HT-1",),
          (D.POLICE,)),
    Guard("married-off", _of(_one("CHILD_MARRIAGE", age_years=15), ("FATHER", "ABLE")), S2, ("DS-12",),
          (D.POLICE, D.WOMENS_FED)),
    Guard("neglected-by-the-father",
          {**_of(_one("CARER_UNFIT", age_years=15), ("MOTHER", "ABLE")), **FATHER, **AWAY}, S2,
          ("DS-14",), (D.POLICE,), ("FATHER",)),
    Guard("self-harm", _of(_one("SELF_HARM", injury="SERIOUS", age_years=14)), S1, ("MR-5",), (D.POLICE, D.HEALTH),
          ("VILLAGE",), CARE),
    Guard("life-in-danger", _of(_one(injury="LIFE_THREATENING", age_years=7)), S1, ("MR-5", "LB-4"),
          (D.POLICE, D.HEALTH), ("VILLAGE",)),
    Guard("died", _of(_one("PHYSICAL_ABUSE", injury="DEATH", age_years=7)), S1, ("MR-5", "LB-4"), (D.POLICE,),
          ("VILLAGE",), measure_most=NONE),
    Guard("beside-a-child-who-died",
          {"institution": {"type": "HOSPITAL"},
           "children": [_one("OTHER", age_years=6), _one("PHYSICAL_ABUSE", injury="DEATH", age_years=8)]},
          S1, ("MR-9",), (D.POLICE, D.CIVIL_AFFAIRS), ("VILLAGE",)),
    Guard("danger-imminent", _of(_one("OTHER", age_years=11), safety={"alleged_person_has_access": True}), S1,
          ("MR-9", "TG-7"), (D.POLICE, D.CIVIL_AFFAIRS)),
    Guard("instigated-to-crime", {**_of(_one("CRIME_INSTIGATED", age_years=13)), **FATHER}, S1, ("TG-5",),
          (D.CIVIL_AFFAIRS, D.POLICE), ("VILLAGE", "FATHER"), GUARDIANSHIP),
    Guard("bullied", _of(_one("BULLYING", injury="NONE", age_years=12)), S2, ("ED-2",), (D.POLICE, D.EDUCATION)),
    Guard("bullied-and-hurt", _of(_one("BULLYING", injury="MINOR", age_years=12)), S1, ("ED-2", "MR-4"),
          (D.POLICE, D.EDUCATION, D.HEALTH)),
    Guard("frightened-at-home", _of(_one("EMOTIONAL_ABUSE", age_years=12), ("MOTHER", "ABUSIVE")), S1, ("DS-5", "LB-3"),
          (D.POLICE, D.CIVIL_AFFAIRS), ("MOTHER",), GUARDIANSHIP),
)  # fmt: skip
"""A child is harmed, or may be: MPL 11, 39, 40, 92(5), 92(6); DVL 14, 15; the opinion of 2020, article 4."""

GAPS: Final = (
    Guard("abandoned", _of(_one("ABANDONED", age_years=0)), S1, ("MR-6", "TG-4"),
          (D.POLICE, D.CIVIL_AFFAIRS, D.TOWNSHIP), (), GUARDIANSHIP),
    Guard("trafficked", _of(_one("TRAFFICKING", age_years=3), ("MOTHER", "ABLE")), S1, ("MR-7",),
          (D.POLICE, D.CIVIL_AFFAIRS), ("VILLAGE",), CARE),
    Guard("begging", _of(_one("BEGGING", age_years=9)), S1, ("MR-8", "TG-1"), (D.POLICE, D.CIVIL_AFFAIRS), (), CARE),
    Guard("wandering", _of(_one("WANDERING", age_years=10)), S1, ("TG-1", "MR-7"), (D.CIVIL_AFFAIRS, D.POLICE), (),
          GUARDIANSHIP),
    Guard("missing", _of(_one("MISSING", age_years=12), safety={"missing_now": True}), S1, ("LB-1", "MR-7"),
          (D.POLICE,)),
    Guard("whereabouts-unknown", _of(_one(injury="NONE", age_years=12), ("MOTHER", "MISSING")), S2, ("TG-2", "LB-2"),
          (D.CIVIL_AFFAIRS, D.POLICE), (), CARE),
    Guard("detained-and-alone",
          _of(_one("GUARDIAN_INCAPABLE", age_years=9), ("MOTHER", "DETAINED"), safety={"alone_now": True}), S1,
          ("TG-3", "LB-2", "RV-1"), (D.CIVIL_AFFAIRS, D.POLICE, D.VILLAGE), (), GUARDIANSHIP),
    Guard("refused", _of(_one("GUARDIAN_REFUSES", age_years=5), ("FATHER", "REFUSES_DUTY")), S1,
          ("TG-4", "LB-2", "RV-1"),
          (D.CIVIL_AFFAIRS, D.POLICE), (), GUARDIANSHIP, ("REVOCATION_REMINDER",)),
    Guard("refused-for-half-a-year",
          {**_of(_one(age_years=15)),
           "guardians": [{"relation": "FATHER", "status": ["REFUSES_DUTY"], "since": -200}]}, S2, ("RV-1",),
          (D.PROCURATORATE, D.POLICE), clocks=("REVOCATION_REMINDER",)),
    Guard("living-alone", _of(_one("LIVING_ALONE", age_years=9)), S1, ("LB-1", "TG-4"), (D.POLICE, D.EDUCATION), (),
          CARE),
    Guard("living-alone-at-seventeen", _of(_one("LIVING_ALONE", age_years=17)), S3, ("DS-2",), (D.CIVIL_AFFAIRS,)),
    Guard("living-alone-at-fifteen", _of(_one("LIVING_ALONE", age_years=15), ("MOTHER", "ABSENT_MIGRANT_WORK"),
          safety={"alone_now": False}), S2, ("LB-1",), (D.POLICE,), (), CARE),
    Guard("left-in-hospital",
          {**_of(_one("LEFT_IN_HOSPITAL", injury="NONE", age_years=2), ("MOTHER", "UNREACHABLE"),
                 safety={"fit_for_discharge": True}, custody_now={"holder": "HOSPITAL"}),
           "institution": {"type": "HOSPITAL"}},
          S1, ("MR-6", "TG-2", "TG-4"), (D.POLICE, D.CIVIL_AFFAIRS, D.HEALTH), (), GUARDIANSHIP, ("HOSPITAL_DAILY",),
          said=("HOSPITAL-CARE-FIRST",)),
    Guard("nobody-fetches",
          _of(_one(injury="NONE", age_years=6), safety={"fit_for_discharge": True}, custody_now={"holder": "HOSPITAL"}),
          S2, clocks=("HOSPITAL_DAILY",)),
    Guard("disaster", _of(_one("EMERGENCY_GAP", age_years=9), ("MOTHER", "QUARANTINED_OR_DISASTER")), S1,
          ("EM-1", "TG-3"),
          (D.CIVIL_AFFAIRS, D.POLICE, D.EMERGENCY_MGMT), (), CARE),
    Guard("orphan", _of(_one(age_years=9), ("MOTHER", "DECEASED"), ("FATHER", "DECEASED")), S2, ("TG-3",),
          (D.CIVIL_AFFAIRS,), (), GUARDIANSHIP),
    Guard("relatives-dispute", _of(_one(age_years=9)), S3, ("TG-7",), (D.CIVIL_AFFAIRS,), (), GUARDIANSHIP,
          prior={"dispute": True}),
    Guard("small-child-alone", _of(_one("LEFT_ALONE", age_years=5), ("MOTHER", "ABLE"), safety={"alone_now": True}), S1,
          ("DS-1",), (D.POLICE, D.CIVIL_AFFAIRS), (), RETURN),
    Guard("alone-and-nobody-able", _of(_one(age_years=10), ("FATHER", "UNKNOWN"), safety={"alone_now": True}), S2,
          measure=CARE),
    Guard("alone-and-disabled",
          _of(_one(age_years=12, disability=True), ("MOTHER", "ABLE"), safety={"alone_now": True}),
          S1, measure=RETURN),
    Guard("treatment-refused",
          _of(_one("UNTREATED_ILLNESS", age_years=8), ("MOTHER", "ABLE"), safety={"treatment_awaits_consent": True}),
          S1, ("DS-3",), (D.HEALTH, D.CIVIL_AFFAIRS, D.POLICE), (), CARE),
    Guard("treatment-awaited", _of(_one("DROPOUT", age_years=15), ("MOTHER", "ABLE"),
          safety={"treatment_awaits_consent": True}), S1),
    Guard("carer-cannot", _of(_one(age_years=5), carer={"relation": "GRANDPARENT", "status": ["SERIOUSLY_ILL"]}), S2,
          ("EN-1", "DS-10"), (D.POLICE, D.TOWNSHIP, D.CIVIL_AFFAIRS), (), CARE),
    Guard("carer-unfit", _of(_one("CARER_UNFIT", age_years=10), ("MOTHER", "ABLE")), S3, ("EN-1",),
          (D.TOWNSHIP, D.CIVIL_AFFAIRS)),
    Guard("at-work", _of(_one("CHILD_LABOUR", age_years=13)), S2, ("DS-4",), (D.HRSS, D.POLICE), (), CARE),
    Guard("unseen", _of(_one("UNSEEN", age_years=5), ("MOTHER", "ABLE")), S2, ("DS-9",), (D.CIVIL_AFFAIRS, D.TOWNSHIP)),
    Guard("contact-lapsed", _of(_one("CONTACT_LAPSED", age_years=15), ("MOTHER", "ABLE")), S4, ("EN-2",), (D.VILLAGE,),
          clocks=("WEEKLY_CONTACT",)),
    Guard("not-registered", _of(_one("NO_HUKOU", age_years=15), ("MOTHER", "ABLE")), S4, ("DS-6",), (D.POLICE,)),
)  # fmt: skip
"""Nobody cares for the child, or nobody can: MPL 21, 22, 43, 92; CC 31, 34, 36; document 2016/13; opinion, 4(6)-(8)."""

_DROPOUT: Final = _of(_one("DROPOUT", injury="NONE", age_years=14), ("MOTHER", "ABLE"), ("FATHER", "ABLE"))
RISING: Final = (
    Guard("ordinary-drop-out", {**_DROPOUT, **SAFE}, S3, ("ED-1",), (D.EDUCATION, D.VILLAGE, D.TOWNSHIP),
          clocks=("DROPOUT_WRITTEN_REPORT",),
          most=S3, measure_most=NONE),
    Guard("afraid-to-go-home", {**_DROPOUT, "safety": {"afraid_to_go_home": True}}, S2, measure=RETURN),
    Guard("access-of-the-alleged", {**_DROPOUT, "safety": {"alleged_person_has_access": True}}, S2),
    Guard("reported-before", _DROPOUT, S2, prior={"reports_90_days": 1}),
    Guard("reported-before-as-it-is-said", {**_DROPOUT, "history": {"earlier_reports": True}}, S2),
    Guard("admonished-before", {**_DROPOUT, "history": {"earlier_admonition": True}}, S2),
    Guard("returned-lately", {**_DROPOUT, "history": {"recently_returned": True}}, S2),
    Guard("returned-this-month", {**_DROPOUT, "children": [_one("CONTACT_LAPSED", age_years=15)]}, S2,
          prior={"returned_days": 10}),
    Guard("guardian-gone-for-long",
          {**_of(_one("CONTACT_LAPSED", injury="NONE", age_years=15)),
           "guardians": [{"relation": "FATHER", "status": ["ABSENT_MIGRANT_WORK"], "since": -200}]}, S2),
    Guard("lasting-for-long",
          _of(_one("CONTACT_LAPSED", injury="NONE", age_years=15), ("FATHER", "UNKNOWN"), safety={"since": -200}), S2),
    Guard("missing-at-sixteen", _of(_one(age_years=16), ("MOTHER", "ABLE"), safety={"missing_now": True}), S1),
    Guard("something-else", _of(_one("OTHER", age_years=11), ("MOTHER", "ABLE")), S3, ("TG-7",), most=S3,
          measure_most=NONE),
    Guard("nothing-found", {**_of(_one(injury="NONE", age_years=10), ("MOTHER", "ABLE")), **SAFE}, S4, ("GEN-0",),
          (D.CIVIL_AFFAIRS,), most=S4, measure_most=NONE),
    Guard("nothing-known", _of(_one()), S3, told=(D.CIVIL_AFFAIRS,), most=S3, measure_most=NONE),
    Guard("filed-by-a-parent", {**_of(_one("PHYSICAL_ABUSE", injury="MINOR", age_years=9)),
          "institution": {"type": "PARENT"}}, S1, told=(D.POLICE,), left_out=("VILLAGE",), unsaid=SECRET),
    Guard("registered-elsewhere", {**_DROPOUT, "children": [_one("OTHER", domicile_area_code="440103")]}, S3),
)  # fmt: skip
"""What raises a level, what may not (always the gravest protects nobody), and what a parent who files is not told."""

_UNCARED: Final = _of(_one("UNCARED", injury="NONE", age_years=12), ("FATHER", "DETAINED"))
CONFLICTS: Final = (
    Guard("committee-implicated", {**_UNCARED, "implicated": [{"unit_type": "VILLAGE_COMMITTEE"}]}, S2,
          told=(D.POLICE, D.CIVIL_AFFAIRS, D.TOWNSHIP), left_out=("VILLAGE", "VILLAGE_COMMITTEE"), measure=CARE,
          no_places=("VILLAGE_CARE",)),
    Guard("residents-committee-implicated", {**_UNCARED, "implicated": [{"unit_type": "RESIDENT_COMMITTEE"}]}, S2,
          told=(D.POLICE, D.CIVIL_AFFAIRS, D.TOWNSHIP), left_out=("VILLAGE", "RESIDENT_COMMITTEE")),
    Guard("unit-of-unknown-kind-implicated", {**_UNCARED, "implicated": [{}]}, S2, told=(D.POLICE, D.CIVIL_AFFAIRS),
          left_out=("VILLAGE", "TOWNSHIP", "UNIT")),
    Guard("state-organ-implicated", {**_UNCARED, "implicated": [{"unit_type": "STATE_ORGAN"}]}, S2,
          found=("DS-11",),
          told=(D.POLICE, D.CIVIL_AFFAIRS, D.PROCURATORATE), left_out=("TOWNSHIP", "STATE_ORGAN")),
    Guard("township-implicated",
          {**_UNCARED, "implicated": [{"unit_type": "STATE_ORGAN", "area_code": "520327102"}]}, S2,
          told=(D.POLICE, D.CIVIL_AFFAIRS), left_out=("TOWNSHIP", "STATE_ORGAN")),
    Guard("unit-with-a-number-implicated",
          {**_UNCARED, "implicated": [{"unit_type": "HOTEL", "unit_id": "unit-1"}]}, S2,
          left_out=("unit-1",)),
    Guard("station-implicated", {**_UNCARED, "implicated": [{"unit_type": "RESCUE_STATION"}]}, S2,
          left_out=("RESCUE_INST",), no_places=("RESCUE_INST",)),
    Guard("home-implicated", {**_UNCARED, "implicated": [{"unit_type": "WELFARE_INST"}]}, S2,
          no_places=("WELFARE_INST",)),
    Guard("filer-implicated", {**_UNCARED, "institution": {"type": "PRIMARY_SCHOOL", "id": "unit-1"},
          "implicated": [{"unit_type": "PRIMARY_SCHOOL", "unit_id": "unit-1"}]}, S2,
          left_out=("FILING_UNIT", "unit-1")),
    Guard("alleged-with-an-office",
          {**_UNCARED, "alleged_person": {"relation": "NEIGHBOUR", "office": True}}, S2,
          told=(D.POLICE, D.CIVIL_AFFAIRS), left_out=("VILLAGE", "TOWNSHIP", "NEIGHBOUR")),
)  # fmt: skip
"""Conflicts of interest (0086)."""

GUARDS: Final = (*HARM, *GAPS, *RISING, *CONFLICTS)
KEPT: Final = ("R-CONSENT", "R-SIBLING-DIED")
"""Raises that double what a situation already gives: no guarded case can miss them, and they stay all the same."""
