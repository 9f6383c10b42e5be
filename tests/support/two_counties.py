"""Two counties in two books, each with its own ledger in memory, and the messages that go between them.

What a book has decided is turned into messages by triage's own code; the road may lose, repeat and reorder them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from immutables import Map

from services.triage.core.decision import Decision
from services.triage.core.inputs import CommandInput, CrossingInput, Input
from services.triage.core.state import BookState, Case
from services.triage.crossing_out import Place, Waiting, outgoing, waiting_after
from shared.contracts import commands as asked
from shared.contracts.base import Message
from shared.contracts.crossings import AcceptTransfer, Crossing, OfferTransfer
from shared.contracts.registry import Account
from shared.contracts.reports import ChildFacts
from shared.contracts.vocabulary import Role
from shared.contracts.wire import encode
from tests.support.triage_core import COUNTY, CoreWorld, contact

OTHER = "520328"


@dataclass
class CountyBook(CoreWorld):
    """One county's book. `sent`: the bytes of every message that its standing records gave."""

    county: str = COUNTY
    seq: int = 0
    waiting: Waiting = field(default_factory=Map)
    sent: list[Crossing] = field(default_factory=list)

    def apply(self, decision: Decision, given: Input) -> Decision:
        """Check and fold, and hand over what the record says to others."""
        decision = super().apply(decision, given)
        self.seq += 1
        place = Place("test", self.state.book, self.seq, self.now_ms)
        self.waiting = waiting_after(place, decision.events, self.waiting)
        messages = outgoing(place, decision.events, self.waiting)
        self.sent += [Crossing.model_validate_json(encode(message)) for message in messages]
        return decision

    def says(self, body: asked.CommandBody, who: str = "officer", role: Role = Role.OFFICER) -> Decision:
        """Somebody of this county gives a command."""
        self.count += 1
        actor = asked.Actor(account=who, role=role, area_prefix="" if role is Role.OPERATOR else self.county)
        command = asked.Command(
            command_id=f"{self.county}-c{self.count}",
            space="test",
            county=self.county,
            actor=actor,
            issued_at_ms=self.now_ms,
            body=body,
            kid="operator" if role is Role.OPERATOR else "desk",
        )
        return self.give(CommandInput(command, self.now_ms, signed=True, by_operator=role is Role.OPERATOR))

    def hears(self, message: Crossing) -> Decision:
        """A message of `crossings` is decided."""
        return self.give(CrossingInput(message, self.now_ms))

    def serve(self) -> "CountyBook":
        """An officer and a supervisor with accounts; duty, head, prefecture and province with numbers."""
        for role in ("DUTY_1", "DUTY_2", "HEAD", "PREFECTURE", "PROVINCE"):
            area = {"PREFECTURE": self.county[:4], "PROVINCE": self.county[:2]}.get(role, self.county)
            office = contact("CIVIL_AFFAIRS", role, area, self.county)
            self.says(asked.SetContact(contact=office), "operator", Role.OPERATOR)
        station = contact("POLICE", "STATION", self.county, self.county)
        self.says(asked.SetContact(contact=station), "operator", Role.OPERATOR)
        for name, role in (("officer", Role.OFFICER), ("supervisor", Role.SUPERVISOR), ("signatory", Role.SIGNATORY)):
            account = Account(account=name, county=self.county, role=role, area_prefix=self.county)
            self.says(asked.SetAccount(account=account), "operator", Role.OPERATOR)
        return self


@dataclass
class TwoCounties:
    """Both books, one clock, and the road between them: `road` holds what is on its way, by destination."""

    home: CountyBook = field(default_factory=lambda: CountyBook(state=BookState("test", 0), county=COUNTY))
    away: CountyBook = field(default_factory=lambda: CountyBook(state=BookState("test", 1), county=OTHER))

    index: CountyBook = field(default_factory=lambda: CountyBook(state=BookState("test", 2), county=""))
    """The book of all indexes."""

    def book_of(self, county: str) -> CountyBook:
        """The book in which a county's messages are decided."""
        return next((book for book in self.books() if book.county == county), self.index)

    def books(self) -> Iterator[CountyBook]:
        """Both of them."""
        yield self.home
        yield self.away

    def deliver(self) -> int:
        """Everything that was sent arrives, in order, until nothing is under way. How many messages that were."""
        count = 0
        while any(book.sent for book in (*self.books(), self.index)):
            for book in (*self.books(), self.index):
                messages, book.sent = book.sent, []
                for message in messages:
                    self.book_of(message.county).hears(message)
                    count += 1
        return count

    def passes(self, span_ms: int) -> list[Message]:
        """Time goes by in both counties."""
        return [*self.home.passes(span_ms), *self.away.passes(span_ms)]

    def item(self) -> Case:
        """The case in the other county that is offered, or was."""
        found = [case for case in self.away.state.county(OTHER).cases.values() if case.incoming is not None]
        assert len(found) == 1
        return found[0]


def offered(*children: ChildFacts, **facts: Any) -> TwoCounties:  # noqa: ANN401 - facts of a report
    """A case of the first county, offered to the other one, and the offer delivered."""
    world = TwoCounties()
    world.home.serve()
    world.away.serve()
    world.home.file(*children, report_id="r1", **facts)
    world.home.says(OfferTransfer(case="r1.0", to_county=OTHER, reason="CHILD_MOVED"))
    world.deliver()
    return world


def accept(world: TwoCounties) -> Decision:
    """The other county's officer accepts in writing; the answer is not delivered yet."""
    return world.away.says(AcceptTransfer(case=world.item().case, reference="2026-17"))
