"""Closed cases shrink to stubs of at most 300 bytes: what opens them again, and nothing else."""

import orjson
from shared.contracts.reports import ChildFacts, CustodyFacts, InstitutionFacts, ReportFacts
from shared.contracts.vocabulary import CloseReason, Concern, Holder, InstitutionType, Sex

from services.triage.core.state import Case, Custody, Stub

STUB_CONCERNS_MAX = 4


def stub_of(case: Case, reason: CloseReason, at_ms: int) -> Stub:
    """The stub of a case that closes now."""
    child = case.facts.children[0] if case.facts.children else ChildFacts()
    facts = {
        "c": [concern.value for concern in child.concerns[:STUB_CONCERNS_MAX]],
        "a": child.age_years,
        "s": child.sex.value if child.sex else None,
        "w": child.area_code,
        "i": case.facts.institution.type.value,
    }
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
        ),
        arrived_at_ms=at_ms,
        report_ids=(stub.report_id,),
        level=stub.level,
        custody=Custody(stub.holder, None, "RECORD", hold),
        hold=hold,
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
