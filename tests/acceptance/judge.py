"""The judgement of a decision on a published case, lines J1 to J11. Each gives the reason for a failure, or None."""

from collections.abc import Callable
from typing import Any

from shared.contracts.assessment import Assessment
from shared.contracts.vocabulary import Department, Level, Measure
from tests.acceptance.mapping import Row

CARE = frozenset({Measure.TEMP_CARE, Measure.TEMP_GUARDIANSHIP})
GRAVE = frozenset({"serious", "life_threatening", "death"})
MEDICAL = frozenset({"physical_abuse", "malnutrition", "untreated_illness", "self_harm"})
GONE = frozenset(
    {"detained", "deceased", "missing", "seriously_ill", "disabled", "refuses_duty", "quarantined_or_disaster"}
)
PLACED = frozenset({"temporary_care_village", "civil_affairs_guardianship"})
Line = Callable[[Row, Assessment], str | None]


def _told(decision: Assessment) -> dict[Department, Any]:
    return {due.code: due for due in decision.departments}


def _care_proposed(decision: Assessment) -> str | None:
    if decision.measure.measure not in CARE:
        return f"proposes {decision.measure.measure}"
    if decision.measure.organ is None or not (decision.measure.placement_order or decision.measure.why):
        return "names no organ, or neither a place nor a reason"
    return None


def j1(row: Row, decision: Assessment) -> str | None:
    """Grave injury, sexual abuse and trafficking: S1, and police at once."""
    if row["injury"] not in GRAVE and not {"sexual_abuse", "trafficking"} & set(row["concerns"]):
        return None
    police = _told(decision).get(Department.POLICE)
    if decision.level is not Level.S1:
        return f"level {decision.level}"
    return None if police and police.at_ms == decision.at_ms else "police are not told at once"


def j2(row: Row, decision: Assessment) -> str | None:
    """Police acted: police must be told."""
    if not {"police_call", "police_case"} & set(row["what_was_done"]):
        return None
    return None if Department.POLICE in _told(decision) else "police are not told"


def j3(row: Row, decision: Assessment) -> str | None:
    """A placement was made: civil affairs told, care or guardianship proposed."""
    done = row["what_was_done"]
    if row["injury"] == "death" or not any(d.startswith("temporary_placement_") or d in PLACED for d in done):
        return None
    return _care_proposed(decision) if Department.CIVIL_AFFAIRS in _told(decision) else "civil affairs are not told"


def j4(row: Row, decision: Assessment) -> str | None:
    """Medical care was given for harm: health must be told."""
    harmed = bool(MEDICAL & set(row["concerns"])) or row["injury"] not in ("none", "unknown")
    if "medical_care" not in row["what_was_done"] or not harmed:
        return None
    return None if Department.HEALTH in _told(decision) else "health is not told"


def j5(row: Row, decision: Assessment) -> str | None:
    """Out of school: education must be told."""
    if "out_of_school" not in row["concerns"] or Department.EDUCATION in _told(decision):
        return None
    return "education is not told"


def j6(row: Row, decision: Assessment) -> str | None:
    """Guardianship was revoked: the ground is to be examined, with a reminder and the procuratorate."""
    if "guardianship_revoked" not in row["what_was_done"]:
        return None
    revocation = decision.revocation
    if not (revocation.examine and revocation.ground and revocation.remind_at_ms):
        return "revocation is not to be examined, or without ground or reminder"
    return None if Department.PROCURATORATE in _told(decision) else "the procuratorate is not told"


def j7(row: Row, decision: Assessment) -> str | None:
    """No guardian is left: S2 at least, and care or guardianship."""
    statuses = set(row["guardian_status"])
    if row["injury"] == "death" or not statuses or not statuses <= GONE:
        return None
    return f"level {decision.level}" if decision.level.urgency < Level.S2.urgency else _care_proposed(decision)


def j8(row: Row, decision: Assessment) -> str | None:
    """An able guardian, no injury, only left alone or run away: return with a check, no placement."""
    statuses, concerns = set(row["guardian_status"]), set(row["concerns"])
    if "able" not in statuses or "abusive" in statuses or row["injury"] != "none":
        return None
    if not concerns or not concerns <= {"left_alone", "runaway_missing"}:
        return None
    measure = decision.measure.measure
    return None if measure is Measure.RETURN_TO_ABLE_GUARDIAN else f"proposes {measure}"


def j9(row: Row, decision: Assessment) -> str | None:
    """The suspected carer is never told."""
    names = {item.who for item in decision.not_told}
    recipients = {due.code.value for due in decision.departments} | {rung.department.value for rung in decision.rungs}
    if recipients & names:
        return f"{sorted(recipients & names)} are both told and not told"
    if "abusive" in row["guardian_status"] and "OTHER" not in names:
        return "the suspected carer is not among those left out"
    return None


def j10(_row: Row, decision: Assessment) -> str | None:
    """At least one rule with its law, and one pending deadline."""
    if not any(item.source.citation for item in decision.situations):
        return "no rule is cited"
    return None if any(clock.due_at_ms > decision.at_ms for clock in decision.clocks) else "no deadline is pending"


def j11(_row: Row, decision: Assessment) -> str | None:
    """Every recipient is traceable to a rule that fired or to a rung."""
    rules = {item.source.rule for item in decision.situations} | {rung.source.rule for rung in decision.rungs}
    untraced = [due.code.value for due in decision.departments if due.source.rule not in rules]
    return f"{untraced} are told by no rule" if untraced else None


LINES: dict[str, Line] = {
    "J1": j1, "J2": j2, "J3": j3, "J4": j4, "J5": j5, "J6": j6, "J7": j7, "J8": j8, "J9": j9, "J10": j10, "J11": j11,
}  # fmt: skip


def failures(row: Row, decision: Assessment) -> list[str]:
    """The failing lines of one case, in words."""
    found = ((name, line(row, decision)) for name, line in LINES.items())
    return [f"{row['case_id']} {name}: {reason}" for name, reason in found if reason]
