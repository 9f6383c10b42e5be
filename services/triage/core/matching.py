"""Which open case another filing is about: by match tokens, child by child, and never two children one case."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from shared.contracts.events import MatchedBy
from shared.contracts.reports import ChildFacts

from services.triage.core.decision import Draft
from services.triage.core.folds.cases import LINKED_MAX
from services.triage.core.policy.facts import age_of
from services.triage.core.state import TOKEN_DAYS, Case

DAY_MS = 24 * 3600 * 1000
FILINGS_MAX: Final = 40
"""Other filings that one case takes up; a further one opens a case of its own, linked: so many can only be made up."""
AGES_APART_MAX_YEARS: Final = 1


class ChildSeen(NamedTuple):
    """A child of a filing: its place there, its facts, its tokens, and those of them that come of an ID number."""

    child: int
    facts: ChildFacts
    tokens: tuple[str, ...]
    id_tokens: tuple[str, ...]


class Match(NamedTuple):
    """The open case that is this child's, and what showed it."""

    case_id: str
    by: MatchedBy


def matches(
    draft: Draft, children: tuple[ChildSeen, ...], among: Iterable[int], taken: Iterable[str]
) -> dict[int, Match]:
    """For `among` the children of a filing: the open case of each that has one, but for those `taken` already.

    An ID number comes before a name; of several cases the oldest is taken. A token that two children of the filing
    share tells neither of them. A name tells nothing where what is known of the two contradicts it; it says so.
    """
    if not any(each.tokens for each in children):
        return {}
    times = Counter(token for each in children for token in set(each.tokens))
    shared = {token for token, number in times.items() if number > 1}
    wanted = set(among)
    used = set(taken)
    found: dict[int, Match] = {}
    for by in (MatchedBy.ID_NUMBER, MatchedBy.NAME):
        for each in children:
            if each.child not in wanted or each.child in found:
                continue
            tokens = [
                t for t in each.tokens if t not in shared and (t in each.id_tokens) is (by is MatchedBy.ID_NUMBER)
            ]
            case = _oldest(draft, each, tokens, used, by)
            if case is not None:
                found[each.child] = Match(case.case, by)
                used.add(case.case)
    return found


def _oldest(draft: Draft, child: ChildSeen, tokens: list[str], used: set[str], by: MatchedBy) -> Case | None:
    """The oldest open case of these tokens that may take the child up."""
    names = {name for token in tokens for name in _led_to(draft, token)}
    cases = [case for name in names - used if (case := draft.ours(name)) is not None and case.undecidable is None]
    for case in sorted(cases, key=lambda each: (each.arrived_at_ms, each.case)):
        against = contradiction(case, child) if by is MatchedBy.NAME else None
        if against is not None:
            draft.because(f"the name is that of {case.case}, but {against}: linked, not joined")
        elif len(case.filings) >= FILINGS_MAX:
            draft.because(f"{case.case} has taken up {FILINGS_MAX} filings: linked, not joined")
        else:
            return case
    return None


def _led_to(draft: Draft, token: str) -> set[str]:
    """The cases that a token leads to; of two that an officer has taken apart it tells neither."""
    names = {name for name, _ in draft.registry.tokens.get(token) or ()}
    apart = {name for name in names if (case := draft.state.case(name)) is not None and names & set(case.apart)}
    if apart:
        draft.because("what matches is that of two children whom an officer has taken apart: linked, not joined")
    return names - apart


def contradiction(case: Case, child: ChildSeen) -> str | None:
    """What is known of the case's child that cannot be true of this one, in words; None when nothing is."""
    known = case.facts.children[0] if case.facts.children else ChildFacts()
    if known.sex is not None and child.facts.sex is not None and known.sex is not child.facts.sex:
        return "the sex differs"
    ages = age_of(known), age_of(child.facts)
    if ages[0] is not None and ages[1] is not None and abs(ages[0] - ages[1]) > AGES_APART_MAX_YEARS:
        return f"the ages are more than {AGES_APART_MAX_YEARS} year apart"
    if case.id_tokens and child.id_tokens and not set(case.id_tokens) & set(child.id_tokens):
        return "the ID number is another"
    return None


def linked(draft: Draft, case_id: str, others: Iterable[str], tokens: tuple[str, ...], at_ms: int) -> tuple[str, ...]:
    """The other children of the filing, and cases with an equal match token that are open or not 90 days old."""
    found = dict.fromkeys(others)
    for token in tokens:
        for other, since_ms in draft.registry.tokens.get(token) or ():
            if since_ms >= at_ms - TOKEN_DAYS * DAY_MS or draft.state.case(other) is not None:
                found[other] = None
    found.pop(case_id, None)
    return tuple(found)[:LINKED_MAX]


def child_in(draft: Draft, case_id: str, receipt: str) -> int | None:
    """Which child of the filing of this receipt an open or closed case is, or None when it is none of it."""
    filing = draft.state.joined.get(receipt)
    for name, child in filing.children if filing else ():
        if name == case_id:
            return child
    case = draft.state.case(case_id) or draft.state.stub(case_id)
    return case.child if case is not None and case.receipt == receipt else None
