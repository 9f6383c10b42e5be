"""What institutions of the sample county file in the tales. No plausible name or number stands here."""

from tests.acceptance.timelines.rungs import HOSPITAL, SCHOOL, TOWNSHIP, VILLAGE_COMMITTEE
from tests.acceptance.timelines.tale import Filing


def by_hospital(**more: object) -> Filing:
    """The county's hospital files."""
    return _by(HOSPITAL, "HOSPITAL", "520327100", more)


def by_school(**more: object) -> Filing:
    """The township's primary school files."""
    return _by(SCHOOL, "PRIMARY_SCHOOL", TOWNSHIP, more)


def by_village(**more: object) -> Filing:
    """The village committee files."""
    return _by(VILLAGE_COMMITTEE, "VILLAGE_COMMITTEE", TOWNSHIP, more)


def child(number: int, age: int, *concerns: str, sex: str = "F", **more: object) -> Filing:
    """A child of the second township; the number makes the ID number."""
    return {
        "name": f"PLANTED-NAME-{number}",
        "id_number": f"9900002017030{number:05d}",
        "sex": sex,
        "age_years": age,
        "area_code": f"{TOWNSHIP}203",
        "concerns": concerns,
        **more,
    }


def toddler_left_in_hospital() -> Filing:
    """Two years old, fit for discharge, and nobody fetches him; the mother's telephone is dead."""
    return by_hospital(
        children=[child(1, 2, "LEFT_IN_HOSPITAL", "GUARDIAN_UNREACHABLE", sex="M", injury="NONE")],
        guardians=[{"relation": "MOTHER", "status": ["UNREACHABLE"]}],
        custody_now={"holder": "HOSPITAL"},
        safety={"alone_now": False, "fit_for_discharge": True},
    )


def girl_afraid_to_go_home(*, mother_lives_with_him: bool | None) -> Filing:
    """Nine years old, hurt, afraid; the father is alleged, the mother is able."""
    return by_school(
        children=[child(2, 9, "PHYSICAL_ABUSE", injury="MINOR")],
        guardians=[
            {"relation": "FATHER", "status": ["ABUSIVE"]},
            {"relation": "MOTHER", "status": ["ABLE"], "lives_with_alleged": mother_lives_with_him},
        ],
        alleged_person={"relation": "FATHER", "office": False},
        custody_now={"holder": "SCHOOL"},
        safety={"afraid_to_go_home": True, "alone_now": False, "alleged_person_has_access": True},
    )


def siblings_alone_for_three_weeks() -> Filing:
    """Seven and ten years old; the parents work far away and have not called for three weeks."""
    return by_village(
        children=[
            child(3, 7, "LIVING_ALONE", "UNCARED", sex="M", left_behind=True, injury="NONE"),
            child(4, 10, "LIVING_ALONE", "UNCARED", left_behind=True, injury="NONE"),
        ],
        guardians=[
            {"relation": "FATHER", "status": ["UNREACHABLE"]},
            {"relation": "MOTHER", "status": ["UNREACHABLE"]},
        ],
        custody_now={"holder": "NOBODY"},
        safety={"alone_now": True, "since": "2026-11-03"},
    )


def abandoned(number: int = 5, age: int = 6) -> Filing:
    """A child left at the school's door: the plain S1 of tales about ladders."""
    return by_school(
        children=[child(number, age, "ABANDONED", injury="NONE")],
        guardians=[{"relation": "MOTHER", "status": ["MISSING"]}],
        custody_now={"holder": "SCHOOL"},
        safety={"alone_now": False},
    )


def dropped_out(number: int = 6, age: int = 15) -> Filing:
    """A pupil who does not come back to school, at home with able parents: an S3."""
    return by_school(
        children=[child(number, age, "DROPOUT", attends_school=False, injury="NONE")],
        guardians=[{"relation": "MOTHER", "status": ["ABLE"]}],
        custody_now={"holder": "GUARDIAN"},
        safety={"alone_now": False, "afraid_to_go_home": False, "missing_now": False},
    )


def orphaned(number: int = 7, age: int = 8) -> Filing:
    """Both parents are dead; the child waits in the school."""
    return by_school(
        children=[child(number, age, "GUARDIAN_INCAPABLE", injury="NONE")],
        guardians=[{"relation": "MOTHER", "status": ["DECEASED"]}, {"relation": "FATHER", "status": ["DECEASED"]}],
        custody_now={"holder": "SCHOOL"},
        safety={"alone_now": False, "afraid_to_go_home": False, "missing_now": False},
    )


def injured_in_hospital(number: int, age: int) -> Filing:
    """The same child by its ID number, brought to the hospital by a neighbour, beaten."""
    return by_hospital(
        children=[child(number, age, "PHYSICAL_ABUSE", injury="MINOR")], custody_now={"holder": "HOSPITAL"}
    )


def _by(unit: str, kind: str, area: str, more: dict[str, object]) -> Filing:
    institution = {"id": unit, "type": kind, "area_code": area}
    return {"institution": institution, "reporter": {"name": "PLANTED-NAME-0", "phone": "000-0000-0001"}, **more}
