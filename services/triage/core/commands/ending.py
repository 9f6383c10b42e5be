"""The end of care or guardianship, and a guardianship beyond its limit. Each reason of an end has its preconditions.

| reason | needs |
|---|---|
| RETURNED_ASSESSED | holder GUARDIAN; a named officer's assessment newer than the last harmful fact (MPL 93(2)) |
| any, of a guardianship in force | a signatory on the rota; of a return one who did not assess it (design) |
| any, holder GUARDIAN | what RETURNED_ASSESSED needs |
| KIN_TOOK_OVER | a relative checked and fit; for guardianship also by the order and consent of CC 27 |
| LONG_TERM_94 | a guardianship in force; the item of MPL 94: 1 to 3 no able guardian on file, 4 an application before |
| REVOKED_NEW_GUARDIAN | an application for revocation, and who the new guardian is (CC 36, 39) |
| ADOPTED | safe custody (MPL 95), the number of the registration; with a guardian only after an assessment |
| AGED_OUT_18 | 18 by what a proved filer said, or by the word of who ends it where the record allows it |
| DIED | another official has recorded the death (record-child-seen), and nobody saw the child alive since |
| LIMIT_REACHED_REVIEW | a limit over or near (DAYS_BEFORE_LIMIT); the child stays in safe hands, a review follows |
"""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.assessment import ClockDue, Source
from shared.contracts.events import CustodySet, GuardianshipExtended
from shared.contracts.vocabulary import (
    SAFE_HOLDERS,
    Basis,
    ClockType,
    EndReason,
    GuardianStatus,
    GuardianType,
    Holder,
    Measure,
    Role,
)

from services.triage.core import clocks_of_case, custody, kin, measures, places
from services.triage.core.clocks import DAY_MS, Unit, due_at_ms
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands.guardianship import on_rota
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput
from services.triage.core.state import Case

DAYS_BEFORE_LIMIT: Final = 95
"""From the first warning (270 days) on the limit may be decided."""
YEAR_DAYS: Final = 366
ADULT_YEARS: Final = 18
REVOKED_ITEM: Final = 4
WITHOUT_GUARDIAN: Final = frozenset({1, 2, 3})
"""Items of MPL 94 that say that there is no guardian, or none with the ability."""
RANK_OF: Final = {GuardianType.GRANDPARENT: 1, GuardianType.SIBLING: 2, GuardianType.OTHER_PERSON: 3}
EXTENDED_SOURCE: Final = Source(
    rule="core.guardianship-extended",
    basis=Basis.DESIGN,
    citation="设计值：签批人说明理由后延长，期满须再行决定（国家法律未规定临时监护期限）",
)


def end(draft: Draft, body: asked.EndMeasure, given: CommandInput) -> None:
    """Care or guardianship ends, the child in safe hands. A child who stays where it lives keeps its bed."""
    case = draft.case(body.case)
    refuse_unless(case.measure_active, "NO_MEASURE", "no measure is proposed or in force")
    check(draft, case, body, given)
    by = given.command.actor.account
    lives_there = case.custody is not None and case.hold is not None and case.custody.place_id == case.hold
    stays = lives_there and case.custody is not None and case.custody.holder is body.holder
    stays = stays and body.reason is not EndReason.DIED
    since_ms = case.custody.since_ms if stays and case.custody is not None else draft.at_ms
    measures.end(
        draft,
        body.case,
        body.reason,
        by,
        body.guardian_type,
        release=not stays,
        limb_94=body.limb_94,
        assessed_by=assessed_by(case, body),
        document_number=body.document_number,
    )
    place_id = case.hold if stays else None
    draft.emit(CustodySet(case=body.case, holder=body.holder, since_ms=since_ms, place_id=place_id, by=by))
    if body.holder is Holder.GUARDIAN and body.reason is EndReason.RETURNED_ASSESSED:
        clocks_of_case.start_after(draft, body.case, "RETURNED")
    if body.reason is EndReason.REVOKED_NEW_GUARDIAN:
        clocks_of_case.cancel(draft, body.case, clocks_of_case.REVOCATION_RESULT, "MEASURE_ENDED")
    if body.reason is EndReason.LIMIT_REACHED_REVIEW:
        clocks_of_case.next_review(draft, body.case)
    measures.protected(draft, body.case)
    places.offer_waiting(draft)


def assessed_by(case: Case, body: asked.EndMeasure) -> str | None:
    """Whose assessment a return rests on; None for an end that is no return."""
    returned = body.reason is EndReason.RETURNED_ASSESSED or body.holder is Holder.GUARDIAN
    return case.assessed.by if returned and case.assessed is not None else None


def check(draft: Draft, case: Case, body: asked.EndMeasure, given: CommandInput) -> None:
    """Raise Refused unless the reason's preconditions hold; see the module's table."""
    reason, holder = body.reason, body.holder
    returned = reason is EndReason.RETURNED_ASSESSED or holder is Holder.GUARDIAN
    refuse_unless(
        not returned or custody.return_assessed(case), "NOT_ASSESSED", "an officer must first assess that it is safe"
    )
    refuse_unless(
        reason is not EndReason.RETURNED_ASSESSED or holder is Holder.GUARDIAN,
        "NOT_WITH_GUARDIAN",
        "a return ends with the child with its guardian",
    )
    grown = reason is EndReason.AGED_OUT_18 and age_known(case) is not None
    safe = returned or holder in SAFE_HOLDERS or reason is EndReason.DIED or grown
    refuse_unless(safe, "NO_SAFE_CUSTODY", "a measure ends only when somebody safe holds the child")
    signed = custody.guardianship_in_force(case)
    if signed and returned:
        _two_people(draft, case, given, returned=True)
    _for_reason(draft, case, body, given)
    if signed and not returned:
        _two_people(draft, case, given, returned=False)


def _for_reason(draft: Draft, case: Case, body: asked.EndMeasure, given: CommandInput) -> None:
    """What the reason itself needs."""
    reason = body.reason
    if reason is EndReason.KIN_TOOK_OVER:
        _kin_took_over(case, body)
    elif reason is EndReason.LONG_TERM_94:
        item_of_94(case, body.limb_94)
        signed = custody.guardianship_in_force(case)
        refuse_unless(signed, "NOT_ASSIGNED", "long-term guardianship follows a temporary one that a signatory signed")
    elif reason is EndReason.ADOPTED:
        refuse_unless(body.document_number is not None, "DOCUMENT_MISSING", "the adoption's registration has a number")
    elif reason is EndReason.DIED:
        recorded_dead(case, given.command.actor.account)
    elif reason is EndReason.REVOKED_NEW_GUARDIAN:
        refuse_unless(case.revocation_filed, "NOT_REVOKED", "no application for revocation is recorded")
        refuse_unless(body.guardian_type is not None, "GUARDIAN_MISSING", "say who the new guardian is")
    elif reason is EndReason.AGED_OUT_18:
        is_adult(draft, case, body)
    elif reason is EndReason.LIMIT_REACHED_REVIEW:
        limits = _open_limits(case)
        near = limits is not None and limits - draft.at_ms <= DAYS_BEFORE_LIMIT * DAY_MS
        refuse_unless(near, "NOT_AT_LIMIT", "no limit of a guardianship is near or over")


def item_of_94(case: Case, limb: int | None) -> None:
    """Raise Refused unless the item of MPL 94 is named and the record does not contradict it.

    Items 1 to 3 (no guardian is found; dead; without ability) not while an able guardian is on file whom no officer
    has assessed otherwise.
    """
    refuse_unless(limb is not None, "LIMB_MISSING", "say which item of MPL 94 holds")
    refuse_unless(
        limb != REVOKED_ITEM or case.revocation_filed, "NOT_REVOKED", "no application for revocation is recorded"
    )
    unable = case.assessed is not None and case.assessed.guardian_able is False
    able = any(GuardianStatus.ABLE in guardian.status for guardian in case.facts.guardians) and not unable
    refuse_unless(limb not in WITHOUT_GUARDIAN or not able, "GUARDIAN_ABLE", "a guardian who is able is on file")


def recorded_dead(case: Case, account: str) -> None:
    """Raise Refused unless a named official other than `account` has recorded that the child died."""
    refuse_unless(case.died_by is not None, "NOT_RECORDED_DEAD", "no official has recorded that the child died")
    refuse_unless(case.died_by != account, "SECOND_PERSON", "whoever recorded the death does not end it as well")


def _two_people(draft: Draft, case: Case, given: CommandInput, *, returned: bool) -> None:
    """What a signatory signed ends only with a signatory's word, and a return never by whoever assessed it.

    Temporary care, which nobody signed, may still be ended by an officer after an assessment (MPL 93(2)).
    """
    signatory = given.command.actor.role is Role.SIGNATORY
    refuse_unless(signatory, "SIGNATORY_NEEDED", "a guardianship in force ends only as a signatory decides")
    on_rota(draft, given)
    other = not returned or not custody.assessor_decides(case, given.command.actor.account)
    refuse_unless(other, "SAME_PERSON", "whoever assessed the return does not decide it as well")


def extend(draft: Draft, body: asked.ExtendGuardianship, given: CommandInput) -> None:
    """A signatory extends a guardianship with a reason, after the reviews that its warnings asked for."""
    case = draft.case(body.case)
    on_rota(draft, given)
    refuse_unless(custody.guardianship_in_force(case), "NOT_ASSIGNED", "no temporary guardianship is in force")
    unreviewed = [name for name in clocks_of_case.WARNINGS if _ran_out(case, name)]
    refuse_unless(not unreviewed, "NOT_REVIEWED", "a review must follow the warning first")
    limit_ms = _open_limits(case)
    near = limit_ms is not None and limit_ms - draft.at_ms <= DAYS_BEFORE_LIMIT * DAY_MS
    refuse_unless(near, "NOT_AT_LIMIT", "no limit of this guardianship is near or over")
    start_ms = max(draft.at_ms, (limit_ms or draft.at_ms) - 1)
    until_ms = due_at_ms(ClockType.CALENDAR_DAYS, start_ms, body.days, Unit.DAY)
    draft.emit(
        GuardianshipExtended(
            case=body.case,
            by=given.command.actor.account,
            reason=body.reason,
            until_ms=until_ms,
            at_ms=draft.at_ms,
            sealed_id=body.sealed_id,
        )
    )
    clocks_of_case.happened(draft, body.case, Happening.LIMIT_DECIDED)
    for name in clocks_of_case.WARNINGS:
        clocks_of_case.cancel(draft, body.case, name, "EXTENDED")
    due = ClockDue(
        id=clocks_of_case.EXTENDED,
        clock_type=ClockType.CALENDAR_DAYS,
        start_at_ms=draft.at_ms,
        due_at_ms=until_ms,
        source=EXTENDED_SOURCE,
    )
    clocks_of_case.start(draft, body.case, due, again=True)


def _kin_took_over(case: Case, body: asked.EndMeasure) -> None:
    taken_in = [each for each in case.kin.values() if kin.kin_rejected(case, each) is None]
    refuse_unless(taken_in, "KIN_NOT_CHECKED", "no relative is recorded as willing, checked and not disqualified")
    if case.measure is not None and case.measure.measure is Measure.TEMP_GUARDIANSHIP:
        rank = RANK_OF.get(body.guardian_type) if body.guardian_type is not None else None
        fit = [each for each in kin.fit_as_guardian(case) if rank is None or each.rank == rank]
        refuse_unless(fit, "NO_GUARDIAN_FIT", "nobody of that kind may be guardian by Civil Code art. 27")


def _ran_out(case: Case, name: str) -> bool:
    clock = case.clocks.get(name)
    return clock is not None and not clock.met and clock.breaches > 0


def _open_limits(case: Case) -> int | None:
    """The earliest limit of the guardianship that is not decided yet, as Unix milliseconds."""
    clocks = (case.clocks.get(name) for name in clocks_of_case.LIMITS)
    return min((clock.due_at_ms for clock in clocks if clock is not None and not clock.met), default=None)


def age_known(case: Case) -> int | None:
    """The age in whole years that a filing stated; None when none did."""
    child = case.facts.children[0] if case.facts.children else None
    if child is None or (child.age_years is None and child.age_months is None):
        return None
    return child.age_years if child.age_years is not None else (child.age_months or 0) // 12


def is_adult(draft: Draft, case: Case, body: asked.EndMeasure | asked.CloseCase) -> None:
    """Raise Refused unless the child is 18 (MPL 2): by the record, or `of_age` where the record allows it.

    A filing of one of 17 years leaves open when the birthday is. Years that have passed since add up only while one
    report alone has spoken: a later one may have brought the age that it saw. An age of which no key proves who said it
    never is enough by itself; of two that contradict, the younger is known.
    """
    years = age_known(case)
    passed = (draft.at_ms - case.arrived_at_ms) // (YEAR_DAYS * DAY_MS)
    surely = years is not None and years + (passed if len(case.report_ids) == 1 else 0) >= ADULT_YEARS
    surely = surely and case.facts.institution.authenticated
    perhaps = years is None or years + passed + 1 >= ADULT_YEARS
    refuse_unless(surely or perhaps, "TOO_YOUNG", "by the record the child is not 18 yet")
    stated = body.of_age is True
    refuse_unless(surely or stated, "AGE_NOT_STATED", "the record leaves open whether the child is 18: state it")
    if not surely:
        draft.because("who ends it states that the eighteenth birthday has passed; the record leaves it open")
