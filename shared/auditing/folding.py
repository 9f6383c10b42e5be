"""What each mark does to the life of its case: one function for a kind of event, in the order of a case's life."""

from collections.abc import Callable, Mapping
from typing import Final

from shared.auditing.lives import (
    ACCEPT,
    OFFICERS,
    POLICE,
    SCREENED,
    TEMPORARY,
    URGENCY,
    Glass,
    Life,
    Task,
)
from shared.auditing.marks import Mark
from shared.auditing.observations import Access, CareEnd, Climb, Doubt, Filing, Overriding

FIRST_RUNGS: Final = frozenset({"E0", "E1", "D1"})
"""Told when the case comes; every other rung is reached because nobody accepted."""
TOLD_BY_CLOCK: Final[Mapping[str, str]] = {
    "DECISION": "RECEIVED_TO_DECISION",
    "FEEDBACK_INTERIM": "RECEIVED_TO_FEEDBACK",
    "FEEDBACK": "RECEIVED_TO_RESULT",
}
"""Steps that are known by the clock that they met."""
RECORDED_LATE_MS: Final = 24 * 3_600_000
"""A sighting that is written down a day after it was: by design, no text says so."""
SAME_MOMENT_MS: Final = 60_000
"""Found and filed within a minute: the form was filled in with the time of filing."""


def fold(life: Life, mark: Mark) -> None:
    """Fold the next mark. Raises KeyError for one that lacks what it must have."""
    life.begin_record((mark.book, mark.seq))
    what = FOLDS.get(mark.kind)
    if what is not None:
        what(life, mark)


def begun(mark: Mark) -> Life:
    """The life of a case from the record that opened it."""
    facts, county = mark.facts, mark.county
    life = Life(
        mark.case, county, _area(facts, county), facts["report_id"], mark.at_ms, facts["arrived_at_ms"],
        is_undecidable=mark.kind == "CaseUndecidable", linked=tuple(facts.get("linked", ())),
    )  # fmt: skip
    _filed(life, mark)
    return life


def filing_of(mark: Mark) -> Filing | None:
    """The filing that a mark stands for; None for one that is no filing of its own, or was filed in another county."""
    facts = mark.facts
    is_own = mark.kind == "CaseOpened" or (mark.kind == "ReportJoined" and "matched_by" in facts)
    if not is_own or "type" not in facts or "offered_by" in facts:
        return None
    return Filing(mark.at_ms, facts["report_id"], facts["type"], facts.get("id"), _area(facts, mark.county))


def _filed(life: Life, mark: Mark) -> None:
    facts, filing = mark.facts, filing_of(mark)
    if filing is not None:
        life.filings.append(filing)
    if "offered_by" in facts:
        return
    discovered_ms, filed_ms = facts.get("discovered_at_ms"), facts.get("filed_at_ms")
    if discovered_ms is not None and filed_ms is not None:
        life.first("DISCOVERED_TO_FILED", filed_ms, mark.at_ms, since_ms=discovered_ms)
        if abs(filed_ms - discovered_ms) < SAME_MOMENT_MS:
            life.doubts.append(
                Doubt(mark.at_ms, "FOUND_WHEN_FILED", life.case, facts.get("type", ""), discovered_ms, filed_ms)
            )


def _area(facts: Mapping[str, object], county: str) -> str:
    """Where the child is now: the township when known and in this county, else the county."""
    area = facts.get("area_code")
    return area if isinstance(area, str) and area.startswith(county) else county


def _opened_again(life: Life, mark: Mark) -> None:
    """What could not be decided is decided now."""
    life.is_undecidable = False
    life.area = _area(mark.facts, life.county)
    life.linked = tuple(mark.facts.get("linked", ()))
    _filed(life, mark)


def _joined(life: Life, mark: Mark) -> None:
    if "area_code" in mark.facts:
        life.area = _area(mark.facts, life.county)
    _filed(life, mark)


def _separated(life: Life, mark: Mark) -> None:
    """It was another child's: no repeated report of this one. Its own case counts it."""
    life.filings = [each for each in life.filings if each.report_id not in mark.facts["report_ids"]]


def _level_set(life: Life, mark: Mark) -> None:
    level, before = mark.facts["level"], mark.facts.get("before", life.level)
    if mark.facts.get("override"):
        life.overridings.append(Overriding(mark.at_ms, before, level, mark.facts["reason"]))
        if level == SCREENED:
            life.screened_ms = mark.at_ms
        if URGENCY[level] < URGENCY[before]:
            life.eased.append(("LOWERED_LATE", mark.at_ms))
    life.level = level


def _clock_started(life: Life, mark: Mark) -> None:
    facts = mark.facts
    life.spells.start(facts["clock"], facts["start_at_ms"], facts["due_at_ms"], life.level, life.record)


def _clock_met(life: Life, mark: Mark) -> None:
    clock, happened_ms = mark.facts["clock"], mark.facts["at_ms"]
    if life.spells.meet(clock, happened_ms, mark.at_ms, life.level) is not None and clock in TOLD_BY_CLOCK:
        life.first(TOLD_BY_CLOCK[clock], happened_ms, mark.at_ms)


def _clock_breached(life: Life, mark: Mark) -> None:
    life.spells.run_out(mark.facts["clock"], mark.facts["due_at_ms"], mark.at_ms, life.level)


def _clock_cancelled(life: Life, mark: Mark) -> None:
    life.spells.stop(mark.facts["clock"], life.record)


def _rung_scheduled(life: Life, mark: Mark) -> None:
    """The second rung: the duty officer's time ends then. It runs once for a case, from its arrival."""
    facts = mark.facts
    if facts["department"] == OFFICERS and not facts.get("repeat"):
        spell = life.spells.last.get(ACCEPT)
        if spell is None or (spell.runs and spell.ran_out_ms is None) or spell.stopped_by_closing:
            life.spells.start(ACCEPT, life.arrived_ms, facts["due_at_ms"], life.level, life.record)


def _rung_reached(life: Life, mark: Mark) -> None:
    facts = mark.facts
    department, step = facts["department"], facts["step"]
    if step in FIRST_RUNGS or facts.get("repeat"):
        return
    is_told = facts["staffed"] or "stand_in" in facts
    known = life.climbs.get((department, step))
    if known is None:
        life.climbs[department, step] = Climb(mark.at_ms, department, step, life.level, is_told)
    elif is_told:
        life.climbs[department, step] = known._replace(staffed=True)
    spell = life.spells.last.get(ACCEPT)
    if department == OFFICERS and spell is not None and spell.runs and mark.at_ms >= spell.due_ms:
        life.spells.run_out(ACCEPT, spell.due_ms, mark.at_ms, life.level)


def _alert_requested(life: Life, mark: Mark) -> None:
    department = mark.facts["department"]
    is_own = mark.facts.get("ladder", department) == department
    life.alerts[mark.facts["alert_id"]] = (department, is_own)
    life.told.add(department)
    if is_own:
        life.tasks.setdefault(department, Task(mark.at_ms))


def _outcome_recorded(life: Life, mark: Mark) -> None:
    department, is_own = life.alerts.get(mark.facts["alert_id"], ("", False))
    sent = mark.facts["result"] == "SENT"
    if sent and department == POLICE:
        life.first("RECEIVED_TO_POLICE", mark.at_ms, mark.at_ms)
    if is_own:
        task = life.tasks[department]
        task.delivered |= sent
        task.failed |= mark.facts["result"] == "FAILED"


def _accepted(life: Life, mark: Mark) -> None:
    department, happened_ms = mark.facts["department"], mark.facts["at_ms"]
    task = life.tasks.get(department)
    if task is not None and task.accepted_ms is None:
        task.accepted_ms = happened_ms
    if department == OFFICERS:
        life.accepted_ms = happened_ms
        life.spells.meet(ACCEPT, happened_ms, mark.at_ms, life.level)
        life.first("RECEIVED_TO_ACCEPTED", happened_ms, mark.at_ms)


def _expired(life: Life, mark: Mark) -> None:
    """Accepted, and nobody was sent in time."""
    if mark.facts.get("reason") != "NO_DISPATCH":
        return
    department = mark.facts["department"]
    task = life.tasks.get(department)
    since_ms = (life.accepted_ms if department == OFFICERS else task.accepted_ms if task else None) or mark.at_ms
    life.doubts.append(Doubt(mark.at_ms, "ACCEPTED_THEN_NOTHING", life.case, department, since_ms, mark.at_ms))


def _declined(life: Life, mark: Mark) -> None:
    task = life.tasks.get(mark.facts["department"])
    if task is not None and task.declined_ms is None:
        task.declined_ms = mark.at_ms


def _reported(life: Life, mark: Mark) -> None:
    task = life.tasks.get(mark.facts["department"])
    if task is not None and task.outcome_ms is None:
        task.outcome_ms = mark.at_ms


def _seen(life: Life, mark: Mark) -> None:
    seen_ms, recorded_ms = mark.facts["seen_at_ms"], mark.facts["recorded_at_ms"]
    life.first("RECEIVED_TO_SEEN", seen_ms, mark.at_ms)
    if recorded_ms - seen_ms >= RECORDED_LATE_MS:
        life.doubts.append(Doubt(mark.at_ms, "SEEN_WRITTEN_LATE", life.case, "SEEN", seen_ms, recorded_ms))


def _proposed(life: Life, mark: Mark) -> None:
    if mark.facts["measure"] == TEMPORARY:
        life.organ = mark.facts.get("organ")


def _signed(life: Life, mark: Mark) -> None:
    if mark.facts["measure"] == TEMPORARY and mark.facts["status"] == "ASSIGNED" and life.care_since_ms is None:
        life.care_since_ms = mark.facts["at_ms"]


def _ended(life: Life, mark: Mark) -> None:
    if mark.facts["measure"] == TEMPORARY and life.care_since_ms is not None:
        span_ms = max(0, mark.at_ms - life.care_since_ms)
        life.care_ends.append(CareEnd(mark.at_ms, life.organ or "UNKNOWN", mark.facts["reason"], span_ms))
        life.care_since_ms = None


def _closed(life: Life, mark: Mark) -> None:
    life.is_open = False
    life.closed_ms.append(mark.at_ms)
    life.outliving = frozenset(mark.facts.get("open_clocks", ()))
    life.eased.append(("JOINED_LATE" if mark.facts["reason"] == "DUPLICATE" else "CLOSED_LATE", mark.at_ms))


def _reopened(life: Life, mark: Mark) -> None:
    life.is_open = True
    life.reopened_ms.append(mark.at_ms)
    closed_ms = life.closed_ms[-1] if life.closed_ms else mark.at_ms
    life.doubts.append(Doubt(mark.at_ms, "CLOSED_AND_REOPENED", life.case, "", closed_ms, mark.at_ms))


def _duty_recorded(life: Life, mark: Mark) -> None:
    """What outlived the case was done, or is not this county's any more; one that recurs runs again."""
    facts, clock = mark.facts, mark.facts["clock"]
    if facts["how"] == "DONE":
        life.spells.meet(clock, facts["at_ms"], mark.at_ms, life.level)
    else:
        life.spells.stop(clock, life.record)
    if "next_due_at_ms" in facts:
        life.spells.start(clock, facts["at_ms"], facts["next_due_at_ms"], life.level, (-1, -1))


def _opening_requested(life: Life, mark: Mark) -> None:
    life.accesses.append(Access(mark.at_ms, "ASKED_FOR_TWO", ""))


def _identity_opened(life: Life, mark: Mark) -> None:
    facts = mark.facts
    life.accesses.append(Access(mark.at_ms, facts["basis"], facts["purpose"]))
    if facts["basis"] == "BREAK_GLASS":
        life.glasses[facts["opening"]] = Glass(facts["at_ms"], facts.get("clock", ""))


def _glass_reviewed(life: Life, mark: Mark) -> None:
    glass = life.glasses.get(mark.facts["opening"])
    if glass is not None and glass.finding is None:
        glass.finding, glass.reviewed_ms = mark.facts["finding"], mark.facts["at_ms"]


def _destroyed(life: Life, mark: Mark) -> None:
    life.accesses.append(Access(mark.at_ms, "DESTROYED", mark.facts["ground"]))


FOLDS: Final[Mapping[str, Callable[[Life, Mark], None]]] = {
    "CaseOpened": _opened_again,
    "ReportJoined": _joined,
    "ReportSeparated": _separated,
    "LevelSet": _level_set,
    "ClockStarted": _clock_started,
    "ClockMet": _clock_met,
    "ClockBreached": _clock_breached,
    "ClockCancelled": _clock_cancelled,
    "RungScheduled": _rung_scheduled,
    "RungReached": _rung_reached,
    "AlertRequested": _alert_requested,
    "OutcomeRecorded": _outcome_recorded,
    "DepartmentAcknowledged": _accepted,
    "AcknowledgementExpired": _expired,
    "DepartmentDeclined": _declined,
    "DepartmentReported": _reported,
    "ChildSeen": _seen,
    "MeasureProposed": _proposed,
    "MeasureSigned": _signed,
    "MeasureEnded": _ended,
    "CaseClosed": _closed,
    "CaseReopened": _reopened,
    "DutyRecorded": _duty_recorded,
    "IdentityOpeningRequested": _opening_requested,
    "IdentityOpened": _identity_opened,
    "BreakGlassReviewed": _glass_reviewed,
    "IdentityDestroyed": _destroyed,
    "LegalHoldSet": lambda life, mark: life.accesses.append(Access(mark.at_ms, "LEGAL_HOLD", "SET")),
    "LegalHoldLifted": lambda life, mark: life.accesses.append(Access(mark.at_ms, "LEGAL_HOLD", "LIFTED")),
}
