"""What notify says: an alert is settled, or a department has answered on the page of a signed link."""

from shared.contracts.alerts import AlertResult, AlertSettled, AnswerCode, AnswerGiven, OutcomeRecorded
from shared.contracts.events import AnswerRecorded, InputUndecidable
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.vocabulary import Department, LadderStep

from services.triage.core import domicile, ladders, notices, response, staffing
from services.triage.core.decision import Draft
from services.triage.core.inputs import OutcomeInput
from services.triage.core.state import Case, Ladder


def record(draft: Draft, given: OutcomeInput) -> None:
    """Record an outcome once; a repetition, or one for a closed or unknown case, has no effect."""
    county = draft.state.cases.get(given.outcome.case)
    if county is not None and county != draft.county_code:
        draft.emit(InputUndecidable(topic="outcomes", error="FOREIGN_COUNTY"))
        draft.because("the case belongs to another county")
        return
    if isinstance(given.outcome, AlertSettled):
        _settle(draft, given.outcome)
    else:
        _answer(draft, given.outcome)


def _settle(draft: Draft, outcome: AlertSettled) -> None:
    """The alert is settled; one that failed on every channel goes up the ladder at once."""
    if outcome.alert_id in draft.state.outcomes:
        draft.because("the outcome was delivered again")
        return
    before = draft.state.case(outcome.case)
    unsettled = before is not None and outcome.alert_id in before.alerts
    draft.emit(
        OutcomeRecorded(
            alert_id=outcome.alert_id,
            case=outcome.case,
            result=outcome.result.value,
            channel=outcome.channel,
            attempts=outcome.attempts,
        )
    )
    case = draft.state.case(outcome.case)
    if case is None or outcome.result is not AlertResult.FAILED:
        return
    if notices.kind_of(outcome.alert_id) is not None:
        domicile.settled(draft, case.case, outcome.result)
        return
    ladder = next((each for each in case.ladders.values() if _asked(each, outcome.alert_id)), None)
    if ladder is None:
        return
    if ladder.acknowledged_by is not None or not _current(ladder, outcome.alert_id):
        quiet = ladder.acknowledged_by is not None or _above(ladder, outcome.alert_id)
        if unsettled and quiet:
            _tell_above(draft, case, ladder, outcome.alert_id)
        return
    draft.because("the alert reached nobody: the next rung is told")
    ladders.climb_above(draft, case.case, ladder.department, "ALERT_FAILED")


def _tell_above(draft: Draft, case: Case, ladder: Ladder, alert_id: str) -> None:
    """What was told in passing (a breach, a lost place) and reached nobody goes to the next step that is staffed."""
    step = _step_of(alert_id)
    above = [each for each in ladder.steps if step is not None and ladders.ORDER[each.step] > ladders.ORDER[step]]
    if above:
        draft.because("an alert told in passing reached nobody: the step above is told")
        ladders.tell_also(draft, case.case, ladder.department, above[0].step, "ALERT_FAILED")


def _answer(draft: Draft, outcome: AnswerGiven) -> None:
    """An answer has the same effect as the department's command, for its own ladder alone."""
    if outcome.outcome_id in draft.state.outcomes:
        draft.because("the answer was delivered again")
        return
    draft.emit(
        AnswerRecorded(
            case=outcome.case,
            alert_id=outcome.alert_id,
            department=outcome.department,
            answer=outcome.answer,
            outcome_id=outcome.outcome_id,
        )
    )
    case = draft.state.case(outcome.case)
    if case is None:
        draft.because("the case is not open: the answer has no effect")
        return
    by = _who(case, outcome.alert_id)
    if by is None:
        draft.because("no such alert was asked of this department: the answer has no effect")
        return
    if notices.kind_of(outcome.alert_id) is not None:
        domicile.answered(draft, case.case, outcome.answer, by)
        return
    if _told(draft, case, outcome.alert_id) not in {None, outcome.department}:
        draft.because("the alert told another department than the one that answers: the answer has no effect")
        return
    department = _ladder_of(case, outcome)
    refused: str | None
    match outcome.answer:
        case AnswerCode.ACKNOWLEDGE:
            refused = response.acknowledge(draft, outcome.case, department, by)
        case AnswerCode.DISPATCH:
            refused = response.dispatch(draft, outcome.case, department, by)
        case AnswerCode.DECLINE:
            reason = outcome.decline_reason.value if outcome.decline_reason else "UNABLE"
            refused = response.decline(draft, outcome.case, department, by, reason)
    if refused is not None:
        draft.because(f"the answer has no effect: {refused}")


def _who(case: Case, alert_id: str) -> str | None:
    """Who answers: the alert's only contact, else the alert itself. None when the case never asked this alert."""
    if not alert_id.startswith(f"{case.case}~"):
        return None
    for ladder in case.ladders.values():
        for asked, contacts in ladder.recent:
            if asked == alert_id:
                return f"{staffing.BY_CONTACT}{contacts[0]}" if len(contacts) == 1 else f"link:{alert_id}"[:120]
    return f"link:{alert_id}"[:120]


def _told(draft: Draft, case: Case, alert_id: str) -> Department | None:
    """The department that the alert told: from the alert while it is unsettled, then from whom it told, else None."""
    pending = case.alerts.get(alert_id)
    if pending is not None:
        return pending.department
    told = next((told for ladder in case.ladders.values() for asked, told in ladder.recent if asked == alert_id), ())
    for contact_id in told[:1]:
        contact = draft.registry.contacts.get(contact_id)
        contact = contact or draft.state.registry(COUNTY_UNKNOWN).contacts.get(contact_id)
        return contact.department if contact else None
    return None


def _ladder_of(case: Case, outcome: AnswerGiven) -> Department:
    """The department's own ladder; where it has none it was told in another's place, and answers for that one."""
    if outcome.department in case.ladders:
        return outcome.department
    for ladder in case.ladders.values():
        if _asked(ladder, outcome.alert_id) and ladder.stand_in is outcome.department:
            return ladder.department
    return outcome.department


def _asked(ladder: Ladder, alert_id: str) -> bool:
    return any(asked == alert_id for asked, _ in ladder.recent)


def _step_of(alert_id: str) -> LadderStep | None:
    return next((each for each in LadderStep if alert_id.rsplit("~", 2)[1:2] == [each.value]), None)


def _above(ladder: Ladder, alert_id: str) -> bool:
    """Whether the alert told a step to which the ladder has not climbed yet."""
    step = _step_of(alert_id)
    return step is not None and ladder.step is not None and ladders.ORDER[step] > ladders.ORDER[ladder.step]


def _current(ladder: Ladder, alert_id: str) -> bool:
    """Whether the alert belongs to the step at which the ladder stands."""
    return ladder.step is not None and alert_id.rsplit("~", 2)[1:2] == [ladder.step.value]
