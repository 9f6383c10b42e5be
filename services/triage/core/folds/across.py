"""Folds of tokens that look for their equals in other counties: gathered, sent, indexed, met."""

from shared.contracts.crossings import ChildMetElsewhere, MatchAsked, MatchSent, TokensIndexed

from services.triage.core.deadline_kinds import DeadlineKind
from services.triage.core.folds.cases import with_case
from services.triage.core.state import BookState, Deadline, changed

GATHERED_MAX = 20_000
ENTRIES_MAX = 10
ELSEWHERE_MAX = 40


def asked(state: BookState, event: MatchAsked, at_ms: int) -> BookState:
    """The case's tokens wait to be sent, with the others of this minute."""
    county = state.registry(event.county)
    waiting = (*county.to_match, *((token, event.case) for token in event.tokens))[-GATHERED_MAX:]
    county = changed(county, to_match=waiting)
    if event.deadline is not None and event.due_at_ms is not None:
        deadline = Deadline(DeadlineKind.MATCHING, event.due_at_ms, "NOW")
        deadlines = county.deadlines.set(event.deadline, deadline)
        county = changed(county, deadlines=deadlines, deadline_count=county.deadline_count + 1)
    return state.with_county(county)


def sent(state: BookState, event: MatchSent, at_ms: int) -> BookState:
    """So many of them were sent; the rest follows."""
    county = state.county(event.county)
    deadlines = county.deadlines
    for name, deadline in county.deadlines.items():
        if deadline.kind is DeadlineKind.MATCHING:
            deadlines = deadlines.delete(name)
    county = changed(county, to_match=county.to_match[event.count :], deadlines=deadlines)
    if event.deadline is not None and event.due_at_ms is not None:
        deadline = Deadline(DeadlineKind.MATCHING, event.due_at_ms, "NOW")
        deadlines = county.deadlines.set(event.deadline, deadline)
        county = changed(county, deadlines=deadlines, deadline_count=county.deadline_count + 1)
    return state.with_county(county)


def indexed(state: BookState, event: TokensIndexed, at_ms: int) -> BookState:
    """The tokens are known in the index for as long as a county itself knows them."""
    county = state.registry(event.county)
    index = county.index
    for entry in event.entries:
        ours = (event.from_county, entry.case)
        known = tuple(each for each in index.get(entry.token) or () if each != ours)
        index = index.added(entry.token, (*known, ours)[-ENTRIES_MAX:], at_ms)
    return state.with_county(changed(county, index=index))


def met(state: BookState, event: ChildMetElsewhere, at_ms: int) -> BookState:
    """Another county has a case of this child."""
    case = state.case(event.case)
    if case is None:
        return state
    elsewhere = (*case.elsewhere, (event.other_county, event.other_case))[-ELSEWHERE_MAX:]
    return with_case(state, changed(case, elsewhere=elsewhere))
