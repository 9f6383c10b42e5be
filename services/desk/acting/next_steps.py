"""Which actions a case needs next, by its state and clocks; what is missing before it may be closed; papers missing.

A help for tired eyes, read from rows: triage alone decides what is allowed, and nothing here keeps an action back.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.desk.core.guard import Route
from services.desk.reading import Row
from shared.contracts.vocabulary import SAFE_HOLDERS
from shared.explaining.said import Said

NEXT_MAX: Final = 3
OFFICERS: Final = "CIVIL_AFFAIRS"
UNFINISHED: Final = frozenset({"RUNNING", "BREACHED"})
WITHOUT_HOLDER: Final = frozenset({None, "UNKNOWN", "NOBODY"})
NEEDS: Final[Mapping[str, tuple[Route, ...]]] = {
    "SEEN": (Route.CHILD_SEEN,),
    "DECISION": (Route.SIGN, Route.REFUSE, Route.ASSESSMENT),
    "DECISION_AFTER_REFUSAL": (Route.SIGN, Route.REFUSE, Route.ASSESSMENT),
    "DOCUMENT": (Route.DOCUMENT,),
    "DOMICILE_NOTICE": (Route.DOMICILE,),
    "FIRST_REVIEW": (Route.ASSESSMENT,),
    "NEXT_REVIEW": (Route.ASSESSMENT,),
    "CARE_REVIEW": (Route.ASSESSMENT, Route.END),
    "KIN_RECHECK": (Route.CHILD_SEEN, Route.KIN),
    "PLACEMENT_RECHECK": (Route.CHILD_SEEN,),
    "FOLLOW_UP_VISIT": (Route.CHILD_SEEN,),
    "FOLLOW_UP_VISIT_LOCAL": (Route.CHILD_SEEN,),
    "HOSPITAL_DAILY": (Route.CHILD_SEEN, Route.CUSTODY),
    "WEEKLY_CONTACT": (Route.CHILD_SEEN, Route.CALL),
    "REVOCATION_REMINDER": (Route.REVOCATION, Route.NO_REVOCATION),
    "REVOCATION_RESULT": (Route.ASSESSMENT,),
    "COURT_DECISION": (Route.ORDER,),
    "PROTECTION_ORDER_RENEWAL": (Route.ORDER,),
    "PROTECTION_ORDER_ENDS": (Route.ASSESSMENT, Route.ORDER),
    "SUGGESTION_REPLY": (Route.SUGGESTION,),
    "OUTCOME": (Route.CALL, Route.OUTCOME),
    "GUARDIANSHIP_WARNING": (Route.ASSESSMENT,),
    "GUARDIANSHIP_FINAL_WARNING": (Route.ASSESSMENT,),
    "GUARDIANSHIP_LIMIT": (Route.END, Route.EXTEND),
    "GUARDIANSHIP_LIMIT_LOCAL": (Route.END, Route.EXTEND),
    "GUARDIANSHIP_EXTENDED": (Route.END, Route.EXTEND),
    "TRACING_FINDING_LOCAL": (Route.ASSESSMENT,),
    "TRANSFER_ANSWER": (Route.OFFER_BACK,),
}
"""Which actions meet a clock; the first that the account may give is shown."""
PAPERS: Final = frozenset(
    {"DOCUMENT", "SUGGESTION_REPLY", "COURT_DECISION", "DROPOUT_WRITTEN_REPORT", "DOMICILE_NOTICE", "REVOCATION_RESULT"}
)
"""Clocks that wait for a paper."""

OFFERED: Final = "OFFERED"
"""Another county's case, which waits for an answer."""
NOT_SEEN: Final = Said("还没有记录见到孩子本人", "no sighting of the child is recorded")
NO_SAFE_CUSTODY: Final = Said("还没有记录由可靠的人照看孩子", "no safe custody is recorded")
AT_HOME: Final = Said(
    "孩子在监护人身边，还没有评估是否安全", "the child is with the guardian, and no assessment says that it is safe"
)
AS_FILED: Final = Said(
    "由谁照看只是报告所说，还没有工作人员记录", "who has the child is only what was filed; no officer has recorded it"
)
IN_FORCE: Final = Said("临时监护还在进行", "a temporary guardianship is in force")


def next_routes(
    case: Row, clocks: Sequence[Row], ladders: Sequence[Row], measure: Row | None, granted: frozenset[Route]
) -> list[Route]:
    """At most three, the most pressing first, among those that the role is granted."""
    found = dict.fromkeys(route for route in _wanted(case, clocks, ladders, measure) if route in granted)
    return list(found)[:NEXT_MAX]


def _wanted(case: Row, clocks: Sequence[Row], ladders: Sequence[Row], measure: Row | None) -> Iterator[Route]:
    if not case["is_open"]:
        yield Route.DUTY
        yield Route.REOPEN
        return
    if case["state"] == OFFERED:
        yield from (Route.ACCEPT_CASE, Route.REFUSE_CASE, Route.ACKNOWLEDGE)
        return
    if case["is_undecidable"]:
        yield Route.REDECIDE
    own = next((ladder for ladder in ladders if ladder["department"] == OFFICERS), None)
    if own is not None and own["state"] in {"CLIMBING", "LAPSED", "DECLINED"}:
        yield Route.ACKNOWLEDGE
    if own is not None and own["state"] == "ACKNOWLEDGED":
        yield Route.DISPATCH
    if measure is not None and measure["status"] == "PROPOSED":
        yield Route.SIGN
        yield Route.REFUSE
    if case["seen_at_ms"] is None:
        yield Route.CHILD_SEEN
    if case["holder"] in WITHOUT_HOLDER:
        yield Route.CUSTODY
    if own is not None and own["state"] not in {"DISPATCHED", "ACKNOWLEDGED"}:
        yield Route.CALL
    for clock in sorted(unfinished(clocks), key=lambda clock: clock["due_at_ms"]):
        yield from NEEDS.get(clock["clock"].partition(".")[0], ())
    if not missing_for_closing(case, measure, assessed=True):
        yield Route.CLOSE
    yield Route.CALL


def unfinished(clocks: Sequence[Row]) -> list[Row]:
    """Clocks that still wait."""
    return [clock for clock in clocks if clock["state"] in UNFINISHED]


def papers(clocks: Sequence[Row]) -> list[Row]:
    """Clocks that wait for a paper, the soonest first."""
    waiting = [clock for clock in unfinished(clocks) if clock["clock"].partition(".")[0] in PAPERS]
    return sorted(waiting, key=lambda clock: clock["due_at_ms"])


def missing_for_closing(case: Row, measure: Row | None, *, assessed: bool) -> list[Said]:
    """What the record lacks before most reasons of closing; `assessed`: a return was assessed as safe."""
    found = []
    if case["seen_at_ms"] is None:
        found.append(NOT_SEEN)
    holder = case["holder"]
    if holder == "GUARDIAN":
        if not assessed:
            found.append(AT_HOME)
    elif holder not in set(SAFE_HOLDERS):
        found.append(NO_SAFE_CUSTODY)
    elif case["custody_by"] == "REPORT":
        found.append(AS_FILED)
    if measure is not None and measure["measure"] == "TEMP_GUARDIANSHIP" and measure["status"] == "ASSIGNED":
        found.append(IN_FORCE)
    return found
