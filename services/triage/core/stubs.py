"""Closed cases shrink to stubs of at most 300 bytes: what opens them again, and nothing else."""

from typing import Any

import orjson
from shared.contracts.reports import (
    AllegedFacts,
    ChildFacts,
    CustodyFacts,
    ImplicatedUnit,
    InstitutionFacts,
    ReportFacts,
)
from shared.contracts.vocabulary import (
    CloseReason,
    Concern,
    EndReason,
    GuardianStatus,
    Holder,
    InstitutionType,
    Level,
    Relation,
    Sex,
)

from services.triage.core.policy.people import alleged_of
from services.triage.core.state import Case, Custody, Stub

STUB_CONCERNS_MAX = 4
STUB_UNITS_MAX = 2
LASTING_CLOSED = {
    CloseReason.LONG_TERM_94: EndReason.LONG_TERM_94,
    CloseReason.REVOKED_NEW_GUARDIAN: EndReason.REVOKED_NEW_GUARDIAN,
}
"""Closing with a lasting guardian, whatever measure there was."""


def stub_of(case: Case, reason: CloseReason, at_ms: int) -> Stub:
    """The stub of a case that closes now."""
    child = case.facts.children[0] if case.facts.children else ChildFacts()
    facts: dict[str, object] = {
        "c": [concern.value for concern in child.concerns[:STUB_CONCERNS_MAX]],
        "a": child.age_years,
        "s": child.sex.value if child.sex else None,
        "w": child.area_code,
        "i": case.facts.institution.type.value,
    }
    facts.update({key: value for key, value in _alleged(case).items() if value})
    lasting = LASTING_CLOSED.get(reason, case.lasting)
    if lasting is not None:
        facts["l"] = lasting.value
    if case.gravest is not None and case.gravest is not case.level:
        facts["g"] = case.gravest.value
    return Stub(
        case=case.case,
        report_id=case.report_id,
        receipt=case.receipt,
        child=case.child,
        level=case.level,
        holder=case.custody.holder if case.custody else Holder.UNKNOWN,
        reason=reason,
        closed_at_ms=at_ms,
        deadline_count=case.deadline_count,
        alert_count=case.alert_count,
        facts=orjson.dumps(facts).decode(),
    )


def _alleged(case: Case) -> dict[str, object]:
    """Who was alleged and which units were implicated: after reopening, too, they are neither told nor given the child.

    One relation is kept: the alleged person's, else the first guardian's or carer's who is said to do harm.
    """
    facts = case.facts
    alleged = alleged_of(facts)
    said = [person.relation for person in alleged]
    said += [each.relation for each in facts.guardians if GuardianStatus.ABUSIVE in each.status]
    if facts.carer is not None and GuardianStatus.ABUSIVE in facts.carer.status:
        said.append(facts.carer.relation)
    known = [relation for relation in said if relation is not Relation.UNKNOWN] or said
    units = [unit for unit in facts.implicated if unit.unit_type is not None][:STUB_UNITS_MAX]
    return {
        "p": known[0].value if known else None,
        "o": any(person.office for person in alleged),
        "u": [[unit.unit_type, unit.area_code] for unit in units],
    }


def _alleged_facts(known: dict[str, Any]) -> dict[str, Any]:
    """The same facts read back."""
    relation = known.get("p")
    office = True if known.get("o") else None
    return {
        "alleged_person": AllegedFacts(relation=Relation(relation), office=office) if relation else None,
        "implicated": tuple(
            ImplicatedUnit(unit_type=InstitutionType(kind), area_code=area) for kind, area in known.get("u", ())
        ),
    }


def case_of(stub: Stub, county: str, hold: str | None, at_ms: int) -> Case:
    """The case that a stub opens again: few facts, the old level; its counters go on, so that no id is used twice."""
    known = orjson.loads(stub.facts)
    child = ChildFacts(
        concerns=tuple(Concern(concern) for concern in known["c"]),
        age_years=known["a"],
        sex=Sex(known["s"]) if known["s"] else None,
        area_code=known["w"],
    )
    return Case(
        case=stub.case,
        county=county,
        report_id=stub.report_id,
        receipt=stub.receipt,
        child=stub.child,
        facts=ReportFacts(
            institution=InstitutionFacts(type=InstitutionType(known["i"])),
            children=(child,),
            custody_now=CustodyFacts(holder=stub.holder),
            **_alleged_facts(known),
        ),
        arrived_at_ms=at_ms,
        report_ids=(stub.report_id,),
        level=stub.level,
        gravest=Level(known["g"]) if "g" in known else stub.level,
        custody=Custody(stub.holder, None, "RECORD", hold),
        hold=hold,
        lasting=EndReason(known["l"]) if "l" in known else None,
        deadline_count=stub.deadline_count,
        alert_count=stub.alert_count,
    )


def stub_bytes(stub: Stub) -> int:
    """The bytes of a stub's facts when written down (tested to be at most 300)."""
    return len(
        "|".join(
            str(value)
            for value in (
                stub.case,
                stub.receipt,
                stub.child,
                stub.level,
                stub.holder,
                stub.reason,
                stub.closed_at_ms,
                stub.deadline_count,
                stub.alert_count,
                stub.facts,
            )
        )
    )
