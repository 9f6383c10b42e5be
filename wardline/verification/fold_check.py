"""What a book's decisions add up to: folded anew from its events, and held against what must always be true."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from immutables import Map

from services.triage.core import invariants
from services.triage.core.evolve import live
from services.triage.core.state import BookState
from services.triage.core.working import Working
from shared.contracts import chain
from shared.contracts.events import Event, PolicyActivated
from shared.contracts.records import Genesis
from wardline.verification.findings import BookFindings, Fault, FaultCode

ONE_WORD_ENGINES: Final = frozenset({"triage-1", "triage-2"})
"""With them one command made a policy active and only named the second person."""


@dataclass(slots=True)
class FoldCheck:
    """Folds each valid record; `finish` checks the state at the end of the log."""

    genesis: Genesis
    findings: BookFindings
    state: BookState = field(init=False)
    failed: bool = False

    def __post_init__(self) -> None:
        genesis = self.genesis
        self.state = BookState(genesis.space, self.findings.book, genesis.policy, Map(genesis.policy_texts))

    def read(self, valid: chain.Valid, events: Sequence[Event]) -> None:
        """Fold one record. A fold that fails is a fault, and the rest of the book cannot be folded."""
        if self.failed:
            return
        if len(events) != len(valid.fields["events"]):
            self.failed = True  # an event that cannot be read is a fault of its own already
            return
        try:
            working = Working(self.state)
            for event in events:
                if isinstance(event, PolicyActivated) and valid.fields["engine"] not in ONE_WORD_ENGINES:
                    self._check_words(event, valid)
                for detail in invariants.check_event(working, event):
                    self._fault(detail, valid)
                live(working, event, valid.fields["decided_at_ms"])
            self.state = working.settled()
        except (KeyError, ValueError, TypeError, AttributeError, AssertionError) as error:
            self.failed = True
            self._fault(f"the fold does not bear this record: {type(error).__name__}", valid)

    def finish(self, head: chain.Head) -> None:
        """Check the state after the last record."""
        if self.failed:
            return
        for detail in self._broken(head):
            self.findings.add(Fault(self.findings.book, FaultCode.INVARIANT, detail, head.offset - 1, head.link.seq))
        self.findings.cases_open = sum(len(county.cases) for county in self.state.counties.values())

    def _check_words(self, event: PolicyActivated, valid: chain.Valid) -> None:
        """Since two people have a command each, an activation names both of their keys."""
        if event.kid is None or event.approved_kid is None:
            self._fault(f"{event.policy}: active without the second person's command", valid)

    def _fault(self, detail: str, valid: chain.Valid) -> None:
        fault = Fault(self.findings.book, FaultCode.INVARIANT, detail, valid.offset, valid.fields["seq"])
        self.findings.add(fault)

    def _broken(self, head: chain.Head) -> list[str]:
        broken = invariants.check(self.state)
        if set(self.state.deadlines) != set(head.pending):
            broken.append("the chain and the fold do not agree on which deadlines are pending")
        cases = [case for county in self.state.counties.values() for case in county.cases.values()]
        broken += [
            f"the open case {case.case} has no pending deadline"
            for case in cases
            if not any(deadline in head.pending for deadline in case.deadlines)
        ]
        return broken
