"""Handmade histories for an auditor's figures: raw events as they stand in records, minutes after noon."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from shared.auditing.audit import Audit
from shared.auditing.observations import DAY_MS, Window

MINUTE = 60_000
HOUR = 60 * MINUTE
T0 = 1_795_500_000_000
COUNTY = "520327"
TOWNSHIP = "520327102"


@dataclass
class History:
    """Records, each of one moment; `at` counts minutes from T0."""

    records: list[dict[str, Any]] = field(default_factory=list)
    county: str = COUNTY
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def at(self, minutes: float, *events: dict[str, Any]) -> "History":
        """One record."""
        self.records.append(
            {
                "county": self.county, "book": 0, "seq": next(self.numbers), "decided_at_ms": ms(minutes),
                "events": list(events),
            }
        )  # fmt: skip
        return self

    def audit(self, until_minutes: float, from_minutes: float = 0, area: str = "") -> Audit:
        """The fold of a window."""
        audit = Audit(Window(ms(from_minutes), ms(until_minutes), area))
        for record in self.records:
            audit.take_record(record)
        return audit

    def days(self, until_days: float, from_days: float = 0) -> Audit:
        """The fold of a window in days."""
        return self.audit(until_days * DAY_MS / MINUTE, from_days * DAY_MS / MINUTE)


def ms(minutes: float) -> int:
    """So many minutes after T0."""
    return T0 + int(minutes * MINUTE)


def event(kind: str, case: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - parsed JSON
    """One event of a case."""
    return {"type": kind, "case": case, **facts}


def opened(
    case: str,
    minutes: float,
    *,
    level: str = "S2",
    discovered: float | None = None,
    institution: str | None = None,
    kind: str = "PRIMARY_SCHOOL",
    linked: tuple[str, ...] = (),
    area: str = TOWNSHIP,
) -> tuple[dict[str, Any], ...]:
    """A case is opened by a filing that arrived then."""
    facts: dict[str, Any] = {"institution": {"type": kind, "id": institution}, "children": [{"area_code": area}]}
    if discovered is not None:
        facts["discovered_at_ms"] = ms(discovered)
    return (
        event(
            "CaseOpened", case, county=COUNTY, report_id=f"r-{case}", receipt=f"R-{case}", child=0, facts=facts,
            filed_at_ms=ms(minutes), arrived_at_ms=ms(minutes), linked=list(linked),
        ),
        event("LevelSet", case, level=level, by="POLICY", reason="ASSESSED"),
    )  # fmt: skip


def clock(case: str, name: str, start: float, due: float) -> dict[str, Any]:
    """A clock starts."""
    return event("ClockStarted", case, clock=name, start_at_ms=ms(start), due_at_ms=ms(due))


def met(case: str, name: str, minutes: float) -> dict[str, Any]:
    """A clock is met."""
    return event("ClockMet", case, clock=name, at_ms=ms(minutes))


def ran_out(case: str, name: str, due: float, repeat: int = 0) -> dict[str, Any]:
    """A clock runs out."""
    return event("ClockBreached", case, clock=name, due_at_ms=ms(due), lateness_ms=0, repeat=repeat)


def override(case: str, before: str, after: str, reason: str = "VISITED") -> dict[str, Any]:
    """An officer sets the level."""
    return event("LevelSet", case, level=after, before=before, by="officer", reason=reason, override=True)


def alert(case: str, department: str, ladder: str | None = None) -> dict[str, Any]:
    """A department is to be told."""
    own = {} if ladder is None else {"ladder": ladder}
    return event("AlertRequested", case, alert_id=f"{case}-{department}", department=department, **own)


def sent(case: str, department: str, result: str = "SENT") -> dict[str, Any]:
    """An alert is settled."""
    return event("OutcomeRecorded", case, alert_id=f"{case}-{department}", result=result)


def accepted(case: str, minutes: float, department: str = "CIVIL_AFFAIRS") -> dict[str, Any]:
    """A department accepts."""
    return event("DepartmentAcknowledged", case, department=department, by="b", at_ms=ms(minutes))


def rung(case: str, step: str, department: str = "CIVIL_AFFAIRS", *, staffed: bool = True) -> dict[str, Any]:
    """A rung is reached."""
    return event("RungReached", case, department=department, step=step, repeat=0, staffed=staffed)


def second_rung(case: str, due: float) -> dict[str, Any]:
    """The duty officer's time is known."""
    return event("RungScheduled", case, department="CIVIL_AFFAIRS", step="E2", repeat=0, due_at_ms=ms(due))


def closed(case: str, minutes: float, reason: str = "SUPPORT_COMPLETED") -> dict[str, Any]:
    """A case is closed."""
    return event("CaseClosed", case, reason=reason, by="officer", at_ms=ms(minutes))


def reopened(case: str, minutes: float) -> dict[str, Any]:
    """And opened again."""
    return event("CaseReopened", case, reason="NEW_FACTS", by="officer", at_ms=ms(minutes))
