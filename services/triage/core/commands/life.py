"""A case's life: its level overridden, closed with a reason, opened again, decided again after a repair."""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.events import CaseClosed, CaseReopened, LevelSet, ReportJoined
from shared.contracts.vocabulary import (
    CloseReason,
    EndReason,
    FeedbackStatus,
    Holder,
    Level,
)

from services.triage.core import (
    assessing,
    clocks_of_case,
    custody,
    duties,
    feedback,
    ladders,
    measures,
    places,
    reports,
    transfers_out,
)
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands import closing, ending
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.merging import merged
from services.triage.core.state import Case

ENDS: Final = {
    CloseReason.RETURNED_ASSESSED: EndReason.RETURNED_ASSESSED,
    CloseReason.KIN_TOOK_OVER: EndReason.KIN_TOOK_OVER,
    CloseReason.LONG_TERM_94: EndReason.LONG_TERM_94,
    CloseReason.REVOKED_NEW_GUARDIAN: EndReason.REVOKED_NEW_GUARDIAN,
    CloseReason.AGED_OUT_18: EndReason.AGED_OUT_18,
    CloseReason.DIED: EndReason.DIED,
}


def override_level(draft: Draft, body: asked.OverrideLevel, given: CommandInput) -> None:
    """A named officer sets the level with a reason; upward the clocks and ladders of the new level begin at once.

    Downward its times hold from now on: nobody is told sooner, or by night, than the lowered level says.
    """
    case = draft.case(body.case)
    before = case.level or Level.S1
    refuse_unless(body.level is not before, "SAME_LEVEL", "the case has this level already")
    lowered = body.level.urgency < before.urgency and case.undecidable is None and case.assessment is not None
    if lowered:
        assessing.weigh_for(draft, body.case, body.level)
    draft.emit(
        LevelSet(
            case=body.case,
            level=body.level,
            before=before,
            by=given.command.actor.account,
            reason=body.reason,
            override=True,
        )
    )
    if lowered:
        ladders.follow_level(draft, body.case)
        clocks_of_case.follow_level(draft, body.case)
    if body.level.urgency > before.urgency and case.undecidable is None:
        assessing.assess(draft, body.case, body.level, anew=True)
        measures.propose_all(draft, [body.case])


def close(draft: Draft, body: asked.CloseCase, given: CommandInput) -> None:
    """Close, with a reason and what that reason needs: see `closing`. The reporter is told.

    What is owed to the child afterwards goes on: see `duties`.
    """
    case = draft.case(body.case)
    reviewed = not case.unreviewed
    refuse_unless(reviewed, "NOT_REVIEWED_OPENING", "an opening by one officer alone is not reviewed yet")
    closing.check(draft, case, body, given.command.actor.account)
    _ends_guardianship(draft, case, body, given)
    transfers_out.before_closing(draft, body.case)
    by = given.command.actor.account
    if body.reason is not CloseReason.OFFER_ENDED:
        feedback.tell(draft, body.case, FeedbackStatus.CLOSED)
    if feedback.shows(draft, body.case, FeedbackStatus.CLOSED):
        clocks_of_case.happened(draft, body.case, Happening.RESULT_TOLD)
    stay = duties.outliving(case, body.reason)
    _wind_up(draft, case, body, by, stay)
    left = duties.outliving(draft.case(body.case), body.reason)
    if left:
        draft.because(f"duties outlive the case: {', '.join(left)}")
    draft.emit(
        CaseClosed(
            case=body.case,
            reason=body.reason,
            by=by,
            at_ms=draft.at_ms,
            duplicate_of=body.duplicate_of,
            open_clocks=left or None,
        )
    )
    if body.reason is CloseReason.DUPLICATE and body.duplicate_of is not None:
        _merge_into(draft, body.duplicate_of, case)
        duties.hand_on(draft, case, body.duplicate_of)
    places.offer_waiting(draft)


def _ends_guardianship(draft: Draft, case: Case, body: asked.CloseCase, given: CommandInput) -> None:
    """A guardianship that a signatory made effective is not left standing, unwatched, in a closed case.

    Officers close, so a signatory has ended it before.
    """
    if not custody.guardianship_in_force(case) or body.reason is CloseReason.DUPLICATE:
        return
    reason = ENDS.get(body.reason)
    if reason is None:
        raise Refused("MEASURE_STANDS", "a temporary guardianship is in force; it must end first, with its reason")
    ending.check(
        draft,
        case,
        asked.EndMeasure(
            case=case.case,
            reason=reason,
            holder=case.custody.holder if case.custody is not None else Holder.UNKNOWN,
            guardian_type=body.guardian_type,
            limb_94=body.limb_94,
            of_age=body.of_age,
        ),
        given,
    )


def _merge_into(draft: Draft, other_id: str, closed: Case) -> None:
    """What was known of a duplicate is known of the case that goes on, which may be raised by it, never lowered."""
    other = draft.case(other_id)
    child = closed.facts.children[0] if closed.facts.children else None
    facts = merged(other.facts, closed.facts, child)
    if facts == other.facts:
        return
    draft.emit(ReportJoined(case=other_id, report_id=other.report_id, receipt=other.receipt, facts=facts))
    draft.because("the facts of the duplicate join the case that goes on")
    if other.undecidable is None:
        reports.decide_again(draft, other_id)
        measures.propose_all(draft, [other_id])


def reopen(draft: Draft, body: asked.ReopenCase, given: CommandInput) -> None:
    """Open again, at the old level at least: assessed, told and clocked anew."""
    stub = draft.state.stub(body.case)
    if stub is None:
        raise Refused("NOT_CLOSED", "the case is open")
    ours = stub.reason is not CloseReason.OFFER_ENDED
    refuse_unless(ours, "OFFER_OVER", "it is another county's case; that county offers it again")
    draft.emit(CaseReopened(case=body.case, reason=body.reason, by=given.command.actor.account, at_ms=draft.at_ms))
    assessing.assess(draft, body.case, stub.level, anew=True)
    measures.propose_all(draft, [body.case])


def redecide(draft: Draft, body: asked.Redecide, given: CommandInput) -> None:
    """Decide an undecidable report again; by a named person, so the level may come out lower than the highest."""
    case = draft.case(body.case)
    refuse_unless(case.undecidable is not None, "NOT_UNDECIDABLE", "the case has been decided")
    if given.report is None:
        raise Refused("REPORT_MISSING", "the report cannot be read yet")
    refuse_unless(given.report.message.county == draft.county_code, "COUNTY", "the report is another county's")
    reports.join_undecidable(draft, given.report, body.case)
    assessment = draft.case(body.case).assessment
    before = draft.case(body.case).level
    if assessment is not None and before is not None and assessment.level is not before:
        draft.emit(
            LevelSet(
                case=body.case,
                level=assessment.level,
                before=before,
                by=given.command.actor.account,
                reason="REDECIDED",
            )
        )


def record_duty(draft: Draft, body: asked.RecordDuty, given: CommandInput) -> None:
    """What outlived a closed case was done, handed over, or has ended with a reason."""
    open_duties = draft.state.duties(body.case)
    known = open_duties is not None and body.clock in open_duties.clocks
    refuse_unless(known, "NO_SUCH_DUTY", "no such duty outlives this closed case")
    refuse_unless(body.how == "DONE" or body.reason is not None, "REASON_MISSING", "say why this duty ends here")
    refuse_unless((body.how == "HANDED_OVER") == (body.to is not None), "DEPARTMENT", "say to whom it is handed over")
    duties.record(draft, body, given.command.actor.account)


def _wind_up(draft: Draft, case: Case, body: asked.CloseCase, by: str, stay: tuple[str, ...]) -> None:
    """What steers a closed case ends: alerts, clocks, measure, bed. A child who lives in its place keeps the bed.

    `stay`: the clocks of duties that outlive it.
    """
    ladders.withdraw(draft, case.case, "CLOSED")
    for clock in sorted(set(case.clocks) - set(stay)):
        clocks_of_case.cancel(draft, case.case, clock, "CLOSED")
    if body.reason is CloseReason.REVOKED_NEW_GUARDIAN:
        clocks_of_case.cancel(draft, case.case, clocks_of_case.REVOCATION_RESULT, "MEASURE_ENDED")
    lives_there = case.hold is not None and case.custody is not None and case.custody.place_id == case.hold
    stays = lives_there and body.reason not in closing.WITHOUT_CUSTODY
    if body.reason in ENDS:
        reason = ENDS[body.reason]
        measures.end(
            draft,
            case.case,
            reason,
            by,
            body.guardian_type,
            release=not stays,
            limb_94=body.limb_94,
        )
    hold = draft.case(case.case).hold
    if hold is not None and not stays:
        places.release(draft, case.case, hold, "CLOSED")
