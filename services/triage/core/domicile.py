"""The place where the child is acts; civil affairs of the county of registration is told, without an identity.

Its offices are alerted where this county's registry knows them; else an officer tells it. One clock runs for both until
the office has answered or an officer has recorded it. (Design; Civil Code 31 and 34 name the organs without a rule of
place, and 民发〔2021〕5号 sends parents to civil affairs of the registration.)
"""

from shared.contracts.alerts import AlertRequested, AlertResult, AnswerCode
from shared.contracts.events import DomicileNoticeDue, DomicileTold
from shared.contracts.vocabulary import Department, LadderStep, Level, Measure

from services.triage.core import clocks_of_case, ladders
from services.triage.core.clocks import HOUR_MS
from services.triage.core.clocks_of_case import Happening
from services.triage.core.decision import Draft
from services.triage.core.directory import CONTACTS_MAX
from services.triage.core.notices import DOMICILE, notice_id
from services.triage.core.state import Case

COUNTY_DIGITS = 6
ANSWER_WITHIN_MS = 24 * HOUR_MS


def notify(draft: Draft, case_id: str) -> None:
    """Once a measure is proposed for a child registered elsewhere: alert, or an officer's task. Once for a county."""
    case = draft.case(case_id)
    county = elsewhere(case)
    active = case.measure_active and case.measure is not None and case.measure.measure is not Measure.NONE
    if county is None or not active or case.domicile == county:
        return
    contacts = _offices(draft, case, county)
    draft.emit(DomicileNoticeDue(case=case_id, domicile_county=county, contacts=contacts))
    clocks_of_case.start_after(draft, case_id, "DOMICILE_ELSEWHERE")
    if not contacts:
        draft.because("registered in another county, whose office is not known here: an officer tells it")
        return
    draft.because("registered in another county: its civil affairs is told")
    draft.emit(
        AlertRequested(
            alert_id=notice_id(case_id, DOMICILE, LadderStep.E0.value, draft.case(case_id).alert_count + 1),
            case=case_id,
            county=case.county,
            department=Department.CIVIL_AFFAIRS,
            step=LadderStep.E0,
            level=case.level or Level.S1,
            act_by_ms=max(draft.at_ms, draft.now_ms) + ANSWER_WITHIN_MS,
            requested_at_ms=draft.now_ms,
            contact_ids=contacts,
            reason="DOMICILE",
        )
    )


def elsewhere(case: Case) -> str | None:
    """The county of registration when it is known and another one than the case's."""
    child = case.facts.children[0] if case.facts.children else None
    code = child.domicile_area_code if child else None
    county = code[:COUNTY_DIGITS] if code else None
    return county if county and county != case.county else None


def told(draft: Draft, case_id: str, by: str, reference: str | None = None) -> None:
    """The other county knows."""
    county = draft.case(case_id).domicile
    if county is None:
        return
    draft.emit(DomicileTold(case=case_id, domicile_county=county, by=by, at_ms=draft.at_ms, reference=reference))
    clocks_of_case.happened(draft, case_id, Happening.DOMICILE_TOLD)


def still_to_tell(case: Case) -> bool:
    """Whether the county of registration has been found and nothing says yet that it knows."""
    clock = case.clocks.get(clocks_of_case.DOMICILE_NOTICE)
    return case.domicile is not None and (clock is None or not clock.met)


def answered(draft: Draft, case_id: str, answer: AnswerCode, by: str) -> None:
    """The office of the other county has answered the notice; our own ladders are untouched by it."""
    if answer is AnswerCode.DECLINE:
        draft.because("the county of registration hands the notice back: an officer tells it")
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "DOMICILE_DECLINED")
    elif still_to_tell(draft.case(case_id)):
        told(draft, case_id, by)


def settled(draft: Draft, case_id: str, result: AlertResult) -> None:
    """A notice that reached nobody is an officer's task; its clock runs already."""
    if result is AlertResult.FAILED and still_to_tell(draft.case(case_id)):
        draft.because("the notice to the county of registration reached nobody: an officer tells it")
        ladders.tell_also(draft, case_id, Department.CIVIL_AFFAIRS, LadderStep.E1, "DOMICILE_NOT_REACHED")


def _offices(draft: Draft, case: Case, county: str) -> tuple[str, ...]:
    """Civil affairs' offices of that county in this registry, by area; of those implicated only the last."""
    left_out = {unit.unit_id for unit in case.facts.implicated if unit.unit_id}
    found = sorted(
        contact.contact_id
        for contact in draft.county.contacts.values()
        if contact.active
        and contact.department is Department.CIVIL_AFFAIRS
        and contact.area_prefix[:COUNTY_DIGITS] == county
    )
    others = [name for name in found if name not in left_out]
    return tuple((others or found)[:CONTACTS_MAX])
