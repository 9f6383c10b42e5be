"""Protection orders (DVL 23, 28, 30) and written suggestions (MPL 114): the clocks that others than officers keep."""

from typing import Final

from shared.contracts import commands as asked
from shared.contracts.assessment import CaseFacts, PriorFacts
from shared.contracts.events import ClockMet, ProtectionOrderRecorded, SuggestionRecorded
from shared.contracts.vocabulary import Department, Level, Role

from services.triage.core import clocks_of_case
from services.triage.core.clocks import DAY_MS
from services.triage.core.clocks_of_case import Happening
from services.triage.core.commands.refused import refuse_unless
from services.triage.core.decision import Draft
from services.triage.core.inputs import CommandInput

ORDER_RENEWAL: Final = "PROTECTION_ORDER_RENEWAL"
ORDER_ENDS: Final = "PROTECTION_ORDER_ENDS"
SUGGESTION_REPLY: Final = "SUGGESTION_REPLY"
REMINDED_BEFORE_MS: Final = 30 * DAY_MS
"""So long before the end that an order states its renewal is reminded of (design), of a short one at its half."""
OF_AN_ORDER: Final = frozenset(
    {Department.COURT, Department.POLICE, Department.WOMENS_FED, Department.RESCUE_INST, Department.PROCURATORATE}
)
"""Whose clerks may record an order: the court, and who may apply for the child or supervise (DVL 23)."""


def record_protection_order(draft: Draft, body: asked.RecordProtectionOrder, given: CommandInput) -> None:
    """Applied for: the court's 72 or 24 hours run. Decided: they end; a granted order has an end and a reminder.

    A renewal is an application and a grant again; the later end takes the place of the earlier one.
    """
    actor = given.command.actor
    may = actor.role is not Role.CLERK or actor.department in OF_AN_ORDER
    refuse_unless(may, "DEPARTMENT", "this department neither applies for an order nor decides on one")
    ends = body.ends_at_ms
    refuse_unless(ends is None or body.stage == "GRANTED", "NO_ORDER", "only a granted order has an end")
    refuse_unless(ends is None or ends > draft.at_ms, "IN_PAST", "the order's end has passed already")
    case = body.case
    draft.emit(
        ProtectionOrderRecorded(
            case=case, stage=body.stage, urgent=body.urgent, ends_at_ms=ends, by=actor.account, at_ms=draft.at_ms
        )
    )
    if body.stage == "APPLIED":
        clocks_of_case.happened(draft, case, Happening.ORDER_APPLIED_FOR)
        urgent = "PROTECTION_ORDER_APPLIED_URGENT"
        clocks_of_case.start_after(draft, case, urgent if body.urgent else "PROTECTION_ORDER_APPLIED")
        return
    clocks_of_case.happened(draft, case, Happening.COURT_DECIDED)
    if body.stage == "GRANTED":
        clocks_of_case.cancel(draft, case, ORDER_ENDS, "NEW_ORDER")
        _start(draft, case, "PROTECTION_ORDER_GRANTED", ends_at_ms=ends)


def record_suggestion(draft: Draft, body: asked.RecordSuggestion, given: CommandInput) -> None:
    """Sent: the unit has one month for its written reply, a clock for each unit. Answered: that clock is met."""
    actor = given.command.actor
    may = actor.role is not Role.CLERK or actor.department in (body.issued_by, body.unit)
    refuse_unless(may, "DEPARTMENT", "this department neither sent the suggestion nor got it")
    name = f"{SUGGESTION_REPLY}.{body.unit.value}"
    waits = draft.case(body.case).clocks.get(name)
    known = body.stage == "ISSUED" or (waits is not None and not waits.met)
    refuse_unless(known, "NO_SUGGESTION", "no suggestion to this unit waits for a reply")
    draft.emit(
        SuggestionRecorded(
            case=body.case,
            unit=body.unit,
            issued_by=body.issued_by,
            stage=body.stage,
            by=actor.account,
            at_ms=draft.at_ms,
        )
    )
    if body.stage == "ISSUED":
        _start(draft, body.case, "SUGGESTION_ISSUED", unit=body.unit)
    else:
        draft.emit(ClockMet(case=body.case, clock=name, at_ms=draft.at_ms))


def _start(
    draft: Draft, case_id: str, happened: str, *, unit: Department | None = None, ends_at_ms: int | None = None
) -> None:
    """The clocks of an event; for a unit under its own name; an order's end is the one that it states, if sooner."""
    case = draft.case(case_id)
    facts = CaseFacts(report=case.facts, child=0, prior=PriorFacts(), filed_at_ms=case.arrived_at_ms)
    for due in draft.policy.clocks_after(happened, facts, case.level or Level.S1, draft.at_ms):
        changes: dict[str, object] = {}
        if unit is not None and due.id == SUGGESTION_REPLY:
            changes = {"id": f"{due.id}.{unit.value}"}
        elif ends_at_ms is not None and due.id == ORDER_ENDS:
            changes = {"due_at_ms": min(due.due_at_ms, ends_at_ms)}
        elif ends_at_ms is not None and due.id == ORDER_RENEWAL:
            before_ms = min(REMINDED_BEFORE_MS, (ends_at_ms - draft.at_ms) // 2)
            changes = {"due_at_ms": min(due.due_at_ms, ends_at_ms - before_ms)}
        clocks_of_case.start(draft, case_id, due.model_copy(update=changes), again=True)
