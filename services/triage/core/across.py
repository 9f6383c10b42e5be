"""The same child in two counties: match tokens meet in an index, both counties are told, officers link. Nothing joins.

A county sends the second hashes of its filings' tokens, gathered for a minute, to indexes: the token itself says to
which. An index knows tokens and case numbers and nothing else; it is a county of no place (9000xx) in some book, so
that it is decided and repeated like any other.
"""

from typing import Final

from shared.contracts.crossings import (
    TOKENS_FILED_MAX,
    ChildMet,
    ChildMetElsewhere,
    ChildrenFiled,
    MatchAsked,
    MatchSent,
    TokenOfCase,
    TokensIndexed,
)
from shared.contracts.vocabulary import CloseReason, Department, LadderStep

from services.triage.core import ladders
from services.triage.core.clocks import MINUTE_MS
from services.triage.core.deadline_kinds import DeadlineKind, deadline_id
from services.triage.core.decision import Draft
from services.triage.core.outgoing import send

INDEX_PREFIX: Final = "9000"
"""No place in China has a code that begins so (GB/T 2260 ends with 82)."""
INDEXES: Final = 16
GATHERED_MS: Final = MINUTE_MS
SENT_AT_ONCE_MAX: Final = 600
MEETINGS_MAX: Final = 50
"""Meetings that one message can bring; more can only be made up."""
GONE: Final = frozenset({CloseReason.TRANSFERRED, CloseReason.OFFER_ENDED})


def index_of(token: str) -> str:
    """The index in which a token meets its equals, whichever county filed it."""
    return f"{INDEX_PREFIX}{int(token[:8], 16) % INDEXES:02d}"


def is_index(county: str) -> bool:
    """Whether this is no county but an index."""
    return county.startswith(INDEX_PREFIX)


def ask(draft: Draft, case_id: str, tokens: tuple[str, ...]) -> None:
    """A case has these tokens: other counties may have them, too. Sent with others' within a minute."""
    if not tokens:
        return
    county = draft.registry
    first = not county.to_match
    number = county.deadline_count + 1
    draft.emit(
        MatchAsked(
            case=case_id,
            county=draft.county_code,
            tokens=tokens,
            deadline=deadline_id(draft.county_code, DeadlineKind.MATCHING, "NOW", number) if first else None,
            due_at_ms=max(draft.at_ms, draft.now_ms) + GATHERED_MS if first else None,
        )
    )


def send_gathered(draft: Draft) -> None:
    """The minute is over: each index learns of its tokens; more than one record can say follows at once."""
    county = draft.county
    now, later = county.to_match[:SENT_AT_ONCE_MAX], county.to_match[SENT_AT_ONCE_MAX:]
    deadline = deadline_id(draft.county_code, DeadlineKind.MATCHING, "NOW", county.deadline_count + 1)
    draft.emit(
        MatchSent(
            county=draft.county_code,
            count=len(now),
            deadline=deadline if later else None,
            due_at_ms=max(draft.at_ms, draft.now_ms) if later else None,
        )
    )
    by_index: dict[str, list[TokenOfCase]] = {}
    for token, case_id in now:
        by_index.setdefault(index_of(token), []).append(TokenOfCase(token=token, case=case_id))
    for index, entries in sorted(by_index.items()):
        for start in range(0, len(entries), TOKENS_FILED_MAX):
            send(draft, index, ChildrenFiled(entries=tuple(entries[start : start + TOKENS_FILED_MAX])))


def filed(draft: Draft, from_county: str, said: ChildrenFiled) -> None:
    """In an index: remember the tokens, and tell both counties of every case that another county's token meets."""
    if not is_index(draft.county_code):
        draft.because("tokens for an index, sent to a county")
        return
    met: dict[tuple[str, str, str], None] = {}
    for entry in said.entries:
        for county, case_id in draft.registry.index.get(entry.token) or ():
            if county != from_county:
                met[(entry.case, county, case_id)] = None
    draft.emit(TokensIndexed(county=draft.county_code, from_county=from_county, entries=said.entries))
    for case_id, county, other in list(met)[:MEETINGS_MAX]:
        send(draft, from_county, ChildMet(case=case_id, other_county=county, other_case=other))
        send(draft, county, ChildMet(case=other, other_county=from_county, other_case=case_id))


def met(draft: Draft, from_county: str, said: ChildMet) -> None:
    """Another county has a case of this child: recorded once, and whoever is on duty is told."""
    if not is_index(from_county) or draft.state.cases.get(said.case) != draft.county_code:
        draft.because("no case of this county, or no index that says so")
        return
    case, stub = draft.ours(said.case), draft.state.stub(said.case)
    other = (said.other_county, said.other_case)
    known = case is not None and (other in case.elsewhere or _same_history(case.incoming, said.other_case))
    if known or (stub is not None and stub.reason in GONE):
        draft.because("known: the other case, or where this one came from or went")
        return
    draft.emit(
        ChildMetElsewhere(case=said.case, other_county=said.other_county, other_case=said.other_case, at_ms=draft.at_ms)
    )
    draft.because("another county has a case of the same child: officers of both are told and link them")
    if case is not None and not case.offered:
        ladders.tell_also(draft, said.case, Department.CIVIL_AFFAIRS, LadderStep.E1, "SAME_CHILD_ELSEWHERE")


def _same_history(incoming: object, other_case: str) -> bool:
    return getattr(incoming, "from_case", None) == other_case
