"""A book of the case-log with real decisions in it, made without any service: the core of triage under the shipped
policy, each decision chained and signed as an owner of the book would."""

import random
from collections import Counter
from dataclasses import dataclass, field

from services.triage.core.decision import Decision
from services.triage.core.inputs import CommandInput, DeadlineInput, Input, ReportInput
from services.triage.core.policy import parse_policy
from services.triage.policy_files import DEFAULT_POLICY_DIRECTORY, load_policy_texts
from shared.contracts import chain
from shared.contracts import commands as asked
from shared.contracts.alerts import AlertRequested
from shared.contracts.vocabulary import Holder, Wishes
from shared.contracts.wire import sha256_hex
from shared.runtime.space import Space
from tests.support.ledger_writing import TOPIC_IDS, BookWriter
from tests.support.triage_core import COUNTY, MINUTE, TOWNSHIP, CoreWorld, child, of, place

OTHER_TOWNSHIP = "520327100"
CONCERNS = ("UNCARED", "LIVING_ALONE", "PHYSICAL_ABUSE", "GUARDIAN_UNREACHABLE", "DROPOUT", "LEFT_ALONE", "ABANDONED")


@dataclass
class LivedBook(CoreWorld):
    """A county in memory whose every decision becomes a record. `writer` must be set before anything is given."""

    checked: bool = False
    writer: BookWriter = field(default=None)  # type: ignore[assignment]  # see `lived_book`
    offsets: Counter[str] = field(default_factory=Counter)

    def apply(self, decision: Decision, given: Input) -> Decision:
        """Fold the decision, and write its record."""
        super().apply(decision, given)
        self.writer.chain(
            chain.Draft(
                county=decision.county,
                cause=self._cause(given),
                arrived_at_ms=self.now_ms,
                decided_at_ms=max(self.now_ms, self.writer.head.decided_at_ms),
                policy="shipped",
                engine="test",
                opened=tuple((each.deadline_id, each.due_at_ms) for each in decision.opened),
                closed=decision.closed,
                events=tuple(event.model_dump(mode="json", exclude_none=True) for event in decision.events),
                why=decision.why,
            )
        )
        return decision

    def _cause(self, given: Input) -> dict[str, object]:
        if isinstance(given, DeadlineInput):
            return {"deadline": given.deadline, "due_at_ms": given.due_at_ms}
        topic = {ReportInput: "reports", CommandInput: "commands"}.get(type(given), "outcomes")
        offset, self.offsets[topic] = self.offsets[topic], self.offsets[topic] + 1
        raw = f"{topic}-{offset}".encode()
        return {"topic": topic, "topic_id": TOPIC_IDS[topic], "offset": offset, "sha256": sha256_hex(raw)}

    def live(self, filings: int, seed: int = 7) -> "LivedBook":
        """So many filings, with alerts sent, and officers who take some over, carry some on, and close a few."""
        chance = random.Random(seed)
        for _ in range(filings):
            self.now_ms += chance.randint(1, 4) * MINUTE
            told = of(self.until(self.now_ms), AlertRequested)
            area = chance.choice([TOWNSHIP, OTHER_TOWNSHIP])
            concerns = chance.sample(CONCERNS, chance.randint(1, 2))
            kids = [
                child(*concerns, age=chance.choice([None, 2, 5, 9, 13]), area_code=area)
                for _ in range(chance.choice([1, 1, 1, 2]))
            ]
            filed = self.file(*kids, custody_now={"holder": chance.choice(["SCHOOL", "NOBODY", "KIN", "UNKNOWN"])})
            told += of(filed, AlertRequested)
            for alert in told:
                self.settle(alert)
            for case in dict.fromkeys(alert.case for alert in of(filed, AlertRequested)):
                self._carry_on(case, chance.randint(0, 5))
        return self

    def _carry_on(self, case: str, how_far: int) -> None:
        """An officer goes so many steps."""
        steps: tuple[asked.CommandBody, ...] = (
            asked.Acknowledge(case=case),
            asked.Dispatch(case=case),
            asked.RecordChildSeen(case=case, seen_at_ms=self.now_ms, wishes=Wishes.HEARD),
            asked.RecordCustody(case=case, holder=Holder.RESCUE_INST, since_ms=self.now_ms),
            asked.CloseCase(case=case, reason="SUPPORT_COMPLETED"),
        )
        for step in steps[:how_far]:
            self.order("officer", step)


def lived_book(space: Space, book: int = 0) -> LivedBook:
    """A staffed county at the moment at which the space began."""
    policy = parse_policy(load_policy_texts(DEFAULT_POLICY_DIRECTORY))
    world = LivedBook(policy=policy, now_ms=space.genesis.created_at_ms, writer=BookWriter(space, book))
    world.staff()
    world.add(place("rescue-1", capacity=3), place("rescue-2", capacity=2))
    return world


__all__ = ["COUNTY", "LivedBook", "lived_book"]
