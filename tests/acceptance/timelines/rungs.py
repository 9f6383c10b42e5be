"""Who stands on which rung in the sample registry, as a want says it: `e2("toddler")`."""

from tests.acceptance.timelines.tale import Expected

TOWNSHIP = "520327102"
SCHOOL = "520327-school-017"
HOSPITAL = "520327-hospital-001"
VILLAGE_COMMITTEE = "520327-village-203"


def e1(case: str) -> list[Expected]:
    """The county's first officer of civil affairs on duty."""
    return [Expected(case, "ca-duty-1", "E1")]


def e2(case: str) -> list[Expected]:
    """The second officer, and the head of the protection institution."""
    return [Expected(case, "ca-duty-2", "E2"), Expected(case, "rescue-head", "E2")]


def e3(case: str) -> list[Expected]:
    """The head of civil affairs, and the coordinating body."""
    return [Expected(case, "ca-head", "E3"), Expected(case, "wcwc-coordinator", "E3")]


def e4(case: str) -> list[Expected]:
    """The prefecture, and the procuratorate as supervisor."""
    return [Expected(case, "ca-prefecture", "E4"), Expected(case, "procuratorate-duty", "E4")]


def e5(case: str) -> list[Expected]:
    """The province."""
    return [Expected(case, "ca-province", "E5")]


def because(reason: str, rung: list[Expected]) -> list[Expected]:
    """A rung that is told for a reason of its own: a breach, new facts, two S1 on one officer."""
    return [each.because(reason) for each in rung]


def station(case: str) -> Expected:
    """The police station of the township."""
    return Expected(case, STATION, "D1")


def command_centre(case: str) -> Expected:
    """The police command centre."""
    return Expected(case, "police-command", "D2")


def bureau_leader(case: str) -> Expected:
    """The leader of the police bureau."""
    return Expected(case, "police-leader", "D3")


def supervisor(case: str) -> Expected:
    """The township's child supervisor."""
    return Expected(case, SUPERVISOR, "E0")


def village(case: str) -> Expected:
    """The village's director for children."""
    return Expected(case, VILLAGE, "E0")


def filing_unit(case: str, unit: str) -> Expected:
    """Who filed, by its callback number."""
    return Expected(case, unit, "E0")


def duty(case: str, *departments: str) -> list[Expected]:
    """The duty officers of other departments: "health", "procuratorate", "womens-fed", "education"."""
    return [Expected(case, f"{department}-duty", "D1") for department in departments]


STATION = f"police-{TOWNSHIP}-station"
SUPERVISOR = f"township-{TOWNSHIP}-supervisor"
VILLAGE = f"village-{TOWNSHIP}-director"


def at_filing(case: str, unit: str, *departments: str, with_village: bool = True) -> list[Expected]:
    """Whoever is told as soon as a case is filed by `unit`: civil affairs, police, township, and these departments."""
    told = [*e1(case), station(case), supervisor(case), filing_unit(case, unit), *duty(case, *departments)]
    return [*told, village(case)] if with_village else told


def others(told: list[Expected]) -> list[str]:
    """The contacts of these that are not civil affairs'."""
    return [each.contact for each in told if not each.contact.startswith("ca-")]


def township_head(case: str) -> Expected:
    """The head of the township."""
    return Expected(case, f"township-{TOWNSHIP}-head", "D2")
