"""What closing a case needs, by its reason; whatever became of the measure.

| reason | needs |
|---|---|
| all but the last two | a safe custody by an officer's record; if S1 or S2 was ever in force the child seen since the \
filing, and with relatives one of them checked |
| RETURNED_ASSESSED | holder GUARDIAN; a named officer's assessment (MPL 93(2)) |
| KIN_TOOK_OVER | a relative recorded as willing, checked and not disqualified |
| LONG_TERM_94 | the item of MPL 94; a signatory has ended a guardianship with this reason |
| REVOKED_NEW_GUARDIAN | an application for revocation is recorded (CC 36, 39) |
| AGED_OUT_18 | 18 by the record, or by the word of who closes where the record allows it |
| SUPPORT_COMPLETED, UNFOUNDED_CHECKED | the child seen since the filing, at every level |
| DIED | another official has recorded the death, and nobody saw the child alive since |
| OFFER_ENDED | another county had taken the offer back when it was accepted here, and has the case |
| TRANSFERRED | nobody's word: the other county's acceptance |
| DUPLICATE | the other case is open here, no known fact contradicts it, no guardianship in force is lost by it |
"""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import CloseReason, EndReason, Holder, Level

from services.triage.core import custody, kin, matching, weighing
from services.triage.core.commands import ending
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.matching import ChildSeen
from services.triage.core.state import Case, OfferStatus

WITHOUT_CUSTODY: Final = frozenset({CloseReason.DIED, CloseReason.DUPLICATE, CloseReason.OFFER_ENDED})
ALWAYS_SEEN: Final = frozenset({CloseReason.SUPPORT_COMPLETED, CloseReason.UNFOUNDED_CHECKED})
SEEN_AT: Final = frozenset({Level.S1, Level.S2})


def check(draft: Draft, case: Case, body: asked.CloseCase, account: str) -> None:
    """Raise Refused unless the case may be closed for this reason; see the module's table."""
    if body.reason is CloseReason.OFFER_ENDED:
        void = case.incoming is not None and case.incoming.status is OfferStatus.VOID
        refuse_unless(void, "NOT_OFFERED", "no other county has taken this case back")
        return
    refuse_unless(
        body.reason is not CloseReason.TRANSFERRED, "NOT_ACCEPTED_THERE", "the other county's acceptance closes it"
    )
    if body.reason is CloseReason.DUPLICATE:
        _duplicate(draft, case, body.duplicate_of)
        return
    if body.reason is CloseReason.DIED:
        ending.recorded_dead(case, account)
        return
    refuse_unless(
        custody.safe_for_closing(case),
        "NO_SAFE_CUSTODY",
        "no officer has recorded the child in a safe custody, its holder may have done harm, or the return is not"
        " assessed",
    )
    unfit = weighing.hold_rejected(draft, case) if case.hold is not None else None
    refuse_unless(unfit not in weighing.HOUSEHOLD, "PLACE_NOT_FIT", "the place is not one for this child")
    _for_reason(draft, case, body)
    danger = (case.gravest or case.level or Level.S1) in SEEN_AT
    must = body.reason in ALWAYS_SEEN or danger
    seen = case.seen_at_ms is not None and case.seen_at_ms >= case.arrived_at_ms
    refuse_unless(seen or not must, "NOT_SEEN", "no official has seen the child since the filing")
    known = not danger or _with_known_kin(draft, case)
    refuse_unless(known, "KIN_NOT_CHECKED", "the child is with relatives of whom none is recorded as checked and fit")


def _with_known_kin(draft: Draft, case: Case) -> bool:
    """Whether a child with relatives is with one who is checked and fit: the one recorded, else any of them."""
    if case.custody is None or case.custody.holder is not Holder.KIN:
        return True
    place_id = case.custody.place_id
    if place_id in draft.county.places:
        return True
    named = case.kin.get(place_id) if place_id is not None else None
    candidates = case.kin.values() if named is None else (named,)
    return any(kin.kin_rejected(case, each) is None for each in candidates)


def _for_reason(draft: Draft, case: Case, body: asked.CloseCase) -> None:
    """What the reason itself needs, with a measure in force or without."""
    reason = body.reason
    if reason is CloseReason.RETURNED_ASSESSED:
        home = case.custody is not None and case.custody.holder is Holder.GUARDIAN
        returned = case.measure is not None and case.measure.ended is EndReason.RETURNED_ASSESSED
        refuse_unless(home or returned, "NOT_WITH_GUARDIAN", "a return ends with the child with its guardian")
        refuse_unless(custody.return_assessed(case), "NOT_ASSESSED", "an officer must first assess that it is safe")
    elif reason is CloseReason.KIN_TOOK_OVER:
        taken_in = any(kin.kin_rejected(case, each) is None for each in case.kin.values())
        refuse_unless(taken_in, "KIN_NOT_CHECKED", "no relative is recorded as willing, checked and not disqualified")
    elif reason is CloseReason.LONG_TERM_94:
        ending.item_of_94(case, body.limb_94)
        refuse_unless(
            not custody.guardianship_in_force(case),
            "SIGNATORY_NEEDED",
            "a signatory made the guardianship effective; a signatory ends it first",
        )
        ended = case.lasting is EndReason.LONG_TERM_94
        refuse_unless(ended, "NOT_ASSIGNED", "no guardianship that a signatory signed has ended as long-term")
    elif reason is CloseReason.REVOKED_NEW_GUARDIAN:
        refuse_unless(case.revocation_filed, "NOT_REVOKED", "no application for revocation is recorded")
    elif reason is CloseReason.AGED_OUT_18:
        ending.is_adult(draft, case, body)


def _duplicate(draft: Draft, case: Case, other_id: str | None) -> None:
    other = draft.ours(other_id) if other_id is not None and other_id != case.case else None
    refuse_unless(other is not None, "NO_SUCH_CASE", "the case that this one duplicates is not open in this county")
    if other is None:
        return
    child = case.facts.children[0] if case.facts.children else ChildFacts()
    against = matching.contradiction(other, ChildSeen(case.child, child, case.tokens, case.id_tokens))
    refuse_unless(against is None, "ANOTHER_CHILD", f"it cannot be the same child: {against}")
    unwatched = custody.guardianship_in_force(case) and not custody.guardianship_in_force(other)
    refuse_unless(
        not unwatched,
        "MEASURE_STANDS",
        "a temporary guardianship is in force in this case; close the other one as the duplicate",
    )
