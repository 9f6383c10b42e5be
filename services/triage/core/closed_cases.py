"""Children whose cases are closed still live somewhere: when their place closes, the duty officer is told, once.

A machine opens no case again; an officer does, with a reason (ReopenCase), and then a bed is looked for at once.
"""

from typing import NamedTuple

from shared.contracts.alerts import AlertRequested
from shared.contracts.events import CLOSED_CASES_NAMED_MAX, BedsOfClosedCasesLost
from shared.contracts.vocabulary import Department, LadderStep, Level

from services.triage.core import staffing, stand_ins, unassessed
from services.triage.core.clocks import HOUR_MS
from services.triage.core.decision import Draft
from services.triage.core.notices import PLACE, notice_id
from services.triage.core.stubs import case_of
from services.triage.core.telling import ORDER

ANSWER_WITHIN_MS = 2 * HOUR_MS


class Told(NamedTuple):
    """Who is told of a closed case."""

    department: Department
    step: LadderStep
    contacts: tuple[str, ...]
    contacts_of: str | None = None


def whom(draft: Draft, case_id: str, least: LadderStep = LadderStep.E1) -> Told | None:
    """Who is on duty for civil affairs at this step or above, else below, else whoever stands in; None for nobody."""
    stub = draft.state.stub(case_id)
    if stub is None:
        return None
    case = case_of(stub, draft.county_code, None, draft.at_ms)
    moment_ms = max(draft.at_ms, draft.now_ms)
    rungs = unassessed.rungs(Department.CIVIL_AFFAIRS, draft.at_ms)
    above = [rung for rung in rungs if ORDER[rung.step] >= ORDER[least]]
    for rung in (*above, *reversed(rungs)):
        told = staffing.staff(draft.county, case, (rung,), moment_ms)
        if Department.CIVIL_AFFAIRS in told:
            return Told(Department.CIVIL_AFFAIRS, rung.step, told[Department.CIVIL_AFFAIRS])
    stand_in = stand_ins.find(draft.state, case, Department.CIVIL_AFFAIRS)
    if stand_in is None or not stand_in.contacts:
        return None
    return Told(stand_in.department, least, stand_in.contacts, stand_in.county)


def lost_beds(draft: Draft, place_id: str, case_ids: tuple[str, ...], reason: str) -> None:
    """Say that these closed cases' beds are gone: one alert for the place, under the number of the first case."""
    stub = draft.state.stub(case_ids[0])
    if stub is None:
        return
    told = whom(draft, stub.case)
    draft.emit(
        BedsOfClosedCasesLost(
            county=draft.county_code,
            place_id=place_id,
            reason=reason,
            cases=case_ids[:CLOSED_CASES_NAMED_MAX],
            count=len(case_ids),
            told=told.contacts if told else (),
        )
    )
    if told is None:
        draft.because("a place closes under children of closed cases, and nobody is registered who could be told")
        return
    draft.because("a place closes under children of closed cases: the duty officer is told")
    draft.emit(
        AlertRequested(
            alert_id=notice_id(stub.case, PLACE, told.step.value, draft.now_ms),
            case=stub.case,
            county=draft.county_code,
            department=told.department,
            step=told.step,
            level=stub.level or Level.S1,
            act_by_ms=max(draft.at_ms, draft.now_ms) + ANSWER_WITHIN_MS,
            requested_at_ms=draft.now_ms,
            contact_ids=told.contacts,
            reason="PLACE_LOST_CLOSED",
            contacts_of=told.contacts_of,
        )
    )
