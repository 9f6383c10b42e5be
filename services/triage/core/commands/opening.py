"""Opening an identity: asked for, given a second word, broken open in danger and reviewed, or a department's set."""

from typing import Any

from shared.contracts import identity as said
from shared.contracts.assessment import ClockDue
from shared.contracts.events import ClockMet
from shared.contracts.identity import BREAK_GLASS_PARTS, GRANT_MS, OpeningBasis, OpeningPurpose
from shared.contracts.ids import COUNTY_UNKNOWN
from shared.contracts.registry import Account
from shared.contracts.vocabulary import ClockType, Department, LadderStep, Level

from services.triage.core import clocks_of_case, identity, ladders
from services.triage.core.clocks import Unit, due_at_ms
from services.triage.core.commands.authority import account_of
from services.triage.core.commands.refused import Refused, refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput

TOLD_OF_IT = (LadderStep.E2, LadderStep.E3)
"""The second officer and the supervisor."""


def open_identity(draft: Draft, body: said.OpenIdentity, given: CommandInput) -> None:
    """An officer's request: granted at once, or it waits for the second person."""
    account, case, now_ms = _responsible(draft, given), draft.case(body.case), _now_ms(draft)
    parts = tuple(dict.fromkeys(body.parts))
    opening = given.command.command_id
    if not identity.needs_second(draft.state, case, parts):
        _grant(draft, given, body.case, OpeningBasis.OFFICER, parts=parts, reason=body.reason, purpose=body.purpose)
        return
    waiting = [each for each in case.openings.values() if each.expires_at_ms >= now_ms]
    refuse_unless(len(waiting) < identity.WAITING_MAX, "TOO_MANY_WAIT", "too many openings wait for a second person")
    draft.emit(
        said.IdentityOpeningRequested(
            case=body.case,
            opening=opening,
            by=account.account,
            parts=parts,
            reason=body.reason,
            purpose=body.purpose,
            at_ms=draft.at_ms,
            expires_at_ms=now_ms + identity.REQUEST_VALID_MS,
        )
    )
    draft.because("the opening waits for a second person")


def second_opening(draft: Draft, body: said.SecondIdentityOpening, given: CommandInput) -> None:
    """The second person's word: the first one may read from now on."""
    account, case = _responsible(draft, given), draft.case(body.case)
    waits = case.openings.get(body.opening)
    if waits is None:
        raise Refused("NO_OPENING", "no such opening waits for a second person")
    refuse_unless(waits.by != account.account, "SECOND_PERSON", "the second word is another person's")
    refuse_unless(_now_ms(draft) <= waits.expires_at_ms, "EXPIRED", "the opening has waited too long; ask again")
    first = draft.registry.accounts.get(waits.by) or draft.state.county(COUNTY_UNKNOWN).accounts.get(waits.by)
    refuse_unless(first is not None and first.active, "UNKNOWN_ACCOUNT", "who asked is no active account any more")
    draft.emit(
        said.IdentityOpened(
            case=body.case,
            opening=body.opening,
            basis=OpeningBasis.OFFICER,
            by=waits.by,
            second=account.account,
            parts=waits.parts,
            reason=waits.reason,
            purpose=waits.purpose,
            at_ms=draft.at_ms,
            until_ms=_now_ms(draft) + GRANT_MS,
        )
    )


def break_glass(draft: Draft, body: said.BreakGlass, given: CommandInput) -> None:
    """One officer alone, in danger: second officer and supervisor are told at once, and the review's clock runs."""
    _responsible(draft, given)
    case = draft.case(body.case)
    in_danger = (case.level or Level.S1) in identity.IN_DANGER
    refuse_unless(in_danger, "NOT_IN_DANGER", "one officer alone opens at S1 and S2 only")
    clock = f"{identity.REVIEW}.{case.break_glass_count + 1}"
    _grant(
        draft,
        given,
        body.case,
        OpeningBasis.BREAK_GLASS,
        parts=BREAK_GLASS_PARTS,
        reason=body.reason,
        purpose=OpeningPurpose.DANGER,
        clock=clock,
    )
    due = ClockDue(
        id=clock,
        clock_type=ClockType.WORKING_DAYS,
        start_at_ms=draft.at_ms,
        due_at_ms=due_at_ms(ClockType.WORKING_DAYS, draft.at_ms, 1, Unit.DAY),
        source=identity.REVIEW_SOURCE,
    )
    clocks_of_case.start(draft, body.case, due)
    for step in TOLD_OF_IT:
        ladders.tell_also(draft, body.case, Department.CIVIL_AFFAIRS, step, "BREAK_GLASS")
    draft.because("one officer alone opened the identity; others are told and must review it")


def review_break_glass(draft: Draft, body: said.ReviewBreakGlass, given: CommandInput) -> None:
    """Another person's review meets the clock, whatever it finds."""
    account, case = _responsible(draft, given), draft.case(body.case)
    opened = case.unreviewed.get(body.opening)
    if opened is None:
        raise Refused("NO_OPENING", "no such opening by one officer alone waits for a review")
    refuse_unless(opened.by != account.account, "SECOND_PERSON", "another person reviews it")
    draft.emit(
        said.BreakGlassReviewed(
            case=body.case,
            opening=body.opening,
            by=account.account,
            opened_by=opened.by,
            finding=body.finding,
            at_ms=draft.at_ms,
        )
    )
    draft.emit(ClockMet(case=body.case, clock=opened.clock, at_ms=draft.at_ms))


def open_task(draft: Draft, body: said.OpenTaskIdentity, given: CommandInput) -> None:
    """The disclosure set that the law's decision gave to a department, once it has accepted its task."""
    case = draft.case(body.case)
    refuse_unless(body.department in case.ladders, "NOT_TOLD", "the department has not been told of the case")
    accepted = identity.has_accepted(case, body.department)
    refuse_unless(accepted, "NOT_ACCEPTED", "the department has not accepted its task")
    parts = identity.parts_of_task(case, body.department)
    refuse_unless(parts, "NOTHING_DISCLOSED", "the decision gives this department codes alone")
    _grant(
        draft,
        given,
        body.case,
        OpeningBasis.TASK,
        parts=parts,
        reason="TASK_ACCEPTED",
        purpose=OpeningPurpose.DEPARTMENT_TASK,
        department=body.department,
    )


def _grant(draft: Draft, given: CommandInput, case_id: str, basis: OpeningBasis, **more: Any) -> None:  # noqa: ANN401
    """Record the grant; `more`: its parts, reason, purpose and what else it says."""
    draft.emit(
        said.IdentityOpened(
            case=case_id,
            opening=given.command.command_id,
            basis=basis,
            by=given.command.actor.account,
            at_ms=draft.at_ms,
            until_ms=_now_ms(draft) + GRANT_MS,
            **more,
        )
    )


def _responsible(draft: Draft, given: CommandInput) -> Account:
    account = account_of(draft, given.command.actor)
    responsible = identity.is_responsible(draft.registry, account)
    refuse_unless(responsible, "NOT_RESPONSIBLE", "officers of the responsible county open its identities")
    return account


def _now_ms(draft: Draft) -> int:
    """Grants run from when they are recorded, however late that is."""
    return max(draft.at_ms, draft.now_ms)
